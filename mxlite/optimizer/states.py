"""Optimizers and their states as bytes: pickles, of which only known classes are read.

MXNet 1.x writes pickles too; its names stand for the classes here. Reading imports nothing and
calls nothing but arrays, numbers, optimizers and learning rate schedulers. Of a function, such as a
scheduler may be, a file holds the name: it stands for the function of this name that the optimizer
holds which reads the file.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..lr_scheduler import LRScheduler
from ..ndarray import ndarray as arrays
from ..ndarray import serialization
from ..ndarray.sparse import arrays as sparse_arrays
from .optimizer import Optimizer

RULE = ("arrays, numbers, containers, optimizers (subclasses of mx.optimizer.Optimizer), "
        "schedulers (of mx.lr_scheduler.LRScheduler, or a function)")
Name = tuple[str, str]              # a module and a qualified name in it
MODULES = {"mxnet.optimizer": "mxlite.optimizer", "mxnet.lr_scheduler": "mxlite.lr_scheduler"}


class _MXNetArray:
    """Takes what MXNet's NDArray gives to pickle: NDArray(None) with a state {"handle": bytes}."""

    array: nd.NDArray | None = None

    def __init__(self, handle: None = None) -> None:
        pass

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state["handle"] is not None:
            self.array = serialization.load_array(state["handle"])


class _Function:
    """Stands for a function in a file, which cannot call it."""

    def __init__(self, module: str, name: str) -> None:
        self.name = (module, name)


def _bytes(content: bytes = b"") -> bytes:
    """In place of bytearray, which would also make as many zeros as a number says."""
    return bytes(memoryview(content))


def _known() -> dict[tuple[str, str], Any]:
    unpickle: Callable[..., Any] = arrays._unpickle
    unpickle_sparse: Callable[..., Any] = sparse_arrays._unpickle
    known = {("builtins", "bytearray"): _bytes, (__name__, "_Function"): _Function,
             ("builtins", "set"): set,
             ("builtins", "frozenset"): frozenset, ("numpy", "dtype"): np.dtype,
             (unpickle.__module__, unpickle.__name__): unpickle,
             (unpickle_sparse.__module__, unpickle_sparse.__name__): unpickle_sparse,
             ("mxnet.ndarray.sparse", "RowSparseNDArray"): _MXNetArray,
             ("mxnet.ndarray.sparse", "CSRNDArray"): _MXNetArray,
             ("mxnet.ndarray.ndarray", "NDArray"): _MXNetArray,
             ("mxnet.numpy.multiarray", "ndarray"): _MXNetArray}
    for number in (np.float32(0), np.int64(0)):         # NumPy's names differ from 1.x to 2.x
        scalar: Callable[..., Any] = number.__reduce__()[0]  # type: ignore[assignment]
        for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            known[module, "scalar"] = scalar
    return known


KNOWN = _known()


def _descendants(base: type) -> Iterator[type]:
    yield base
    klass: type
    for klass in base.__subclasses__():
        yield from _descendants(klass)


def _subclass(base: type, module: str, name: str) -> type | None:
    """The subclass of `base` with this name, ours where the module is MXNet's."""
    ours = next((new for old, new in MODULES.items() if f"{module}.".startswith(f"{old}.")), None)
    for klass in _descendants(base):
        if klass.__qualname__ == name and (klass.__module__ == module or (
                ours is not None and klass.__module__.startswith(ours))):
            return klass
    return None


def find(module: str, name: str) -> Any:
    """What stands for this name in a file of states; None if it is nothing that may be there."""
    if (module, name) in KNOWN:
        return KNOWN[module, name]
    return _subclass(Optimizer, module, name) or _subclass(LRScheduler, module, name)


def _stand_in(found: Any) -> Any:
    """What a file gets to see of it: a pickle may set attributes of whatever it names."""
    if isinstance(found, FunctionType):
        return lambda *args: found(*args)
    if found is _MXNetArray or found is _Function:
        return type(found.__name__, (found,), {})
    if isinstance(found, type) and issubclass(found, (Optimizer, LRScheduler)):
        return type(found.__name__, (), {"__new__": lambda _: object.__new__(found)})
    return found


def _functions(optimizer: Optimizer | None) -> dict[Name, FunctionType]:
    """The functions that an optimizer and its scheduler hold, by their names."""
    scheduler = getattr(optimizer, "lr_scheduler", None)
    held = [*getattr(optimizer, "__dict__", {}).values(),
            *getattr(scheduler, "__dict__", {}).values()]
    return {(value.__module__, value.__qualname__): value for value in held
            if isinstance(value, FunctionType)}


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, functions: dict[Name, FunctionType]) -> None:
        super().__init__(file)
        self.functions = functions

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self.functions:        # so MXNet writes it
            return _Function(module, name)
        found = find(module, name)
        if found is not None:
            return _stand_in(found)
        if module.startswith(tuple(MODULES)):
            raise MXNetNotImplementedError(f"it holds {module}.{name}, which mxlite has not; "
                                           "states alone (dump_optimizer=False) hold none")
        raise MXNetTypeError(f"it holds {module}.{name}; only {RULE} are read, and nothing else "
                             "is imported or run; a function must be the lr_scheduler here, too")


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, functions: dict[Name, FunctionType]) -> None:
        super().__init__(file)
        self.functions = functions

    def reducer_override(self, value: Any) -> Any:
        """Refuse what would not be read again."""
        if not isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            return NotImplemented
        name = value.__module__, value.__qualname__
        if self.functions.get(name) is value:
            return _Function, name
        if find(*name) is None:
            raise MXNetTypeError(f"get_states: the optimizer holds {'.'.join(name)}; only {RULE} "
                                 "can be saved; dump_optimizer=False saves the states alone")
        return NotImplemented


def dumps(states: dict[Any, Any], optimizer: Optimizer | None = None) -> bytes:
    """The states, or the states and the optimizer, as bytes.

    Raises MXNetTypeError where the optimizer holds what `loads` would not read.
    """
    file = io.BytesIO()
    _Pickler(file, _functions(optimizer)).dump(states if optimizer is None else (states, optimizer))
    return file.getvalue()


def loads(data: bytes, source: str = "set_states",
          reader: Optimizer | None = None) -> tuple[dict[Any, Any], Optimizer | None]:
    """The states, and the optimizer if it is there, of bytes from here or from MXNet 1.x.

    reader: the optimizer whose functions the names of functions in the file stand for.
    Raises MXNetError, naming `source`, where the bytes are damaged, or hold something else.
    """
    functions = _functions(reader)
    try:
        content = _replaced(_Unpickler(io.BytesIO(data), functions).load(), functions)
    except (MXNetTypeError, MXNetNotImplementedError) as error:
        raise type(error)(f"{source}: {error}") from None
    except Exception as error:          # a pickle may fail in any way; none may pass for states
        raise MXNetValueError(f"{source}: these are no states of an optimizer, or damaged ones "
                              f"({type(error).__name__}: {error})") from None
    states, optimizer = content if isinstance(content, tuple) and len(content) == 2 else (
        content, None)
    if not (isinstance(states, dict) and all(map(_is_state, states.values()))
            and isinstance(optimizer, (Optimizer, type(None)))):
        raise MXNetValueError(f"{source}: a dict of arrays, or that and an Optimizer, was "
                              f"expected; found {type(states).__name__}, "
                              f"{type(optimizer).__name__}")
    return states, optimizer


def _replaced(value: Any, functions: dict[Name, FunctionType]) -> Any:
    """`value` with arrays and functions for what stands for them."""
    if isinstance(value, _MXNetArray):
        return value.array
    if isinstance(value, _Function):
        if value.name not in functions:
            raise MXNetTypeError(f"it holds the function {'.'.join(value.name)}, whose code is not "
                                 "in the file; give it to the optimizer here, as its lr_scheduler")
        return functions[value.name]
    if type(value) in (tuple, list):
        return type(value)([_replaced(item, functions) for item in value])
    if type(value) is dict:
        for key in value:
            value[key] = _replaced(value[key], functions)
    elif isinstance(value, (Optimizer, LRScheduler)):
        _replaced(vars(value), functions)
    return value


def _is_state(value: Any) -> bool:
    """Whether it is an array, None or a number, or a tuple or list of such."""
    if isinstance(value, (tuple, list)):
        return all(map(_is_state, value))
    return value is None or isinstance(value, (nd.NDArray, int, float, np.generic))
