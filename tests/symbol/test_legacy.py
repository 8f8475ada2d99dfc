"""Nets in the files of older versions (recordings/legacy_symbols/README.md): symbol, parameters,
and what MXNet 1.9.1 computes from them."""

import json
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetNotImplementedError

FOLDER = Path(__file__).parent.parent / "recordings/legacy_symbols"
EVERY = sorted(path.name.removesuffix("-symbol.json") for path in FOLDER.glob("*-symbol.json"))
UNBUILT = {         # operators that there are not yet
    "v0110_lstm": "node 'lstm': there is no operator 'RNN' in mxlite",
}
LOADING = [name for name in EVERY if name not in UNBUILT]


def expected(name):
    return json.loads((FOLDER / f"{name}-expected.json").read_text())


@pytest.fixture(params=LOADING)
def net(request):
    return request.param


@pytest.mark.parametrize("name", UNBUILT)
def test_an_operator_that_there_is_not_is_named(name):
    path = FOLDER / f"{name}-symbol.json"
    with pytest.raises(MXNetNotImplementedError, match=f"{path}: {UNBUILT[name]}"):
        mx.sym.load(path)


def test_written_again(net):
    assert mx.sym.load(FOLDER / f"{net}-symbol.json").tojson() == expected(net)["tojson"]


def test_names_and_attributes(net):
    symbol, want = mx.sym.load(FOLDER / f"{net}-symbol.json"), expected(net)
    assert symbol.list_arguments() == want["arguments"]
    assert symbol.list_auxiliary_states() == want["auxiliary_states"]
    assert symbol.list_outputs() == want["outputs"]
    assert symbol.get_internals().list_outputs() == want["internals"]
    assert symbol.attr_dict() == want["attr_dict"]


@pytest.mark.parametrize("name", EVERY)
def test_parameters_are_read(name):
    loaded = mx.nd.load(str(FOLDER / f"{name}-0001.params"))
    with np.load(FOLDER / f"{name}-expected.npz") as file:
        inputs = {key.removeprefix("in:"): file[key] for key in file if key.startswith("in:")}
    for key, array in dict(loaded).items():
        kind, name = key.split(":")
        assert kind in ("arg", "aux")
        if name in inputs:
            np.testing.assert_array_equal(array.asnumpy(), inputs[name])


def test_values(net):
    """The forward pass, on the inputs of the recording and the parameters of the file."""
    symbol, want = mx.sym.load(FOLDER / f"{net}-symbol.json"), expected(net)
    arrays = {key.split(":")[1]: array for key, array in
              dict(mx.nd.load(str(FOLDER / f"{net}-0001.params"))).items()}
    with np.load(FOLDER / f"{net}-expected.npz") as file:
        for key in file:
            if key.startswith("in:"):
                arrays.setdefault(key[3:], mx.nd.array(file[key], dtype=file[key].dtype))
        outputs = [file[f"out:{i}"] for i in range(len(want["outputs"]))]
    args = {name: arrays[name] for name in want["arguments"]}
    executor = symbol.bind(mx.cpu(), args, aux_states={
        name: arrays[name] for name in want["auxiliary_states"]})
    for got, values, shape in zip(executor.forward(), outputs, want["output_shapes"], strict=True):
        assert got.shape == tuple(shape)
        np.testing.assert_allclose(got.asnumpy(), values, rtol=1e-5, atol=1e-6)
