"""Whole networks as files, beside those that MXNet 1.9.1 wrote (tools/record_mxnet_exports.py).

The parameters come from their names, so both libraries should write the same bytes. Files that are
the same byte for byte and the recorded outputs, which MXNet computed from its files, show both ways
of the round trip: what MXNet exported works here, and what is exported here works there.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from exported_networks import BLOCKS, digests, read, written

import mxlite as mx

RECORDING = json.loads((Path(__file__).parent / "recordings/exports.json").read_text())
NETWORKS = RECORDING["networks"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def files(folder):
    return written(mx, folder)


def test_the_recording_is_of_these_networks(files):
    assert RECORDING["mxnet"] == "1.9.1" and [*NETWORKS] == [*files]


@pytest.mark.parametrize("name", NETWORKS)
def test_graphs_are_written_byte_for_byte(files, name):
    assert digests(files[name])[0] == NETWORKS[name]["sha1"][0]


@pytest.mark.parametrize("name", [network.__name__ for network in BLOCKS] + ["detector"])
def test_parameters_are_written_byte_for_byte(files, name):
    assert digests(files[name])[1] == NETWORKS[name]["sha1"][1]


def test_trained_parameters_have_the_same_layout(files):
    """Numbers may differ in a last bit after training; names and sizes do not."""
    assert files["language_model"][1].stat().st_size == NETWORKS["language_model"]["bytes"][1]


def test_outputs_from_the_files(files, folder):
    for name, outputs in read(mx, folder).items():
        for found, kept in zip(outputs, NETWORKS[name]["outputs"], strict=True):
            np.testing.assert_allclose(found, kept, 0, 1e-4 * np.abs(kept).max(), err_msg=name)
