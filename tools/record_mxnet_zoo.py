"""Record the networks of MXNet 1.9.1's model zoo: names of parameters, scores, gradients.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_zoo.py

It writes tests/recordings/model_zoo.json, which tests/gluon/test_model_zoo.py compares with mxlite.
"""

import json
import os
import sys
from pathlib import Path

import mxnet as mx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from zoo_networks import CASES, NAMES, described, results  # noqa: E402


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    networks = {name: described(mx, name) for name in NAMES}
    cases = {case: {key: [float(f"{value:.8g}") for value in array]
                    for key, array in results(mx, case).items()} for case in CASES}
    parts = [f'"{key}": {{\n' + ",\n".join(f'"{name}": {compact(value)}'
                                           for name, value in entries.items()) + "}"
             for key, entries in (("networks", networks), ("cases", cases))]
    path = ROOT / "tests/recordings/model_zoo.json"
    path.write_text(f'{{"mxnet": "{mx.__version__}",\n' + ",\n".join(parts) + "}\n")
    print(os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
