"""Trainings by modules against what MXNet 1.9.1 made of them (tools/record_mxnet_module.py)."""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from module_cases import CASES, bound, mlp, params, run, train

import mxlite as mx

RECORDED = json.loads((Path(__file__).parents[1] / "recordings/module.json").read_text())


def assert_close(got, want):
    """Numbers within 1e-5, at any depth."""
    if isinstance(want, dict):
        assert sorted(got) == sorted(want)
        for key, value in want.items():
            assert_close(got[key], value)
    elif isinstance(want, list) and want and isinstance(want[0], float):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)
    elif isinstance(want, list):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_close(one, other)
    else:
        assert got == (pytest.approx(want, rel=1e-5, abs=1e-5) if isinstance(want, float) else want)


@pytest.mark.filterwarnings("ignore:FeedForward is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", CASES)
def test_training(name):
    assert_close(run(mx, name), RECORDED["cases"][name])


def test_every_case_is_recorded_and_trains():
    assert list(CASES) == list(RECORDED["cases"])
    values = {json.dumps(case, sort_keys=True) for case in RECORDED["cases"].values()}
    assert len(values) >= len(CASES) - 4        # only contexts and kvstores may make no difference


@pytest.mark.parametrize("contexts", [1, 2, 3])
@pytest.mark.parametrize("recorded", RECORDED["states"],
                         ids=lambda case: f"{case['optimizer'][0]}-{case['contexts']}")
def test_states_of_mxnet_go_on(tmp_path, recorded, contexts):
    """Whatever the number of contexts was, and is now."""
    path = tmp_path / "x.states"
    path.write_bytes(zlib.decompress(base64.b64decode(recorded["file"])))
    name, settings = recorded["optimizer"]
    module = bound(mx, mlp(mx), (8, 5), options={"context": [mx.cpu(i) for i in range(contexts)]})
    module.init_optimizer(optimizer=name, optimizer_params=settings)
    shapes = {key: array.shape for key, array in module.get_params()[0].items()}
    module.set_params({key: mx.nd.array(np.reshape(value, shapes[key]))
                       for key, value in recorded["before"].items()}, {})
    module.load_optimizer_states(path)
    assert_close(train(mx, module, [(8, 5)] * 2), recorded["after"])
    assert_close(params(module), recorded["after"])
