"""`CheckpointHandler`: files of the network and of the trainer, written while it is trained."""

from __future__ import annotations

import os
import re
from typing import Any

from ....arguments import check_count
from ....base import MXNetValueError
from ....metric import EvalMetric
from .events import BatchEnd, EpochEnd, TrainBegin
from .running import checked_period
from .stopping import Best, checked_monitor, monitored


class CheckpointHandler(TrainBegin, BatchEnd, EpochEnd):
    """Writes `<prefix>-epoch<E>batch<B>.params` and `.states` to the folder `model_dir`.

    It does so every `epoch_period` epochs and every `batch_period` batches (None: never), and keeps
    the last max_checkpoints. `<prefix>-symbol.json` is written after the first batch of a
    hybridized network.

    save_best: also write `<prefix>-best.params` and `.states` when `monitor`, one of the
    estimator's metrics, is better than before. mode: 'min', 'max', or 'auto', which goes by the
    name of the metric. verbose=1: log each file. resume_from_checkpoint: load the newest files, and
    train for what is left of the epochs or batches that `fit` is given.
    """

    def __init__(self, model_dir: Any, model_prefix: str = "model",
                 monitor: EvalMetric | None = None, verbose: int = 0, save_best: bool = False,
                 mode: str = "auto", epoch_period: int | None = 1, batch_period: int | None = None,
                 max_checkpoints: int = 5, resume_from_checkpoint: bool = False) -> None:
        caller = "CheckpointHandler"
        self.monitor = monitor
        self.verbose = verbose
        self.save_best = save_best
        self._best = Best(caller, checked_monitor(caller, monitor), mode) if save_best else None
        self.epoch_period = checked_period(caller, "epoch_period", epoch_period)
        self.batch_period = checked_period(caller, "batch_period", batch_period)
        self.max_checkpoints = check_count(caller, "max_checkpoints", max_checkpoints, 1)
        self.resume_from_checkpoint = resume_from_checkpoint
        self.model_dir = os.fspath(model_dir)
        self.model_prefix = model_prefix
        os.makedirs(self.model_dir, exist_ok=True)
        self.current_batch = 0
        self.current_epoch = 0
        self.trained_epoch = self.trained_batch = -1     # of the files that were resumed from
        self.saved_checkpoints: list[str] = []

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Count from 0, or resume."""
        self.current_epoch = 0
        self.current_batch = 0
        if self._best is not None:
            self._best.reset()
        if self.resume_from_checkpoint:
            self._resume(estimator)

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Write, if it is time to."""
        if self.current_batch == 0:
            self._save_symbol(estimator)
        if self.batch_period and (self.current_batch + 1) % self.batch_period == 0:
            self._save(estimator)
        self.current_batch += 1

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Write, if it is time to."""
        if self.epoch_period and (self.current_epoch + 1) % self.epoch_period == 0:
            self._save(estimator)
        self.current_epoch += 1

    # Writing ------------------------------------------------------------------------------------

    def _path(self, name: str) -> str:
        return os.path.join(self.model_dir, name)

    def _save_symbol(self, estimator: Any) -> None:
        path = self._path(f"{self.model_prefix}-symbol.json")
        graphs = getattr(estimator.net, "_graphs", None)
        if graphs:
            next(iter(graphs.values())).symbol.save(path)
        else:
            estimator.logger.info("CheckpointHandler: %s is not written, as the network is not "
                                  "hybridized; call net.hybridize() before fit() for it", path)

    def _save(self, estimator: Any) -> None:
        epoch, batch = self.current_epoch, self.current_batch
        if self.trained_epoch >= 0:
            epoch += self.trained_epoch + 1
            batch += self.trained_batch + (0 if estimator.max_epoch else 1)
        name = f"{self.model_prefix}-epoch{epoch}batch{batch}"
        self._write(estimator, name)
        if name not in self.saved_checkpoints:
            self.saved_checkpoints.append(name)
        while len(self.saved_checkpoints) > self.max_checkpoints:
            old = self.saved_checkpoints.pop(0)
            for ending in (".params", ".states"):
                if os.path.exists(self._path(old + ending)):
                    os.remove(self._path(old + ending))
        if self._best is not None:
            self._save_if_best(estimator, self._best)

    def _save_if_best(self, estimator: Any, best: Best) -> None:
        assert self.monitor is not None
        value, before = monitored("CheckpointHandler", self.monitor), best.value
        if value is None or not best.improves(value):
            return
        self._write(estimator, f"{self.model_prefix}-best",
                    f", as {self.monitor.name} went from {before:.5f} to {value:.5f}")

    def _write(self, estimator: Any, name: str, reason: str = "") -> None:
        estimator.net.save_parameters(self._path(f"{name}.params"))
        estimator.trainer.save_states(self._path(f"{name}.states"))
        if self.verbose > 0:
            estimator.logger.info("[Epoch %d] CheckpointHandler: wrote %s%s", self.current_epoch,
                                  self._path(name), reason)

    # Resuming -----------------------------------------------------------------------------------

    def _resume(self, estimator: Any) -> None:
        by_epochs = bool(estimator.max_epoch)
        if bool(self.epoch_period) != by_epochs or bool(self.batch_period) == by_epochs:
            periods = ("epoch_period, and batch_period=None" if by_epochs
                       else "batch_period, and epoch_period=None")
            raise MXNetValueError("CheckpointHandler: to resume a training by "
                                  f"{'epochs' if by_epochs else 'batches'}, give {periods}")
        found = self._found()
        total = estimator.max_epoch or estimator.max_batch
        if not found:
            estimator.logger.info("CheckpointHandler: there is no checkpoint in %s; training from "
                                  "the start", self.model_dir)
            return
        self.saved_checkpoints = [self._name(*numbers) for numbers in found]
        self.trained_epoch, self.trained_batch = found[-1]
        done = (self.trained_epoch if by_epochs else self.trained_batch) + 1
        if done >= total:
            raise MXNetValueError(
                f"CheckpointHandler: {self._path(self._name(*found[-1]))} has {done} of {total} "
                f"{'epochs' if by_epochs else 'batches'}, so nothing is left to train; with "
                "resume_from_checkpoint=False training begins anew")
        path = self._path(self._name(*found[-1]))
        for ending in (".params", ".states"):
            if not os.path.exists(path + ending):
                raise MXNetValueError(f"CheckpointHandler: there is no file {path + ending!r}")
        estimator.net.load_parameters(path + ".params", ctx=estimator.context)
        estimator.trainer.load_states(path + ".states")
        if by_epochs:
            estimator.max_epoch = total - done
        else:
            estimator.max_batch = total - done
        estimator.logger.info("CheckpointHandler: resumed from %s; %d %s are left", path,
                              total - done, "epochs" if by_epochs else "batches")

    def _name(self, epoch: int, batch: int) -> str:
        return f"{self.model_prefix}-epoch{epoch}batch{batch}"

    def _found(self) -> list[tuple[int, int]]:
        """(epoch, batch) of the files that there are, the newest last."""
        pattern = re.compile(re.escape(self.model_prefix) + r"-epoch(\d+)batch(\d+)\.params")
        matches = map(pattern.fullmatch, os.listdir(self.model_dir))
        return sorted((int(match[1]), int(match[2])) for match in matches if match)
