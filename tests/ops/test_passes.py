"""Passes over a graph's steps: equal steps run once, elementwise ones as chains; bits stay."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ops.chain import MOST_OPS
from mxlite.ops.passes import fuse
from mxlite.ops.passes.fuse import NEAREST

S = mx.sym
x, y = S.var("x"), S.var("y")
SIZES = [0, 1, 7, 2047, 2048, 2049, 4096, 40000]


def steps_of(symbol, shape=(5,), dtype="float32", grad_req="null"):
    """What runs, a text a step: "[_mul_scalar tanh]"."""
    exe = symbol.simple_bind(mx.cpu(), grad_req, {"x": dtype},
                             **dict.fromkeys(symbol.list_arguments(), shape))
    lines = exe.debug_str().splitlines()
    start = next(i for i, line in enumerate(lines) if "steps, " in line)
    return [line.split(": ")[0] for line in lines[start + 1:-2]]


class Net(mx.gluon.HybridBlock):
    """A block of one function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def hybrid_forward(self, F, *args):
        return self.function(F, *args)


def values(rng, size, dtype):
    if np.dtype(dtype).kind in "iu":
        return nd.array(rng.integers(1, 100, size), dtype=dtype)
    return nd.array(rng.normal(size=size), dtype=dtype)


def results(block, arrays, with_gradients):
    """The bits of the outputs and gradients."""
    arrays = [array.copy() for array in arrays]
    for array in arrays:
        if with_gradients:
            array.attach_grad()
    mx.random.seed(9)
    if not with_gradients:
        outputs = block(*arrays)
    else:
        with autograd.record():
            outputs = block(*arrays)
        autograd.backward(outputs)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [array.asnumpy().tobytes()
            for array in outputs + [a.grad for a in arrays if with_gradients]]


def assert_same_bits(function, arrays, with_gradients=True):
    eager, graph = Net(function), Net(function)
    graph.hybridize()
    for mode in (False, True) if with_gradients else (False,):
        assert results(graph, arrays, mode) == results(eager, arrays, mode)


# Equal steps

@pytest.mark.parametrize("symbol, expected", [
    (S.sum(S.dot(x, y)) + S.sum(S.dot(x, y)), ["dot", "sum", "elemwise_add"]),
    (S.sum(S.dot(x, y)) + S.sum(S.dot(y, x)), ["dot", "sum", "dot", "sum", "elemwise_add"]),
    (S.dot(x, y, transpose_a=True) - S.dot(x, y), ["dot", "dot", "elemwise_sub"]),
    (S.Group([S.dot(x, y), S.dot(x, y)]), ["dot", "dot"]),
    (S.Group([S.sum(S.dot(x, y)), S.sum(S.dot(x, y))]), ["dot", "sum", "sum"]),
    (S.Dropout(x, mode="always") - S.Dropout(x, mode="always"),
     ["Dropout", "Dropout", "elemwise_sub"])], ids=str)
def test_equal_steps_run_once(symbol, expected):
    assert steps_of(symbol, (3, 3)) == expected


def test_outputs_that_are_equal_are_arrays_of_their_own():
    exe = S.Group([S.dot(x, x), S.dot(x, x)]).bind(mx.cpu(), [nd.ones((2, 2))])
    one, other = exe.forward()
    one[:] = 7
    assert (other.asnumpy() == 2).all()
    first, second = S.Group([S.dot(x, x), S.dot(x, x)]).eval(x=nd.ones((2, 2)))
    first[:] = 7
    assert (second.asnumpy() == 2).all()


def test_random_steps_draw_each_for_itself():
    def function(F, x):
        noise = [F.random.uniform(shape=(4,)) for _ in range(3)]
        return F.concat(x * 0 + noise[0], noise[1] + x * 0, F.Dropout(x, mode="always"), noise[2],
                        dim=0)

    data = nd.ones((4,))
    assert_same_bits(function, [data], with_gradients=False)
    drawn = Net(function)(data).asnumpy()
    assert len(np.unique(np.concatenate([drawn[:8], drawn[12:]]))) == 12


@pytest.mark.parametrize("value", [0.0, -0.0, float("nan"), float("inf"), 1e-45])
def test_scalars_are_told_apart_by_their_bits(value):
    """1 / (x * 0.0) and 1 / (x * -0.0) are not the same."""
    def function(F, x):
        return [1 / (x * value), 1 / (x * 0.0), 1 / (x * -0.0), F.maximum(x, value)]

    with np.errstate(all="ignore"):
        assert_same_bits(function, [nd.array([1.0, -2.0, 0.0])], with_gradients=False)


# Chains

@pytest.mark.parametrize("symbol, expected", [
    (S.tanh(x * 2 + 1) * x, ["[_mul_scalar _plus_scalar tanh elemwise_mul]"]),
    (S.Group([S.tanh(x * 2), x * 2 + 1]), ["[_mul_scalar tanh _plus_scalar]"]),
    (S.exp(x), ["exp"]), (S.sum(S.exp(x) + 1), ["[exp _plus_scalar]", "sum"]),
    (S.broadcast_add(S.exp(x), S.sum(S.exp(x), axis=0, keepdims=True)),
     ["exp", "sum", "broadcast_add"]),
    (S.exp(S.reshape(S.tanh(x), shape=(-1, 1))), None)], ids=str)
def test_chains(symbol, expected):
    steps = steps_of(symbol)
    assert steps == expected if expected else len(steps) > 1


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "int8",
                                   "uint8"])
@pytest.mark.parametrize("size", SIZES)
def test_chains_of_any_size_and_dtype(size, dtype, rng):
    def function(F, x, y):
        return F.maximum((x + y) * 2 - y, x) + F.abs(x - y)

    is_float = np.dtype(dtype).kind == "f"
    arrays = [values(rng, size, dtype) for _ in range(2)]
    if dtype in ("float32", "int32"):
        assert steps_of(function(S, x, y), (5,), dtype)[0].startswith("[")
    assert_same_bits(function, arrays, with_gradients=is_float)


@pytest.mark.parametrize("size", [2047, 2049, 40000])
def test_dtypes_of_several_sizes_in_one_chain(size, rng):
    def function(F, x):
        wide = F.cast(F.exp(x), dtype="float64") * 3
        return F.cast(wide + 1, dtype="float16"), F.cast(wide, dtype="int32"), wide > 2

    assert_same_bits(lambda F, x: list(function(F, x)), [values(rng, size, "float32")],
                     with_gradients=False)


@pytest.mark.parametrize("size", SIZES)
def test_chains_of_several_outputs(size, rng):
    def function(F, x, y):
        inner = F.exp(x * 0.5)
        return [inner, inner * y, F.sqrt(F.abs(inner - y)), x + 1]

    assert_same_bits(function, [values(rng, size, "float32") for _ in range(2)])


def test_long_chains(rng):
    def function(F, x):
        for i in range(3 * MOST_OPS):
            x = F.tanh(x) * 1.5 if i % 2 else x + 0.25
        return x

    longest = max(step.count(" ") + 1 for step in steps_of(function(S, x)))
    assert MOST_OPS // 2 < longest <= MOST_OPS
    assert_same_bits(function, [values(rng, 3000, "float32")])


def test_a_chain_of_many_inputs(rng):
    def function(F, *arrays):
        total = arrays[0]
        for array in arrays[1:]:
            total = total * 0.5 + array
        return total

    assert_same_bits(function, [values(rng, 2500, "float32") for _ in range(70)])


def test_chains_around_what_is_none(rng):
    """Steps between the parts of a chain that need its values, or make them, stay between."""
    def function(F, x):
        a = F.exp(x * 0.1)
        b = F.softmax(a)
        c = F.sqrt(a) + 1
        d = F.broadcast_mul(b, F.sum(c, axis=1, keepdims=True))
        return F.tanh(d + a) * c - F.flip(c, axis=1)

    assert_same_bits(function, [values(rng, (50, 60), "float32")])


@pytest.mark.parametrize("length", [3, NEAREST + 50])
def test_chains_around_a_long_way_of_others(length, rng):
    """The sum reads the first step and what others made of it, one after the other."""
    def function(F, x, w):
        first = F.exp(x * 0.1)
        way = first
        for _ in range(length):
            way = F.dot(way, w)
        return F.tanh(way + first) * first

    assert_same_bits(function, [values(rng, (4, 4), "float32"), values(rng, (4, 4), "float32") / 4])


def test_the_work_for_a_step_does_not_grow_with_the_graph(monkeypatch):
    """Groups are looked up 4 times as often in an unrolled network of 200 steps as in one of 50."""
    lookups = []
    number_of = fuse._Group.__hash__
    monkeypatch.setattr(fuse._Group, "__hash__",
                        lambda group: lookups.append(group.number) or number_of(group))

    def work(length):
        lookups.clear()
        cell = mx.rnn.LSTMCell(3, prefix="c_")
        outputs, _ = cell.unroll(length, S.var("data"), merge_outputs=True)
        exe = outputs.simple_bind(mx.cpu(), "write", data=(2, length, 3))
        exe.forward(is_train=True)
        exe.backward(nd.ones((2, length, 3)))
        return len(lookups)

    few, many = work(50), work(200)
    assert 3 * few < many < 5 * few


def test_chains_do_not_reorder_draws(rng):
    def function(F, x):
        a = F.Dropout(F.exp(x), p=0.3, mode="always")
        b = F.random.normal(shape=(6, 5))
        c = F.Dropout(F.tanh(a) * 2, p=0.5, mode="always")
        return [a + b, c * b + a, F.random.uniform(shape=(3,)) + 0 * F.sum(c)]

    def plain(F, x):
        return function(F, x)[:2]

    assert_same_bits(plain, [values(rng, (6, 5), "float32")])


def test_special_values_go_through_chains():
    data = nd.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1e-45, 3e38, -3e38] * 300)

    def function(F, x):
        return [F.relu(x * 2) + (x > 0), F.maximum(x, 0) * -1, F.clip(x, -1, 1) / x, 0 - (-x)]

    assert_same_bits(function, [data])


# Memory

def test_inputs_stay_as_they_are(rng):
    arrays = [values(rng, 3000, "float32") for _ in range(2)]
    copies = [array.asnumpy() for array in arrays]
    net = Net(lambda F, x, y: [F.exp(x + y) * 2, F.sin(x) + 1])
    net.hybridize()
    with autograd.record():
        net(*arrays)
    for array, copy in zip(arrays, copies, strict=True):
        assert array.asnumpy().tobytes() == copy.tobytes()


def test_temporary_arrays_lie_over_what_is_read_no_more(rng):
    """A long alternation of chains and reductions takes the memory of a few arrays."""
    def function(F, x):
        for _ in range(10):
            x = F.softmax(F.exp(x * 0.5) + 1)
        return x

    exe = function(S, x).simple_bind(mx.cpu(), "null", x=(100, 1000))
    line, = [text for text in exe.debug_str().splitlines() if "bytes of temporary arrays" in text]
    assert int(line.split(", ")[1].split()[0]) <= 2 * 4 * 100 * 1000
    assert_same_bits(function, [values(rng, (100, 100), "float32")])


def test_views_within_a_graph(rng):
    def function(F, x):
        a = F.exp(x)
        flat = F.reshape(a, shape=(-1,))
        part = F.slice_axis(flat, axis=0, begin=10, end=60)
        return [a * 2, flat + 1, part - 1, F.expand_dims(a, axis=0)]

    assert_same_bits(function, [values(rng, (20, 30), "float32")])
