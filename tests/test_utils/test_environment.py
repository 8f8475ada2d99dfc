"""Environment variables, stderr, repetition, paths."""

import io
import os
import subprocess
import sys

import pytest

import mxlite as mx
from mxlite import test_utils as tu


@pytest.fixture
def variables(monkeypatch):
    monkeypatch.setenv("MXLITE_TEST_1", "old")
    monkeypatch.delenv("MXLITE_TEST_2", raising=False)

    def read():
        return os.environ.get("MXLITE_TEST_1"), os.environ.get("MXLITE_TEST_2")

    return read


def test_variables_have_other_values_in_a_block(variables):
    with tu.environment("MXLITE_TEST_1", "new"):
        assert variables() == ("new", None)
        with tu.environment({"MXLITE_TEST_1": None, "MXLITE_TEST_2": ""}):
            assert variables() == (None, "")
        assert variables() == ("new", None)
    assert variables() == ("old", None)


def test_variables_come_back_after_errors(variables):
    with pytest.raises(KeyError), tu.environment("MXLITE_TEST_2", "x"):
        raise KeyError
    with pytest.raises(TypeError), tu.environment({"MXLITE_TEST_2": "x", "MXLITE_TEST_1": 3}):
        pass
    assert variables() == ("old", None)


def test_environment_as_a_decorator(variables):
    @tu.environment("MXLITE_TEST_2", "inside")
    def function():
        return variables()

    assert function() == function() == ("old", "inside")


@pytest.mark.parametrize("args", [(), ("A",), ("A", "b", "c")])
def test_other_arguments_of_environment(args):
    with pytest.raises(TypeError, match="must be a name and a value, or a dict of them; got "), \
            tu.environment(*args):
        pass


def test_stderr_is_discarded_of_c_code_too():
    code = """
import os, sys
from mxlite.test_utils import discard_stderr
print("before", file=sys.stderr)
with discard_stderr():
    print("inside", file=sys.stderr)
    os.write(2, b"of C")
print("behind", file=sys.stderr)
try:
    with discard_stderr():
        raise KeyError
except KeyError:
    print("end", file=sys.stderr)
"""
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                            text=True)
    assert result.stderr.split() == ["before", "behind", "end"]


@pytest.mark.parametrize("stream", [io.StringIO(), None, object()])
def test_stderr_that_is_no_file(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with tu.discard_stderr():
        done = True
    assert done


def failing(times, error):
    """A function that fails so many times, and the list of its calls."""
    calls = []

    def function(x, y=0):
        """Adds."""
        calls.append(x)
        if len(calls) <= times:
            raise error(f"call {len(calls)}")
        return x + y

    return function, calls


def test_retry_until_it_passes():
    function, calls = failing(2, AssertionError)
    wrapped = tu.retry(3)(function)
    assert wrapped(1, y=2) == 3 and calls == [1, 1, 1]
    assert (wrapped.__name__, wrapped.__doc__) == ("function", "Adds.")


def test_retry_gives_up():
    function, calls = failing(5, AssertionError)
    with pytest.raises(AssertionError, match="call 2"):
        tu.retry(2)(function)(1)
    assert len(calls) == 2


def test_retry_passes_other_errors_on():
    function, calls = failing(1, KeyError)
    with pytest.raises(KeyError):
        tu.retry(3)(function)(1)
    assert len(calls) == 1
    with pytest.raises(ValueError, match="retry: n must be an integer of at least 1; got 0"):
        tu.retry(0)


def test_the_machine(monkeypatch):
    assert list(tu.list_gpus()) == [] and tu.is_op_runnable() and not tu.has_tvm_ops()
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert tu.is_aarch64_run()
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert not tu.is_aarch64_run()
    for value, expected in ((None, False), ("0", False), ("1", True)):
        with tu.environment("CD_JOB", value):
            assert tu.is_cd_run() is expected


def test_the_path_of_im2rec(tmp_path, monkeypatch):
    monkeypatch.delenv("MXNET_HOME", raising=False)
    path = tu.get_im2rec_path()
    assert os.path.samefile(path, os.path.join(mx.__path__[0], "..", "tools", "im2rec.py"))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    assert tu.get_im2rec_path() == path
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "im2rec.py").touch()
    assert tu.get_im2rec_path() == str(tmp_path / "tools" / "im2rec.py")
    monkeypatch.setenv("ELSEWHERE", str(tmp_path / "no"))
    assert tu.get_im2rec_path("ELSEWHERE") == path
    monkeypatch.setattr(os.path, "isfile", lambda path: False)
    with pytest.raises(FileNotFoundError, match=r"there is no .*no.tools.im2rec.py and no .*the"):
        tu.get_im2rec_path("ELSEWHERE")
