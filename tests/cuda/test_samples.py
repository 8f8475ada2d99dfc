"""The operators' samples on a GPU: the CPU's numbers. What has no kernel says so."""

import numpy as np
import pytest
from sample_calls import arrays_of, forward_and_backward
from samples import SAMPLES

import mxlite as mx


def on_gpu(sample, arrays, gpu):
    with gpu:
        outputs, grads = forward_and_backward(sample, [x.as_in_context(gpu) for x in arrays])
    assert all(y.ctx == gpu for y in outputs + grads)
    return [y.asnumpy() for y in outputs + grads]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_numbers_of_the_cpu(sample, gpu, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    found = on_gpu(sample, arrays, gpu)
    outputs, grads = forward_and_backward(sample, arrays)
    for y, expected in zip(found, outputs + grads, strict=True):
        np.testing.assert_allclose(y, expected.asnumpy(), 2e-5 * sample.slack, 5e-6 * sample.slack)


def test_an_operator_without_a_kernel_says_so(gpu):
    with gpu, pytest.raises(NotImplementedError,
                            match="_sample_unique_zipfian has no gpu kernel; it runs on cpu"):
        mx.nd._internal._sample_unique_zipfian(range_max=10, shape=(1, 5))
