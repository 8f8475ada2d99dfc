"""Gradients of Executors where MXNet's are wrong, or where it does not bind."""

import numpy as np

import mxlite as mx


def test_the_slope_of_prelu_behind_batch_norm(rng):
    """dslope = sum of dy * x where x < 0, by NumPy in float64."""
    s = mx.sym
    norm = s.BatchNorm(s.var("data"), fix_gamma=False, eps=1e-3, name="norm")
    out = s.LeakyReLU(norm, gamma=s.var("slope"), act_type="prelu")
    exe = out.simple_bind(mx.cpu(), data=(4, 3), slope=(3,))
    data, dy = rng.normal(size=(4, 3)), np.arange(12.0).reshape(4, 3)
    for name, value in (("data", data), ("slope", [0.1, 0.2, 0.3]), ("norm_gamma", 1)):
        exe.arg_dict[name][:] = value
    exe.forward(is_train=True)
    exe.backward([mx.nd.array(dy)])
    x = (data - data.mean(0)) / np.sqrt(data.var(0) + 1e-3)
    np.testing.assert_allclose(exe.grad_dict["slope"].asnumpy(), (dy * np.minimum(x, 0)).sum(0),
                               rtol=1e-4)


def test_two_variables_of_one_name_are_one_argument():
    total = mx.sym.var("a") * 2 + mx.sym.var("a") * 3
    exe = total.bind(mx.cpu(), {"a": mx.nd.ones(1)})
    assert exe.forward()[0].asnumpy().tolist() == [5]
