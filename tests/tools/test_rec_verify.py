"""rec verify: damage is named with file, offset and what was expected."""

import shutil

import pytest

from mxlite import recordio
from mxlite.tools.rec import main


@pytest.fixture
def file(recorded, tmp_path):
    """A .rec with its .idx."""
    for end in (".rec", ".idx"):
        shutil.copy(recorded / f"labels{end}", tmp_path / f"file{end}")
    return tmp_path / "file.rec"


def offsets(file):
    return [int(line.split("\t")[1]) for line in file.with_suffix(".idx").read_text().splitlines()]


def damage(file, at, value):
    content = bytearray(file.read_bytes())
    content[at] = value
    file.write_bytes(content)


def records(path):
    with recordio.MXRecordIO(path, "r") as file:
        return list(file)


def test_a_file_without_damage(file, call):
    status, out, notes = call(main, "verify", file, "--images")
    assert (status, out, notes) == (0, "", f"rec: {file}: no damage, 9 records\n")
    assert call(main, "verify", "--quiet", file) == (0, "", "")


def test_damage_is_named_and_what_is_whole_is_saved(file, tmp_path, call):
    all_records, starts = records(file), offsets(file)
    keys = [line.split("\t")[0] for line in file.with_suffix(".idx").read_text().splitlines()]
    damage(file, starts[2], 0)                 # the magic of the third record
    damage(file, starts[5] + 7, 0xFF)          # flag and size of the sixth
    status, _, error = call(main, "verify", file, "--fix", tmp_path / "fixed.rec")
    assert status == 1
    assert f"{file}: damaged record at byte {starts[2]}: expected the magic 0xced7230a" in error
    assert f"; {starts[3] - starts[2]:,} bytes are lost\n" in error
    assert error.count("damaged record at byte") == 2
    kept = records(tmp_path / "fixed.rec")
    assert len(kept) >= 6 and all(record in all_records for record in kept)
    assert all_records[2] not in kept and all_records[5] not in kept and all_records[8] in kept
    with recordio.MXIndexedRecordIO(tmp_path / "fixed.idx", tmp_path / "fixed.rec", "r") as fixed:
        assert fixed.read_idx(int(keys[8])) == all_records[8]
    assert call(main, "verify", tmp_path / "fixed.rec", "--images")[0] == 0


def test_a_file_that_is_cut_short(file, call):
    starts = offsets(file)
    file.write_bytes(file.read_bytes()[:starts[8] + 100])
    status, _, error = call(main, "verify", file)
    assert status == 1
    assert "expected the record to reach byte" in error
    assert "file.idx: key" in error and f"found offset {starts[8]}" in error


def test_an_index_that_does_not_fit(file, call):
    index = file.with_suffix(".idx")
    lines = index.read_text().splitlines(True)
    index.write_text("".join([lines[0], lines[0], "oops\n", f"77\t{offsets(file)[2] + 4}\n",
                              *lines[4:]]))
    status, _, error = call(main, "verify", file)
    key, wrong = lines[0].split("\t")[0], offsets_of(lines)[2] + 4
    assert status == 1
    for message in (f"{index}: line 3: expected a key, a tab and an offset in bytes, found 'oops'",
                    f"{index}: key 77: expected the start of a record of {file}, found offset "
                    f"{wrong}", f"{index}: key {key}: expected one line, found 2",
                    f"found none of 3 records, the first at byte {offsets_of(lines)[1]}"):
        assert message in error
    assert f"rec: {file}: 4 problems, 9 records\n" in error


def offsets_of(lines):
    return [int(line.split("\t")[1]) for line in lines]


def test_an_image_that_cannot_be_decoded(tmp_path, recorded, call):
    jpeg = (recorded / "images/tall.jpg").read_bytes()
    with recordio.MXRecordIO(tmp_path / "file.rec", "w") as file:
        for data in (b"no image", jpeg, jpeg[:-400]):
            file.write(recordio.pack((0, 1, 2, 3), data))
        file.write(b"short")
    assert call(main, "verify", tmp_path / "file.rec")[0] == 0
    status, _, error = call(main, "verify", tmp_path / "file.rec", "--images")
    place = f"{tmp_path / 'file.rec'}: record at byte"
    assert status == 1
    assert f"{place} 0: expected an encoded image" in error
    assert error.count(place) == 3 and "missing or wrong bytes" in error
    assert "expected a header and labels, found 5 bytes" in error


def test_several_files(file, tmp_path, call):
    (tmp_path / "bad.rec").write_bytes(b"not a RecordIO file at all")
    status, _, error = call(main, "verify", file, tmp_path / "bad.rec")
    assert status == 1
    assert f"{file}: no damage" in error
    assert f"{tmp_path / 'bad.rec'}: 1 problem, 0 records" in error
    status, _, error = call(main, "verify", file, file, "--fix", tmp_path / "x.rec")
    assert status == 2 and "--index and --fix go with one file; got 2 files" in error


def test_what_cannot_be_done(file, tmp_path, call):
    status, _, error = call(main, "verify", tmp_path / "gone.rec")
    assert status == 2 and f"{tmp_path / 'gone.rec'}: opening failed: No such file" in error
    status, _, error = call(main, "verify", file, "--index", tmp_path / "gone.idx")
    assert status == 2 and "gone.idx" in error
    before = file.read_bytes()
    status, _, error = call(main, "verify", file, "--fix", file)
    assert status == 2 and "must be another than the one that is read" in error
    assert file.read_bytes() == before
    status, _, error = call(main, "verify", file, "--fix", tmp_path / "x.idx")
    assert status == 2 and "must not end in .idx" in error
    assert call(main, "verfy", file)[0] == 2
