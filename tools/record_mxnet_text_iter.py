"""Records the batches of MXNet 1.9.1's CSVIter and LibSVMIter for small files.

    python tools/record_mxnet_text_iter.py        with MXNet's Python; writes tests/io/recorded

MXNet 1.9.1 crashes with LibSVM files now and then; run it again then.
"""

import json
import os
import tempfile
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
CSV = "1,2.5,-3\n4e2,0.125,6\n 7 ,8,9\n-0.5,+11,12\n13,14,1e-3\n"
LABELS = "1\n-2\n3.5\n4\n5\n"
PAIRS = "1 0:1 2:3\n-2.5 1:5.5\n3\n4 2:-7e1 0:0.125\n5 2:9\n"
MORE = "1 0:1 # first\n\n2:0.5 1:2\n3 qid:7 1:-1  2:2\t0:4\r\n4 1:1 1:3\n"
PAIR_LABELS = "1.0\n-2.0 0:0.125\n-3.0 3:1.5\n4 1:1.0 2:-1.25\n5\n"

CASES = [
    ("CSVIter", {"data_csv": CSV}, {"data_shape": 3, "batch_size": 2}),
    ("CSVIter", {"data_csv": CSV}, {"data_shape": (3, 1), "batch_size": 3, "round_batch": False}),
    ("CSVIter", {"data_csv": CSV, "label_csv": LABELS}, {"data_shape": 3, "batch_size": 4}),
    ("CSVIter", {"data_csv": CSV, "label_csv": CSV},
     {"data_shape": 3, "label_shape": (3,), "batch_size": 5}),
    ("CSVIter", {"data_csv": "1,-2\n2147483647,4\n5,6\n"},
     {"data_shape": 2, "batch_size": 2, "dtype": "int32"}),
    ("LibSVMIter", {"data_libsvm": PAIRS}, {"data_shape": 3, "batch_size": 2}),
    ("LibSVMIter", {"data_libsvm": "# all of a line\n" + MORE}, {"data_shape": 3, "batch_size": 3}),
    ("LibSVMIter", {"data_libsvm": PAIRS, "label_libsvm": PAIR_LABELS},
     {"data_shape": 3, "label_shape": 4, "batch_size": 4}),
    *(("LibSVMIter", {"data_libsvm": PAIRS + MORE},
       {"data_shape": 3, "batch_size": 1, "num_parts": parts, "part_index": index})
      for parts in (2, 3, 4) for index in range(parts)),
]


def record(name, files, settings):
    for argument, text in files.items():
        with open(argument, "w", newline="") as file:
            file.write(text)
    batches = getattr(mx.io, name)(**{argument: argument for argument in files}, **settings)
    passes = []
    for _ in range(3):
        passes.append([[batch.data[0].asnumpy().tolist(), batch.label[0].asnumpy().tolist(),
                        batch.pad, batch.index.tolist()] for batch in batches])
        batches.reset()
    return {"iterator": name, "files": files, "settings": settings, "passes": passes}


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        recorded = [record(*case) for case in CASES]
        os.chdir(ROOT)
    path = ROOT / "tests/io/recorded/text_iter.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in recorded) + "\n]\n")


if __name__ == "__main__":
    main()
