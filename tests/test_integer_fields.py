"""Integers of files at their limits: tests/sweeps/integer_fields.py goes through all of them."""

import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite._dataio import codec

SWEEP = Path(__file__).parent / "sweeps" / "integer_fields.py"


def run(script, *options):
    return subprocess.run([sys.executable, script, *options], capture_output=True, text=True,
                          timeout=280)


def test_all_files():
    done = run(SWEEP)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-4]) > 1500 and done.stdout.endswith(" 0 failures\n")


@pytest.mark.parametrize("body, problem", [
    ("return Path(path).read_bytes()", "params: magic = 0: gives b'"),
    ("return np.empty(2 << 30, 'u1').shape", ": MemoryError: "),
    ("struct.unpack('<Q', Path(path).read_bytes()[:8])[0] == 0x112 or [][1]", ": IndexError: ")])
def test_what_must_not_be_is_seen(body, problem, tmp_path):
    planted = tmp_path / "planted.py"
    reader = f"def read_params(path):\n    {body}\n\n\ndef unused(path):"
    planted.write_text(SWEEP.read_text().replace("def read_params(path):", reader))
    done = run(planted, "--only", "params")
    assert done.returncode == 1 and problem in done.stdout


# ---------------------------------------------------------------- sizes that the bytes cannot hold

def image_of_sides(kind, offsets, code, side):
    """An image of 9 x 14 pixels that says that both sides have this length."""
    data = bytearray(codec.encode(np.zeros((9, 14, 3), np.uint8), kind))
    if kind == ".jpg":
        offsets = [re.search(rb"\xff\xc0", data).start() + place for place in offsets]
    for offset in offsets:
        struct.pack_into(code, data, offset, side)
    return bytes(data)


@pytest.mark.parametrize("kind, offsets, code", [
    (".bmp", [18, 22], "<i"), (".gif", [6, 8], "<H"), (".jpg", [5, 7], ">H")])
def test_more_pixels_than_the_bytes_can_hold(kind, offsets, code):
    data = image_of_sides(kind, offsets, code, 20000)
    with pytest.raises(mx.MXNetError, match=r"20000 x 20000 pixels|more than these bytes can hold"):
        mx.image.imdecode(data)


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_large_images_of_one_colour_are_read(kind, tmp_path):
    """Those that take the fewest bytes of all are above the limit."""
    side = 8300                                # 8300^2 > 2^26
    Image.new("L", (side, side), 7).save(tmp_path / "image", kind)
    pixels = mx.image.imread(tmp_path / "image", 0)
    assert pixels.shape == (side, side, 1) and pixels[side - 1, side - 1, 0].asscalar() == 7
