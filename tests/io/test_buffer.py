"""Memory handed to the C of `io`: what is not of the dtype and axes that it works on is refused."""

import re

import numpy as np
import pytest

from mxlite._dataio import jpeg
from mxlite._dataio.image_records import ImageBatch
from mxlite._dataio.recordio import Writer
from mxlite._dataio.rows import Rows
from mxlite.base import MXNetTypeError, MXNetValueError

VALUES, LABELS = np.zeros((3, 4), np.uint8), np.zeros(3, np.float32)


@pytest.mark.parametrize("memory, message", [
    ("text", "contiguous memory of uint8 is needed; got str "),
    (None, "contiguous memory of uint8 is needed; got NoneType "),
    (VALUES[0, ::2], "contiguous memory of uint8 is needed; got ndarray "),
    (np.zeros(3, np.int8), "memory of uint8 is needed; got items of the format 'b', 1 bytes each"),
    (np.zeros(3, ">f4"), "memory of uint8 is needed; got items of the format '>f', 4 bytes each"),
])
def test_memory_of_another_kind(memory, message):
    with pytest.raises(MXNetTypeError, match=re.escape(message)):
        jpeg.info(memory)


@pytest.mark.parametrize("values, labels, message", [
    (VALUES.ravel(), LABELS, "memory of uint8 with 2 axes is needed; got 1"),
    (VALUES, LABELS.reshape(3, 1), "memory of float32 with 1 axes is needed; got 2"),
    (VALUES, LABELS.astype(np.float64), "memory of float32 is needed; got items of the format 'd'"),
])
def test_memory_of_another_shape_or_dtype(values, labels, message):
    with pytest.raises((MXNetTypeError, MXNetValueError), match=re.escape(message)):
        Rows(values, labels, 1.0, 1, 1)


def test_memory_that_results_are_written_to_must_be_writable():
    def batch(labels):
        return ImageBatch(np.zeros(2, np.int64), np.zeros(2, np.uint64), np.zeros((2, 3, 4, 4)),
                          labels, np.zeros(2, np.uint64), np.zeros(2, np.uint8))

    assert isinstance(batch(np.zeros((2, 1), np.float32)), ImageBatch)
    fixed = np.zeros((2, 1), np.float32)
    fixed.flags.writeable = False
    with pytest.raises(MXNetTypeError, match=r"memory of float32 is needed; got ndarray .*only"):
        batch(fixed)


def test_memory_is_held_while_it_is_used():
    block = bytearray(12)
    rows = Rows(memoryview(block).cast("B", (3, 4)), LABELS, 1.0, 1, 1)
    with pytest.raises(BufferError):
        block.append(0)
    del rows
    block.append(0)
    assert len(block) == 13


def test_a_record_of_any_contiguous_memory(tmp_path):
    path = tmp_path / "a.rec"
    writer = Writer(str(path))
    writer.write(np.arange(6, dtype=">i4").reshape(2, 3))
    with pytest.raises(MXNetTypeError, match=r"a\.rec: a record must be bytes, or contiguous"):
        writer.write(np.arange(6)[::2])
    writer.close()
    assert np.arange(6, dtype=">i4").tobytes() in path.read_bytes()
