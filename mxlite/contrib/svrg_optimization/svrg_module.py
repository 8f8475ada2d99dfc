"""`SVRGModule`: a Module whose gradients vary less, by way of those of all batches."""

from __future__ import annotations

import logging
from typing import Any

from ...base import MXNetTypeError, MXNetValueError
from ...module import Module
from ...module.interface import ModuleStateError
from ...ndarray import NDArray
from ...symbol import Symbol


class SVRGModule(Module):
    """A Module trained by stochastic variance reduced gradients.

    At every update_freq-th epoch `fit` keeps a copy of the weights, and the mean of the gradients
    of all batches there. The gradient of a batch becomes: its gradient, minus its gradient at the
    copy, plus that mean. So it is exact where weights stay near the copy; each batch costs two
    passes, and each full gradient one pass over the data. Other arguments: those of Module.
    """

    def __init__(self, symbol: Symbol, data_names: Any = ("data",),
                 label_names: Any = ("softmax_label",), logger: Any = logging,
                 context: Any = None, work_load_list: Any = None, fixed_param_names: Any = None,
                 state_names: Any = None, group2ctxs: Any = None, compression_params: Any = None,
                 update_freq: int | None = None) -> None:
        if isinstance(update_freq, bool) or not isinstance(update_freq, int):
            raise MXNetTypeError("SVRGModule: update_freq, from one full gradient to the next, in "
                                 f"epochs, must be an int; got {update_freq!r}")
        if update_freq < 1:
            raise MXNetValueError(f"SVRGModule: update_freq must be at least 1; got {update_freq}")
        settings = (data_names, label_names, logger, context, work_load_list, fixed_param_names,
                    state_names, group2ctxs, compression_params)
        super().__init__(symbol, *settings)
        self.update_freq = update_freq
        self._mod_aux = Module(symbol, *settings)              # at the copy of the weights
        self._ctx_len = len(self._context)
        # of each context, the full gradients by name: its share of their mean
        self._param_dict: list[dict[str, NDArray]] | None = None

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """As Module.bind; for training also the module that has the copy of the weights."""
        super().bind(data_shapes, label_shapes, for_training, inputs_need_grad, force_rebind,
                     shared_module, grad_req)
        if for_training and not self._mod_aux.binded:
            self._mod_aux.bind(data_shapes, label_shapes, True, inputs_need_grad,
                               grad_req=grad_req)

    def _reset_bind(self) -> None:
        super()._reset_bind()
        self._mod_aux._reset_bind()

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """As Module.forward; in training also at the copy of the weights."""
        super().forward(data_batch, is_train)
        if self._has_copy and (self.for_training if is_train is None else is_train):
            self._mod_aux.forward(data_batch, True)

    def backward(self, out_grads: Any = None) -> None:
        """As Module.backward; also at the copy of the weights."""
        super().backward(out_grads)
        if self._has_copy:
            self._mod_aux.backward(out_grads)

    @property
    def _has_copy(self) -> bool:
        return self._param_dict is not None

    def update(self) -> None:
        """Update the parameters by the gradients of less variance.

        Raises where `update_full_grads` was not called before, as `fit` does.
        """
        if self._param_dict is None:
            raise ModuleStateError("SVRGModule.update: call update_full_grads(train_data) before "
                                   "forward and backward; fit does so")
        group, copied = self._exec_group, self._mod_aux._exec_group
        for name, grads, old_grads in zip(group.param_names, group.grad_arrays,
                                          copied.grad_arrays, strict=True):
            for full, grad, old in zip(self._param_dict, grads, old_grads, strict=True):
                if grad is not None:
                    grad += full[name] - old
        super().update()

    def update_full_grads(self, train_data: Any) -> None:
        """Copy the weights, and take the mean of the gradients of all batches of train_data there.

        train_data: a DataIter, which is reset first and at its end afterwards.
        """
        self._need("update_full_grads", "binded", "for_training", "params_initialized")
        self._mod_aux.set_params(*self.get_params())
        train_data.reset()
        sums: list[dict[str, NDArray]] = [{} for _ in self._context]
        count = 0.0
        for batch in train_data:
            self._mod_aux.forward(batch, is_train=True)
            self._mod_aux.backward()
            count += 1 - (batch.pad or 0) / train_data.batch_size
            group = self._mod_aux._exec_group
            for name, grads in zip(group.param_names, group.grad_arrays, strict=True):
                for total, grad in zip(sums, grads, strict=True):
                    if grad is not None:
                        total[name] = total[name] + grad if name in total else grad.copy()
        if not count:
            raise MXNetValueError("SVRGModule.update_full_grads: train_data has no batches")
        self._param_dict = [{name: array / count for name, array in total.items()}
                            for total in sums]

    def _begin_epoch(self, epoch: int, train_data: Any) -> None:
        if epoch % self.update_freq == 0 or not self._has_copy:
            self.update_full_grads(train_data)
            train_data.reset()
