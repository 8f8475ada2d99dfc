"""export and SymbolBlock: a network as files, and back."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon


def network():
    net = gluon.nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(gluon.nn.Conv2D(4, 3, activation="relu"), gluon.nn.BatchNorm(),
                gluon.nn.Dense(3))
    net.initialize(mx.init.Normal(0.3))
    net.hybridize()
    return net


@pytest.fixture
def exported(tmp_path):
    net = network()
    x = mx.nd.random.normal(shape=(2, 1, 6, 6))
    with mx.autograd.record():
        net(x).backward()               # statistics that are not those of the start
    return net, x, net(x).asnumpy(), net.export(str(tmp_path / "model"), 7)


def test_exported_files_make_the_same_network(exported):
    _, x, expected, (symbol_file, param_file) = exported
    assert param_file.endswith("model-0007.params") and symbol_file.endswith("model-symbol.json")
    block = gluon.SymbolBlock.imports(symbol_file, ["data"], param_file)
    np.testing.assert_array_equal(block(x).asnumpy(), expected)
    graph = mx.sym.load(symbol_file)
    assert list(block.collect_params()) == [                    # in MXNet's order
        *graph.list_arguments()[1:], *graph.list_auxiliary_states()]


def test_exported_names_tell_arguments_from_states(exported):
    _, _, _, (symbol_file, param_file) = exported
    assert sorted(mx.nd.load(param_file)) == [
        "arg:net_batchnorm0_beta", "arg:net_batchnorm0_gamma", "arg:net_conv0_bias",
        "arg:net_conv0_weight", "arg:net_dense0_bias", "arg:net_dense0_weight",
        "aux:net_batchnorm0_running_mean", "aux:net_batchnorm0_running_var"]
    assert mx.sym.load(symbol_file).list_outputs() == ["net_dense0_fwd_output"]


def test_export_needs_a_call_first(tmp_path):
    with pytest.raises(RuntimeError, match=r"call block.hybridize\(\) and then run forward"):
        network().export(str(tmp_path / "model"))


@pytest.mark.parametrize("part", [[], [0]], ids=["network", "layer"])
def test_the_graph_of_a_cast_network_has_its_dtypes(tmp_path, part):
    """cast() after a call: what was traced, and Symbols that were made, say the new dtype."""
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(3, in_units=2))
    net.initialize()
    net.hybridize()
    before = net(mx.sym.var("data"))
    net(mx.nd.ones((1, 2)))
    (net[0] if part else net).cast("float16")
    y = net(mx.nd.ones((1, 2), dtype="float16"))
    symbol_file, param_file = net.export(str(tmp_path / "model"))
    for graph in (mx.sym.load(symbol_file), before, net(mx.sym.var("data"))):
        dtypes, outputs, _ = graph.infer_type(data="float16")
        assert {*dtypes, *outputs} == {np.float16}
        executor = graph.simple_bind(mx.cpu(), data=(1, 2), type_dict={"data": "float16"})
        executor.copy_params_from({name.removeprefix("arg:"): array for name, array
                                   in mx.nd.load(param_file).items()})
        executor.forward(data=mx.nd.ones((1, 2)))
        np.testing.assert_array_equal(executor.outputs[0].asnumpy(), y.asnumpy())


def test_an_imported_network_learns(exported):
    _, x, _, (symbol_file, param_file) = exported
    block = gluon.SymbolBlock.imports(symbol_file, "data", param_file)
    trainer = gluon.Trainer(block.collect_params(), "sgd", {"learning_rate": 0.05})
    loss = gluon.loss.L2Loss()
    values = []
    for _ in range(20):
        with mx.autograd.record():
            value = loss(block(x), mx.nd.ones((2, 3))).mean()
        value.backward()
        trainer.step(1)
        values.append(float(value.asscalar()))
    assert values[-1] < 0.5 * values[0]


def test_inner_outputs_of_a_symbol():
    data = mx.sym.var("data")
    hidden = mx.sym.FullyConnected(data, num_hidden=4, name="fc1")
    net = mx.sym.FullyConnected(mx.sym.tanh(hidden), num_hidden=2, name="fc2")
    block = gluon.SymbolBlock([net, net.get_internals()["fc1_output"]], data)
    block.initialize(mx.init.Normal(1))
    x = mx.nd.random.normal(shape=(3, 5))
    out, inner = block(x)
    params = {name: param.data() for name, param in block.collect_params().items()}
    expected = mx.nd.FullyConnected(x, params["fc1_weight"], params["fc1_bias"], num_hidden=4)
    np.testing.assert_array_equal(inner.asnumpy(), expected.asnumpy())
    assert out.shape == (3, 2)


def test_messages(exported, tmp_path):
    _, _, _, (symbol_file, param_file) = exported
    with pytest.raises(ValueError, match="has no variable 'dat'; did you mean 'data'"):
        gluon.SymbolBlock.imports(symbol_file, "dat", param_file)
    mx.nd.save(str(tmp_path / "few.params"), {"arg:net_conv0_weight": mx.nd.ones((4, 1, 3, 3))})
    with pytest.raises(KeyError, match="net_conv0_bias"):
        gluon.SymbolBlock.imports(symbol_file, "data", str(tmp_path / "few.params"))
    x = mx.sym.var("x")
    with pytest.raises(ValueError, match="each of inputs must be a variable"):
        gluon.SymbolBlock(x + 1, x + 1)
    with pytest.raises(TypeError, match="must be Symbols; got int"):
        gluon.SymbolBlock(x, 3)
    with pytest.raises(ValueError, match="takes 1 inputs, x; got 2"):
        gluon.SymbolBlock(x + 1, x)(mx.nd.ones(2), mx.nd.ones(2))


@pytest.mark.parametrize("hybridize", [False, True])
def test_a_symbol_block_among_layers_whose_shapes_follow(hybridize):
    data = mx.sym.var("data")
    inner = mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=4, name="fc"),
                              act_type="relu")
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(5), gluon.SymbolBlock(inner, data), gluon.nn.Dense(2))
    net.initialize(mx.init.Normal(1))
    if hybridize:
        net.hybridize()
    x = mx.nd.random.normal(shape=(3, 6))
    first, middle, last = net
    weight, bias = [middle.collect_params()[name] for name in ("fc_weight", "fc_bias")]
    result = net(x).asnumpy()
    assert weight.shape == (4, 5)
    hidden = mx.nd.relu(mx.nd.FullyConnected(first(x), weight.data(), bias.data(), num_hidden=4))
    np.testing.assert_array_equal(result, last(hidden).asnumpy())


def test_parameters_are_arguments_then_auxiliary_states():
    net = mx.sym.BatchNorm(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc"),
                           name="bn")
    net = mx.sym.FullyConnected(net, num_hidden=3, name="out")
    block = gluon.SymbolBlock(net, [mx.sym.var("data")])
    assert list(block.collect_params().keys()) == [                # from MXNet 1.9.1
        "fc_weight", "fc_bias", "bn_gamma", "bn_beta", "out_weight", "out_bias",
        "bn_moving_mean", "bn_moving_var"]
