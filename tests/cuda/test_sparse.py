"""Sparse arrays on a GPU: products, gradients and updates, with the CPU's numbers."""

import numpy as np
import pytest
from alike import TOLERANCE

import mxlite as mx
from mxlite import autograd, gluon, nd


def matrix(rng, shape, dtype="float32"):
    """About a third of the items are there; some rows and columns are empty."""
    values = np.where(rng.random(shape) < 0.3, rng.standard_normal(shape), 0)
    values[1], values[:, -1] = 0, 0
    return nd.array(values, dtype=dtype)


def on_both(function, arrays, gpu):
    """Results of function(arrays) on the CPU and on the GPU: (dense float64, storage types)."""
    for ctx in (mx.cpu(), gpu):
        results = function(*[x.as_in_context(ctx) for x in arrays])
        assert all([y.ctx == ctx for y in results])
        yield ([y.tostype("default").astype("float64").asnumpy() for y in results],
               [y.stype for y in results])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ["A x", "A^T x", "x A", "x A^T", "A v", "A^T v"])
def test_products(name, dtype, gpu, rng):
    a = matrix(rng, (7, 90), dtype)
    rows, columns = a.shape
    shapes = {"A x": (columns, 5), "A^T x": (rows, 5), "x A": (4, rows), "x A^T": (4, columns),
              "A v": (columns,), "A^T v": (rows,)}
    x = nd.array(rng.standard_normal(shapes[name]), dtype=dtype)

    def run(a, x):
        csr = a.tostype("csr")
        x.attach_grad()
        with autograd.record():
            y = (nd.sparse.dot(x, csr, transpose_b="^T" in name) if name[0] == "x" else
                 nd.sparse.dot(csr, x, transpose_a="^T" in name))
        y.backward()
        return [y, x.grad]

    (expected, stypes), (found, others) = on_both(run, [a, x], gpu)
    assert stypes == others
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, TOLERANCE[dtype], TOLERANCE[dtype])
    left, right = a.asnumpy().astype("f8"), x.asnumpy().astype("f8")
    left = left.T if "^T" in name else left
    exact = right @ left if name[0] == "x" else left @ right
    np.testing.assert_allclose(found[0], exact, 10 * TOLERANCE[dtype], 10 * TOLERANCE[dtype])


def test_sums(gpu, rng):
    def run(a):
        csr = a.tostype("csr")
        return [nd.sum(csr, axis=0), nd.mean(csr, axis=1), nd.norm(csr, axis=1), nd.norm(csr),
                nd.sparse.dot(csr, a.T.tostype("row_sparse"))]

    (expected, _), (found, _) = on_both(run, [matrix(rng, (6, 9))], gpu)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-6)


@pytest.mark.parametrize("wrong", [[0, 9], [-1, 1]])
def test_wrong_indices(wrong, gpu):
    a = nd.sparse.csr_matrix((nd.ones(2, ctx=gpu), nd.array(wrong, dtype="int64", ctx=gpu),
                              nd.array([0, 1, 2], dtype="int64", ctx=gpu)), shape=(2, 3), ctx=gpu)
    with pytest.raises(IndexError, match=r"csr_dot, which ran on gpu\(0\) before, met an i"):
        nd.sparse.dot(a, nd.ones((3, 2), ctx=gpu)).asnumpy()
    with pytest.raises(IndexError, match="dot: the sparse array has indices that do not fit"):
        nd.sparse.dot(a, nd.ones((2, 2), ctx=gpu), transpose_a=True)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad", "groupadagrad"])
def test_an_embedding_learns(optimizer, gpu, rng):
    start, chosen = rng.standard_normal((20, 4)), rng.integers(0, 10, (5, 8))
    results = []
    for ctx in (mx.cpu(), gpu):
        net = gluon.nn.Embedding(20, 4, sparse_grad=True)
        net.initialize(ctx=ctx)
        net.weight.set_data(nd.array(start, ctx=ctx))
        options = {"sgd": {"momentum": 0.9}, "groupadagrad": {"wd": 0}}.get(optimizer, {})
        trainer = gluon.Trainer(net.collect_params(), optimizer,
                                {"learning_rate": 0.1, **options}, kvstore=None)
        for row in chosen:
            with autograd.record():
                loss = (net(nd.array(row, ctx=ctx)) ** 2).sum()
            loss.backward()
            assert net.weight.grad().stype == "row_sparse"
            trainer.step(1)
        results.append(net.weight.data(ctx).asnumpy())
    np.testing.assert_allclose(*results, 1e-4, 1e-5)
    assert not np.allclose(results[0], start) and (results[0][10:] == start[10:].astype("f4")).all()
