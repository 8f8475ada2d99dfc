"""Optimizer operators against MXNet 1.9.1: tests/optimizer_calls.py has the calls."""

import json
from pathlib import Path

import numpy as np
import optimizer_calls
import pytest

from mxlite import nd

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/updates.json").read_text())
TOLERANCE = {"float16": 2e-3, "float32": 2e-5, "float64": 2e-5}     # betas of MXNet are float32


@pytest.mark.parametrize(("name", "group", "behind", "params", "dtype", "outputs", "arrays"),
                         RECORDED, ids=[f"{call[0]}-{i}" for i, call in enumerate(RECORDED)])
def test_as_mxnet(name, group, behind, params, dtype, outputs, arrays):
    got = optimizer_calls.run(getattr(nd, name), nd.array, name, group, behind, params, dtype)
    if name == "_adamw_update":         # MXNet's writes to the gradient
        del got[1][1], arrays[1]
    for values, wants in zip(got, (outputs, arrays), strict=True):
        assert len(values) == len(wants)
        for value, want in zip(values, wants, strict=True):
            np.testing.assert_allclose(value, want, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def test_all_calls_are_recorded():
    calls = [(name, group, behind, json.loads(json.dumps(params)), dtype)
             for name, group, behind, params in optimizer_calls.CALLS
             for dtype in optimizer_calls.dtypes_of(name)]
    assert [tuple(call[:5]) for call in RECORDED] == calls
