"""MXIndexedRecordIO: keys, and indexes that are wrong or missing."""

import pytest
from recordio.oracle import encode, offsets, payloads

from mxlite import recordio
from mxlite.base import MXNetKeyError, MXNetValueError
from mxlite.recordio import DataFileError, MXIndexedRecordIO, MXRecordIO

RECORDS = payloads()


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a.rec").write_bytes(encode(RECORDS))
    return str(tmp_path / "a.rec")


def test_keys(tmp_path):
    names = tmp_path / "a.idx", tmp_path / "a.rec"
    with MXIndexedRecordIO(*names, "w", key_type=str) as file:
        for key in ("b", "a", "c d"):
            file.write_idx(key, key.encode() * 2)
        assert file.keys == ["b", "a", "c d"] and file.idx == {"b": 0, "a": 12, "c d": 24}
    file = MXIndexedRecordIO(*names, "r", key_type=str)
    assert file.read_idx("c d") == b"c dc d"
    file.seek("a")
    assert file.tell() == 12 and list(file) == [b"aa", b"c dc d"]
    with pytest.raises(MXNetKeyError, match=r"a\.idx: no key 'x' among the 3 there are, from 'b'"):
        file.read_idx("x")


@pytest.mark.parametrize("key", ["a\tb", "a\nb"])
def test_a_key_that_no_index_can_hold(key, tmp_path):
    with (MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "w", key_type=str) as file,
          pytest.raises(MXNetValueError, match=r"a key must have no tab and no newline; got 'a\\")):
        file.write_idx(key, b"")


@pytest.mark.parametrize("line, message", [
    ("x\t0", r"line 2: expected a key, a tab and an offset in bytes, found 'x\\t0'"),
    ("1", "line 2: expected a key, a tab and an offset in bytes, found '1'"),
    ("1\t6", "line 2: expected an offset that is a multiple of 4, found 6"),
    ("1\t-4", "line 2: expected an offset that is a multiple of 4, found -4"),
    *((f"1\t{offset}", f"line 2: expected an offset .*, found {offset}, more than a file has")
      for offset in (2 ** 62, 2 ** 63 - 8, 2 ** 63 - 4, 2 ** 63, 2 ** 64, 10 ** 30)),
])
def test_a_wrong_index(line, message, path, tmp_path):
    (tmp_path / "a.idx").write_text(f"0\t0\n{line}\n")
    with pytest.raises(MXNetValueError, match=rf"a\.idx: {message}"):
        MXIndexedRecordIO(tmp_path / "a.idx", path, "r")


def test_a_missing_index_is_made_by_scanning(path, tmp_path):
    with pytest.warns(UserWarning, match=r"a\.idx is missing: .*a\.rec was scanned instead, and ha"
                                         f"s the keys 0 to {len(RECORDS) - 1}"):
        file = MXIndexedRecordIO(tmp_path / "a.idx", path, "r")
    assert list(file.idx.items()) == list(enumerate(offsets(RECORDS)[:-1]))
    assert file.read() == RECORDS[0]
    file.reset()
    assert file.read_idx(5) == RECORDS[5]
    assert not (tmp_path / "a.idx").exists()


def test_an_index_that_cannot_be_opened(path, tmp_path):
    with pytest.raises(DataFileError, match="opening failed: Is a directory"):
        MXIndexedRecordIO(tmp_path, path, "r")
    with pytest.raises(MXNetValueError, match="writing takes an idx_path; got None"):
        MXIndexedRecordIO(None, path, "w")
    assert list(MXRecordIO(path, "r")) == RECORDS


def test_a_damaged_file_is_scanned(path, tmp_path):
    data = bytearray(encode(RECORDS))
    data[offsets(RECORDS)[3]] ^= 1
    (tmp_path / "a.rec").write_bytes(data)
    with pytest.raises(recordio.RecordError, match="expected the magic 0xced7230a at byte 32, found"
                                                   " 0xced7230b"):
        MXIndexedRecordIO(None, path, "r")
    file = MXIndexedRecordIO(None, path, "r", on_error="skip")
    assert [file.read_idx(key) for key in file.keys] == RECORDS[:3] + RECORDS[4:]
    assert file.skipped == 1 and file.skipped_bytes == 12


@pytest.mark.parametrize("offset", [2 ** 62 - 4, 2 ** 62, 2 ** 63 - 8, 2 ** 63 - 4])
def test_offsets_beyond_any_file(offset, path):
    file = MXIndexedRecordIO(None, path, "r")
    file.idx[0] = offset
    with pytest.raises(recordio.RecordError, match=rf"a\.rec: damaged record at byte {offset}: "):
        file.read_idx(0)
