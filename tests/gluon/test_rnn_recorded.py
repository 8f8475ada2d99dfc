"""Cells and layers of gluon.rnn: names, values and gradients are those that MXNet 1.9.1 gave."""

import json
from pathlib import Path

import numpy as np
import pytest
from gluon_rnn_cases import CASES, LAYERS, cell_answers, file_names, layer_answers

import mxlite as mx

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/gluon_rnn.json").read_text())


def check(answer, wanted):
    for kind in ("results", "grads"):
        got, values = answer.pop(kind, []), wanted.get(kind, [])
        for mine, theirs in zip(got, values, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)
    assert answer == {key: value for key, value in wanted.items() if key in answer}


def test_all_cases_are_recorded():
    assert [(name, unroll) for name, unroll, _ in RECORDED["cells"]] == CASES
    assert [name for name, _ in RECORDED["layers"]] == list(LAYERS)


@pytest.mark.parametrize("name, unroll, wanted", RECORDED["cells"],
                         ids=lambda value: str(value)[:50])
def test_cells(name, unroll, wanted):
    check(cell_answers(mx, name, **unroll), wanted)


@pytest.mark.parametrize("name, wanted", RECORDED["layers"], ids=lambda value: str(value)[:40])
def test_layers(name, wanted):
    check(layer_answers(mx, name), wanted)


@pytest.mark.parametrize("name, wanted", RECORDED["files"], ids=lambda value: str(value)[:40])
def test_names_in_files(name, wanted, tmp_path):
    assert file_names(mx, name, str(tmp_path / "a.params")) == wanted
