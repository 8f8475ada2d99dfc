"""foreach, while_loop and cond in graphs: the numbers of eager calls, gradients, inference, errors.

Their JSON is compared in test_json.py (symbol_graphs.loops, branches).
"""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd

SHAPES = {"x": (5, 3), "state": (3,), "w": (3,), "one": (1,)}


def foreach(F, x, state, w, one):
    def step(item, states):
        new = F.tanh(item * w + states[0])
        return [new, item], [new, states[1] * 2]
    outputs, states = F.contrib.foreach(step, x, [state, w])
    return [*outputs, *states]


def while_loop(F, x, state, w, one):
    outputs, final = F.contrib.while_loop(
        lambda i, s: F.sum(s) < 6, lambda i, s: (s * w, [i + one, F.abs(s) + w]), [one, state], 7)
    return [outputs, *final]


def cond(F, x, state, w, one):
    return F.contrib.cond(F.sum(w) > F.sum(state), lambda: [w * 2, one], lambda: [state * w, one])


def nested(F, x, state, w, one):
    def step(item, total):
        def raised():
            _, final = F.contrib.while_loop(
                lambda s: F.max(s) < 3, lambda s: ([], F.broadcast_add(s * 2, one)),
                F.abs(item) + w, 4)
            return final
        new = F.contrib.cond(F.sum(item) > 0, raised, lambda: item - total)
        return new, total + new
    return list(F.contrib.foreach(step, x, state))


NETS = [foreach, while_loop, cond, nested]


class Net(gluon.HybridBlock):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def hybrid_forward(self, F, *inputs):
        return self.function(F, *inputs)


def arrays(rng):
    return {name: nd.array(rng.uniform(0.1, 1, shape) - 0.2 * (name == "x"), dtype="float64")
            for name, shape in SHAPES.items()}


def with_gradients(function, given):
    """The outputs of a function of arrays, and the gradients of all."""
    for array in given.values():
        array.attach_grad()
    with autograd.record():
        outputs = function(*given.values())
        total = sum([(output * output).sum() for output in outputs])
    total.backward()
    return [*outputs, *[array.grad for array in given.values()]]


def assert_alike(got, want):
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-12)


@pytest.fixture(params=NETS, ids=lambda net: net.__name__)
def net(request):
    return request.param


def test_hybridized_as_eager(net, rng):
    given = arrays(rng)
    want = [each.copy() for each in with_gradients(Net(net), given)]
    block = Net(net)
    block.hybridize()
    for _ in range(2):
        assert_alike(with_gradients(block, given), want)


def bound(net, rng, req):
    symbol = mx.sym.Group(net(mx.sym, *map(mx.sym.var, SHAPES)))
    given = {name: array for name, array in arrays(rng).items()
             if name in symbol.list_arguments()}
    grads = {name: nd.full(array.shape, 3, dtype="float64") for name, array in given.items()}
    symbol = mx.sym.load_json(symbol.tojson())
    return symbol, given, grads, symbol.bind(mx.cpu(), given, grads, grad_req=req)


@pytest.mark.parametrize("req", ["write", "add"])
def test_bound_as_eager(net, rng, req):
    _, given, grads, executor = bound(net, rng, req)
    outputs = executor.forward(is_train=True)
    executor.backward([output * 2 for output in outputs])
    eager = arrays(np.random.default_rng(0)) | given
    want = with_gradients(lambda *inputs: net(nd, *inputs), eager)
    before = 3 if req == "add" else 0
    assert_alike([*outputs, *grads.values()], [
        *want[:len(outputs)], *[eager[name].grad + before for name in grads]])


def test_monitored_as_not(net, rng):
    _, _, grads, executor = bound(net, rng, "write")
    want = [each.copy() for each in executor.forward(is_train=True)]
    executor.backward(want)
    want += [each.copy() for each in grads.values()]
    seen = []
    executor.set_monitor_callback(lambda name, array: seen.append(name))
    outputs = executor.forward(is_train=True)
    executor.backward(outputs)
    assert_alike([*outputs, *grads.values()], want)
    assert any(name.startswith(b"_") for name in seen)


def test_inferred_as_computed(net, rng):
    symbol, given, _, executor = bound(net, rng, "null")
    shapes = [output.shape for output in executor.forward()]
    args, outputs, _ = symbol.infer_shape(**{name: array.shape for name, array in given.items()})
    assert outputs == shapes and args == [array.shape for array in given.values()]
    types = symbol.infer_type(**dict.fromkeys(given, "float64"))
    assert set(types[1]) == {np.float64}


def test_what_no_branch_reads_has_a_gradient_of_zero(rng):
    """A gradient that was there before does not stay."""
    x, y = mx.sym.var("x"), mx.sym.var("y")
    symbol = mx.sym.contrib.cond(mx.sym.sum(x) > 0, lambda: x * 2, lambda: y * 3)
    grads = {"x": nd.ones(1), "y": nd.ones(1)}
    executor = symbol.bind(mx.cpu(), {"x": nd.array([-1]), "y": nd.array([1])}, grads)
    for value, want in ((-1, [[0], [3]]), (1, [[2], [0]])):
        executor.forward(is_train=True, x=nd.array([value]))
        executor.backward(nd.ones(1))
        assert [grads[name].tolist() for name in "xy"] == want


def test_a_branch_that_reads_no_wanted_variable():
    x = mx.sym.var("x")
    symbol = mx.sym.contrib.cond(mx.sym.sum(x) > 0, lambda: mx.sym.zeros((1,)), lambda: x * 2)
    grad = nd.ones(1)
    executor = symbol.bind(mx.cpu(), {"x": nd.ones(1)}, {"x": grad})
    executor.forward(is_train=True)
    executor.backward(nd.ones(1))
    assert grad.tolist() == [0]


def test_second_order_of_a_hybridized_loop():
    block = Net(lambda F, x, y: F.contrib.foreach(lambda a, s: ([], s * a), x, y)[1])
    block.hybridize()
    x, y = nd.array([[2.0], [3.0]]), nd.array([5.0])
    x.attach_grad()
    with autograd.record():
        first = autograd.grad(block(x, y), x, create_graph=True, retain_graph=True)[0]
    first.backward()
    assert first.tolist() == [[15], [10]] and x.grad.tolist() == [[5], [5]]


class Cell(gluon.HybridBlock):
    """Parameters whose shapes wait for the first input, inside loops and in both branches."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.i2h, self.h2h, self.last = [gluon.nn.Dense(4, flatten=False) for _ in range(3)]

    def hybrid_forward(self, F, x, state):
        def step(item, states):
            new = F.tanh(self.i2h(item) + self.h2h(states[0]))
            return new, [new]
        outputs, states = F.contrib.foreach(step, x, [state])
        total = F.contrib.cond(F.sum(state) > 99, lambda: states[0], lambda: self.last(states[0]))
        rows, final = F.contrib.while_loop(lambda y: F.sum(y) < 100, lambda y: (y, y + 2), total, 6)
        return outputs, rows, final


def test_deferred_parameters_inside_bodies(rng):
    x, state = nd.array(rng.normal(size=(5, 3, 2))), nd.array(rng.normal(size=(3, 4)))
    block = Cell()
    block.initialize()
    want = [each.copy() for each in block(x, state)]
    assert block.last.weight.shape == (4, 4) and block.i2h.weight.shape == (4, 2)
    block.hybridize()
    for got, each in zip(block(x, state), want, strict=True):
        np.testing.assert_allclose(got.asnumpy(), each.asnumpy(), rtol=1e-5, atol=1e-6)
    fresh = Cell()
    fresh.initialize()
    fresh.hybridize()
    assert [each.shape for each in fresh(x, state)] == [(5, 3, 4), (6, 3, 4), (3, 4)]


def test_exported_and_read_again(tmp_path, rng):
    x, state = nd.array(rng.normal(size=(5, 3, 2))), nd.array(rng.normal(size=(3, 4)))
    block = Cell()
    block.initialize()
    block.hybridize()
    want = block(x, state)
    files = block.export(str(tmp_path / "net"))
    again = gluon.SymbolBlock.imports(files[0], ["data0", "data1"], files[1])
    for got, each in zip(again(x, state), want, strict=True):
        np.testing.assert_array_equal(got.asnumpy(), each.asnumpy())


def test_a_symbol_block_among_layers_whose_shapes_are_inferred(rng):
    x, state = mx.sym.var("x"), mx.sym.var("state")
    loop = gluon.SymbolBlock(mx.sym.contrib.foreach(
        lambda item, s: (item * s, s), x, state)[0], x)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(3), loop, gluon.nn.Dense(2))
    net.initialize(mx.init.One())
    assert net(nd.ones((4, 2))).tolist() == [[6, 6]] * 4
    assert net[2].weight.shape == (2, 3)
    net.hybridize()
    assert net(nd.ones((4, 2))).tolist() == [[6, 6]] * 4


def test_unknown_lengths_flow_through_bodies():
    x, state, w = map(mx.sym.var, ("x", "state", "w"))
    outputs, _ = mx.sym.contrib.foreach(lambda item, s: (item + s, mx.sym.FullyConnected(
        item, w, num_hidden=3, no_bias=True)), x, state)
    args, outs, _ = outputs.infer_shape_partial(x=(0, 2, 3))
    assert args == [(0, 2, 3), (2, 3), (3, 3)] and outs == [(0, 2, 3)]
    assert outputs.infer_type(x="float16")[0] == [np.float16] * 3


def test_zeros_whose_shape_follows_from_a_loop():
    x = mx.sym.var("x")
    begin = mx.sym.zeros((0, 2))
    _, last = mx.sym.contrib.foreach(lambda item, s: ([], s + item), x, begin)
    assert last.eval(x=nd.ones((3, 4, 2)))[0].tolist() == [[3, 3]] * 4
    assert last.eval(x=nd.ones((3, 1, 2)))[0].tolist() == [[3, 3]]


def test_equal_loops_stay_apart():
    x = mx.sym.var("x")
    both = [mx.sym.contrib.foreach(lambda item, s, f=f: (f(item), s), x, [])[0]
            for f in (mx.sym.sin, mx.sym.cos)]
    merged = mx.sym.Group(both).bind(mx.cpu(), {"x": nd.zeros((1, 1))}).get_optimized_symbol()
    assert [each.tolist() for each in merged.eval(x=nd.zeros((1, 1)))] == [[[0]], [[1]]]


def test_a_plan_says_that_it_runs_in_pieces(net, rng):
    assert "runs in pieces" in bound(net, rng, "write")[3].debug_str()


def test_a_loop_that_is_not_entered():
    x = mx.sym.var("x")
    rows, last = mx.sym.contrib.while_loop(lambda x: x > 5, lambda x: (x, x + 1), x, 2)
    assert [each.tolist() for each in mx.sym.Group([rows, last]).eval(x=nd.ones(1))] == [
        [[0], [0]], [1]]


def test_a_while_loop_as_mxnet_recorded_it():
    """Outputs and gradients of MXNet 1.9.1, whose fifth row is memory that nobody wrote."""
    i, s, w = map(mx.sym.var, "isw")
    rows, final = mx.sym.contrib.while_loop(
        lambda i, t: mx.sym.sum(i) < 4, lambda i, t: (t * w, [i + 1, mx.sym.sin(t * w)]), [i, s], 5)
    args = {"i": nd.array([0.5]), "s": nd.array([0.25]), "w": nd.array([1.5])}
    grads = {name: nd.zeros(1) for name in args}
    executor = mx.sym.Group([rows, *final]).bind(mx.cpu(), args, grads)
    outputs = executor.forward(is_train=True)
    np.testing.assert_allclose(outputs[0].asnumpy().ravel(), [
        0.375, 0.5494087934, 0.7832746505, 1.0584055185, 0], rtol=1e-6)
    assert outputs[1].tolist() == [4.5]
    np.testing.assert_allclose(outputs[2].asnumpy(), [0.8715748786], rtol=1e-6)
    executor.backward([nd.array([[1], [2], [3], [4], [0]]), nd.array([1]), nd.array([2])])
    np.testing.assert_allclose([grads[name].asnumpy()[0] for name in "isw"],
                               [1.0, 27.9006328583, 17.1139526367], rtol=1e-6)
