"""Errors, dtype names and settings: what every other module may import."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from .base_names import HANDLES, OF_C_LIBRARY
from .base_names import _Null as _Null
from .base_names import _NullType as _NullType
from .base_names import classproperty as classproperty
from .base_names import with_metaclass as with_metaclass
from .wording import shown, suggestion

Shape = tuple[int, ...]
string_types = (str,)               # MXNet's names; those with NumPy's types in __getattr__

# name -> (MXNet's type flag in files, bytes per element, suffix of kernel names)
DTYPES: dict[str, tuple[int, int, str]] = {
    "float32": (0, 4, "f32"),
    "float64": (1, 8, "f64"),
    "float16": (2, 2, "f16"),
    "uint8": (3, 1, "u8"),
    "int32": (4, 4, "i32"),
    "int8": (5, 1, "i8"),
    "int64": (6, 8, "i64"),
    "bool": (7, 1, "b8"),
    "bfloat16": (12, 2, "bf16"),
}
FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("int8", "uint8", "int32", "int64")
EXACT = 2 ** 53             # float64, which runtime values are, holds all integers up to here

_ALIASES: dict[Any, str] = {name: name for name in DTYPES}
_ALIASES |= {"float": "float64", "int": "int64", "bool_": "bool", "half": "float16",
             "double": "float64", float: "float64", int: "int64", bool: "bool",
             None: "float32", "None": "float32"}


class MXNetError(RuntimeError):
    """Base of every error that mxlite raises on purpose."""


class MXNetValueError(MXNetError, ValueError):
    """A value or shape that the operator does not take."""


class MXNetTypeError(MXNetError, TypeError):
    """A type, dtype or keyword that the operator does not take."""


class MXNetIndexError(MXNetError, IndexError):
    """An index outside its axis."""


class MXNetKeyError(MXNetError, KeyError):
    """A name that is not there."""

    __str__ = RuntimeError.__str__     # KeyError's would print the repr of the message


class MXNetAttributeError(MXNetError, AttributeError):
    """An attribute that is not there."""


class MXNetMemoryError(MXNetError, MemoryError):
    """Not enough memory for an array or for a kernel's scratch."""


class MXNetNotImplementedError(MXNetError, NotImplementedError):
    """An operator has no kernel for this device or dtype, or a feature is not there yet."""


class MXNetAssertionError(MXNetError, AssertionError):
    """A condition that MXNet asserts does not hold."""


class AssertedValueError(MXNetValueError, MXNetAssertionError):
    """A value or shape for which MXNet raises AssertionError."""


class AssertedTypeError(MXNetTypeError, MXNetAssertionError):
    """A type or dtype for which MXNet raises AssertionError."""


class AssertedKeyError(MXNetKeyError, MXNetAssertionError):
    """A name that is not there, for which MXNet raises AssertionError."""


class WrongKindError(MXNetTypeError, MXNetValueError):
    """A type for which MXNet raises ValueError."""


class WrongIndexError(MXNetIndexError, MXNetValueError):
    """What is no index, for which MXNet raises ValueError."""


class MXNetFileError(OSError, MXNetError):
    """The system would not open, read or write a file; made as OSError is, and of its class for the
    reason (FileNotFoundError, ...), too."""


class MXNetFileNotFoundError(FileNotFoundError, MXNetFileError):
    """There is no such file or folder."""


class MXNetPermissionError(PermissionError, MXNetFileError):
    """A file that may not be read or written."""


class MXNetIsADirectoryError(IsADirectoryError, MXNetFileError):
    """A folder where a file is wanted."""


class MissingPathError(MXNetValueError, FileNotFoundError):
    """An argument names a file or folder that is not there."""


class UserCodeError(MXNetError):
    """Base, besides its own class, of what users' code raised inside an operator; its text is left
    as it is."""


class NotSupportedForSparseNDArray(MXNetNotImplementedError):
    """A method of NDArray that sparse arrays have not."""


class NotImplementedForSymbol(MXNetNotImplementedError):
    """A method of NDArray that a Symbol cannot have, since it needs values."""


def file_error(error: OSError, path: str) -> MXNetFileError:
    """An error of the system's about `path` as one of mxlite's, of the same class of OSError."""
    for kind in (MXNetFileNotFoundError, MXNetPermissionError, MXNetIsADirectoryError):
        if isinstance(error, kind.__bases__[0]):
            return kind(error.errno, error.strerror, path)
    return MXNetFileError(error.errno, error.strerror, path)


def data_dir() -> str:
    """The folder of downloads: the environment's MXNET_HOME, or ~/.mxnet."""
    return os.environ.get("MXNET_HOME") or data_dir_default()


def data_dir_default() -> str:
    """The folder of downloads where MXNET_HOME says nothing: ~/.mxnet."""
    return os.path.join(os.path.expanduser("~"), ".mxnet")


def py_str(x: bytes) -> str:
    """Bytes in UTF-8 as a string."""
    return x.decode("utf-8")


def c_str(string: str) -> Any:
    """A string as a `char *` of C (ctypes.c_char_p), in UTF-8."""
    import ctypes

    return ctypes.c_char_p(string.encode("utf-8"))


def dtype_name(dtype: Any) -> str:
    """The dtype's name in mxlite ("float32"), from a name, a NumPy dtype or type, or a Python type.

    Raises MXNetTypeError for one that arrays cannot have.
    """
    try:
        return _ALIASES[dtype]
    except (KeyError, TypeError):
        pass
    import numpy as np

    try:
        name = np.dtype(dtype).name
    except Exception:               # NumPy's own: a SyntaxError for "(1,"
        name = str(dtype)
    if name not in DTYPES:
        near = suggestion(name, DTYPES)
        raise MXNetTypeError(f"dtype must be one of {', '.join(DTYPES)}; got {shown(dtype)}{near}")
    if isinstance(dtype, type) and len(_ALIASES) < 64:
        _ALIASES[dtype] = name
    return name


class bfloat16:
    """The dtype of arrays of bfloat16 where the ml-dtypes package, which has NumPy's type for it,
    is not installed."""


_ALIASES[bfloat16] = "bfloat16"


def numpy_bfloat16() -> Any:
    """NumPy's type for bfloat16, which the ml-dtypes package has; raises where it is missing."""
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        raise MXNetNotImplementedError(
            "bfloat16: values go to and from NumPy by way of the package ml-dtypes, which is not "
            "installed; pip install ml-dtypes, or cast with astype('float32')") from None
    return bfloat16


def from_package(module: str, name: str) -> Any:
    """`__getattr__` of a module that has, in MXNet, names which its package has here from another
    module; raises AttributeError for a name that the package has not."""
    package = sys.modules[module.rpartition(".")[0]]
    if name.startswith("_") or name not in vars(package):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return vars(package)[name]


class PartOfCLibrary:
    """What MXNet's base has of its C library, which is not here. Old programs import such names and
    often use none of them: an error comes where they are used."""

    def __init__(self, name: str) -> None:
        self.message = (f"mxlite has no {name}, as it has no C library of MXNet's: "
                        f"{OF_C_LIBRARY[name]}")

    def _raise(self, *args: Any, **kwargs: Any) -> Any:
        raise MXNetNotImplementedError(self.message)

    __call__ = __mul__ = __rmul__ = __getitem__ = _raise

    def __getattr__(self, name: str) -> Any:
        raise MXNetAttributeError(self.message)


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What else MXNet has here, of NumPy and ctypes, which are loaded when they are asked for,
        not before; mx_real_t is the default dtype."""
        if name in OF_C_LIBRARY:
            return PartOfCLibrary(name)
        if name in HANDLES:
            import ctypes

            return ctypes.c_void_p
        if name not in ("integer_types", "numeric_types", "mx_real_t"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np

        return {"integer_types": (int, np.int32, np.int64),
                "numeric_types": (float, int, np.generic), "mx_real_t": np.float32}[name]


def require_compiled(package: str, module: str) -> None:
    """Raise ImportError, and say what to do, where a package lacks a compiled module of its own."""
    from importlib.util import find_spec

    if find_spec(f"{package}.{module}") is not None:
        return
    root = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(os.path.dirname(root), *package.split("."))
    others = [file for file in sorted(os.listdir(folder))
              if file.startswith(f"{module}.") and file.endswith((".so", ".pyd"))]
    found = f" ({', '.join(others)} is for another Python)" if others else ""
    raise ImportError(
        f"{root} has no compiled modules for this Python{found}. It seems to be the source folder "
        "of mxlite: if mxlite is installed, start Python in another folder; to use the source "
        "folder itself, build it with `pip install -e .`", name=f"{package}.{module}")


def _as_list(value: Any) -> list[Any]:
    """A list of a list's or tuple's items, or of the one thing that is given."""
    return list(value) if isinstance(value, (list, tuple)) else [value]
