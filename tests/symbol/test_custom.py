"""mx.sym.Custom: operators of users in graphs, Modules and hybridized blocks."""

import subprocess
import sys

import custom_operators
import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.ndarray.custom_op import Custom


def scaled(**inputs):
    return mx.sym.Custom(**inputs, op_type="test_scale", name="op", factor=3)


def test_names_of_inputs_and_outputs():
    """As MXNet 1.9.1 names them."""
    symbol = scaled(data=mx.sym.var("x"))
    assert symbol.list_arguments() == ["x", "op_weight"]
    assert symbol.list_auxiliary_states() == ["op_count"]
    assert symbol.list_outputs() == ["op_scaled", "op_mode"]
    assert symbol.attr_dict()["op"] == {"factor": "3", "op_type": "test_scale"}
    assert mx.sym.Custom(mx.sym.var("x"), op_type="test_scale").name.startswith("custom")


def test_inference_in_both_directions():
    symbol = scaled(data=mx.sym.var("x") * 2)
    assert symbol.infer_shape(x=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3), (1,)], [(1,)])
    args, outputs, _ = symbol.infer_shape_partial(x=(0, 3))
    assert args == [(0, 3), (0, 3)] and outputs == [(0, 3), (1,)]
    symbol = mx.sym.Custom(data=mx.sym.var("x"), op_type="test_loss", name="loss")
    assert symbol.infer_shape_partial()[0] == [(), ()]      # the user's method fails there
    assert symbol.infer_shape(x=(4, 3))[0] == [(4, 3), (4,)]
    assert symbol.infer_type(x="float64", loss_label="int32")[1] == [np.float64]


def test_bound_and_read_again():
    for symbol in (scaled(), mx.sym.load_json(scaled().tojson())):
        executor = symbol.simple_bind(mx.cpu(), op_data=(2,))
        executor.arg_dict["op_data"][:] = nd.array([1, 2])
        executor.arg_dict["op_weight"][:] = 1
        for count in (1, 2):
            outputs = executor.forward(is_train=True)
            executor.backward([nd.ones(2), nd.ones(1)])
            assert [output.tolist() for output in outputs] == [[4, 7], [1]]
            assert executor.aux_dict["op_count"].tolist() == [count]
            assert executor.grad_dict["op_data"].tolist() == [2, 4]
            assert executor.grad_dict["op_weight"].tolist() == [3, 3]


def test_an_executor_keeps_its_operator():
    calls = []
    custom_operators.registered(
        "test_kept", lambda self, is_train, req, in_data, out_data, aux: calls.append(self),
        infer_shape=lambda self, shapes: (shapes, shapes))
    executor = mx.sym.Custom(mx.sym.var("x"), op_type="test_kept").bind(
        mx.cpu(), {"x": nd.ones(1)})
    executor.forward()
    executor.forward()
    assert calls[0] is calls[1]
    del Custom.props["test_kept"]


def test_a_file_whose_operator_is_not_registered(tmp_path):
    scaled().save(tmp_path / "net.json")
    code = f"import mxlite as mx; mx.sym.load(r'{tmp_path / 'net.json'}')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "node 'op': Custom: no operator 'test_scale' is registered" in done.stderr


class Net(gluon.HybridBlock):
    """Two of the same operator, whose second parameter waits for its shape."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.dense = gluon.nn.Dense(3, weight_initializer="ones")
            self.count = self.params.get("count", shape=(1,), grad_req="null", init="zeros")
            self.weight = self.params.get("weight", shape=(0, 0), init="ones",
                                          allow_deferred_init=True)

    def hybrid_forward(self, F, x, count, weight):
        y, _ = F.Custom(self.dense(x), weight, count, op_type="test_scale", factor=2)
        return F.Custom(F.tanh(y), weight, count, op_type="test_scale")[0]


def test_hybridized_as_eager(tmp_path):
    x = nd.array([[0.1, 0.2], [0.3, -0.4]])
    results = []
    for active in (False, True):
        net = Net()
        net.initialize()
        net.hybridize(active)
        for _ in range(2):
            with autograd.record():
                y = net(x)
            y.backward()
        results.append([y, net.weight.grad(), net.dense.weight.grad(), net.count.data()])
        assert net.weight.shape == (2, 3) and net.count.data().tolist() == [4]
    for eager, hybridized in zip(*results, strict=True):
        np.testing.assert_allclose(eager.asnumpy(), hybridized.asnumpy(), rtol=1e-6)
    files = net.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(files[0], ["data"], files[1])
    np.testing.assert_allclose(again(x).asnumpy(), y.asnumpy(), rtol=1e-6)


def test_in_a_loop():
    x, w, count = nd.array([[1.0], [2.0]]), nd.ones(1), nd.zeros(1)
    x.attach_grad()

    def run(F, x, w, count):
        return F.contrib.foreach(lambda item, s: ([], F.Custom(
            item * s, w, count, op_type="test_scale")[0]), x, F.ones_like(w))[1]

    class Loop(gluon.HybridBlock):
        def hybrid_forward(self, F, *inputs):
            return run(F, *inputs)

    grads = []
    for active in (False, True):
        net = Loop()
        net.hybridize(active)
        with autograd.record():
            y = net(x, w, count)
        y.backward()
        grads.append((y.tolist(), x.grad.tolist()))
    assert grads[0] == grads[1] and count.tolist() == [4]


def test_a_module_with_a_loss_of_the_user(rng):
    """It learns what SoftmaxOutput learns."""
    data, labels = rng.normal(size=(40, 4)), rng.integers(0, 3, 40)
    weights = []
    for loss in (lambda fc: mx.sym.SoftmaxOutput(fc, name="softmax"),
                 lambda fc: mx.sym.Custom(data=fc, label=mx.sym.var("softmax_label"),
                                          op_type="test_loss", name="softmax")):
        module = mx.mod.Module(loss(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3,
                                                          name="fc")))
        batches = mx.io.NDArrayIter(data, labels.astype("float32"), 10)
        module.fit(batches, num_epoch=2, initializer=mx.init.One(), optimizer_params={
            "learning_rate": 0.1}, eval_metric="acc")
        weights.append(module.get_params()[0]["fc_weight"].asnumpy())
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-5, atol=1e-6)
    assert np.ptp(weights[0]) > 0


def test_monitored():
    names = []
    executor = scaled().simple_bind(mx.cpu(), op_data=(2,))
    executor.set_monitor_callback(lambda name, array: names.append(name), monitor_all=True)
    executor.forward(is_train=True)
    executor.backward([nd.ones(2), nd.ones(1)])
    assert names == [b"op_data", b"op_data", b"op_weight", b"op_weight", b"op_count", b"op_count",
                     b"op_scaled", b"op_mode", b"op_backward_output0", b"op_backward_output1"]
    assert executor.grad_dict["op_weight"].tolist() == [3, 3]


def test_equal_operators_stay_apart():
    symbol = mx.sym.Group([scaled(data=mx.sym.var("x"), weight=mx.sym.var("w"),
                                  count=mx.sym.var("c"))[0] for _ in range(2)])
    state = nd.zeros(1)
    executor = symbol.bind(mx.cpu(), {"x": nd.ones(1), "w": nd.ones(1)}, aux_states={"c": state})
    executor.get_optimized_symbol().eval(x=nd.ones(1), w=nd.ones(1), c=state)
    assert state.tolist() == [2]


def test_a_node_without_outputs():
    custom_operators.registered("test_no_outputs", list_outputs=lambda self: [])
    with pytest.raises(TypeError, match="'test_no_outputs': a node must have at least one output"):
        mx.sym.Custom(mx.sym.var("x"), op_type="test_no_outputs")
    del Custom.props["test_no_outputs"]


@pytest.mark.parametrize("call, message", [
    (lambda: mx.sym.Custom(mx.sym.var("x")), "Custom: missing parameter 'op_type'"),
    (lambda: mx.sym.Custom(3, op_type="test_scale"), "each input must be an Symbol; got int"),
    (lambda: mx.sym.Custom(scaled(), op_type="test_scale"),
     "data is a Symbol of 2 outputs; pick one"),
    (lambda: scaled(fata=mx.sym.var("x")), "there is no input 'fata'.*did you mean 'data'"),
    (lambda: scaled().bind(mx.cpu(), [nd.ones(2), nd.ones(3)], aux_states=[nd.ones(1)]),
     r"node 'op': Custom 'test_scale': weight must have shape \(2,\); got \(3,\)"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()
