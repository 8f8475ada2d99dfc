"""MXDataIter: what a reader of a file has to write, and what it gets."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import DataDesc, MXDataIter
from mxlite.io.file_iter import FileBatch


class Three(MXDataIter):
    """Batches 0, 1 and 2."""

    number = 0

    def __init__(self):
        super().__init__(1, DataDesc("data", (1,)), DataDesc("label", (1,)))

    def _restart(self):
        self.number = 0

    def _next_batch(self):
        self.number += 1
        value = mx.nd.array([self.number - 1])
        return FileBatch(value, -value, 0, np.zeros(1, "uint64")) if self.number <= 3 else None


def numbers(it):
    return [(b.data[0].asscalar(), b.label[0].asscalar()) for b in it]


def test_epochs():
    it = Three()
    assert numbers(it) == [(0, 0), (1, -1), (2, -2)] and numbers(it) == []
    it.reset()
    assert it.next().data[0].asscalar() == 0


def test_debug_skip_load_repeats_the_first_batch():
    it = Three()
    it.next()
    it.debug_skip_load()
    assert [it.next().data[0].asscalar() for _ in range(5)] == [0] * 5


@pytest.mark.parametrize("restarts", [False, True])
def test_the_first_batch_can_be_looked_at(restarts):
    it = Three()
    if restarts:
        it.next()
        it.reset()
    for _ in range(2):
        assert (it.getdata().asscalar(), it.getlabel().asscalar(), it.getpad()) == (0, 0, 0)
        assert it.getindex().tolist() == [0]
    it.reset()
    assert it.getdata().asscalar() == 0
    assert numbers(it) == [(0, 0), (1, -1), (2, -2)]


def test_debug_skip_load_after_a_look():
    it = Three()
    it.getdata()
    it.debug_skip_load()
    assert it.getdata().asscalar() == 0
    assert [it.next().data[0].asscalar() for _ in range(5)] == [0] * 5


def test_no_batch_at_the_end():
    it = Three()
    assert len(numbers(it)) == 3
    for part in (it.getdata, it.getlabel, it.getpad, it.getindex):
        with pytest.raises(mx.MXNetError, match="Three: there is no batch here; call iter_next"):
            part()


def test_a_subclass_must_override():
    it = MXDataIter(1, DataDesc("data", (1,)), DataDesc("label", (1,)))
    with pytest.raises(NotImplementedError, match="MXDataIter must override _next_batch"):
        it.next()
    with pytest.raises(NotImplementedError, match="MXDataIter must override _restart"):
        it.reset()
