"""Every operator over the table of samples, an axis of which has no items.

The rule: an operator takes what NumPy takes, and gives what NumPy gives; where NumPy refuses (the
maximum of nothing, shapes that do not fit), it names itself and what is wrong.
"""

import warnings

import numpy as np
import pytest
from sample_calls import arrays_of, forward_and_backward
from samples import SAMPLES, outputs_of

from mxlite.base import MXNetError
from mxlite.ops.schema import REGISTRY

# Where NumPy computes something and MXNet's rule for the parameters or shapes forbids it:
# (operator, axis without items): the rule
STRICTER = {
    ("_split_v2", -1): "indices must be ascending from 0 to at most 0",     # NumPy cuts them off
    ("slice_axis", -1): "begin:end must be a range within axis 1",          # likewise
    ("slice_like", 0): "shape_like must have shape with at most 0 on axis 0",
    ("slice_like", -1): "shape_like must have shape with at most 0 on axis 1",
    ("diag", 0): "k must be a diagonal of data",        # NumPy's diagonal has no items
    ("diag", -1): "k must be a diagonal of data",
    ("CTCLoss", 0): "label must have shape",            # more labels than steps
    ("CTCLoss", -1): "data must have shape",
    **{(f"_linalg_{name}", axis): "A must have shape"   # (3, 0) and (0, 3) are not square
       for name in ("extractdiag", "extracttrian", "potri", "sumlogdiag", "trmm")
       for axis in (0, -1)},
    ("_linalg_gelqf", -1): "m at most n",
    ("Pooling", -1): "data must have shape without empty axes",   # a mean of no pixels is 0 / 0
    ("Pooling_v1", -1): "data must have shape without empty axes",
    ("Convolution", -1): "with C a multiple of num_group",          # channels last
    ("Deconvolution", -1): "data must have shape without empty axes",
    ("_contrib_AdaptiveAvgPooling2D", -1): "data must have shape without empty spatial axes",
    ("_contrib_BilinearResize2D", -1): "data must have shape without empty spatial axes",
    ("UpSampling", -1): "data must have shape without empty spatial axes",
    ("im2col", -1): "data must have shape at least as large as kernel",
    ("_contrib_DeformableConvolution", -1): "data must have shape at least as large as kernel",
    ("_contrib_ModulatedDeformableConvolution", -1):
        "data must have shape at least as large as kernel",
    ("Crop", -1): "offset and size must be within the image",
    ("_contrib_calibrate_entropy", 0): "an odd B of at least",
    ("_contrib_calibrate_entropy", -1): "an odd B of at least",
}


def cut(values, axis):
    """The values without the items of an axis that the first input has and others share."""
    length = values[0].shape[axis]
    return [np.delete(value, np.s_[:], axis)
            if value.ndim and value.shape[axis] == length else value for value in values]


def cases():
    for sample in SAMPLES:
        if sample.inputs and sample.shapes[0] and 0 not in sample.shapes[0]:
            yield from ((sample, axis) for axis in (0, -1))


def oracle(sample, values):
    """What NumPy makes of them; None where it refuses."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return outputs_of(sample.oracle(*values, **sample.params))
    except (ValueError, IndexError):
        return None


@pytest.mark.parametrize("sample, axis", list(cases()), ids=str)
def test_an_axis_without_items(sample, axis, rng):
    values = cut(sample.draw(rng), axis)
    expected = oracle(sample, values)
    arrays = arrays_of(sample, values)
    try:
        outputs, gradients = forward_and_backward(sample, arrays)
    except MXNetError as error:
        assert str(error).startswith(f"{REGISTRY[sample.op].title}: ")
        if expected is not None:
            assert STRICTER.get((sample.op, axis), "no refusal") in str(error)
        return
    assert expected is not None
    for y, value in zip(outputs, expected, strict=True):
        assert y.shape == np.shape(value)
        rtol = 1e-6 if y.dtype == np.float32 else 1e-12
        np.testing.assert_allclose(y.asnumpy(), np.asarray(value, "float64"), rtol, 1e-13)
    for gradient, i in zip(gradients, sample.variables, strict=True):
        assert gradient.shape == values[i].shape
        assert np.isfinite(gradient.asnumpy()).all()
        if not any(y.size for y in outputs):            # no output depends on these items
            assert not gradient.asnumpy().any()


def test_every_sample_has_an_oracle():
    assert [str(sample) for sample in SAMPLES if sample.oracle is None] == []
