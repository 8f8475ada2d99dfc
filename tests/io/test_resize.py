"""ResizeIter; the batches expected were read off MXNet 1.9.1."""

import numpy as np
import pytest

from mxlite.io import DataIter, NDArrayIter, ResizeIter

A, B, C = [0, 1, 2], [3, 4, 5], [6, 0, 1]


def source():
    return NDArrayIter(np.arange(7), np.arange(7), 3)


def epoch(it):
    batches = [batch.data[0].asnumpy().astype(int).tolist() for batch in it]
    it.reset()
    return batches


@pytest.mark.parametrize("size, reset_internal, expected", [
    (5, True, [[A, B, C, A, B]] * 2),
    (2, True, [[A, B]] * 3),
    (2, False, [[A, B], [C, A], [B, C], [A, B]]),
    (0, True, [[]]),
])
def test_epochs(size, reset_internal, expected):
    it = ResizeIter(source(), size, reset_internal)
    assert [epoch(it) for _ in expected] == expected


def test_the_parts_and_attributes():
    it = ResizeIter(source(), 2)
    assert it.provide_data == [("data", (3,))] and it.provide_label == [("softmax_label", (3,))]
    assert (it.batch_size, it.size, it.cur, it.reset_internal) == (3, 2, 0, True)
    assert it.current_batch is None and it.getdata() is None
    assert it.iter_next() and it.cur == 1
    assert it.getdata()[0].shape == (3,) and it.getlabel()[0].shape == (3,)
    assert it.getpad() == 0 and it.getindex() is None
    it.next()
    with pytest.raises(StopIteration):
        it.next()


def test_no_batches_at_all():
    class Empty(DataIter):
        provide_data = provide_label = []
        default_bucket_key = 8
    it = ResizeIter(Empty(3), 2)
    assert list(it) == [] and it.default_bucket_key == 8


def test_bad_size():
    with pytest.raises(ValueError, match="ResizeIter: size must be an integer of at least 0; got"):
        ResizeIter(source(), -1)
