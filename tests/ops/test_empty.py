"""Every operator over the table of samples, an axis of which has no items."""

import math
import warnings

import numpy as np
import pytest
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite.base import MXNetError

# Operators that need items where an axis is cut, or whose parameters name its length
REFUSING = set("""
    max min argmax argmin argmax_channel topk pick take batch_take gather_nd scatter_nd SequenceLast
    softmax_cross_entropy fill_element_0index _contrib_index_copy _ravel_multi_index
    Reshape reshape_like broadcast_to broadcast_like slice_like slice_axis SliceChannel _split_v2
    Pad diag dot batch_dot FullyConnected Convolution Pooling where
    InstanceNorm GroupNorm""".split())


def cut(values, axis):
    """The values without the items of an axis that the first input has and others share."""
    length = values[0].shape[axis]
    return [np.delete(value, np.s_[:], axis)
            if value.ndim and value.shape[axis] == length else value for value in values]


def agree(values):
    """Whether the shapes of the inputs fit to each other as they did."""
    return all(a in (1, b) or b == 1 for one in values for two in values
               for a, b in zip(one.shape[::-1], two.shape[::-1], strict=False))


def cases():
    for sample in SAMPLES:
        if sample.inputs and sample.shapes[0] and 0 not in sample.shapes[0]:
            yield from ((sample, axis) for axis in (0, -1))


def run(sample, values, dtype="float64"):
    """The outputs and the gradients, in the sample's mode."""
    arrays = [mx.nd.array(value, dtype=sample.dtype_of(i, dtype))
              for i, value in enumerate(values)]
    for i in sample.variables:
        arrays[i].attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(getattr(mx.nd, sample.op)(*arrays, **sample.params))
    if sample.variables:
        mx.autograd.backward(outputs, train_mode=sample.train)
    return outputs, [arrays[i].grad for i in sample.variables]


@pytest.mark.parametrize("sample, axis", list(cases()), ids=str)
def test_an_axis_without_items(sample, axis, rng):
    values = cut(sample.draw(rng), axis)
    try:
        outputs, gradients = run(sample, values)
    except MXNetError as error:
        assert sample.op in REFUSING or not agree(values), error
        assert str(error).startswith(f"{mx.ops.schema.REGISTRY[sample.op].name}: ")
        return
    for gradient, i in zip(gradients, sample.variables, strict=True):
        assert gradient.shape == values[i].shape
        # items that no output depends on any longer have the gradient of nothing
        assert np.isfinite(gradient.asnumpy()).all() or any(math.prod(y.shape) for y in outputs)
    if sample.oracle:
        expected = oracle(sample, values)
        for y, value in zip(outputs, expected or outputs, strict=True):
            assert y.shape == np.shape(value)
            if expected:
                np.testing.assert_allclose(y.asnumpy(), np.asarray(value, "float64"), 1e-12, 1e-13)


def oracle(sample, values):
    """What NumPy makes of them; None where it has no value for them."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            made = sample.oracle(*values, **sample.params)
    except (ValueError, IndexError):
        return None
    return made if isinstance(made, list) else [made]
