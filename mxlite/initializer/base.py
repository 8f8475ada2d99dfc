"""`Initializer`: fills an array by the name of the variable; and the registry of initializers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import NamesArguments
from ..base import MXNetTypeError, MXNetValueError
from ..registry import get_alias_func, get_create_func, get_register_func
from ..wording import listing


class InitDesc(str):
    """A variable's name with its attributes and the initializer of the whole network.

    attrs["__init__"], an initializer or what its `dumps` wrote, overrules the name's pattern.
    argument: what the operator that reads the variable calls it, "weight"; it counts where the
    name's end says nothing.
    """

    attrs: dict[str, Any]
    global_init: Any
    argument: str | None

    def __new__(cls, name: str, attrs: dict[str, Any] | None = None, global_init: Any = None,
                argument: str | None = None) -> InitDesc:
        self = super().__new__(cls, name)
        self.attrs = attrs or {}
        self.global_init = global_init
        self.argument = argument
        return self


class Initializer(NamesArguments):
    """Base of all: `initializer(InitDesc("dense0_weight"), array)` fills the array.

    The end of the name decides: weight by `_init_weight`, bias beta mean to 0, gamma var to 1.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs
        self._verbose = False
        self._print_func: Callable[[nd.NDArray], str] = _norm

    def set_verbosity(self, verbose: bool = False,
                      print_func: Callable[[nd.NDArray], str] | None = None) -> Initializer:
        """Log every variable that is initialized, with print_func(array), by default its norm."""
        self._verbose = verbose
        self._print_func = print_func or _norm
        return self

    def _arguments(self) -> dict[str, Any]:
        return self._kwargs

    def dumps(self) -> str:
        """The initializer as JSON: '["xavier", {"magnitude": 3}]'; `create` reads it."""
        return json.dumps([type(self).__name__.lower(), self._arguments()],
                          default=lambda value: np.asarray(value).tolist())

    def __call__(self, desc: str, arr: nd.NDArray) -> None:
        if not isinstance(desc, str):
            raise MXNetTypeError(
                f"Initializer: desc must be an InitDesc or a name; got {type(desc).__name__}")
        given = desc.attrs.get("__init__", "") if isinstance(desc, InitDesc) else ""
        if given:
            own = create(given)
            getattr(own, "_init_weight", own)(desc, arr)
        else:
            self._by_name(desc)(desc, arr)
        if self._verbose:
            logging.info("Initialized %s as %s: %s", desc, given or type(self).__name__,
                         self._print_func(arr))

    def _by_name(self, name: str) -> Callable[[str, nd.NDArray], None]:
        method = method_for(name)
        return getattr(self, method) if method else self._init_default

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        raise NotImplementedError(f"{type(self).__name__} must override _init_weight")

    def _init_zero(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = 0

    def _init_one(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = 1

    _init_bias = _init_beta = _init_zero
    _init_gamma = _init_one

    def _init_default(self, name: str, arr: nd.NDArray) -> None:
        method = method_for(getattr(name, "argument", None) or "")
        if method:
            getattr(self, method)(name, arr)
            return
        endings = listing([ending for ending, _ in _PATTERNS])
        raise MXNetValueError(
            f"{type(self).__name__}: the name must end in {endings}, which says what the variable "
            f"is; got {name!r}. Give the variable an initializer of its own (init=mx.init.Zero())")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Initializer) and type(self) is type(other) and (
            self._arguments() == other._arguments())

    def __hash__(self) -> int:
        return hash(self.dumps())

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self._arguments().items())
        return f"{type(self).__name__}({values})"


_PATTERNS = [
    ("weight", "_init_weight"), ("bias", "_init_bias"), ("gamma", "_init_gamma"),
    ("beta", "_init_beta"), ("min", "_init_zero"), ("max", "_init_one"),
    ("weight_quantize", "_init_weight"), ("running_mean", "_init_zero"),
    ("running_var", "_init_one"), ("moving_mean", "_init_zero"), ("moving_var", "_init_one"),
    ("moving_inv_var", "_init_zero"), ("moving_avg", "_init_zero"),
]


def method_for(name: str) -> str | None:
    """The method for names with this ending; None if it says nothing."""
    return next((method for ending, method in _PATTERNS if name.lower().endswith(ending)), None)


def _norm(arr: nd.NDArray) -> str:
    values = arr.asnumpy().astype("float64")
    return str((values ** 2).sum() ** 0.5 / max(values.size, 1) ** 0.5)


_register = get_register_func(Initializer, "initializer")
alias = get_alias_func(Initializer, "initializer")
_create = get_create_func(Initializer, "initializer")


def register(klass: type) -> type:
    """Class decorator: enter an initializer under its name in lower case."""
    return _register(klass)


def create(init: Any, *args: Any, **kwargs: Any) -> Any:
    """An initializer from itself, its name ("xavier", "zeros") or what `dumps` wrote.

    A function of an InitDesc and an array is one too.
    """
    return init if callable(init) else _create(init, *args, **kwargs)
