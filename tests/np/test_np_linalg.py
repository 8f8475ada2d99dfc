"""np.linalg: what NumPy gives, gradients, and what it refuses."""

import numpy as onp
import pytest
from np_expressions import both, check_gradients

from mxlite import autograd, np

VALUES = """np.linalg.norm(a) np.linalg.norm(v) np.linalg.norm(r,axis=1) np.linalg.norm(a,axis=0)
    np.linalg.norm(r,axis=(0,2)) np.linalg.norm(a,keepdims=True) np.linalg.norm(v,1)
    np.linalg.norm(v,3) np.linalg.norm(v,float("inf")) np.linalg.norm(v,-float("inf"))
    np.linalg.norm(a,"fro") np.linalg.norm(a,1) np.linalg.norm(a,-1) np.linalg.norm(a,float("inf"))
    np.linalg.norm(a,2) np.linalg.norm(a,-2) np.linalg.norm(a,"nuc")
    np.linalg.norm(r,"fro",axis=(2,1)) np.linalg.norm(r,1,axis=(2,1))
    np.linalg.norm(r,2,axis=(1,0),keepdims=True) np.linalg.inv(k) np.linalg.det(k)
    np.linalg.slogdet(k)[1] np.linalg.cholesky(h) np.linalg.solve(k,v) np.linalg.solve(k,c)
    np.linalg.eigh(h)[0] np.linalg.eigvalsh(h) np.linalg.pinv(a) np.linalg.matrix_power(k,3)
    np.linalg.multi_dot([a,c,c.T]) np.linalg.cond(k) np.linalg.svd(a)[1]
    np.linalg.tensorinv(k.reshape((3,3)),ind=1) np.linalg.tensorsolve(k,v)""".split()
WITHOUT = ("eigvalsh", "pinv", "matrix_power", "multi_dot", "cond")
SMOOTH = [e for e in VALUES if not any(name in e for name in WITHOUT)]


@pytest.mark.parametrize("expression", VALUES)
def test_values_are_those_of_numpy(expression, rng):
    if "svd(a)[1]" in expression:
        ours, _ = both(expression, rng)
        assert ours.shape == (2,) and float(ours[0]) >= float(ours[1]) >= 0
        return
    ours, expected = both(expression, rng)
    assert type(ours) is np.ndarray and ours.shape == expected.shape
    onp.testing.assert_allclose(ours.asnumpy(), expected, 1e-9, 1e-12)


@pytest.mark.parametrize("a, b, axes", [
    ((), (), None), ((), (1, 1, 1), None), ((1, 1, 1), (), None), ((1, 1, 1), (), (0, 1, 2)),
    ((1, 1, 1), (1, 1, 1), (2, 0, 1)), ((1, 1), (1, 1, 1, 1), None), ((6, 2, 3), (6,), None),
    ((2, 3, 6), (6,), (0, 1)), ((2, 3, 3, 4, 2), (3, 4), (0, 2, 4))])
def test_shapes_of_tensorsolve_are_those_of_numpy(a, b, axes, rng):
    a, b = rng.normal(size=a), rng.normal(size=b)
    ours, expected = (module.linalg.tensorsolve(module.array(a), module.array(b), axes)
                      for module in (np, onp))
    assert ours.shape == expected.shape
    onp.testing.assert_allclose(ours.asnumpy(), expected, 1e-9, 1e-12)


@pytest.mark.parametrize("expression", SMOOTH)
def test_gradients_are_differences(expression, rng):
    if "cholesky" in expression or "eigh" in expression:        # of symmetric matrices
        expression = expression.replace("(h)", "((h+h.T)/2)")
    assert check_gradients(expression, rng)


def test_parts_of_a_decomposition(rng):
    a = np.array(rng.normal(size=(4, 2, 3)))
    u, s, v = np.linalg.svd(a)
    onp.testing.assert_allclose(((u * s[:, None]) @ v).asnumpy(), a.asnumpy(), 1e-9, 1e-12)
    values, vectors = np.linalg.eig(np.array([[2.0, 0], [0, 3]], dtype="float64"))
    assert values.tolist() == [2, 3] and vectors.shape == (2, 2)
    q, r = np.linalg.qr(a[0])
    onp.testing.assert_allclose((q @ r).asnumpy(), a[0].asnumpy(), 1e-9, 1e-12)
    assert int(np.linalg.matrix_rank(np.ones((2, 2)))) == 1
    x, *_ = np.linalg.lstsq(np.array([[1.0], [2]]), np.array([2.0, 4]), rcond=None)
    assert abs(float(x[0]) - 2) < 1e-5


@pytest.mark.parametrize("expression", [
    "np.linalg.svd(a@a.T*a)[0].sum()*2", "(np.linalg.svd(a)[0]*a[:,:2]).sum()",
    "(np.linalg.svd(a)[2]*a).sum()", "(np.linalg.eigh((h+h.T)/2)[1]**2*k).sum()"])
def test_gradients_of_vectors(expression, rng):
    if "a@a.T*a" in expression:
        expression = "(np.linalg.svd(a@c)[1]*w[:2]).sum()"
    assert check_gradients(expression, rng)


@pytest.mark.parametrize("call, error, message", [
    (lambda: np.linalg.inv([[1]]), TypeError, "inv: a must be an array of mx.np; got list"),
    (lambda: np.linalg.solve(np.zeros((2, 2)), np.ones(2)), ValueError, "can be factored"),
    (lambda: np.linalg.solve(np.eye(2), np.ones(3)), ValueError, "b must have shape"),
    (lambda: np.linalg.svd(np.ones((3, 2))), ValueError, r"A must have shape .* with M <= N"),
    (lambda: np.linalg.eigh(np.ones((2, 3))), ValueError, r"A must have shape \(\.\.\., N, N\)"),
    (lambda: np.linalg.eigh(np.eye(2), "X"), ValueError, "UPLO must be 'L' or 'U'; got 'X'"),
    (lambda: np.linalg.norm(np.eye(2), "max"), ValueError, "ord must be a number, 'fro' or 'nuc'"),
    (lambda: np.linalg.norm(np.eye(2), 3), ValueError, "for matrices; got '3'"),
    (lambda: np.linalg.norm(np.ones(2), "fro"), ValueError, "'fro' of matrices"),
    (lambda: np.linalg.tensorinv(np.eye(2), 0), ValueError, "ind must be at least 1; got 0")])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_gradient_through_numpy_raises():
    x = np.eye(2)
    x.attach_grad()
    with autograd.record():
        y = np.linalg.matrix_power(x, 2).sum()
    with pytest.raises(NotImplementedError, match=r"matrix_power is computed by NumPy and has no"):
        y.backward()
