"""Casts of mixed precision: what operators compute in after amp.init, on arrays, Symbols and in
blocks. The lists are MXNet's; values are compared with those of float32."""

import json

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.contrib import amp
from mxlite.contrib.amp import amp as module
from mxlite.gluon import nn, rnn
from mxlite.ops.schema import REGISTRY


@pytest.fixture(autouse=True)
def plain_afterwards():
    yield
    module._stop()


def dtypes(*arrays):
    return [array._dtype_name for array in arrays]


def low(shape):
    return mx.nd.ones(shape, dtype="float16")


def test_what_arrays_become():
    amp.init()
    x, w = mx.nd.ones((2, 3)), mx.nd.ones((4, 3))
    y = mx.nd.FullyConnected(x, w, num_hidden=4, no_bias=True)
    assert dtypes(y, mx.nd.softmax(y), mx.nd.exp(y), y.sum(), mx.nd.relu(y)) == [
        "float16", "float32", "float32", "float32", "float16"]
    assert dtypes(y + y, y + mx.nd.ones((2, 4)), mx.nd.concat(y, mx.nd.ones((2, 4))),
                  mx.nd.dot(y, w)) == ["float16", "float32", "float32", "float32"]
    assert dtypes(mx.nd.Activation(y, act_type="softrelu"), mx.nd.Activation(y, act_type="relu"),
                  mx.nd.LeakyReLU(y, act_type="elu")) == ["float32", "float16", "float32"]
    assert y.asnumpy().tolist() == [[3] * 4] * 2


def test_what_is_left_alone():
    amp.init()
    double = mx.nd.ones((2, 3), dtype="float64")
    assert dtypes(mx.nd.FullyConnected(double, double, num_hidden=2, no_bias=True),
                  mx.nd.exp(double)) == ["float64"] * 2
    ints = mx.nd.array([2, 1], dtype="int32")
    assert dtypes(ints + ints, mx.nd.Embedding(ints, low((3, 2)), input_dim=3, output_dim=2)) == [
        "int32", "float16"]
    rows = mx.nd.ones((2, 3)).tostype("row_sparse")
    assert (rows + rows).stype == "row_sparse"


def test_states_are_written_to():
    """A cast copy of a moving mean would take what is meant for the mean."""
    amp.init(fp32_ops=["BatchNorm"])
    layer = nn.BatchNorm(in_channels=2)
    layer.initialize()
    with autograd.record():
        y = layer(low((4, 2)) * 5)
    y.backward()
    assert y._dtype_name == "float32"
    assert layer.running_mean.data().asnumpy().tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("target", ["float16", "bfloat16"])
@pytest.mark.parametrize("hybridized", [False, True])
def test_a_network_learns_with_parameters_of_float32(target, hybridized):
    mx.random.seed(3)
    rng = np.random.RandomState(3)
    labels = mx.nd.arange(32) % 4
    images = mx.nd.array(rng.rand(32, 1, 8, 8) * 0.2 + labels.asnumpy()[:, None, None, None] * 0.2)
    amp.init(target)
    net = nn.HybridSequential()
    net.add(nn.Conv2D(8, 3, activation="relu"), nn.BatchNorm(), nn.MaxPool2D(),
            nn.Conv2DTranspose(4, 2), nn.LayerNorm(), nn.Dense(16, activation="relu"), nn.Dense(4))
    net.initialize(mx.init.Xavier())
    if hybridized:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    amp.init_trainer(trainer)
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(30):
        with autograd.record():
            scores = net(images)
            loss = loss_of(scores, labels)
            with amp.scale_loss(loss, trainer) as scaled:
                autograd.backward(scaled)
        trainer.step(32)
    assert scores._dtype_name == target and loss._dtype_name == "float32"
    assert {array._dtype_name for param in net.collect_params().values()
            for array in [param.data(), *(param.list_grad() if param.grad_req != "null" else [])]
            } == {"float32"}
    assert loss.mean().asscalar() < 0.2


@pytest.mark.parametrize("layer", [rnn.LSTM, rnn.GRU, rnn.RNN])
def test_recurrent_layers_compute_as_in_float32(layer):
    layer = layer(6, num_layers=2, bidirectional=True)
    layer.initialize(mx.init.Xavier())
    x = mx.nd.array(np.random.RandomState(0).rand(5, 3, 4))
    want = layer(x).asnumpy()
    amp.init("bfloat16")
    layer.hybridize()
    got = layer(x)
    assert got._dtype_name == "bfloat16"
    np.testing.assert_allclose(got.astype("float32").asnumpy(), want, atol=0.03)


def test_symbols_become_graphs_with_casts():
    amp.init()
    data = mx.sym.var("data")
    net = mx.sym.FullyConnected(data, num_hidden=2, no_bias=True, name="fc")
    net = mx.sym.softmax(net + mx.sym.var("shift"), name="out")
    nodes = json.loads(net.tojson(remove_amp_cast=False))["nodes"]
    assert [(node["op"], node["name"]) for node in nodes if node["op"] != "null"] == [
        ("amp_cast", "data_amp_cast_float16"), ("amp_cast", "fc_weight_amp_cast_float16"),
        ("FullyConnected", "fc"), ("amp_multicast", "fc_output_amp_multicast"),
        ("elemwise_add", nodes[-3]["name"]),
        ("amp_cast", f"{nodes[-3]['name']}_output_amp_cast_float32"), ("softmax", "out")]
    exe = net.simple_bind(mx.cpu(), data=(1, 3), shift=(1, 2))
    exe.arg_dict["fc_weight"][:] = mx.nd.array([[0, 0, 0], [1, 1, 1]])
    exe.arg_dict["data"][:] = 1
    np.testing.assert_allclose(exe.forward()[0].asnumpy(), [[1 / (1 + np.e ** 3),
                                                            1 / (1 + np.e ** -3)]], rtol=1e-5)
    assert "amp" not in net.tojson()


class Half(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] / 2)


@mx.operator.register("amp_half")
class HalfProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Half()


@pytest.mark.parametrize("hybridized", [False, True])
def test_operators_of_users_get_float32(hybridized):
    class Net(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return F.Custom(F.relu(x), op_type="amp_half")

    amp.init()
    net = Net()
    net.hybridize(hybridized)
    half = net(low((2,)))
    assert half._dtype_name == "float32" and half.asnumpy().tolist() == [0.5, 0.5]


def test_losses_that_make_their_own_gradient_are_scaled():
    """The update is that of a step without mixed precision."""
    def step(mixed):
        weight = gluon.Parameter("w", shape=(2, 3))
        weight.initialize(mx.init.One())
        trainer = gluon.Trainer({"w": weight}, "sgd", {"learning_rate": 1.0})
        if mixed:
            amp.init()
            amp.init_trainer(trainer)
        with autograd.record():
            out = mx.nd.SoftmaxOutput(
                mx.nd.FullyConnected(mx.nd.ones((1, 3)), weight.data(), num_hidden=2,
                                     no_bias=True), mx.nd.zeros((1,)))
            if mixed:
                with amp.scale_loss(out, trainer) as scaled:
                    autograd.backward(scaled)
        if not mixed:
            out.backward()
        trainer.step(1)
        return weight.data().asnumpy()

    want = step(False)
    np.testing.assert_allclose(step(True), want)


def test_lists_of_users():
    amp.init(target_precision_ops=["softmax"], fp32_ops=["FullyConnected"],
             conditional_fp32_ops=[("Activation", "act_type", ["tanh"])])
    x = mx.nd.ones((2, 3))
    dense = mx.nd.FullyConnected(x, low((2, 3)), num_hidden=2, no_bias=True)
    assert dtypes(mx.nd.softmax(x), dense, mx.nd.Activation(low(2), act_type="tanh"),
                  mx.nd.Activation(low(2), act_type="softrelu"), mx.nd.exp(low(2))) == [
        "float16", "float32", "float32", "float16", "float16"]
    amp.init("bfloat16")
    assert dtypes(mx.nd.FullyConnected(x, x, num_hidden=2, no_bias=True)) == ["bfloat16"]


@pytest.mark.parametrize(("arguments", "kind", "message"), [
    ({"target_dtype": "int8"}, ValueError, "must be 'float16' or 'bfloat16'; got 'int8'"),
    ({"fp32_ops": "exp"}, TypeError, "fp32_ops must be a list; got 'exp'"),
    ({"fp32_ops": ["sofmax"]}, ValueError, "got 'sofmax'; did you mean 'softmax'"),
    ({"fp32_ops": ["exp"], "target_precision_ops": ["exp"]}, ValueError,
     "an operator must be in one list; exp is in target_precision_ops and in fp32_ops"),
    ({"conditional_fp32_ops": ["Activation"]}, TypeError, "must hold triples .*; got 'Activation'"),
    ({"conditional_fp32_ops": [("Activation", "act_type", "relu")]}, TypeError,
     "a list of its values; got .'Activation', 'act_type', 'relu'"),
    ({"conditional_fp32_ops": [("Activation", "kind", ["relu"])]}, ValueError,
     "Activation has no parameter 'kind'"),
])
def test_what_is_refused(arguments, kind, message):
    with pytest.raises(kind, match=rf"amp.init: .*{message}"):
        amp.init(**arguments)
    assert mx.nd.FullyConnected(mx.nd.ones((1, 1)), mx.nd.ones((1, 1)), num_hidden=1,
                                no_bias=True)._dtype_name == "float32"


def test_lists_are_those_of_mxnet():
    """Some of each; those for operators that are not here are left out."""
    assert set(amp.list_lp16_ops()) == {"Convolution", "Deconvolution", "FullyConnected", "RNN"} | {
        name for name, op in REGISTRY.items() if op is REGISTRY["FullyConnected"]} | {
        name for name, op in REGISTRY.items() if op in (REGISTRY["Convolution"],
                                                        REGISTRY["Deconvolution"], REGISTRY["RNN"])}
    assert {"softmax", "exp", "LayerNorm", "mean", "_rdiv_scalar", "ctc_loss", "topk"} <= set(
        amp.list_fp32_ops())
    assert {"elemwise_add", "_plus", "Concat", "batch_dot", "where"} <= set(
        amp.list_widest_type_cast("bfloat16"))
    assert {"BatchNorm", "Pooling", "relu", "Reshape", "_mul_scalar"} <= set(
        amp.list_lp16_fp32_ops())
    assert amp.list_conditional_fp32_ops()[0] == ("Activation", "act_type", ["softrelu"])
    assert "SoftmaxOutput" in amp.list_loss_output_functions()
    assert amp.list_lp16_use_fp32_params() is None
    groups = [set(each()) for each in (amp.list_lp16_ops, amp.list_fp32_ops,
                                       amp.list_widest_type_cast, amp.list_lp16_fp32_ops)]
    assert sum(map(len, groups)) == len(set().union(*groups)) == len(REGISTRY) - len(
        {name for name, op in REGISTRY.items() if op in (REGISTRY["Activation"],
                                                         REGISTRY["LeakyReLU"])})
    with pytest.raises(ValueError, match=r"amp.list_fp32_ops: target_dtype must be"):
        amp.list_fp32_ops("float32")
