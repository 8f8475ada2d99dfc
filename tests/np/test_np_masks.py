"""Operators that replace items under a mask, by the names that MXNet's own code calls."""

import numpy as onp
import pytest

import mxlite as mx
from mxlite import autograd, gluon, np

INTERNAL = mx.nd.np._internal
CASES = [((3, 4), (3, 4), 0), ((3, 0), (3, 0), 0), ((), (), 0), ((2, 3, 4), (2, 3), 0),
         ((2, 3, 4), (3,), 1), ((2, 3, 4), (3, 4), 1), ((2, 3, 4), (4,), 2)]


@pytest.mark.parametrize("shape, mask_shape, start", CASES)
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_items_under_a_mask(shape, mask_shape, start, dtype, rng):
    data = rng.integers(0, 9, shape).astype(dtype)
    mask = onp.asarray(rng.random(mask_shape) < 0.6)
    key = (slice(None),) * start + (mask,)
    x, m = np.array(data, dtype=dtype), np.array(mask)
    expected = data.copy()
    expected[key] = 42
    y = INTERNAL.boolean_mask_assign_scalar(x, m, 42.0, start_axis=start)
    onp.testing.assert_array_equal(y.asnumpy(), expected)
    onp.testing.assert_array_equal(x.asnumpy(), data)
    values = onp.asarray(rng.integers(0, 9, data[key].shape).astype(dtype))
    expected[key] = values
    assert INTERNAL.boolean_mask_assign_tensor(y, m, np.array(values, dtype=dtype),
                                               start_axis=start, out=y) is y
    onp.testing.assert_array_equal(y.asnumpy(), expected)


class Masked(gluon.HybridBlock):
    def hybrid_forward(self, F, x, mask):
        return F.np._internal.boolean_mask_assign_scalar(x * 2, mask, value=7.0, start_axis=1)


@pytest.mark.parametrize("hybrid", [False, True])
def test_in_blocks_with_gradients(hybrid):
    net, x = Masked(), np.ones((2, 3))
    if hybrid:
        net.hybridize()
    x.attach_grad()
    mask = np.array([1, 0, 1], dtype="bool")
    with autograd.record():
        y = net(x, mask) * 3
        z = INTERNAL.boolean_mask_assign_tensor(x, mask, np.zeros((2, 2)), start_axis=1)
    autograd.backward([y, z])
    assert y.tolist() == [[21, 6, 21]] * 2 and x.grad.tolist() == [[0, 7, 0]] * 2


def test_errors():
    x, mask = np.ones((2, 3)), np.array([1, 0, 1], dtype="bool")
    with pytest.raises(ValueError, match=r"mask must have shape \(2,\), as data has from axis 0"):
        INTERNAL.boolean_mask_assign_scalar(x, mask, 1.0)
    with pytest.raises(ValueError, match=r"value must have shape that broadcasts to \(2, 2\), as"):
        INTERNAL.boolean_mask_assign_tensor(x, mask, np.ones(3), start_axis=1)
    for module in (INTERNAL, mx.sym.np._internal):
        with pytest.raises(AttributeError, match=r"numpy\._internal' has no operator 'nothing'"):
            _ = module.nothing
