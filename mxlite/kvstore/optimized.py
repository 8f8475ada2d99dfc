"""`OptimizedStore`: what changes what is stored by what is pushed, an optimizer or another updater.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .. import optimizer as opt
from ..arguments import check_callable
from ..base import MXNetError, MXNetTypeError
from ..ndarray import NDArray
from ..whole_file import reading, replacing
from .compression import TwoBit, compression_of
from .interface import KVStoreBase, check_capability
from .pairs import Key


class OptimizedStore(KVStoreBase):
    """Base of KVStore: its optimizer, its states, and whether what is pushed is rounded.

    _updater: of all keys but those that have one in _updaters, or None.
    """

    def __init__(self, name: str) -> None:
        self._type = name
        self._updater: Callable[[Any, NDArray, NDArray], Any] | None = None
        self._updaters: dict[Key, opt.Updater | None] = {}
        self._compression: TwoBit | None = None

    @property
    def type(self) -> str:
        """The name that the store was made by."""
        return self._type

    def set_optimizer(self, optimizer: opt.Optimizer) -> None:
        """Let this optimizer update what is stored by what is pushed."""
        if not isinstance(optimizer, opt.Optimizer):
            raise MXNetTypeError("KVStore.set_optimizer: an Optimizer must be given; got "
                                 f"{type(optimizer).__name__}")
        self._set_updater(opt.get_updater(optimizer))

    def _set_updater(self, updater: Any) -> None:
        """Let updater(key, pushed, stored) change what is stored by the sum of what is pushed.

        A str key comes as bytes, as in MXNet, but to an `mx.optimizer.Updater` as it is.
        """
        check_callable("KVStore._set_updater", "updater", updater)
        self._updater = updater
        self._updaters.clear()

    def set_gradient_compression(self, compression_params: Any) -> None:
        """Round what is pushed to two bits: {"type": "2bit", "threshold": 0.5}.

        Each number becomes -threshold, 0 or threshold; what is lost is added to the next one of the
        same key and device. A store of type 'device' does so.
        """
        if "device" not in self._type and "dist" not in self._type:
            raise MXNetError("KVStore.set_gradient_compression: a store of type 'device' compresses"
                             f"; this one is of type {self._type!r}")
        compression = compression_of(compression_params)
        if self._compression is None:
            self._compression = compression
        else:                           # what waits to be sent still does
            self._compression.threshold = compression.threshold

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Write the states of the optimizer, with dump_optimizer also the optimizer, to a file,
        which appears whole or not at all."""
        content = self._own_updater("save_optimizer_states").get_states(dump_optimizer)
        with replacing(fname) as file:
            file.write(content)

    def load_optimizer_states(self, fname: Any) -> None:
        """Read what save_optimizer_states wrote, here or in MXNet.

        Nothing in the file is run. Raises MXNetError, and changes nothing, where it is damaged.
        """
        updater = self._own_updater("load_optimizer_states")
        with reading(fname) as file:
            updater.set_states(file.read(), os.fspath(fname))

    def _own_updater(self, caller: str) -> opt.Updater:
        if not isinstance(self._updater, opt.Updater):
            raise MXNetError(f"KVStore.{caller}: the store has no optimizer; call set_optimizer "
                             "first")
        return self._updater

    def is_capable(self, capability: str) -> bool:
        """Whether the store can do something: 'optimizer', update by one."""
        check_capability(capability)
        return True
