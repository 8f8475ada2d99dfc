"""`mx.callback`: functions that training calls after each batch or epoch."""

from __future__ import annotations

import logging
import sys
import time
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from .arguments import check_count
from .checkpoint import save_checkpoint

BatchEndParam = namedtuple("BatchEndParam", ["epoch", "nbatch", "eval_metric", "locals"])
BatchEndParam.__doc__ = """What a callback gets after a batch: its epoch and number, both from 0 on,
the metric, and the local variables of the training loop (`param.locals["data_batch"]`)."""


def module_checkpoint(mod: Any, prefix: Any, period: int = 1,
                      save_optimizer_states: bool = False) -> Callable[..., None]:
    """An epoch_end_callback: `mod.save_checkpoint(prefix, epoch + 1)` every `period` epochs."""
    period = max(1, int(period))

    def callback(iter_no: int, sym: Any = None, arg: Any = None, aux: Any = None) -> None:
        if (iter_no + 1) % period == 0:
            mod.save_checkpoint(prefix, iter_no + 1, save_optimizer_states)

    return callback


def do_checkpoint(prefix: Any, period: int = 1) -> Callable[..., None]:
    """An epoch_end_callback: `mx.model.save_checkpoint` every `period` epochs.

    The files are `prefix-symbol.json` and `prefix-0001.params` after the first epoch.
    """
    period = max(1, int(period))

    def callback(iter_no: int, sym: Any, arg: Any, aux: Any) -> None:
        if (iter_no + 1) % period == 0:
            save_checkpoint(prefix, iter_no + 1, sym, arg, aux)

    return callback


def log_train_metric(period: int, auto_reset: bool = False) -> Callable[[Any], None]:
    """A batch_end_callback that logs the metric every `period` batches.

    auto_reset: each line is about the batches since the line before.
    """
    period = check_count("log_train_metric", "period", period, 1)

    def callback(param: Any) -> None:
        if param.nbatch % period != 0 or param.eval_metric is None:
            return
        for name, value in param.eval_metric.get_name_value():
            logging.info("Iter[%d] Batch[%d] Train-%s=%f", param.epoch, param.nbatch, name, value)
        if auto_reset:
            param.eval_metric.reset_local()

    return callback


class Speedometer:
    """A batch_end_callback that logs samples a second and the metric every `frequent` batches.

    auto_reset: each line's metric is about the batches since the line before.
    """

    def __init__(self, batch_size: int, frequent: int = 50, auto_reset: bool = True) -> None:
        self.batch_size = batch_size
        self.frequent = check_count("Speedometer", "frequent", frequent, 1)
        self.auto_reset = auto_reset
        self.init = False
        self.tic = 0.0
        self.last_count = 0

    def __call__(self, param: Any) -> None:
        """Log, if it is time to."""
        count = param.nbatch
        is_new_epoch = count < self.last_count
        self.last_count = count
        if not self.init or is_new_epoch:
            self.init = True
            self.tic = time.time()
            return
        if count % self.frequent != 0:
            return
        seconds = time.time() - self.tic
        speed = self.frequent * self.batch_size / seconds if seconds > 0 else float("inf")
        if param.eval_metric is None:
            logging.info("Iter[%d] Batch [%d]\tSpeed: %.2f samples/sec", param.epoch, count, speed)
        else:
            pairs = param.eval_metric.get_name_value()
            start = count - self.frequent if self.auto_reset else 0
            line = "Epoch[%d] Batch [%d-%d]\tSpeed: %.2f samples/sec" + "\t%s=%f" * len(pairs)
            logging.info(line, param.epoch, start, count, speed, *sum(pairs, ()))
            if self.auto_reset:
                param.eval_metric.reset_local()
        self.tic = time.time()


class ProgressBar:
    """A batch_end_callback that shows a bar for each epoch: `total` batches, `length` columns."""

    def __init__(self, total: int, length: int = 80) -> None:
        self.total = check_count("ProgressBar", "total", total, 1)
        self.bar_len = check_count("ProgressBar", "length", length, 1)
        self._bar: Any = None

    def __call__(self, param: Any) -> None:
        """Move the bar to this batch."""
        from tqdm import tqdm

        done = min(param.nbatch + 1, self.total)
        if self._bar is not None and done < self._bar.n:
            self._close()
        if self._bar is None:
            self._bar = tqdm(total=self.total, ncols=self.bar_len, unit="batch", file=sys.stderr,
                             desc=f"Epoch {param.epoch}")
        self._bar.update(done - self._bar.n)
        if done == self.total:
            self._close()

    def _close(self) -> None:
        self._bar.close()
        self._bar = None


class LogValidationMetricsCallback:
    """An eval_end_callback that logs the metrics over the evaluation data."""

    def __call__(self, param: Any) -> None:
        """Log them."""
        if not param.eval_metric:
            return
        for name, value in param.eval_metric.get_name_value():
            logging.info("Epoch[%d] Validation-%s=%f", param.epoch, name, value)
