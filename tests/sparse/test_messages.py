"""What operators and optimizers refuse of sparse arrays."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.ndarray.array import share_array

ROWS = mx.nd.ones((3, 2)).tostype("row_sparse")
CSR = mx.nd.ones((3, 2)).tostype("csr")
DENSE = mx.nd.ones((3, 2))


def update(name, weight, grad, **params):
    optimizer = mx.optimizer.create(name, **params)
    state = optimizer.create_state_multi_precision(0, weight)
    optimizer.update_multi_precision(0, weight, grad, state)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mx.nd.sgd_update(CSR, ROWS, lr=0.1), "must be dense or row_sparse; got 'csr'"),
    (lambda: update("adagrad", DENSE, ROWS, wd=0.1), "_sparse_adagrad_update: wd must be 0"),
    (lambda: update("groupadagrad", DENSE, ROWS, wd=0.1), "GroupAdaGrad: wd must be 0; got 0.1"),
    (lambda: update("groupadagrad", mx.nd.ones((3,)), ROWS), "the weight must have two axes"),
    (lambda: mx.nd.contrib.group_adagrad_update(DENSE, ROWS, DENSE, lr=0.1),
     r"history must have shape \(3,\), a number a row of weight; got \(3, 2\)"),
    (lambda: mx.nd.contrib.group_adagrad_update(DENSE, mx.nd.ones((2, 2)), DENSE, lr=0.1),
     r"grad must have shape \(3, 2\), as weight has; got \(2, 2\)"),
    (lambda: mx.nd.sgd_update(DENSE, mx.nd.sparse.row_sparse_array(([[1, 2]], [5]), (3, 2)),
                              lr=0.1), "sgd_update: the sparse array has indices that do not fit"),
    (lambda: mx.nd.concat(CSR, mx.nd.ones((1, 4)).tostype("csr"), dim=0),
     "csr arrays must have equally many columns"),
    (lambda: mx.nd.take(CSR, mx.nd.array([3]), mode="raise"), r"take: indices must be in \[0, 2\]"),
    (lambda: share_array(ROWS, (3, 2)), "a sparse array has no memory of its shape; use its"),
    (lambda: DENSE._copy_from(ROWS), "a sparse array has no memory of its shape; use its"),
])
def test_messages(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


def test_values_that_are_not_there_take_no_memory():
    x = mx.nd.sparse.zeros("row_sparse", (2 ** 40, 1000))
    assert x.shape == (2 ** 40, 1000) and x.data.shape == (0, 1000)
    x = mx.nd.sparse.row_sparse_array((np.ones((2, 3)), [5, 2 ** 39]), shape=(2 ** 40, 3))
    assert (x + x).data.asnumpy().tolist() == [[2] * 3] * 2
    assert mx.nd.norm(x).asscalar() == pytest.approx(6 ** 0.5)
    assert x.retain(mx.nd.array([5], dtype="int64")).indices.asnumpy().tolist() == [5]
