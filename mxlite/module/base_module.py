"""`BaseModule`: the loops over data that all modules have: fit, score, predict."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import metric
from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..base import _as_list as _as_list
from ..callback import BatchEndParam
from ..io import DataBatch, DataIter
from .inputs import check_input_names as _check_input_names  # noqa: F401  MXNet's names for them,
from .inputs import check_same_names as _check_names_match  # noqa: F401  which modules of users call
from .inputs import described as _parse_data_desc  # noqa: F401
from .interface import SCALED, ModuleInterface, ModuleStateError


class BaseModule(ModuleInterface):
    """Base of modules: `bind` to shapes, `init_params`, `init_optimizer`; then, for each batch,
    `forward`, `backward`, `update`. `fit` does it all.

    binded, params_initialized, optimizer_initialized: how far it is. for_training,
    inputs_need_grad: what bind was told.
    """

    def forward_backward(self, data_batch: Any) -> None:
        """forward in training mode, then backward."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def score(self, eval_data: Any, eval_metric: Any, num_batch: int | None = None,
              batch_end_callback: Any = None, score_end_callback: Any = None, reset: bool = True,
              epoch: int = 0, sparse_row_id_fn: Any = None) -> list[tuple[str, Any]]:
        """[(name, value)] of a metric over all batches, or num_batch of them.

        eval_metric: a metric, its name, or a list of such. Samples that pad the last batch count.
        reset: begin with the first batch. epoch: what callbacks are told.
        """
        self._need("score", "binded", "params_initialized")
        eval_metric = metric.create(eval_metric)
        eval_metric.reset()
        actual_num_batch = 0
        for nbatch, eval_batch in self._batches(eval_data, num_batch, reset, sparse_row_id_fn):
            self.forward(eval_batch, is_train=False)
            self._update_metric(eval_metric, eval_batch)
            param = BatchEndParam(epoch, nbatch, eval_metric, locals())
            call_all(batch_end_callback, param)
            actual_num_batch += 1
        call_all(score_end_callback, BatchEndParam(epoch, actual_num_batch, eval_metric, locals()))
        return eval_metric.get_name_value()

    def iter_predict(self, eval_data: Any, num_batch: int | None = None, reset: bool = True,
                     sparse_row_id_fn: Any = None) -> Iterator[tuple[list[nd.NDArray], int, Any]]:
        """(outputs, number, batch) of each batch, without the outputs of padding."""
        self._need("iter_predict", "binded", "params_initialized")
        for nbatch, batch in self._batches(eval_data, num_batch, reset, sparse_row_id_fn):
            self.forward(batch, is_train=False)
            pad = getattr(batch, "pad", None) or 0
            yield [out[:out.shape[0] - pad].copy() for out in self.get_outputs()], nbatch, batch

    def predict(self, eval_data: Any, num_batch: int | None = None, merge_batches: bool = True,
                reset: bool = True, always_output_list: bool = False,
                sparse_row_id_fn: Any = None) -> Any:
        """The outputs for all batches, put together: an NDArray, or a list of several.

        eval_data: a DataIter, or the data of one batch, NDArray or NumPy array, whose first output
        is returned. merge_batches=False: a list of outputs for each batch. always_output_list: a
        list, even of one output.
        """
        self._need("predict", "binded", "params_initialized")
        if isinstance(eval_data, (nd.NDArray, np.ndarray)):
            data = eval_data if isinstance(eval_data, nd.NDArray) else nd.array(eval_data)
            self.forward(DataBatch([data]), is_train=False)
            outputs = [out.copy() for out in self.get_outputs()]
            return outputs if always_output_list else outputs[0]
        if not isinstance(eval_data, DataIter):
            raise MXNetTypeError("predict: eval_data must be a DataIter, an NDArray or a NumPy "
                                 f"array; got {type(eval_data).__name__}")
        batches = [outputs for outputs, _, _ in
                   self.iter_predict(eval_data, num_batch, reset, sparse_row_id_fn)]
        if not batches or not merge_batches:
            return batches
        if len({len(outputs) for outputs in batches}) > 1:
            raise MXNetValueError("predict: batches have different numbers of outputs, as buckets "
                                  "may; merge_batches=False returns them one by one")
        merged = [nd.concat(*arrays, dim=0) for arrays in zip(*batches, strict=True)]
        return merged[0] if len(merged) == 1 and not always_output_list else merged

    def _batches(self, data: Any, num_batch: int | None, reset: bool,
                 sparse_row_id_fn: Any) -> Iterator[tuple[int, Any]]:
        """(number, batch), made ready for forward, with a bar on a terminal."""
        if reset:
            data.reset()
        with progress("Evaluating", num_batch) as advance:
            for nbatch, batch in enumerate(data):
                if num_batch is not None and nbatch == num_batch:
                    break
                self.prepare(batch, sparse_row_id_fn=sparse_row_id_fn)
                yield nbatch, batch
                advance()

    def _update_metric(self, eval_metric: Any, batch: Any) -> None:
        if isinstance(batch, list):
            self.update_metric(eval_metric, [one.label for one in batch], pre_sliced=True)
        else:
            self.update_metric(eval_metric, batch.label)

    def fit(self, train_data: Any, eval_data: Any = None, eval_metric: Any = "acc",
            epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local",
            optimizer: Any = "sgd", optimizer_params: Any = (("learning_rate", 0.01),),
            eval_end_callback: Any = None, eval_batch_end_callback: Any = None,
            initializer: Any = SCALED, arg_params: Any = None, aux_params: Any = None,
            allow_missing: bool = False, force_rebind: bool = False, force_init: bool = False,
            begin_epoch: int = 0, num_epoch: int | None = None, validation_metric: Any = None,
            monitor: Any = None, sparse_row_id_fn: Any = None) -> None:
        """Train for the epochs begin_epoch to num_epoch - 1, after bind and the init_ methods.

        Callbacks are functions or lists of them: after a batch
        they get a `mx.model.BatchEndParam`, after an epoch (epoch, symbol, arg_params, aux_params).
        eval_data: scored after each epoch, with validation_metric, or eval_metric. Samples that pad
        the last batch count in metrics.
        """
        if num_epoch is None:
            raise ModuleStateError("fit: please specify number of epochs: num_epoch=10")
        self.bind(data_shapes=train_data.provide_data, label_shapes=train_data.provide_label,
                  for_training=True, force_rebind=force_rebind)
        if monitor is not None:
            self.install_monitor(monitor)
        self.init_params(initializer=initializer, arg_params=arg_params,
                         aux_params=aux_params, allow_missing=allow_missing, force_init=force_init)
        self.init_optimizer(kvstore=kvstore, optimizer=optimizer,
                            optimizer_params=optimizer_params)
        validation_metric = eval_metric if validation_metric is None else validation_metric
        eval_metric = metric.create(eval_metric)
        nbatch = None
        for epoch in range(begin_epoch, num_epoch):
            tic = time.time()
            eval_metric.reset()
            self._begin_epoch(epoch, train_data)
            data_iter = iter(train_data)
            data_batch = next(data_iter, None)
            end_of_batch = data_batch is None
            if end_of_batch:
                raise MXNetValueError("fit: train_data has no batches; an iterator that was used "
                                      "before needs a reset()")
            with progress(f"Epoch {epoch}", nbatch) as advance:
                nbatch = 0
                while not end_of_batch:
                    if monitor is not None:
                        monitor.tic()
                    self.forward_backward(data_batch)
                    self.update()
                    self._update_metric(eval_metric, data_batch)
                    next_data_batch = next(data_iter, None)
                    end_of_batch = next_data_batch is None
                    if end_of_batch:
                        results = eval_metric.get_global_name_value()
                    else:
                        self.prepare(next_data_batch, sparse_row_id_fn=sparse_row_id_fn)
                    if monitor is not None:
                        monitor.toc_print()
                    param = BatchEndParam(epoch, nbatch, eval_metric, locals())
                    call_all(batch_end_callback, param)
                    data_batch = next_data_batch
                    nbatch += 1
                    advance()
            for name, value in results:
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - tic)
            arg_params, aux_params = self.get_params()
            self.set_params(arg_params, aux_params)
            call_all(epoch_end_callback, epoch, self.symbol, arg_params, aux_params)
            if eval_data is not None:
                for name, value in self.score(eval_data, validation_metric, epoch=epoch,
                                              score_end_callback=eval_end_callback,
                                              batch_end_callback=eval_batch_end_callback):
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)
            train_data.reset()

    def _begin_epoch(self, epoch: int, train_data: Any) -> None:
        """What `fit` does before an epoch: nothing, but for subclasses."""


def call_all(callbacks: Any, *args: Any) -> None:
    """Call a function, or a list of them, or nothing."""
    if callbacks is None:
        return
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        callback(*args)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[], Any]]:
    """A bar on a terminal, moved by calling what is given; nothing where stderr is none."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=title, unit="batch", leave=False) as bar:
        yield bar.update
