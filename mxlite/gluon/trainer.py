"""`Trainer`: applies an optimizer to a set of parameters."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from .. import optimizer as opt
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..ndarray.tape import consume_gradient
from .parameter import Parameter

_STORES = (None, "local", "device", "nccl")


class Trainer:
    """`step(batch_size)` updates all parameters by their gradients, divided by batch_size.

    params: what collect_params() gives, a dict or a list of Parameters. optimizer: a name with
    optimizer_params, or an Optimizer. On several contexts the gradients are summed over them.
    """

    def __init__(self, params: Any, optimizer: Any, optimizer_params: dict[str, Any] | None = None,
                 kvstore: Any = "device", compression_params: dict[str, Any] | None = None,
                 update_on_kvstore: bool | None = None) -> None:
        if kvstore not in _STORES or compression_params is not None:
            raise MXNetNotImplementedError(
                "Trainer: kvstore must be None, 'local', 'device' or 'nccl', without "
                f"compression_params; got {kvstore!r} and {compression_params!r}")
        if update_on_kvstore and kvstore is None:
            raise MXNetValueError("Trainer: update_on_kvstore=True needs a kvstore; got None")
        self._params = _parameter_list(params)
        self._param2idx = {param.name: i for i, param in enumerate(self._params)}
        optimizer_params = dict(optimizer_params or {})
        self._scale = float(optimizer_params.get("rescale_grad", 1.0))
        self._set_optimizer(optimizer, optimizer_params)

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

        A gradient that no backward() has written since the last step is stale: the parameter is
        left as it is with ignore_stale_grad=True, else updated with a UserWarning.
        """
        if not batch_size > 0:
            raise MXNetValueError(f"Trainer.step: batch_size must be positive; got {batch_size}")
        self._optimizer.rescale_grad = self._scale / batch_size
        self.allreduce_grads()
        self._update(ignore_stale_grad)

    def allreduce_grads(self) -> None:
        """Give every context the sum of the gradients of all; `update` then goes on from there."""
        for param in self._params:
            if param._only is None and param.grad_req != "null":
                _sum_over_contexts(param.list_grad())

    def update(self, batch_size: float, ignore_stale_grad: bool = False) -> None:
        """Update every parameter by gradients / batch_size, without summing over contexts."""
        self._optimizer.rescale_grad = self._scale / batch_size
        self._update(ignore_stale_grad)

    def _update(self, ignore_stale: bool) -> None:
        first = self._updaters[0]
        for i, param in enumerate(self._params):
            if param._grad_req == "null":
                continue
            only = param._only
            if only is not None:
                if consume_gradient(only) or _updates_stale(param, only, ignore_stale):
                    first(i, only.grad, only)
                continue
            for k, (data, grad) in enumerate(
                    zip(param.list_data(), param.list_grad(), strict=True)):
                if k == len(self._updaters):
                    self._updaters.append(opt.get_updater(self._optimizer))
                self._optimizer._set_current_context(k)
                if consume_gradient(data) or _updates_stale(param, data, ignore_stale):
                    self._updaters[k](i, grad, data)
            self._optimizer._set_current_context(0)

    def save_states(self, fname: str) -> None:
        """Write the optimizer and its states to a file."""
        with open(fname, "wb") as file:
            file.write(self._updaters[0].get_states(dump_optimizer=True))

    def load_states(self, fname: str) -> None:
        """Read what save_states wrote (a pickle: only from a source you trust)."""
        with open(fname, "rb") as file:
            states = file.read()
        for updater in self._updaters:
            updater.set_states(states)
            updater.optimizer = self._updaters[0].optimizer
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


def _updates_stale(param: Parameter, data: nd.NDArray, ignore: bool) -> bool:
    """Whether to update by a stale gradient: with a warning, unless the user says to ignore it."""
    if not ignore:
        warnings.warn(
            f"Trainer: backward() has not written the gradient of Parameter '{param.name}' on "
            f"{data.ctx} since the last step; the parameter is updated by the old one. If only "
            "some parameters are meant to be used, step(..., ignore_stale_grad=True) skips the "
            "others", stacklevel=4)
    return not ignore


def _sum_over_contexts(grads: Sequence[nd.NDArray]) -> None:
    total = grads[0].copy()
    for grad in grads[1:]:
        total += grad.as_in_context(total.ctx)
    for grad in grads:
        grad[:] = total.as_in_context(grad.ctx)
