"""The operators' samples on a GPU: the CPU's numbers, or an error that names the operator."""

from pathlib import Path

import numpy as np
import pytest
from sample_calls import arrays_of, forward_and_backward
from samples import SAMPLES

import mxlite as mx

# The samples that run, a line each; add those for which there are kernels now.
COVERED = set((Path(__file__).parent / "covered.txt").read_text().splitlines())


def on_gpu(sample, arrays, gpu):
    with gpu:
        outputs, grads = forward_and_backward(sample, [x.as_in_context(gpu) for x in arrays])
    assert all(y.ctx == gpu for y in outputs + grads)
    return [y.asnumpy() for y in outputs + grads]


@pytest.mark.parametrize("sample", [s for s in SAMPLES if str(s) in COVERED], ids=str)
def test_numbers_of_the_cpu(sample, gpu, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    found = on_gpu(sample, arrays, gpu)
    outputs, grads = forward_and_backward(sample, arrays)
    for y, expected in zip(found, outputs + grads, strict=True):
        np.testing.assert_allclose(y, expected.asnumpy(), 2e-5 * sample.slack, 5e-6 * sample.slack)


def test_the_others_say_that_they_have_no_kernel(gpu, rng):
    others = [s for s in SAMPLES if str(s) not in COVERED]
    assert others
    for sample in others:
        arrays = arrays_of(sample, sample.draw(rng), "float32")
        with pytest.raises(mx.MXNetError, match=r"no gpu kernel|has no kernel for .* on gpu"):
            on_gpu(sample, arrays, gpu)


def test_the_list_has_no_strangers():
    assert {str(sample) for sample in SAMPLES} >= COVERED
