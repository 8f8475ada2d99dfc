"""How many threads this process has, by its own count."""

import os
import time


def threads():
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 0


def wait_for_threads(count):
    """A thread that has been joined is seen a little longer."""
    end = time.monotonic() + 20
    while threads() > count and time.monotonic() < end:
        time.sleep(0.01)
    return threads()
