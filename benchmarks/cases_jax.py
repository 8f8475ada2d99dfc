"""The kernels of inference_mx.py and the chain of networks_mx.py in JAX, compiled by XLA."""

import numpy as np
from inference_mx import CONVOLUTIONS, SIDE


def make(jax):
    """name -> (function of no arguments, calls a measurement)."""
    jnp, rng = jax.numpy, np.random.default_rng(0)

    def uniform(*shape):
        return jnp.asarray(rng.uniform(-1, 1, shape).astype("float32"))

    def case(function, calls, *arrays):
        run = jax.jit(function)
        return lambda: run(*arrays).block_until_ready(), calls

    square, batch = uniform(SIDE, SIDE), uniform(64, 128, 128)
    cases = {
        "chain of 1M": case(
            lambda x, y: jnp.sqrt(jnp.abs(jnp.tanh(x * y + 1) * jax.nn.sigmoid(x - y)) + 1e-3) * x,
            10, uniform(1000000), uniform(1000000)),
        "matmul 1024": case(jnp.matmul, 4, square, uniform(SIDE, SIDE)),
        "softmax of 1M": case(lambda x: jax.nn.softmax(x, axis=1), 10, square),
        "exp of 1M": case(jnp.exp, 10, square),
        "transpose of 1M": case(lambda x: x.T + 0, 10, square),
        "row sums of 1M": case(lambda x: x.sum(axis=1), 20, square),
        "batch_dot": case(jnp.matmul, 4, batch, batch),
    }
    for name, (count, channels, side, filters, kernel, stride, pad) in CONVOLUTIONS.items():
        cases[name] = case(
            lambda x, w, stride=stride, pad=pad: jax.lax.conv_general_dilated(
                x, w, (stride,) * 2, [(pad, pad)] * 2),
            4, uniform(count, channels, side, side), uniform(filters, channels, kernel, kernel))
    return cases, lambda: None
