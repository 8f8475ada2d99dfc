"""Datasets for the tests of DataLoader, in a module that worker processes can import."""

import os
import random
import signal
import threading
import time

import numpy as np

import mxlite as mx
from mxlite.gluon import data


class Numbers(data.Dataset):
    """0, 1, 2, ...; a subclass or `at` does something else for one of them."""

    def __init__(self, count, at=None):
        self.count = count
        self.at = at

    def __len__(self):
        return self.count

    def __getitem__(self, idx):
        return self.special(idx) if idx == self.at else idx

    def special(self, idx):
        return idx


class OwnError(Exception):
    """One that pickle makes anew only with its two arguments."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


class Failing(Numbers):
    def __init__(self, count, at, kind=KeyError):
        super().__init__(count, at)
        self.kind = kind

    def special(self, idx):
        raise self.kind("seven")


class FailingWithOwn(Numbers):
    def special(self, idx):
        raise OwnError("this", "that")


class Killed(Numbers):
    def special(self, idx):
        os.kill(os.getpid(), signal.SIGKILL)


class Leaving(Numbers):
    def special(self, idx):
        os._exit(3)


class Blocked(Numbers):
    """Waits for ever; what a thread waits for can be given by the test."""

    release = threading.Event()

    def special(self, idx):
        self.release.wait()
        return idx


class Unpicklable(Numbers):
    def special(self, idx):
        return lambda: idx


class LoadsBadly(Numbers):
    def __setstate__(self, state):
        raise RuntimeError("no state, please")


class Counted(Numbers):
    """Counts the samples that were asked for."""

    asked = 0
    thread_safe = True

    def __getitem__(self, idx):
        self.asked += 1
        return idx


class Drawn(Numbers):
    """Draws from all the generators of mxlite."""

    def __getitem__(self, idx):
        time.sleep(0.001 * (idx % 3))                # the workers change places
        host = mx.random.numpy_generator().uniform()
        return (idx, mx.nd.random.uniform(shape=(2,)), host)


class DrawnGlobally(Numbers):
    """Draws from the generators of Python and NumPy; and tells which process did so."""

    def __getitem__(self, idx):
        return random.random(), np.random.rand(), os.getpid()


class Mixed(Numbers):
    """Samples of all kinds of arrays; the batch is as_is."""

    def __getitem__(self, idx):
        same = np.full((3, 2), idx, "float16")
        return {"nd": mx.nd.full((70, 70), idx, dtype="int32"), "np": same, "again": same,
                "none": np.zeros((0, 3)), "text": f"{idx}",
                "bf16": mx.nd.full((3,), idx, dtype="bfloat16")}


def as_is(samples):
    return samples


def fail(samples):
    raise ZeroDivisionError("in batchify")
