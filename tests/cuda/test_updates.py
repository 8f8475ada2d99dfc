"""Optimizers' updates on a GPU, with the CPU's numbers."""

import numpy as np
import optimizer_calls
import pytest

import mxlite as mx
from mxlite import nd


@pytest.mark.parametrize(("name", "group", "behind", "params", "dtype"), [
    (*call, dtype) for call in optimizer_calls.CALLS
    for dtype in optimizer_calls.dtypes_of(call[0])])
def test_operators(name, group, behind, params, dtype, gpu):
    def on(ctx):
        return optimizer_calls.run(
            getattr(nd, name), lambda *args, **kwargs: nd.array(*args, ctx=ctx, **kwargs), name,
            group, behind, params, dtype)

    for found, expected in zip(on(gpu), on(mx.cpu()), strict=True):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, 1e-6, 1e-7)


OPTIMIZERS = [
    ("sgd", {}), ("sgd", {"momentum": 0.9}), ("nag", {"momentum": 0.9}), ("adam", {}),
    ("groupadagrad", {"wd": 0}), ("lbsgd", {"momentum": 0.9}), ("adamax", {}),
    ("nadam", {}), ("adagrad", {}), ("adadelta", {}),
    ("rmsprop", {}), ("rmsprop", {"centered": True}), ("ftrl", {}), ("ftml", {}), ("signum", {}),
    ("lamb", {}), ("lars", {"momentum": 0.9}), ("dcasgd", {"momentum": 0.9}),
    ("signum", {"momentum": 0.9, "wd_lh": 0.01})]


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
def test_optimizers(name, settings, dtype, gpu, rng):
    values = rng.standard_normal((2, 4, 3)), rng.standard_normal((3, 2, 4, 3))

    def on(ctx):
        optimizer = mx.optimizer.create(name, **{
            "learning_rate": 0.05, "wd": 0.01, "clip_gradient": 1.5,
            "multi_precision": dtype == "float16", **settings})
        weights = [nd.array(x, ctx=ctx, dtype=dtype) for x in values[0]]
        states = [optimizer.create_state_multi_precision(i, w) for i, w in enumerate(weights)]
        for grads in values[1]:
            for i, (weight, grad) in enumerate(zip(weights, grads, strict=True)):
                optimizer.update_multi_precision(
                    i, weight, nd.array(grad, ctx=ctx, dtype=dtype), states[i])
        assert all(weight.ctx == ctx for weight in weights)
        return [weight.asnumpy().astype("f8") for weight in weights]

    tolerance = 2e-3 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(on(gpu), on(mx.cpu()), tolerance, tolerance)
