"""`mx.executor_manager`: executors on several contexts for MXNet's older programs, which update the
parameters themselves; `mx.mod.Module` does all of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .base import MXNetError, MXNetNotImplementedError, MXNetValueError
from .module.executor_group import DataParallelExecutorGroup as _Group
from .module.slicing import split_batch
from .ndarray import NDArray


def _split_input_slice(batch_size: int, work_load_list: list[float]) -> list[slice]:
    """Slices of a batch, one a device, as large as the work loads say."""
    return split_batch(batch_size, work_load_list)


def _check_arguments(symbol: Any) -> None:
    """Raise ValueError where two arguments, or two auxiliary states, have one name."""
    for kind, names in (("argument", symbol.list_arguments()),
                        ("auxiliary state", symbol.list_auxiliary_states())):
        name, count = Counter(names).most_common(1)[0] if names else ("", 0)
        if count > 1:
            raise MXNetValueError(f"Symbol: each {kind} must have a name of its own; {count} are "
                                  f"called {name!r}")


class DataParallelExecutorGroup:
    """An Executor a context for batches of one shape; each works on a slice of the batch.

    slices: one a context. train_data: has provide_data and provide_label. shared_group: a group
    whose parameters, gradients and states this one shares. param_arrays, grad_arrays, aux_arrays:
    of each parameter or state, a list with the array of each context; train_execs: the Executors.
    """

    def __init__(self, sym: Any, arg_names: Sequence[str], param_names: Sequence[str],
                 ctx: Sequence[Any], slices: Sequence[slice], train_data: Any,
                 shared_group: DataParallelExecutorGroup | None = None) -> None:
        _check_arguments(sym)
        self.param_names = [name for name in arg_names if name in param_names]
        self.slices = list(slices)
        self._batch: Any = None
        self._group: _Group = _Group(
            sym, ctx, [part.stop - part.start for part in slices], train_data.provide_data,
            train_data.provide_label, self.param_names, for_training=True, inputs_need_grad=False,
            shared_group=None if shared_group is None else shared_group._group)
        self.train_execs = self._group.execs
        self.data_names = [desc.name for desc in self._group.data_shapes]
        self.label_names, self.aux_names = self._group.label_names, self._group.aux_names
        self.data_arrays = self._with_slices(self._group.data_arrays)
        self.label_arrays = self._with_slices(self._group.label_arrays)
        self.param_arrays, self.aux_arrays = self._group.param_arrays, self._group.aux_arrays
        self.grad_arrays: Any = self._group.grad_arrays

    def _with_slices(self, arrays: list[list[NDArray]]) -> list[list[tuple[slice, NDArray]]]:
        return [list(zip(self.slices, copies, strict=True)) for copies in arrays]

    def load_data_batch(self, data_batch: Any) -> None:
        """Take the batch that `forward` then works on."""
        self._batch = data_batch

    def forward(self, is_train: bool = False) -> None:
        """Compute the outputs of the batch."""
        if self._batch is None:
            raise MXNetError("DataParallelExecutorGroup.forward: call load_data_batch first")
        self._group.forward(self._batch, is_train)

    def backward(self) -> None:
        """Compute the gradients."""
        self._group.backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs into a metric; pre_sliced: labels has a list for each context."""
        self._group.update_metric(metric, labels, pre_sliced)


class DataParallelExecutorManager:
    """Runs a Symbol on several contexts, and one for each bucket if sym_gen(bucket_key) is given.

    ctx: the contexts. train_data: a DataIter, whose batch_size is cut by work_load_list.
    """

    def __init__(self, symbol: Any, ctx: Sequence[Any], train_data: Any,
                 arg_names: Sequence[str], param_names: Sequence[str], aux_names: Sequence[str],
                 work_load_list: list[float] | None = None, logger: Any = None,
                 sym_gen: Any = None) -> None:
        (logging if logger is None else logger).info("Start training with %s", ctx)
        loads = [1.0] * len(ctx) if work_load_list is None else list(work_load_list)
        if len(loads) != len(ctx):
            raise MXNetValueError("DataParallelExecutorManager: work_load_list must have "
                                  f"{len(ctx)} numbers, one a context; got {len(loads)}")
        self.ctx, self.symbol, self.sym_gen = list(ctx), symbol, sym_gen
        self.arg_names, self.param_names, self.aux_names = arg_names, param_names, aux_names
        self.slices = split_batch(train_data.batch_size, loads)
        self.execgrp = self._group_of(symbol, train_data)
        self.curr_execgrp: DataParallelExecutorGroup | None = None
        if sym_gen is not None:
            self.execgrp_bucket = {train_data.default_bucket_key: self.execgrp}

    def _group_of(self, symbol: Any, data: Any, shared: Any = None) -> DataParallelExecutorGroup:
        return DataParallelExecutorGroup(symbol, self.arg_names, self.param_names, self.ctx,
                                         self.slices, data, shared)

    def install_monitor(self, monitor: Any) -> None:
        """Let a Monitor watch the Executors; not those of buckets."""
        if self.sym_gen is not None:
            raise MXNetNotImplementedError("DataParallelExecutorManager.install_monitor: executors "
                                           "of buckets cannot be watched; a BucketingModule's can")
        self.execgrp._group.install_monitor(monitor)

    def set_params(self, arg_params: Mapping[str, NDArray],
                   aux_params: Mapping[str, NDArray]) -> None:
        """Copy parameters and states to all contexts."""
        self.execgrp._group.set_params(arg_params, aux_params)

    def copy_to(self, arg_params: Mapping[str, NDArray],
                aux_params: Mapping[str, NDArray]) -> None:
        """Write parameters and states, their means over the contexts, to these arrays."""
        self.execgrp._group.get_params(arg_params, aux_params)

    @property
    def param_arrays(self) -> list[list[NDArray]]:
        """Of each parameter, a list with the array of each context."""
        return self.execgrp.param_arrays

    @property
    def grad_arrays(self) -> list[list[NDArray]]:
        """Of each parameter, a list with the gradient of each context."""
        grads: list[list[NDArray]] = self.execgrp.grad_arrays
        return grads

    @property
    def aux_arrays(self) -> list[list[NDArray]]:
        """Of each auxiliary state, a list with the array of each context."""
        return self.execgrp.aux_arrays

    def load_data_batch(self, data_batch: Any) -> None:
        """Take the batch, of a bucket if there are buckets, that `forward` then works on."""
        self.curr_execgrp = self.execgrp
        if self.sym_gen is not None:
            key = data_batch.bucket_key
            if key not in self.execgrp_bucket:
                self.execgrp_bucket[key] = self._group_of(self.sym_gen(key), data_batch,
                                                          self.execgrp)
            self.curr_execgrp = self.execgrp_bucket[key]
        self.curr_execgrp.load_data_batch(data_batch)

    def _current(self, caller: str) -> DataParallelExecutorGroup:
        if self.curr_execgrp is None:
            raise MXNetError(f"DataParallelExecutorManager.{caller}: call load_data_batch first")
        return self.curr_execgrp

    def forward(self, is_train: bool = False) -> None:
        """Compute the outputs of the batch."""
        self._current("forward").forward(is_train)

    def backward(self) -> None:
        """Compute the gradients."""
        self._current("backward").backward()

    def update_metric(self, metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs into a metric; pre_sliced: labels has a list for each context."""
        self._current("update_metric").update_metric(metric, labels, pre_sliced)
