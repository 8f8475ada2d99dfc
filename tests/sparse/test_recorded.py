"""Operators and updates on sparse arrays give what MXNet 1.9.1 gave (tools/record_mxnet_sparse.py):
values, storage types, and a warning where it made dense copies."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import sparse_calls

import mxlite as mx
from mxlite.ops.schema import REGISTRY

RECORDED = json.loads((Path(__file__).parent.parent / "recordings/sparse.json").read_text())
CALLS = {(name, *stypes, str(params)): (name, stypes, params, answer)
         for name, stypes, params, answer in RECORDED["calls"]}


def sparse(number, shape, stype):
    return mx.nd.array(sparse_calls.values(number, shape)).tostype(stype)


def ours(name, stypes, shapes, params):
    """(result, whether it warned of dense copies)."""
    arrays = [sparse(i, shape, stype)
              for i, (stype, shape) in enumerate(zip(stypes, shapes, strict=True))]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = getattr(mx.nd.op, name)(*arrays, **params)
    return result, any("dense copies are made" in str(each.message) for each in caught)


def given(params):
    return str(json.loads(json.dumps(params)))


@pytest.mark.parametrize(("name", "stypes", "shapes", "params"), list(sparse_calls.calls()))
def test_calls(name, stypes, shapes, params):
    answer = CALLS[name, *stypes, given(params)][3]
    result, is_dense = ours(name, stypes, shapes, params)
    expected = np.array(answer["values"], "float64")
    values = result.asnumpy().astype("float64")
    values[~np.isfinite(values)] = np.nan
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)
    assert result.stype == answer["stype"]
    if name != "dot" and not (name == "add_n" and "csr" in stypes):
        assert is_dense == answer["fallback"]
    if result.stype != "default":
        result.check_format()


def test_no_call_was_left_out():
    names = {name for name, *_ in CALLS.values()}
    assert names >= {*sparse_calls.ZERO_KEEPING, "dot", "add_n", "cast_storage", "slice", "concat"}
    assert all(name in REGISTRY for name in names)


@pytest.mark.parametrize(("name", "params", "stype", "expected"), RECORDED["updates"])
@pytest.mark.filterwarnings("ignore:ftrl_update. there is no way")
def test_updates_by_rows(name, params, stype, expected):
    weight = mx.nd.array(np.arange(12).reshape(6, 2) / 10 + 0.1).tostype(stype)
    optimizer = mx.optimizer.create(name, learning_rate=0.1, **params)
    state = optimizer.create_state_multi_precision(0, weight)
    for step in range(3):
        grad = np.zeros((6, 2), "float32")
        grad[[1, 4] if step != 1 else [4, 5]] = np.array([[0.5, -0.25], [1, 0.125]]) * (step + 1)
        optimizer.update_multi_precision(0, weight, mx.nd.array(grad).tostype("row_sparse"), state)
    assert weight.stype == stype
    np.testing.assert_allclose(weight.asnumpy(), expected, rtol=2e-6, atol=2e-7)
