"""Tests on emulated GPUs (cuda_emulator/README.md); test_cuda.py runs them in a process apart.

By hand: MXLITE_TEST_CUDA=1 pytest tests/cuda.
"""

import os
import sys
from pathlib import Path

import pytest

import mxlite as mx

EMULATOR = Path(__file__).parent.parent / "cuda_emulator"
if os.environ.get("MXLITE_TEST_CUDA") != "1":
    collect_ignore_glob = ["test_*.py"]
else:
    sys.path[:0] = [str(EMULATOR), str(Path(__file__).parent)]
    import emulator

    os.environ.setdefault("EMU_DEVICES", "4")
    emulator.preload()      # whoever asks for libcuda.so.1 by its name gets this one


@pytest.fixture
def gpu():
    return mx.gpu(0)


@pytest.fixture
def delayed(monkeypatch):
    """Work of streams waits until something forces it."""
    monkeypatch.setenv("EMU_ASYNC", "1")
