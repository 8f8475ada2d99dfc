"""MXNet's names for the inner parts of blocks and parameters, which libraries know: as there."""

import types

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn

ONES = mx.nd.ones((2, 3))


def network():
    net = nn.HybridSequential()
    net.add(nn.Dense(3), nn.BatchNorm())
    net.initialize()
    return net


def parameter(*contexts, **arguments):
    param = gluon.Parameter("w", shape=(2, 3), **arguments)
    param.initialize(ctx=list(contexts) or None)
    return param


# Blocks ---------------------------------------------------------------------------------------

def test_structural_names():
    names = ["0.weight", "0.bias", "1.gamma", "1.beta", "1.running_mean", "1.running_var"]
    net = network()
    assert list(net._collect_params_with_prefix()) == names
    assert list(net._collect_params_with_prefix("pre")) == [f"pre.{name}" for name in names]
    assert net._collect_params_with_prefix()["0.weight"] is net[0].weight
    outer = nn.HybridSequential()
    outer.add(gluon.rnn.LSTM(2, 1))
    assert list(outer._collect_params_with_prefix()) == [
        f"0._unfused.0.{name}" for name in ("i2h_weight", "h2h_weight", "i2h_bias", "h2h_bias")]


def test_files_have_the_names_that_a_subclass_gives(tmp_path):
    class Renamed(nn.Dense):
        def _collect_params_with_prefix(self, prefix=""):
            names = super()._collect_params_with_prefix(prefix)
            return {name.replace("weight", "kernel"): param for name, param in names.items()}

    net = nn.HybridSequential()
    net.add(Renamed(2, in_units=3))
    net.initialize()
    net.save_parameters(str(tmp_path / "x.params"))
    assert sorted(mx.nd.load(str(tmp_path / "x.params"))) == ["0.bias", "0.kernel"]
    kept = net[0].weight.data().asnumpy()
    net[0].weight.set_data(mx.nd.zeros((2, 3)))
    net.load_parameters(str(tmp_path / "x.params"))
    np.testing.assert_array_equal(net[0].weight.data().asnumpy(), kept)


def test_what_is_traced():
    net, x = network(), mx.nd.ones((2, 4))
    expected = net(x).asnumpy()
    assert net._cached_graph == () and net._cached_op is None and not net._active
    net.hybridize()
    assert net._cached_graph == () and net._cached_op is None and net._active
    net(x)
    inputs, outputs = net._cached_graph
    assert [each.name for each in inputs] == ["data"] and outputs.list_arguments()[0] == "data"
    params = net.collect_params()
    arrays = [x if name == "data" else params[name].data() for name in outputs.list_inputs()]
    np.testing.assert_array_equal(net._cached_op(*arrays).asnumpy(), expected)
    assert net._get_graph(x)[1].tojson() == outputs.tojson()
    net._clear_cached_op()
    assert net._cached_graph == () and net._cached_op is None


def test_a_symbol_block_has_its_graph_from_the_beginning():
    outputs = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
    block = gluon.SymbolBlock(outputs, mx.sym.var("data"))
    for _ in range(2):
        assert [each.name for each in block._cached_graph[0]] == ["data"]
        assert block._cached_graph[1].list_arguments() == ["data", "fc_weight", "fc_bias"]
        assert block._cached_op is None and block._get_graph(ONES)[1] is block._cached_graph[1]
        block._clear_cached_op()
    block.initialize()
    block(ONES)
    assert block._cached_op is not None


def test_graphs_of_several_inputs_as_recorded_from_mxnet():
    class Two(nn.HybridBlock):
        def hybrid_forward(self, F, a, b):
            return a + b[0], [b[1]]

    one = mx.nd.ones(2)
    inputs, outputs = Two(prefix="two_")._get_graph(one, [one, one])
    assert [each.name for each in inputs] == ["data0", "data1", "data2"]
    assert outputs.list_outputs() == ["two__plus0_output", "data2"]


def test_an_attribute_of_the_forward_pass_may_change():
    class Times(nn.HybridBlock):
        factor = 2

        def hybrid_forward(self, F, x):
            return x * self.factor

    net = Times()
    net.hybridize()
    assert net(ONES).asnumpy().max() == 2
    net.factor = 3
    assert net(ONES).asnumpy().max() == 2
    net._clear_cached_op()
    assert net(ONES).asnumpy().max() == 3


# Parameters -----------------------------------------------------------------------------------

def test_a_parameter_that_waits():
    param = gluon.Parameter("w", shape=(2, 0), allow_deferred_init=True)
    assert param._deferred_init == ()
    with pytest.raises(RuntimeError, match="'w' has not been initialized"):
        param._check_and_get(param._data, None)
    one = mx.init.One()
    param.initialize(one, ctx=[mx.cpu(1)])
    assert param._deferred_init[:2] == (one, [mx.cpu(1)]) and param._deferred_init[3] is None
    with pytest.raises(gluon.parameter.DeferredInitializationError):
        param._check_and_get(param._data, list)
    param.shape = (2, 3)
    param._finish_deferred_init()
    assert param._deferred_init == () and param.data().ctx == mx.cpu(1)
    param._deferred_init = one, [mx.cpu(0)], one, None
    param._finish_deferred_init()
    assert param.list_ctx() == [mx.cpu(0)]


def test_arrays_of_contexts():
    param = parameter(mx.cpu(0), mx.cpu(1))
    assert param._check_and_get(param._data, mx.cpu(1)) is param.data(mx.cpu(1))
    assert [array.ctx for array in param._check_and_get(param._data, list)] == param.list_ctx()
    assert param._check_and_get(param._grad, mx.cpu(1)) is param.grad(mx.cpu(1))
    with pytest.raises(RuntimeError, match=r"not initialized on context cpu\(2\)"):
        param._check_and_get(param._data, mx.cpu(2))
    param.data(mx.cpu(0))[:], param.data(mx.cpu(1))[:] = 1, 3
    assert param._reduce().asnumpy().tolist() == [[2] * 3] * 2
    fixed = parameter(grad_req="null")
    with pytest.raises(RuntimeError, match="'w' has no such arrays; its grad_req is 'null'"):
        fixed._check_and_get(fixed._grad, None)


def test_values_from_elsewhere_as_recorded_from_mxnet():
    param = parameter()
    param._load_init(ONES * 7, None)
    assert param.data().asnumpy().min() == 7
    for data, message in ((mx.nd.ones((2, 4)), r"shape \(2, 3\)"),
                          (ONES.astype("float16"), "dtype float32")):
        with pytest.raises(mx.base.MXNetError, match=message):
            param._load_init(data, None)
    param._load_init(ONES.astype("float16") * 5, None, cast_dtype=True)
    assert param.data().dtype == np.float32 and param.data().asnumpy().max() == 5
    param._load_init(ONES.astype("float16") * 5, None, cast_dtype=True, dtype_source="saved")
    assert param.data().dtype == np.float16
    waiting = gluon.Parameter("q", shape=(2, 0))
    waiting._load_init(ONES, mx.cpu(2))
    assert waiting.list_ctx() == [mx.cpu(2)] and waiting.shape == (2, 3)


def test_arrays_and_gradients_are_made():
    param = gluon.Parameter("q", shape=(2, 3))
    param._init_impl(ONES * 4, [mx.cpu(0)])
    assert param.data().asnumpy().min() == 4 and param.grad().asnumpy().max() == 0
    param.grad()[:] = 5
    param._init_grad()
    assert param.grad().asnumpy().max() == 0
    param.grad_req = "null"
    param._init_grad()
    assert param._grad is None


def test_the_end_of_an_initialization_may_be_wrapped_as_horovod_does():
    net, seen = nn.Dense(2), []
    own = net.weight._init_impl

    def wrapped(self, *args, **kwargs):
        own(*args, **kwargs)
        seen.append(self.data().shape)

    net.weight._init_impl = types.MethodType(wrapped, net.weight)
    net.initialize()
    net(ONES)
    assert seen == [(2, 3)]


class Nested(gluon.HybridBlock):
    def hybrid_forward(self, F, x, ys, z=None):
        return x + ys[0], [ys[1], ys[0] * 2]


def test_how_inputs_and_outputs_are_nested_as_recorded_from_mxnet(tmp_path):
    net, one, two = Nested(), mx.nd.ones(2), mx.nd.ones(2) * 2
    assert net._in_format is net._out_format is None
    net.hybridize()
    net(one, [two, one])
    formats = net._in_format, net._out_format
    assert formats == ([0, [0, 0]], [0, [0, 0]])
    symbol, _ = net.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(symbol, ["data0", "data1", "data2"])
    assert len(again(one, [two, one])) == 3                 # flat, until it is told
    again = gluon.SymbolBlock.imports(symbol, ["data0", "data1", "data2"])
    again._in_format, again._out_format = formats           # as GluonTS does
    first, (second, third) = again(one, [two, one])
    assert [each.tolist() for each in (first, second, third)] == [[3, 3], [1, 1], [4, 4]]
    dense = nn.Dense(1)
    dense.initialize()
    dense.hybridize()
    dense(one.reshape((1, 2)))
    assert (dense._in_format, dense._out_format) == ([0], 0)
    for wrong in ([0, 0], [0, [0, 0], 0], [0, 3]):
        again = gluon.SymbolBlock.imports(symbol, ["data0", "data1", "data2"])
        again._out_format = wrong
        with pytest.raises(ValueError, match="SymbolBlock: _out_format must be of 3 outputs; got"):
            again(one, two, one)


# Parameters that stand for others ---------------------------------------------------------------

class Scaled(gluon.Parameter):
    """Takes over the arrays of a parameter, and gives them times a factor that grows."""

    def __init__(self, other):
        super().__init__(other.name, other.grad_req, other._shape, other.dtype, init=other.init)
        self._data, self._grad = other._data, other._grad
        self._ctx_list, self._ctx_map = other._ctx_list, other._ctx_map
        self.factor = 0

    def data(self, ctx=None):
        self.factor += 1
        return self._check_and_get(self._data, ctx) * self.factor


def scaled(is_initialized):
    net = nn.Dense(1, in_units=2, use_bias=False, weight_initializer="ones")
    if is_initialized:
        net.initialize()
        net(mx.nd.ones((1, 2)))                     # which the block must not remember
    weight = Scaled(net.weight)
    net._reg_params["weight"] = net.params._params[weight.name] = weight
    if not is_initialized:
        net.initialize()
    return net, weight


@pytest.mark.parametrize("is_hybrid", [False, True])
@pytest.mark.parametrize("is_initialized", [False, True])
def test_a_parameter_that_changes_its_array_is_asked_each_time(is_initialized, is_hybrid):
    net, weight = scaled(is_initialized)
    if is_hybrid:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    want = 1.0
    for _ in range(3):
        with mx.autograd.record():
            y = net(mx.nd.ones((1, 2)))
        factor = weight.factor
        assert y.asscalar() == 2 * factor * want
        y.backward()
        assert weight.grad().asnumpy().tolist() == [[factor, factor]]
        trainer.step(1)
        want -= 0.5 * factor
        assert weight._data[0].asnumpy().tolist() == [[want, want]]
    assert weight.factor >= 3


def test_the_arrays_of_another_parameter_and_its_gradients():
    other = parameter(mx.cpu(1), mx.cpu(0))
    assert other._ctx_map == [[], [1, 0]] and other._ctx_list == [mx.cpu(1), mx.cpu(0)]
    mine = Scaled(other)
    assert mine._ctx_map == other._ctx_map and mine.list_grad()[0] is other.list_grad()[0]
    mine._grad = [mx.nd.ones((2, 3), ctx=ctx) for ctx in mine.list_ctx()]
    assert mine.grad(mx.cpu(0)).asnumpy().tolist() == [[1] * 3] * 2
    mine._data = None
    assert mine._ctx_map is mine._ctx_list is None
