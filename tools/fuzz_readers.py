"""Feeds damaged files to every reader: each must give what it can, or raise an error of its own.

    python tools/fuzz_readers.py [--seconds 60]

Hypothesis makes the damage, and shrinks what fails. A reader that crashes ends the process; one
that hangs does not come back, which the caller's time limit sees.
"""

import argparse
import gzip
import struct
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import mxlite as mx
from mxlite import recordio
from mxlite._dataio import codec
from mxlite.base import MXNetError
from mxlite.io.idx import read_idx

ROUND = 200                          # examples between two looks at the clock


def record_file(folder):
    """Records of images and of bytes, one of them in several parts."""
    path = Path(folder, "valid.rec")
    y, x = np.mgrid[0:24, 0:31]
    image = np.stack([x * 8, y * 9, x + y], -1).astype("uint8")
    with recordio.MXRecordIO(str(path), "w") as file:
        for number, (kind, quality) in enumerate(((".jpg", 90), (".png", 3), (".jpg", 30))):
            header = recordio.IRHeader(0, float(number), number, 0)
            file.write(recordio.pack_img(header, image, quality, kind))
        file.write(struct.pack("<I", 0xCED7230A) * 3 + b"tail")
    return path.read_bytes()


@st.composite
def damaged(draw, valid):
    """A copy with bytes changed, left out, put in or repeated."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(["flip", "cut", "drop", "insert", "repeat"]))
        size = draw(st.integers(1, 40))
        if kind == "flip" and at < len(data):
            data[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del data[at:]
        elif kind == "drop":
            del data[at:at + size]
        elif kind == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=16))
        elif kind == "repeat":
            data[at:at] = data[at:at + size]
    return bytes(data)


def read_records(path, on_error):
    with recordio.MXRecordIO(path, "r", on_error=on_error) as file:
        while (record := file.read()) is not None:
            with suppress(MXNetError):
                recordio.unpack(record)


def read_images(path):
    iterator = mx.io.ImageRecordIter(path, (3, 16, 16), 2, rand_crop=True, resize=20,
                                     preprocess_threads=2, verbose=False)
    for _ in range(4):
        try:
            iterator.next()
        except StopIteration:
            break
        except MXNetError:
            pass
    iterator.close()


def read_text(path):
    for _ in mx.io.CSVIter(path, (3,), 2):
        pass


def targets(folder):
    """(name, a strategy of bytes, what reads the file with them)."""
    records = record_file(folder)
    images = [codec.encode(np.arange(19 * 23 * 3, dtype="uint8").reshape(19, 23, 3), kind, 50)
              for kind in (".jpg", ".png", ".bmp", ".webp")]
    digits = struct.pack(">IIII", 2051, 3, 4, 5) + bytes(range(60))
    text = b"1,2.5,-3e4\n4,5,6\n 7 , 8,9\r\n"
    yield "records", damaged(records), lambda path: read_records(path, "raise")
    yield "records, skipping", damaged(records), lambda path: read_records(path, "skip")
    yield "image records", damaged(records), read_images
    for image in images:
        yield "images", damaged(image), lambda path: codec.decode(Path(path).read_bytes())
    yield "idx", damaged(digits), lambda path: read_idx(path, ndim=3)
    yield "idx.gz", damaged(gzip.compress(digits)), lambda path: read_idx(path, ndim=3)
    yield "csv", damaged(text), read_text


def fuzz(strategy, read, path, number):
    """ROUND examples."""
    @seed(number)
    @settings(max_examples=ROUND, deadline=None, database=None,
              phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def check(data):
        Path(path).write_bytes(data)
        with suppress(MXNetError):
            read(path)

    check()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    warnings.simplefilter("ignore")                 # of images with missing bytes
    end, counts, number = time.monotonic() + options.seconds, {}, time.time_ns() & 0xFFFFFFFF
    print(f"seed {number}")
    with tempfile.TemporaryDirectory() as folder:
        all_targets = list(targets(folder))
        while time.monotonic() < end:
            for name, strategy, read in all_targets:
                ending = ".gz" if name.endswith(".gz") else ".bin"
                fuzz(strategy, read, str(Path(folder, f"damaged{ending}")), number)
                counts[name] = counts.get(name, 0) + ROUND
                number += 1
                if time.monotonic() > end:
                    break
    print(", ".join(f"{name}: {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
