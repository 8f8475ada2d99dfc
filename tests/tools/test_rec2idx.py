"""rec2idx makes the index that MXNet's tool makes, or that of im2rec."""

import shutil

import pytest

from mxlite import recordio
from mxlite.tools.rec2idx import main


@pytest.mark.parametrize("options, expected", [
    ([], "numbered.idx"), (["--key", "id"], "pass.idx")])
def test_the_index_of_mxnet(options, expected, recorded, tmp_path, call):
    status, out, notes = call(main, recorded / "pass.rec", tmp_path / "made.idx", *options)
    assert (status, out, notes) == (0, "", f"rec2idx: {tmp_path / 'made.idx'}: 9 records\n")
    assert (tmp_path / "made.idx").read_bytes() == (recorded / expected).read_bytes()


def test_the_index_goes_beside_the_file(recorded, tmp_path, call):
    shutil.copy(recorded / "pass.rec", tmp_path / "a.b.rec")
    assert call(main, tmp_path / "a.b.rec", "--quiet") == (0, "", "")
    assert (tmp_path / "a.b.idx").read_bytes() == (recorded / "numbered.idx").read_bytes()


def test_damage_leaves_the_old_index(recorded, tmp_path, call):
    content = (recorded / "pass.rec").read_bytes()
    (tmp_path / "a.rec").write_bytes(content[:-50])
    (tmp_path / "a.idx").write_text("old\n")
    status, _, error = call(main, tmp_path / "a.rec")
    assert status == 2
    assert f"rec2idx: error: {tmp_path / 'a.rec'}: damaged record at byte" in error
    assert (tmp_path / "a.idx").read_text() == "old\n" and not (tmp_path / "a.idx.part").exists()


def test_records_without_an_id(tmp_path, call):
    with recordio.MXRecordIO(tmp_path / "a.rec", "w") as file:
        file.write(b"abc")
    status, _, error = call(main, tmp_path / "a.rec", "--key", "id")
    assert status == 2 and "the record at byte 0 has no id: unpack: a record with a header" in error


def test_files_that_cannot_be(tmp_path, call):
    status, _, error = call(main, tmp_path / "gone.rec")
    assert status == 2 and "gone.rec: opening failed: No such file" in error
    status, _, error = call(main, tmp_path / "a.rec", tmp_path / "a.rec")
    assert status == 2 and "index must be another file than record" in error
