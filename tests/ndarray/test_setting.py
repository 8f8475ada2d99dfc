"""x[key] = value: NumPy's results, written in place, recorded where a gradient can flow."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

DTYPES = ["float32", "float64", "float16", "uint8", "int8", "int32", "int64", "bool"]


def fresh(shape=(3, 4, 5), dtype="float32"):
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [0, 1, -3, 2.75, 200.5, True])
def test_a_number_is_converted_as_numpy_converts_an_array_of_it(dtype, value):
    want = fresh((4, 3), dtype)
    x = nd.array(want, dtype=dtype)
    want[1:, ::2] = np.asarray(value).astype("int64").astype(dtype) if "int" in dtype else value
    x[1:, ::2] = value
    np.testing.assert_array_equal(x.asnumpy(), want)


def test_numbers_do_not_prepare_new_calls():
    x = nd.zeros((3, 4))
    from mxlite.ops.schema import REGISTRY
    op = REGISTRY["_slice_assign_scalar"].make({"begin": (0,), "end": (2,), "step": (None,)})
    first = op.prepared([x._spec])
    for value in np.linspace(0, 1, 50):
        x[0:2] = float(value)
    assert op.prepared([x._spec]) is first and x[1, 3].asscalar() == 1


def test_integers_beyond_the_reach_of_floats_are_exact():
    x = nd.zeros((2, 2), dtype="int64")
    x[0] = 2 ** 62 + 1
    x[[1], [1]] = 2 ** 53 + 1
    assert x.tolist() == [[2 ** 62 + 1] * 2, [0, 2 ** 53 + 1]]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_integers_take_finite_numbers_only(value):
    x = nd.zeros((2,), dtype="int32")
    with pytest.raises(ValueError, match="value must be finite for dtype int32; got"):
        x[:] = value


KEYS = [
    0, (1, 2), (1, 2, 3), slice(None), slice(1, None), (slice(None), slice(3, 0, -2)), Ellipsis,
    (Ellipsis, 2), (None, 1), (0, None, slice(1, 3)), (slice(None), None, 1, slice(4, None)),
    slice(2, 2), [2, 0], ([0, 2], [1, 3]), ([[0], [2]], [1, 3]), (slice(1, 3), [0, 2]),
    ([0, 1], slice(None), [2, 3]), (slice(None), [0, 3], 2), (1, [0, 3]),
    ([1], slice(None), slice(1, 3)), (slice(0, 2), slice(None), [4, 0]),
    (None, [0, 1], None, [2, 2]), (slice(None), None, [1, 2]), ([],)]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("form", ["exact", "broadcast", "longer", "number", "other dtype"])
def test_every_kind_of_key_and_value(key, form, rng):
    want = fresh()
    x = nd.array(want)
    shape = want[key].shape or (1,)
    value = rng.integers(100, 200, shape).astype("f4")
    if form == "broadcast":
        value = value[..., :1]
    elif form == "longer":
        value = value[None, None]
    elif form == "number":
        value = 7
    elif form == "other dtype":
        value = value.astype("int64")
    given = value if isinstance(value, int) else nd.array(value, dtype=value.dtype)
    x[key] = given
    want[key] = value if np.ndim(want[key]) or form == "number" else value.ravel()[0]
    np.testing.assert_array_equal(x.asnumpy(), want)


def test_a_mask():
    want = fresh()
    x = nd.array(want)
    mask = want % 3 == 0
    x[mask] = -1
    want[mask] = -1
    x[nd.array([1, 0, 1]).asnumpy() > 0, :, 2] = np.array([[5], [6]])
    want[[0, 2], :, 2] = [[5], [6]]
    np.testing.assert_array_equal(x.asnumpy(), want)


def test_of_several_values_for_one_item_the_last_counts():
    x = nd.zeros((3,))
    x[[1, 1, 2, 1]] = nd.array([1, 2, 3, 4])
    assert x.tolist() == [0, 4, 3]


def test_a_value_that_lies_in_x_is_read_before_x_is_written():
    want = fresh((4, 3))
    x = nd.array(want)
    x[1:] = x[:-1]
    want[1:] = want[:-1].copy()
    x[[0, 1, 2, 3]] = x[[3, 2, 1, 0]]
    want = want[::-1]
    np.testing.assert_array_equal(x.asnumpy(), want)
    x[:, ::-1] = x
    np.testing.assert_array_equal(x.asnumpy(), want[:, ::-1])


def test_views_write_to_their_base():
    x = nd.zeros((2, 3))
    x[1][:] = nd.array([1, 2, 3])
    x.reshape((6,))[0:2] = 9
    assert x.tolist() == [[9, 9, 0], [1, 2, 3]]


def test_shapes_that_do_not_fit():
    x = nd.zeros((2, 3))
    for key, shape in [(slice(None), r"\(2, 3\)"), (0, r"\(3,\)"), ([0, 1], r"\(2, 3\)"),
                       ((slice(None), [0, 1]), r"\(2, 2\)")]:
        with pytest.raises(ValueError, match=rf"x\[...\] = value: value must have a shape that "
                                             rf"broadcasts to {shape}, .* got \(4,\)"):
            x[key] = nd.ones((4,))
    with pytest.raises(TypeError, match="value must be an array or a number; got 'one'"):
        x[:] = "one"


def test_large_writes_use_all_threads_and_change_no_bit(rng):
    from mxlite.device import host
    source = rng.standard_normal((600, 700)).astype("f4")
    results = []
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        x, y = nd.zeros((700, 600)), nd.zeros((600, 700), dtype="float64")
        x.T.copyto(y)
        y[1:] = nd.array(source)[1:]
        y[:, 3:] = 0.5
        y[np.arange(0, 600, 2)] = nd.array(source)[:1]
        results.append(y.asnumpy().tobytes())
    assert len(set(results)) == 1


# Recording ---------------------------------------------------------------------------------------

@pytest.fixture
def x():
    x = nd.array([[1, 2, 3], [4, 5, 6]])
    x.attach_grad()
    return x


def gradient(x, build):
    with autograd.record():
        y = build()
    y.backward()
    return x.grad.asnumpy()


def test_gradients_flow_through_a_write_over_the_whole_array(x):
    def build():
        t = nd.zeros((2, 3))
        t[:] = x * 2
        return t * t

    np.testing.assert_array_equal(gradient(x, build), 8 * x.asnumpy())


def test_gradients_flow_through_a_broadcast_and_a_cast_on_the_way(x):
    def build():
        t = nd.zeros((4, 2, 3), dtype="float64")
        t[:] = x * 2
        return t

    np.testing.assert_array_equal(gradient(x, build), np.full((2, 3), 8))


@pytest.mark.parametrize("copy", [
    lambda y: y.copyto(nd.zeros((2, 3))), lambda y: y.copyto(nd.zeros((2, 3), dtype="float64")),
    lambda y: y.copyto(mx.cpu(1)), lambda y: y.as_in_context(mx.cpu(2)), nd.array,
    lambda y: nd.array(y, dtype="float64"), lambda y: nd.array(y, ctx=mx.cpu(1)), nd.NDArray.copy])
def test_gradients_flow_through_copies(x, copy):
    np.testing.assert_array_equal(gradient(x, lambda: copy(x * 3)), np.full((2, 3), 3))


def test_a_part_cannot_take_a_value_with_a_gradient(x):
    t = nd.zeros((2, 3))
    for key in (0, (slice(None), 1), [1, 0]):
        with autograd.record(), pytest.raises(mx.MXNetError, match=(
                "can only be written over the whole array")):
            t[key] = (x * 2)[key]


def test_values_without_a_gradient_are_written_unrecorded(x):
    with autograd.record():
        t = nd.zeros((2, 3))
        t[0] = 2
        t[1] = nd.ones((3,))
        y = x * t
    y.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), [[2] * 3, [1] * 3])


def test_a_variable_cannot_be_written_while_recording(x):
    with autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        x[:] = 1
    with autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        nd.ones((2, 3)).copyto(x)
