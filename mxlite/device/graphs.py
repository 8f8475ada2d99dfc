"""Programs as graphs of a device: what was queued once is queued again by one call."""

from __future__ import annotations

import threading
from typing import Any

MOST_GRAPHS = 4                # of a program, each for other addresses
MOST_SEEN = 64                 # keys of runs that are remembered


class _Capture(threading.local):
    """What this thread captures now: memory that the graph will use in each run; None: nothing."""

    memory: list[Any] | None = None


_CAPTURE = _Capture()


def is_capturing(memory: Any) -> bool:
    """Whether this thread captures a graph, which then keeps `memory`."""
    if _CAPTURE.memory is None:
        return False
    _CAPTURE.memory.append(memory)
    return True


class Replays:
    """The graphs of a program on its device, by the addresses and values that they were made for.

    can_be: whether there can be any; no longer so once the device refuses.
    """

    def __init__(self, device: Any, can_be: bool) -> None:
        self.device, self.can_be = device, can_be
        self.graphs: dict[bytes, tuple[Any, list[Any]]] = {}
        self.seen: dict[bytes, None] = {}

    def find(self, key: bytes) -> Any:
        """The graph of a key, or None."""
        found = self.graphs.get(key + self.device.graph_state)
        return None if found is None else found[0]

    def begin(self, key: bytes) -> bool:
        """Capture what is queued from now on, if the key comes the second time."""
        if key not in self.seen:
            if len(self.seen) == MOST_SEEN:
                self.seen.clear()
            self.seen[key] = None
            return False
        if not self.device.begin_capture():
            return False
        _CAPTURE.memory = []
        return True

    def end(self, key: bytes) -> Any:
        """The graph of what was queued; None where there can be none."""
        memory, _CAPTURE.memory = _CAPTURE.memory, None
        graph = self.device.end_capture()
        if graph is None:
            self.can_be = False
            return None
        if len(self.graphs) >= MOST_GRAPHS:
            self.graphs.pop(next(iter(self.graphs)), None)
        self.graphs[key + self.device.graph_state] = graph, memory or []
        return graph

    def give_up(self) -> None:
        """Forget what was queued since `begin`."""
        _CAPTURE.memory = None
        self.device.end_capture()
        self.can_be = False
