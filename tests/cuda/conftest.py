"""Tests on emulated GPUs (cuda_emulator/README.md); test_cuda.py runs them in a process apart.

By hand: MXLITE_TEST_CUDA=1 pytest tests/cuda. With MXLITE_TEST_CUDA=real they run on this machine's
GPUs, but for those that are marked `emulated` or need more GPUs than there are (`gpus(n)`).
"""

import os
import sys
from pathlib import Path

import pytest

import mxlite as mx

EMULATOR = Path(__file__).parent.parent / "cuda_emulator"
MODE = os.environ.get("MXLITE_TEST_CUDA")
if MODE not in ("1", "real"):
    collect_ignore_glob = ["test_*.py"]
else:
    sys.path.insert(0, str(Path(__file__).parent))
if MODE == "1":
    sys.path.insert(0, str(EMULATOR))
    import emulator

    os.environ.setdefault("EMU_DEVICES", "4")
    emulator.preload()      # whoever asks for libcuda.so.1 by its name gets this one


def pytest_configure(config):
    config.addinivalue_line("markers", "emulated: shows what only the emulated driver does")
    config.addinivalue_line("markers", "gpus(n): needs so many GPUs")


def pytest_collection_modifyitems(config, items):
    if MODE != "real":
        return
    there, absent = mx.num_gpus(), []
    for item in list(items):
        needed = item.get_closest_marker("gpus")
        if item.get_closest_marker("emulated") or (needed and needed.args[0] > there):
            items.remove(item)
            absent.append(item)
    config.hook.pytest_deselected(items=absent)


@pytest.fixture
def gpu():
    return mx.gpu(0)


@pytest.fixture
def delayed(monkeypatch):
    """Work of streams waits until something forces it."""
    monkeypatch.setenv("EMU_ASYNC", "1")
