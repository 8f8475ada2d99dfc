"""Gradients through sparse arrays are those of dense ones, in the storage types asked for."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd

RNG = np.random.RandomState(5)
A = (RNG.randn(6, 4) * (RNG.rand(6, 4) < 0.5)).astype("float32")
A[2] = 0


def gradients(function, *pairs):
    """The gradients of the sum of function's squares, for (values, storage type) pairs."""
    arrays = [mx.nd.array(values).tostype(stype) for values, stype in pairs]
    for array in arrays:
        array.attach_grad()
    with autograd.record():
        y = function(*arrays)
        loss = (y.tostype("default") ** 2).sum()
    loss.backward()
    return [array.grad for array in arrays]


CASES = {
    "elemwise_add": (lambda x, y: mx.nd.elemwise_add(x, y), 2),
    "elemwise_sub": (lambda x, y: mx.nd.elemwise_sub(x, y), 2),
    "elemwise_mul": (lambda x, y: mx.nd.elemwise_mul(x, y), 2),
    "add_n": (lambda x, y: mx.nd.add_n(x, y, x), 2),
    "operators": (lambda x, y: (x + y) * 2 - y / 4, 2),
    "sign_ste": (lambda x: mx.nd.sparse._contrib_sign_ste(x) * x, 1),
    "sin": (lambda x: mx.nd.sin(x), 1), "square": (lambda x: mx.nd.square(x), 1),
    "negative": (lambda x: -x, 1), "copy": (lambda x: x.copy(), 1),
    "clip": (lambda x: mx.nd.clip(x, -0.5, 0.5), 1), "plus 0": (lambda x: x + 0, 1),
    "quadratic": (lambda x: mx.nd.contrib.quadratic(x, a=2, b=3), 1),
    "plus 1": (lambda x: x + 1, 1), "cast": (lambda x: mx.nd.cast(x, dtype="float64"), 1),
    "norm": (lambda x: mx.nd.norm(x), 1), "sum": (lambda x: mx.nd.sum(x, axis=1), 1),
    "mean": (lambda x: mx.nd.mean(x, axis=0), 1), "exp": (lambda x: mx.nd.exp(x), 1),
    "zero": (lambda x: x + mx.nd.BlockGrad(x), 1),
}


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
@pytest.mark.parametrize("stype", ["row_sparse", "csr"])
@pytest.mark.parametrize("case", CASES)
def test_like_dense(case, stype):
    function, count = CASES[case]
    values = [A, A[::-1].copy()][:count]
    expected = gradients(function, *[(each, "default") for each in values])
    found = gradients(function, *[(each, stype) for each in values])
    for grad, want in zip(found, expected, strict=True):
        assert grad.stype == stype
        np.testing.assert_allclose(grad.asnumpy(), want.asnumpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
def test_square_sum(axis, keepdims):
    def function(x):
        return mx.nd._internal._square_sum(x, axis=axis, keepdims=keepdims)

    want, = gradients(function, (A, "default"))
    found, = gradients(function, (A, "row_sparse"))
    assert found.stype == "row_sparse"
    np.testing.assert_allclose(found.asnumpy(), want.asnumpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("stype", ["default", "row_sparse"])
def test_dot_of_csr(transpose_a, stype):
    weight = RNG.randn(6 if transpose_a else 4, 3).astype("float32")

    def function(x, w):
        return mx.nd.dot(x, w, transpose_a=transpose_a)

    want = gradients(function, (A, "default"), (weight, "default"))
    found = gradients(function, (A, "csr"), (weight, stype))
    assert [grad.stype for grad in found] == ["csr", stype]
    for grad, each in zip(found, want, strict=True):
        np.testing.assert_allclose(grad.asnumpy(), each.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("transpose_b", [False, True])
def test_dot_with_csr(transpose_b):
    left = RNG.randn(3, 4 if transpose_b else 6).astype("float32")

    def function(x, w):
        return mx.nd.dot(x, w, transpose_b=transpose_b, forward_stype="default")

    want = gradients(lambda x, w: mx.nd.dot(x, w, transpose_b=transpose_b), (left, "default"),
                     (A, "default"))
    found = gradients(function, (left, "default"), (A, "csr"))
    for grad, each in zip(found, want, strict=True):
        np.testing.assert_allclose(grad.asnumpy(), each.asnumpy(), rtol=1e-4, atol=1e-5)


def test_dot_gives_only_the_rows_that_it_read():
    csr = mx.nd.sparse.csr_matrix(([1, 2], [90, 5], [0, 1, 2]), shape=(2, 100))
    weight = mx.nd.ones((100, 3))
    weight.attach_grad(stype="row_sparse")
    with autograd.record():
        y = mx.nd.dot(csr, weight)
    y.backward()
    assert weight.grad.indices.asnumpy().tolist() == [5, 90]
    assert weight.grad.data.asnumpy().tolist() == [[2] * 3, [1] * 3]


@pytest.mark.parametrize("name", ["Embedding", "contrib.SparseEmbedding"])
@pytest.mark.parametrize("req", ["write", "add"])
def test_embedding(name, req):
    data = mx.nd.array([[3, 1], [3, 40]])
    weight = mx.nd.array(np.arange(12).reshape(6, 2))
    weight.attach_grad(req, stype="row_sparse")
    operator = mx.nd.contrib.SparseEmbedding if "Sparse" in name else mx.nd.Embedding
    for _ in range(2):
        with autograd.record():
            y = operator(data, weight, input_dim=6, output_dim=2, sparse_grad=True)
        y.backward(mx.nd.array(np.arange(8).reshape(2, 2, 2)))
    assert y.asnumpy().tolist() == [[[6, 7], [2, 3]], [[6, 7], [10, 11]]]
    assert weight.grad.stype == "row_sparse"
    assert weight.grad.indices.asnumpy().tolist() == [1, 3, 5]          # 40 is cut to 5
    times = 1 if req == "write" else 2
    assert (weight.grad.data.asnumpy() == times * np.array([[2, 3], [4, 6], [6, 7]])).all()


def test_embedding_of_a_row_sparse_weight():
    weight = mx.nd.sparse.row_sparse_array(([[1, 2], [3, 4]], [1, 4]), shape=(6, 2))
    weight.attach_grad()
    with autograd.record():
        y = mx.nd.Embedding(mx.nd.array([4, 0, 1, 4]), weight, 6, 2, sparse_grad=True)
    y.backward()
    assert y.asnumpy().tolist() == [[3, 4], [0, 0], [1, 2], [3, 4]]
    assert weight.grad.asnumpy().tolist() == [[1, 1], [1, 1], [0, 0], [0, 0], [2, 2], [0, 0]]
    assert weight.grad.indices.asnumpy().tolist() == [0, 1, 4]


def test_sparse_and_dense_contributions_add_up():
    weight = mx.nd.ones((6, 2))
    weight.attach_grad()
    with autograd.record():
        rows = mx.nd.Embedding(mx.nd.array([1, 1]), weight, 6, 2, sparse_grad=True)
        loss = rows.sum() + (weight * 3).sum() + mx.nd.Embedding(
            mx.nd.array([2]), weight, 6, 2, sparse_grad=True).sum()
    loss.backward()
    assert weight.grad.stype == "default"
    assert weight.grad.asnumpy().tolist() == [[3, 3], [5, 5], [4, 4], [3, 3], [3, 3], [3, 3]]


def test_sparse_gradient_reaches_what_made_the_weight():
    x = mx.nd.ones((6, 2))
    x.attach_grad()
    with autograd.record():
        y = mx.nd.Embedding(mx.nd.array([1, 3]), x * 2, 6, 2, sparse_grad=True)
    y.backward()
    assert x.grad.asnumpy().tolist() == [[0, 0], [2, 2], [0, 0], [2, 2], [0, 0], [0, 0]]


def test_retain_and_cast_storage():
    x = mx.nd.array(A).tostype("row_sparse")
    x.attach_grad()
    with autograd.record():
        y = mx.nd.sparse.retain(x, mx.nd.array([0, 1])) * 3
    y.backward()
    assert x.grad.indices.asnumpy().tolist() == [0, 1]
    assert x.grad.data.asnumpy().tolist() == [[3] * 4] * 2


def test_grad_returns_sparse_gradients():
    weight = mx.nd.ones((6, 2))
    weight.attach_grad()
    with autograd.record():
        y = mx.nd.Embedding(mx.nd.array([1, 3]), weight, 6, 2, sparse_grad=True)
    found, = autograd.grad(y, [weight])
    assert found.stype == "row_sparse" and found.indices.asnumpy().tolist() == [1, 3]


def test_attach_grad_takes_storage_types():
    x = mx.nd.ones((3, 2))
    x.attach_grad(stype="csr")
    assert x.grad.stype == "csr" and x.grad.shape == (3, 2)
    x.zero_grad()
    with pytest.raises(ValueError, match="stype must be 'default', 'row_sparse' or 'csr'"):
        x.attach_grad(stype="rows")
    with pytest.raises(ValueError, match=r"a csr array must have two axes; got shape \(3,\)"):
        mx.nd.ones((3,)).attach_grad(stype="csr")


def second_gradients(function, *arrays):
    """The gradients of the sum of squares of the gradients of the sum of the cubes."""
    arrays = [mx.nd.array(values).tostype(stype) for values, stype in arrays]
    for array in arrays:
        array.attach_grad()
    with autograd.record():
        loss = (function(*arrays).tostype("default") ** 3).sum()
        first = autograd.grad(loss, arrays, create_graph=True)
        total = sum((grad.tostype("default") ** 2).sum() for grad in first)
    total.backward()
    return [array.grad for array in arrays]


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
@pytest.mark.parametrize("stype", ["row_sparse", "csr"])
@pytest.mark.parametrize("case", CASES)
def test_second_order_like_dense(case, stype):
    function, count = CASES[case]
    values = [A, A[::-1].copy()][:count]
    expected = second_gradients(function, *[(each, "default") for each in values])
    found = second_gradients(function, *[(each, stype) for each in values])
    for grad, want in zip(found, expected, strict=True):
        np.testing.assert_allclose(grad.asnumpy(), want.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
@pytest.mark.parametrize("stype, function", [
    ("row_sparse", lambda x: mx.nd.sparse.retain(x, mx.nd.array([0, 3, 4]))),
    ("row_sparse", lambda x: mx.nd._internal._square_sum(x, axis=1)),
    ("row_sparse", lambda x: mx.nd.Embedding(mx.nd.array([0, 3, 3]), x, input_dim=6, output_dim=4,
                                             sparse_grad=True)),
    ("csr", lambda x: mx.nd.slice(x, begin=(1, 0), end=(4, 3))),
    ("csr", lambda x: mx.nd.take(x, mx.nd.array([3, 0, 3]))),
    ("csr", lambda x: mx.nd.concat(x, x, dim=0)),
])
def test_second_order_of_parts(stype, function):
    expected, = second_gradients(lambda x: function(x) if stype == "csr" else function(
        x.tostype(stype)).tostype("default"), (A, "default"))
    found, = second_gradients(function, (A, stype))
    assert expected.asnumpy().any()
    np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
@pytest.mark.parametrize("stype", ["csr", "row_sparse"])
def test_second_order_of_products(stype):
    weight = RNG.randn(4, 3).astype("float32")
    for function in (lambda x, w: mx.nd.dot(x, w), lambda x, w: mx.nd.dot(x.tostype("default"), w),
                     lambda x, w: mx.nd.broadcast_mul(x, w[:, 0].reshape((1, 4)))):
        expected = second_gradients(function, (A, "default"), (weight, "default"))
        found = second_gradients(function, (A, stype), (weight, "default"))
        for grad, want in zip(found, expected, strict=True):
            np.testing.assert_allclose(grad.asnumpy(), want.asnumpy(), rtol=1e-3, atol=1e-3)


def test_written_in_place_while_recording():
    x = mx.nd.array(A).tostype("row_sparse")
    x.attach_grad()
    with autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        mx.nd.sin(x, out=x)


def test_no_symbol_of_what_a_rule_made():
    x = mx.nd.array(A).tostype("row_sparse")
    x.attach_grad()
    with autograd.record():
        y = mx.nd.sin(x)
    with pytest.raises(mx.MXNetError, match="get_symbol: a Function is no operator"):
        autograd.get_symbol(y)
