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


def expected(name):
    return json.loads((FOLDER / f"{name}-expected.json").read_text())


@pytest.fixture(params=EVERY)
def net(request):
    return request.param


def test_operators_that_there_are_not_are_named(tmp_path):
    """The first with its node, and the others."""
    text = (FOLDER / "v100_v1-symbol.json").read_text()
    path = tmp_path / "net-symbol.json"
    path.write_text(text.replace('"Convolution_v1"', '"Convolution_v7"').replace('"LRN"', '"LRM"'))
    with pytest.raises(MXNetNotImplementedError, match=(
            f"{path}: node 'c': there is no operator 'Convolution_v7' in mxlite "
            r"\(nor 'LRM'\)")):
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
