"""Parameters whose shapes follow from the operators that they feed: hybrid_forward runs once on
placeholders, and inference goes over what it called."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.base import MXNetError
from mxlite.gluon import nn


class Waiting(gluon.HybridBlock):
    """A block of one parameter `w` of unknown shape, and a function F, x, w -> output."""

    def __init__(self, function, shape=None):
        super().__init__()
        self.function = function
        self.w = self.params.get("w", shape=shape, init="ones", allow_deferred_init=True)

    def hybrid_forward(self, F, x, w):
        return self.function(F, x, w)


def shape_found(function, x, shape=None):
    """The shape of `w` after a call."""
    block = Waiting(function, shape)
    block.initialize()
    block(x)
    return block.w.data().shape


X = mx.nd.ones((2, 3))


@pytest.mark.parametrize("function, shape, want", [
    (lambda F, x, w: F.elemwise_add(x, w), None, (2, 3)),
    (lambda F, x, w: F.elemwise_add(x, F.relu(w)), None, (2, 3)),
    (lambda F, x, w: F.elemwise_add(F.transpose(F.exp(w)), x), None, (3, 2)),
    (lambda F, x, w: F.elemwise_add(x, F.expand_dims(w, axis=0)), None, None),
    (lambda F, x, w: F.elemwise_mul(F.FullyConnected(x, w, no_bias=True, num_hidden=3), x),
     (3, 0), (3, 3)),
    (lambda F, x, w: F.add_n(w, F.identity(x)), (0, 0), (2, 3)),
    (lambda F, x, w: F.FullyConnected(x * 2 + 1, weight=w, num_hidden=4, no_bias=True),
     (4, 0), (4, 3)),
    (lambda F, x, w: F.FullyConnected(F.concat(x, x, dim=1), w, num_hidden=4, no_bias=True),
     (0, 0), (4, 6)),
    (lambda F, x, w: F.elemwise_add(F.maximum(x, 0), F.broadcast_add(w, w) - w), None, None),
    (lambda F, x, w: F.FullyConnected(x.reshape((1, -1)), w, num_hidden=4, no_bias=True),
     (0, 0), (4, 6)),
    (lambda F, x, w: F.FullyConnected(x[:, 1:], w, num_hidden=4, no_bias=True), (0, 0), (4, 2)),
    (lambda F, x, w: F.FullyConnected(x[-1].expand_dims(0), w, num_hidden=4, no_bias=True),
     (0, 0), (4, 3)),
    (lambda F, x, w: F.FullyConnected(x, w, num_hidden=x.shape[0], no_bias=True), (0, 0), (2, 3)),
    (lambda F, x, w: F.LeakyReLU(x, w, act_type="prelu"), None, (3,)),
    (lambda F, x, w: F.elemwise_add(w, F.ones((4, 5))), None, (4, 5)),
    (lambda F, x, w: F.elemwise_add(2 - w, 1 / x), None, (2, 3)),
    (lambda F, x, w: F.elemwise_add(F.contrib.isnan(x), w), None, (2, 3)),
    (lambda F, x, w: F.elemwise_add(w, F.random.uniform(shape=(4, 5))), None, (4, 5)),
    (lambda F, x, w: F.elemwise_add(w, F.maximum(x, 2) * mx.nd.ones((2, 3))), None, (2, 3)),
    (lambda F, x, w: F.elemwise_add(F.moveaxis(x, 0, 1), w), None, (3, 2)),
    (lambda F, x, w: F.elemwise_add(w.T, x.astype("float32").copy()), None, (3, 2)),
])
def test_shapes_follow(function, shape, want):
    if want is None:
        with pytest.raises(MXNetError):
            shape_found(function, X, shape)
    else:
        assert shape_found(function, X, shape) == want


def test_values_are_not_computed_to_find_shapes():
    calls = []

    class Layer(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.w = self.params.get("w", shape=(2, 0), allow_deferred_init=True)

        def hybrid_forward(self, F, x, w):
            calls.append(type(x).__name__)
            return F.FullyConnected(x, w, num_hidden=2, no_bias=True)

    layer = Layer()
    layer.initialize()
    layer(X)
    layer(X)
    assert calls == ["Placeholder", "NDArray", "NDArray"]


def test_children_take_placeholders_and_their_hooks_do_not_see_them():
    class Outer(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.inner = nn.HybridSequential()
            self.inner.add(nn.Dense(4, activation="relu"), nn.BatchNorm(), nn.Dropout(0.0),
                           nn.Flatten())
            self.w = self.params.get("w", shape=(5, 0), allow_deferred_init=True)

        def hybrid_forward(self, F, x, w):
            return F.FullyConnected(self.inner(x), w, num_hidden=5, no_bias=True)

    net = Outer()
    net.initialize()
    seen = []
    net.inner[0].register_forward_hook(lambda block, inputs, out: seen.append(type(inputs[0])))
    assert net(X).shape == (2, 5)
    assert net.w.shape == (5, 4) and net.inner[0].weight.shape == (4, 3)
    assert seen == [mx.nd.NDArray]


def test_a_block_that_sets_the_shapes_itself_within_another():
    class Scale(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.scale = self.params.get("scale", shape=(0,), init="ones",
                                         allow_deferred_init=True)

        def infer_shape(self, x):
            self.scale.shape = (x.shape[-1],)

        def hybrid_forward(self, F, x, scale):
            return F.broadcast_mul(x, scale)

    class Outer(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.inner = Scale()
            self.w = self.params.get("w", shape=(5, 0), allow_deferred_init=True)

        def hybrid_forward(self, F, x, w):
            return F.FullyConnected(self.inner(x), w, num_hidden=5, no_bias=True)

    net = Outer()
    net.initialize()
    assert net(X).shape == (2, 5)
    assert net.inner.scale.shape == (3,)


def test_infer_shape_can_be_extended():
    class Scaled(nn.Dense):
        def infer_shape(self, x):
            super().infer_shape(x)
            self.told = self.weight.shape

    net = nn.HybridSequential()
    net.add(nn.Dense(3), Scaled(4))
    net.initialize()
    assert net(X).shape == (2, 4) and net[1].told == (4, 3)


@pytest.mark.parametrize("function, message", [
    (lambda F, x, w: F.elemwise_add(x, w) * float(x.asnumpy().sum()), "'asnumpy' cannot be had"),
    (lambda F, x, w: w if x else x, "neither true nor false"),
    (lambda F, x, w: x[mx.nd.array([0])] + w, "integers and slices as an index"),
    (lambda F, x, w: x + w.shape[0], r"w' has the unknown shape unknown"),
])
def test_what_placeholders_cannot_do(function, message):
    with pytest.raises(MXNetError, match=message):
        shape_found(function, X)


def test_contradictions_name_the_operator():
    with pytest.raises(ValueError, match=r"FullyConnected: weight must have shape \(4, 3\); got "
                                         r"\(5, \?\)"):
        shape_found(lambda F, x, w: F.FullyConnected(x, w, num_hidden=4, no_bias=True), X, (5, 0))


def test_known_shapes_need_no_placeholders():
    block = Waiting(lambda F, x, w: mx.nd.array(x.asnumpy()) + w, (2, 3))
    block.initialize()
    np.testing.assert_array_equal(block(X).asnumpy(), np.full((2, 3), 2, "float32"))


class OfLists(gluon.HybridBlock):
    """Inputs in nested lists, one of them an option."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.dense = nn.Dense(2)
            self.weight = self.params.get("weight", shape=(3, 0), allow_deferred_init=True)

    def hybrid_forward(self, F, states, scale, weight):
        (a, (b, _)), c = states
        return [F.FullyConnected(a, weight, num_hidden=3, no_bias=True) * scale + b, self.dense(c)]


def test_the_first_input_may_be_nested_lists():
    net = OfLists()
    net.initialize(mx.init.One())
    a, b, c = mx.nd.ones((4, 5)), mx.nd.ones((4, 3)), mx.nd.ones((4, 7))
    for _ in range(2):                  # the second time from the cache
        y, z = net([(a, [b, None]), c], 2.0)
        assert y.asnumpy().tolist() == [[11] * 3] * 4
        assert z.asnumpy().tolist() == [[7] * 2] * 4
    assert net.weight.shape == (3, 5) and net.dense.weight.shape == (2, 7)


def test_inputs_without_an_array_are_refused():
    net = OfLists()
    net.initialize()
    with pytest.raises(TypeError, match="OfLists: the first input must be an NDArray; got list"):
        net([(1, [2, None]), 3], 2.0)


class Placed(gluon.HybridBlock):
    """Reads what it makes itself, of no input, beside what depends on one."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.dense = nn.Dense(3, use_bias=False)

    def hybrid_forward(self, F, x):
        numbers = F.arange(8).slice_like(x, axes=(0,)).expand_dims(-1)
        drawn = F.random.uniform(1, 1, shape=(8, 1)).slice_like(x, axes=(0,))
        return F.broadcast_add(self.dense(x), numbers * drawn)


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_arrays_of_no_input_while_shapes_are_inferred(is_hybrid):
    net = Placed()
    net.initialize(mx.init.One())
    if is_hybrid:
        net.hybridize()
    got = net(mx.nd.ones((2, 4)))
    np.testing.assert_array_equal(got.asnumpy(), [[4] * 3, [5] * 3])


def test_a_range_that_is_as_long_as_what_reads_it_wants():
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = nn.Dense(3, weight_initializer="zeros")

        def hybrid_forward(self, F, x):
            y = self.dense(x).reshape((-1,))
            return F.zeros_like(y) + F.arange(start=2, stop=None, infer_range=True, dtype="float32")

    net = Net()
    net.initialize()
    net.hybridize()
    assert net(mx.nd.ones((2, 2))).asnumpy().tolist() == [2, 3, 4, 5, 6, 7]


class Graphed(gluon.HybridBlock):
    """A block whose code sees Symbols, and mx.sym as F, while shapes are inferred, as in MXNet."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        with self.name_scope():
            self.dense = nn.Dense(3, weight_initializer="ones")

    def hybrid_forward(self, F, x):
        return self.function(F, self.dense(x))


def only_symbols(F, y):
    assert isinstance(y, (mx.nd.NDArray, mx.sym.Symbol))
    return y


@pytest.mark.parametrize("function, want", [
    (only_symbols, [[4] * 3] * 2),
    (lambda F, y: F.where(y > 5, y, F.zeros(shape=(0, 3))), [[0] * 3] * 2),     # 0: unknown
    (lambda F, y: F.concat(*F.split_v2(y, (1,), axis=-1)[::-1], dim=-1), [[4] * 3] * 2),
], ids=["kind", "zeros", "split"])
def test_shapes_follow_from_the_graph_of_hybridized_blocks(function, want):
    calls = []
    net = Graphed(lambda F, y: calls.append(F) or function(F, y))
    net.initialize()
    net.hybridize()
    assert net(mx.nd.ones((2, 4))).tolist() == want and net.dense.weight.shape == (3, 4)
    assert calls == [mx.sym]                            # traced once
