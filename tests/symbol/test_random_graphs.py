"""Graphs drawn at random: hybridized and bound, they compute what eager calls do."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

UNARY = ["tanh", "exp", "sigmoid", "square", "abs", "relu", "negative", "softsign", "sin"]
BINARY = ["elemwise_add", "elemwise_sub", "elemwise_mul", "broadcast_maximum", "broadcast_hypot"]


def pick(rng, items):
    return items[int(rng.integers(len(items)))]


def one_step(F, rng, x, y):
    """Arrays of the shape of x and y."""
    kind = int(rng.integers(12))
    if kind < 4:
        return [getattr(F, pick(rng, UNARY))(x * 0.5)]
    if kind < 7:
        return [getattr(F, pick(rng, BINARY))(x, y)]
    if kind == 7:
        return [x * float(rng.normal()) + pick(rng, [0.0, -0.0, 1.0])]
    if kind == 8:
        return [F.broadcast_sub(x, F.mean(y, axis=int(rng.integers(2)), keepdims=True))]
    if kind == 9:
        return [F.softmax(x, axis=-1)]
    if kind == 10:
        return [F.concat(*[part + 1 for part in F.split(x, num_outputs=2, axis=0)][::-1], dim=0),
                F.BlockGrad(y) - x]
    return [F.reshape(F.transpose(F.reshape(x, shape=(-3,)).expand_dims(axis=0)), shape=(4, -1))]


class Drawn(mx.gluon.HybridBlock):
    """The graph of a seed, whatever F is."""

    def __init__(self, seed):
        super().__init__()
        self.seed = seed

    def hybrid_forward(self, F, *inputs):
        rng = np.random.default_rng(self.seed)
        arrays = list(inputs)
        for _ in range(int(rng.integers(5, 40))):
            arrays += one_step(F, rng, pick(rng, arrays[-6:]), pick(rng, arrays))
            if rng.random() < 0.2:
                again = np.random.default_rng(int(rng.integers(3)))
                arrays += one_step(F, again, arrays[-1], arrays[0])     # steps that are equal
        made = arrays[len(inputs):]
        return [pick(rng, made) for _ in range(int(rng.integers(1, 4)))] + [made[-1]]


def results(block, arrays):
    """The bits of the outputs, and the gradients."""
    arrays = [array.copy() for array in arrays]
    for array in arrays:
        array.attach_grad()
    with autograd.record():
        outputs = block(*arrays)
    autograd.backward(outputs, [y * 0.25 for y in outputs])
    return [y.asnumpy().tobytes() for y in outputs], [a.grad.asnumpy() for a in arrays]


@pytest.mark.parametrize("dtype, width", [("float32", 5), ("float64", 3), ("float16", 700)])
@pytest.mark.parametrize("seed", range(25))
def test_graph(seed, dtype, width):
    rng = np.random.default_rng([seed, width])
    arrays = [nd.array(rng.normal(size=(4, width)), dtype=dtype) for _ in range(3)]
    eager, graph = Drawn(seed), Drawn(seed)
    graph.hybridize()
    expected, gradients = results(eager, arrays)
    outputs, others = results(graph, arrays)
    assert outputs == expected
    for one, other in zip(others, gradients, strict=True):
        # a graph leaves out gradients that are 0 whatever comes, so that -0 is not made 0
        np.testing.assert_array_equal(one, other)
    assert [y.asnumpy().tobytes() for y in graph(*arrays)] == expected
    variables = [mx.sym.var(f"x{i}") for i in range(3)]
    symbol = mx.sym.Group(Drawn(seed)(*variables))
    values = symbol.eval(**{name: array for name, array in zip(["x0", "x1", "x2"], arrays,
                                                               strict=True)
                            if name in symbol.list_arguments()})
    assert [y.asnumpy().tobytes() for y in values] == expected


def second_order(block, arrays):
    """The gradients of the squares of the gradients."""
    arrays = [array.copy() for array in arrays]
    for array in arrays:
        array.attach_grad()
    with autograd.record():
        outputs = [*block(*arrays), nd.add_n(*arrays)]
        firsts = autograd.grad(outputs, arrays, [y * 0.25 for y in outputs], create_graph=True)
        total = nd.add_n(*[nd.sum(first * first) for first in firsts])
    total.backward()
    return [array.grad.asnumpy() for array in arrays]


@pytest.mark.parametrize("seed", range(12))
def test_second_order(seed):
    rng = np.random.default_rng(seed)
    arrays = [nd.array(rng.normal(size=(4, 4)), dtype="float64") for _ in range(3)]
    graph = Drawn(seed)
    graph.hybridize()
    for one, other in zip(second_order(graph, arrays), second_order(Drawn(seed), arrays),
                          strict=True):
        np.testing.assert_allclose(one, other, 1e-10, 1e-12)
