"""Operators that are functions in Python, on arrays of a GPU: the CPU's numbers, on the GPU."""

import custom_operators
import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd, sym

assert custom_operators.ScaleProp       # registers "test_scale"


def foreach(data, weight):
    return sym.contrib.foreach(lambda x, states: (x * states[0], [states[0] + x]), data,
                               [weight])[0]


def while_loop(data, weight):
    return sym.contrib.while_loop(lambda i, x: i < 3,
                                  lambda i, x: ([sym.broadcast_mul(x, i)], [i + 1, x + 2]),
                                  [sym.slice_axis(weight, axis=0, begin=0, end=1), data],
                                  max_iterations=5)[0][0]


def cond(data, weight):
    return sym.contrib.cond(sym.sum(weight) > 2, lambda: sym.broadcast_mul(data, weight),
                            lambda: data)


def mask(data, weight):
    return sym.contrib.boolean_mask(data * 2, sym.var("chosen"))


def custom(data, weight):
    return sym.Custom(data, sym.broadcast_to(weight, shape=(3, 2)), name="scale",
                      op_type="test_scale", factor=3)[0]


@pytest.mark.parametrize("make", [foreach, while_loop, cond, mask, custom])
def test_graphs(make, gpu, rng):
    values = {"data": rng.standard_normal((3, 2)), "weight": np.array([0.0, 2.5]),
              "chosen": np.array([1, 0, 1])}
    graph, results = make(sym.var("data"), sym.var("weight")), []
    for ctx in (mx.cpu(), gpu):
        arrays = {name: nd.array(value, ctx=ctx) for name, value in values.items()
                  if name in graph.list_arguments()}
        grads = {name: nd.zeros_like(x) for name, x in arrays.items() if name != "chosen"}
        states = [nd.zeros((1,), ctx=ctx) for _ in graph.list_auxiliary_states()]
        executor = graph.bind(ctx, arrays, grads, aux_states=states)
        (out,) = executor.forward(is_train=True)
        executor.backward(out)
        assert out.ctx == ctx and all([x.ctx == ctx for x in grads.values()])
        results.append([out.asnumpy(), *[x.asnumpy() for x in grads.values()]])
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, 1e-5, 1e-6)
        assert expected.any() or make is mask


def test_items_that_a_mask_chooses(gpu):
    x = nd.arange(12, ctx=gpu).reshape((4, 3))
    x.attach_grad()
    with autograd.record():
        y = nd.contrib.boolean_mask(x, nd.array([1, 0, 0, 1], ctx=gpu))
    y.backward()
    assert y.ctx == gpu and y.asnumpy().tolist() == [[0, 1, 2], [9, 10, 11]]
    assert x.grad.asnumpy().tolist() == [[1] * 3, [0] * 3, [0] * 3, [1] * 3]


def test_parts_of_graphs(gpu):
    """A ring of four vertices whose edges are 1 to 4."""
    ring = np.zeros((4, 4), np.int64)
    ring[np.arange(4), (np.arange(4) + 1) % 4] = np.arange(1, 5)
    graph = nd.array(ring, dtype="int64", ctx=gpu).tostype("csr")
    vertices = nd.array([0, 1, 3], dtype="int64", ctx=gpu)
    part, edges = nd.contrib.dgl_subgraph(graph, vertices, return_mapping=True)
    assert part.ctx == edges.ctx == gpu
    assert edges.asnumpy().tolist() == [[0, 1, 0], [0, 0, 0], [4, 0, 0]]
    sample = nd.contrib.dgl_csr_neighbor_uniform_sample(
        graph, nd.array([2], dtype="int64", ctx=gpu), num_args=2, num_hops=1, num_neighbor=1,
        max_num_vertices=3)
    assert sample[0].ctx == gpu and sample[0].asnumpy().tolist() == [2, 3, 0, 2]
    assert sample[1].asnumpy()[0].tolist() == [0, 0, 0, 3]
