"""im2rec --list makes the lists that MXNet's tool makes."""

import os

import pytest

from mxlite.tools.im2rec import main

LISTS = {
    "flat": [], "recursive": ["--recursive"], "sorted": ["--recursive", "--no-shuffle"],
    "chunks": ["--recursive", "--chunks", "3"],
    "ratios": ["--recursive", "--train-ratio", "0.5", "--test-ratio", "0.25"],
    "train": ["--recursive", "--train-ratio", "0.7"], "png": ["--recursive", "--exts", ".png"],
}


def lists_in(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.lst")}


@pytest.mark.parametrize("case", LISTS)
def test_the_same_lists_as_mxnet(case, recorded, images, tmp_path, call):
    status, out, _ = call(main, tmp_path / "made", images, "--list", *LISTS[case])
    assert (status, out) == (0, "")
    assert lists_in(tmp_path) == lists_in(recorded / "lists" / case)


def test_the_labels_of_folders_are_said(images, tmp_path, call):
    _, _, notes = call(main, tmp_path / "made", images, "--list", "--recursive")
    for line in ("label 0: .", "label 1: cats", "label 2: dogs", f"label 3: dogs{os.sep}big"):
        assert f"im2rec: {line}\n" in notes


def test_endings_may_be_given_in_any_case_and_without_a_dot(images, tmp_path, call):
    call(main, tmp_path / "made", images, "--list", "--recursive", "--exts", "PNG")
    lines = (tmp_path / "made.lst").read_text().splitlines()
    assert len(lines) == 5
    assert all(line.endswith(".png") for line in lines)


def test_images_that_rounding_leaves_over_are_said(images, tmp_path, call):
    _, _, notes = call(main, tmp_path / "made", images, "--list", "--recursive",
                       "--train-ratio", "0.75", "--test-ratio", "0.25")
    assert "1 image of 9 in no list" in notes
    assert sum(len(text.splitlines()) for text in lists_in(tmp_path).values()) == 8


def test_a_link_to_a_folder_above_is_not_followed_but_others_are(images, tmp_path, call):
    (images / "dogs" / "up").symlink_to(images)
    (images / "more").symlink_to(images / "cats")
    status, _, _ = call(main, tmp_path / "made", images, "--list", "--recursive")
    lines = (tmp_path / "made.lst").read_text().splitlines()
    paths = sorted(line.split("\t")[-1] for line in lines)
    assert status == 0
    assert len(paths) == 12 and sum(path.startswith("more") for path in paths) == 3


def test_names_that_are_not_utf8_come_back(images, tmp_path, call):
    name = b"caf\xe9.png"
    os.rename(images / "gray.png", os.fsencode(images) + b"/" + name)
    assert call(main, tmp_path / "made", images, "--list")[0] == 0
    assert name in (tmp_path / "made.lst").read_bytes()
    assert call(main, tmp_path / "made", images, "--pass-through")[0] == 0
    assert len((tmp_path / "made.idx").read_text().splitlines()) == 3


@pytest.mark.parametrize("name", ["a\tb.png", "a\nb.png", " a.png"])
def test_a_name_that_no_list_can_hold(name, images, tmp_path, call):
    (images / name).write_bytes(b"")
    status, _, error = call(main, tmp_path / "made", images, "--list")
    assert status == 2
    assert "must have no tab and no end of line" in error and repr(name)[1:-1] in error
    assert not list(tmp_path.glob("made*"))


def test_a_folder_without_images(tmp_path, call):
    (tmp_path / "empty").mkdir()
    status, _, error = call(main, tmp_path / "made", tmp_path / "empty", "--list")
    assert status == 2
    assert f"{tmp_path / 'empty'}: no files that end in .jpeg .jpg .png; --recursive looks" in error
    _, _, error = call(main, tmp_path / "made", tmp_path / "empty", "--list", "--recursive")
    assert error.endswith("no files that end in .jpeg .jpg .png\n")
