"""boolean_mask in graphs."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd

DATA = np.arange(1.0, 10).reshape(3, 3).astype("float32")


class Chosen(gluon.HybridBlock):
    def hybrid_forward(self, F, x, index):
        return F.exp(F.contrib.boolean_mask(x * 2, index)) + 1


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_in_a_block(is_hybrid):
    block, x = Chosen(), nd.array(DATA / 10)
    if is_hybrid:
        block.hybridize()
    x.attach_grad()
    for chosen in ([0, 1, 1], [1, 0, 0], [0, 0, 0]):
        with autograd.record():
            y = block(x, nd.array(chosen))
        y.backward()
        rows = np.flatnonzero(chosen)
        want = np.zeros((3, 3))
        want[rows] = 2 * np.exp(DATA[rows] / 5)
        np.testing.assert_allclose(y.asnumpy(), np.exp(DATA[rows] / 5) + 1, rtol=1e-6)
        np.testing.assert_allclose(x.grad.asnumpy(), want, rtol=1e-6)


def test_bound_loaded_and_inferred():
    y = mx.sym.contrib.boolean_mask(mx.sym.var("x"), mx.sym.var("i"), axis=1, name="mask")
    assert '"op": "_contrib_boolean_mask"' in y.tojson()
    for net in (y, mx.sym.load_json(y.tojson())):
        exe = net.bind(mx.cpu(), {"x": nd.array(DATA), "i": nd.array([1, 0, 1])},
                       {"x": nd.zeros((3, 3))})
        assert exe.forward(is_train=True)[0].asnumpy().tolist() == DATA[:, [0, 2]].tolist()
        exe.backward(nd.array([[1, 2]] * 3))
        assert exe.grad_dict["x"].asnumpy().tolist() == [[1, 0, 2]] * 3
    assert y.infer_shape_partial(x=(4, 5)) == ([(4, 5), (5,)], [(4, 0)], [])
    assert y.infer_shape_partial(x=(4, 0), i=(5,)) == ([(4, 5), (5,)], [(4, 0)], [])
    with pytest.raises(ValueError, match=r"node 'mask': .*index must have shape \(5,\), as axis 1"):
        y.infer_shape_partial(x=(4, 5), i=(3,))
