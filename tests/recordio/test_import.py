"""`import mxlite.recordio` brings nothing heavy with it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HEAVY = {"numpy", "PIL", "fsspec", "multiprocessing", "asyncio", "ctypes"}


def modules_after(program):
    """The modules that a fresh process has loaded at the end of the program."""
    process = subprocess.run([sys.executable, "-c", program + "\nimport sys; print(*sys.modules)"],
                             cwd=ROOT, text=True, capture_output=True, check=True)
    return set(process.stdout.split())


@pytest.mark.parametrize("program", [
    "import mxlite.recordio",
    "import mxlite as mx; mx.recordio",
    "from mxlite.recordio import *; unpack(pack((0, 1, 2, 3), b'data'))",
    "import mxlite as mx, os; mx.recordio.MXRecordIO(os.devnull, 'w').write(b'data')",
])
def test_what_is_loaded(program):
    loaded = modules_after(program)
    assert not loaded & HEAVY
    ours = {name.split(".")[1] for name in loaded if name.startswith("mxlite.")}
    assert ours == {"argument_types", "arguments", "base", "base_names", "_dataio", "recordio",
                    "wording"}
