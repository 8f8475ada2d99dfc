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
        f"{name}         9 GB/s       0.90 of a copy's 10, wanted >= 0.85  met")
    assert measure.line("a", "GB/s", 8.0, "a copy", 10.0, 0.85).endswith(">= 0.85  MISSED")
    assert measure.line("a", "us", 4.0, "PyTorch", 10.0, -0.5).endswith("wanted <= 0.5  met")
    assert measure.line("a", "us", 6.0, "PyTorch", 10.0, -0.5).endswith("wanted <= 0.5  MISSED")
    assert measure.line("a", "us", 6.0, "PyTorch", None, -0.5) == (
        f"{name}         6 us              of PyTorch's, which is not known, wanted <= 0.5")
    assert measure.line("a", "us", "no kernel", "PyTorch", 1.0, 1) == f"{name}no kernel"


def test_what_pytorch_did_in_time_is_kept(measure, monkeypatch, capsys):
    code = "print('x + y\\t2.5', flush=True); import time; time.sleep(60)"
    monkeypatch.setattr(measure.importlib.util, "find_spec", lambda name: True)
    run = subprocess.run
    monkeypatch.setattr(measure.subprocess, "run",
                        lambda command, **how: run([sys.executable, "-c", code], **how))
    assert measure.measured_by_torch(3) == {"x + y": 2.5}
    assert capsys.readouterr().out == "PyTorch was stopped after 3 s\n"


def test_no_time_left(measure):
    measured = measure.Measured(end=0)
    measured.note("a", lambda: pytest.fail("was measured"))
    assert measured.results == {"a": "no time was left"}


@pytest.mark.emulated
def test_it_runs():
    code = f"import conftest, runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "CHECK_SMALL": "1"}, cwd=Path(__file__).parent)
    assert done.returncode == 0, done.stdout + done.stderr
    for what in ("product, bfloat16", "launch, x + y", "ResNet-50, float16", "ResNet-50, bfloat16"):
        (line,) = [line for line in done.stdout.splitlines() if line.startswith(what)][-1:]
        assert float(line.removeprefix(what).split()[0]) > 0
