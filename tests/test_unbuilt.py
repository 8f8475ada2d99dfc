"""The source folder without compiled modules: what Python says when it is started there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mxlite"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(PACKAGE, folder / "mxlite",
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return folder


@pytest.mark.parametrize("code", [
    "import mxlite as mx; mx.nd.ones(1)", "import mxlite as mx; mx.cpu()", "import mxlite.gluon",
    "from mxlite import autograd", "import mxlite.recordio", "import mxlite.io",
    "import mxlite.image", "from mxlite.gluon.data import DataLoader", "import mxlite.optimizer"])
def test_the_error_says_what_to_do(source, code):
    result = subprocess.run([sys.executable, "-c", code], cwd=source, env=ENVIRONMENT,
                            capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        f"ImportError: {source}/mxlite has no compiled modules for this Python. It seems to be the "
        "source folder of mxlite: if mxlite is installed, start Python in another folder; to use "
        "the source folder itself, build it with `pip install -e .`")


def test_modules_for_another_python_are_named(source):
    other = source / "mxlite/device/core.cpython-399-x86_64-linux-gnu.so"
    other.touch()
    result = subprocess.run([sys.executable, "-c", "import mxlite.device"], cwd=source,
                            env=ENVIRONMENT, capture_output=True, text=True)
    other.unlink()
    assert f"for this Python ({other.name} is for another Python). It seems" in result.stderr


def test_info_tells_it(source):
    result = subprocess.run([sys.executable, "-m", "mxlite.info"], cwd=source, check=True,
                            env=ENVIRONMENT, capture_output=True, text=True)
    assert "has no compiled modules for this Python" in result.stdout
