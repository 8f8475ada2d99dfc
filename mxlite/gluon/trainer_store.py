"""The KVStore of a Trainer: which one its parameters need, and how they get into it."""

from __future__ import annotations

from typing import Any

from ..base import MXNetValueError
from ..kvstore.early import EarlySums, early_sums
from ..kvstore.interface import PROCESS_STORES
from ..kvstore.kvstore import KVStore
from ..kvstore.updates import create_kvstore, create_sparse_kvstore
from .parameter import Parameter


def store_for(params: list[Parameter], kvstore: Any, update_on_kvstore: bool | None,
              ) -> tuple[Any, bool]:
    """(store or None, whether the update is done in it) for parameters that have arrays."""
    arrays = {param.name: list(param._arrays().values()) for param in params}
    if any(param.stype != "default" for param in params):
        if update_on_kvstore is False:
            raise MXNetValueError("Trainer: update_on_kvstore must not be False where weights are "
                                  "sparse")
        return create_sparse_kvstore(kvstore)
    num_contexts = max((len(copies) for copies in arrays.values()), default=1)
    store, is_on_store = create_kvstore(kvstore, num_contexts,
                                        {name: copies[0] for name, copies in arrays.items()})
    if store is None:
        return None, False
    if any(param.grad_stype != "default" for param in params):
        is_on_store = "_async" in store.type         # it is slower, where there is a choice
        if not isinstance(store, KVStore):
            raise MXNetValueError("Trainer: kvstore must be a KVStore where gradients are sparse; "
                                  f"got {type(store).__name__}")
    if update_on_kvstore is not None:
        is_on_store = update_on_kvstore
    if not is_on_store and "_async" in store.type:
        raise MXNetValueError(f"Trainer: update_on_kvstore must not be False with {store.type!r}, "
                              "which updates parameters by each push")
    if is_on_store and not store.is_capable("optimizer"):
        raise MXNetValueError("Trainer: update_on_kvstore must be False, as this kvstore has no "
                              f"optimizer; it is a {type(store).__name__}")
    return store, is_on_store


def waits_for_others(kvstore: Any) -> bool:
    """Whether it is, or names, a store of several workers who make their steps together."""
    if isinstance(kvstore, KVStore):
        return kvstore.num_workers > 1 and "_async" not in kvstore.type
    return (isinstance(kvstore, str) and kvstore.lower() in PROCESS_STORES
            and "_async" not in kvstore.lower())


def fill(store: Any, trainer: Any, params: list[Parameter], updater: Any) -> None:
    """Put the parameters into the store, and its values into all arrays of those that are trained;
    what is not, such as moving averages, may differ between contexts.

    updater: what then updates them in the store; None: nothing does.
    """
    arrays = [list(param._arrays().values()) for param in params]
    keys: list[Any] = list(range(len(arrays)))
    if not isinstance(store, KVStore):
        if updater is not None:
            store.set_optimizer(updater.optimizer)
        for key, copies in zip(keys, arrays, strict=True):
            store.broadcast(key, copies[0], copies)
        return
    store._hold(trainer, keys, [copies[0] for copies in arrays], updater)
    shared = [i for i in keys if params[i].grad_req != "null"]
    if shared:
        store.pull(shared, [arrays[i] for i in shared], ignore_sparse=False)


def early_sums_of(store: Any, params: list[Parameter], old: EarlySums | None) -> EarlySums | None:
    """Sums of the gradients that start while backward() computes others, where there are such."""
    trained = [i for i, param in enumerate(params) if param.grad_req != "null"]
    return early_sums(store, trained, [list(params[i]._arrays().values()) for i in trained],
                      [params[i].grad_req for i in trained], old)
