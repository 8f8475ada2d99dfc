"""im2rec packs lists: MXNet's bytes where files pass through, its pixels where they do not."""

import numpy as np
import pytest

from mxlite import recordio
from mxlite._dataio.codec import decode
from mxlite.tools.im2rec import main

PNG = ["--encoding", ".png"]
PACKS = {
    "color": PNG, "gray": [*PNG, "--color", "0"], "unchanged": [*PNG, "--color", "-1"],
    "resized": [*PNG, "--resize", "16"], "enlarged": [*PNG, "--resize", "45", "--center-crop"],
    "jpeg": ["--quality", "90", "--center-crop"],
}


def read(path):
    with recordio.MXRecordIO(path, "r") as file:
        return [recordio.unpack(record) for record in file]


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("case, options", [("pass", []), ("labels", ["--pack-label"])])
def test_files_that_pass_through_give_the_bytes_of_mxnet(case, options, threads, recorded, images,
                                                        several, call):
    status, out, _ = call(main, several, images, "--pass-through", "--num-thread", threads,
                          *options)
    assert (status, out) == (0, "")
    for end in (".rec", ".idx"):
        assert several.with_suffix(end).read_bytes() == (recorded / (case + end)).read_bytes()
    assert sorted(path.name for path in several.parent.glob("several*")) == [
        "several.idx", "several.lst", "several.rec"]


@pytest.mark.parametrize("case", PACKS)
def test_images_that_are_encoded_anew_have_the_pixels_of_mxnet(case, recorded, images, several,
                                                              call):
    assert call(main, several, images, *PACKS[case])[0] == 0
    ours, theirs = read(several.with_suffix(".rec")), read(recorded / f"{case}.rec")
    assert [header for header, _ in ours] == [header for header, _ in theirs]
    for (_, our), (_, their) in zip(ours, theirs, strict=True):
        one, other = (decode(data, -1).astype(int) for data in (our, their))
        assert one.shape == other.shape
        # JPEGs are decoded by another version of libjpeg-turbo, then perhaps encoded by it
        assert np.abs(one - other).max() <= (3 if case == "jpeg" else 1)


@pytest.mark.parametrize("options", [["--resize", "20"], ["--pass-through", "--pack-label"]])
def test_the_number_of_threads_changes_no_byte(options, images, several, monkeypatch, call):
    monkeypatch.setattr("mxlite.tools.im2rec.chunk.MOST_ENTRIES", 2)
    contents = set()
    for threads in (1, 2, 7):
        assert call(main, several, images, "--num-thread", threads, *options)[0] == 0
        contents.add((several.with_suffix(".rec").read_bytes(),
                      several.with_suffix(".idx").read_bytes()))
    assert len(contents) == 1


def test_fast_decode_gives_nearly_the_same_image(images, tmp_path, call):
    y, x = np.mgrid[:200, :260]
    image = np.stack([y % 256, x % 256, (x + y) // 2], 2).astype(np.uint8)
    from mxlite._dataio.codec import encode
    (images / "large.jpg").write_bytes(encode(image))
    (tmp_path / "one.lst").write_text("0\t0\tlarge.jpg\n")
    pixels = []
    for options in ([], ["--fast-decode"]):
        assert call(main, tmp_path / "one", images, "--resize", "40", *PNG, *options)[0] == 0
        pixels.append(decode(read(tmp_path / "one.rec")[0][1]).astype(int))
    assert pixels[0].shape == pixels[1].shape == (40, 52, 3)
    assert 0 < np.abs(pixels[0] - pixels[1]).mean() < 4


def test_all_lists_of_a_prefix_and_of_a_folder_are_packed(images, tmp_path, call):
    (tmp_path / "x").mkdir()
    for name in ("a_0", "a_1", "b"):
        (tmp_path / "x" / f"{name}.lst").write_text("4\t0\tgray.png\n")
    assert call(main, tmp_path / "x" / "a", images, "--pass-through")[0] == 0
    assert sorted(path.name for path in (tmp_path / "x").glob("*.rec")) == ["a_0.rec", "a_1.rec"]
    assert call(main, tmp_path / "x", images, "--pass-through")[0] == 0
    assert len(list((tmp_path / "x").glob("*.rec"))) == 3


# ---------------------------------------------------------------- what cannot be packed

def test_bad_images_are_named_counted_and_left_out(images, tmp_path, call):
    (images / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    (images / "empty.png").write_bytes(b"")
    (tmp_path / "made.lst").write_text("0\t0\tbroken.png\n1\t1\tgray.png\n2\t2\tgone.png\n"
                                       "3\t3\tempty.png\n4\t4\talpha.png\n5\t5\tcats\n")
    status, _, error = call(main, tmp_path / "made", images)
    assert status == 1
    assert f"{tmp_path / 'made.lst'}: line 1: broken.png: expected an encoded image" in error
    assert "made.lst: line 3: gone.png: No such file or directory\n" in error
    assert "made.lst: line 4: empty.png: the file is empty\n" in error
    assert "made.lst: line 6: cats: Is a directory\n" in error
    assert "made.rec: 2 records, 4 lines left out\n" in error
    assert [header.id for header, _ in read(tmp_path / "made.rec")] == [1, 4]


@pytest.mark.parametrize("line, message", [
    ("7 0 gray.png", "expected an id, labels and a path with tabs between them, found '7 0 gray"),
    ("7\tgray.png", "expected an id, labels and a path with tabs"),
    ("x\t0\tgray.png", r"expected a whole number first, the id, found 'x\t0\tgray.png'"),
    ("-1\t0\tgray.png", "expected an id from 0 to 2^64 - 1"),
    ("7\tcat\tgray.png", "expected numbers as labels, between the id and the path"),
])
def test_malformed_lines_are_named(line, message, images, tmp_path, call):
    (tmp_path / "made.lst").write_text(f"1\t1\tgray.png\n\n{line}\n")
    status, _, error = call(main, tmp_path / "made", images, "--pass-through")
    assert status == 1
    assert f"im2rec: {tmp_path / 'made.lst'}: line 3: {message}" in error
    assert [header.id for header, _ in read(tmp_path / "made.rec")] == [1]


def test_a_label_that_no_record_can_hold(images, tmp_path, call):
    (tmp_path / "made.lst").write_text("1\t1e300\tgray.png\n2\t2\tgray.png\n")
    status, _, error = call(main, tmp_path / "made", images, "--pass-through")
    assert status == 1
    assert "line 1: gray.png: pack: header must have a float32 label" in error


def test_a_list_of_which_nothing_can_be_packed_leaves_no_file(images, tmp_path, call):
    (tmp_path / "made.lst").write_text("0\t0\tgone.png\n1\t1\tnowhere.png\n")
    status, _, error = call(main, tmp_path / "made", images)
    assert status == 2
    assert f"none of its 2 lines could be packed (root is {str(images)!r})" in error
    assert [path.name for path in tmp_path.glob("made*")] == ["made.lst"]


def test_an_image_that_would_become_too_long(images, tmp_path, call):
    from mxlite._dataio.codec import encode
    (images / "thin.png").write_bytes(encode(np.zeros((1, 300, 3), np.uint8), ".png"))
    (tmp_path / "made.lst").write_text("0\t0\tthin.png\n1\t1\tgray.png\n")
    status, _, error = call(main, tmp_path / "made", images, "--resize", "300")
    assert status == 1
    assert "line 1: thin.png: 1 x 300 pixels would become 300 x 90000" in error


def cut_short(images, tmp_path):
    (images / "cut.jpg").write_bytes((images / "tall.jpg").read_bytes()[:-300])
    (tmp_path / "made.lst").write_text("0\t0\tcut.jpg\n1\t1\tgray.png\n")


def test_an_image_that_is_cut_short_is_packed_with_a_warning(images, tmp_path, call):
    cut_short(images, tmp_path)
    with pytest.warns(UserWarning, match="cut.jpg: a JPEG image has missing or wrong bytes"):
        assert call(main, tmp_path / "made", images)[0] == 0
    assert len(read(tmp_path / "made.rec")) == 2


def test_an_image_that_is_cut_short_is_left_out_where_warnings_raise(images, tmp_path, call):
    cut_short(images, tmp_path)
    status, _, error = call(main, tmp_path / "made", images)
    assert status == 1
    assert "made.lst: line 1: cut.jpg: a JPEG image has missing or wrong bytes" in error


def test_16_bits_are_kept(images, tmp_path, call):
    from mxlite._dataio.codec import encode
    deep = np.array([[1000, 60000]] * 2, np.uint16)
    (images / "deep.png").write_bytes(encode(deep, ".png"))
    (tmp_path / "made.lst").write_text("0\t0\tdeep.png\n")
    assert call(main, tmp_path / "made", images, *PNG, "--color", -1, "--resize", 4)[0] == 0
    pixels = decode(read(tmp_path / "made.rec")[0][1], -1)
    assert pixels.dtype == np.uint16
    # bilinear with the middles of pixels at half numbers: 3 parts of one, 1 part of the other
    assert pixels[:, :, 0].tolist() == [[1000, 15750, 45250, 60000]] * 4
