"""What kinds of samples every operator has: what lacks one is named here, with the reason."""

import collections

import numpy as np
from sample_calls import arrays_of, function_of
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.ops.schema import REGISTRY

OF = collections.defaultdict(list)
for _sample in SAMPLES:
    OF[REGISTRY[_sample.op].name].append(_sample)

# Gradients that are no derivatives, but what the operator is for; recorded from MXNet
BY_DEFINITION = set("""
    IdentityAttachKLSparseReg LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput
    MakeLoss SVMOutput SoftmaxOutput make_loss _contrib_gradientmultiplier _contrib_round_ste
    _contrib_sign_ste""".split())
# Checked on inputs of their own: symmetric matrices, marks of points, places between pixels
CHECKED_APART = set("""
    _linalg_potrf _linalg_syevd _contrib_DeformableConvolution
    _contrib_ModulatedDeformableConvolution _contrib_hawkesll khatri_rao""".split())
# MXNet has them in float32 and float64; of BatchNorm and its kin, the statistics are float32 then
NOT_IN_16_BITS = set("""
    BatchNorm BatchNorm_v1 _contrib_BatchNormWithReLU _contrib_SyncBatchNorm _contrib_fft
    _contrib_ifft _linalg_det _linalg_extractdiag _linalg_extracttrian _linalg_gelqf
    _linalg_inverse _linalg_makediag _linalg_maketrian _linalg_potrf _linalg_potri _linalg_slogdet
    _linalg_sumlogdiag _linalg_syevd _linalg_trmm _linalg_trsm fill_element_0index""".split())


QUANTIZED = {name for name in OF if "quanti" in name or name == "_contrib_calibrate_entropy"}


def has_gradient(sample, rng):
    """Whether one that is not zero goes to any input of floating point."""
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    inputs = [array for i, array in enumerate(arrays)
              if np.issubdtype(array.dtype, np.floating) and i not in sample.aux]
    for array in inputs:
        array.attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = [y for y in outputs_of(function_of(sample)(*arrays))
                   if np.issubdtype(y.dtype, np.floating)]
    if not inputs or not outputs:
        return False
    try:
        mx.autograd.backward(outputs, train_mode=sample.train)
    except MXNetError as error:
        assert "has no gradient" in str(error)
        return False
    return any(array.grad.asnumpy().any() for array in inputs)


def test_derivatives_are_compared_with_differences(rng):
    recorded = {name for name, samples in OF.items()
                if not any(s.gradient == "checked" and s.variables for s in samples)}
    assert {name for name in recorded if any(has_gradient(sample, rng) for sample in OF[name])
            } == BY_DEFINITION | CHECKED_APART


def test_16_bits_have_samples():
    assert {name for name, samples in OF.items()
            if not any("float16" in sample.dtypes for sample in samples)
            } == NOT_IN_16_BITS | QUANTIZED


def test_empty_arrays_have_samples():
    assert {name for name, samples in OF.items()
            if not any(sample.inputs and sample.shapes[0] for sample in samples)
            } == {"_arange", "_eye", "_full", "_linspace", "_ones", "_zeros"}   # of no inputs
