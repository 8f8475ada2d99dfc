"""`Trainer`: applies an optimizer to a set of parameters."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from .. import optimizer as opt
from ..base import (
    MXNetError,
    MXNetNotImplementedError,
    MXNetTypeError,
    MXNetValueError,
    NamesArguments,
)
from ..ndarray.variable import consume_gradient, has_fresh_gradient
from ..whole_file import replacing
from .parameter import Parameter

_STORES = (None, "local", "device", "nccl")


class StaleGradientError(MXNetError, UserWarning):
    """A step without a backward() before it; a UserWarning as in MXNet, which raises that."""


class Trainer(NamesArguments):
    """`step(batch_size)` updates all parameters by their gradients, divided by batch_size.

    params: what collect_params() gives, a dict or a list of Parameters. optimizer: a name with
    optimizer_params, or an Optimizer. On several contexts the gradients are summed over them,
    and the update is done once, on the first; update_on_kvstore=False does it on each.
    """

    def __init__(self, params: Any, optimizer: Any, optimizer_params: dict[str, Any] | None = None,
                 kvstore: Any = "device", compression_params: dict[str, Any] | None = None,
                 update_on_kvstore: bool | None = None) -> None:
        if kvstore not in _STORES or compression_params is not None:
            raise MXNetNotImplementedError(
                "Trainer: kvstore must be None, 'local', 'device' or 'nccl', without "
                f"compression_params; got {kvstore!r} and {compression_params!r}")
        self._params = _parameter_list(params)
        for param in self._params:
            param._set_trainer(self)
        is_sparse = any(param.stype != "default" for param in self._params)
        if update_on_kvstore is False and is_sparse:
            raise MXNetValueError("Trainer: update_on_kvstore must not be False where weights are "
                                  "sparse")
        if update_on_kvstore and kvstore is None:
            raise MXNetValueError("Trainer: update_on_kvstore=True needs a kvstore; got None")
        self._param2idx = {param.name: i for i, param in enumerate(self._params)}
        self._kvstore = kvstore
        self._update_on_kvstore = kvstore is not None and update_on_kvstore is not False
        self._set_optimizer(optimizer, dict(optimizer_params or {}))
        self._scale = self._optimizer.rescale_grad
        self._amp_loss_scaler: Any = None       # see contrib.amp
        self._amp_original_scale = self._scale

    def _set_optimizer(self, optimizer: Any, optimizer_params: dict[str, Any]) -> None:
        param_dict = dict(enumerate(self._params))
        if isinstance(optimizer, opt.Optimizer):
            if optimizer_params:
                raise MXNetValueError("Trainer: optimizer_params must be None if optimizer is an "
                                      "Optimizer and not a name")
            optimizer.param_dict = param_dict
            self._optimizer = optimizer
        else:
            self._optimizer = opt.create(optimizer, param_dict=param_dict, **optimizer_params)
        self._updaters = [opt.get_updater(self._optimizer)]

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
        self._scale_gradients("step", batch_size, ignore_stale_grad)
        self.allreduce_grads()
        self._update(self._update_on_kvstore)

    def allreduce_grads(self) -> None:
        """Give every context the sum of the gradients of all; `update` then goes on from there.

        Without a kvstore nothing is summed, as in MXNet.
        """
        if self._kvstore is None:
            return
        for param in self._params:
            if param._only is None and param.grad_req != "null":
                _sum_over_contexts(param.list_grad())

    def update(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Update every parameter by gradients / batch_size, without summing over contexts."""
        self._scale_gradients("update", batch_size, ignore_stale_grad)
        self._update(False)

    def _scale_gradients(self, caller: str, batch_size: float, ignore_stale: bool) -> None:
        """Divide by the batch size, after checks of it and of the gradients."""
        if not batch_size > 0:
            raise MXNetValueError(f"Trainer.{caller}: batch_size must be positive; "
                                  f"got {batch_size}")
        self._optimizer.rescale_grad = self._scale / batch_size
        if ignore_stale:
            return
        for param in self._params:
            if param._grad_req == "null":
                continue
            only = param._only
            for data in param._arrays().values() if only is None else (only,):
                if not has_fresh_gradient(data):
                    raise _stale(param, data)

    def _update(self, once: bool) -> None:
        """Update what has a fresh gradient; once: on the first context, whence the others get it.
        """
        if self._amp_loss_scaler is not None and self._amp_loss_scaler.has_overflow(self._params):
            self._pass_over()
            return
        first = self._updaters[0]
        for i, param in enumerate(self._params):
            if param._grad_req == "null":
                continue
            only = param._only
            if only is not None:
                if consume_gradient(only):
                    first(i, only.grad, only)
                continue
            arrays, grads = list(param._arrays().values()), param.list_grad()
            fresh = [consume_gradient(data) for data in arrays]
            if once:
                if any(fresh):
                    first(i, grads[0], arrays[0])
                    for data in arrays[1:]:
                        data._copy_from(arrays[0])
                continue
            self._add_updaters(len(arrays))
            for k, updater in enumerate(self._updaters[:len(arrays)]):
                self._optimizer._set_current_context(k)
                if fresh[k]:
                    updater(i, grads[k], arrays[k])
            self._optimizer._set_current_context(0)
        if once:
            del self._updaters[1:]          # their states are old now

    def _pass_over(self) -> None:
        """Take the gradients for used."""
        for param in self._params:
            if param._grad_req != "null":
                only = param._only
                for data in param._arrays().values() if only is None else (only,):
                    consume_gradient(data)

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
        content = self._updaters[0].get_states(dump_optimizer=True)
        with replacing(fname) as file:
            file.write(content)

    def load_states(self, fname: str) -> None:
        """Read what save_states wrote, here or in MXNet 1.x; all contexts get the states.

        Only arrays, numbers, optimizers and schedulers are read, so a file from anywhere runs
        nothing. A scheduler that is a function is only named there, so that this Trainer must have
        been made with it. Raises MXNetError for a damaged one, and changes nothing then.
        """
        with open(fname, "rb") as file:
            self._updaters[0].set_states(file.read(), os.fspath(fname))
        del self._updaters[1:]
        self._optimizer = self._updaters[0].optimizer
        self._optimizer.param_dict = dict(enumerate(self._params))


def _parameter_list(params: Any) -> list[Parameter]:
    if hasattr(params, "keys"):
        params = [params[key] for key in sorted(params.keys())]
    if not isinstance(params, (list, tuple)):
        raise MXNetTypeError("Trainer: params must be a list or dict of Parameters, such as "
                             f"net.collect_params() gives; got {type(params).__name__}")
    for param in params:
        if not isinstance(param, Parameter):
            raise MXNetTypeError(f"Trainer: params must hold Parameters; "
                                 f"got {type(param).__name__}")
    return list(params)


def _stale(param: Parameter, data: nd.NDArray) -> StaleGradientError:
    return StaleGradientError(
        f"Trainer: backward() has not written the gradient of Parameter '{param.name}' on "
        f"{data.ctx} since the last step. If only some parameters are meant to be used, "
        "step(..., ignore_stale_grad=True) leaves the others as they are")


def _sum_over_contexts(grads: Sequence[nd.NDArray]) -> None:
    total = grads[0].copy()
    for grad in grads[1:]:
        total += grad.as_in_context(total.ctx)
    for grad in grads:
        grad[:] = total.as_in_context(grad.ctx)
