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


@pytest.mark.parametrize(("words", "text"), [
    ([], "nothing"), (["a"], "'a'"), (["a", 2], "'a' or 2"), (("a", "b", "c"), "'a', 'b' or 'c'"),
])
def test_listings_of_words(words, text):
    assert base.listing(words) == text
    with pytest.raises(ValueError, match=f"^f: x must be {text}; got 'z'$"):
        base.check_choice("f", "x", "z", words)


LONG = list(range(1000))


@pytest.mark.parametrize(("check", "message"), [
    (lambda value: base.check_class("f", value), "f: only a class can be registered; got"),
    (lambda value: base.check_callable("f", "x", value), "f: x must be a function; got"),
    (lambda value: base.check_text("f", "x", value), "f: x must be a string; got"),
    (lambda value: base.check_choice("f", "x", value, "ab"), "f: x must be 'a' or 'b'; got"),
    (lambda value: base.check_count("f", "x", value, 0), "f: x must be an integer of .*; got"),
])
@pytest.mark.parametrize(("value", "text"), [
    (np.ones((30, 40)), r"ndarray of shape \(30, 40\)"), (LONG, r"\[0, 1, 2, .{,200}\.\.\.")])
def test_values_in_errors_are_short(check, message, value, text):
    with pytest.raises(mx.MXNetError, match=f"^{message} {text}$"):
        check(value)


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
