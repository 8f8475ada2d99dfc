"""Arrays of `cpu_pinned()` are in page-locked memory, which GPUs read while the host goes on."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon, nd
from mxlite.cuda import pinned
from mxlite.device import memory

ROOM = mx.cpu_pinned()


def test_computing_and_moving(gpu):
    x = nd.array([[1, 2], [3, 4]], ctx=ROOM)
    assert x.ctx == ROOM and memory.device_of(ROOM).is_host
    assert pinned.ARRAYS.start_of(x._address) is not None
    np.testing.assert_array_equal(nd.dot(x, x).asnumpy(), [[7, 10], [15, 22]])
    y = x.as_in_context(gpu)
    np.testing.assert_array_equal((y + 1).as_in_context(ROOM).asnumpy(), [[2, 3], [4, 5]])
    np.testing.assert_array_equal(x.as_in_context(mx.cpu()).asnumpy(), [[1, 2], [3, 4]])
    assert nd.zeros((2, 3), ctx=ROOM).asnumpy().sum() == 0
    assert mx.cpu_pinned(7).device_id == 7          # no such GPU: ordinary memory
    assert pinned.ARRAYS.start_of(nd.ones(3, ctx=mx.cpu_pinned(7))._address) is None


@pytest.mark.emulated
def test_the_host_goes_on_while_a_gpu_copies(delayed, gpu):
    x = nd.array(np.arange(1000, dtype="f4"), ctx=ROOM)
    y = x.as_in_context(gpu)
    event = memory.device_of(gpu).gpu.record()
    assert not event.is_done()              # and yet the copy's source is safe:
    x += 1
    assert pinned.ARRAYS.readers == {}
    np.testing.assert_array_equal(y.asnumpy(), np.arange(1000))
    np.testing.assert_array_equal(x.asnumpy(), np.arange(1000) + 1)


@pytest.mark.parametrize("change", [
    lambda x: x.__setitem__(slice(2, 5), 9), lambda x: nd.ones((1000,), ctx=ROOM).copyto(x),
    lambda x: nd.exp(x, out=x), lambda x: x.asnumpy() is x or x.__imul__(0)])
def test_every_write_waits_for_the_copy(change, delayed, gpu):
    x = nd.array(np.arange(1000, dtype="f4"), ctx=ROOM)
    y = x.as_in_context(gpu)
    change(x)
    np.testing.assert_array_equal(y.asnumpy(), np.arange(1000))


@pytest.mark.parametrize("view_of", [np.asarray, memoryview, np.from_dlpack])
@pytest.mark.parametrize("is_early", [False, True])
def test_what_others_may_write_to_is_copied_at_once(view_of, is_early, delayed, gpu):
    x = nd.array(np.arange(1000, dtype="f4"), ctx=ROOM)
    if is_early:
        view = np.asarray(view_of(x))
    y = x.as_in_context(gpu)
    if not is_early:
        view = np.asarray(view_of(x))
    view[:] = 0
    np.testing.assert_array_equal(y.asnumpy(), np.arange(1000))


def test_a_block_is_used_again_after_the_copy(delayed, gpu):
    copies = []
    for number in range(5):
        x = nd.full((1000,), number, ctx=ROOM)
        copies.append(x.as_in_context(gpu))
        del x
    nd.full((1000,), 9, ctx=ROOM)
    for number, copy in enumerate(copies):
        assert (copy.asnumpy() == number).all()


def test_blocks_are_kept_and_given_back(gpu):
    address = nd.ones((500_000,), ctx=ROOM)._address
    assert nd.ones((500_000,), ctx=ROOM)._address == address
    ROOM.empty_cache()
    assert pinned.MEMORY.unused == {}


def test_no_memory(monkeypatch, gpu):
    monkeypatch.setattr(memory.device_of(ROOM).gpu, "allocate_host", lambda nbytes: 0)
    monkeypatch.setattr(memory.device_of(gpu).gpu, "allocate_host", lambda nbytes: 0)
    with pytest.raises(MemoryError, match=r"no memory for an array float32.* on cpu_pinned\(0\)"):
        nd.ones((3_210_000,), ctx=ROOM)
    ROOM.empty_cache()
    with pytest.raises(MemoryError, match=r"no page-locked memory for 8388608 bytes on their way to"
                                          r" or from gpu\(0\)"):
        nd.ones((3_210_000,)).as_in_context(gpu)


def test_loaders_give_pinned_batches(delayed, gpu):
    data = np.arange(60, dtype="f4").reshape(20, 3)
    loader = gluon.data.DataLoader(gluon.data.ArrayDataset(data), 4, pin_memory=True)
    batches = []
    for batch in loader:
        assert batch.ctx == ROOM
        batches.append(batch.as_in_context(gpu))
    np.testing.assert_array_equal(np.concatenate([batch.asnumpy() for batch in batches]), data)
