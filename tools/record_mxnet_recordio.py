"""What MXNet 1.9.1 writes and reads, for the tests of mxlite.recordio. Run with MXNet's Python.

    python tools/record_mxnet_recordio.py record          writes tests/recordio/data
    python tools/record_mxnet_recordio.py compare [N]     N random files, each written by both and
                                                          read by both
"""

import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests/recordio")]
DATA = ROOT / "tests/recordio/data"
LABELS = [3, 2.5, [1.0, 2.0, 3.0], [7.0]]
FORMATS = {"gray.png": ".png", "color.png": ".png", "alpha.png": ".png", "color.jpg": ".jpg",
           "gray.jpg": ".jpg"}


def images():
    """name -> image: smooth, so that JPEG keeps most of it."""
    import numpy as np

    y, x = np.mgrid[:24, :17]
    color = np.stack([y * 9, x * 13, y * 3 + x * 5], 2).clip(0, 255).astype(np.uint8)
    alpha = np.concatenate([color, (255 - color[:, :, :1])], 2)
    return {"gray.png": color[:, :, 0], "color.png": color, "alpha.png": alpha, "color.jpg": color,
            "gray.jpg": color[:, :, 1]}


def write(recordio, path, records):
    file = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w")
    for number, record in enumerate(records):
        file.write_idx(number, record)
    file.close()


def read(recordio, path):
    file = recordio.MXRecordIO(f"{path}.rec", "r")
    records = list(iter(file.read, None))
    file.close()
    indexed = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "r")
    assert [indexed.read_idx(key) for key in reversed(indexed.keys)] == records[::-1]
    indexed.close()
    return records


def record():
    import mxnet
    import numpy as np
    from oracle import payloads

    recordio = mxnet.recordio
    DATA.mkdir(exist_ok=True)
    write(recordio, DATA / "plain", payloads())
    headers = [recordio.IRHeader(9, label, 2 ** 40 + number, number)
               for number, label in enumerate(LABELS)]
    write(recordio, DATA / "labels", [recordio.pack(header, b"data") for header in headers])
    packed = {name: recordio.pack_img((0, 1, 2, 3), image, img_fmt=FORMATS[name])
              for name, image in images().items()}
    write(recordio, DATA / "images", packed.values())
    np.savez_compressed(DATA / "images.npz", **{
        f"{name} {iscolor}": recordio.unpack_img(data, iscolor)[1]
        for name, data in packed.items() for iscolor in (-1, 0, 1)})


def compare(count):
    import mxnet
    from oracle import MAGIC

    from mxlite import recordio

    for seed in range(count):
        source = random.Random(seed)
        pieces = [MAGIC, MAGIC[:2], b"\0", b"abcd", bytes(400), source.randbytes(70_000)]
        weights = (8, 2, 2, 4, 1, seed % 5 / 5)
        records = [b"".join(source.choices(pieces, weights, k=source.randrange(9)))
                   for _ in range(source.randrange(1, 40))]
        with tempfile.TemporaryDirectory() as folder:
            one, other = Path(folder, "one"), Path(folder, "other")
            write(mxnet.recordio, one, records)
            write(recordio, other, records)
            for end in (".rec", ".idx"):
                assert Path(f"{one}{end}").read_bytes() == Path(f"{other}{end}").read_bytes(), seed
            assert read(mxnet.recordio, other) == read(recordio, one) == records, seed
    print(f"{count} files: the same bytes, and read by both")


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    elif sys.argv[1:2] == ["compare"]:
        compare(int(sys.argv[2]) if sys.argv[2:] else 1000)
    else:
        sys.exit(__doc__)
