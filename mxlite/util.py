"""`mx.util`: NumPy's semantics of shapes as a switch, environment variables, GPUs.

In NumPy's semantics `()` is the shape of a number and 0 a length. Arrays have such shapes in any
case here; the switch decides where MXNet's interface takes `()` and 0 for "unknown", and the
version of files. A second switch says whether Gluon and kin make arrays of `mx.np`. Both belong to
a thread.
"""

from __future__ import annotations

import functools
import inspect
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from .base import MXNetError, MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from .base import c_str as c_str
from .base import py_str as py_str
from .device.context import Context, as_context, num_gpus
from .device.memory import device_of


class _State(threading.local):
    def __init__(self) -> None:
        self.np_shape = False
        self.np_array = False


_state = _State()


def is_np_shape() -> bool:
    """Whether NumPy's semantics of shapes are on in this thread."""
    return _state.np_shape


def set_np_shape(active: bool) -> bool:
    """Turn NumPy's semantics of shapes on or off in this thread; returns what was before."""
    before, _state.np_shape = _state.np_shape, bool(active)
    return before


def is_np_array() -> bool:
    """Whether new arrays of Gluon and kin are those of `mx.np` in this thread."""
    return _state.np_array


def set_np_array(active: bool) -> bool:
    """Turn the arrays of `mx.np` on or off in this thread; returns what was before."""
    before, _state.np_array = _state.np_array, bool(active)
    return before


class _Scope:
    """A `with` block in which a switch is on, off, or (None) as it was; may be entered again."""

    def __init__(self, switch: Callable[[bool], bool], active: bool | None) -> None:
        self._switch, self._active = switch, active
        self._before: list[bool] = []

    def __enter__(self) -> _Scope:
        if self._active is not None:
            self._before.append(self._switch(self._active))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._active is not None:
            self._switch(self._before.pop())


class _NumpyArrayScope(_Scope):
    """What `np_array(active)` makes; MXNet's name for it."""

    def __init__(self, is_np_array: bool | None) -> None:
        super().__init__(set_np_array, is_np_array)
        self._is_np_array = is_np_array


def np_shape(active: bool | None = True) -> _Scope:
    """A `with` block in which NumPy's semantics of shapes are on or off; None changes nothing."""
    return _Scope(set_np_shape, active)


def np_array(active: bool | None = True) -> _Scope:
    """A `with` block in which new arrays are those of `mx.np`, or not; None changes nothing."""
    return _NumpyArrayScope(active)


def set_np(shape: bool = True, array: bool = True) -> None:
    """Turn NumPy's semantics of shapes, and the arrays of `mx.np`, on or off in this thread."""
    if array and not shape:
        raise MXNetValueError("set_np: array=True needs shape=True; got shape=False")
    set_np_array(array)
    set_np_shape(shape)


def reset_np() -> None:
    """Turn NumPy's semantics off in this thread."""
    set_np(shape=False, array=False)


def _scoped(caller: str, scope: Callable[[], _Scope], target: Any) -> Any:
    """A function whose calls run inside `scope()`, or a class whose methods and properties do."""
    if not inspect.isclass(target):
        if not callable(target):
            raise MXNetTypeError(f"{caller}: func must be a function or a class; "
                                 f"got {type(target).__name__}")

        @functools.wraps(target)
        def call(*args: Any, **kwargs: Any) -> Any:
            with scope():
                return target(*args, **kwargs)

        return call

    for name in dir(target):
        member = inspect.getattr_static(target, name)
        if isinstance(member, (staticmethod, classmethod)):
            if inspect.isfunction(member.__func__):
                setattr(target, name, type(member)(_scoped(caller, scope, member.__func__)))
        elif isinstance(member, property):
            get, set_, delete = [accessor and _scoped(caller, scope, accessor)
                                 for accessor in (member.fget, member.fset, member.fdel)]
            setattr(target, name, property(get, set_, delete, member.__doc__))
        elif inspect.isfunction(member):
            setattr(target, name, _scoped(caller, scope, member))
    return target


def use_np_shape(func: Any) -> Any:
    """Decorator: calls of the function, or of all methods of the class, run in `np_shape()`."""
    return _scoped("use_np_shape", np_shape, func)


def use_np_array(func: Any) -> Any:
    """Decorator: calls of the function, or of all methods of the class, run in `np_array()`."""
    return _scoped("use_np_array", np_array, func)


def use_np(func: Any) -> Any:
    """Decorator: calls run in `np_shape()` and `np_array()`."""
    return _scoped("use_np", np_shape, _scoped("use_np", np_array, func))


def set_module(module: str | None) -> Callable[[Any], Any]:
    """Decorator: `__module__` of the function or class becomes `module`, unless that is None."""
    def decorate(target: Any) -> Any:
        if module is not None:
            target.__module__ = module
        return target

    return decorate


def getenv(name: str) -> str | None:
    """The value of an environment variable, None where it is not set."""
    return os.environ.get(name)


def setenv(name: str, value: str | None) -> None:
    """Set an environment variable, for Python and for C code; None takes it away."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def get_gpu_count() -> int:
    """How many GPUs can be used."""
    return num_gpus()


def get_gpu_memory(gpu_dev_id: int) -> tuple[int, int]:
    """(free, total) bytes of a GPU. Raises where there is none."""
    from .context import gpu_memory_info

    return gpu_memory_info(gpu_dev_id)


def get_cuda_compute_capability(ctx: Context) -> int:
    """The compute capability of a GPU, 90 for sm_90. Raises where there is none."""
    ctx = as_context(ctx)
    if ctx.device_type != "gpu":
        raise MXNetValueError(
            f"get_cuda_compute_capability: ctx must be a GPU, mx.gpu(0); got {ctx}")
    arch: int = device_of(ctx).arch  # type: ignore[attr-defined]
    return arch


_UFUNC_DEFAULTS: dict[str, Any] = {
    "where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True,
}
_UFUNC_VALUES: dict[str, Callable[[Any], bool]] = {
    "where": lambda value: True,
    "casting": lambda value: value in ("no", "equiv", "safe", "same_kind", "unsafe"),
    "order": lambda value: isinstance(value, str),
    "dtype": lambda value: getattr(value, "__name__", value) in (
        "int8", "uint8", "int32", "int64", "float16", "float32", "float64"),
    "subok": lambda value: isinstance(value, bool),
}


def np_ufunc_legal_option(key: str, value: Any) -> bool:
    """Whether NumPy's ufuncs have an argument `key` that may be `value`, among MXNet's dtypes."""
    return key in _UFUNC_VALUES and _UFUNC_VALUES[key](value)


def check_ufunc_arguments(function: str, kwargs: dict[str, Any]) -> None:
    """Raise for keywords of NumPy's ufuncs that are not at their defaults: NotImplementedError if
    NumPy has the value, TypeError otherwise."""
    for key, value in kwargs.items():
        if key not in _UFUNC_DEFAULTS:
            raise MXNetTypeError(f"{function}: unknown argument {key!r}; it takes out, "
                                 + ", ".join(_UFUNC_DEFAULTS))
        if value is not _UFUNC_DEFAULTS[key] and value != _UFUNC_DEFAULTS[key]:
            shown = f"{function}: {key} must be {_UFUNC_DEFAULTS[key]!r}; got {value!r}"
            if np_ufunc_legal_option(key, value):
                raise MXNetNotImplementedError(f"{shown}, which is not there yet")
            raise MXNetTypeError(shown)


def _with_ufunc_arguments(func: Callable[..., Any], num_inputs: int) -> Callable[..., Any]:
    @functools.wraps(func)
    def call(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if len(args) == num_inputs + 1 and out is None:
            *args, out = args                       # type: ignore[assignment]
        check_ufunc_arguments(func.__name__, kwargs)
        return func(*args, out=out)

    return call


def wrap_np_unary_func(func: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for func(x, out=None): takes the keywords of NumPy's ufuncs, at their defaults.

    Another value raises NotImplementedError if NumPy has it, TypeError otherwise.
    """
    return _with_ufunc_arguments(func, 1)


def wrap_np_binary_func(func: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for func(x1, x2, out=None), as `wrap_np_unary_func`."""
    return _with_ufunc_arguments(func, 2)


def check_call(ret: int) -> None:
    """Raise MXNetError for a C function's status other than 0."""
    if ret != 0:
        raise MXNetError(f"a C function failed with status {ret}")
