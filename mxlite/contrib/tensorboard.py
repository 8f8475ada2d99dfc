"""`LogMetricsCallback`: metrics for TensorBoard, by tensorboardX."""

from __future__ import annotations

import os
from typing import Any


class LogMetricsCallback:
    """A callback of `Module.fit`, for a batch or an evaluation, that logs the metric's values.

    logging_dir: the folder of the event files, which `tensorboard --logdir` shows. prefix: of the
    names, as in "train-accuracy". A value's place is the epoch. Raises ImportError without
    tensorboardX, which `pip install mxlite[tensorboard]` brings.
    """

    def __init__(self, logging_dir: str | os.PathLike[str], prefix: str | None = None) -> None:
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise ImportError("LogMetricsCallback needs tensorboardX: `pip install "
                              f"mxlite[tensorboard]` ({error})") from error
        self.prefix = prefix
        self.summary_writer = SummaryWriter(os.fspath(logging_dir))

    def __call__(self, param: Any) -> None:
        """Log what `param.eval_metric` says now."""
        if param.eval_metric is None:
            return
        for name, value in param.eval_metric.get_name_value():
            if self.prefix is not None:
                name = f"{self.prefix}-{name}"
            self.summary_writer.add_scalar(name, value, global_step=param.epoch)
