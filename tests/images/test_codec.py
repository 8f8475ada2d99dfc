"""Decoding and encoding, against recordings of MXNet 1.9.1 (tools/record_mxnet_decode.py)."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mxlite._dataio import codec, jpeg
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = np.load(Path(__file__).parent / "recorded" / "decode.npz")
NAMES = sorted({name.split(".")[0] for name in RECORDED.files})


def file_of(name):
    return RECORDED[f"{name}.file"].tobytes()


def test_a_fast_library_is_found():
    path, version = jpeg.library()
    assert "jpeg" in path and version in (62, 70, 80)


@pytest.mark.parametrize("name", NAMES)
def test_pixels_are_those_of_mxnet(name):
    pixels = codec.decode(file_of(name))
    np.testing.assert_array_equal(pixels, RECORDED[f"{name}.1"], strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_gray_is_that_of_mxnet(name):
    """To the last bit, but for four inks, which are mixed in another way there."""
    pixels, want = codec.decode(file_of(name), 0), RECORDED[f"{name}.0"]
    assert pixels.shape == want.shape and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - want).max() <= (name == "cmyk")


def test_a_cut_image_keeps_its_beginning_and_warns():
    image = np.asarray(Image.effect_noise((64, 256), 50))
    data = codec.encode(image, ".jpg", 90)
    with pytest.warns(UserWarning, match="here: a JPEG image has missing or wrong bytes, and "
                                         "pixels made up for them: Premature end of JPEG file"):
        pixels = codec.decode(data[:len(data) // 2], caller="here")
    np.testing.assert_array_equal(pixels[:96], codec.decode(data)[:96])


def test_orientation_of_a_jpeg():
    data = file_of("turned")
    upright, stored = codec.decode(data, orient=("JPEG",)), codec.decode(data)
    np.testing.assert_array_equal(upright, np.rot90(stored, -1))
    assert jpeg.info(data)[3] == 6
    np.testing.assert_array_equal(codec.decode(data, -1, orient=("JPEG",)), stored)


def test_channels_can_be_swapped():
    for name in ("420", "alpha"):
        rgb = codec.decode(file_of(name))
        np.testing.assert_array_equal(codec.decode(file_of(name), to_rgb=False), rgb[:, :, ::-1])


def test_unchanged_keeps_alpha_and_gray():
    assert codec.decode(file_of("alpha"), -1).shape == (37, 50, 4)
    assert codec.decode(file_of("gray"), -1).shape == (37, 50, 1)
    assert codec.decode(file_of("444"), -1).shape == (37, 50, 3)


@pytest.mark.parametrize("at_least, shape", [
    ((37, 50), (37, 50)), ((19, 25), (19, 25)), ((18, 24), (19, 25)), ((20, 1), (37, 50)),
    ((9, 12), (10, 13)), ((1, 1), (5, 7)), ((99, 99), (37, 50))])
def test_scaled_sizes(at_least, shape):
    assert codec.decode(file_of("420"), at_least=at_least).shape == (*shape, 3)


def test_a_scaled_image_is_a_mean_of_its_pixels():
    y, x = np.mgrid[0:64, 0:96]
    image = np.stack([x + y, x * 2, 255 - y], -1).astype("uint8")
    data = codec.encode(image, ".jpg", 95, rgb=True)
    half = image.reshape(32, 2, 48, 2, 3).mean((1, 3))
    assert np.abs(codec.decode(data, at_least=(32, 48)) - half).max() < 4


@pytest.mark.parametrize("name", ["444", "422", "420", "progressive", "gray"])
def test_a_part_has_the_pixels_of_the_whole(name, rng):
    image = Image.fromarray(rng.integers(0, 256, (40, 60, 3), "uint8").repeat(5, 0).repeat(5, 1))
    file = io.BytesIO()
    image = image.convert("L") if name == "gray" else image
    image.save(file, "JPEG", quality=80, progressive=name == "progressive",
               subsampling={"444": 0, "422": 1}.get(name, 2))
    data = file.getvalue()
    for at_least in (None, (100, 150)):
        height, width = (200, 300) if at_least is None else at_least
        full = codec.decode(data, at_least=at_least)
        for _ in range(30):
            top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
            part = (top, left, int(rng.integers(1, height - top + 1)),
                    int(rng.integers(1, width - left + 1)))
            pixels, _, _ = jpeg.decode(data, 3, lambda h, w: np.empty((h, w, 3), "uint8"),
                                       at_least, part)
            np.testing.assert_array_equal(
                pixels, full[top:top + part[2], left:left + part[3]], err_msg=str(part))


def test_a_part_outside():
    with pytest.raises(MXNetValueError, match=r"a part of 37 x 50 pixels must lie in them, \(top, "
                                              r"left, height, width\); got \(0, 1, 37, 50\)"):
        jpeg.decode(file_of("420"), 3, None, None, (0, 1, 37, 50))


@pytest.mark.parametrize("data, error, message", [
    (b"no image", MXNetValueError, "imdecode: expected an encoded image, found 8 bytes that Pill"),
    (b"\xff\xd8\xff\xd9", MXNetValueError, "imdecode: expected an encoded image; 4 bytes are no "
                                           "whole JPEG image: JPEG datastream contains no image"),
    (b"", MXNetValueError, "imdecode: an encoded image must have at least one byte; got none"),
    ("text", MXNetTypeError, "imdecode: an encoded image must be bytes; got str")])
def test_what_is_no_image(data, error, message):
    with pytest.raises(error, match=message):
        codec.decode(data)


@pytest.mark.parametrize("kind, options", [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True}),
                                           ("TIFF", {})])
def test_formats_without_loss(kind, options, rng):
    pixels, file = rng.integers(0, 256, (9, 14, 3), "uint8"), io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    np.testing.assert_array_equal(codec.decode(file.getvalue()), pixels)


def test_a_height_and_a_width_that_nobody_has():
    """They are two bytes each, behind 5 bytes of the segment that begins with FF C0."""
    data = bytearray(file_of("420"))
    at = data.index(b"\xff\xc0") + 5
    data[at:at + 4] = b"\xff\xdc\xff\xdc"
    with pytest.raises(MXNetValueError, match="65500 x 65500 pixels are more than 2\\^30"):
        codec.decode(bytes(data))


def test_wrong_flag():
    with pytest.raises(MXNetValueError, match=r"flag must be 1 \(colour\), 0 \(gray\) or -1"):
        codec.decode(file_of("png"), 2)


@pytest.mark.filterwarnings("ignore:imdecode. a JPEG image has missing")
def test_every_truncation_is_an_error_or_an_image():
    data = file_of("420")
    for size in range(1, len(data)):
        try:
            assert codec.decode(data[:size]).shape == (37, 50, 3)
        except MXNetValueError as error:
            assert "expected an encoded image" in str(error)


@pytest.mark.filterwarnings("ignore:imdecode. a JPEG image has missing")
def test_every_byte_flipped_is_an_error_or_an_image():
    data = file_of("420")
    for at in range(len(data)):
        broken = bytearray(data)
        broken[at] ^= 0x41
        try:
            assert codec.decode(bytes(broken)).ndim == 3
        except MXNetValueError as error:
            assert "expected an encoded image" in str(error)


def test_without_the_library_pillow_decodes():
    code = ("import numpy as np; from mxlite._dataio import codec, jpeg; "
            f"r = np.load({str(Path(__file__).parent / 'recorded' / 'decode.npz')!r}); "
            "assert jpeg.library() is None and jpeg.tried() == []; "
            "assert (codec.decode(r['444.file'].tobytes()) == r['444.1']).all()")
    subprocess.run([sys.executable, "-c", code], check=True,
                   env={**os.environ, "MXLITE_LIBJPEG": ""})


def test_a_library_that_is_none_says_why():
    code = ("from mxlite._dataio import jpeg; assert jpeg.library() is None; "
            "print(*jpeg.tried()[0], sep='|')")
    for path, reason in (("libc.so.6", "it has no jpeg_std_error"), ("/nowhere.so", "cannot open")):
        printed = subprocess.run([sys.executable, "-c", code], check=True, text=True,
                                 capture_output=True, env={**os.environ, "MXLITE_LIBJPEG": path})
        assert printed.stdout.startswith(path + "|") and reason in printed.stdout


def test_programs_that_log_all_do_not_log_the_chunks_of_images():
    code = ("import io, logging\nimport numpy as np\nfrom PIL import Image\nimport mxlite as mx\n"
            "file = io.BytesIO()\nImage.fromarray(np.zeros((4, 4, 3), 'uint8')).save(file, 'png')\n"
            "logging.basicConfig(level=logging.DEBUG)\n"
            "print(mx.image.imdecode(file.getvalue()).shape)")
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                            text=True)
    assert result.stdout.split() == ["(4,", "4,", "3)"] and "PIL" not in result.stderr
