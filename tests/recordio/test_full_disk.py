"""A disk that is full: the error names the file, and what can be written is."""

import os
from contextlib import suppress

import pytest

from mxlite.recordio import DataFileError, MXIndexedRecordIO, MXRecordIO
from mxlite.tools.im2rec.pack import to_disk
from mxlite.tools.rec.output import Output

FULL = "/dev/full"
pytestmark = pytest.mark.skipif(not os.path.exists(FULL), reason="the system has no /dev/full")


def test_under_the_index(tmp_path):
    path = tmp_path / "a.rec"
    file = MXIndexedRecordIO(FULL, path, "w")
    for key in range(3):
        file.write_idx(key, b"record %d" % key)
    with pytest.raises(DataFileError, match="/dev/full: closing failed: No space left on device"):
        file.close()
    assert not file.is_open and file.handle.closed
    assert list(MXRecordIO(path, "r")) == [b"record 0", b"record 1", b"record 2"]
    file.close()


def test_under_an_index_that_is_larger_than_its_buffer(tmp_path):
    file = MXIndexedRecordIO(FULL, tmp_path / "a.rec", "w", key_type=str)
    with pytest.raises(DataFileError, match="/dev/full: writing failed: No space left on device"):
        for key in range(100):
            file.write_idx(f"{key}{'x' * 1000}", b"record")
    with suppress(DataFileError):              # if lines are left
        file.close()
    assert len(list(MXRecordIO(tmp_path / "a.rec", "r"))) > 5


def test_under_the_records(tmp_path):
    file = MXIndexedRecordIO(tmp_path / "a.idx", FULL, "w")
    file.write_idx(0, b"record")
    with pytest.raises(DataFileError, match="/dev/full: writing at byte 16 failed: No space left"):
        file.close()
    assert (tmp_path / "a.idx").read_text() == "0\t0\n"


def test_tools_name_the_file(tmp_path):
    with open(FULL, "wb") as file:
        file.write(b"x")
        with pytest.raises(DataFileError, match="/dev/full: writing failed: No space left"):
            to_disk(file)
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())
    os.symlink(FULL, tmp_path / "a.idx.part")
    output = Output(str(tmp_path / "a.rec"))
    output.add("0", b"record")
    with pytest.raises(DataFileError, match=r"a\.idx\.part: writing failed: No space left"):
        output.close()
