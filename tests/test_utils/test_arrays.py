"""Functions of NumPy arrays, and matrices."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu


def test_assign_each(rng):
    a, b = rng.standard_normal((2, 3, 2)).astype("float32")
    each = tu.assign_each(a, lambda x: x * 2 + 1)
    assert each.dtype == np.float64
    np.testing.assert_array_equal(each, (a * 2 + 1).astype("float64"))
    both = tu.assign_each2(a.T, b.T, lambda x, y: max(x, y))
    np.testing.assert_array_equal(both, np.maximum(a, b).T)
    for copy in (tu.assign_each(a, None), tu.assign_each2(a, b, None)):
        np.testing.assert_array_equal(copy, a)
        assert not np.shares_memory(copy, a)
    assert tu.assign_each(np.zeros((0, 2)), abs).shape == (0, 2)
    with pytest.raises(ValueError, match=r"input1 and input2 .* got \(3, 2\) and \(2, 3\)"):
        tu.assign_each2(a, b.T, max)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), [2, -3], (1, 1)])
@pytest.mark.parametrize("keepdims", [True, False])
def test_np_reduce(rng, axis, keepdims):
    a = rng.standard_normal((2, 3, 4))
    axes = (1,) if axis == (1, 1) else tuple(axis) if isinstance(axis, list) else axis
    for name in ("sum", "max"):
        function = getattr(np, name)
        np.testing.assert_allclose(tu.np_reduce(a, axis, keepdims, function),
                                   function(a, axis=axes, keepdims=keepdims), rtol=1e-12)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 4), (4,), (1, 3, 1), (2, 1, 4), (1,), ()])
def test_collapse_sum_like_is_the_gradient_of_broadcasting(rng, shape):
    a = rng.standard_normal((2, 3, 4))
    small = mx.nd.zeros(shape or (1,), dtype="float64")
    small.attach_grad()
    with mx.autograd.record():
        (mx.nd.broadcast_to(small, shape=a.shape) * mx.nd.array(a, dtype="float64")).backward()
    collapsed = tu.collapse_sum_like(a, shape)
    assert collapsed.shape == shape
    np.testing.assert_allclose(collapsed, small.grad.asnumpy().reshape(shape), rtol=1e-12)


def test_collapse_sum_like_of_nothing():
    assert tu.collapse_sum_like(np.zeros((0, 3)), (1, 3)).tolist() == [[0, 0, 0]]
    assert tu.collapse_sum_like(np.zeros((2, 0)), (0,)).shape == (0,)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2, 3), (3,)])
def test_collapse_sum_like_of_other_shapes(shape):
    with pytest.raises(ValueError, match=r"shape must be one that can be broadcast to \(4, 2\)"):
        tu.collapse_sum_like(np.zeros((4, 2)), shape)


def test_tensors_that_count():
    tensor, vector = tu.create_2d_tensor(3, 2), tu.create_vector(3)
    assert tensor.asnumpy().tolist() == [[0, 0], [1, 1], [2, 2]] and tensor.dtype == np.int64
    assert vector.asnumpy().tolist() == [0, 1, 2] and vector.dtype == np.int64
    assert tu.create_2d_tensor(2, 3, dtype="float32").dtype == np.float32
    assert tu.create_vector(4, dtype="int32").dtype == np.int32


def test_identity_matrices():
    np.testing.assert_array_equal(tu.get_identity_mat(3).asnumpy(), np.eye(3, dtype="float32"))
    np.testing.assert_array_equal(tu.get_identity_mat_batch(2).asnumpy(), [np.eye(2)] * 2)


@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_matrices_with_real_eigenvalues(n):
    a = tu.new_matrix_with_real_eigvals_2d(n)
    eigenvalues = np.linalg.eigvals(a)
    assert a.shape == (n, n)
    assert np.abs(eigenvalues.imag).max() < 1e-6 and np.abs(eigenvalues).max() < 10.001
    symmetric = tu.new_sym_matrix_with_real_eigvals_2d(n)
    np.testing.assert_array_equal(symmetric, symmetric.T)
    assert np.abs(np.linalg.eigvalsh(symmetric)).max() < 10.001
    q = tu.new_orthonormal_matrix_2d(n)
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-12)


@pytest.mark.parametrize("make", [tu.new_matrix_with_real_eigvals_nd,
                                  tu.new_sym_matrix_with_real_eigvals_nd])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 3, 3), [2, 2, 2]])
def test_batches_of_matrices(make, shape):
    batch = make(shape)
    assert batch.shape == tuple(shape)
    assert len(np.unique(batch)) > np.prod(shape) / 3
    assert np.abs(np.linalg.eigvals(batch).imag).max() < 1e-6
