"""Second order of every operator of the table: numbers, zeros, or an error that says why not."""

import numpy as np
import pytest
from gradcheck import check_second
from sample_calls import arrays_of, function_of
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite import autograd, nd

# as in MXNet, which has no second order of them either
RAISING = {name: rf"_backward\w*{name.removeprefix('_contrib_')}\w* has no gradient" for name in """
    SoftmaxOutput CTCLoss BilinearSampler Correlation ROIPooling _contrib_ROIAlign
    _contrib_PSROIPooling _contrib_DeformablePSROIPooling _contrib_box_nms _contrib_hawkesll
    IdentityAttachKLSparseReg""".split()}
RAISING |= {"SpatialTransformer": "_backward_BilinearSampler(_grid)? has no gradient",
            "_contrib_DeformableConvolution": "_backward_deformable_columns has no gradient",
            "_contrib_ModulatedDeformableConvolution": "_backward_deformable_columns has no",
            "RNN": "RNN: its gradient has no gradient; unroll cells, as those of gluon.rnn",
            "digamma": "digamma has no second derivative"}
# not among those of test_samples.py, since MXNet has no second order of most of them
OTHERS = [sample for sample in SAMPLES if sample.gradient == "checked" and not sample.second
          and sample.op not in RAISING and "use_length" not in sample.params]


@pytest.mark.parametrize("sample", OTHERS, ids=str)
def test_values(sample, rng):
    def squared(*arrays):
        return [nd.square(y) for y in outputs_of(function_of(sample)(*arrays))]

    check_second(squared, sample.draw(rng), rng, sample.variables, sample.train,
                 rtol=1e-5, atol=1e-7)


def second_order(sample, rng):
    """What backward() brings for the sum of the squares of the first gradients."""
    arrays = arrays_of(sample, sample.draw(rng))
    variables = [array for array in arrays if np.dtype(array.dtype).kind == "f"]
    for array in variables:
        array.attach_grad()
    with autograd.record(train_mode=sample.train):
        outputs = [y for y in outputs_of(function_of(sample)(*arrays))
                   if np.dtype(y.dtype).kind == "f"]
        if not outputs or not variables:
            return []
        first = autograd.grad(outputs, variables, create_graph=True)
        total = sum([nd.square(grad).sum() for grad in first])
    total.backward()
    return [array.grad for array in variables]


@pytest.mark.parametrize("sample", [
    each for each in SAMPLES if each.gradient != "none" and each.op not in RAISING], ids=str)
def test_it_is_there(sample, rng):
    for grad in second_order(sample, rng):
        assert np.isfinite(grad.asnumpy()).all()


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.op in RAISING], ids=str)
def test_it_is_not_there(sample, rng):
    with pytest.raises(mx.MXNetError, match=RAISING[sample.op]):
        second_order(sample, rng)


FLAT = ["sign", "rint", "round", "ceil", "floor", "trunc", "fix", "abs", "relu", "negative",
        "degrees", "radians", "_copy", "ones_like", "zeros_like", "BlockGrad", "flatten"]


@pytest.mark.parametrize("name", FLAT)
def test_zero_everywhere_is_zeros(name):
    x = nd.array([[-1.3, 0.4, 2.6]])
    x.attach_grad()
    x.grad[:] = 7
    with autograd.record():
        first = autograd.grad(getattr(nd, name)(x), x, create_graph=True)[0]
        zeros = autograd.grad(first, x, retain_graph=True)[0]
    first.backward()
    assert zeros.tolist() == x.grad.tolist() == [[0, 0, 0]]


def test_batch_norm_of_float16():
    x = nd.ones((2, 3), dtype="float16")
    x.attach_grad()
    others = [nd.ones(3) for _ in range(4)]
    with autograd.record():
        y = nd.BatchNorm(x, *others)
        first = autograd.grad(y, x, create_graph=True)[0]
    with pytest.raises(mx.MXNetError, match="no second derivative for data of float16"):
        first.backward()
