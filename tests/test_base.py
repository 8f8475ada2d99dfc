"""mx.base: what MXNet has there beside errors and dtypes."""

import os
import subprocess
import sys

import numpy as np
import pytest

import mxlite as mx
from mxlite import base


def test_types():
    assert isinstance("a", base.string_types) and not isinstance(b"a", base.string_types)
    for value in (3, np.int32(3), np.int64(3)):
        assert isinstance(value, base.integer_types) and isinstance(value, base.numeric_types)
    for value in (2.5, np.float16(2), np.bool_(True)):
        assert isinstance(value, base.numeric_types) and not isinstance(value, base.integer_types)
    assert base.mx_real_t is np.float32


def test_as_list():
    assert base._as_list([1, 2]) == base._as_list((1, 2)) == [1, 2]
    assert base._as_list("ab") == ["ab"] and base._as_list(None) == [None]


def test_no_other_names():
    with pytest.raises(AttributeError, match=r"module 'mxlite.base' has no attribute 'nothing'"):
        _ = base.nothing


def test_the_folder_of_downloads(monkeypatch):
    monkeypatch.setenv("MXNET_HOME", "/somewhere")
    assert base.data_dir() == "/somewhere"
    for unset in (lambda: monkeypatch.setenv("MXNET_HOME", ""),
                  lambda: monkeypatch.delenv("MXNET_HOME")):
        unset()
        assert base.data_dir() == os.path.join(os.path.expanduser("~"), ".mxnet")


def test_base_does_without_numpy():
    code = "import sys, mxlite.base; mxlite.base.c_str('a'); print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                            text=True, cwd=os.path.join(mx.__path__[0], ".."))
    assert result.stdout.split() == ["False"]
