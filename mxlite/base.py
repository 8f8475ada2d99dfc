"""Errors, dtype names and settings: what every other module may import."""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .base_names import HANDLES, OF_C_LIBRARY
from .base_names import _Null as _Null
from .base_names import _NullType as _NullType
from .base_names import classproperty as classproperty
from .base_names import with_metaclass as with_metaclass

Shape = tuple[int, ...]
string_types = (str,)               # MXNet's names; those with NumPy's types in __getattr__
_LONGEST = 200                      # characters of a value in an error

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


def listed(value: Any) -> Any:
    """An array that has axes, or a range, as a list; anything else as it is."""
    if isinstance(value, range):
        return list(value)
    if hasattr(value, "__array__") and not isinstance(value, type) and getattr(value, "ndim", None):
        return value.tolist() if hasattr(value, "tolist") else value
    return value


def one_or_several(values: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> Any:
    """What f(2, 3), f((2, 3)), f([2, 3]), f(array([2, 3])) and f(name=(2, 3)) have in common; the
    keyword is taken out of `kwargs`."""
    if name in kwargs:
        return kwargs.pop(name)
    if len(values) != 1 or type(values[0]) is int:
        return values
    first = values[0]
    if type(first) is not tuple:
        first = listed(first)
    return tuple(first) if isinstance(first, (tuple, list)) else values


def check_count(caller: str, name: str, value: Any, low: int, high: int = (1 << 63) - 1) -> int:
    """`value` as an int from `low` to `high`; raises MXNetValueError naming caller and argument."""
    try:
        count = low - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:                          # no integer
        count = low - 1
    if low <= count <= high:
        return count
    limits = f"of at least {low}" if count < low else f"of at most {high}"
    raise MXNetValueError(f"{caller}: {name} must be an integer {limits}; got {shown(value)}")


def check_choice(caller: str, name: str, value: Any, choices: Sequence[Any]) -> Any:
    """The one of `choices` that is equal to `value`; raises MXNetValueError."""
    try:
        return choices[choices.index(value)]
    except (ValueError, TypeError):            # it is none; or equality is no truth, as of arrays
        near = suggestion(value, map(str, choices)) if isinstance(value, str) else ""
        raise MXNetValueError(f"{caller}: {name} must be {listing(choices)}; got {shown(value)}"
                              f"{near}") from None


def shown(value: Any) -> str:
    """A value in the text of an error: its repr, or of an array its type and shape."""
    if getattr(value, "ndim", 0):
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def check_shape(caller: str, name: str, value: Any, low: int, count: int = 0) -> Shape:
    """A tuple of ints of at least `low`, from several or one int; count: how many they must be,
    one int standing for all (0: any number). Raises MXNetValueError."""
    value = listed(value)
    if hasattr(value, "__index__") and not getattr(value, "ndim", 0):
        return (check_count(caller, name, value, low),) * (count or 1)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise MXNetValueError(f"{caller}: {name} must be a tuple of integers of at least {low}; "
                              f"got {shown(value)}")
    lengths = tuple(value)
    if count and len(lengths) != count:
        raise MXNetValueError(
            f"{caller}: {name} must be a number or a tuple of {count}; got {lengths}")
    return tuple([check_count(caller, name, length, low) for length in lengths])


def check_class(caller: str, value: Any) -> None:
    """Raise MXNetTypeError unless what is to be registered is a class."""
    if not isinstance(value, type):
        raise MXNetTypeError(f"{caller}: only a class can be registered; got {shown(value)}")


def check_callable(caller: str, name: str, value: Any) -> None:
    """Raise MXNetTypeError unless `value` can be called."""
    if not callable(value):
        raise MXNetTypeError(f"{caller}: {name} must be a function; got {shown(value)}")


def check_text(caller: str, name: str, value: Any) -> None:
    """Raise MXNetTypeError unless `value` is a string."""
    if not isinstance(value, str):
        raise MXNetTypeError(f"{caller}: {name} must be a string; got {shown(value)}")


def no_array(value: Any) -> str:
    """"ndarray; mx.nd.array(x) makes an NDArray of it": what came where an NDArray was wanted."""
    kind = type(value).__name__
    if hasattr(value, "__array__") or isinstance(value, (list, tuple, int, float)):
        return f"{kind}; mx.nd.array(x) makes an NDArray of it"
    return kind


# what other libraries call things: their name -> names here, of which the first that fits counts
_ELSEWHERE = {
    "lr": ["learning_rate"], "weight_decay": ["wd"], "eps": ["epsilon"], "cuda": ["gpu"],
    "in_features": ["in_units"], "out_features": ["units"], "out_channels": ["channels"],
}


def suggestion(name: str, known: Iterable[str]) -> str:
    """"; did you mean 'stride'?" where a known name is near, else an empty string."""
    import difflib  # rare, and its import is not free

    known = list(known)
    near = [word for word in _ELSEWHERE.get(str(name), ()) if word in known]
    near += difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def arguments_of(klass: type) -> list[str]:
    """The names that a class can be called with: those of its `__init__`, and of its bases' where
    that passes on what it does not know."""
    import inspect  # rare, and its import is not free

    names: dict[str, None] = {}
    for base in klass.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]  # type: ignore[misc]
        names |= {p.name: None for p in parameters
                  if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
        if all(p.kind is not p.VAR_KEYWORD for p in parameters):
            break
    return list(names)


def unknown_argument(caller: str, name: str, known: Sequence[str]) -> MXNetTypeError:
    """The error for a keyword that is none of the known: with the near name, or all of them."""
    near = suggestion(name, known) or f"; it takes {', '.join(known) or 'none'}"
    return MXNetTypeError(f"{caller}: unknown argument {name!r}{near}")


class NamesArguments:
    """Base of classes whose error for a keyword that `__init__` does not take has the near one."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            _check_keywords(cls, kwargs)
        make = super().__new__
        if make is not object.__new__:
            return make(cls, *args, **kwargs)
        if args and cls.__init__ is object.__init__:
            raise MXNetTypeError(f"{cls.__name__}: takes no arguments; got {len(args)}")
        return make(cls)


def _check_keywords(klass: Any, keywords: Iterable[str]) -> None:
    import inspect  # rare, and its import is not free

    has_own = klass.__init__ is not object.__init__
    parameters = inspect.signature(klass.__init__).parameters.values() if has_own else []
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return                          # `__init__` decides
    for name in keywords:
        if name not in [p.name for p in parameters]:
            raise unknown_argument(klass.__name__, name, arguments_of(klass))


def named_config(kind: str, given: Any) -> tuple[str, dict[str, Any]] | None:
    """(name, arguments) of what `create` of a kind of object ("metric", "initializer") is given as
    a dict {kind: name, argument: value, ...}, or as JSON of such a dict or of [name, arguments];
    None if it is given otherwise. Raises MXNetValueError for other dicts and JSON."""
    import json

    config = given
    if isinstance(given, str) and given[:1] in ("[", "{"):
        try:
            config = json.loads(given)
        except ValueError:
            config = {}
        if isinstance(config, list) and len(config) == 2 and isinstance(config[1], dict):
            config = {**config[1], kind: config[0]}
        elif not isinstance(config, dict):
            config = {}
    if not isinstance(config, dict):
        return None
    if not isinstance(config.get(kind), str):
        raise MXNetValueError(f'{kind}: a config must be a dict with the key {kind!r}, or JSON of '
                              f'one or of ["name", {{"argument": value}}]; got {given!r}')
    arguments = dict(config)
    return arguments.pop(kind), arguments


def from_package(module: str, name: str) -> Any:
    """`__getattr__` of a module that has, in MXNet, names which its package has here from another
    module; raises AttributeError for a name that the package has not."""
    package = sys.modules[module.rpartition(".")[0]]
    if name.startswith("_") or name not in vars(package):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    return vars(package)[name]


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What else MXNet has here, of NumPy and ctypes, which are loaded when they are asked for,
        not before; mx_real_t is the default dtype. ImportError for parts of MXNet's C library."""
        if name in OF_C_LIBRARY:
            raise ImportError(f"mxlite has no {name}, as it has no C library of MXNet's: "
                              f"{OF_C_LIBRARY[name]}", name=__name__)
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


def listing(words: Sequence[Any]) -> str:
    """'a', 'b' or 'c'; of no words, "nothing"."""
    quoted = [repr(word) for word in words]
    if len(quoted) < 2:
        return "".join(quoted) or "nothing"
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
