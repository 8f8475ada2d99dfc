"""pack, unpack, pack_img and unpack_img; what OpenCV makes of images is in test_format.py."""

import io
import pickle

import numpy as np
import pytest
from PIL import Image

from mxlite import recordio
from mxlite.base import MXNetTypeError, MXNetValueError
from mxlite.recordio import IRHeader, pack, pack_img, unpack, unpack_img

HEADER = IRHeader(0, 4.0, 2574, 0)


@pytest.fixture
def color(rng):
    return rng.integers(0, 256, (9, 7, 3), "uint8")


def test_a_header_is_printed_as_mxnet_does_and_pickled():
    assert repr(HEADER) == "HEADER(flag=0, label=4.0, id=2574, id2=0)"
    assert pickle.loads(pickle.dumps(HEADER)) == HEADER
    assert recordio._IR_SIZE == 24 and recordio._IR_FORMAT == "IfQQ"


@pytest.mark.parametrize("label, flag", [(1, 0), (np.float32(1), 0), ([1], 1), (np.ones((2, 3)), 6),
                                         (np.array(1.0), 1), ((), 0)])
def test_labels(label, flag):
    header, data = unpack(pack((5, label, 1, 2), b"data"))
    assert header.flag == flag and data == b"data"
    np.testing.assert_array_equal(header.label, np.ravel(label) if flag else np.sum(label))


@pytest.mark.parametrize("header, message", [
    ((0, 1.0, 2), r"header must be \(flag, label, id, id2\); got \(0, 1.0, 2\)"),
    (7, r"header must be \(flag, label, id, id2\); got 7"),
    ((0, 1.0, -1, 0), r"id and id2 from 0 to 2\^64 - 1; got HEADER\(flag=0, label=1.0, id=-1"),
    ((0, 1e300, 1, 0), r"must have a float32 label, .*; got HEADER\(flag=0, label=1e\+300"),
])
def test_wrong_headers(header, message):
    with pytest.raises(MXNetValueError, match=f"pack: .*{message}"):
        pack(header, b"")


def test_data_that_is_not_bytes():
    with pytest.raises(MXNetTypeError, match="pack: s must be bytes; got str"):
        pack(HEADER, "data")


def test_records_that_are_too_short():
    with pytest.raises(MXNetValueError, match="unpack: a record with a header has at least 24 "
                                              "bytes; got 23"):
        unpack(pack(HEADER, b"")[:23])
    with pytest.raises(MXNetValueError, match="with 2 labels has at least 32 bytes; got 31"):
        unpack(pack((0, [1, 2], 0, 0), b"")[:31])


@pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)])
@pytest.mark.parametrize("img_fmt", [".png", ".PNG"])
def test_png_keeps_all(channels, img_fmt, rng):
    image = rng.integers(0, 256, (9, 7, *channels), "uint8")
    header, pixels = unpack_img(pack_img(HEADER, image, 9, img_fmt))
    assert header == HEADER
    np.testing.assert_array_equal(pixels, image[:, :, 0] if channels == (1,) else image)


@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_deep_png(channels, rng):
    image = rng.integers(0, 2 ** 16, (9, 7, *channels), "uint16")
    _, pixels = unpack_img(pack_img(HEADER, image, 3, ".png"))
    assert pixels.dtype == np.uint16
    np.testing.assert_array_equal(pixels, image)


def test_channels_are_blue_green_red(color):
    _, data = unpack(pack_img(HEADER, color, 3, ".png"))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data)))[:, :, ::-1], color)


def test_jpeg_quality_and_no_alpha():
    image = np.indices((32, 32)).sum(0).astype("uint8")[:, :, None].repeat(4, 2)
    small, large = (pack_img(HEADER, image, quality) for quality in (20, 95))
    assert len(small) < len(large)
    _, pixels = unpack_img(large)
    assert pixels.shape == (32, 32, 3) and np.abs(pixels.astype(int) - image[:, :, :3]).max() < 4


@pytest.mark.parametrize("iscolor, shape", [(-1, (4, 2, 3)), (0, (2, 4)), (1, (2, 4, 3)),
                                            (128, (4, 2)), (129, (4, 2, 3))])
def test_orientation(iscolor, shape):
    exif = Image.Exif()
    exif[0x0112] = 6                                     # turned by a quarter
    file = io.BytesIO()
    Image.new("RGB", (2, 4)).save(file, "JPEG", exif=exif)
    assert unpack_img(pack(HEADER, file.getvalue()), iscolor)[1].shape == shape


def test_palettes():
    file = io.BytesIO()
    Image.new("P", (2, 4), 0).save(file, "PNG")
    assert unpack_img(pack(HEADER, file.getvalue()))[1].shape == (4, 2, 3)


@pytest.mark.parametrize("call, message", [
    (lambda: unpack_img(pack(HEADER, b"no image")), "unpack_img: expected an encoded image, found "
                                                    "8 bytes that Pillow cannot decode: cannot"),
    (lambda: unpack_img(pack(HEADER, b""), 2),
     r"unpack_img: iscolor must be -1, 0, 1, 128 or 129; got 2"),
    (lambda: pack_img(HEADER, np.zeros((2, 2), "uint8"), img_fmt=".xyz"),
     "pack_img: img_fmt must be '.jpg', '.png' or another ending that Pillow writes; got '.xyz'"),
    (lambda: pack_img(HEADER, np.zeros((2, 2))),
     r"pack_img: img must be uint8, .*; got float64 of \(2, 2\)"),
    (lambda: pack_img(HEADER, np.zeros((2, 2, 2), "uint8")), r"got uint8 of \(2, 2, 2\)"),
    (lambda: pack_img(HEADER, np.zeros((0, 2), "uint8")), r"got uint8 of \(0, 2\)"),
    (lambda: pack_img(HEADER, np.zeros((2, 2), "uint16")),
     r"img must be uint8, or uint16 for PNG, of \(height, width\) or .*; got uint16 of \(2, 2\)"),
])
def test_wrong_images(call, message):
    with pytest.raises(MXNetValueError, match=message):
        call()
