"""`_MultiWorkerIter` over a Pool, as loaders of other libraries extend it."""

import io
import multiprocessing
import pickle
import threading
from multiprocessing.pool import ThreadPool

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon.data import ArrayDataset, BatchSampler, DataLoader, SequentialSampler, dataloader

DATA = np.arange(14, dtype="float32").reshape(7, 2)


def batches_of(length=7, size=3):
    return BatchSampler(SequentialSampler(length), size, "keep")


def scaled(samples, factor, batchify_fn, dataset):
    return batchify_fn([dataset[sample] * factor for sample in samples])


class Growing(dataloader._MultiWorkerIter):
    """Scales batch n by n + 1."""

    def __init__(self, *args, prefetch=0, **kwargs):
        super().__init__(*args, prefetch=0, **kwargs)
        for _ in range(prefetch):
            self._push_next()

    def _push_next(self):
        samples = next(self._iter, None)
        if samples is None:
            return
        self._data_buffer[self._sent_idx] = self._worker_pool.apply_async(
            self._worker_fn, (samples, self._sent_idx + 1, self._batchify_fn, self._dataset))
        self._sent_idx += 1


class GrowingLoader(DataLoader):
    """A loader that brings its own pool, and fills in what a DataLoader of processes has."""

    def __init__(self, dataset, *args, num_workers=0, **kwargs):
        super().__init__(dataset, *args, num_workers=0, **kwargs)
        self._num_workers = num_workers
        self._worker_pool = ThreadPool(num_workers)

    def __iter__(self):
        return Growing(self._worker_pool, self._batchify_fn, self._batch_sampler,
                       pin_memory=self._pin_memory, pin_device_id=self._pin_device_id,
                       worker_fn=scaled, prefetch=self._prefetch, dataset=self._dataset)


@pytest.mark.parametrize("prefetch", [0, 2, 9])
def test_batches_come_in_order(prefetch):
    with ThreadPool(2) as pool:
        got = dataloader._MultiWorkerIter(pool, dataloader.default_batchify_fn, batches_of(),
                                          prefetch=prefetch, dataset=DATA)
        assert len(got) == 3
        np.testing.assert_array_equal(np.concatenate([batch.asnumpy() for batch in got]), DATA)
        with pytest.raises(StopIteration):
            next(got)


def test_processes_send_batches():
    data = ArrayDataset(DATA, np.arange(7))
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, dataloader._worker_initializer, [data]) as pool:
        got = list(dataloader._MultiWorkerIter(pool, dataloader.default_mp_batchify_fn,
                                               batches_of(), prefetch=1))
    assert [labels.asnumpy().tolist() for _, labels in got] == [[0, 1, 2], [3, 4, 5], [6]]
    np.testing.assert_array_equal(got[1][0].asnumpy(), DATA[3:6])


@pytest.mark.parametrize("options", [{}, {"pin_memory": True, "prefetch": 5}])
def test_loaders_that_bring_a_pool(request, options):
    loader = GrowingLoader(mx.nd.array(DATA), 3, num_workers=2, **options)
    request.addfinalizer(loader._worker_pool.terminate)
    assert len(loader) == 3
    for _ in range(2):
        got = list(loader)
        want = [DATA[:3], DATA[3:6] * 2, DATA[6:] * 3]
        for batch, values in zip(got, want, strict=True):
            np.testing.assert_array_equal(batch.asnumpy(), values)
        assert got[0].ctx.device_type == ("cpu_pinned" if options else "cpu")


def test_the_error_of_a_worker_is_raised():
    with ThreadPool(1) as pool:
        got = dataloader._MultiWorkerIter(pool, dataloader.default_batchify_fn, [[0], [9]],
                                          dataset=DATA)
        assert next(got).shape == (1, 2)
        with pytest.raises(IndexError, match="out of bounds"):
            next(got)


def test_a_batch_that_does_not_come_in_time():
    gate = threading.Event()
    with ThreadPool(1) as pool:
        got = dataloader._MultiWorkerIter(pool, lambda samples: gate.wait() and samples, [[4]],
                                          dataset=DATA, timeout=0.05)
        with pytest.raises(mx.MXNetError, match=r"the pool has not made batch 0 within "
                           r"timeout=0\.05 s; timeout can be given as more seconds"):
            next(got)
        gate.set()
        got._timeout = 60
        assert next(got)[0].tolist() == [8, 9]          # it is not lost


def test_the_pickler_of_processes():
    content = io.BytesIO()
    dataloader.ForkingPickler(content, pickle.HIGHEST_PROTOCOL).dump([mx.nd.array(DATA)])
    np.testing.assert_array_equal(pickle.loads(content.getvalue())[0].asnumpy(), DATA)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = dataloader.Nothing
