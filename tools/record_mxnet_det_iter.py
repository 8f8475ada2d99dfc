"""Records batches of MXNet 1.9.1's ImageDetRecordIter, for the settings in tests/io/det_cases.py.

    python tools/record_mxnet_det_iter.py        with MXNet's Python; writes tests/io/recorded
"""

import sys
import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/io"))
from det_cases import CASES, LABELS, NORMAL, SHAPE, write_boxes, write_list  # noqa: E402
from det_settings import COUNT, epoch_of, is_exact, random_settings  # noqa: E402


def first(path, **settings):
    """(a quarter of the pixels, labels) of the first batch."""
    batches = mx.io.ImageDetRecordIter(**{"path_imgrec": path, "batch_size": len(LABELS),
                                          "data_shape": SHAPE, "verbose": False, **settings})
    batch = batches.next()
    return batch.data[0].asnumpy()[:, :, ::2, ::2], batch.label[0].asnumpy()


def main():
    recorded = {}
    with tempfile.TemporaryDirectory() as folder:
        path = write_boxes(mx.recordio, f"{folder}/a")
        for name, settings in CASES.items():
            data, labels = first(path, **settings)
            if name == "plain" or not np.array_equal(data, recorded["plain"]):
                recorded[name] = data if "normal" in name else data.astype("uint8")
            recorded[f"{name}, labels"] = labels
        listed = write_list(f"{folder}/a.lst", LABELS[::-1])
        recorded["list, labels"] = first(path, path_imglist=listed)[1]
        mean = f"{folder}/mean.bin"
        first(path, mean_img=mean)
        recorded["mean image"] = mx.nd.load(mean)["mean_img"].asnumpy()[:, ::2, ::2]
        recorded["less the mean image"] = first(path, mean_img=mean, std_g=2)[0]
        recorded["mean, not image"] = first(path, mean_img=mean, **NORMAL)[0]
        batches = mx.io.ImageDetRecordIter(path_imgrec=path, batch_size=4, verbose=False,
                                           data_shape=SHAPE)
        seen = []
        for epoch in range(3):
            seen += [[epoch, batch.pad, *batch.index] for batch in batches]
            batches.reset()
        recorded["order"] = np.array(seen)
        for number in range(COUNT):
            chosen = random_settings(number)
            batches = mx.io.ImageDetRecordIter(path_imgrec=path, verbose=False, **chosen)
            for name, values in epoch_of(batches, is_exact(chosen)).items():
                recorded[f"random {number}, {name}"] = values
    np.savez_compressed(ROOT / "tests/io/recorded/image_det_record_iter.npz", **recorded)


if __name__ == "__main__":
    main()
