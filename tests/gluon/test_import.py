"""What `import mxlite.gluon` brings, and what only its `data` does."""

import subprocess
import sys

import pytest

from mxlite import gluon

PROGRAM = """
import sys
from mxlite import gluon
early = {"mxlite.gluon.data", "mxlite.io", "mxlite.image", "multiprocessing"} & {*sys.modules}
assert not early, early
assert "data" in dir(gluon) and "nn" in dir(gluon)
assert gluon.data.DataLoader is sys.modules["mxlite.gluon.data"].DataLoader
assert gluon.data.vision.transforms.ToTensor
"""


def test_data_comes_when_it_is_used():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_data_by_any_import():
    subprocess.run([sys.executable, "-c", "from mxlite.gluon import data; data.DataLoader"],
                   check=True)
    subprocess.run([sys.executable, "-c", "import mxlite.gluon.data as d; d.DataLoader"],
                   check=True)
    subprocess.run([sys.executable, "-c", "from mxlite.gluon import *; data.DataLoader, nn.Dense"],
                   check=True)


def test_a_misspelt_name():
    with pytest.raises(AttributeError, match=r"'mxlite\.gluon' has no attribute 'Trainr'; did you "
                                              r"mean 'Trainer'"):
        gluon.Trainr  # noqa: B018
