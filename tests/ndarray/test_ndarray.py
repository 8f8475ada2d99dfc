"""NDArray: creation, attributes, Python's operators, conversions."""

import copy
import operator
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]


def test_array_is_float32_unless_told_otherwise():
    assert nd.array([1, 2]).dtype is np.float32
    assert nd.array(np.arange(3)).dtype is np.float32
    assert nd.array([1, 2], dtype="int64").dtype is np.int64
    assert nd.array(nd.array([1], dtype="uint8")).dtype is np.uint8


def test_array_of_arrays_and_scalars():
    assert nd.array([nd.array([1, 2]), nd.array([3, 4])]).shape == (2, 2)
    assert nd.array(5).shape == nd.array(np.float32(5)).shape == (1,)
    assert nd.array(np.array(5)).shape == () and nd.array(np.array(5)).asscalar() == 5


def test_array_rejects_ragged_lists():
    with pytest.raises(mx.MXNetError, match="array: source_array must be"):
        nd.array([[1, 2], [3]])


@pytest.mark.parametrize("dtype", DTYPES)
def test_creation_functions(dtype):
    np.testing.assert_array_equal(nd.zeros((2, 3), dtype=dtype).asnumpy(), np.zeros((2, 3), dtype))
    np.testing.assert_array_equal(nd.ones(4, dtype=dtype).asnumpy(), np.ones(4, dtype))
    np.testing.assert_array_equal(nd.full((2,), 1, dtype=dtype).asnumpy(), np.full(2, 1, dtype))
    assert nd.empty((3, 0), dtype=dtype).shape == (3, 0)


def test_ranges():
    np.testing.assert_array_equal(nd.arange(5).asnumpy(), np.arange(5, dtype="f4"))
    np.testing.assert_array_equal(nd.arange(1, 7, 2, repeat=2).asnumpy(), [1, 1, 3, 3, 5, 5])
    np.testing.assert_allclose(nd.linspace(0, 1, 5).asnumpy(), np.linspace(0, 1, 5))
    np.testing.assert_array_equal(nd.eye(3, 4, 1).asnumpy(), np.eye(3, 4, 1))


def test_attributes():
    x = nd.zeros((2, 3, 4), dtype="int32")
    assert (x.shape, x.ndim, x.size, x.stype) == ((2, 3, 4), 3, 24, "default")
    assert x.context == mx.cpu() and x.ctx == mx.cpu(0)
    assert x.T.shape == (4, 3, 2)
    assert len(x) == 2 and x.grad is None


def test_repr_is_that_of_mxnet():
    assert repr(nd.array([[1, 2]])) == "\n[[1. 2.]]\n<NDArray 1x2 @cpu(0)>"


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.mod,
             operator.pow, operator.eq, operator.ne, operator.gt, operator.ge, operator.lt,
             operator.le]


@pytest.mark.parametrize("apply", OPERATORS, ids=lambda f: f.__name__)
def test_operators_with_arrays_scalars_and_reversed(apply, rng):
    a, b = rng.uniform(0.5, 3, (3, 4)), rng.uniform(0.5, 3, (3, 4))
    x, y = nd.array(a, dtype="float64"), nd.array(b, dtype="float64")
    for mine, theirs in [(apply(x, y), apply(a, b)), (apply(x, 1.5), apply(a, 1.5)),
                         (apply(1.5, x), apply(1.5, a)), (apply(x, y[0]), apply(a, b[0]))]:
        np.testing.assert_allclose(mine.asnumpy(), theirs.astype("f8"), rtol=1e-12)


@pytest.mark.parametrize("name", ["iadd", "isub", "imul", "itruediv", "imod"])
def test_in_place_operators_keep_the_memory(name, rng):
    a, b = rng.uniform(1, 3, (3, 4)), rng.uniform(1, 3, (3, 4))
    x = nd.array(a, dtype="float64")
    view = x.reshape((12,))
    y = getattr(operator, name)(x, nd.array(b, dtype="float64"))
    assert y is x
    expected = getattr(operator, name)(a.copy(), b)
    np.testing.assert_allclose(view.asnumpy(), expected.ravel(), rtol=1e-12)


def test_numpy_arrays_mix_in(rng):
    a = rng.normal(size=(2, 3)).astype("f4")
    x = nd.array(a)
    for result in (x + a, a + x):
        assert isinstance(result, nd.NDArray)
        np.testing.assert_allclose(result.asnumpy(), a + a)
    assert (x * np.float32(2)).shape == (2, 3)


def test_unary_operators(rng):
    a = rng.normal(size=5).astype("f4")
    x = nd.array(a)
    np.testing.assert_array_equal((-x).asnumpy(), -a)
    np.testing.assert_array_equal(abs(x).asnumpy(), abs(a))


def test_comparison_with_other_things():
    x = nd.array([1])
    assert (x == None) is False  # noqa: E711
    assert (x != "text") is True


def test_truth():
    assert nd.array([1]) and not nd.array([0]) and not nd.zeros((0,))
    with pytest.raises(ValueError, match=r"truth of an array of shape \(2,\)"):
        bool(nd.ones(2))


def test_scalars_and_lists():
    assert nd.array([3.5]).asscalar() == 3.5 and float(nd.array([2])) == 2.0
    assert nd.array([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert [1, 2, 3][nd.array([1], dtype="int32")] == 2
    with pytest.raises(ValueError, match="must hold one element"):
        nd.ones(2).asscalar()


@pytest.mark.parametrize("number", [float, int, complex])
def test_several_elements_are_no_number(number):
    """A TypeError, as Python's and MXNet's, and a ValueError."""
    for error in (TypeError, ValueError, mx.MXNetError):
        with pytest.raises(error, match=r"^(float|int): only an array of one element can become a "
                                        r"number; its shape is \(2, 3\)$"):
            number(nd.ones((2, 3)))


def test_views_share_memory():
    x = nd.zeros((4, 6))
    x.reshape((2, 12))[1] = 5
    x[1][2] = 7
    assert x.asnumpy()[2:].min() == 5 and x.asnumpy()[1, 2] == 7
    x.detach()[:] = 1
    assert x.asnumpy().min() == 1


def test_copies_do_not_share_memory():
    x = nd.zeros((3,))
    for twin in (x.copy(), copy.copy(x), copy.deepcopy(x), x.astype("float32")):
        twin[:] = 1
    assert x.asnumpy().max() == 0
    assert x.astype("float32", copy=False) is x


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
def test_astype(source, target):
    a = np.array([0, 1, 2, 100]).astype(source)
    got = nd.array(a, dtype=source).astype(target)
    assert got.dtype == np.dtype(target).type
    np.testing.assert_array_equal(got.asnumpy(), a.astype(target))


def test_copyto_casts_and_checks(rng):
    x, y = nd.array([1.7, 2.2]), nd.zeros((2,), dtype="int32")
    x.copyto(y)
    assert y.tolist() == [1, 2]
    assert x.copyto(mx.cpu(1)).ctx == mx.cpu(1)
    assert x.as_in_context(mx.cpu()) is x
    with pytest.raises(ValueError, match=r"other must have shape \(2,\); got \(3,\)"):
        x.copyto(nd.zeros((3,)))


@pytest.mark.parametrize("dtype", DTYPES)
def test_pickle_round_trip(dtype):
    x = nd.array([[0, 1], [1, 0]], dtype=dtype)
    y = pickle.loads(pickle.dumps(x))
    assert y.dtype is x.dtype and y.tolist() == x.tolist()


def test_iteration_and_membership():
    x = nd.array([[1, 2], [3, 4]])
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert 3 in x and 9 not in x


def test_arrays_on_different_devices_do_not_mix():
    with pytest.raises(ValueError, match=r"broadcast_add: .* lhs is on cpu\(0\), rhs on"):
        nd.ones(2) + nd.ones(2, ctx=mx.cpu(1))


def test_concatenate_and_moveaxis(rng):
    a = rng.normal(size=(2, 3, 4)).astype("f4")
    np.testing.assert_array_equal(
        nd.moveaxis(nd.array(a), 0, -1).asnumpy(), np.moveaxis(a, 0, -1))
    np.testing.assert_array_equal(
        nd.concatenate([nd.array(a), nd.array(a)], axis=1).asnumpy(), np.concatenate([a, a], 1))


def test_too_large_an_array_raises():
    with pytest.raises(MemoryError, match=r"no memory for an array float32\[1125899906842624\] on "
                       r"cpu\(0\), 4503599627370496 bytes"):
        nd.zeros((1 << 50,))
    with pytest.raises(MemoryError, match=r"shape \(1073741824, 1073741824\) is larger than any"):
        nd.zeros((1 << 30, 1 << 30))


def test_the_number_of_dimensions_has_a_limit():
    assert nd.ones((1,) * 32).ndim == 32
    full = nd.ones((1,) * 32)
    for make in (nd.zeros, nd.ones, nd.empty, lambda shape: nd.ones((1,)).reshape(shape),
                 lambda shape: nd.array(np.ones(shape)),
                 lambda shape: nd.from_numpy(np.ones(shape)),
                 lambda shape: nd.from_dlpack(np.ones(shape)),
                 lambda shape: nd.ones(1) + np.ones(shape),
                 lambda shape: nd.random.uniform(shape=shape),
                 lambda shape: nd.expand_dims(full, axis=0),
                 lambda shape: nd.stack(full, axis=0),
                 lambda shape: full[None],
                 lambda shape: full.__reduce__()[0](b"\0" * 4, shape, "float32", "cpu(0)")):
        with pytest.raises(ValueError, match=r"an array has at most 32 axes; got 33: \(1, 1"):
            make((1,) * 33)
    with pytest.raises(ValueError, match="at most 32 axes; got 65"):
        full.reshape((1,) * 65)


@pytest.mark.parametrize(("dtype", "want"), [
    (int, "int64"), ("int", "int64"), (float, "float64"), ("float", "float64"), ("long", "int64"),
    ("half", "float16"), ("double", "float64"), (bool, "bool")])
def test_dtypes_of_python_are_those_of_numpy(dtype, want):
    made = [nd.array([1, 0], dtype=dtype), nd.zeros(2, dtype=dtype), nd.full(2, 1, dtype=dtype),
            nd.ones(2).astype(dtype), nd.cast(nd.ones(2), dtype=dtype)]
    assert [array._dtype_name for array in made] == [want] * 5
    assert np.dtype(dtype).name == want
    assert np.dtype(mx.sym.zeros((2,), dtype=dtype).infer_type()[1][0]).name == want


def test_large_integers_by_dtype_int():
    assert nd.array([3000000000], dtype=int).asnumpy().tolist() == [3000000000]


@pytest.mark.parametrize(("call", "want"), [            # from MXNet 1.9.1
    (lambda x, o: nd.exp(x, o), np.exp([1, 2])),
    (lambda x, o: nd.exp(x, o, "name"), np.exp([1, 2])),
    (lambda x, o: nd.broadcast_add(x, x, o), [2, 4]), (lambda x, o: nd.clip(x, 0, 1, o), [1, 1]),
    (lambda x, o: nd.sum(x.reshape((1, 2)), 0, False, False, o), [1, 2]),
    (lambda x, o: nd.dot(x, nd.ones((2, 2)), False, False, None, o), [3, 3]),
    (lambda x, o: nd.sgd_update(x, x, 0.1, 0, 1, -1, True, o), [0.9, 1.8])])
def test_out_may_follow_all_inputs_and_parameters(call, want):
    x, out = nd.array([1, 2]), nd.zeros(2)
    assert call(x, out) is out
    np.testing.assert_allclose(out.asnumpy(), want, rtol=1e-6)


def test_none_in_the_place_of_out_makes_an_array():
    x = nd.array([1, 2])
    np.testing.assert_allclose(nd.exp(x, None).asnumpy(), np.exp([1, 2]), rtol=1e-6)
    split = [nd.zeros(1), nd.zeros(1)]
    nd.split(x, 2, 0, False, split)
    assert [part.asscalar() for part in split] == [1, 2]
