"""Iterators over sparse matrices, and modules that read them."""

import numpy as np
import pytest

import mxlite as mx

VALUES = np.arange(40, dtype="float32").reshape(10, 4) * (np.arange(40).reshape(10, 4) % 3 == 0)


@pytest.mark.parametrize("handle", ["pad", "discard", "roll_over"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_are_those_of_the_dense_array(handle, shuffle):
    iterators = []
    for data in (mx.nd.array(VALUES), mx.nd.array(VALUES).tostype("csr")):
        mx.random.seed(3)
        iterators.append(mx.io.NDArrayIter(data, np.arange(10), 3, shuffle, handle))
    for _ in range(2):
        for dense, sparse in zip(*iterators, strict=True):
            assert sparse.data[0].stype == "csr" and sparse.pad == dense.pad
            assert (sparse.data[0].asnumpy() == dense.data[0].asnumpy()).all()
            assert (sparse.label[0].asnumpy() == dense.label[0].asnumpy()).all()
        for iterator in iterators:
            iterator.reset()


def test_scipy_matrices():
    scipy = pytest.importorskip("scipy.sparse")
    iterator = mx.io.NDArrayIter({"x": scipy.csr_matrix(VALUES)}, batch_size=5)
    assert iterator.provide_data == [("x", (5, 4))]
    batches = [batch.data[0] for batch in iterator]
    assert [batch.stype for batch in batches] == ["csr", "csr"]
    assert (np.concatenate([batch.asnumpy() for batch in batches]) == VALUES).all()


def test_row_sparse_is_refused():
    with pytest.raises(TypeError, match="data 'data' must be dense or csr; it is row_sparse"):
        mx.io.NDArrayIter(mx.nd.array(VALUES).tostype("row_sparse"), batch_size=2)


def test_libsvm_files(tmp_path):
    (tmp_path / "data").write_text("1 0:1 2:3\n2 1:5\n3 2:2\n")
    (tmp_path / "label").write_text("0 0:2\n0 1:3\n0 1:1\n")
    iterator = mx.io.LibSVMIter(str(tmp_path / "data"), (3,), batch_size=2)
    batch = next(iterator)
    assert batch.data[0].stype == "csr" and batch.label[0].stype == "default"
    assert batch.data[0].indices.asnumpy().tolist() == [0, 2, 1]
    assert batch.label[0].asnumpy().tolist() == [1, 2]
    iterator = mx.io.LibSVMIter(str(tmp_path / "data"), (3,), str(tmp_path / "label"), (2,),
                                batch_size=3)
    assert next(iterator).label[0].stype == "csr"


def test_a_module_learns_from_csr_batches():
    rng = np.random.RandomState(0)
    x = (rng.rand(200, 30) * (rng.rand(200, 30) < 0.2)).astype("float32")
    y = (x @ rng.randn(30) > 0).astype("float32")
    data = mx.sym.var("data", stype="csr")
    weight = mx.sym.var("weight", shape=(30, 2), init=mx.init.Normal(0.1))
    out = mx.sym.SoftmaxOutput(mx.sym.sparse.dot(data, weight), name="softmax")
    iterator = mx.io.NDArrayIter(mx.nd.array(x).tostype("csr"), y, 20)
    module = mx.mod.Module(out)
    mx.random.seed(1)
    module.fit(iterator, num_epoch=15, optimizer="adam", optimizer_params={"learning_rate": 0.1})
    assert module.score(iterator, "acc")[0][1] > 0.95
    assert module._exec_group.execs[0].grad_dict["weight"].stype == "row_sparse"
