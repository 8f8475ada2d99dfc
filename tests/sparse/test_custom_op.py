"""Operators of users on csr arrays."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

VALUES = np.array([[0, 2, 0], [3, 0, -1]], "float32")
seen = []


class Square(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        x = in_data[0]
        seen.append(out_data[0].stype)
        y = x * x if x.stype == "default" else nd.sparse.csr_matrix(
            (x.data * x.data, x.indices, x.indptr), shape=x.shape)
        self.assign(out_data[0], req[0], y)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        seen.append(in_grad[0].stype)
        self.assign(in_grad[0], req[0], 2 * nd.sparse.elemwise_mul(in_data[0], out_grad[0]))


@mx.operator.register("test_sparse_square")
class SquareProp(mx.operator.CustomOpProp):
    def infer_storage_type(self, in_stype):
        return in_stype, in_stype, []

    def infer_storage_type_backward(self, ograd_stype, in_stype, out_stype, igrad_stype, aux_stype):
        return ograd_stype, in_stype, out_stype, in_stype, aux_stype

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Square()


@pytest.mark.parametrize("stype", ["csr", "default"])
@pytest.mark.filterwarnings("ignore:.*dense copies are made")
def test_storage_types(stype):
    seen.clear()
    x = nd.array(VALUES).tostype(stype)
    x.attach_grad(stype=stype)
    with autograd.record():
        y = nd.Custom(x, op_type="test_sparse_square")
    y.backward()
    assert y.stype == stype and seen == [stype, stype]
    np.testing.assert_array_equal(y.asnumpy(), VALUES ** 2)
    np.testing.assert_array_equal(x.grad.asnumpy(), 2 * VALUES)


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
def test_in_a_graph():
    net = mx.sym.Custom(mx.sym.var("x", stype="csr"), op_type="test_sparse_square")
    exe = net.bind(mx.cpu(), {"x": nd.array(VALUES).tostype("csr")})
    y, = exe.forward()
    assert y.stype == "csr"
    np.testing.assert_array_equal(y.asnumpy(), VALUES ** 2)
