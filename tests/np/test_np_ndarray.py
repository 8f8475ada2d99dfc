"""mx.np.ndarray: its class, dtypes, operators, conversions, and what it refuses."""

import copy
import inspect
import pickle

import numpy as onp
import pytest

import mxlite as mx
from mxlite import autograd, nd, np, npx

DTYPES = ("float64", "float32", "float16", "int64", "int32", "int8", "uint8", "bool")
# of a + b with a of the row and b of the column, as MXNet 1.9.1
SUMS = """float64 float64 float64 float64 float64 float64 float64 float64
    float64 float32 float32 float32 float32 float32 float32 float32
    float64 float32 float16 float16 float16 float16 float16 float16
    float64 float32 float16 int64 int64 int64 int64 int64
    float64 float32 float16 int64 int32 int32 int32 int32
    float64 float32 float16 int64 int32 int8 int32 int8
    float64 float32 float16 int64 int32 int32 uint8 uint8
    float64 float32 float16 int64 int32 int8 uint8 bool""".split()


def of(dtype):
    return np.array([1, 0, 1], dtype=dtype)


def test_dtypes_of_sums_are_those_of_mxnet():
    found = [str((of(a) + of(b)).dtype) for a in DTYPES for b in DTYPES]
    assert found == SUMS
    assert [str((of(a) * of(b)).dtype) for a in DTYPES for b in DTYPES] == SUMS
    assert [str((of(a) - of(b)).dtype) for a in DTYPES for b in DTYPES
            if a != "bool" or b != "bool"] == SUMS[:-1]


def test_arithmetic_of_truths():
    x, y = of("bool"), np.array([[True], [False]], dtype="bool")
    a, b = x.asnumpy(), y.asnumpy()
    for name in ("add", "multiply", "power", "maximum", "minimum", "mod"):
        with onp.errstate(divide="ignore"):
            ours, expected = getattr(np, name)(x, y), getattr(onp, name)(a, b)
        assert ours.dtype == ("bool" if name == "power" else expected.dtype)
        onp.testing.assert_array_equal(ours.asnumpy(), expected)
    for name in ("dot", "matmul", "inner", "vdot", "outer"):
        one, two = [np.array([[1, 0], [1, 1]], dtype="bool"), np.zeros((2, 2), dtype="bool")]
        for other in (one, two):
            ours = getattr(np, name)(one, other)
            assert ours.dtype == bool
            onp.testing.assert_array_equal(
                ours.asnumpy(), getattr(onp, name)(one.asnumpy(), other.asnumpy()))
    assert np.einsum("ij,jk->ik", one, one).tolist() == [[True, False], [True, True]]
    assert (-x).tolist() == np.negative(x).tolist() == [-1, 0, -1] and (-x).dtype == "int64"
    assert (x * 3).tolist() == [3, 0, 3] and (True + x).tolist() == [2, 1, 2]
    assert (x // True).dtype == "int64" and np.maximum(x, 2).dtype == "int64"
    for call in (lambda: x - x, lambda: np.subtract(x, y)):
        with pytest.raises(TypeError, match=r"x2 must have dtype of numbers where x1 is of"):
            call()


@pytest.mark.parametrize("dtype", DTYPES)
def test_division_gives_floats(dtype):
    expected = dtype if dtype.startswith("float") else "float32"
    for y in (of(dtype) / of(dtype), of(dtype) / 2, 2 / of(dtype), of(dtype) / 2.5):
        assert y.dtype == expected
    assert (np.array([1, 2], dtype="int32") / np.array([2], dtype="int32")).tolist() == [0.5, 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_keep_the_dtype_but_integers_with_fractions(dtype):
    whole = "int64" if dtype == "bool" else dtype
    assert (of(dtype) + 2).dtype == (2 * of(dtype)).dtype == whole
    broken = dtype if dtype.startswith("float") else "float32"
    y = of(dtype) + 2.5
    assert y.dtype == broken and y.tolist() == [3.5, 2.5, 3.5]
    assert (2.5 - of(dtype)).tolist() == [1.5, 2.5, 1.5]
    assert (of(dtype) == 0.5).tolist() == [False] * 3 and (of(dtype) < 0.5).dtype == bool


def test_functions_whose_values_are_no_integers_give_float32():
    i = np.array([1, 4], dtype="int32")
    assert np.sqrt(i).tolist() == [1, 2] and np.sqrt(i).dtype == "float32"
    assert np.mean(i).dtype == "float32" and float(np.mean(i)) == 2.5
    assert np.var(i, dtype="float64").item() == 2.25 and float(i.var()) == 2.25
    assert np.negative(i).dtype == "int32"


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_means_as_integers_are_those_of_wrapped_sums(dtype):
    a = onp.array([[-127, -100, 90], [120, 25, 100]]).astype(dtype)
    for axis in (None, 0, (0, 1)):
        for given in ("int8", "uint8", "int32"):
            ours = np.mean(np.array(a), axis=axis, dtype=given)
            assert ours.dtype == given
            onp.testing.assert_array_equal(ours.asnumpy(), onp.mean(a, axis=axis, dtype=given))
    assert np.mean(np.array([2.5, 4]), dtype="int32").item() == 3


def test_results_are_arrays_of_np():
    x = np.ones((2, 3))
    assert isinstance(x, nd.NDArray) and type(x) is np.ndarray
    for y in (x + 1, x[0], x[0, 0], x.sum(), x.T, x.astype("int32"), x.copy(), x > 0, x[x > 0],
              mx.nd.exp(x), x.reshape(-1), x.as_in_ctx(mx.cpu()), x.detach(), copy.deepcopy(x)):
        assert type(y) is np.ndarray
    x.attach_grad()
    with autograd.record():
        y = (x * x).sum()
    y.backward()
    assert type(x.grad) is np.ndarray and x.grad.tolist() == [[2, 2, 2]] * 2


def test_nd_and_np_are_not_mixed():
    x, old = np.ones(2), nd.ones((2,))
    for mixed in (lambda: x + old, lambda: old + x, lambda: old == x):
        with pytest.raises(TypeError, match=r"not mixed: x\.as_np_ndarray\(\) and"):
            mixed()
    with pytest.raises(TypeError, match=r"exp: x must be .* mx\.np; got an NDArray of mx\.nd"):
        np.exp(old)
    with pytest.raises(TypeError, match=r"relu: argument 0 must be .*x.as_np_ndarray\(\)"):
        npx.relu(old)
    with pytest.raises(ValueError, match="array: object must not be an NDArray of"):
        np.array(old)
    with pytest.raises(TypeError, match=r"sin: x must be .* got list; mx\.np\.array\(x\) makes"):
        np.sin([1, 2])
    for name, compared in (("equal", lambda: x == [1, 1]), ("not_equal", lambda: x != (1, 1))):
        with pytest.raises(TypeError, match=rf"^{name}: x2 must be an array of mx\.np; got "):
            compared()
    assert (x == None) is False and (x != "a") is True     # noqa: E711


def test_conversions_share_memory_and_gradients():
    old = nd.array([1, 2, 3])
    old.attach_grad()
    with autograd.record():
        x = old.as_np_ndarray()
        back = (x * x).as_nd_ndarray()
        assert type(x) is np.ndarray and type(back) is nd.NDArray
        loss = back.sum()
    loss.backward()
    assert old.grad.tolist() == [2, 4, 6]
    x[0] = 9
    assert old.tolist() == [9, 2, 3] and x.as_np_ndarray() is x


def test_array_keeps_the_dtype_of_arrays_alone():
    assert np.array([1, 2]).dtype == np.array([True]).dtype == np.array(3).dtype == "float32"
    assert np.array(onp.array([1, 2])).dtype == "int64"
    assert np.array(np.ones(2, dtype="float16")).dtype == "float16"
    assert np.array([np.array([1, 2]), np.array([3, 4])]).tolist() == [[1, 2], [3, 4]]
    assert np.zeros(2, dtype=int).dtype == "int64" and np.zeros(2, dtype=float).dtype == "float64"
    assert np.array(3).shape == () and np.empty((0, 2)).shape == (0, 2)
    with pytest.raises(TypeError, match="array: object must be an array or nested lists"):
        np.array([[1], [2, 3]])
    with pytest.raises(TypeError, match="ndarray cannot be called; "):
        np.ndarray((2, 3))


def test_texts():
    assert repr(np.array([1, 2])) == "array([1., 2.])" and repr(np.array(3)) == "array(3.)"
    assert repr(np.array([1], dtype="int32")) == "array([1], dtype=int32)"
    assert repr(np.array([1], dtype="int64")) == "array([1], dtype=int64)"
    assert repr(np.ones(1, dtype="float64")) == "array([1.], dtype=float64)"
    assert repr(np.ones(1) > 0) == "array([ True])"
    assert str(np.array([1, 2])) == "[1. 2.]" and f"{np.array(2):.2f}" == "2.00"


def test_numbers_and_truths():
    assert float(np.array([2])) == 2 and int(np.array(3)) == 3 and np.array([1, 2]).item(1) == 2
    assert bool(np.array([1])) and not np.array(0) and not np.zeros((0,))
    assert 2 in np.array([1, 2]) and 5 not in np.array([1, 2])
    assert [float(x) for x in np.array([1, 2])] == [1, 2] and len(np.ones((3, 2))) == 3
    with pytest.raises(ValueError, match=r"truth of an array of shape \(2,\) is ambiguous"):
        bool(np.ones(2))
    with pytest.raises(ValueError, match="item: "):
        np.ones(2).item()
    with pytest.raises(TypeError, match="no dimensions"):
        len(np.array(1))


def test_pickles_and_copies():
    x = np.array([[1, 2], [3, 4]], dtype="int32")
    back = pickle.loads(pickle.dumps(x))
    assert type(back) is np.ndarray and back.dtype == "int32" and back.tolist() == x.tolist()


def test_in_place_operators():
    x = y = np.array([1.0, 2.0])
    x += 1
    x *= np.array([2, 3])
    x -= 1
    x /= 2
    assert x is y and x.tolist() == [1.5, 4]
    i = np.array([1, 2], dtype="int32")
    with pytest.raises(TypeError, match="out must have dtype float32; got int32"):
        i += 0.5


def test_out_and_where():
    out, x = np.zeros(3), np.array([1, 2, 3])
    mask = np.array([1, 0, 1], dtype="bool")
    assert np.add(x, 1, out=out) is out and out.tolist() == [2, 3, 4]
    np.multiply(x, x, out=out, where=mask)
    assert out.tolist() == [1, 3, 9]
    assert np.exp(np.zeros(3), where=mask).tolist() == [1, 0, 1]
    total = np.zeros(())
    assert np.sum(x, out=total) is total and float(total) == 6
    with pytest.raises(ValueError, match=r"sum: out must have shape \(\); got \(3,\)"):
        np.sum(x, out=out)
    with pytest.raises(TypeError, match="exp: unknown argument 'axis'; it takes out, where"):
        np.exp(x, axis=1)
    for option in ({"order": "F"}, {"dtype": "int8"}, {"where": False}, {"subok": False}):
        with pytest.raises(NotImplementedError, match=r"exp: \w+ must be .*, which is not there"):
            np.exp(x, **option)
    with pytest.raises(NotImplementedError, match="zeros: order must be 'C'"):
        np.zeros(2, order="F")


def test_the_namespace():
    assert np.pi == onp.pi and np.newaxis is None and np.float32 is onp.float32
    assert np.finfo("float16").max == 65504
    assert "exp" in dir(np) and "reshape" in dir(np) and mx.np is np is mx.numpy
    assert mx.nd.np.ndarray is np.ndarray and "relu" in dir(npx)
    assert np.exp.__name__ == "exp" and next(iter(inspect.signature(np.sum).parameters)) == "a"
    with pytest.raises(AttributeError, match="has no attribute 'reshap'; did you mean 'reshape'"):
        _ = np.reshap
    with pytest.raises(AttributeError, match="has no attribute 'softmx'; did you mean 'softmax'"):
        _ = npx.softmx


def test_calls_that_are_known_run_again_and_tell_values_apart():
    x = np.array([[1, 2], [3, 4]])
    for _ in range(3):
        assert np.add(x, 1).tolist() == [[2, 3], [4, 5]] and x.sum(axis=1).tolist() == [3, 7]
        assert x.sum(axis=1, keepdims=True).shape == (2, 1)
        i = np.array([1, 2], dtype="int32")
        assert np.add(i, 1).dtype == "int32" and np.add(i, 1.0).dtype == "float32"
        assert np.add(i, True).dtype == "int32" and np.sum(i, dtype=onp.float32).dtype == "float32"
        assert np.copysign(1.0, np.ones(1)).item() == 1
        assert np.multiply(x, 0.0).tolist()[0][0] == 0 and np.copysign(x, -0.0).tolist()[0][0] == -1
        assert np.copysign(x, 0.0).tolist()[0][0] == 1
        assert npx.relu(-x).sum() == 0 and npx.softmax(x, axis=0).shape == (2, 2)
        with pytest.raises(TypeError, match=r"add: x1 must be an array of mx.np"):
            np.add(nd.ones((2, 2)), 1)
        with pytest.raises(TypeError, match=r"sum: a must be an array of mx.np; got list"):
            np.sum([1, 2])


def test_functions_pickle_and_say_what_they_are():
    assert pickle.loads(pickle.dumps(np.exp)) is np.exp
    assert pickle.loads(pickle.dumps(npx.relu)) is npx.relu
    assert repr(np.sum) == "<function mxlite.numpy.sum>" and "sum over axes" in np.sum.__doc__
    assert str(inspect.signature(np.ndarray.argmax)).startswith("(a: 'Any', axis")


def test_reshape_view_knows_the_codes_of_ndarrays():
    x = np.zeros((2, 3, 4))
    y = x.reshape_view(0, -3)
    y[1, 11] = 5
    assert type(y) is np.ndarray and y.shape == (2, 12) and x[1, 2, 3] == 5


def test_views_copies_and_joins():
    x = np.zeros((1, 4))
    for view in (x.reshape(2, 2), x.ravel(), np.squeeze(x), np.expand_dims(x, 0)):
        view[...] = view + 1
    assert x.tolist() == [[4, 4, 4, 4]]
    for copied in (x.flatten(), x.copy(), np.atleast_2d(x), x.T):
        copied[...] = 0
    assert x.tolist() == [[4, 4, 4, 4]]
    assert np.concatenate([np.ones(1, dtype="int32"), np.ones(1)]).dtype == "float32"
    assert np.stack([np.ones(1, dtype="int32"), np.ones(1, dtype="int64")]).dtype == "int64"
    assert np.linspace(-2, 2, 4, dtype="int32").tolist() == [-2, -1, 0, 2]
    assert np.array([1, 4]).exp().tolist() == np.exp(np.array([1, 4])).tolist()


@pytest.mark.parametrize("shape", [(12,), (3, 4), (0, 3), (2, 1000)])
def test_float32_is_not_named(shape):
    array = np.ones(shape)
    assert repr(array) == repr(array.asnumpy().astype("float64")).replace(", dtype=float64", "")


def test_formats_of_arrays_without_axes_are_those_of_numbers():
    value = np.array([4.0]).sum() / 7
    assert f"{value}" == str(value.item()) and f"{value:.3f}" == "0.571"
    assert f"{np.array(3, dtype='int32')}" == "3" and f"{np.array([1.5, 2])}" == "[1.5 2. ]"


def test_ranges_between_arrays_without_axes():
    x = np.array([1.5, 4.0])
    assert np.arange(np.min(x), np.max(x), 0.5).tolist() == [1.5, 2, 2.5, 3, 3.5]
    assert np.arange(np.array(3)).tolist() == [0, 1, 2]
    assert np.arange(0, np.array(3, dtype="int32"), dtype="int32").dtype == onp.int32
    with pytest.raises(TypeError, match="arange: stop must be a number; got ndarray"):
        np.arange(np.array([3]))
