"""Activations, Dropout and the outputs of losses on a GPU."""

import numpy as np
import pytest
from alike import check

import mxlite as mx
from mxlite import autograd, nd

DTYPES = ["float32", "float64", "float16", "bfloat16"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["leaky", "elu", "selu", "gelu"])
def test_leaky_relu(kind, dtype, gpu, rng):
    check(lambda x: nd.LeakyReLU(x, act_type=kind, slope=0.3), [rng.standard_normal((40, 30)) * 3],
          gpu, dtype)


@pytest.mark.parametrize("shape, slopes", [((4, 5, 6), 5), ((4, 5), 1), ((7, 6), 6)])
def test_prelu(shape, slopes, gpu, rng):
    check(lambda x, s: nd.LeakyReLU(x, s, act_type="prelu"),
          [rng.standard_normal(shape), rng.uniform(0, 1, slopes)], gpu)


@pytest.mark.parametrize("dtype", DTYPES)
def test_rrelu_predicts_with_the_mean_slope(dtype, gpu, rng):
    check(lambda x: nd.LeakyReLU(x, act_type="rrelu"), [rng.standard_normal((7, 5))], gpu, dtype,
          train=False)


@pytest.mark.parametrize("dtype", DTYPES)
def test_rrelu_draws_the_slopes_of_the_cpu(dtype, gpu, rng):
    values, results = rng.standard_normal((70, 50)), []
    for ctx in (mx.cpu(), gpu):
        x = nd.array(values, dtype=dtype, ctx=ctx)
        x.attach_grad()
        mx.random.seed(7, ctx=ctx)
        with autograd.record():
            out, slopes = nd.LeakyReLU(x, act_type="rrelu", lower_bound=0.2, upper_bound=0.6)
        out.backward()
        results.append([y.astype("f8").asnumpy() for y in (out, slopes, x.grad)])
    for found, expected in zip(*results[::-1], strict=True):
        np.testing.assert_allclose(found, expected, 1e-6)
    _, slopes, grad = results[1]
    assert slopes.min() > 0.199 and slopes.max() < 0.602 and slopes.std() > 0.1
    np.testing.assert_array_equal(grad, np.where(values > 0, 1, slopes))


@pytest.mark.parametrize("dtype", DTYPES)
def test_hard_sigmoid(dtype, gpu, rng):
    x = nd.array(rng.standard_normal((9, 5)) * 4, dtype=dtype)
    np.testing.assert_allclose(nd.hard_sigmoid(x.as_in_context(gpu)).astype("f8").asnumpy(),
                               nd.hard_sigmoid(x).astype("f8").asnumpy(), 1e-6, 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_smooth_l1(dtype, gpu, rng):
    x = nd.array(rng.standard_normal((9, 5)), dtype=dtype)
    np.testing.assert_allclose(
        nd.smooth_l1(x.as_in_context(gpu), scalar=1.5).astype("f8").asnumpy(),
        nd.smooth_l1(x, scalar=1.5).astype("f8").asnumpy(), 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape, axes", [((1000,), ()), ((5, 7, 11), ()), ((6, 50, 3), (1,)),
                                         ((4, 65), (0,))])
def test_dropout_draws_the_numbers_of_the_cpu(shape, axes, dtype, gpu, rng):
    x = rng.uniform(1, 2, shape)

    def dropped(x):
        mx.random.seed(11)
        return nd.Dropout(x, p=0.3, axes=axes)

    check(dropped, [x], gpu, dtype)
    y = dropped(nd.array(x, ctx=gpu))
    assert np.array_equal(y.asnumpy(), x.astype("f4"))
    with mx.autograd.train_mode():
        assert 0.4 < (dropped(nd.array(x, ctx=gpu)).asnumpy() > 0).mean() < 1


OUTPUTS = [
    (lambda x, label: nd.SoftmaxOutput(x, label, normalization="valid", use_ignore=True,
                                       ignore_label=2), [0, 1, 2, 2, 4, 0]),
    (lambda x, label: nd.SoftmaxOutput(x, label, smooth_alpha=0.1, out_grad=True),
     [0, 1, 2, 2, 4, 0]),
    (lambda x, label: nd.SoftmaxOutput(x, label), np.full((6, 5), 0.2)),
    (nd.LinearRegressionOutput, np.linspace(-1, 1, 30).reshape(6, 5)),
    (nd.LogisticRegressionOutput, np.linspace(0, 1, 30).reshape(6, 5)),
    (nd.MAERegressionOutput, np.linspace(-1, 1, 30).reshape(6, 5)),
    (nd.softmax_cross_entropy, [0, 1, 2, 2, 4, 0]),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("output, label", OUTPUTS, ids=range(len(OUTPUTS)))
def test_outputs_of_losses(output, label, dtype, gpu, rng):
    check(output, [rng.standard_normal((6, 5)), np.array(label)], gpu, dtype)


@pytest.mark.parametrize("loss", [nd.SoftmaxOutput, nd.softmax_cross_entropy])
def test_a_wrong_label_is_reported_with_the_next_values(loss, gpu):
    x, label = nd.ones((2, 3), ctx=gpu), nd.array([0, 3], ctx=gpu)
    x.attach_grad()
    with mx.autograd.record():
        y = loss(x, label)
    with pytest.raises(IndexError, match=r"ran on gpu\(0\) before, met an index outside its"):
        y.backward()
        x.grad.asnumpy()
    assert nd.ones((1,), ctx=gpu).asnumpy() == 1
