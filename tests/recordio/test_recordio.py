"""MXRecordIO and MXIndexedRecordIO: what they do, and what they say when they cannot."""

import errno
import os

import numpy as np
import pytest
from recordio.oracle import encode, offsets, payloads

from mxlite.base import MXNetError, MXNetTypeError, MXNetValueError
from mxlite.recordio import DataFileError, MXIndexedRecordIO, MXRecordIO

RECORDS = payloads()


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a.rec").write_bytes(encode(RECORDS))
    return str(tmp_path / "a.rec")


def test_read_gives_none_at_the_end_and_reset_begins_anew(path):
    file = MXRecordIO(path, "r")
    assert list(file) == RECORDS
    assert file.read() is None and file.read() is None
    file.reset()
    assert file.read() == RECORDS[0] and file.tell() == offsets(RECORDS)[1]
    assert list(file) == RECORDS[1:]


def test_reset_empties_a_file_that_is_written(tmp_path):
    file = MXRecordIO(tmp_path / "a.rec", "w")
    file.write(b"one")
    file.reset()
    file.write(b"two")
    file.close()
    file.close()
    assert list(MXRecordIO(tmp_path / "a.rec", "r")) == [b"two"]


def test_tell_of_a_writer(tmp_path):
    with MXRecordIO(tmp_path / "a.rec", "w") as file:
        told = [file.tell()]
        for record in RECORDS:
            file.write(record)
            told.append(file.tell())
    assert told == offsets(RECORDS)


def test_flush_shows_the_records_to_readers(tmp_path):
    file = MXRecordIO(tmp_path / "a.rec", "w")
    reader = MXRecordIO(tmp_path / "a.rec", "r")
    for record in (b"one", b"two"):
        file.write(record)
        assert reader.read() is None
        file.flush()
        assert reader.read() == record
    file.close()


@pytest.mark.parametrize("make", [bytearray, memoryview, lambda data: np.frombuffer(data, "u1"),
                                  lambda data: memoryview(data).cast("b")])
def test_any_contiguous_memory_is_written(make, tmp_path):
    with MXRecordIO(tmp_path / "a.rec", "w") as file:
        file.write(make(b"data"))
    assert list(MXRecordIO(tmp_path / "a.rec", "r")) == [b"data"]


@pytest.mark.parametrize("data", ["text", None, 3, memoryview(b"abcdef")[::2]])
def test_what_is_not_memory_is_refused(data, tmp_path):
    with (MXRecordIO(tmp_path / "a.rec", "w") as file,
          pytest.raises(MXNetTypeError, match=r"a\.rec: a record must be bytes, or contiguous mem"
                                              rf"ory; got {type(data).__name__}")):
        file.write(data)


def test_a_record_that_is_too_long(tmp_path):
    with (MXRecordIO(tmp_path / "a.rec", "w") as file,
          pytest.raises(MXNetValueError, match=r"must have less than 536870912 bytes; got 53687")):
        file.write(bytes(2 ** 29))


@pytest.mark.parametrize("make", [lambda path: path, os.fsencode, "file://{}".format])
def test_ways_to_name_a_file(make, path):
    file = MXRecordIO(make(path), "r")
    assert file.uri == path and file.read() == RECORDS[0]
    assert repr(file) == f"MXRecordIO({path!r}, 'r')"
    file.close()
    assert repr(file) == f"MXRecordIO({path!r}, 'r', closed)"


@pytest.mark.parametrize("flag, options, message", [
    ("a", {}, "flag must be 'r' or 'w'; got 'a'"),
    ("r", {"on_error": "ignore"}, "on_error must be 'raise' or 'skip'; got 'ignore'"),
])
def test_wrong_arguments(flag, options, message, path):
    with pytest.raises(MXNetValueError, match=message):
        MXRecordIO(path, flag, **options)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataFileError, match=r"no\.rec: opening failed: No such file") as caught:
        MXRecordIO(tmp_path / "no.rec", "r")
    assert caught.value.errno == errno.ENOENT and isinstance(caught.value, OSError | MXNetError)
    with pytest.raises(DataFileError, match=r"a\.rec: opening failed: No such file"):
        MXRecordIO(tmp_path / "no/a.rec", "w")
    with pytest.raises(DataFileError, match="opening failed: Is a directory"):
        MXRecordIO(tmp_path, "r")


def test_a_full_disk():
    file = MXRecordIO("/dev/full", "w")
    with pytest.raises(DataFileError, match=r"/dev/full: writing at byte 0 failed: No space left"):
        file.write(bytes(100_000))
    with pytest.raises(DataFileError, match="writing at byte 0 failed: No space left"):
        file.close()
    file.close()


def test_wrong_use(path, tmp_path):
    file = MXRecordIO(path, "r")
    with pytest.raises(MXNetError, match=r"open for reading only \(flag='r'\)"):
        file.write(b"")
    file.close()
    with pytest.raises(MXNetError, match=r"a\.rec: the file is closed"):
        file.read()
    file = MXIndexedRecordIO(tmp_path / "b.idx", tmp_path / "b.rec", "w")
    for call in (file.read, lambda: file.seek(0), lambda: file.read_idx(0)):
        with pytest.raises(MXNetError, match=r"open for writing only \(flag='w'\)"):
            call()
    file.close()
    with pytest.raises(MXNetError, match="the file is closed"):
        file.write(b"")
    with pytest.raises(MXNetError, match="the file is closed"):
        file.tell()
