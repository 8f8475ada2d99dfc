"""Which store parameters on several contexts need, and how they are updated with it.

These are the functions that MXNet has in `mx.model`, under the names it has there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from .creation import check_kvstore, create
from .early import EarlySums
from .interface import KVStoreBase
from .kvstore import KVStore

LARGE = 16 << 20                # elements; "local" updates such parameters on each context

Arrays = Sequence[Sequence[Any]]            # of each parameter, its arrays on all contexts


def create_kvstore(kvstore: Any, num_device: int, arg_params: Mapping[str, nd.NDArray],
                   ) -> tuple[Any, bool]:
    """(store or None, whether the update is done in it) for parameters on so many contexts.

    kvstore: None, a store, or a name, which on one context means no store. The update is done in a
    store that can, unless MXNET_UPDATE_ON_KVSTORE is 0, or a parameter is large and it is 'local'.
    """
    check_kvstore(kvstore)
    if kvstore is None:
        return None, False
    is_once = os.environ.get("MXNET_UPDATE_ON_KVSTORE", "1") != "0"
    if isinstance(kvstore, str):
        if num_device == 1 and "dist" not in kvstore:
            return None, False
        if kvstore == "local" and any(array.size > LARGE for array in arg_params.values()):
            is_once = False
        kvstore = create(kvstore)
    return kvstore, is_once and kvstore.is_capable(KVStoreBase.OPTIMIZER)


def create_sparse_kvstore(kvstore: Any) -> tuple[KVStore, bool]:
    """(store, True) for row_sparse parameters, which are updated in it on one context, too."""
    if isinstance(kvstore, str):
        kvstore = create(kvstore)
    if not isinstance(kvstore, KVStore):
        raise MXNetTypeError("kvstore must be a KVStore or the name of one where parameters are "
                             f"row_sparse; got {type(kvstore).__name__}")
    return kvstore, True


def initialize_kvstore(kvstore: Any, param_arrays: Arrays, arg_params: Mapping[str, nd.NDArray],
                       param_names: Sequence[str], update_on_kvstore: bool) -> None:
    """Store the parameters by name; if they are updated there, all contexts get these values."""
    for name, arrays in zip(param_names, param_arrays, strict=True):
        is_given = update_on_kvstore and arg_params[name].stype == "default"
        if isinstance(kvstore, KVStore) and not is_given:
            kvstore.init(name, arg_params[name])
        else:
            kvstore.broadcast(name, arg_params[name], out=arrays)


def update_params_on_kvstore(param_arrays: Arrays, grad_arrays: Arrays, kvstore: Any,
                             param_names: Sequence[str]) -> None:
    """Push the gradients, and give all contexts the parameters that the store has updated."""
    _exchange(kvstore, param_names, grad_arrays, param_arrays)


def update_params(param_arrays: Arrays, grad_arrays: Arrays, updater: Any, num_device: int,
                  kvstore: Any = None, param_names: Sequence[str] | None = None) -> None:
    """Update the parameters of each context by `updater`; a store first sums the gradients.

    The k-th array of the i-th parameter has the number i * num_device + k.
    """
    if kvstore:
        if param_names is None:
            raise MXNetValueError("update_params: param_names must be given with a kvstore")
        _exchange(kvstore, param_names, grad_arrays, grad_arrays)
    for i, (weights, grads) in enumerate(zip(param_arrays, grad_arrays, strict=True)):
        if grads[0] is not None:
            for k, (weight, grad) in enumerate(zip(weights, grads, strict=True)):
                updater(i * num_device + k, grad, weight)


def _exchange(kvstore: Any, keys: Sequence[Any], grads: Arrays, outputs: Arrays) -> None:
    """pushpull, also of sparse arrays; keys whose gradients are None are left out."""
    chosen = [i for i, arrays in enumerate(grads) if arrays[0] is not None]
    push_pull(kvstore, [keys[i] for i in chosen], [grads[i] for i in chosen],
              [outputs[i] for i in chosen])


def push_pull(kvstore: Any, keys: Sequence[Any], values: Arrays, outputs: Arrays,
              early: EarlySums | None = None) -> None:
    """Push values and pull outputs, dense or sparse; a KVStore gets all keys in one call.

    early: sums of the values that may have been started before.
    """
    if isinstance(kvstore, KVStore):
        if keys:
            sums = {} if early is None else early.take(keys, values, kvstore._sums_early)
            kvstore._push_pull(keys, values, outputs, False, sums)
        return
    for i, (key, arrays, its) in enumerate(zip(keys, values, outputs, strict=True)):
        kvstore.pushpull(key, list(arrays), out=None if its is arrays else list(its), priority=-i)
