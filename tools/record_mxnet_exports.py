"""Record networks that MXNet 1.9.1 wrote to files and read again.

    ~/.cache/mxlite-reference/mxnet/bin/python tools/record_mxnet_exports.py

It writes tests/recordings/exports.json, which tests/test_exported_networks.py compares with mxlite:
for each network of tests/exported_networks.py the SHA-1 and the sizes of both files, and some
numbers of each output, computed from the files.

    ... tools/record_mxnet_exports.py FOLDER

reads the files that mxlite wrote into FOLDER and prints by how much MXNet's outputs of them differ.
"""

import json
import sys
import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from exported_networks import digests, read, written  # noqa: E402


def record(path):
    with tempfile.TemporaryDirectory() as folder:
        files = written(mx, folder)
        outputs = read(mx, folder)
        networks = {name: {"sha1": digests(pair), "bytes": [file.stat().st_size for file in pair],
                           "outputs": [[float(f"{x:.8g}") for x in output]
                                       for output in outputs[name]]}
                    for name, pair in files.items()}
    lines = [f'"{name}": {json.dumps(kept)}' for name, kept in networks.items()]
    path.write_text(f'{{"mxnet": "{mx.__version__}",\n"networks": {{\n' + ",\n".join(lines)
                    + "}}\n")


def compare(path, folder):
    recorded = json.loads(path.read_text())["networks"]
    for name, outputs in read(mx, folder).items():
        print(name, [f"{np.abs(found - kept).max() / np.abs(kept).max():.1e}" for found, kept in
                     zip(outputs, map(np.array, recorded[name]["outputs"]), strict=True)])


if __name__ == "__main__":
    RECORDING = ROOT / "tests/recordings/exports.json"
    compare(RECORDING, sys.argv[1]) if sys.argv[1:] else record(RECORDING)
