"""sort, argsort and topk on long axes, against stable sorts of NumPy: equal items keep their order,
NaN comes last in both directions."""

import numpy as np
import pytest

from mxlite import nd

INTEGERS = ["int8", "uint8", "int32", "int64"]
FLOATS = ["float16", "float32", "float64"]
AXES = [((3, 1000), 1), ((1000, 3), 0), ((2, 300, 3), 1), ((5000,), None), ((4, 31), 1),
        ((4, 33), 1)]


def values_of(rng, shape, dtype):
    """With ties, extremes, and of floating dtypes both zeros, infinities and NaN."""
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        values[rng.random(shape) < 0.5] //= 2
        values.flat[:2] = info.min, info.max
        return values
    values = (rng.normal(size=shape) * 8).astype(dtype)
    values[rng.random(shape) < 0.5] = np.rint(values[rng.random(shape) < 0.5][:1])
    values.flat[:9] = [np.inf, -np.inf, np.nan, 0.0, -0.0, -np.nan, 0.0, np.inf, -np.inf]
    rng.shuffle(values.reshape(-1))
    return values


def ranked(values, axis, is_ascend):
    """Places in the order wanted."""
    if axis is None:
        values, axis = values.reshape(-1), 0
    if values.dtype.kind == "f":
        keys = values.astype("float64") + 0.0
        keys = keys if is_ascend else -keys
    else:
        keys = values.astype(object) if is_ascend else -values.astype(object)
    return np.argsort(keys, axis=axis, kind="stable")


@pytest.mark.parametrize("is_ascend", [True, False])
@pytest.mark.parametrize("shape, axis", AXES)
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_long_axes(rng, dtype, shape, axis, is_ascend):
    values = values_of(rng, shape, dtype)
    array = nd.array(values, dtype=dtype)
    places = ranked(values, axis, is_ascend)
    along = 0 if axis is None else axis
    wanted = np.take_along_axis(values.reshape(-1) if axis is None else values, places, along)
    found = nd.argsort(array, axis=axis, is_ascend=is_ascend, dtype="int32").asnumpy()
    np.testing.assert_array_equal(found, places)
    found = nd.sort(array, axis=axis, is_ascend=is_ascend).asnumpy()
    assert found.tobytes() == np.ascontiguousarray(wanted).tobytes()
    for k in (1, 5, 64, 65, 300):       # lists of a few, and whole lines
        if k <= places.shape[along]:
            values_found, indices = nd.topk(array, axis=axis, k=k, ret_typ="both", dtype="int64",
                                            is_ascend=is_ascend)
            np.testing.assert_array_equal(indices.asnumpy(), np.take(places, range(k), along))
            np.testing.assert_array_equal(values_found.asnumpy(),
                                          np.take(wanted, range(k), along))


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_the_first_of_a_sorted_axis(dtype, step):
    """Each item comes before all that were seen, or none does."""
    values = np.arange(6000)[::step] // 3                   # with ties
    array = nd.array(values, dtype=dtype)
    for k in (3, 70, 500):
        found = nd.topk(array, k=k, axis=None, dtype="int32").asnumpy()
        np.testing.assert_array_equal(found, ranked(values, None, False)[:k])


@pytest.mark.parametrize("is_ascend", [True, False])
def test_bfloat16(rng, is_ascend):
    array = nd.array(rng.normal(size=(2, 500))).astype("bfloat16")
    values = array.astype("float32").asnumpy()
    found = nd.argsort(array, is_ascend=is_ascend, dtype="int32").asnumpy()
    np.testing.assert_array_equal(found, ranked(values, 1, is_ascend))


def test_nan_is_never_among_the_first():
    values = np.full((1, 100), np.nan, "float32")
    values[0, [70, 20, 90]] = [-1, 3, 2]
    array = nd.array(values)
    assert nd.topk(array, k=3).asnumpy().tolist() == [[20, 90, 70]]
    assert nd.topk(array, k=3, is_ascend=True).asnumpy().tolist() == [[70, 90, 20]]
    assert nd.topk(array, k=5).asnumpy().tolist() == [[20, 90, 70, 0, 1]]


def test_a_mask_of_a_long_axis(rng):
    values = rng.permutation(1000).reshape(2, 500).astype("float32")
    mask = nd.topk(nd.array(values), k=100, ret_typ="mask").asnumpy()
    np.testing.assert_array_equal(mask, values >= np.sort(values, 1)[:, -100:-99])


def test_gradients_reach_where_items_came_from(rng):
    from mxlite import autograd
    values = rng.permutation(600).reshape(200, 3).astype("float32")
    x, head = nd.array(values), rng.normal(size=(200, 3)).astype("float32")
    x.attach_grad()
    with autograd.record():
        y = nd.sort(x, axis=0)
    y.backward(nd.array(head))
    wanted = np.zeros_like(values)
    np.put_along_axis(wanted, np.argsort(values, 0), head, 0)
    np.testing.assert_array_equal(x.grad.asnumpy(), wanted)
