"""Sparse weights and gradients in Gluon, Executor and Module."""

import base64
import pickle
import zlib

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn
from mxlite.symbol.graph_op import GraphOp

IDS = mx.nd.array([[3, 1], [3, 5]])


def trained(block, optimizer, hybrid, steps=3, **params):
    """The weight after some steps on IDS."""
    block.initialize(mx.init.Constant(1.0))
    if hybrid:
        block.hybridize()
    trainer = gluon.Trainer(block.collect_params(), optimizer, {"learning_rate": 0.1, **params})
    for _ in range(steps):
        with autograd.record():
            loss = (block(IDS) ** 2).sum()
        loss.backward()
        trainer.step(1)
    weight = block.weight
    return weight.data() if weight.stype == "default" else weight.row_sparse_data(mx.nd.arange(8))


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad"])
def test_embedding_with_sparse_gradients_learns_like_a_dense_one(optimizer, hybrid):
    dense = trained(nn.Embedding(8, 3), optimizer, hybrid)
    sparse = trained(nn.Embedding(8, 3, sparse_grad=True), optimizer, hybrid)
    np.testing.assert_allclose(sparse.asnumpy(), dense.asnumpy(), rtol=1e-5)
    assert sparse.stype == "default"


@pytest.mark.parametrize("hybrid", [False, True])
def test_the_gradient_has_the_rows_that_were_read(hybrid):
    block = nn.Embedding(8, 3, sparse_grad=True)
    block.initialize()
    if hybrid:
        block.hybridize()
    with autograd.record():
        y = block(IDS)
    y.backward()
    grad = block.weight.grad()
    assert grad.stype == block.weight.grad_stype == "row_sparse"
    assert grad.indices.asnumpy().tolist() == [1, 3, 5]
    assert grad.data.asnumpy().tolist() == [[1] * 3, [2] * 3, [1] * 3]
    block.weight.zero_grad()
    assert not grad.asnumpy().any()


def test_lazy_updates_leave_other_rows_alone():
    weight = trained(nn.Embedding(8, 3, sparse_grad=True), "sgd", False, wd=0.5).asnumpy()
    assert (weight[[0, 2, 4, 6, 7]] == 1).all() and (weight[[1, 3, 5]] != 1).all()
    weight = trained(nn.Embedding(8, 3, sparse_grad=True), "sgd", False, wd=0.5,
                     lazy_update=False).asnumpy()
    assert (weight != 1).all()


def test_sparse_embedding():
    block = gluon.contrib.nn.SparseEmbedding(8, 3)
    dense = trained(nn.Embedding(8, 3), "sgd", False)
    sparse = trained(block, "sgd", False)
    np.testing.assert_allclose(sparse.asnumpy(), dense.asnumpy(), rtol=1e-5)
    assert block.weight.stype == "row_sparse" and repr(block) == (
        "SparseEmbedding(8 -> 3, float32)")
    assert block.weight.grad().stype == "row_sparse"


def test_row_sparse_data():
    params = gluon.ParameterDict("net_")
    weight = params.get("weight", shape=(6, 2), stype="row_sparse", grad_stype="row_sparse")
    params.initialize(mx.init.One(), ctx=[mx.cpu(0), mx.cpu(1)])
    rows = mx.nd.array([4, 1])
    with pytest.raises(mx.MXNetError, match="when no Trainer is created with it"):
        weight.row_sparse_data(rows)
    trainer = gluon.Trainer(params, "sgd")
    data = weight.row_sparse_data(rows)
    assert data.indices.asnumpy().tolist() == [1, 4] and data.ctx == mx.cpu(0)
    assert [each.ctx for each in weight.list_row_sparse_data(rows)] == [mx.cpu(0), mx.cpu(1)]
    for call in (weight.data, weight.list_data):
        with pytest.raises(mx.MXNetError, match=r"because its storage type is row_sparse\. Please"):
            call()
    with pytest.raises(mx.MXNetError, match=r"already set\. More than one trainers"):
        gluon.Trainer(params, "sgd")
    assert trainer.learning_rate == 0.01


def test_gradients_flow_to_rows_that_were_taken_before_record():
    weight = gluon.Parameter("w", shape=(4, 2), stype="row_sparse", grad_stype="row_sparse")
    weight.initialize(mx.init.One(), ctx=[mx.cpu(0), mx.cpu(1)])
    trainer = gluon.Trainer([weight], "sgd", {"learning_rate": 0.5})
    rows = weight.list_row_sparse_data(mx.nd.array([1, 3]))
    with autograd.record():
        outputs = [each * 2 for each in rows]
    autograd.backward(outputs)
    trainer.step(1)
    assert [each.asnumpy()[:, 0].tolist() for each in weight.list_row_sparse_data(
        mx.nd.arange(4))] == [[1, -1, 1, -1]] * 2


def test_sparse_parameters_of_several_contexts_are_saved_as_such(tmp_path):
    params = gluon.ParameterDict()
    weight = params.get("w", shape=(4, 2), stype="row_sparse")
    params.initialize(mx.init.One(), ctx=[mx.cpu(0), mx.cpu(1)])
    gluon.Trainer(params, "sgd")
    params.save(str(tmp_path / "w"))
    assert mx.nd.load(str(tmp_path / "w"))["w"].stype == "row_sparse"
    weight.reset_ctx([mx.cpu(1), mx.cpu(2)])
    assert [each.asnumpy().sum() for each in weight.list_row_sparse_data(mx.nd.arange(4))] == [8, 8]


def test_only_row_sparse_parameters_have_row_sparse_data():
    weight = gluon.Parameter("weight", shape=(6, 2))
    weight.initialize()
    with pytest.raises(mx.MXNetError, match=r"row_sparse_data\(\) because its storage type is def"):
        weight.row_sparse_data(mx.nd.array([1]))


@pytest.mark.parametrize("argument", ["stype", "grad_stype"])
def test_storage_types_are_checked(argument):
    with pytest.raises(ValueError, match=f"Parameter: {argument} must be 'default', 'row_sparse'"):
        gluon.Parameter("weight", shape=(2, 2), **{argument: "rows"})


def test_update_on_kvstore_and_sparse_weights():
    weight = gluon.Parameter("weight", shape=(6, 2), stype="row_sparse")
    weight.initialize()
    trainer = gluon.Trainer([weight], "sgd", update_on_kvstore=False)
    with autograd.record():
        rows = weight.row_sparse_data(mx.nd.array([1])) * 3
    rows.backward()
    with pytest.raises(ValueError, match="update_on_kvstore must not be False where weights are"):
        trainer.step(1)


def test_saving_and_loading(tmp_path):
    block = gluon.contrib.nn.SparseEmbedding(8, 3)
    trained(block, "adam", False)
    trainer = gluon.Trainer(nn.Embedding(8, 3).collect_params(), "adam")
    block.save_parameters(str(tmp_path / "weights"))
    stored = mx.nd.load(str(tmp_path / "weights"))["weight"]
    assert stored.stype == "row_sparse"
    other = gluon.contrib.nn.SparseEmbedding(8, 3)
    other.load_parameters(str(tmp_path / "weights"))
    trainer = gluon.Trainer(other.collect_params(), "adam")
    rows = mx.nd.arange(8)
    assert (other.weight.row_sparse_data(rows).asnumpy() == stored.asnumpy()).all()
    assert trainer.learning_rate == 0.001


def test_states_of_sparse_weights_are_saved(tmp_path):
    block = gluon.contrib.nn.SparseEmbedding(8, 3)
    block.initialize(mx.init.One())
    trainer = gluon.Trainer(block.collect_params(), "sgd", {"momentum": 0.9})
    for _ in range(2):
        with autograd.record():
            loss = block(IDS).sum()
        loss.backward()
        trainer.step(1)
    trainer.save_states(str(tmp_path / "states"))
    trainer.load_states(str(tmp_path / "states"))
    state = trainer._updaters[0].states[0]
    assert state.stype == "row_sparse" and state.asnumpy()[3].any()


STATES_OF_MXNET = (      # of SGD with momentum, for a row_sparse weight; zlib, base64
    "eJxrYJn6gQECaqd4M/SI5FbkpZbo5aUkFhUlVuoVFyQWFadO6REIyi8PBrP9XBxBMlMmT/FrnRI0pXZKD1tGYl"
    "5KDlARR1JpZk5JZl7xlB7OpMqS1ESoQueek78m/2QEWsHEgABMSDQLmhgjkjo2KJ+FARWcPXNm79kzPvuQ+PuQ"
    "5WFmwMxkhtJTQM4uTirWAwBvHzgC")


def test_states_of_mxnet_are_read():
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.5))
    updater.set_states(zlib.decompress(base64.b64decode(STATES_OF_MXNET)))
    state = updater.states[0]
    assert state.stype == "row_sparse"
    np.testing.assert_allclose(state.asnumpy(), [[0, 0], [-0.1, -0.2], [0, 0], [-0.4, 0]],
                               rtol=1e-6)


def test_damaged_pickles():
    array = mx.nd.sparse.csr_matrix(([1, 2], [0, 1], [0, 1, 1]), shape=(2, 3))
    with pytest.raises(ValueError, match=r"a pickled csr array of .* is damaged: indptr"):
        pickle.loads(pickle.dumps(array))


def test_gradients_of_two_contexts_are_summed():
    block = nn.Embedding(8, 3, sparse_grad=True)
    contexts = [mx.cpu(0), mx.cpu(1)]
    block.initialize(mx.init.One(), ctx=contexts)
    trainer = gluon.Trainer(block.collect_params(), "sgd", {"learning_rate": 1.0})
    losses = []
    with autograd.record():
        for ids, ctx in zip(([1, 2], [2, 5]), contexts, strict=True):
            losses.append(block(mx.nd.array(ids, ctx=ctx)).sum())
    autograd.backward(losses)
    trainer.step(1)
    for ctx in contexts:
        assert block.weight.data(ctx).asnumpy()[:, 0].tolist() == [1, 0, -1, 1, 1, 0, 1, 1]


def test_simple_bind_makes_arrays_of_storage_types():
    x, w = mx.sym.var("x", stype="csr"), mx.sym.var("w")
    y = mx.sym.sparse.dot(x, w)
    exe = y.simple_bind(mx.cpu(), x=(4, 6), w=(6, 2), grad_req={"w": "write"})
    assert exe.arg_dict["x"].stype == "csr" and exe.arg_dict["w"].stype == "default"
    assert exe.grad_dict["w"].stype == "row_sparse"
    values = np.eye(4, 6, dtype="float32")
    exe.arg_dict["x"][:] = values
    exe.arg_dict["w"][:] = 2
    assert (exe.forward(is_train=True)[0].asnumpy() == values @ np.full((6, 2), 2)).all()
    exe.backward(mx.nd.ones((4, 2)))
    assert exe.grad_dict["w"].indices.asnumpy().tolist() == [0, 1, 2, 3]
    exe = mx.sym.dot(mx.sym.var("x"), w).simple_bind(mx.cpu(), x=(4, 6), w=(6, 2),
                                                     stype_dict={"x": "csr", "w": "row_sparse"})
    assert [exe.arg_dict[name].stype for name in "xw"] == ["csr", "row_sparse"]
    with pytest.raises(ValueError, match=r"stype_dict\['x'\] must be one of default, row_sparse"):
        y.simple_bind(mx.cpu(), x=(4, 6), w=(6, 2), stype_dict={"x": "rows"})


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_gradients_of_embeddings_in_graphs(sparse_grad):
    y = mx.sym.Embedding(mx.sym.var("x"), mx.sym.var("w", stype="row_sparse"), input_dim=6,
                         output_dim=2, sparse_grad=sparse_grad)
    exe = y.simple_bind(mx.cpu(), x=(3,), grad_req={"w": "write"})
    exe.arg_dict["w"][:] = 1
    exe.arg_dict["x"][:] = [5, 0, 5]
    exe.forward(is_train=True)
    exe.backward(mx.nd.ones((3, 2)))
    assert exe.grad_dict["w"].stype == ("row_sparse" if sparse_grad else "default")
    assert exe.grad_dict["w"].asnumpy()[:, 0].tolist() == [1, 0, 0, 0, 0, 2]


def test_a_function_without_a_gradient_for_an_input():
    class First(autograd.Function):
        def forward(self, x, y):
            return x * y

        def backward(self, dy):
            return dy * 3, None

    x, y = mx.nd.ones((2,)), mx.nd.ones((2,))
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        z = First()(x, y)
    z.backward()
    assert x.grad.asnumpy().tolist() == [3, 3] and y.grad.asnumpy().tolist() == [0, 0]


def test_clipping_leaves_gradients_sparse():
    rows = mx.nd.array([[3, 0], [0, 0], [0, 4]]).tostype("row_sparse")
    assert gluon.utils.clip_global_norm([rows, mx.nd.array([12.0])], 6.5) == 13
    assert rows.stype == "row_sparse"
    np.testing.assert_allclose(rows.asnumpy(), [[1.5, 0], [0, 0], [0, 2]], rtol=1e-6)


def test_a_hybridized_block_of_csr_data():
    class Linear(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            with self.name_scope():
                self.weight = self.params.get("weight", shape=(3, 2), init=mx.init.One(),
                                              grad_stype="row_sparse")

        def hybrid_forward(self, F, x, weight):
            return F.sparse.dot(x, weight)

    block = Linear()
    block.initialize()
    block.hybridize()
    with autograd.record():
        y = block(mx.nd.array([[0, 0, 2], [1, 0, 0]]).tostype("csr"))
    y.backward()
    assert y.asnumpy().tolist() == [[2, 2], [1, 1]]
    assert block.weight.grad().indices.asnumpy().tolist() == [0, 2]


def test_inference_runs_as_one_graph(monkeypatch):
    net = nn.HybridSequential()
    net.add(nn.Embedding(8, 3, sparse_grad=True), nn.Dense(2))
    net.initialize()
    want = net(IDS).asnumpy()
    net.hybridize()
    monkeypatch.setattr(GraphOp, "run_apart", None)
    assert (net(IDS).asnumpy() == want).all()
    with autograd.record(), pytest.raises(TypeError):
        net(IDS)


def test_executors_are_reshaped():
    x, w = mx.sym.var("x", stype="csr"), mx.sym.var("w")
    exe = mx.sym.square(mx.sym.sparse.dot(x, w)).simple_bind(mx.cpu(), x=(4, 6), w=(6, 2))
    exe.arg_dict["w"][:] = 2
    other = exe.reshape(x=(3, 6), w=(6, 2))
    assert other.arg_dict["x"].stype == "csr" and other.arg_dict["x"].shape == (3, 6)
    other.arg_dict["x"][:] = np.eye(3, 6)
    assert (other.forward()[0].asnumpy() == 4).all()
    exe = mx.sym.square(x).simple_bind(mx.cpu(), x=(4, 6))
    exe.arg_dict["x"][:] = np.eye(4, 6)
    assert exe.forward()[0].stype == "csr"
    other = exe.reshape(x=(3, 6))
    other.arg_dict["x"][:] = np.eye(3, 6)
    assert (other.forward()[0].asnumpy() == np.eye(3, 6)).all()


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad"])
def test_weights_of_several_contexts_share_memory_after_a_step(optimizer):
    """So that a step does not copy all rows; what is written to one is not seen in the others."""
    weights = []
    for contexts in ([mx.cpu(0)], [mx.cpu(0), mx.cpu(1), mx.cpu(2)]):
        weight = gluon.Parameter("w", shape=(6, 2), stype="row_sparse", grad_stype="row_sparse")
        weight.initialize(mx.init.One(), ctx=contexts)
        trainer = gluon.Trainer([weight], optimizer, {"learning_rate": 0.5})
        for step in range(3):
            with autograd.record():
                outputs = [rows * (6 / len(contexts)) for rows in
                           weight.list_row_sparse_data(mx.nd.array([1, 3 + step]))]
            autograd.backward(outputs)
            trainer.step(1)
        weights.append(weight)
    want = weights[0].row_sparse_data(mx.nd.arange(6)).asnumpy()
    copies = list(weights[1]._arrays().values())
    for copy in copies:
        np.testing.assert_allclose(copy.asnumpy(), want, rtol=1e-6)
        assert copy._parts[0]._shares_memory(copies[0]._parts[0])
    copies[1][:] = 7
    copies[2] += 1
    np.testing.assert_allclose(copies[0].asnumpy(), want, rtol=1e-6)
    np.testing.assert_allclose(copies[2].asnumpy(), want + 1, rtol=1e-6)
    weights[1].set_data(mx.nd.zeros((6, 2)))
    assert all(not copy.asnumpy().any() for copy in copies)
