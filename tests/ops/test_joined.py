"""Convolutions and products take over what is behind them: BatchNorm, a sum, an activation."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.device import host

S = mx.sym


def convolved(x, name="conv", **more):
    values = {"kernel": (3, 3), "num_filter": 4, "pad": (1, 1), "no_bias": True, **more}
    return S.Convolution(x, name=name, **values)


def steps_of(symbol, shape=(2, 4, 6, 6), grad_req="null", is_train=False):
    """What runs, a text a step: "[Convolution BatchNorm]"."""
    exe = symbol.simple_bind(mx.cpu(), grad_req, x=shape)
    exe.forward(is_train=is_train)
    lines = exe.debug_str().splitlines()
    start = next(i for i, line in enumerate(lines) if "steps, " in line)
    return [line.split(": ")[0] for line in lines[start + 1:-2]]


X = S.var("x")
DENSE = S.FullyConnected(X, num_hidden=4, name="dense")
CONV = convolved(X)
NORM = S.BatchNorm(CONV, fix_gamma=False)
RELU = S.Activation(NORM, act_type="relu")


@pytest.mark.parametrize("symbol, expected", [
    (RELU, ["[Convolution BatchNorm Activation]"]),
    (NORM, ["[Convolution BatchNorm]"]),
    (S.relu(CONV), ["[Convolution relu]"]),
    (S.relu(convolved(X, no_bias=False)), ["[Convolution relu]"]),
    (S.clip(NORM, 0, 6), ["[Convolution BatchNorm clip]"]),
    (S.relu(NORM + X), ["[Convolution BatchNorm elemwise_add relu]"]),
    (S.relu(X + NORM), ["[Convolution BatchNorm elemwise_add relu]"]),
    (CONV + X, ["[Convolution elemwise_add]"]),
    (S.relu(NORM + S.BatchNorm(convolved(X, "b"))),
     ["[Convolution BatchNorm]", "[Convolution BatchNorm elemwise_add relu]"]),
    (convolved(RELU, "b"), ["[Convolution BatchNorm Activation]", "Convolution"]),
    (S.relu(DENSE), ["[FullyConnected relu]"]),
    (S.clip(S.BatchNorm(DENSE) + S.FullyConnected(X, num_hidden=4, name="b"), 0, 6),
     ["FullyConnected", "[FullyConnected BatchNorm elemwise_add clip]"]),
    (S.relu(S.FullyConnected(X, num_hidden=4, flatten=False)), ["[FullyConnected relu]"]),
    (S.BatchNorm(S.FullyConnected(X, num_hidden=4, flatten=False), axis=-1),
     ["[FullyConnected BatchNorm]"]),
    (S.relu(S.batch_dot(S.reshape(X, (4, 12, 6)), S.reshape(X, (4, 6, 12)))),
     ["[batch_dot relu]"]),
    # what lies between is read by others, too
    (S.Group([CONV, S.relu(CONV)]), ["Convolution", "relu"]),
    (S.Group([NORM, S.relu(NORM)]), ["[Convolution BatchNorm]", "relu"]),
    (CONV + CONV, ["Convolution", "elemwise_add"]),
    (S.Group([*S.BatchNorm(CONV, output_mean_var=True)]), ["Convolution", "BatchNorm"]),
    # nothing that is taken over
    (S.tanh(CONV), ["Convolution", "tanh"]),
    (CONV + 1, ["Convolution", "_plus_scalar"]),
    (S.BatchNorm(CONV, axis=2), ["Convolution", "BatchNorm"]),
    (S.BatchNorm(S.dot(S.reshape(X, (12, 24)), S.reshape(X, (24, 12)))), ["dot", "BatchNorm"]),
    (S.BatchNorm(S.FullyConnected(X, num_hidden=4, flatten=False)),
     ["FullyConnected", "BatchNorm"]),
    (DENSE + 1, ["FullyConnected", "_plus_scalar"]),
    (S.broadcast_add(CONV, S.sum(X, axis=0, keepdims=True)),
     ["Convolution", "sum", "broadcast_add"]),
    (S.contrib.BatchNormWithReLU(CONV), ["Convolution", "_contrib_BatchNormWithReLU"]),
    (S.relu(S.BatchNorm(S.relu(CONV))), ["[Convolution relu]", "BatchNorm", "relu"])],
    ids=lambda value: None if isinstance(value, S.Symbol) else " ".join(value))
def test_what_is_taken_over(symbol, expected):
    assert steps_of(symbol) == expected


def test_operators_that_become_a_product_stay_alone():
    x = S.var("x").as_np_ndarray()
    symbol = S.npx.relu(S.np.matmul(x, x))
    exe = symbol.simple_bind(mx.cpu(), "null", x=(5, 5))
    x = np.random.default_rng(1).normal(size=(5, 5)).astype("f")
    got = exe.forward(x=mx.np.array(x))[0].asnumpy()
    np.testing.assert_allclose(got, np.maximum(x @ x, 0), rtol=1e-5, atol=1e-6)


def test_statistics_of_the_batch_need_the_whole_convolution():
    steps = steps_of(RELU, grad_req="write", is_train=True)
    assert steps[:3] == ["Convolution", "BatchNorm", "Activation"]
    assert steps_of(S.BatchNorm(CONV, use_global_stats=True), is_train=True) == [
        "[Convolution BatchNorm]"]


def test_a_gradient_that_reads_the_activation_alone_lets_it_be_joined():
    assert steps_of(S.relu(CONV), grad_req="write", is_train=True)[0] == "[Convolution relu]"
    assert steps_of(S.clip(CONV, 0, 1), grad_req="write", is_train=True)[:2] == [
        "Convolution", "clip"]


LAYERS = [mx.gluon.nn.Dense, mx.gluon.nn.Conv1D, mx.gluon.nn.Conv2D, mx.gluon.nn.Conv3D]


class Net(mx.gluon.HybridBlock):
    """A convolution of `ndim` axes, or a dense layer (0), and what is behind it."""

    def __init__(self, channels, behind, ndim=2, with_bias=False, **values):
        super().__init__()
        self.behind = behind
        self.first = LAYERS[ndim](channels, use_bias=with_bias, **values)
        if "norm" in behind:
            self.norm = mx.gluon.nn.BatchNorm()

    def hybrid_forward(self, F, x, other=None):
        y = self.first(x)
        if "norm" in self.behind:
            y = self.norm(y)
        if "sum" in self.behind:
            y = y + other
        if "relu" in self.behind:
            return F.relu(y)
        return F.clip(y, -0.5, 0.75) if "clip" in self.behind else y


def drawn(rng, shape, dtype):
    return nd.array(rng.normal(size=shape), dtype=dtype)


def assert_same_bits(rng, net, shape, dtype="float32", change=None):
    """The hybridized net gives the bits of the eager one, on one thread and on several."""
    net.initialize()
    net.cast(dtype)
    x = drawn(rng, shape, dtype)
    if change is not None:
        change(x)
    y = net.first(x)
    if "norm" in net.behind:
        net.norm(y)
    arrays = [x, drawn(rng, y.shape, dtype)] if "sum" in net.behind else [x]
    for name, parameter in net.collect_params().items():
        values = rng.normal(size=parameter.shape)
        parameter.set_data(nd.array(np.abs(values) if "var" in name else values, dtype=dtype))
    eager = net(*arrays).asnumpy()
    net.hybridize()
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        graph = net(*arrays).asnumpy()
        np.testing.assert_array_equal(graph, eager)
        np.testing.assert_array_equal(np.signbit(graph), np.signbit(eager))
    return eager


# Every way to compute a convolution (csrc/cpu/conv.c), sizes with and without rests
SIZES = {
    "winograd": ((2, 5, 13, 22), {"channels": 7, "kernel_size": 3, "padding": 1}),
    "winograd of several blocks": ((5, 16, 30, 30),
                                   {"channels": 16, "kernel_size": 3, "padding": 1}),
    "general": ((2, 3, 17, 19), {"channels": 9, "kernel_size": 5, "strides": 2, "padding": 2}),
    "general by rows": ((2, 40, 9, 48), {"channels": 9, "kernel_size": 5, "padding": 2}),
    "general of few pixels": ((3, 8, 7, 7), {"channels": 33, "kernel_size": 3, "strides": 2}),
    "general in groups": ((2, 6, 9, 9),
                          {"channels": 10, "kernel_size": 3, "groups": 2, "strides": 2}),
    "pointwise": ((2, 20, 11, 11), {"channels": 15, "kernel_size": 1}),
    "pointwise of long sums": ((1, 900, 7, 7), {"channels": 33, "kernel_size": 1}),
    "strided": ((2, 20, 31, 21), {"channels": 15, "kernel_size": 1, "strides": 2}),
    "strided of several batches": ((3, 20, 300, 141),
                                   {"channels": 3, "kernel_size": 1, "strides": (2, 1)}),
    "depthwise": ((2, 6, 15, 15), {"channels": 6, "kernel_size": 3, "groups": 6, "padding": 1}),
    "depthwise with a stride": ((2, 6, 15, 15), {"channels": 12, "kernel_size": 3, "groups": 6,
                                                     "strides": 2}),
    "one axis": ((2, 5, 40), {"ndim": 1, "channels": 7, "kernel_size": 5}),
    "three axes": ((2, 3, 6, 7, 8), {"ndim": 3, "channels": 5, "kernel_size": 2, "strides": 2}),
    "no image": ((0, 3, 5, 5), {"channels": 4, "kernel_size": 3}),
}


@pytest.mark.parametrize("behind", ["relu", "clip", "norm", "norm relu", "norm sum",
                                    "norm sum clip", "sum relu"])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_bits_are_those_of_the_operators(rng, size, with_bias, behind):
    shape, values = SIZES[size]
    assert_same_bits(rng, Net(behind=behind.split(), with_bias=with_bias, **values), shape)


@pytest.mark.parametrize("size", SIZES)
def test_bits_of_doubles(rng, size):
    shape, values = SIZES[size]
    assert_same_bits(rng, Net(behind=["norm", "sum", "relu"], **values), shape, "float64")


# Every way to compute a product (csrc/cpu/gemm.c)
PRODUCTS = {
    "tiles": (60, 70, 40),
    "tiles with rests": (61, 70, 39),
    "several blocks of k": (30, 900, 50),
    "several tasks": (300, 128, 260),
    "tiles that share panels": (530, 300, 610),
    "few rows: dots": (3, 200, 37),
    "one row": (1, 64, 10),
    "one column": (50, 30, 1),
    "short sums": (20, 1, 16),
    "no row": (0, 5, 7),
}


@pytest.mark.parametrize("behind", ["relu", "clip", "norm", "norm relu", "norm sum clip",
                                    "sum relu"])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("size", PRODUCTS)
def test_bits_of_products(rng, size, with_bias, behind):
    rows, width, columns = PRODUCTS[size]
    assert_same_bits(rng, Net(columns, behind.split(), 0, with_bias), (rows, width))


@pytest.mark.parametrize("size", PRODUCTS)
def test_bits_of_products_of_doubles(rng, size):
    rows, width, columns = PRODUCTS[size]
    assert_same_bits(rng, Net(columns, ["norm", "sum", "relu"], 0), (rows, width), "float64")


def test_bits_of_stacked_products(rng):
    a, b, other = (drawn(rng, shape, "float32") for shape in
                   [(5, 33, 40), (5, 40, 21), (5, 33, 21)])
    symbol = S.relu(S.batch_dot(S.var("a"), S.var("b")) + S.var("other"))
    got = symbol.eval(ctx=mx.cpu(), a=a, b=b, other=other)[0]
    np.testing.assert_array_equal(got.asnumpy(), nd.relu(nd.batch_dot(a, b) + other).asnumpy())


def test_16_bit_products_are_not_joined():
    exe = S.relu(DENSE).simple_bind(mx.cpu(), "null", x=(2, 3), type_dict={"x": "float16"})
    exe.forward()
    assert "[FullyConnected relu]" not in exe.debug_str()


@pytest.mark.parametrize("activation", ["relu", "clip"])
@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("size", ["winograd", "general", "pointwise", "depthwise"])
def test_infinite_and_missing_values_stay_where_they_are(rng, size, value, activation):
    def spoil(x):
        x[0, 1, 5, 5] = value

    shape, values = SIZES[size]
    result = assert_same_bits(rng, Net(behind=["norm", activation], **values), shape,
                              change=spoil)
    assert np.isnan(result).sum() < result.size / 4


def test_relu_gives_positive_zeros_and_clip_keeps_negative_ones():
    conv = S.Convolution(S.var("x"), S.var("w"), kernel=(3, 3), num_filter=1, no_bias=True)
    norm = S.BatchNorm(conv, S.var("gamma"), S.var("beta"), S.var("mean"), S.var("var"),
                       fix_gamma=False)
    arrays = {"x": nd.zeros((1, 1, 5, 5)), "w": nd.ones((1, 1, 3, 3)), "gamma": -nd.ones((1,)),
              "beta": nd.array([-0.0]), "mean": nd.zeros((1,)), "var": nd.ones((1,))}
    results = [symbol.eval(ctx=mx.cpu(), **arrays)[0].asnumpy()
               for symbol in (S.relu(norm), S.clip(norm, -1, 1), norm)]
    assert not np.any(results)
    assert [np.signbit(each).all() for each in results] == [False, True, True]
    assert not np.signbit(results[0]).any()


def test_bounds_of_clip_may_lie_the_wrong_way_round(rng):
    x, w = drawn(rng, (1, 2, 5, 5), "float32"), drawn(rng, (3, 2, 3, 3), "float32")
    symbol = S.clip(S.Convolution(S.var("x"), S.var("w"), kernel=(3, 3), num_filter=3,
                                  no_bias=True), 0.5, -0.5)
    got = symbol.eval(ctx=mx.cpu(), x=x, w=w)[0]
    want = nd.clip(nd.Convolution(x, w, kernel=(3, 3), num_filter=3, no_bias=True), 0.5, -0.5)
    np.testing.assert_array_equal(got.asnumpy(), want.asnumpy())


def test_gradients_through_a_joined_activation(rng):
    results = []
    for hybridizes in (False, True):
        net = Net(6, ["relu"], kernel_size=3, with_bias=True)
        net.first.initialize(mx.init.Constant(0.1))
        if hybridizes:
            net.hybridize()
        x = nd.array(np.random.default_rng(1).normal(size=(2, 3, 9, 9)))
        x.attach_grad()
        with autograd.record():
            y = net(x)
        y.backward()
        results.append([x.grad.asnumpy(), net.first.weight.grad().asnumpy(),
                        net.first.bias.grad().asnumpy()])
    for eager, graph in zip(*results, strict=True):
        np.testing.assert_array_equal(eager, graph)
