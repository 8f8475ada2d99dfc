"""Whether a GPU gives the CPU's numbers."""

import numpy as np

from mxlite import autograd, nd

TOLERANCE = {"float64": 1e-10, "float32": 2e-5, "float16": 4e-3, "bfloat16": 3e-2}


def run(function, values, dtype, ctx, train):
    """(outputs, gradients) of function(arrays), of which a weighted sum is taken."""
    arrays = [value.copyto(ctx) if isinstance(value, nd.NDArray)
              else nd.array(value, dtype=dtype, ctx=ctx) for value in values]
    for x in arrays:
        x.attach_grad()
    with autograd.record(train_mode=train):
        outputs = function(*arrays)
        outputs = outputs if isinstance(outputs, list) else [outputs]
    heads = [nd.array(np.cos(np.arange(y.size)).reshape(y.shape), dtype=y.dtype, ctx=ctx)
             for y in outputs]
    autograd.backward(outputs, heads, train_mode=train)
    assert all(y.ctx == ctx for y in outputs)
    return [y.asnumpy().astype("f8") for y in outputs + [x.grad for x in arrays]]


def check(function, values, gpu, dtype="float32", train=True, slack=1):
    """Compare outputs and gradients. Values that are arrays already keep their dtype."""
    bound = TOLERANCE[dtype] * slack
    found, expected = [run(function, values, dtype, ctx, train) for ctx in (gpu, nd.zeros(1).ctx)]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, bound, bound)
