"""rec info, cat, split, merge, unpack."""

import json
import shutil

import pytest

from mxlite import recordio
from mxlite.tools.im2rec import main as im2rec
from mxlite.tools.rec import main


@pytest.fixture
def file(recorded, tmp_path):
    """A .rec with its .idx: 9 records with the ids of the list, and 4 labels."""
    for end in (".rec", ".idx"):
        shutil.copy(recorded / f"pass{end}", tmp_path / f"file{end}")
    return tmp_path / "file.rec"


@pytest.fixture
def lines(recorded):
    """The list that the file was made from: [id, label, path]."""
    fields = [line.split("\t") for line in (recorded / "several.lst").read_text().splitlines()]
    return [(int(line[0]), float(line[1]), line[-1]) for line in fields]


def read(path):
    """{key: (id, label, data)} through the index; and as many in the file."""
    with recordio.MXIndexedRecordIO(path.with_suffix(".idx"), path, "r") as file:
        records = {key: recordio.unpack(file.read_idx(key)) for key in file.keys}
        file.reset()
        assert [recordio.unpack(record) for record in file] == list(records.values())
    return {key: (header.id, header.label, data) for key, (header, data) in records.items()}


# ---------------------------------------------------------------- info

def test_info(file, lines, recorded, call):
    status, out, _ = call(main, "info", file, "--json")
    facts = json.loads(out)[str(file)]
    sizes = [len((recorded / "images" / path).read_bytes()) + 24 for _, _, path in lines]
    assert status == 0
    assert facts["records"] == facts["keys in index"] == 9
    assert facts["bytes"] == file.stat().st_size
    assert facts["record bytes"] == {"least": min(sizes), "mean": sum(sizes) / 9,
                                     "most": max(sizes)}
    assert facts["records by label"] == {"0": 3, "1": 3, "2": 2, "3": 1}
    assert facts["labels per record"] == {"1": 9}
    assert facts["ids"] == {"least": 0, "most": 8, "distinct": 9}
    assert facts["formats"] == {"png": 5, "jpg": 4}
    assert facts["image sizes"]["27 x 40"] == 1 and facts["distinct image sizes"] == 9


def test_info_of_several_labels_and_of_other_records(recorded, tmp_path, call):
    with recordio.MXRecordIO(tmp_path / "raw.rec", "w") as file:
        file.write(b"abc")
        file.write(recordio.pack((0, [1, 2], 5, 0), b"data"))
    facts = json.loads(call(main, "info", recorded / "labels.rec", tmp_path / "raw.rec",
                            "--json")[1])
    assert facts[str(recorded / "labels.rec")]["labels per record"] == {"3": 9}
    assert facts[str(tmp_path / "raw.rec")]["without header"] == 1
    assert facts[str(tmp_path / "raw.rec")]["formats"] == {"bin": 1}
    out = call(main, "info", tmp_path / "raw.rec")[1]
    assert "  records:              2\n" in out and "2: 1" in out


def test_info_of_an_empty_and_of_a_damaged_file(tmp_path, call):
    (tmp_path / "a.rec").write_bytes(b"")
    assert json.loads(call(main, "info", tmp_path / "a.rec", "--json")[1])[
        str(tmp_path / "a.rec")]["records"] == 0
    (tmp_path / "a.rec").write_bytes(bytes(20))
    status, out, error = call(main, "info", tmp_path / "a.rec")
    assert (status, out) == (2, "")
    assert "a.rec: damaged record at byte 0: expected the magic" in error


# ---------------------------------------------------------------- cat

def test_cat(file, lines, call):
    status, out, _ = call(main, "cat", file)
    head, *rows = [line.split("\t") for line in out.splitlines()]
    assert status == 0
    assert head == ["key", "offset", "id", "labels", "bytes", "format"]
    assert [(int(row[0]), float(row[3])) for row in rows] == [line[:2] for line in lines]
    _, out, _ = call(main, "cat", file, "--range", "2:4", "--json")
    objects = [json.loads(line) for line in out.splitlines()]
    assert [(row["id"], row["labels"]) for row in objects] == [
        (id, [label]) for id, label, _ in lines[2:4]]


def test_cat_by_key_and_extract(file, lines, recorded, tmp_path, call):
    id, _, path = lines[3]
    status, out, _ = call(main, "cat", file, "--index", id, "--extract", tmp_path / "out")
    (extracted,) = (tmp_path / "out").iterdir()
    assert status == 0 and out.splitlines()[1].startswith(f"{id}\t")
    assert extracted.stem == str(id)
    assert extracted.read_bytes() == (recorded / "images" / path).read_bytes()
    file.with_suffix(".idx").unlink()          # then keys are numbers
    assert call(main, "cat", file, "--index", 3)[1].splitlines()[1].split("\t")[2] == str(id)


@pytest.mark.parametrize("arguments, message", [
    (["--index", "99"], "--index: no record with the key '99'; it has 9 keys"),
    (["--range", "3"], "--range must be A:B with 0 <= A <= B; got '3'"),
    (["--range", "3:1"], "--range must be A:B"), (["--range", "a:"], "got 'a:'"),
    (["--range", "1:2", "--index", "1"], "not allowed with argument"),
])
def test_cat_of_what_is_not_there(arguments, message, file, call):
    status, _, error = call(main, "cat", file, *arguments)
    assert status == 2 and message in error


# ---------------------------------------------------------------- split and merge

@pytest.mark.parametrize("arguments, sizes", [
    (["--parts", "2"], {"0": 4, "1": 5}), (["--count", "4"], {"0": 4, "1": 4, "2": 1}),
    (["--ratio", "0.5", "0.25"], {"0": 4, "1": 3, "2": 2}), (["--ratio", "0.5", "0.5"],
                                                             {"0": 4, "1": 5}),
    (["--by-label"], {"0": 3, "1": 3, "2": 2, "3": 1}),
    (["--parts", "2", "--seed", "1"], {"0": 4, "1": 5}),
])
def test_split(arguments, sizes, file, tmp_path, call):
    all_records, before = read(file), set(tmp_path.iterdir())
    assert call(main, "split", file, "--prefix", tmp_path / "part", *arguments)[0] == 0
    parts = {name: read(tmp_path / f"part_{name}.rec") for name in sizes}
    assert {name: len(part) for name, part in parts.items()} == sizes
    assert len(set(tmp_path.iterdir()) - before) == 2 * len(sizes)
    joined = [item for part in parts.values() for item in part.items()]
    assert dict(joined) == all_records
    if "--by-label" in arguments:
        assert all(label == float(name) for name, part in parts.items()
                   for _, label, _ in part.values())
    else:
        assert (joined == list(all_records.items())) == ("--seed" not in arguments)


@pytest.mark.parametrize("arguments, message", [
    (["--ratio", "0.8", "0.3"], "--ratio must be numbers above 0, together at most 1; got 0.8 0.3"),
    (["--ratio", "0"], "got 0.0"), (["--parts", "0"], "must be a whole number >= 1; got '0'"),
    ([], "one of the arguments --parts --count --ratio --by-label is required"),
])
def test_split_with_wrong_values(arguments, message, file, call):
    status, _, error = call(main, "split", file, *arguments)
    assert status == 2 and message in error


def test_split_needs_a_key_and_a_label_for_each_record(file, tmp_path, call):
    index = file.with_suffix(".idx")
    index.write_text("".join(index.read_text().splitlines(True)[:-1]))
    status, _, error = call(main, "split", file, "--parts", 2)
    assert status == 2 and "its index has no key for the record at byte" in error
    with recordio.MXRecordIO(tmp_path / "raw.rec", "w") as raw:
        raw.write(b"abc")
    status, _, error = call(main, "split", tmp_path / "raw.rec", "--by-label")
    assert status == 2 and "--by-label: the record at byte 0 has no label" in error
    assert not list(tmp_path.glob("*.part"))


def test_merge_gives_new_ids_and_keys(file, tmp_path, call):
    records = list(read(file).values())
    assert call(main, "merge", tmp_path / "all.rec", file, file)[0] == 0
    merged = read(tmp_path / "all.rec")
    assert list(merged) == list(range(18))
    assert list(merged.values()) == [(number, label, data) for number, (_, label, data)
                                     in enumerate(records + records)]


def test_merge_that_keeps_ids_undoes_split(file, tmp_path, call):
    call(main, "split", file, "--parts", 3)
    parts = [tmp_path / f"file_{part}.rec" for part in range(3)]
    assert call(main, "merge", "--keep-ids", tmp_path / "all.rec", *parts)[0] == 0
    for end in (".rec", ".idx"):
        assert (tmp_path / f"all{end}").read_bytes() == file.with_suffix(end).read_bytes()
    status, _, error = call(main, "merge", "--keep-ids", tmp_path / "two.rec", file, file)
    assert status == 2 and "--keep-ids: the key" in error and "comes a second time" in error
    assert not (tmp_path / "two.rec").exists()


def test_merge_of_records_without_a_header(tmp_path, call):
    with recordio.MXRecordIO(tmp_path / "raw.rec", "w") as raw:
        raw.write(b"abc")
    status, _, error = call(main, "merge", tmp_path / "all.rec", tmp_path / "raw.rec")
    assert status == 2 and "has 3 bytes, too few for a header with an id; --raw leaves" in error
    assert call(main, "merge", "--raw", tmp_path / "all.rec", tmp_path / "raw.rec")[0] == 0
    assert (tmp_path / "all.rec").read_bytes() == (tmp_path / "raw.rec").read_bytes()
    status, _, error = call(main, "merge", tmp_path / "raw.rec", tmp_path / "raw.rec")
    assert status == 2 and "must be another than the one that is read" in error


# ---------------------------------------------------------------- unpack

@pytest.mark.parametrize("name, arguments", [
    ("pass", []), ("pass", ["--flat"]), ("labels", []), ("gray", [])])
def test_unpack_and_im2rec_are_inverse(name, arguments, recorded, tmp_path, call):
    folder = tmp_path / "out"
    assert call(main, "unpack", recorded / f"{name}.rec", folder, *arguments)[0] == 0
    assert call(im2rec, folder / name, folder, "--pass-through", "--pack-label")[0] == 0
    for end in (".rec", ".idx"):
        assert (folder / (name + end)).read_bytes() == (recorded / (name + end)).read_bytes()


def test_files_are_named_by_label_and_id(file, lines, recorded, tmp_path, call):
    call(main, "unpack", file, tmp_path / "out")
    for id, label, path in lines:
        end = "png" if path.endswith("png") else "jpg"
        assert (tmp_path / f"out/{label:g}/{id}.{end}").read_bytes() == (
            recorded / "images" / path).read_bytes()


def test_labels_keep_all_digits_and_ids_may_repeat(tmp_path, call):
    labels = [0.1, 1e-30, 16777217.0, float("inf"), 0.1]
    with recordio.MXRecordIO(tmp_path / "a.rec", "w") as file:
        for label in labels:
            file.write(recordio.pack((0, label, 7, 0), b"\xff\xd8\xff no image"))
        file.write(b"abc")
    status, _, error = call(main, "unpack", tmp_path / "a.rec", tmp_path / "out")
    assert status == 1 and "has no header with a label, and is left out" in error
    assert call(im2rec, tmp_path / "out/a", tmp_path / "out", "--pass-through")[0] == 0
    content = (tmp_path / "a.rec").read_bytes()
    assert (tmp_path / "out/a.rec").read_bytes() == content[:-12]
    assert len(list((tmp_path / "out").rglob("7_1.jpg"))) == 1
