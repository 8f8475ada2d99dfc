"""LayerNorm, InstanceNorm, GroupNorm, L2Normalization against float64 NumPy."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second
from samples.norm import group_norm, instance_norm, l2_normalization, layer_norm

import mxlite as mx
from mxlite.device import host

nd = mx.nd
TOLERANCE = {"float16": 6e-3, "float32": 1e-5, "float64": 1e-12}
CASES = [       # operator, oracle, shape of data, parameters, length of gamma and beta
    ("LayerNorm", layer_norm, (70, 33), {}, 33),
    ("LayerNorm", layer_norm, (3, 5000), {}, 5000),
    ("LayerNorm", layer_norm, (300, 5, 3), {"axis": 1}, 5),
    ("LayerNorm", layer_norm, (5, 70), {"axis": 0}, 5),
    ("LayerNorm", layer_norm, (2, 3, 4, 5), {"axis": -2, "eps": 0.25}, 4),
    ("LayerNorm", layer_norm, (300, 200), {}, 200),
    ("InstanceNorm", instance_norm, (4, 3, 70), {}, 3),
    ("InstanceNorm", instance_norm, (2, 5, 9, 9), {"eps": 1e-5}, 5),
    ("GroupNorm", group_norm, (4, 6, 35), {"num_groups": 3}, 3),
    ("GroupNorm", group_norm, (2, 6, 5, 4), {}, 1),
    ("GroupNorm", group_norm, (2, 6, 5, 4), {"num_groups": 6, "eps": 0.1}, 6),
]


def draw(rng, shape, n, dtype="float64"):
    values = rng.standard_normal(shape) * 2 + 1, *rng.uniform(0.5, 2, (2, n))
    return [value.astype(dtype) for value in values]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("op", "oracle", "shape", "params", "n"), CASES)
def test_values(rng, op, oracle, shape, params, n, dtype):
    values = draw(rng, shape, n, dtype)
    arrays = [nd.array(value, dtype=dtype) for value in values]
    out = getattr(nd, op)(*arrays, **params)
    assert out.dtype == np.dtype(dtype)
    want = oracle(*[value.astype("float64") for value in values], **params)
    np.testing.assert_allclose(out.asnumpy(), want, TOLERANCE[dtype], TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("op", "oracle", "shape", "params", "n"), CASES)
def test_gradients_in_every_dtype_are_those_of_float64(rng, op, oracle, shape, params, n, dtype):
    """The float64 ones are checked against differences below."""
    values = draw(rng, shape, n, "float16")
    dy = rng.standard_normal(shape).astype("float16")
    grads = []
    for kind in ("float64", dtype):
        arrays = [nd.array(value, dtype=kind) for value in values]
        for array in arrays:
            array.attach_grad()
        with mx.autograd.record():
            out = getattr(nd, op)(*arrays, **params)
        out.backward(nd.array(dy, dtype=kind))
        grads.append([array.grad.asnumpy() for array in arrays])
    for one, other in zip(*grads, strict=True):
        bound = TOLERANCE[dtype] * np.abs(one).max()
        np.testing.assert_allclose(other.astype("float64"), one, atol=bound)


@pytest.mark.parametrize(("op", "oracle", "shape", "params", "n"), CASES)
def test_gradients(rng, op, oracle, shape, params, n):
    def function(*arrays):
        return getattr(nd, op)(*arrays, **params)

    values = draw(rng, shape, n)
    check_gradient(function, values, rng, rtol=1e-5)
    check_second(function, values, rng, rtol=1e-4)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("mode", "shape"), [
    ("instance", (6,)), ("instance", (5, 70)), ("instance", (2, 3, 4, 5)), ("channel", (2, 5, 70)),
    ("spatial", (2, 3, 9, 9)), ("spatial", (300, 3, 40))])
def test_l2_normalization(rng, mode, shape, dtype):
    values = rng.standard_normal(shape).astype(dtype)
    out = nd.L2Normalization(nd.array(values, dtype=dtype), mode=mode)
    want = l2_normalization(values.astype("float64"), mode=mode)
    np.testing.assert_allclose(out.asnumpy(), want, TOLERANCE[dtype], TOLERANCE[dtype] / 100)
    check_gradient(lambda x: nd.L2Normalization(x, mode=mode), [values], rng)


def test_mean_and_deviation_have_no_gradient(rng):
    values = rng.standard_normal((4, 6, 5))
    for op, shape, params in (("LayerNorm", (4, 1, 5), {"axis": 1}),
                              ("GroupNorm", (4, 2), {"num_groups": 2})):
        x = nd.array(values, dtype="float64")
        n = 6 if op == "LayerNorm" else 2
        x.attach_grad()
        with mx.autograd.record():
            out, mean, std = getattr(nd, op)(
                x, nd.ones((n,), dtype="float64"), nd.zeros((n,), dtype="float64"),
                output_mean_var=True, eps=0.5, **params)
        grouped = values if op == "LayerNorm" else values.reshape(4, 2, 15)
        axis = 1 if op == "LayerNorm" else 2
        assert out.shape == x.shape and mean.shape == std.shape == shape
        np.testing.assert_allclose(mean.asnumpy(), grouped.mean(axis).reshape(shape))
        np.testing.assert_allclose(std.asnumpy(),
                                   np.sqrt(grouped.var(axis) + 0.5).reshape(shape))
        mx.autograd.backward([mean, std])
        assert not x.grad.asnumpy().any()


def test_a_mean_far_from_zero_costs_no_digits(rng):
    values = (rng.standard_normal((5, 300)) + 1e4).astype("float32")
    out = nd.LayerNorm(nd.array(values), nd.ones((300,)), nd.zeros((300,)))
    want = layer_norm(values.astype("float64"), np.ones(300), np.zeros(300))
    np.testing.assert_allclose(out.asnumpy(), want, 1e-5, 1e-5)


def test_one_outlier_costs_no_digits(rng):
    values = rng.standard_normal((2, 1000)).astype("float32")
    values[:, 0] = 1e4
    std = nd.LayerNorm(nd.array(values), nd.ones((1000,)), nd.zeros((1000,)),
                       output_mean_var=True)[2]
    np.testing.assert_allclose(std.asnumpy()[:, 0], values.astype("float64").std(1), 1e-6)


def test_the_same_on_any_number_of_threads(rng):
    for op, shape, n in (("LayerNorm", (900, 130), 130), ("InstanceNorm", (40, 30, 99), 30)):
        values, dy, results = draw(rng, shape, n, "float32"), rng.standard_normal(shape), []
        for threads in (1, 3):
            host.set_num_threads(threads)
            arrays = [nd.array(value) for value in values]
            for array in arrays:
                array.attach_grad()
            with mx.autograd.record():
                out = getattr(nd, op)(*arrays)
            out.backward(nd.array(dy))
            results.append([array.asnumpy().tobytes()
                            for array in (out, *[array.grad for array in arrays])])
        assert results[0] == results[1]


@pytest.mark.parametrize(("op", "shape", "n", "params"), [
    ("LayerNorm", (0, 3), 3, {}), ("LayerNorm", (2, 0), 0, {}),
    ("LayerNorm", (2, 3, 0), 3, {"axis": 1}),
    ("InstanceNorm", (0, 3, 4), 3, {}), ("InstanceNorm", (2, 3, 0), 3, {}),
    ("GroupNorm", (0, 4, 2), 2, {"num_groups": 2})])
def test_empty(op, shape, n, params):
    arrays = [nd.zeros(shape), nd.ones((n,)), nd.ones((n,))]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record():
        out = getattr(nd, op)(*arrays, **params)
    out.backward()
    assert out.shape == shape
    assert [array.grad.asnumpy().tolist() for array in arrays[1:]] == [[0.0] * n] * 2


def test_in_place(rng):
    values = draw(rng, (7, 300), 300, "float32")
    arrays = [nd.array(value) for value in values]
    want = nd.LayerNorm(*arrays).asnumpy()
    nd.LayerNorm(*arrays, out=arrays[0])
    np.testing.assert_array_equal(arrays[0].asnumpy(), want)


def test_empty_l2_normalization():
    assert nd.L2Normalization(nd.zeros((0, 3))).shape == (0, 3)
    assert nd.L2Normalization(nd.zeros((2, 3, 0)), mode="spatial").shape == (2, 3, 0)


def test_l2_normalization_of_zeros_is_zeros():
    assert nd.L2Normalization(nd.zeros((1, 3))).asnumpy().tolist() == [[0, 0, 0]]


def test_refuses():
    x, ones = nd.ones((2, 3, 4)), [nd.ones((4,)) for _ in range(2)]
    with pytest.raises(ValueError, match=r"LayerNorm: gamma must have shape \(3,\), the length of "
                                         r"axis 1 of data; got \(4,\)"):
        nd.LayerNorm(x, *ones, axis=1)
    with pytest.raises(IndexError, match=r"LayerNorm: axis must be in \[-3, 2\].*got 3"):
        nd.LayerNorm(x, *ones, axis=3)
    with pytest.raises(TypeError, match="LayerNorm: data must have dtype of floating point"):
        nd.LayerNorm(x.astype("int32"), *ones)
    with pytest.raises(TypeError, match="beta must have dtype float32, as data is; got float64"):
        nd.LayerNorm(x, ones[0], ones[1].astype("float64"))
    with pytest.raises(ValueError, match="LayerNorm: eps must be at least 0; got -1"):
        nd.LayerNorm(x, *ones, eps=-1)
    with pytest.raises(ValueError, match=r"InstanceNorm: data must have shape of at least 3 axes"):
        nd.InstanceNorm(x[0], *ones)
    with pytest.raises(ValueError, match=r"InstanceNorm: gamma must have shape \(3,\), the length"):
        nd.InstanceNorm(x, *ones)
    with pytest.raises(ValueError, match="num_groups must be a divisor of 3, the length of axis 1"):
        nd.GroupNorm(x, *ones, num_groups=2)
    with pytest.raises(ValueError, match=r"GroupNorm: gamma must have shape \(3,\), one entry a g"):
        nd.GroupNorm(x, *ones, num_groups=3)
    with pytest.raises(ValueError, match=r"GroupNorm: data must have shape of at least 3 axes"):
        nd.GroupNorm(x[0], *ones)
    with pytest.raises(ValueError, match="L2Normalization: mode must be one of 'channel'"):
        nd.L2Normalization(x, mode="batch")
    with pytest.raises(ValueError, match=r"at least 3 axes in mode 'channel'; got \(3, 4\)"):
        nd.L2Normalization(x[0], mode="channel")
    with pytest.raises(TypeError, match="L2Normalization: data must have dtype of floating point"):
        nd.L2Normalization(x.astype("int32"))
