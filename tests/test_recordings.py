"""The samples in mxlite against what MXNet 1.9.1 computed (tools/record_mxnet.py)."""

import json
from pathlib import Path

import numpy as np
import pytest
from samples import FAMILIES, SAMPLES, outputs_of

import mxlite as mx

FOLDER = Path(__file__).parent / "recordings/ops"
TOLERANCE = {"float32": (1e-5, 2e-6), "float64": (1e-11, 1e-12)}
SAMPLE_OF = {(str(sample), sample.train): sample for sample in SAMPLES}


def recorded_calls():
    for family in FAMILIES:
        with np.load(FOLDER / f"{family}.npz") as file:
            values = file["values"]
            start = 0
            for call in json.loads(str(file["index"])):
                parts = {}
                for role, shape in call["parts"]:
                    size = int(np.prod(shape))
                    parts[role] = values[start:start + size].reshape(shape)
                    start += size
                mode = "-train" if call["train"] else ""
                yield pytest.param(call, parts, id=f"{call['sample']}{mode}-{call['dtype']}")


def values_of(parts, role):
    return [value for name, value in parts.items() if name.rstrip("0123456789") == role]


@pytest.mark.parametrize("call, parts", list(recorded_calls()))
def test_as_mxnet(call, parts):
    sample, dtype = SAMPLE_OF[call["sample"], call["train"]], call["dtype"]
    arrays = [mx.nd.array(value, dtype=sample.dtype_of(i, dtype))
              for i, value in enumerate(values_of(parts, "in"))]
    for i in sample.variables:
        arrays[i].attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(getattr(mx.nd, sample.op)(*arrays, **sample.params))
    results = {f"out{i}": y for i, y in enumerate(outputs)}
    if sample.variables:
        heads = [mx.nd.array(dy, dtype=y.dtype)
                 for dy, y in zip(values_of(parts, "dy"), outputs, strict=True)]
        mx.autograd.backward(outputs, heads, train_mode=sample.train)
        results |= {f"grad{i}": arrays[i].grad for i in sample.variables}
    results |= {f"aux{i}": arrays[i] for i in sample.aux}
    rtol, atol = TOLERANCE["float32" if sample.single else dtype]
    for role, array in results.items():
        assert array.shape == parts[role].shape, role
        np.testing.assert_allclose(array.asnumpy().astype("float64"), parts[role],
                                   rtol * sample.slack, atol * sample.slack, err_msg=role)


def test_samples_and_recordings_are_the_same():
    calls = [param.values[0] for param in recorded_calls()]
    recorded = [(call["sample"], call["train"], call["dtype"]) for call in calls]
    assert sorted(recorded) == sorted((str(sample), sample.train, dtype) for sample in SAMPLES
                                      for dtype in sample.recordings)


def test_only_what_mxnet_has_not_is_unrecorded():
    recorded = {sample.op for sample in SAMPLES if sample.recordings}
    assert {sample.op for sample in SAMPLES} - recorded == {
        "softrelu",             # a kind of Activation there
        "log_sigmoid", "mish", "digamma", "broadcast_floor_div", "_floor_div",
        "_floor_div_scalar", "_rfloor_div_scalar", "_contrib_count_sketch", "_contrib_fft",
        "_contrib_ifft", "_contrib_quantize_asym", "_contrib_quantized_conv",
        "_contrib_quantized_elemwise_mul",
        "IdentityAttachKLSparseReg", "BatchNorm_v1"}    # which are there for Symbols alone


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recording_says_where_it_comes_from(family):
    with np.load(FOLDER / f"{family}.npz") as file:
        provenance = json.loads(str(file["provenance"]))
    assert provenance["mxnet"] == "1.9.1"
    assert set(provenance) == {"mxnet", "numpy", "python", "cpu", "instruction sets"}
    assert all(provenance.values())


def test_recordings_are_small():
    assert sum(path.stat().st_size for path in FOLDER.parent.rglob("*.*")) < 4_000_000
