"""CSVIter and LibSVMIter give what MXNet 1.9.1 gave (tools/record_mxnet_text_iter.py)."""

import json
from pathlib import Path

import pytest

import mxlite as mx

CASES = json.loads((Path(__file__).parent / "recorded/text_iter.json").read_text())


@pytest.mark.parametrize("number", range(len(CASES)))
def test_batches(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = CASES[number]
    for name, text in case["files"].items():
        Path(name).write_bytes(text.encode())
    make = getattr(mx.io, case["iterator"])
    batches = make(**{name: name for name in case["files"]}, **case["settings"])
    for expected in case["passes"]:
        computed = [[batch.data[0].asnumpy().tolist(), batch.label[0].asnumpy().tolist(), batch.pad,
                     batch.index.tolist()] for batch in batches]
        assert computed == expected
        batches.reset()
