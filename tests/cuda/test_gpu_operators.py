"""docs/gpu_operators.md lists the operators that run on a GPU, most of those that there are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.emulated
def test_the_document_is_up_to_date():
    done = subprocess.run([sys.executable, ROOT / "tools/gpu_operators.py", "--check"],
                          env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
