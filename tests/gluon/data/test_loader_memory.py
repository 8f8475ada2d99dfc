"""Batches through shared memory: from an Outbox to an Inbox."""

import os
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon.data import loader_memory
from mxlite.gluon.data.loader_memory import Inbox, Outbox


@pytest.fixture
def prefix():
    name = f"mxlite-{os.getpid()}-test"
    yield name
    assert segments(name) == []


def segments(prefix):
    return sorted(path.name for path in Path("/dev/shm").glob(f"{prefix}*"))


def test_the_segment_is_used_again_and_grows(prefix, rng):
    outbox, inbox = Outbox(prefix), Inbox(prefix)
    used = []
    for size in (20_000, 10_000, 20_500, 90_000, 50):
        sent = {"n": size, "x": [rng.normal(size=size), mx.nd.random.normal(shape=(size, 2))]}
        parcel = outbox.pack(sent)
        got = inbox.unpack(parcel)
        used.append(parcel.segment)
        assert got["n"] == size and np.array_equal(got["x"][0], sent["x"][0])
        assert np.array_equal(got["x"][1].asnumpy(), sent["x"][1].asnumpy())
        assert len(segments(prefix)) == 1
    assert used == [1, 1, 1, 2, None]              # what is small goes with the message
    outbox.close()
    inbox.clear()


def test_a_segment_that_the_parent_was_not_told_of_is_given_back(prefix):
    """A worker that is killed between making its memory and sending the message."""
    inbox = Inbox(prefix)
    outbox = Outbox(prefix)
    inbox.unpack(outbox.pack(np.zeros(10_000)))
    outbox.pack(np.zeros(100_000))
    assert len(segments(prefix)) == 2
    outbox.close()
    inbox.clear()


@pytest.mark.parametrize("name", ["SharedMemory", "posix_fallocate"])
def test_without_room_in_shared_memory_batches_go_with_the_message(prefix, monkeypatch, name):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loader_memory.os if name.islower() else loader_memory, name, full)
    outbox, inbox = Outbox(prefix), Inbox(prefix)
    parcel = outbox.pack((np.arange(10_000), mx.nd.arange(10_000)))
    first, second = inbox.unpack(parcel)
    assert parcel.segment is None and segments(prefix) == []
    assert first[-1] == 9_999 and second[-1] == 9_999
    inbox.clear()


def test_strided_and_special_arrays(prefix):
    values = np.arange(24_000.).reshape(100, 240)
    records = np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])
    objects = np.array([None, "text"], dtype=object)
    outbox, inbox = Outbox(prefix), Inbox(prefix)
    got = inbox.unpack(outbox.pack([values.T[::-2], records, objects, np.array(3.)]))
    outbox.close()
    inbox.clear()
    for one, two in zip(got, [values.T[::-2], records, objects, np.array(3.)], strict=True):
        assert one.dtype == two.dtype and one.shape == two.shape and np.array_equal(one, two)
