"""What NumPy gives for any shapes, axes and keys, empty ones and those without axes among them."""

import hypothesis.extra.numpy as hnp
import numpy as onp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxlite import np, npx

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
MANY = settings(max_examples=60, deadline=None)


@pytest.fixture(autouse=True, scope="module")
def numpy_semantics():
    """The switches for all examples of a test."""
    npx.set_np()
    yield
    npx.reset_np()


def values(shape):
    return onp.arange(-3, onp.prod(shape, dtype=int) - 3, dtype="float64").reshape(shape)


def same(ours, expected):
    expected = onp.asarray(expected)
    assert type(ours) is np.ndarray and ours.shape == expected.shape
    onp.testing.assert_allclose(ours.asnumpy().astype("float64"), expected.astype("float64"), 1e-12)


@MANY
@given(hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3, max_dims=4))
def test_broadcasting(shapes):
    a, b = [values(shape) for shape in shapes.input_shapes]
    x, y = np.array(a), np.array(b)
    same(x + y, a + b)
    same(np.maximum(x, y), onp.maximum(a, b))
    same(x < y, a < b)
    same(np.where(x > 0, x, y), onp.where(a > 0, a, b))
    same(np.broadcast_to(x, shapes.result_shape), onp.broadcast_to(a, shapes.result_shape))


@MANY
@given(st.data(), SHAPES)
def test_reductions(data, shape):
    a = values(shape)
    axis = data.draw(st.none() | hnp.valid_tuple_axes(len(shape)))
    keepdims = data.draw(st.booleans())
    for name in ("sum", "prod", "any", "all"):
        same(getattr(np, name)(np.array(a), axis=axis, keepdims=keepdims),
             getattr(onp, name)(a, axis=axis, keepdims=keepdims))
    count = onp.prod([n for i, n in enumerate(shape) if axis is None or i in {
        each % len(shape) for each in axis}], dtype=int)
    if count:
        for name in ("mean", "max", "min", "var", "std"):
            same(getattr(np, name)(np.array(a), axis=axis, keepdims=keepdims),
                 getattr(onp, name)(a, axis=axis, keepdims=keepdims))


@MANY
@given(st.data(), hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
def test_axes(data, shape):
    a, x = values(shape), np.array(values(shape))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    other = data.draw(st.integers(-len(shape), len(shape) - 1))
    shift = data.draw(st.integers(-5, 5))
    order = data.draw(st.permutations(range(len(shape))))
    same(np.flip(x, axis), onp.flip(a, axis))
    same(np.roll(x, shift, axis), onp.roll(a, shift, axis))
    same(np.roll(x, shift), onp.roll(a, shift))
    same(np.moveaxis(x, axis, other), onp.moveaxis(a, axis, other))
    same(np.swapaxes(x, axis, other), onp.swapaxes(a, axis, other))
    same(np.transpose(x, order), onp.transpose(a, order))
    same(np.expand_dims(x, axis), onp.expand_dims(a, axis))
    same(np.concatenate([x, x], axis), onp.concatenate([a, a], axis))
    same(np.stack([x, x], axis), onp.stack([a, a], axis))
    same(np.repeat(x, 2, axis), onp.repeat(a, 2, axis))
    same(np.cumsum(x, axis), onp.cumsum(a, axis))
    same(np.sort(-x, axis), onp.sort(-a, axis))
    same(np.array_split(x, 3, axis)[1], onp.array_split(a, 3, axis)[1])
    same(np.pad(x, 1, constant_values=2), onp.pad(a, 1, constant_values=2))
    same(np.diff(x, axis=axis), onp.diff(a, axis=axis))
    same(np.squeeze(x), onp.squeeze(a))
    same(x.reshape(-1) if x.size else x.ravel(), a.ravel())


@MANY
@given(st.data(), hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4))
def test_keys(data, shape):
    a, x = values(shape), np.array(values(shape))
    key = data.draw(hnp.basic_indices(shape, allow_newaxis=True))
    same(x[key], a[key])
    x[key] = 7
    a[key] = 7
    same(x, a)
    if shape:
        key = data.draw(hnp.integer_array_indices(shape))
        same(x[key], a[key])
        mask = data.draw(hnp.arrays(bool, shape))
        same(x[np.array(mask)], a[mask])


@MANY
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3),
       hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3, max_dims=2))
def test_products_of_matrices(m, k, n, batch):
    one, two = batch.input_shapes
    a, b = values((*one, m, k)), values((*two, k, n))
    same(np.matmul(np.array(a), np.array(b)), onp.matmul(a, b))
    same(np.dot(np.array(a), np.array(b)), onp.dot(a, b))
    same(np.einsum("...ij,...jk->...ik", np.array(a), np.array(b)),
         onp.einsum("...ij,...jk->...ik", a, b))


@MANY
@given(st.data(), st.sampled_from(["float64", "float32", "int64", "int32", "uint8", "bool"]))
def test_dtypes_of_casts_and_comparisons(data, dtype):
    a = data.draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=2), elements={
        "min_value": 0, "max_value": 100} if dtype != "bool" else None))
    x = np.array(a)
    assert x.dtype == dtype
    same(x == x, a == a)
    same(x.astype("float32"), a.astype("float32"))
    same(x.max(), a.max())
    same(x.argmax(), a.argmax())
