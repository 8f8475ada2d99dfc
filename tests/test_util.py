"""mx.util: the switches of NumPy's semantics, the environment, GPUs, ufunc arguments."""

import ctypes
import os
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite import util


@pytest.fixture(autouse=True)
def off():
    yield
    assert not util.is_np_shape()


def test_np_shape_is_a_switch_of_the_thread():
    assert not mx.is_np_shape()
    assert mx.set_np_shape(True) is False and mx.is_np_shape() is True
    seen = []
    thread = threading.Thread(target=lambda: seen.append(mx.is_np_shape()))
    thread.start()
    thread.join()
    assert seen == [False]
    assert mx.set_np_shape(False) is True


def test_np_shape_scopes_nest_and_end_with_errors():
    scope = mx.np_shape()
    with scope:
        with mx.np_shape(False):
            assert not mx.is_np_shape()
            with scope, mx.np_shape(None):
                assert mx.is_np_shape()
            assert not mx.is_np_shape()
        assert mx.is_np_shape()
    with pytest.raises(KeyError), mx.np_shape():
        raise KeyError
    assert not mx.is_np_shape()


def test_set_np_and_reset_np():
    util.set_np(array=False)
    assert mx.is_np_shape() and not mx.is_np_array()
    util.set_np()
    assert mx.is_np_shape() and mx.is_np_array()
    util.reset_np()
    assert not mx.is_np_shape() and not mx.is_np_array()
    with pytest.raises(ValueError, match="set_np: array=True needs shape=True; got shape=False"):
        util.set_np(shape=False, array=True)


def test_np_array_is_a_switch_of_the_thread_that_nests():
    seen = []
    with mx.np_array():
        with mx.np_array(False):
            assert not mx.is_np_array()
        thread = threading.Thread(target=lambda: seen.append(mx.is_np_array()))
        thread.start()
        thread.join()
        assert mx.is_np_array()
    assert seen == [False] and not mx.is_np_array()


@pytest.mark.parametrize("decorator, expected", [
    (util.use_np, (True, True)), (util.use_np_array, (False, True)),
    (util.use_np_shape, (True, False))])
def test_decorators_switch_within_calls(decorator, expected):
    assert decorator(lambda: (mx.is_np_shape(), mx.is_np_array()))() == expected
    assert not mx.is_np_shape() and not mx.is_np_array()


def test_np_array_that_is_off_is_fine():
    with mx.np_array(False), mx.np_array(None):
        assert not mx.is_np_array()


@mx.use_np_shape
class Asked:
    """Each member tells whether the switch is on."""

    number = 3

    def __init__(self):
        self.at_init, self.written = mx.is_np_shape(), None

    def method(self):
        """Its text."""
        return mx.is_np_shape()

    @staticmethod
    def static():
        return mx.is_np_shape()

    @classmethod
    def of_class(cls):
        return cls.__name__, mx.is_np_shape()

    @property
    def value(self):
        """Of the property."""
        return mx.is_np_shape()

    @value.setter
    def value(self, _):
        self.written = mx.is_np_shape()


def test_use_np_shape_of_a_class():
    asked = Asked()
    asked.value = 1
    assert asked.at_init and asked.written and asked.value and asked.method()
    assert asked.static() and Asked.static()
    assert asked.of_class() == Asked.of_class() == ("Asked", True)
    assert (Asked.method.__name__, Asked.method.__doc__) == ("method", "Its text.")
    assert Asked.value.__doc__ == "Of the property." and Asked.number == 3


def test_use_np_shape_of_a_function():
    @util.use_np_shape
    def add(x, y=2):
        return x + y, mx.is_np_shape()

    assert add(1) == (3, True) and add(1, y=5) == (6, True)
    assert add.__name__ == "add" and not mx.is_np_shape()
    for decorator in (util.use_np_shape, util.use_np_array, util.use_np):
        with pytest.raises(TypeError, match="func must be a function or a class; got int"):
            decorator(3)


def test_set_module():
    @util.set_module("elsewhere")
    def moved():
        pass

    @util.set_module(None)
    def unmoved():
        pass

    assert (moved.__module__, unmoved.__module__) == ("elsewhere", __name__)


def test_environment_variables(monkeypatch):
    monkeypatch.setenv("MXLITE_TEST_VARIABLE", "a")
    assert util.getenv("MXLITE_TEST_VARIABLE") == "a"
    util.setenv("MXLITE_TEST_VARIABLE", "b")
    assert os.environ["MXLITE_TEST_VARIABLE"] == "b"
    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_char_p
    assert library.getenv(b"MXLITE_TEST_VARIABLE") == b"b"
    util.setenv("MXLITE_TEST_VARIABLE", None)
    util.setenv("MXLITE_TEST_VARIABLE", None)
    assert util.getenv("MXLITE_TEST_VARIABLE") is None


def test_gpus():
    assert util.get_gpu_count() == mx.num_gpus() == 0
    with pytest.raises(NotImplementedError, match=r"gpu\(3\): this machine has no GPU"):
        util.get_gpu_memory(3)
    with pytest.raises(ValueError, match=r"ctx must be a GPU, mx.gpu\(0\); got cpu\(0\)"):
        util.get_cuda_compute_capability(mx.cpu())
    with pytest.raises(NotImplementedError, match=r"gpu\(1\): this machine has no GPU"):
        util.get_cuda_compute_capability(mx.gpu(1))


@pytest.mark.parametrize(("key", "value", "legal"), [
    ("where", 3, True), ("casting", "safe", True), ("casting", "loose", False),
    ("order", "F", True), ("order", 1, False), ("dtype", "int8", True), ("dtype", np.int64, True),
    ("dtype", "int16", False), ("dtype", np.int16, False), ("subok", False, True),
    ("subok", 1, False), ("axis", 0, False)])
def test_ufunc_options_are_those_of_mxnet(key, value, legal):
    assert util.np_ufunc_legal_option(key, value) is legal


@pytest.mark.parametrize(("wrap", "func", "inputs"), [
    (util.wrap_np_unary_func, lambda x, out=None: (x, out), (1,)),
    (util.wrap_np_binary_func, lambda x1, x2, out=None: (x1, x2, out), (1, 2))])
def test_wrapped_ufuncs(wrap, func, inputs):
    def ufunc(*args, out=None):
        return func(*args, out=out)

    wrapped = wrap(ufunc)
    assert wrapped(*inputs, out=5) == wrapped(*inputs, 5) == (*inputs, 5)
    assert wrapped(*inputs, casting="same_kind", order="K", dtype=None, subok=True,
                   where=True) == (*inputs, None)
    with pytest.raises(TypeError, match="ufunc: unknown argument 'axis'; it takes out, where, cas"):
        wrapped(*inputs, axis=1)
    with pytest.raises(NotImplementedError, match="order must be 'K'; got 'F', which is not there"):
        wrapped(*inputs, order="F")
    with pytest.raises(TypeError, match="ufunc: subok must be True; got 3"):
        wrapped(*inputs, subok=3)


def test_strings_and_statuses_of_c():
    assert util.py_str("näher".encode()) == "näher"
    assert util.c_str("näher").value == "näher".encode()
    util.check_call(0)
    with pytest.raises(mx.MXNetError, match="a C function failed with status -1"):
        util.check_call(-1)


def test_scopes_under_the_names_of_mxnet():
    assert not util._NumpyArrayScope(False)._is_np_array
    with util._NumpyArrayScope(True):
        assert util.is_np_array()
    assert isinstance(util.np_array(False), util._NumpyArrayScope)


def test_a_scope_of_blocks_belongs_to_its_thread():
    from mxlite.gluon.block import _BlockScope

    class Dummy:
        prefix, _empty_prefix = "spawned_", False

    names = []

    def run():
        with _BlockScope(Dummy()):
            names.append(mx.name.NameManager.current.get(None, "hello"))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert names == ["spawned_hello0"]
    assert mx.name.NameManager.current.get("kept", "hello") == "kept"
