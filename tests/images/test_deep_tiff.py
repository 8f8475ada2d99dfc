"""TIFFs of gray and alpha with 16 bits. MXNet 1.9.1 reads the high bytes of the gray."""

import struct
import zlib

import numpy as np
import pytest

import mxlite as mx
from mxlite._dataio import codec
from mxlite.base import MXNetValueError

SAMPLES = np.random.default_rng(5).integers(0, 65536, (5, 7, 2)).astype(np.uint16)
GRAY = (SAMPLES[:, :, :1] >> 8).astype(np.uint8)


def tiff(order="<", compression=1, predictor=1, photometric=1, **others):
    """SAMPLES as a file; others: more tags of one number, by name."""
    values = SAMPLES.copy()
    if predictor == 2:
        values[:, 1:] -= SAMPLES[:, :-1]
    pixels = values.astype(f"{order}u2").tobytes()
    pixels = zlib.compress(pixels) if compression == 8 else pixels
    pixels += bytes(len(pixels) % 2)
    names = {"orientation": 274, "planes": 284, "sample_format": 339}
    tags = {256: [7], 257: [5], 258: [16, 16], 259: [compression], 262: [photometric], 273: [8],
            277: [2], 278: [5], 279: [len(pixels)], 317: [predictor], 338: [2]}
    tags |= {names[name]: [number] for name, number in others.items()}
    directory = struct.pack(f"{order}H", len(tags))
    for tag, numbers in sorted(tags.items()):
        data = struct.pack(f"{order}{len(numbers)}H", *numbers).ljust(4, b"\0")
        directory += struct.pack(f"{order}HHI", tag, 3, len(numbers)) + data
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8 + len(pixels))
    return head + pixels + directory + bytes(4)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("compression, predictor", [(1, 1), (8, 1), (8, 2)])
def test_the_high_bytes_of_gray_are_read(order, compression, predictor):
    file = tiff(order, compression, predictor)
    np.testing.assert_array_equal(codec.decode(file, codec.UNCHANGED), GRAY)
    np.testing.assert_array_equal(codec.decode(file, codec.GRAY), GRAY)
    np.testing.assert_array_equal(mx.image.imdecode(file).asnumpy(), GRAY.repeat(3, 2))


@pytest.mark.parametrize("order", "<>")
def test_white_is_zero(order):
    np.testing.assert_array_equal(codec.decode(tiff(order, photometric=0), codec.GRAY), 255 - GRAY)


TURNED = {2: GRAY[:, ::-1], 3: GRAY[::-1, ::-1], 4: GRAY[::-1], 5: GRAY.swapaxes(0, 1),
          6: GRAY.swapaxes(0, 1)[:, ::-1], 7: GRAY.swapaxes(0, 1)[::-1, ::-1],
          8: GRAY.swapaxes(0, 1)[::-1]}


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("predictor", [1, 2])
def test_it_is_turned_as_other_tiffs_are(orientation, predictor):
    file = tiff(compression=8, predictor=predictor, orientation=orientation)
    np.testing.assert_array_equal(codec.decode(file, codec.GRAY), TURNED[orientation])


def test_two_planes_are_refused():
    with pytest.raises(MXNetValueError, match=r"imdecode: .*must not lie in two planes .*save the"):
        mx.image.imdecode(tiff(planes=2))


@pytest.mark.parametrize("file", [
    *[tiff()[:size] for size in range(4, 300, 7) if size < len(tiff())], tiff(sample_format=3),
    tiff(photometric=3), b"II*\0" + b"\xff" * 40])
def test_what_is_damaged_raises(file):
    with pytest.raises(MXNetValueError, match="imdecode: expected an encoded image, found"):
        mx.image.imdecode(file)
