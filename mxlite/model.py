"""`mx.model`: checkpoints, what callbacks get, and `FeedForward`, which was there before Module."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import io, metric
from . import ndarray as nd
from .base import MXNetTypeError, MXNetValueError
from .callback import BatchEndParam as BatchEndParam
from .callback import LogValidationMetricsCallback
from .checkpoint import load_checkpoint as load_checkpoint
from .checkpoint import load_params as load_params
from .checkpoint import save_checkpoint as save_checkpoint
from .device.context import cpu
from .kvstore.updates import create_kvstore as _create_kvstore  # noqa: F401
from .kvstore.updates import create_sparse_kvstore as _create_sparse_kvstore  # noqa: F401
from .kvstore.updates import initialize_kvstore as _initialize_kvstore  # noqa: F401
from .kvstore.updates import update_params as _update_params  # noqa: F401
from .kvstore.updates import update_params_on_kvstore as _update_params_on_kvstore
from .module import BucketingModule, Module
from .module.base_module import call_all
from .module.interface import SCALED
from .optimizer import get_updater as get_updater
from .symbol import Symbol

_update_params_on_kvstore_nccl = _update_params_on_kvstore
_LOG_VALIDATION = LogValidationMetricsCallback()


class FeedForward:
    """A Symbol with its parameters and an optimizer; deprecated, as in MXNet: use `mx.mod.Module`.

    symbol: a Symbol, or a function of a bucket key that returns one. ctx: a context or a list.
    epoch_size: batches an epoch; None: all that the iterator gives. numpy_batch_size: for arrays.
    kwargs: arguments of the optimizer, if that is a name.
    """

    def __init__(self, symbol: Any, ctx: Any = None, num_epoch: int | None = None,
                 epoch_size: int | None = None, optimizer: Any = "sgd", initializer: Any = SCALED,
                 numpy_batch_size: int = 128, arg_params: Any = None, aux_params: Any = None,
                 allow_extra_params: bool = False, begin_epoch: int = 0, **kwargs: Any) -> None:
        warnings.warn("FeedForward is deprecated; use mx.mod.Module instead", DeprecationWarning,
                      stacklevel=2)
        if not isinstance(symbol, Symbol) and not callable(symbol):
            raise MXNetTypeError("FeedForward: symbol must be a Symbol, or a function that returns "
                                 f"one; got {type(symbol).__name__}")
        self.symbol: Any = symbol if isinstance(symbol, Symbol) else None
        self.sym_gen: Callable[[Any], Symbol] | None = None if self.symbol is not None else symbol
        self.ctx = list(ctx) if isinstance(ctx, (list, tuple)) else [cpu() if ctx is None else ctx]
        self.num_epoch, self.epoch_size, self.begin_epoch = num_epoch, epoch_size, begin_epoch
        self.optimizer, self.initializer, self.kwargs = optimizer, initializer, kwargs
        self.numpy_batch_size = numpy_batch_size
        self.arg_params, self.aux_params = arg_params, aux_params
        self.allow_extra_params = allow_extra_params

    # Data ----------------------------------------------------------------------------------------

    def _iterator(self, data: Any, label: Any, is_train: bool) -> Any:
        """A DataIter, of itself or of arrays."""
        if isinstance(data, io.DataIter):
            return data
        if not isinstance(data, (np.ndarray, nd.NDArray)):
            raise MXNetTypeError("FeedForward: X must be a DataIter, an NDArray or a NumPy array; "
                                 f"got {type(data).__name__}")
        if label is None:
            if is_train:
                raise MXNetValueError("FeedForward: y must be specified when X is an array")
            label = np.zeros(data.shape[0])
        if not isinstance(label, (np.ndarray, nd.NDArray)):
            raise MXNetTypeError("FeedForward: y must be an NDArray or a NumPy array when X is "
                                 f"one; got {type(label).__name__}")
        if label.ndim == 2 and label.shape[1] == 1:
            label = label.reshape((-1,))
        if label.ndim != 1 or label.shape[0] != data.shape[0]:
            raise MXNetValueError("FeedForward: y must have shape (N,) or (N, 1), as many labels "
                                  f"as X has samples, {data.shape[0]}; got {label.shape}")
        return io.NDArrayIter(data, label, min(data.shape[0], self.numpy_batch_size),
                              shuffle=is_train,
                              last_batch_handle="roll_over" if is_train else "pad")

    def _evaluation_iterator(self, given: Any) -> Any:
        if given is None or isinstance(given, io.DataIter):
            return given
        if not isinstance(given, (tuple, list)) or len(given) != 2 or given[0] is None:
            raise MXNetTypeError("FeedForward: eval_data must be a DataIter, or a pair of arrays "
                                 f"(data, label); got {type(given).__name__}")
        data, label = (np.array(part) if isinstance(part, list) else part for part in given)
        return self._iterator(data, label, True)

    # Running -------------------------------------------------------------------------------------

    def _bound(self, data: Any, ctx: Any, for_training: bool, work_load_list: Any = None) -> Any:
        """A module for these batches, with the parameters that are there."""
        names = [[desc[0] for desc in descs] for descs in (data.provide_data, data.provide_label)]
        options = {"context": ctx, "work_load_list": work_load_list}
        if self.sym_gen is not None:
            sym_gen = self.sym_gen
            module: Any = BucketingModule(lambda key: (sym_gen(key), *names),
                                          data.default_bucket_key, **options)
        else:
            arguments = self.symbol.list_arguments()
            names[1] = [name for name in names[1] if name in arguments]
            names[1] += [name for name in arguments if name.endswith("label")
                         and name not in names[1] and name not in (self.arg_params or {})]
            module = Module(self.symbol, *names, **options)
        labels = [desc for desc in data.provide_label if desc[0] in names[1]]
        module.bind(data.provide_data, labels, for_training=for_training)
        module.init_params(self.initializer, self.arg_params, self.aux_params or {},
                           allow_missing=for_training)
        return module

    def fit(self, X: Any, y: Any = None, eval_data: Any = None, eval_metric: Any = "acc",
            epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local",
            logger: Any = None, work_load_list: Any = None, monitor: Any = None,
            eval_end_callback: Any = _LOG_VALIDATION, eval_batch_end_callback: Any = None) -> None:
        """Train on a DataIter, or on arrays X (N, ...) and y (N,).

        Callbacks are as in Module.fit, but count batches from 1 on. Sets arg_params, aux_params.
        """
        logger = logger or logging
        data, eval_data = self._iterator(X, y, True), self._evaluation_iterator(eval_data)
        if self.num_epoch is None:
            raise MXNetValueError("FeedForward.fit: num_epoch must be given to FeedForward")
        module = self._bound(data, self.ctx, True, work_load_list)
        self.symbol = module.symbol
        if monitor is not None:
            module.install_monitor(monitor)
        params = self.kwargs if isinstance(self.optimizer, str) else {}
        module.init_optimizer(kvstore, self.optimizer, params)
        eval_metric = metric.create(eval_metric)
        data.reset()
        for epoch in range(self.begin_epoch, self.num_epoch):
            tic = time.time()
            eval_metric.reset()
            for nbatch, data_batch in enumerate(self._epoch(data, epoch, logger), 1):
                if monitor is not None:
                    monitor.tic()
                module.forward_backward(data_batch)
                module.update()
                if monitor is not None:
                    monitor.toc_print()
                module.update_metric(eval_metric, data_batch.label)
                call_all(batch_end_callback, BatchEndParam(epoch, nbatch, eval_metric, locals()))
            logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - tic)
            self.arg_params, self.aux_params = module.get_params()
            call_all(epoch_end_callback, epoch, self.symbol, self.arg_params, self.aux_params)
            if eval_data is not None:
                module.score(eval_data, eval_metric, epoch=epoch,
                             batch_end_callback=eval_batch_end_callback,
                             score_end_callback=eval_end_callback)
                eval_data.reset()

    def _epoch(self, data: Any, epoch: int, logger: Any) -> Any:
        """The batches of an epoch; the iterator is reset at its end, and may end in between."""
        left = self.epoch_size
        while True:
            before = left
            for batch in data:
                yield batch
                if left is not None:
                    left -= 1
                    if left == 0:
                        return
            logger.info("Epoch[%d] Resetting Data Iterator", epoch)
            data.reset()
            if left is None:
                return
            if left == before:
                raise MXNetValueError("FeedForward.fit: the iterator has no batches")

    def predict(self, X: Any, num_batch: int | None = None, return_data: bool = False,
                reset: bool = True) -> Any:
        """The outputs for X, a DataIter or an array: a NumPy array, or a list of several.

        On the first context. return_data: (outputs, data, labels) instead.
        """
        data = self._iterator(X, None, False)
        module = self._bound(data, self.ctx[:1], False)
        columns: list[list[Any]] = [[], [], []]
        for outputs, _, batch in module.iter_predict(data, num_batch, reset):
            for column, arrays in zip(columns, (outputs, batch.data, batch.label), strict=True):
                count = outputs[0].shape[0]
                column.append([array[:count].asnumpy() for array in arrays or ()])
        merged = [[np.concatenate(parts) for parts in zip(*column, strict=True)]
                  for column in columns]
        results = [arrays[0] if len(arrays) == 1 else arrays for arrays in merged]
        return tuple(results) if return_data else results[0]

    def score(self, X: Any, eval_metric: Any = "acc", num_batch: int | None = None,
              batch_end_callback: Any = None, reset: bool = True) -> Any:
        """The value of a metric over a DataIter."""
        data = self._iterator(X, None, False)
        eval_metric = metric.create(eval_metric)
        self._bound(data, self.ctx[:1], False).score(data, eval_metric, num_batch,
                                                     batch_end_callback, reset=reset)
        return eval_metric.get()[1]

    # Files ---------------------------------------------------------------------------------------

    def save(self, prefix: Any, epoch: int | None = None, remove_amp_cast: bool = True) -> None:
        """Write a checkpoint; epoch: num_epoch if None."""
        epoch = self.num_epoch if epoch is None else epoch
        if epoch is None:
            raise MXNetValueError("FeedForward.save: epoch must be given, as there is no num_epoch")
        save_checkpoint(prefix, epoch, self.symbol, self.arg_params, self.aux_params,
                        remove_amp_cast=remove_amp_cast)

    @staticmethod
    def load(prefix: Any, epoch: int, ctx: Any = None, **kwargs: Any) -> FeedForward:
        """A FeedForward of a checkpoint; kwargs: other arguments of FeedForward."""
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        return FeedForward(symbol, ctx=ctx, arg_params=arg_params, aux_params=aux_params,
                           begin_epoch=epoch, **kwargs)

    @staticmethod
    def create(symbol: Any, X: Any, y: Any = None, ctx: Any = None, num_epoch: int | None = None,
               epoch_size: int | None = None, optimizer: Any = "sgd", initializer: Any = SCALED,
               eval_data: Any = None, eval_metric: Any = "acc", epoch_end_callback: Any = None,
               batch_end_callback: Any = None, kvstore: Any = "local", logger: Any = None,
               work_load_list: Any = None, eval_end_callback: Any = _LOG_VALIDATION,
               eval_batch_end_callback: Any = None, **kwargs: Any) -> FeedForward:
        """A FeedForward that is trained already."""
        model = FeedForward(symbol, ctx=ctx, num_epoch=num_epoch, epoch_size=epoch_size,
                            optimizer=optimizer, initializer=initializer, **kwargs)
        model.fit(X, y, eval_data, eval_metric, epoch_end_callback, batch_end_callback, kvstore,
                  logger, work_load_list, eval_end_callback=eval_end_callback,
                  eval_batch_end_callback=eval_batch_end_callback)
        return model


