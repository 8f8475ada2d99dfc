"""Results lie where the arrays do that went in: here the second CPU context, as well a GPU."""

import numpy as onp
import pytest

import mxlite as mx
from mxlite import autograd, np, npx

ON_SECOND = """np.take(v,1) np.take(v,[0,1]) v.take([[2]]) np.percentile(v,50)
    np.quantile(m,0.5,axis=1)
    np.ediff1d(v,to_begin=1) np.ediff1d(v,to_end=[1,2]) np.where(True,v,0) np.where(m>1,1,0)
    np.random.choice(v,2) np.random.choice(v,2,False) np.random.choice(v,5,p=v/v.sum())
    np.random.choice(3,2,False,p=v/v.sum()) np.random.multinomial(3,v/v.sum(),size=2)
    np.random.permutation(v) np.random.normal(v,1) np.unique(v) np.median(m,axis=0) np.nonzero(m)[0]
    np.argwhere(m) np.histogram(v)[1] np.searchsorted(v,v) np.interp(v,v,v) np.cov(m) np.isin(v,[1])
    np.linalg.qr(m)[0] np.insert(v,0,1) np.delete(v,1) np.cross(v,v) npx.nonzero(v) onp.median(m)
    onp.ones(3)+v v*onp.ones(3) onp.add(onp.ones(3),v) onp.concatenate([onp.ones(3),v]) onp.ptp(m)
    v[[0,1]] v[onp.array([True,False,True])] np.diag_indices_from(m@m.T)[0]""".split()


@pytest.mark.parametrize("expression", ON_SECOND)
def test_where_results_lie(expression):
    second = mx.cpu(1)
    v, m = np.array([1, 2, 3], ctx=second), np.array([[3, 1, 2], [0, 2, 4]], ctx=second)
    found = eval(expression, {"np": np, "npx": npx, "onp": onp, "v": v, "m": m})
    assert type(found) is np.ndarray and found.ctx == second
    if "random" not in expression:
        v, m = v.as_in_ctx(mx.cpu()), m.as_in_ctx(mx.cpu())
        expected = eval(expression, {"np": np, "npx": npx, "onp": onp, "v": v, "m": m})
        assert found.tolist() == expected.tolist() and expected.ctx == mx.cpu()


def test_gradients_through_indices_of_numbers():
    x = np.array([1, 2, 3], ctx=mx.cpu(1))
    x.attach_grad()
    with autograd.record():
        y = np.take(x, [0, 2, 2]).sum() + np.ediff1d(x, to_begin=1).sum()
    y.backward()
    assert x.grad.ctx == mx.cpu(1) and x.grad.tolist() == [0, 0, 3]
