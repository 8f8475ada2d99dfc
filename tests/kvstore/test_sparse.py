"""Stores of row_sparse arrays: sums, pulls, rows."""

import numpy as np
import pytest

import mxlite as mx

CONTEXTS = [mx.cpu(k) for k in range(3)]


def rows(numbers, factor=1, ctx=None, length=5):
    dense = np.zeros((length, 2), "float32")
    dense[numbers] = factor
    return mx.nd.array(dense, ctx=ctx).tostype("row_sparse")


def nothing(ctx=None):
    return mx.nd.sparse.zeros("row_sparse", (5, 2), ctx=ctx)


def test_sums_have_the_rows_of_all():
    store = mx.kv.create("device")
    store.init("w", rows([0]))
    store.push("w", [rows([1, 2], 1, CONTEXTS[0]), rows([2, 4], 2, CONTEXTS[1])])
    out = [nothing(ctx) for ctx in CONTEXTS]
    store.pull("w", out=out, ignore_sparse=False)
    for each in out:
        assert each.indices.asnumpy().tolist() == [1, 2, 4]
        assert each.asnumpy()[:, 0].tolist() == [0, 1, 3, 0, 2]
    dense = mx.nd.zeros((5, 2), ctx=CONTEXTS[1])
    store.pull("w", out=dense)
    assert dense.asnumpy()[:, 1].tolist() == [0, 1, 3, 0, 2]


def test_sums_of_dense_and_sparse_are_dense():
    store = mx.kv.create()
    store.init("w", mx.nd.zeros((5, 2)))
    out = mx.nd.zeros((5, 2))
    store.pushpull("w", [rows([1]), mx.nd.ones((5, 2), ctx=CONTEXTS[1])], out=out)
    assert out.asnumpy()[:, 0].tolist() == [1, 2, 1, 1, 1]


def test_pulls_to_sparse_arrays_are_left_out():
    store = mx.kv.create()
    store.init(["v", "w"], [rows([0]), rows([0])])
    out, dense = rows([3], 7), mx.nd.zeros((5, 2))
    with pytest.warns(RuntimeWarning, match="KVStore.pull: sparse arrays of key 'w' are left as"
                      ) as warned:
        store.pull("w", out=[out, dense])
    assert warned[0].filename == __file__
    store.pull("w", out=out)                # warned once
    assert out.asnumpy()[:, 0].tolist() == [0, 0, 0, 7, 0] and dense.asnumpy()[0, 0] == 1
    with pytest.warns(RuntimeWarning, match="KVStore.pushpull: sparse arrays of key 'v' are left"
                      ) as warned:
        store.pushpull("v", [rows([1]), rows([1])])
    assert warned[0].filename == __file__


def test_an_optimizer_updates_only_rows_that_come():
    store = mx.kv.create()
    store.init("w", rows(slice(None)))
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, wd=0.1))
    store.push("w", [rows([1]), rows([3], 2)])
    out = nothing()
    store.pull("w", out=out, ignore_sparse=False)
    np.testing.assert_allclose(out.asnumpy()[:, 0], [1, 0.45, 1, -0.05, 1], rtol=1e-6)


# Recorded from MXNet 1.9.1: rows once each, ascending; absent ones are zeros that are stored
@pytest.mark.parametrize(("stored", "ids", "want"), [
    (slice(None), [1, 3, 0, 1], [1, 1, 0, 1, 0]), ([1, 3], [3, 4, 0], [0, 0, 0, 1, 0]),
    ([1], [], [0] * 5), ([], [2], [0] * 5)])
def test_row_sparse_pull(stored, ids, want):
    store = mx.kv.create("device")
    store.init("w", rows(stored))
    out = rows([2], 9)
    store.row_sparse_pull("w", out=out, row_ids=mx.nd.array(ids))
    assert out.indices.asnumpy().tolist() == sorted(set(ids))
    assert out.asnumpy()[:, 1].tolist() == want


def test_row_sparse_pull_to_several_arrays():
    store = mx.kv.create()
    store.init("w", rows(slice(None), 2))
    out, ids = [nothing(ctx) for ctx in CONTEXTS], [mx.nd.array([[k, 0]]) for k in range(3)]
    store.row_sparse_pull("w", out=out, row_ids=ids)
    assert [each.indices.asnumpy().tolist() for each in out] == [[0], [0, 1], [0, 2]]
    assert [each.ctx for each in out] == CONTEXTS
    store.row_sparse_pull("w", out=out, row_ids=ids[:1])
    assert [each.indices.asnumpy().tolist() for each in out] == [[0]] * 3
    store.init(["x", "y"], [rows(slice(None), 3), rows(slice(None), 4)])
    pairs = [[nothing(), nothing()], [nothing(), nothing()]]
    store.row_sparse_pull(["x", "y"], out=pairs, row_ids=[ids[:2], ids[1:]])
    assert [[each.indices.asnumpy().tolist() for each in its] for its in pairs] == [
        [[0], [0, 1]], [[0, 1], [0, 2]]]
    store.row_sparse_pull(["x", "y"], out=[nothing(), out[0]], row_ids=[ids[1]])
    assert out[0].asnumpy()[:, 0].tolist() == [4, 4, 0, 0, 0]


def test_the_stored_array_keeps_its_rows():
    store = mx.kv.create()
    store.init(0, rows(slice(None)))
    out = nothing()
    store.row_sparse_pull(0, out=out, row_ids=mx.nd.array([1]))
    out[:] = 5
    store.row_sparse_pull(0, out=out, row_ids=mx.nd.arange(5))
    assert (out.asnumpy() == 1).all()
