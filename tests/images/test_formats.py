"""Formats and modes of images by all that reads them, against recordings of MXNet 1.9.1
(tools/record_mxnet_formats.py)."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite._dataio import codec, pillow
from mxlite.base import MXNetMemoryError, MXNetValueError
from mxlite.recordio import IRHeader, MXRecordIO, pack, unpack_img
from mxlite.tools.im2rec.encode import recode
from mxlite.tools.im2rec.options import Recipe

RECORDED = np.load(Path(__file__).parent / "recorded" / "formats.npz")
HEADER = IRHeader(0, 1.0, 1, 0)


OLD_TURN = ("tiff-rgb8-turned6", "tiff-gray16-turned6")      # flipped by the OpenCV in MXNet


def asked(kind):
    """(file, flag) of what MXNet answered."""
    keys = [tuple(name.rsplit(".", 2)) for name in RECORDED.files if f".{kind}." in name]
    return [(name, int(flag)) for name, _, flag in keys if name not in OLD_TURN
            or kind == "unpack"]


def file_of(name):
    return RECORDED[f"{name}.file"].tobytes()


def answer(name, kind, flag):
    """What MXNet read; gray of a file that tells its gamma is that of one that does not."""
    if flag == (1 if kind == "iter" else 0) and name.startswith(("png-rgb", "png-red")):
        name = name.removesuffix("-gamma").removesuffix("-srgb").removesuffix("-odd")
    return RECORDED[f"{name}.{kind}.{flag}"]


@pytest.mark.parametrize("name, flag", asked("imdecode"))
def test_imdecode(name, flag):
    pixels = mx.image.imdecode(file_of(name), flag=flag).asnumpy()
    np.testing.assert_array_equal(pixels, answer(name, "imdecode", flag), strict=True)
    swapped = mx.image.imdecode(file_of(name), flag=flag, to_rgb=False)
    np.testing.assert_array_equal(swapped.asnumpy(), pixels[:, :, ::-1])


@pytest.mark.parametrize("name, flag", asked("unpack"))
def test_unpack_img(name, flag):
    _, pixels = unpack_img(pack(HEADER, file_of(name)), flag)
    np.testing.assert_array_equal(pixels, answer(name, "unpack", flag), strict=True)


def iterated(data, channels, shape, folder):
    path = str(folder / "one.rec")
    with MXRecordIO(path, "w") as file:
        file.write(pack(HEADER, data))
    batches = mx.io.ImageRecordIter(path, (channels, *shape), 1, preprocess_threads=1,
                                    verbose=False)
    pixels = next(batches).data[0].asnumpy()[0].transpose(1, 2, 0)
    batches.close()
    return pixels


@pytest.mark.parametrize("name, channels", asked("iter"))
def test_image_record_iter(name, channels, tmp_path):
    """MXNet takes 16 bits for bytes where it reads four channels; here they are the high bytes."""
    wanted = answer(name, "iter", channels)
    unchanged = RECORDED[f"{name}.unpack.-1"]
    if channels == 4 and unchanged.dtype == np.uint16:
        wanted = unchanged[:, :, [2, 1, 0, 3]] >> 8
    found = iterated(file_of(name), channels, wanted.shape[:2], tmp_path)
    np.testing.assert_array_equal(found, wanted)


def test_gamma_changes_nothing():
    for name in ("png-red", "png-red-gamma", "png-red-srgb"):
        assert (codec.decode(file_of(name), codec.GRAY) == 76).all()


@pytest.mark.parametrize("name", OLD_TURN)
def test_a_turned_tiff_is_turned_everywhere(name, tmp_path):
    upright = RECORDED[f"{name}.unpack.1"][:, :, ::-1]
    np.testing.assert_array_equal(mx.image.imdecode(file_of(name)).asnumpy(), upright)
    np.testing.assert_array_equal(iterated(file_of(name), 3, (7, 5), tmp_path), upright)


@pytest.mark.parametrize("name", ["png-gray16", "png-rgb16", "png-rgba16", "tiff-gray16",
                                  "tiff-rgb16", "png-gray-alpha16"])
def test_im2rec_keeps_16_bits_in_a_png(name):
    wanted = RECORDED[f"{name}.unpack.-1"]
    data = recode(file_of(name), Recipe("", color=-1, encoding=".png"), "image")
    np.testing.assert_array_equal(codec.decode(data, -1, to_rgb=False).squeeze(), wanted)
    if wanted.ndim == 2:                                   # Pillow as another reader
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), wanted)
    else:
        found = np.asarray(Image.open(io.BytesIO(data)))[:, :, [2, 1, 0, 3][:wanted.shape[2]]]
        np.testing.assert_array_equal(found, wanted >> 8)


def test_im2rec_packs_the_high_bytes_in_a_jpeg():
    data = recode(file_of("png-gray16"), Recipe("", color=-1, quality=100), "image")
    wanted = RECORDED["png-gray16.unpack.-1"].astype(int) >> 8
    assert np.abs(codec.decode(data, 0)[:, :, 0].astype(int) - wanted).max() <= 2


@pytest.mark.parametrize("name", ["png-gray16", "png-rgb16", "png-palette-alpha", "tiff-rgb16"])
def test_image_folder_dataset(name, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "one.png").write_bytes(file_of(name))
    for flag in (0, 1):
        image, _ = mx.gluon.data.vision.ImageFolderDataset(str(tmp_path), flag)[0]
        np.testing.assert_array_equal(image.asnumpy(), answer(name, "imdecode", flag))
    stored, _ = mx.gluon.data.vision.ImageFolderDataset(str(tmp_path), -1)[0]
    wanted = RECORDED[f"{name}.unpack.-1"]
    wanted = wanted[:, :, [2, 1, 0, 3][:wanted.shape[2]]] if wanted.ndim == 3 else wanted
    np.testing.assert_array_equal(stored.asnumpy().squeeze(), wanted)


@pytest.mark.parametrize("name", ["png-rgb8-turned", "jpeg-turned", "png-gray16-turned"])
def test_im2rec_turns_as_opencv_does(name):
    data = recode(file_of(name), Recipe("", encoding=".png"), "image")
    np.testing.assert_array_equal(codec.decode(data, to_rgb=False), RECORDED[f"{name}.unpack.1"])


@pytest.mark.parametrize("name", ["gif", "gif-transparent", "gif-animated", "webp-animated"])
def test_the_first_image_of_formats_that_mxnet_does_not_read(name):
    """The pixels were random, and are recorded as those of other formats."""
    want = RECORDED["tiff-palette.imdecode.1" if name in ("gif", "gif-transparent")
                    else "bmp-rgb.imdecode.1"]
    found = mx.image.imdecode(file_of(name)).asnumpy()
    if name == "gif-animated":                             # its colours are of a palette
        assert found.shape == want.shape
    else:
        np.testing.assert_array_equal(found, want)
    channels = 4 if name == "gif-transparent" else 3
    assert codec.decode(file_of(name), -1).shape == (5, 7, channels)


@pytest.mark.parametrize("name, dtype", [("tiff-float", "float32"), ("tiff-int32", "int32")])
def test_samples_that_are_no_bytes(name, dtype):
    with pytest.raises(MXNetValueError, match=f"image cannot be decoded with flag=1: it has samples"
                                              f" of {dtype}, which do not fit into bytes"):
        mx.image.imdecode(file_of(name))


def png(size, rows):
    """A PNG of one bit a pixel."""
    head = struct.pack(">IIBBBBB", size[1], size[0], 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)


def test_no_memory_for_an_image(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(pillow, "_samples", fail)
    with pytest.raises(MXNetMemoryError, match="imdecode: no memory for an image of 5 x 7 pixels"):
        mx.image.imdecode(file_of("png-rgb8"))


def test_as_many_pixels_as_opencv_takes(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)     # Pillow refuses twice as many
    assert mx.image.imdecode(file_of("png-rgb8")).shape == (5, 7, 3)
    with pytest.raises(MXNetValueError, match=r"16385 x 65536 pixels are more than 2\^30"):
        mx.image.imdecode(png((16385, 1 << 16), b""))
    for size, message in (((5, 1 << 21), r"5 x 2097152 .* than 2\^20 on a side"),
                          ((20000, 20000), "bytes cannot hold 20000 x 20000 pixels")):
        with pytest.raises(MXNetValueError, match=message):
            mx.image.imdecode(png(size, b""))
    assert mx.image.imdecode(png((1, 1), b"\0\0")).shape == (1, 1, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_a_png(orientation, rng):
    image, exif, file = rng.integers(0, 256, (16, 24, 3), "uint8"), Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    Image.fromarray(image).save(file, "PNG", exif=exif)
    stored = {1: image, 2: image[:, ::-1], 3: image[::-1, ::-1], 4: image[::-1],
              5: image.swapaxes(0, 1), 6: np.rot90(image, -1),
              7: image[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(image)}
    found = codec.decode(file.getvalue(), orient=codec.TURNED_BY_READERS)
    np.testing.assert_array_equal(found, stored[orientation])
