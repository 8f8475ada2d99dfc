"""`AttrScope`: attributes given to everything named inside a `with` block."""

from __future__ import annotations

from collections import defaultdict
from types import NoneType, TracebackType
from typing import ClassVar

from .base import MXNetTypeError, WrongKindError
from .current import Current, HasCurrent


class AttrScope(metaclass=HasCurrent):
    """`with AttrScope(lr_mult="0.1"):` gives these attributes to what is made inside; nestable.

    Names and values are strings, since they go into saved graphs. `AttrScope.current` is the scope
    in force in this thread.
    """

    _scopes: ClassVar[Current]
    _subgraph_names: ClassVar[dict[str, int]] = defaultdict(int)    # of control flow: how many each

    def __init__(self, **kwargs: str) -> None:
        for name, value in kwargs.items():
            if not isinstance(value, str):
                raise WrongKindError(
                    f"AttrScope: {name} must be a string; got {type(value).__name__}")
        self._attr = kwargs
        self._merged: dict[str, str] = dict(kwargs)

    def get(self, attr: dict[str, str] | None) -> dict[str, str]:
        """The attributes in force here, with those of `attr` before them."""
        if not isinstance(attr, (dict, NoneType)):
            raise MXNetTypeError(f"attr must be a dict of strings; got {attr!r}")
        return {**self._merged, **(attr or {})}

    def __enter__(self) -> AttrScope:
        self._merged = {**AttrScope.current._merged, **self._attr}
        AttrScope._scopes.enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        AttrScope._scopes.leave()


AttrScope._scopes = Current(AttrScope)
