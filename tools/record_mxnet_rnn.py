"""Record names, shapes and values of the cells of mx.rnn as MXNet 1.9.1 unrolls them.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_rnn.py

It writes what tests/rnn compares with mxlite; tests/rnn_cases.py has the cells:

    tests/recordings/rnn_cells.json: a list of [cell, how it is unrolled, answers]
    tests/recordings/rnn_weights.json: a list of [arguments of fused_parts, its answer]
"""

import json
import sys
import warnings
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from rnn_cases import CASES, FUSED, answers, fused_parts  # noqa: E402

warnings.simplefilter("ignore")


def write(name, records):
    lines = [json.dumps(record, separators=(",", ":")) for record in records]
    path = ROOT / "tests/recordings" / name
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path}: {len(lines)} cases, {path.stat().st_size} bytes")


write("rnn_cells.json", [[name, unroll, answers(mx, name, unroll)] for name, unroll in CASES])
write("rnn_weights.json", [[case, fused_parts(mx, *case)] for case in FUSED])
