"""`KVStoreBase`, the interface of stores, with the registry of those of users."""

from __future__ import annotations

import warnings
from typing import Any

from .. import ndarray as nd
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError

STORES = ("local", "device", "nccl", "local_update_cpu", "local_allreduce_cpu",
          "local_allreduce_device")
PROCESS_STORES = ("dist_sync", "dist_device_sync", "dist_async", "dist_device_async", "dist",
                  "dist_device", "dist_sync_device", "dist_async_device")


class KVStoreBase:
    """What a Trainer and a Module ask of a store; each method raises until a subclass has it.

    `@KVStoreBase.register` lets `mx.kv.create` make a subclass by its name in lower case.
    """

    OPTIMIZER = "optimizer"
    kv_registry: dict[str, type[KVStoreBase]] = {}

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Write the value of worker 0 to `out`, an array or one for each device."""
        raise self._lacks("broadcast")

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Write the sum of `value`, over devices and workers, to `out`, or to `value` itself."""
        raise self._lacks("pushpull")

    def set_optimizer(self, optimizer: Any) -> None:
        """Update what is stored by this optimizer; asked only of stores that are capable of it."""
        raise self._lacks("set_optimizer")

    def is_capable(self, capability: str) -> bool:
        """Whether the store can do something; the one thing that is asked for is 'optimizer'."""
        raise self._lacks("is_capable")

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Write the states of the optimizer, with dump_optimizer also the optimizer, to a file."""
        raise self._lacks("save_optimizer_states")

    def load_optimizer_states(self, fname: Any) -> None:
        """Read what save_optimizer_states wrote."""
        raise self._lacks("load_optimizer_states")

    @property
    def type(self) -> str:
        """The name that the store was made by."""
        raise self._lacks("type")

    @property
    def rank(self) -> int:
        """The number of this worker, from 0 on."""
        raise self._lacks("rank")

    @property
    def num_workers(self) -> int:
        """How many workers, processes that train together, there are."""
        raise self._lacks("num_workers")

    def _lacks(self, name: str) -> MXNetNotImplementedError:
        return MXNetNotImplementedError(f"{type(self).__name__} has no {name}")

    @staticmethod
    def register(klass: Any) -> Any:
        """Enter a class, of which `create(name)` then makes a store; warns if the name is taken."""
        if not isinstance(klass, type):
            raise MXNetTypeError("KVStoreBase.register: a class must be given; got "
                                 f"{type(klass).__name__}")
        name, registry = klass.__name__.lower(), KVStoreBase.kv_registry
        if name in registry:
            old = registry[name]
            warnings.warn(f"New kvstore {klass.__module__}.{klass.__name__} is overriding "
                          f"existing kvstore {old.__module__}.{old.__name__}", stacklevel=2)
        registry[name] = klass
        return klass


@KVStoreBase.register
class TestStore(KVStoreBase):
    """The least that a store needs to have: sums over the devices of one process. 'teststore'."""

    type = "teststore"
    rank = 0
    num_workers = 1

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Copy `value` to all of `out`."""
        for array in out if isinstance(out, (list, tuple)) else [out]:
            value.copyto(array)

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Write the sum of `value` to all of `out`, or to `value` itself."""
        values = value if isinstance(value, (list, tuple)) else [value]
        ctx = values[0].ctx
        total = nd.add_n(*[array.as_in_context(ctx) for array in values])
        self.broadcast(key, total, values if out is None else out, priority)

    @staticmethod
    def is_capable(capability: str) -> bool:  # type: ignore[override]
        """Whether the store can do something: not 'optimizer'."""
        check_capability(capability)
        return False


def check_capability(capability: Any) -> None:
    """Raise ValueError for what no store is asked for."""
    if not isinstance(capability, str) or capability.lower() != KVStoreBase.OPTIMIZER:
        raise MXNetValueError("is_capable: capability must be 'optimizer', the only one that is "
                              f"known; got {capability!r}")
