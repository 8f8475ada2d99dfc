"""The tests in cuda/ run in a process of their own, whose GPU driver is an emulated one."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_on_emulated_gpus():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE / "cuda")],
        env={**os.environ, "MXLITE_TEST_CUDA": "1"}, cwd=HERE.parent, capture_output=True,
        text=True)
    assert done.returncode == 0, done.stdout + done.stderr
