"""tools/measure_gpu.py, which a machine with a GPU runs: that it runs, and its verdicts."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "tools/measure_gpu.py"


@pytest.fixture(scope="module")
def measure():
    spec = importlib.util.spec_from_file_location("measure_gpu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_verdicts(measure):
    name = f"{'a':32}"
    assert measure.line("a", "GB/s", 9.0, "a copy", 10.0, 0.85) == (
        f"{name}         9 GB/s       0.90 of a copy's 10, wanted >= 0.85")
    assert measure.line("a", "GB/s", 8.0, "a copy", 10.0, 0.85).endswith(">= 0.85  MISSED")
    assert measure.line("a", "us", 4.0, "PyTorch", 10.0, -0.5).endswith("wanted <= 0.5")
    assert measure.line("a", "us", 6.0, "PyTorch", 10.0, -0.5).endswith("wanted <= 0.5  MISSED")
    assert measure.line("a", "us", 6.0, "PyTorch", None, -0.5) == f"{name}         6 us       "
    assert measure.line("a", "us", "no kernel", "PyTorch", 1.0, 1) == f"{name}no kernel"


@pytest.mark.emulated
def test_it_runs():
    code = f"import conftest, runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "CHECK_SMALL": "1"}, cwd=Path(__file__).parent)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "product, bfloat16" in done.stdout and "launch, x + y" in done.stdout
