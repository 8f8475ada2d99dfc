"""Payloads that hold the magic, as writers leave it that do not cut there."""

import io
import struct

import pytest
from recordio.oracle import MAGIC, encode, part_of

import mxlite as mx
from mxlite.recordio import MXIndexedRecordIO, MXRecordIO, RecordError

SMALL = [MAGIC, MAGIC + b"abcd", b"abcd" + MAGIC + b"efgh", b"abcd" + MAGIC + b"x",
         b"wxyz" + MAGIC + struct.pack("<I", 4) + b"1234" + b"5678", MAGIC * 9 + b"ab",
         b"abcd" + MAGIC + struct.pack("<I", 1 << 20)]
LARGE = [bytes(256 * 300) + MAGIC + bytes(5000), b"1234" + MAGIC * 20_000,
         bytes(65_528) + MAGIC + bytes(70_000)]


def written(records):
    """The bytes of a file with these records in one part each."""
    return b"".join(part_of(0, record) for record in records)


class Stream(io.BytesIO):
    """A file object that is read in order."""

    def seekable(self):
        return False


@pytest.mark.parametrize("between", [[], [b"", b"next"], [b"y" * 70_000]])
@pytest.mark.parametrize("payload", SMALL + LARGE, ids=lambda payload: str(len(payload)))
def test_they_are_read_where_lengths_agree(payload, between, tmp_path):
    records = [b"first", payload, *between, payload]
    path = tmp_path / "a.rec"
    path.write_bytes(written(records))
    assert list(MXRecordIO(path, "r")) == records
    assert list(MXRecordIO(path, "r", on_error="skip")) == records
    stream = MXRecordIO("a", "r", opener=lambda *_: Stream(written(records)))
    assert list(stream) == records
    indexed = MXIndexedRecordIO(None, path, "r")
    assert [indexed.read_idx(key) for key in indexed.keys] == records


def test_images_are_read(tmp_path):
    image = bytes(mx.recordio.pack_img((0, 3.0, 1, 0), mx.nd.zeros((4, 4, 3), dtype="uint8")
                                       .asnumpy(), 3, ".png"))
    end = -len(image) % 4                                  # bytes behind the image are ignored
    (tmp_path / "a.rec").write_bytes(written([image + bytes(end) + MAGIC + b"more"]))
    batches = mx.io.ImageRecordIter(str(tmp_path / "a.rec"), (3, 4, 4), 1, verbose=False)
    assert next(batches).label[0].asscalar() == 3
    batches.close()


@pytest.mark.parametrize("size", [20, 70_000])
def test_a_size_that_takes_in_the_next_record_is_damage_still(size, tmp_path):
    data = bytearray(encode([b"a" * size, b"b" * 24, b"c" * 12]))
    data[4:8] = struct.pack("<I", size + 8 + 24)
    (tmp_path / "a.rec").write_bytes(data)
    with pytest.raises(RecordError, match="found the magic of another record among them"):
        MXRecordIO(tmp_path / "a.rec", "r").read()


def test_a_part_that_is_cut_is_damage_still(tmp_path):
    data = written([b"abcd" + MAGIC + b"efgh" * 9])
    (tmp_path / "a.rec").write_bytes(data[:-8])
    with pytest.raises(RecordError, match="found the end of the file"):
        MXRecordIO(tmp_path / "a.rec", "r").read()
