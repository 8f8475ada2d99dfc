"""mx.contrib.quantization: networks in 8 bits stay near those in float32."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.contrib import quantization
from mxlite.gluon import nn

sym = mx.sym


def accuracy(net, x, y):
    return float((net(x).argmax(1) == y).mean().asscalar())


@pytest.mark.parametrize("dtype", ["int8", "auto"])
@pytest.mark.parametrize("mode", ["none", "naive", "entropy"])
def test_a_lenet_keeps_its_accuracy(lenet, mode, dtype):
    """Within 2 % of the float32 network's, which knows nearly all."""
    net, x, y = lenet
    loader = mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(x, y), batch_size=50)
    quantized = quantization.quantize_net_v2(net, dtype, calib_mode=mode, calib_data=loader)
    assert accuracy(net, x, y) > 0.95
    assert accuracy(quantized, x, y) >= accuracy(net, x, y) - 0.02
    operators = [node.op.name for node in nodes_of(quantized._symbol) if node.op]
    assert operators.count("_contrib_quantized_conv") == 2
    assert operators.count("_contrib_quantized_fully_connected") == 2
    assert operators.count("_contrib_quantized_batch_norm") == (mode != "none")
    assert operators.count("_contrib_dequantize") == (1 if mode != "none" else 2)
    assert {str(np.dtype(param.dtype)) for name, param in quantized.collect_params().items()
            if name.endswith("weight_quantize")} == {"int8"}


def nodes_of(symbol):
    return {head.node for head in symbol.get_internals().heads}


def test_quantized_networks_are_written_and_read(lenet, tmp_path):
    net, x, _ = lenet
    quantized = quantization.quantize_net_v2(net, calib_mode="naive", calib_data=[x])
    expected = quantized(x).asnumpy()
    quantized.export(str(tmp_path / "net"))
    again = mx.gluon.SymbolBlock.imports(
        str(tmp_path / "net-symbol.json"), ["data"], str(tmp_path / "net-0000.params"))
    np.testing.assert_array_equal(again(x).asnumpy(), expected)


def results(symbol, args, aux, batch):
    inputs = {"data": batch, "softmax_label": mx.nd.zeros(len(batch)), **args}
    return symbol.bind(mx.cpu(), {name: inputs[name] for name in symbol.list_arguments()},
                       aux_states=aux, grad_req="null").forward()[0].asnumpy()


@pytest.mark.parametrize("mode", ["none", "naive"])
@pytest.mark.parametrize("quantize_mode", ["full", "smart"])
def test_a_graph_with_branches(model, mode, quantize_mode):
    net, args, aux, data = model
    qsym, qargs, qaux = quantization.quantize_model(
        net, args, aux, calib_mode=mode, calib_data=data, quantize_mode=quantize_mode)
    data.reset()
    batch = data.next().data[0]
    np.testing.assert_allclose(results(qsym, qargs, qaux, batch), results(net, args, aux, batch),
                               atol=0.08)
    operators = [node.op.name for node in nodes_of(qsym) if node.op]
    assert operators.count("_contrib_quantized_conv") == 2
    assert operators.count("_contrib_quantized_concat") == 1
    assert operators.count("_contrib_quantized_elemwise_add") == 1
    assert operators.count("_contrib_requantize") == 4


def test_names_are_those_of_mxnet(model):
    """Recorded from MXNet 1.9.1, without calibration."""
    net, args, aux, _ = model
    qsym, qargs, _ = quantization.quantize_model(net, args, aux, calib_mode="none")
    assert qsym.list_arguments()[:7] == [
        "data", "c1_weight_quantize", "c1_bias_quantize", "c1_weight_quantize_min",
        "c1_weight_quantize_max", "c1_bias_quantize_min", "c1_bias_quantize_max"]
    names = {node.name for node in nodes_of(qsym) if node.op}
    assert names >= {"data_quantize", "quantized_c1", "requantize_c1", "quantized_r",
                     "quantized_c2", "requantize_c2", "quantized_add", "requantize_add",
                     "quantized_p", "p_dequantize", "t", "quantized_cat", "quantized_f",
                     "quantized_fc", "requantize_fc", "fc_dequantize", "softmax"}
    assert qargs["c1_weight_quantize"].dtype == np.int8
    size = np.abs(args["c1_weight"].asnumpy()).max()
    assert qargs["c1_weight_quantize_max"].asscalar() == size


def test_what_is_excluded_stays_float(model):
    net, args, aux, _ = model
    qsym, qargs, _ = quantization.quantize_model(
        net, args, aux, calib_mode="none", excluded_sym_names=["c2"], quantize_mode="full",
        excluded_op_names=["Flatten", "Concat"])
    operators = {node.name: node.op.name for node in nodes_of(qsym) if node.op}
    assert operators["c2"] == "Convolution" and operators["f"] == "Flatten"
    assert operators["cat"] == "Concat" and "quantized_c1" in operators
    assert qargs["c2_weight"] is args["c2_weight"]


def test_ranges_are_written_into_the_graph(model):
    net, args, aux, data = model
    qsym, _, _ = quantization.quantize_model(net, args, aux, calib_mode="naive", calib_data=data)
    data.reset()
    values = np.concatenate([batch.data[0].asnumpy() for batch in data])
    attributes = qsym.attr_dict()["data_quantize"]
    assert float(attributes["min_calib_range"]) == values.min()
    assert float(attributes["max_calib_range"]) == values.max()
    assert {"requantize_c1", "requantize_add", "requantize_fc", "t_output_quantize"} <= {
        name for name, attrs in qsym.attr_dict().items() if "min_calib_range" in attrs}


def test_calibration_by_a_monitor(model):
    """As users of Modules do it: quantize_graph, a callback, calib_graph."""
    net, args, aux, data = model
    qsym, _, _, collector = quantization.quantize_graph(net, args, aux, calib_mode="naive")
    module = mx.mod.Module(net)
    module.bind(data.provide_data, data.provide_label, for_training=False)
    module.set_params(args, aux)
    module._exec_group.execs[0].set_monitor_callback(collector.collect, monitor_all=True)
    for batch in data:
        module.forward(batch, is_train=False)
    calibrated, _, _ = quantization.calib_graph(qsym, args, aux, collector, "naive")
    data.reset()
    expected, _, _ = quantization.quantize_model(net, args, aux, calib_mode="naive",
                                                 calib_data=data, quantize_mode="full")
    assert calibrated.attr_dict() == expected.attr_dict()
    assert "min_calib_range" not in qsym.attr_dict()["data_quantize"]


class Everything:
    """A collector of users: every array reaches from -9 to 9."""

    def __init__(self):
        self.min_max_dict = {}

    def collect(self, name, arr):
        assert isinstance(arr, mx.nd.NDArray)
        self.min_max_dict[name] = -9.0, 9.0


def test_a_collector_of_users(lenet):
    net, x, _ = lenet
    collector = Everything()
    block = quantization.quantize_net_v2(net, calib_mode="customize", calib_data=[x],
                                         LayerOutputCollector=collector)
    assert "data" in collector.min_max_dict
    assert block._symbol.attr_dict()["data_quantize"]["max_calib_range"] == "9.0"


def test_so_many_examples_are_read(model):
    net, args, aux, data = model
    quantization.quantize_model(net, args, aux, calib_mode="naive", calib_data=data,
                                num_calib_examples=5)
    assert sum(1 for _ in data) == 1        # of three batches of 4, two were read


def test_embeddings_and_products(rng):
    net = sym.Embedding(sym.var("data"), input_dim=6, output_dim=4, name="e")
    net = sym.elemwise_mul(net, sym.FullyConnected(net, num_hidden=4, flatten=False, name="fc"),
                           name="m")
    args = {"e_weight": mx.nd.array(rng.normal(0, 1, (6, 4))),
            "fc_weight": mx.nd.array(rng.normal(0, 1, (4, 4))),
            "fc_bias": mx.nd.array(rng.normal(0, 1, (4,)))}
    qsym, qargs, _ = quantization.quantize_model(net, args, {}, calib_mode="none",
                                                 quantize_mode="full")
    operators = [node.op.name for node in nodes_of(qsym) if node.op]
    assert "_contrib_quantized_embedding" in operators
    assert "_contrib_quantized_elemwise_mul" in operators
    rows = mx.nd.array([[0, 5], [2, 3]])
    got, expected = [symbol.bind(mx.cpu(), {"data": rows, **arrays}, grad_req="null").forward()[0]
                     for symbol, arrays in ((qsym, qargs), (net, args))]
    np.testing.assert_allclose(got.asnumpy(), expected.asnumpy(),
                               atol=0.05 * np.abs(expected.asnumpy()).max())


def test_weights_that_are_no_parameters_are_int8(rng):
    net = sym.FullyConnected(sym.var("data"), sym.var("w") * 2, num_hidden=3, no_bias=True,
                             name="fc")
    net = sym.elemwise_mul(net, net, name="m")
    args = {"w": mx.nd.array(rng.normal(0, 1, (3, 4)))}
    qsym, qargs, _ = quantization.quantize_model(net, {}, {}, calib_mode="none",
                                                 quantized_dtype="uint8", quantize_mode="full")
    data = mx.nd.array(rng.uniform(0, 1, (5, 4)))
    outputs = [symbol.bind(mx.cpu(), {"data": data, **args}, grad_req="null").forward()[0]
               for symbol in (qsym, net)]
    assert qargs == {} and outputs[0].shape == outputs[1].shape
    weight = next(node for node in nodes_of(qsym) if node.op and "mul" in node.name
                  and node.op.name == "_contrib_quantize_v2")
    assert weight.attrs["out_type"] == "int8"
    assert "m" in {node.name for node in nodes_of(qsym)}


def test_the_deprecated_name_warns(lenet):
    net, x, _ = lenet
    with pytest.warns(DeprecationWarning, match="use quantize_net_v2"):
        block = quantization.quantize_net(net, data_shapes=[x.shape])
    assert block(x).shape == (200, 4)


def test_the_name_of_a_backend(model):
    net, args, aux, _ = model
    qsym, _, _ = quantization.quantize_model_mkldnn(net, args, aux, calib_mode="none")
    assert "c1_weight_quantize" in qsym.list_arguments()
    with pytest.raises(mx.MXNetError, match="ctx must be a CPU; got gpu"):
        quantization.quantize_model_mkldnn(net, args, aux, ctx=mx.gpu(0), calib_mode="none")


def test_a_batch_norm_whose_range_is_not_known_raises(rng):
    net = sym.BatchNorm(sym.Convolution(sym.var("data"), kernel=(1, 1), num_filter=2, name="c"),
                        name="bn")
    shapes, _, states = net.infer_shape(data=(1, 3, 4, 4))
    args = {name: mx.nd.array(rng.uniform(0.5, 1, shape))
            for name, shape in zip(net.list_arguments(), shapes, strict=True) if name != "data"}
    aux = {name: mx.nd.ones(shape)
           for name, shape in zip(net.list_auxiliary_states(), states, strict=True)}
    qsym, _, _, collector = quantization.quantize_graph(net, args, aux, calib_mode="naive")
    collector.collect("data", mx.nd.array([-1, 1]))
    qsym, qargs, _ = quantization.calib_graph(qsym, args, aux, collector, "naive")
    with pytest.raises(mx.MXNetError, match="min_calib_range and max_calib_range must be given"):
        qsym.bind(mx.cpu(), {"data": mx.nd.ones((1, 3, 4, 4)), **qargs}, aux_states=aux,
                  grad_req="null").forward()


class TwoInputs(mx.gluon.HybridBlock):
    """Two inputs, two outputs, one of them an inner layer."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.first, self.second = nn.Dense(8, activation="relu"), nn.Dense(8)

    def hybrid_forward(self, F, x, y):
        inner = self.first(x)
        return inner, F.broadcast_add(inner, self.second(y))


def test_networks_of_two_inputs_and_outputs(rng):
    net = TwoInputs()
    net.initialize(mx.init.Normal(0.5))
    x, y = [mx.nd.array(rng.uniform(-1, 1, (10, size))) for size in (4, 6)]
    labels = mx.nd.zeros(10)
    quantized = quantization.quantize_net_v2(net, calib_mode="naive", calib_data=[(x, y, labels)])
    for got, expected in zip(quantized(x, y), net(x, y), strict=True):
        np.testing.assert_allclose(got.asnumpy(), expected.asnumpy(),
                                   atol=0.05 * np.abs(expected.asnumpy()).max())
    assert {node.name for node in nodes_of(quantized._symbol) if node.is_variable} >= {
        "data0", "data1"}
