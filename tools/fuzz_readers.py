"""Feeds damaged files to every reader: each must give what it can, or raise an error of its own.

    python tools/fuzz_readers.py [--seconds 60]

Hypothesis makes the damage, and shrinks what fails. A reader that crashes ends the process; one
that hangs does not come back, which the caller's time limit sees.
"""

import argparse
import gzip
import json
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

TEXTS = ["", "-1", "0", "99999999999999999999", "(1,", "(1, 2)", "()", "(-5, 3)", "None", "nan",
         "1e400", "[0]", "(9999999999, 9999999999)", "True", "99", "float64", "((((", "2"]
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


def symbol_file():
    """A graph with parameters, states, several outputs and users' attributes."""
    x = mx.sym.var("data", shape=(2, 3, 8, 0), dtype="float32", lr_mult=2)
    x = mx.sym.Convolution(x, kernel=(3, 3), num_filter=4, name="conv", attr={"__mine__": "a"})
    x = mx.sym.LeakyReLU(mx.sym.BatchNorm(x, eps=1e-5), act_type="prelu")
    parts = mx.sym.split(mx.sym.Pooling(x, kernel=(2, 2)) * 2, num_outputs=2, axis=1)
    return mx.sym.Group([mx.sym.Concat(parts[1], parts[0], dim=0), parts]).tojson().encode()


@st.composite
def altered(draw, text):
    """A graph in which a few attributes and inputs are other ones."""
    graph = json.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        node = draw(st.sampled_from(graph["nodes"]))
        attrs = node.setdefault("attrs", {})
        if node["inputs"] and draw(st.booleans()):
            node["inputs"][0] = draw(st.lists(st.integers(-1, 40), min_size=1, max_size=3))
        else:
            key = draw(st.sampled_from([*attrs, "__shape__", "__dtype__", "axis", "num_args"]))
            attrs[key] = draw(st.sampled_from(TEXTS) | st.text(max_size=8))
    return json.dumps(graph).encode()


def read_symbol(path):
    symbol = mx.sym.load(path)
    mx.sym.load_json(symbol.tojson())
    symbol.list_outputs()
    symbol.attr_dict()
    symbol.infer_shape_partial()
    symbol.infer_type_partial()


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
    yield "symbols", damaged(symbol_file()), read_symbol
    yield "symbols, other values", altered(symbol_file()), read_symbol


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
