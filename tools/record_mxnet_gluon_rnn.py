"""Record names and values of the cells and layers of gluon.rnn in MXNet 1.9.1.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_gluon_rnn.py

It writes tests/recordings/gluon_rnn.json, which tests/gluon/test_rnn_recorded.py compares with
mxlite; tests/gluon_rnn_cases.py has the cases:

    "cells": a list of [cell, how it is unrolled, answers]; "layers": a list of [layer, answers];
    "files": a list of [layer, names of parameters]
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from gluon_rnn_cases import CASES, LAYERS, cell_answers, file_names, layer_answers  # noqa: E402

warnings.simplefilter("ignore")


def lines(records):
    return ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)


with tempfile.TemporaryDirectory() as folder:
    parts = {
        "cells": [[name, unroll, cell_answers(mx, name, **unroll)] for name, unroll in CASES],
        "layers": [[name, layer_answers(mx, name)] for name in LAYERS],
        "files": [[name, file_names(mx, name, f"{folder}/{name}.params")] for name in LAYERS],
    }
path = ROOT / "tests/recordings/gluon_rnn.json"
path.write_text("{\n" + ",\n".join(f'"{name}": [\n{lines(records)}\n]'
                                   for name, records in parts.items()) + "\n}\n")
print(f"{path}: {path.stat().st_size} bytes")
