"""Unrolled cells: names, shapes, attributes and values are those that MXNet 1.9.1 gave."""

import json
from pathlib import Path

import numpy as np
import pytest
from rnn_cases import CASES, answers

import mxlite as mx

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/rnn_cells.json").read_text())


def test_all_cases_are_recorded():
    assert [(name, unroll) for name, unroll, _ in RECORDED] == CASES


@pytest.mark.parametrize("name, unroll, wanted", RECORDED, ids=lambda value: str(value)[:40])
def test_unrolled(name, unroll, wanted):
    answer = answers(mx, name, unroll)
    got, results = answer.pop("results"), wanted["results"]
    assert answer == {key: value for key, value in wanted.items() if key != "results"}
    for mine, theirs in zip(got, results, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=2e-6)
