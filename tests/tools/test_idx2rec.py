"""idx2rec: the images and labels of MNIST's files, lossless as PNG."""

import gzip
import struct

import numpy as np
import pytest

from mxlite import recordio
from mxlite.tools.idx2rec import main


def write(path, array):
    """An idx file, by its format."""
    content = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    content += array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture(params=["images", "images.gz"])
def mnist(request, rng, tmp_path):
    """Paths of images and labels, and what is in them."""
    images = rng.integers(0, 256, (11, 6, 5), np.uint8)
    labels = np.arange(11, dtype=np.uint8)
    return (write(tmp_path / request.param, images), write(tmp_path / "labels", labels),
            images, labels)


def read(path):
    with recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "r") as file:
        assert file.keys == list(range(len(file.keys)))
        return [file.read_idx(key) for key in file.keys]


def test_png_keeps_all_pixels(mnist, tmp_path, call):
    paths, images, labels = mnist[:2], mnist[2], mnist[3]
    status, out, _ = call(main, *paths, tmp_path / "made", "--num-thread", 3)
    assert (status, out) == (0, "")
    for number, record in enumerate(read(tmp_path / "made")):
        header, image = recordio.unpack_img(record, 0)
        assert (header.id, header.label) == (number, labels[number])
        assert np.array_equal(image, images[number])


def test_raw_pixels(mnist, tmp_path, call):
    assert call(main, *mnist[:2], tmp_path / "made", "--encoding", "raw", "--quiet")[0] == 0
    data = [recordio.unpack(record)[1] for record in read(tmp_path / "made")]
    assert data == [image.tobytes() for image in mnist[2]]


def test_colours(rng, tmp_path, call):
    images = rng.integers(0, 256, (3, 4, 5, 3), np.uint8)
    paths = write(tmp_path / "a", images), write(tmp_path / "b", np.zeros(3, np.uint8))
    assert call(main, *paths, tmp_path / "made")[0] == 0
    for record, image in zip(read(tmp_path / "made"), images, strict=True):
        assert np.array_equal(recordio.unpack_img(record, 1)[1][:, :, ::-1], image)


def test_jpeg_is_near(tmp_path, call):
    y, x = np.mgrid[:24, :20]
    images = np.stack([(y * 5 + x * 3).astype(np.uint8)])
    paths = write(tmp_path / "a", images), write(tmp_path / "b", np.zeros(1, np.uint8))
    assert call(main, *paths, tmp_path / "made", "--encoding", ".jpg")[0] == 0
    pixels = recordio.unpack_img(read(tmp_path / "made")[0], 0)[1].astype(int)
    assert np.abs(pixels - images[0]).max() <= 3


@pytest.mark.parametrize("shapes, options, message", [
    ([(4, 2, 2), (3,)], [], "images and labels must be as many; got 4 images in "),
    ([(4,), (4,)], [], "must begin with 00 00 08 03, as an idx file of bytes with 3 axes does"),
    ([(4, 2, 2), (4, 1)], [], "must begin with 00 00 08 01"),
    ([(2, 2, 2, 2), (2,)], [], "images must have 1 or 3 channels; got 2"),
    ([(1, 2, 2), (1,)], ["--quality", "10"], "--quality must be from 0 to 9 for .png; got 10"),
    ([(1, 2, 2), (1,)], ["--quality", "0", "--encoding", ".jpg"],
     "--quality must be from 1 to 100 for .jpg; got 0"),
])
def test_what_cannot_be_packed(shapes, options, message, tmp_path, call):
    paths = [write(tmp_path / name, np.zeros(shape, np.uint8))
             for name, shape in zip("ab", shapes, strict=True)]
    status, _, error = call(main, *paths, tmp_path / "made", *options)
    assert status == 2
    assert error.startswith("idx2rec: error: ") and message in error
    assert not list(tmp_path.glob("made*"))


def test_a_file_that_is_not_there(tmp_path, call):
    status, _, error = call(main, tmp_path / "gone", tmp_path / "gone", tmp_path / "made")
    assert status == 2 and f"{tmp_path / 'gone'}: cannot be read: " in error
