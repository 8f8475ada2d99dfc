"""CTC on a GPU."""

import numpy as np
import pytest
from alike import check

import mxlite as mx
from mxlite import nd


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("blank", ["first", "last"])
def test_labels(blank, dtype, gpu, rng):
    first = blank == "first"
    labels = np.array([[1, 1, 2, 3], [4, 2, 0, 0], [0, 0, 0, 0], [2, 2, 2, 2]]) - (not first)
    check(lambda x: nd.CTCLoss(x, nd.array(labels, ctx=x.ctx), blank_label=blank),
          [rng.standard_normal((9, 4, 6))], gpu, dtype, slack=4)


def test_lengths_and_labels_that_are_blanks(gpu, rng):
    labels = np.array([[1, 0, 2], [3, 3, 1], [2, 1, 0], [1, 2, 3]])

    def loss(x):
        return nd.CTCLoss(x, *[nd.array(v, ctx=x.ctx) for v in (
            labels, [7, 3, 5, 0], [3, 2, 0, 3])], use_data_lengths=True, use_label_lengths=True)

    check(loss, [rng.standard_normal((7, 4, 5))], gpu, slack=4)


def test_many_classes_and_steps(gpu, rng):
    labels = rng.integers(1, 300, (2, 20))
    check(lambda x: nd.CTCLoss(x, nd.array(labels, ctx=x.ctx)),
          [rng.standard_normal((60, 2, 300))], gpu, slack=10)


@pytest.mark.parametrize("label, length, error", [(5, 4, IndexError), (1, 9, ValueError)])
def test_what_is_wrong_is_reported_with_the_next_values(label, length, error, gpu):
    y = nd.CTCLoss(nd.ones((4, 1, 3), ctx=gpu), nd.array([[label]], ctx=gpu),
                   nd.array([length], ctx=gpu), use_data_lengths=True)
    with pytest.raises(error, match=r"which ran on gpu\(0\) before, met a"):
        y.asnumpy()
    assert mx.nd.ones((1,), ctx=gpu).asnumpy() == 1
