"""Names of blocks: `name_scope` and the prefixes of blocks made inside it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..name import NameManager, Prefix
from .parameter_dict import ParameterDict

if TYPE_CHECKING:
    from .block import Block


class _Current(threading.local):
    scope: BlockScope | None = None


_current = _Current()


class BlockScope:
    """Inside it, new blocks are named after `block`: its prefix, their kind and a number."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._counter: dict[str, int] = {}
        self._outer: list[Any] = []

    @staticmethod
    def create(prefix: str | None, params: ParameterDict | None,
               hint: str) -> tuple[str, ParameterDict]:
        """The prefix and the parameters of a new block, in the scope it is made in."""
        scope = _current.scope
        if scope is None:
            if prefix is None:
                prefix = NameManager.current.get(None, hint) + "_"
            own, shared, outer = prefix, None, ""
        else:
            if prefix is None:
                number = scope._counter.get(hint, 0)
                scope._counter[hint] = number + 1
                prefix = f"{hint}{number}_"
            parent = scope._block
            own, shared, outer = parent.params.prefix + prefix, parent.params._shared, parent.prefix
        if params is None:
            params = ParameterDict(own, shared)
        else:
            params = ParameterDict(params.prefix, params)
        return outer + prefix, params

    def __enter__(self) -> BlockScope:
        if not self._block._empty_prefix:
            names = Prefix(self._block.prefix)
            self._outer.append((_current.scope, names))
            _current.scope = self
            names.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if not self._block._empty_prefix:
            outer, names = self._outer.pop()
            names.__exit__(kind, error, trace)
            _current.scope = outer
