"""`Trainer`: applies an optimizer to a set of parameters."""

from __future__ import annotations

import copy
import operator
import os
from typing import Any

from .. import ndarray as nd
from .. import optimizer as opt
from ..arguments import NamesArguments
from ..base import AssertedValueError, MXNetAssertionError, MXNetValueError, WrongKindError
from ..device.context import Context
from ..kvstore.compression import compression_of
from ..kvstore.creation import check_kvstore
from ..kvstore.interface import PROCESS_STORES, STORES
from ..kvstore.kvstore import KVStore
from ..kvstore.updates import push_pull
from ..ndarray.variable import consume_gradient
from ..whole_file import reading, replacing
from .fresh_gradients import StaleGradientError as StaleGradientError
from .fresh_gradients import check_fresh, consume_all
from .parameter import Parameter
from .trainer_store import early_sums_of, fill, store_for, waits_for_others


class Trainer(NamesArguments):
    """`step(batch_size)` updates all parameters by their gradients, divided by batch_size.

    params: what collect_params() gives, a dict or a list of Parameters. optimizer: a name with
    optimizer_params, or an Optimizer.

    kvstore: a name or a store, which sums gradients over contexts; None: they are not summed. On
    one context, names make no store, unless weights are row_sparse or it is 'dist_sync' or the
    like; with these, all workers get the weights of worker 0, at once if they have shapes.
    update_on_kvstore: whether the update is done once, in the store, as it is by default where a
    store can and gradients are dense; if not, on each context. compression_params: see
    `KVStore.set_gradient_compression`.

    Subclasses that sum gradients or share weights in another way override what MXNet's do:
    `_check_and_rescale_grad`, `_init_kvstore`, `_init_params`, `_allreduce_grads` and `_update`,
    which `step` calls in this order (`_init_params` while `_params_to_init` has something).
    """

    def __init__(self, params: Any, optimizer: Any, optimizer_params: dict[str, Any] | None = None,
                 kvstore: Any = "device", compression_params: dict[str, Any] | None = None,
                 update_on_kvstore: bool | None = None) -> None:
        check_kvstore(kvstore)
        if compression_params:
            compression_of(compression_params)
        if update_on_kvstore and kvstore is None:
            raise MXNetValueError("Trainer: update_on_kvstore=True needs a kvstore; got None")
        self._params = _parameter_list(params)
        for param in self._params:
            param._set_trainer(self)
        self._param2idx = {param.name: i for i, param in enumerate(self._params)}
        self._compression_params = compression_params
        self._kvstore_params = {"kvstore": kvstore, "update_on_kvstore": update_on_kvstore}
        self._set_optimizer(optimizer, dict(optimizer_params or {}))
        self._scale = self._optimizer.rescale_grad
        self._amp_loss_scaler: Any = None       # see contrib.amp
        self._amp_original_scale = self._scale
        self._early: Any = None                 # sums over workers that backward() starts
        self._reset_kvstore()
        if waits_for_others(kvstore) and all(param._by_context for param in self._params):
            self._ready()                       # all workers have the same weights from here on

    def _set_optimizer(self, optimizer: Any, optimizer_params: dict[str, Any]) -> None:
        param_dict = dict(enumerate(self._params))
        if isinstance(optimizer, opt.Optimizer):
            if optimizer_params:
                raise AssertedValueError("Trainer: optimizer_params must be None if optimizer is "
                                         "an Optimizer and not a name")
            optimizer.param_dict = param_dict
            self._optimizer = optimizer
        else:
            self._optimizer = opt.create(optimizer, param_dict=param_dict, **optimizer_params)
        self._updaters = [opt.get_updater(self._optimizer)]

    # The store -----------------------------------------------------------------------------------

    def _reset_kvstore(self) -> None:
        """Make the store anew before the next step; the states of the optimizer stay."""
        self._kv_initialized = False
        self._kvstore: Any = None
        self._update_on_kvstore: bool | None = None
        self._params_to_init = list(self._params)
        self._changes = -1                      # Parameter.changes at the last step
        self._known: list[nd.NDArray] = []      # all arrays at the last step

    def _init_kvstore(self) -> None:
        """Make the store that the parameters need, if any; they must have arrays."""
        kvstore, is_on_store = store_for(self._params, *self._kvstore_params.values())
        if kvstore is not None:
            if self._compression_params:
                kvstore.set_gradient_compression(self._compression_params)
            self._kvstore, self._update_on_kvstore = kvstore, is_on_store
        self._kv_initialized = True

    def _init_params(self) -> None:
        """Put the parameters into the store, if there is one, and its values into their arrays."""
        if self._kvstore is not None:
            fill(self._kvstore, self, self._params,
                 self._updaters[0] if self._update_on_kvstore else None)
            self._early = early_sums_of(self._kvstore, self._params, self._early)
        self._params_to_init = []

    def _ready(self) -> None:
        """Have a store for the arrays that the parameters have now."""
        if self._kv_initialized and not self._params_to_init and (
                self._changes == Parameter.changes):
            return
        arrays = [array for param in self._params for array in param._arrays().values()]
        if len(arrays) != len(self._known) or any(map(operator.is_not, arrays, self._known)):
            self._reset_kvstore()
        if not self._kv_initialized:
            self._init_kvstore()
        if self._params_to_init:
            self._init_params()
        self._changes, self._known = Parameter.changes, arrays

    @property
    def _contexts(self) -> list[Context]:
        """The contexts of the parameters, which all have the same."""
        return self._params[0].list_ctx() if self._params else []

    @property
    def learning_rate(self) -> float:
        """The optimizer's learning rate now."""
        return self._optimizer.learning_rate

    @property
    def optimizer(self) -> opt.Optimizer:
        """The optimizer."""
        return self._optimizer

    def set_learning_rate(self, lr: float) -> None:
        """Change the learning rate."""
        self._optimizer.set_learning_rate(lr)

    def step(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Sum the gradients over contexts, and update every parameter by them / batch_size.

        A gradient that no backward() has written since the last step is stale: that raises
        StaleGradientError before anything is changed, or, with ignore_stale_grad=True, leaves the
        parameter as it is.
        """
        self._check_gradients("step", batch_size, ignore_stale_grad)
        self._check_and_rescale_grad(self._scale / batch_size)
        self._ready()
        self._allreduce_grads()
        self._update(ignore_stale_grad)

    def allreduce_grads(self) -> None:
        """Give every context the sum of the gradients of all; `update` then goes on from there.

        Without a kvstore nothing is summed, as in MXNet. Raises AssertionError where the update is
        done in the kvstore.
        """
        self._ready()
        self._check_apart("allreduce_grads")
        self._allreduce_grads()

    def update(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Update every parameter by gradients / batch_size, without summing over contexts.

        Raises AssertionError where the update is done in the kvstore.
        """
        self._ready()
        self._check_apart("update")
        self._check_gradients("update", batch_size, ignore_stale_grad)
        self._check_and_rescale_grad(self._scale / batch_size)
        self._update(ignore_stale_grad)

    def _check_apart(self, caller: str) -> None:
        if self._update_on_kvstore:
            raise MXNetAssertionError(
                f"Trainer.{caller}: parameters are updated in the kvstore, which step() does; "
                "update_on_kvstore=False lets allreduce_grads() and update() do it")

    def _allreduce_grads(self) -> None:
        """Let the store give all contexts the sum of the gradients, or, where it updates, do so."""
        if self._update_on_kvstore:
            self._update_on_store()
        elif self._kvstore is not None:
            keys = [i for i, param in enumerate(self._params) if param.grad_req != "null"]
            grads = [self._params[i].list_grad() for i in keys]
            push_pull(self._kvstore, keys, grads, grads, self._early)

    def _check_gradients(self, caller: str, batch_size: float, ignore_stale: bool) -> None:
        """Raise for a wrong batch size, or, unless stale ones are left out, for stale gradients."""
        if not batch_size > 0:
            raise MXNetValueError(f"Trainer.{caller}: batch_size must be positive; "
                                  f"got {batch_size}")
        if not ignore_stale:
            check_fresh(self._params)

    def _check_and_rescale_grad(self, scale: float) -> None:
        """Let the optimizer multiply gradients by `scale`."""
        self._optimizer.rescale_grad = scale

    def _overflows(self) -> bool:
        """Whether gradients overflowed, in any worker, which are then used up."""
        in_any_worker = self._kvstore._in_any_worker if isinstance(self._kvstore, KVStore) else bool
        if self._amp_loss_scaler is None or not self._amp_loss_scaler.has_overflow(
                self._params, in_any_worker):
            return False
        consume_all(self._params)
        return True

    def _update_on_store(self) -> None:
        """Let the store update what has a fresh gradient, and give it to all contexts."""
        if self._overflows():
            return
        keys, grads, outputs = [], [], []
        for i, param in enumerate(self._params):
            if param._grad_req == "null":
                continue
            arrays = list(param._arrays().values())
            if any([consume_gradient(data) for data in arrays]):
                keys.append(i)
                grads.append(param.list_grad())
                outputs.append(arrays)
        push_pull(self._kvstore, keys, grads, outputs, self._early)

    def _update(self, ignore_stale_grad: bool = False) -> None:
        """Update what has a fresh gradient, on each context, unless the store does that.

        ignore_stale_grad: what `step` was given, for subclasses; stale gradients are left out.
        """
        if self._update_on_kvstore or self._overflows():
            return
        updates: list[tuple[list[Any], ...]] = []       # a context's numbers, gradients, arrays
        for i, param in enumerate(self._params):
            if param._grad_req == "null":
                continue
            only = param._only
            arrays = param._arrays().values() if only is None else (only,)
            for k, array in enumerate(arrays):
                if k == len(updates):
                    updates.append(([], [], []))
                if consume_gradient(array):
                    indices, grads, weights = updates[k]
                    indices.append(i)
                    grads.append(array.grad)
                    weights.append(array)
        self._add_updaters(len(updates))
        for k, one_context in enumerate(updates):
            self._optimizer._set_current_context(k)
            self._updaters[k](*one_context)
        self._optimizer._set_current_context(0)

    def _add_updaters(self, number: int) -> None:
        """Have an updater for each of so many contexts; a new one has the states of the first."""
        first, counts = self._updaters[0], self._optimizer._all_index_update_counts
        for k in range(len(self._updaters), number):
            updater = opt.get_updater(self._optimizer)
            updater.states = copy.deepcopy(first.states)
            updater.states_synced = dict.fromkeys(updater.states, False)
            counts[k] = dict(counts[0])
            self._updaters.append(updater)

    def save_states(self, fname: str) -> None:
        """Write the optimizer and its states to a file, which appears whole or not at all."""
        if self._has_foreign_states():
            self._kvstore.save_optimizer_states(fname, dump_optimizer=True)
            return
        content = self._updaters[0].get_states(dump_optimizer=True)
        with replacing(fname) as file:
            file.write(content)

    def load_states(self, fname: str) -> None:
        """Read what save_states wrote, here or in MXNet 1.x; all contexts get the states.

        Only arrays, numbers, optimizers and schedulers are read, so a file from anywhere runs
        nothing. A scheduler that is a function is only named there, so that this Trainer must have
        been made with it. Raises MXNetError for a damaged one, and changes nothing then.
        """
        if self._has_foreign_states():
            self._kvstore.load_optimizer_states(fname)
            return
        with reading(fname) as file:
            self._updaters[0].set_states(file.read(), os.fspath(fname))
        del self._updaters[1:]
        self._optimizer = self._updaters[0].optimizer
        self._optimizer.param_dict = dict(enumerate(self._params))

    def _has_foreign_states(self) -> bool:
        """Whether a store of another class than KVStore has the states of the optimizer."""
        given = self._kvstore_params["kvstore"]
        if given is None or isinstance(given, KVStore) or (
                given in (*STORES, *PROCESS_STORES)):
            return False
        self._ready()
        return bool(self._update_on_kvstore)


def _parameter_list(params: Any) -> list[Parameter]:
    if hasattr(params, "keys"):
        params = [params[key] for key in sorted(params.keys())]
    if not isinstance(params, (list, tuple)):
        raise WrongKindError("Trainer: params must be a list or dict of Parameters, such as "
                             f"net.collect_params() gives; got {type(params).__name__}")
    for param in params:
        if not isinstance(param, Parameter):
            raise WrongKindError(f"Trainer: params must hold Parameters; "
                                 f"got {type(param).__name__}")
    return list(params)
