"""`Monitor`: statistics of the arrays of executors, to look for what goes wrong in training."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from . import ndarray as nd
from .arguments import check_count
from .base import MXNetTypeError


def _scaled_norm(array: nd.NDArray) -> nd.NDArray:
    return nd.norm(array.astype("float32")) / max(array.size, 1) ** 0.5


class Monitor:
    """`tic()` before a batch, `toc()` or `toc_print()` after it; every `interval` batches counts.

    stat_func: what is shown of an array, by default its norm / sqrt(size); it returns an NDArray or
    a list of them. pattern: a regular expression that the names must match from their beginning on:
    ".*weight|.*output". sort: by name. monitor_all: inputs of operators, too.
    """

    def __init__(self, interval: int, stat_func: Callable[[nd.NDArray], Any] | None = None,
                 pattern: str = ".*", sort: bool = False, monitor_all: bool = False) -> None:
        self.interval = check_count("Monitor", "interval", interval, 1)
        self.stat_func = stat_func or _scaled_norm
        self.re_prog = re.compile(pattern)
        self.sort = sort
        self.monitor_all = monitor_all
        self.activated = False
        self.step = 0
        self.queue: list[tuple[int, str, Any]] = []
        self.exes: list[Any] = []

    def install(self, exe: Any) -> None:
        """Watch an Executor; several may be watched."""
        exe.set_monitor_callback(self.stat_helper, self.monitor_all)
        self.exes.append(exe)

    def uninstall(self, exe: Any) -> None:
        """Watch this Executor no more."""
        exe.set_monitor_callback(None)
        self.exes = [other for other in self.exes if other is not exe]

    def stat_helper(self, name: bytes | str, array: nd.NDArray) -> None:
        """What executors call with each of their arrays."""
        if self.activated:
            self._take(name.decode() if isinstance(name, bytes) else name, array)

    def _take(self, name: str, array: nd.NDArray) -> None:
        if self.re_prog.match(name):
            self.queue.append((self.step, name, self.stat_func(array)))

    def tic(self) -> None:
        """Begin to collect, if this batch counts; called before forward."""
        if self.step % self.interval == 0:
            self.queue = []
            self.activated = True
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """End it: [(batch, name, statistics as text)], with the arguments and auxiliary states."""
        if not self.activated:
            return []
        for exe in self.exes:
            for name, array in [*exe.arg_dict.items(), *exe.aux_dict.items()]:
                self._take(name, array)
        self.activated = False
        queue, self.queue = self.queue, []
        if self.sort:
            queue.sort(key=lambda entry: entry[1])
        return [(step, name, _text(value)) for step, name, value in queue]

    def toc_print(self) -> None:
        """As toc, and log a line for each."""
        for step, name, text in self.toc():
            logging.info("Batch: %7d %-30s %s", step, name, text)


def _text(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    for item in values:
        if not isinstance(item, nd.NDArray):
            raise MXNetTypeError("Monitor: stat_func must return an NDArray or a list of them; "
                                 f"got {type(item).__name__}")
    return "".join(str(item.asscalar() if item.shape == (1,) else item.asnumpy()) + "\t"
                   for item in values)
