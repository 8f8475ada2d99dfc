"""How many threads this process has, by its own count."""

import gc
import os
import time


def threads():
    """Those of iterators that earlier tests left in cycles have ended before it counts."""
    gc.collect()
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 0


def wait_for_threads(count):
    """How many there are once at most `count` are left, or after 20 s: a thread that has been
    joined is seen a little longer, which may have been so when `count` was taken."""
    end = time.monotonic() + 20
    while (now := threads()) > count and time.monotonic() < end:
        time.sleep(0.01)
    return now
