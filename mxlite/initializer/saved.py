"""Initializers made of others: `Load` takes saved arrays, `Mixed` chooses by the name."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from ..base import AssertedKeyError, AssertedValueError, MXNetValueError
from .base import InitDesc, Initializer, create


class Load:
    """Values from a `.params` file or a dict of arrays; `default_init` for what is not there."""

    def __init__(self, param: Any, default_init: Any = None, verbose: bool = False) -> None:
        if isinstance(param, str):
            param = nd.load(param)
        if not isinstance(param, dict):
            raise MXNetValueError("Load: param must be a dict of arrays or a file that holds one")
        self.param = {re.sub("^(arg|aux):", "", name): array for name, array in param.items()}
        self.default_init = default_init
        self.verbose = verbose

    def __call__(self, name: str, arr: nd.NDArray) -> None:
        if name in self.param:
            if self.param[name].shape != arr.shape:
                raise AssertedValueError(f"Load: {name} must have shape {arr.shape}; "
                                         f"the saved one has {self.param[name].shape}")
            arr[:] = self.param[name]
        elif self.default_init is None:
            raise AssertedKeyError(f"Load: {name!r} is not among the saved parameters "
                                   f"{', '.join(sorted(self.param))}; give a default_init")
        else:
            self.default_init(name, arr)
        if self.verbose:
            logging.info("Initialized %s", name)


class Mixed:
    """The initializer of the first regular expression that the name matches."""

    set_verbosity = Initializer.set_verbosity

    def __init__(self, patterns: Sequence[str], initializers: Sequence[Any]) -> None:
        if len(patterns) != len(initializers):
            raise MXNetValueError(f"Mixed: patterns and initializers must have one length; "
                                  f"got {len(patterns)} and {len(initializers)}")
        self.map = [(re.compile(pattern), init)
                    for pattern, init in zip(patterns, initializers, strict=True)]

    def __call__(self, name: str, arr: nd.NDArray) -> None:
        for pattern, init in self.map:
            if pattern.match(name):
                if isinstance(name, InitDesc) and name.attrs.get("__init__") is self:
                    name = InitDesc(name, {**name.attrs, "__init__": init}, name.global_init)
                create(init)(name, arr)
                return
        known = ", ".join(pattern.pattern for pattern, _ in self.map)
        raise MXNetValueError(f"Mixed: {name!r} matches none of the patterns {known}; "
                              'add ".*" as the last one')
