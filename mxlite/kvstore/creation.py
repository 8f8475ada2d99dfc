"""`create` makes stores of names, which `check_kvstore` checks before."""

from __future__ import annotations

from typing import Any

from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..wording import listing, suggestion
from .interface import PROCESS_STORES, STORES, KVStoreBase
from .kvstore import KVStore


def create(name: str = "local") -> Any:
    """A new store: 'local', 'device' or 'nccl', which bring together the contexts of this process,
    and do the same on a CPU; 'dist_sync' or 'dist_async', between processes that an MPI has started
    together; or one of a registered class.

    Raises ValueError for unknown names, ImportError for 'dist_sync' where mpi4py is missing.
    """
    if not isinstance(name, str):
        raise MXNetTypeError(f"kvstore.create: name must be a string; got {type(name).__name__}")
    known = check_name(name)
    if known in KVStoreBase.kv_registry:
        return KVStoreBase.kv_registry[known]()
    if known in PROCESS_STORES:     # their sockets are not imported by those who do without
        from .asynchronous import AsyncKVStore
        from .mpi import MpiCommunicator
        from .world import world

        communicator = MpiCommunicator(world())
        kind = AsyncKVStore if "_async" in known else KVStore
        return kind(known, communicator)
    return KVStore(known)


def check_name(name: str) -> str:
    """The name in lower case. Raises where `create` makes no store of it."""
    known = name.lower()
    if known in KVStoreBase.kv_registry:
        return known
    if known in ("horovod", "byteps"):
        raise MXNetNotImplementedError(
            f"kvstore: there is no {name!r} here; 'device' sums over the contexts of one process, "
            "and 'dist_sync' over processes")
    if known not in (*STORES, *PROCESS_STORES):
        names = [*STORES, *PROCESS_STORES, *KVStoreBase.kv_registry]
        raise MXNetValueError(f"kvstore: the name must be {listing(names)}; got {name!r}"
                              f"{suggestion(known, names)}")
    return known


def check_kvstore(kvstore: Any) -> None:
    """Raise where it is neither None nor a store nor a name that `create` makes one of."""
    if isinstance(kvstore, str):
        check_name(kvstore)
    elif kvstore is not None and not isinstance(kvstore, KVStoreBase):
        raise MXNetTypeError("kvstore must be a KVStore, a name or None; got "
                             f"{type(kvstore).__name__}")
