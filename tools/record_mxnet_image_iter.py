"""Records the batches of MXNet 1.9.1's ImageRecordIter for the settings in tests/io/image_cases.py.

    python tools/record_mxnet_image_iter.py        with MXNet's Python; writes tests/io/recorded
"""

import sys
import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/io"))
from image_cases import CASES, SHAPE, SIZES, encoded, write_records  # noqa: E402


def main():
    recorded = {f"file {i}": np.frombuffer(encoded(i), "uint8") for i in range(len(SIZES))}
    with tempfile.TemporaryDirectory() as folder:
        path = write_records(mx.recordio, f"{folder}/a")
        for name, settings in CASES.items():
            batches = mx.io.ImageRecordIter(path_imgrec=path, batch_size=len(SIZES), verbose=False,
                                            **{"data_shape": SHAPE, **settings})
            data = batches.next().data[0].asnumpy()
            is_whole = "normal" not in name
            recorded[name] = data.astype("uint8") if is_whole else data
        for dtype in ("int8", "uint8"):
            batches = mx.io.ImageRecordIter(path_imgrec=path, batch_size=len(SIZES), verbose=False,
                                            data_shape=SHAPE, dtype=dtype, mean_r=100.5,
                                            mean_g=20.3, mean_b=128)
            recorded[dtype] = batches.next().data[0].asnumpy()
        batches = mx.io.ImageRecordIter(path_imgrec=path, batch_size=4, verbose=False,
                                        data_shape=SHAPE)
        seen = []
        for epoch in range(3):
            seen += [[epoch, batch.pad, *batch.label[0].asnumpy()] for batch in batches]
            batches.reset()
        recorded["order"] = np.array(seen)
    folder = ROOT / "tests/io/recorded"
    folder.mkdir(exist_ok=True)
    np.savez_compressed(folder / "image_record_iter.npz", **recorded)


if __name__ == "__main__":
    main()
