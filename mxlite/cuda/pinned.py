"""Page-locked host memory: that of `cpu_pinned()` arrays, and what copies to GPUs are staged in.

A GPU reads it while the host goes on. Before a block is used again or written to, the copies that
still read it must be done: each has an event.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from threading import Lock

from ..base import MXNetMemoryError
from ..device.context import Context
from ..device.host import HOST_DEVICE
from ..device.memory import Device, device_of
from .driver import Event, Gpu

STAGED = 64 << 20              # bytes on their way to GPUs; who wants more waits for the oldest
PIECE = 8 << 20                # bytes that are staged at once
STEP = 1 << 20


def size_of(nbytes: int) -> int:
    """What is taken for `nbytes`: a power of 2 up to 1 MiB, a multiple of that above."""
    return max(256, 1 << (nbytes - 1).bit_length()) if nbytes <= STEP else -(-nbytes // STEP) * STEP


class PinnedMemory:
    """Page-locked blocks, kept for the next user of about their size."""

    def __init__(self) -> None:
        self.unused: dict[int, list[int]] = {}                      # size -> addresses
        self.busy: deque[tuple[list[Event], int, int]] = deque()    # (readers, address, size)
        self.lock = Lock()

    def take(self, nbytes: int, gpu: Gpu) -> int:
        """The address of a block that nobody uses; 0: there is no memory."""
        size = size_of(nbytes)
        with self.lock:
            self._reclaim()
            blocks = self.unused.get(size)
            if blocks:
                return blocks.pop()
        return gpu.allocate_host(size)

    def give(self, address: int, nbytes: int, readers: list[Event]) -> None:
        """Take back a block, which may be used again after these events."""
        with self.lock:
            self.busy.append((readers, address, size_of(nbytes)))

    def _reclaim(self) -> None:
        while self.busy and all([event.is_done() for event in self.busy[0][0]]):
            _, address, size = self.busy.popleft()
            self.unused.setdefault(size, []).append(address)

    def stage(self, nbytes: int, gpu: Gpu) -> int:
        """A block for a copy; raises MXNetMemoryError where there is no memory."""
        with self.lock:
            self._reclaim()
            waiting = sum([size for _, _, size in self.busy])
            oldest = self.busy[0][0] if waiting > STAGED else []
        for event in oldest:
            event.wait()
        address = self.take(nbytes, gpu)
        if not address:
            raise MXNetMemoryError(f"no page-locked memory for {nbytes} bytes on their way to or "
                                   f"from gpu({gpu.number})")
        return address

    def clear(self, gpu: Gpu) -> None:
        """Give all that nobody uses back to the system."""
        with self.lock:
            self._reclaim()
            blocks = [address for addresses in self.unused.values() for address in addresses]
            self.unused.clear()
        for address in blocks:
            gpu.release_host(address)


class PinnedArrays:
    """Which blocks are arrays of users, and what still reads them."""

    def __init__(self) -> None:
        self.starts: list[int] = []                     # in order
        self.ends: dict[int, int] = {}
        self.readers: dict[int, list[Event]] = {}
        self.open: set[int] = set()                     # which others may write to at any time
        self.lock = Lock()

    def add(self, start: int, nbytes: int) -> None:
        with self.lock:
            insort(self.starts, start)
            self.ends[start] = start + nbytes

    def remove(self, start: int) -> list[Event]:
        """What still reads the block."""
        with self.lock:
            del self.starts[bisect_right(self.starts, start) - 1]
            del self.ends[start]
            self.open.discard(start)
            return self.readers.pop(start, [])

    def start_of(self, address: int) -> int | None:
        """The block that an address lies in, if any."""
        with self.lock:
            place = bisect_right(self.starts, address)
            if place and address < self.ends[self.starts[place - 1]]:
                return self.starts[place - 1]
            return None

    def note_reader(self, start: int, event: Event) -> None:
        """A copy reads the block until `event`; done with it on return if others may write."""
        if start in self.open:
            event.wait()
            return
        with self.lock:
            readers = self.readers.setdefault(start, [])
            readers[:] = [event, *[other for other in readers if not other.is_done()]]

    def before_write(self, address: int, is_open: bool) -> None:
        """Wait for what reads the block; is_open: others may write to it from now on."""
        start = self.start_of(address)
        if start is None:
            return
        with self.lock:
            readers = self.readers.pop(start, [])
            if is_open:
                self.open.add(start)
        for event in readers:
            event.wait()


MEMORY, ARRAYS = PinnedMemory(), PinnedArrays()


class PinnedDevice(Device):
    """The host as `cpu_pinned()`: the CPU's kernels on page-locked memory."""

    def __init__(self, number: int) -> None:
        super().__init__("cpu_pinned", number, is_host=True, watches=True,
                         kernels=HOST_DEVICE.kernels)
        self.gpu: Gpu = device_of(Context("gpu", number)).gpu  # type: ignore[attr-defined]

    def allocate(self, nbytes: int) -> int:
        address = MEMORY.take(nbytes, self.gpu)
        if address:
            ARRAYS.add(address, nbytes)
        return address

    def free(self, address: int, nbytes: int) -> None:
        MEMORY.give(address, nbytes, ARRAYS.remove(address))

    def before_write(self, address: int, is_open: bool) -> None:
        ARRAYS.before_write(address, is_open)

    def copy_in(self, target: int, source: int, nbytes: int) -> None:
        HOST_DEVICE.copy_in(target, source, nbytes)

    def copy_out(self, target: int, source: int, nbytes: int) -> None:
        HOST_DEVICE.copy_out(target, source, nbytes)

    def copy_within(self, target: int, source: int, nbytes: int) -> None:
        HOST_DEVICE.copy_within(target, source, nbytes)

    def fill(self, address: int, count: int, itemsize: int, item: int) -> None:
        HOST_DEVICE.fill(address, count, itemsize, item)

    def empty_cache(self) -> None:
        MEMORY.clear(self.gpu)
