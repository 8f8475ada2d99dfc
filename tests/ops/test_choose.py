"""where, clip, smooth_l1, hard_sigmoid, Activation, casts and gradient stops."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second, vjp_of

from mxlite import autograd, nd

DTYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_takes_any_condition(dtype, rng):
    a, b, c = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), rng.integers(0, 2, (3, 4))
    got = nd.where(nd.array(c, dtype=dtype), nd.array(a), nd.array(b))
    np.testing.assert_array_equal(got.asnumpy(), np.where(c, a, b).astype("f4"))


def test_where_by_rows_and_its_gradient(rng):
    c, arrays = nd.array([1, 0, 1]), [rng.normal(size=(3, 4)), rng.normal(size=(3, 4))]
    np.testing.assert_array_equal(
        nd.where(c, nd.array(arrays[0]), nd.array(arrays[1])).asnumpy(),
        np.where([[1], [0], [1]], *arrays).astype("f4"))
    check_gradient(lambda x, y: nd.where(c, x, y), arrays, rng)
    check_second(lambda x, y: nd.where(c, x * x, y * x), arrays, rng)
    with pytest.raises(ValueError, match=r"where: condition must have shape \(3,\), as x has"):
        nd.where(nd.ones(2), nd.ones(3), nd.ones(3))


def test_clip(rng):
    x = rng.normal(size=(5, 7)) * 2
    np.testing.assert_array_equal(nd.clip(nd.array(x, dtype="float64"), -1, 1).asnumpy(),
                                  np.clip(x, -1, 1))
    check_gradient(lambda a: nd.clip(a, -1, 1) * a, [x], rng)
    check_second(lambda a: nd.clip(a * a, -1, 1), [x], rng)
    assert nd.clip(nd.array([1, 5, 9], dtype="int32"), 2, 6).tolist() == [2, 5, 6]


def test_smooth_l1(rng):
    x = rng.normal(size=50)
    got = nd.smooth_l1(nd.array(x, dtype="float64"), scalar=2.0).asnumpy()
    np.testing.assert_allclose(got, np.where(abs(x) < 0.25, 2 * x * x, abs(x) - 0.125))
    check_gradient(lambda a: nd.smooth_l1(a, scalar=2.0), [x], rng)


def test_hard_sigmoid(rng):
    x = rng.normal(size=50) * 4
    got = nd.hard_sigmoid(nd.array(x, dtype="float64")).asnumpy()
    np.testing.assert_allclose(got, np.clip(0.2 * x + 0.5, 0, 1))
    check_gradient(nd.hard_sigmoid, [x], rng)


@pytest.mark.parametrize("act_type", ["relu", "sigmoid", "tanh", "softrelu", "softsign",
                                      "log_sigmoid", "mish", "softmax"])
def test_activation_is_its_operator(act_type, rng):
    x = rng.uniform(0.2, 2, (3, 4))
    a = nd.array(x, dtype="float64")
    want = getattr(nd.op, act_type)(a)
    np.testing.assert_array_equal(nd.Activation(a, act_type=act_type).asnumpy(), want.asnumpy())
    check_gradient(lambda y: nd.Activation(y, act_type), [x], rng)
    check_second(lambda y: nd.Activation(y, act_type), [x], rng)


def test_activation_names_the_near_type():
    with pytest.raises(ValueError, match=r"act_type must be .* got 'reluu'; did you mean 'relu'"):
        nd.Activation(nd.ones(1), act_type="reluu")
    with pytest.raises(TypeError, match="Activation: data must have dtype of floating point; got"):
        nd.Activation(nd.ones(1, dtype="int32"), act_type="relu")


def test_gradient_stops(rng):
    x = rng.normal(size=4)
    assert not vjp_of(nd.BlockGrad, (0,))([x], x)[0].any()
    assert (vjp_of(nd.make_loss, (0,))([x], x)[0] == 1).all()
    np.testing.assert_array_equal(vjp_of(nd.identity, (0,))([x], x)[0], x)


def test_cast_passes_gradients_back_in_the_first_dtype():
    x = nd.array([1, 2], dtype="float64")
    x.attach_grad()
    with autograd.record():
        y = x.astype("float32") * 3
    y.backward()
    assert x.grad.dtype is np.float64 and x.grad.tolist() == [3, 3]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64"])
def test_clip_of_integers_takes_bounds_outside_their_range(dtype):
    x = nd.array([0, 1, 5, 100], dtype=dtype)
    assert nd.clip(x, -1.5, 6.9).tolist() == [0, 1, 5, 6]
    assert nd.clip(x, -1000, 1000).tolist() == [0, 1, 5, 100]


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32"])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1500])
def test_add_n_over_blocks(size, dtype, rng):
    arrays = [rng.integers(-9, 9, size).astype(dtype) for _ in range(3)]
    got = nd.add_n(*[nd.array(a, dtype=dtype) for a in arrays])
    np.testing.assert_array_equal(got.asnumpy(), sum(arrays))


@pytest.mark.parametrize("normalization, want", [("null", 3.0), ("batch", 0.75), ("valid", 1.5)])
def test_make_loss_scales_its_gradient(normalization, want):
    x = nd.array([-1, 2, 0, 4])
    x.attach_grad()
    with autograd.record():
        y = nd.MakeLoss(x, 3.0, 0.0, normalization)
    y.backward()
    assert x.grad.tolist() == [want] * 4


def test_what_does_not_fit_an_integer_becomes_the_least():
    x = nd.array([np.nan, np.inf, -np.inf, 1e10, -1.9])
    assert x.astype("int32").tolist() == [-2**31] * 4 + [-1]
    assert x.astype("int64").tolist() == [-2**63] * 3 + [10**10, -1]
    assert x.astype("uint8").tolist()[:4] == [0] * 4


def test_cast_of_extremes():
    x = nd.array([np.nan, 3e38, -1.9, 1.9], dtype="float32")
    assert x.astype("int32").tolist()[2:] == [-1, 1]
    assert x.astype("bool").tolist() == [True, True, True, True]
    assert x.astype("float16").tolist()[1] == np.inf


@pytest.mark.parametrize("bits", [range(0, 65536, 1)])
def test_every_half_converts_exactly(bits):
    half = np.array(bits, dtype="u2").view("f2")
    wide = nd.array(half, dtype="float16").astype("float32").asnumpy()
    np.testing.assert_array_equal(wide, half.astype("f4"))
    back = nd.array(wide).astype("float16").asnumpy()
    np.testing.assert_array_equal(back[~np.isnan(half)], half[~np.isnan(half)])


def test_rounding_to_half_is_to_nearest_even(rng):
    x = np.concatenate([rng.normal(size=20000) * 10.0 ** rng.integers(-9, 6, 20000),
                        [65519.9, 65520, 5.9e-8, 2.9e-8]]).astype("f4")
    with np.errstate(over="ignore"):
        want = x.astype("f2")
    np.testing.assert_array_equal(nd.array(x).astype("float16").asnumpy(), want)


def test_relu_lets_nan_through():
    made = nd.Activation(nd.array([np.nan, -1, 2]), act_type="relu").asnumpy()
    np.testing.assert_array_equal(made, [np.nan, 0, 2])
