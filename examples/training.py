"""What the examples that train a Module share: devices, checkpoints to go on from, logs, curves."""

from __future__ import annotations

import argparse
import json
import logging
import os
from pathlib import Path
from typing import Any

from mnist_picture import GREY, INK, LIGHT, LINE, WRONG, Canvas

import mxlite as mx

METRICS = ("accuracy", "cross-entropy")


def add_options(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    """The options of `fit`."""
    parser.add_argument("--gpus", help="train on these GPUs: 0,1 (default: the CPU)")
    parser.add_argument("--cpus", type=int, default=1, help="contexts of the CPU, to try several")
    parser.add_argument("--kv-store", default="device",
                        help="what sums gradients: local, device, dist_sync (default: device)")
    parser.add_argument("--num-epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64, help="of all devices of a worker")
    parser.add_argument("--num-examples", type=int, help="samples of an epoch, of all workers, who "
                        "then make the same number of steps where their parts differ by one")
    parser.add_argument("--lr", type=float, default=0.05, help="of the first epoch")
    parser.add_argument("--lr-step-epochs", default="", help="a tenth of it from these on: 30,60")
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--wd", type=float, default=1e-4)
    parser.add_argument("--disp-batches", type=int, default=20, help="log speed so often")
    parser.add_argument("--model-prefix", type=Path, help="write checkpoints, PREFIX-0001.params")
    parser.add_argument("--load-epoch", type=int, help="go on from the checkpoint of this epoch")
    parser.add_argument("--tensorboard", type=Path, help="folder of event files for TensorBoard")
    parser.add_argument("--picture", type=Path, help="draw the curves: curves.png")
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(**defaults)


def parse(parser: argparse.ArgumentParser, given: list[str] | None) -> argparse.Namespace:
    """What the command line says."""
    options = parser.parse_args(given)
    if options.load_epoch and not options.model_prefix:
        parser.error("--load-epoch needs --model-prefix")
    return options


def contexts(options: argparse.Namespace) -> list[mx.Context]:
    """The devices that share a batch."""
    if options.gpus:
        return [mx.gpu(int(number)) for number in options.gpus.split(",")]
    return [mx.cpu(number) for number in range(options.cpus)]


class History:
    """The metrics of each epoch, in training and validation; kept in a file if there is one."""

    def __init__(self, path: Path | None, begin_epoch: int) -> None:
        self.path = path
        self.epochs: list[Any] = []
        self.last: dict[str, float] = {}
        if path is not None and begin_epoch:
            self.epochs = json.loads(path.read_text())[:begin_epoch]

    def batch_end(self, param: Any) -> None:
        """A callback: what training has reached."""
        self.last = dict(param.eval_metric.get_global_name_value())

    def eval_end(self, param: Any) -> None:
        """A callback after the evaluation of an epoch."""
        self.epochs.append({"train": self.last,
                            "validation": dict(param.eval_metric.get_name_value())})
        if self.path is not None:
            new = self.path.with_name(self.path.name + ".part")
            new.write_text(json.dumps(self.epochs))
            os.replace(new, self.path)


def learning_rate(options: argparse.Namespace, epoch: int) -> float:
    """That of an epoch, a tenth at each of --lr-step-epochs."""
    steps = [int(step) for step in options.lr_step_epochs.split(",") if step]
    return float(options.lr * 0.1 ** sum(epoch >= step for step in steps))


def fit(symbol: mx.sym.Symbol, train: mx.io.DataIter, validation: mx.io.DataIter,
        store: Any, options: argparse.Namespace) -> History:
    """Train, from a checkpoint on if one is named.

    Worker 0 writes the checkpoints, logs for TensorBoard, and draws.
    """
    begin_epoch = options.load_epoch or 0
    if options.num_examples:
        train = mx.io.ResizeIter(train, options.num_examples // options.batch_size
                                 // store.num_workers)
    prefix, is_first = options.model_prefix, store.rank == 0
    if begin_epoch:
        module = mx.mod.Module.load(str(prefix), begin_epoch, load_optimizer_states=True,
                                    context=contexts(options))
        for _ in range(begin_epoch):        # the order of an epoch depends on its number
            train.next()
            train.reset()
    else:
        module = mx.mod.Module(symbol, context=contexts(options))
    path = None if prefix is None else prefix.with_name(f"{prefix.name}-history.json")
    history = History(path if is_first else None, begin_epoch)
    speed = mx.callback.Speedometer(options.batch_size, options.disp_batches)
    batch_end: list[Any] = [history.batch_end, speed]
    eval_end: list[Any] = [history.eval_end]

    def set_rate(epoch: int, *_: Any) -> None:
        module._optimizer.set_learning_rate(learning_rate(options, epoch + 1))

    epoch_end: list[Any] = [set_rate]
    if is_first and prefix is not None:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        epoch_end.append(mx.callback.module_checkpoint(module, str(prefix), 1, True))
    if is_first and options.tensorboard is not None:
        log = mx.contrib.tensorboard.LogMetricsCallback
        batch_end.append(log(options.tensorboard, "train"))
        eval_end.append(log(options.tensorboard, "validation"))
    rates = {"learning_rate": learning_rate(options, begin_epoch), "momentum": options.momentum,
             "wd": options.wd}
    module.fit(train, validation, mx.metric.create(["acc", "ce"]), epoch_end, batch_end, store,
               "sgd", rates, eval_end, initializer=mx.init.Xavier(magnitude=2),
               begin_epoch=begin_epoch, num_epoch=options.num_epochs)
    if is_first and options.picture is not None:
        draw(options.picture, history.epochs)
    return history


def draw(path: Path, epochs: list[Any]) -> None:
    """Curves of the metrics over the epochs, of training and of validation."""
    canvas = Canvas(1000, 400)
    for number, name in enumerate(METRICS):
        values = {part: [float(epoch[part][name]) for epoch in epochs]
                  for part in ("train", "validation")}
        _curves(canvas, 70 + 500 * number, name, values)
    canvas.save(path)


def _curves(canvas: Canvas, left: float, name: str, values: dict[str, list[float]]) -> None:
    top, right, bottom = 70, left + 400, 350
    high = max(max(its) for its in values.values()) or 1.0
    high = 1.0 if name == "accuracy" else high
    count = len(values["train"])
    canvas.text(left, 35, name, 20, INK)
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - share * (bottom - top)
        canvas.line([(left, y), (right, y)], LIGHT, 1)
        canvas.text(left - 8, y, f"{share * high:.3g}", 14, GREY, "rm")
    for epoch in range(1, count + 1, max(1, count // 8)):
        x = left + (epoch - 1) / max(1, count - 1) * (right - left)
        canvas.text(x, bottom + 18, str(epoch), 14, GREY, "mm")
    for number, ((part, its), colour) in enumerate(zip(values.items(), (LINE, WRONG),
                                                       strict=True)):
        points = [(left + i / max(1, count - 1) * (right - left),
                   bottom - min(value / high, 1) * (bottom - top)) for i, value in enumerate(its)]
        canvas.line(points if count > 1 else [*points, (left + 6, points[0][1])], colour, 2)
        canvas.text(right - 100, 30 + 20 * number, part, 14, colour)


def start_logging(store: Any) -> None:
    """Lines of worker 0 on stderr."""
    logging.basicConfig(level=logging.INFO if store.rank == 0 else logging.WARNING,
                        format="%(message)s")
