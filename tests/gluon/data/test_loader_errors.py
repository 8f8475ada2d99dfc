"""DataLoader: whatever goes wrong in a worker is an error in the consumer, and soon."""

import gc
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from loader_datasets import (
    Blocked,
    Counted,
    Failing,
    FailingWithOwn,
    Killed,
    Leaving,
    LoadsBadly,
    Mixed,
    Numbers,
    OwnError,
    Unpicklable,
    as_is,
    fail,
)

from mxlite.base import MXNetError
from mxlite.gluon import data

pytestmark = pytest.mark.timeout(60)
HERE, THREADS, PROCESSES = {}, {"num_workers": 2}, {"num_workers": 1, "thread_pool": False}
WAYS = pytest.mark.parametrize("way", [HERE, THREADS, PROCESSES],
                               ids=["here", "threads", "processes"])


def ours():
    """The threads, the processes and the shared memory of loaders."""
    threads = [thread.name for thread in threading.enumerate() if "mxlite-loader" in thread.name]
    segments = [path.name for path in Path("/dev/shm").glob(f"mxlite-{os.getpid()}-*")]
    return threads + segments + children()


def children():
    """The processes started by this one, but for Python's resource tracker."""
    processes = []
    for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        line = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if "resource_tracker" not in line:
            processes.append(f"{number}: {line}")
    return processes


@pytest.fixture(autouse=True)
def nothing_is_left():
    Blocked.release.clear()
    yield
    Blocked.release.set()
    gc.collect()
    deadline = time.monotonic() + 10
    while ours() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ours() == []


def until_error(dataset, kind, message, way, **options):
    """The batches before the error, as lists, and the error."""
    batches = []
    loader = data.DataLoader(dataset, 2, batchify_fn=options.pop("batchify_fn", as_is), **way,
                             **options)
    with pytest.raises(kind, match=message) as caught:
        batches += loader
    error = caught.value
    loader = None
    return batches, error


@WAYS
def test_an_error_keeps_its_type_and_names_the_sample(way):
    batches, error = until_error(Failing(20, at=5), KeyError, "seven", way)
    assert batches == [[0, 1], [2, 3]] and type(error) is KeyError
    notes = "\n".join(error.__notes__)
    assert "DataLoader: raised by sample 5 of the dataset, in batch 2 (samples 4, 5)" in notes
    if way is PROCESSES:
        assert "in worker process" in notes and "raise self.kind" in notes
    else:
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        assert frames[-1] == "special"


@WAYS
def test_an_error_of_batchify(way):
    batches, error = until_error(Numbers(20), ZeroDivisionError, "in batchify", way,
                                 batchify_fn=fail)
    assert batches == []
    assert "by the batchify_fn, for batch 0 (samples 0, 1)" in "\n".join(error.__notes__)


@WAYS
def test_stop_iteration_does_not_end_the_epoch(way):
    until_error(Failing(20, 5, StopIteration), MXNetError, "StopIteration was raised by sample 5",
                way)


@WAYS
def test_an_error_of_the_sampler_comes_behind_its_batches(way):
    def sampler():
        yield [0, 1]
        raise OSError("no more numbers")

    loader = data.DataLoader(Numbers(4), batch_sampler=sampler(), batchify_fn=as_is, **way)
    batches = iter(loader)
    assert next(batches) == [0, 1]
    with pytest.raises(OSError, match="no more numbers"):
        next(batches)


@WAYS
def test_the_loader_works_after_an_error(way):
    loader = data.DataLoader(Failing(6, at=3), 2, batchify_fn=as_is, **way)
    for _ in range(2):
        batches = iter(loader)
        assert next(batches) == [0, 1]
        with pytest.raises(KeyError):
            next(batches)
        with pytest.raises(StopIteration):
            next(batches)


def test_an_error_that_pickle_cannot_take_is_named():
    _, error = until_error(FailingWithOwn(9, 1), MXNetError, "OwnError: this and that", PROCESSES)
    assert "raise OwnError" in "\n".join(error.__notes__)
    until_error(FailingWithOwn(9, 1), OwnError, "this and that", THREADS)


@pytest.mark.parametrize(("dataset", "message"), [
    (Killed(9, 5), r"worker process \d+ was killed by SIGKILL.* while it made batch 2 \(samples 4"),
    (Leaving(9, 5), "ended with exit code 3 while it made batch 2"),
    (Unpicklable(9, 5), "batch 2 .* holds what cannot be sent from a worker process: .*lambda"),
])
def test_a_worker_that_dies_or_gives_what_cannot_be_sent(dataset, message):
    batches, _ = until_error(dataset, MXNetError, message, PROCESSES)
    assert batches == [[0, 1], [2, 3]]


def kill_workers(loader):
    for worker in loader._crew._end.peek()[2][3]:
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.join()


def test_a_worker_killed_between_epochs_is_started_anew():
    loader = data.DataLoader(Numbers(8), 2, batchify_fn=as_is, num_workers=1, thread_pool=False)
    for _ in range(2):
        assert list(loader) == [[0, 1], [2, 3], [4, 5], [6, 7]]
        kill_workers(loader)


def test_the_memory_of_a_killed_worker_is_given_back():
    loader = data.DataLoader(Mixed(40), 4, batchify_fn=as_is, num_workers=2, thread_pool=False)
    batches = iter(loader)
    next(batches)
    assert list(Path("/dev/shm").glob(f"mxlite-{os.getpid()}-*"))
    kill_workers(loader)
    del batches, loader                        # the fixture looks at what is left


@pytest.mark.parametrize("way", [THREADS, PROCESSES], ids=["threads", "processes"])
def test_a_sample_that_never_comes(way):
    batches, error = until_error(Blocked(20, at=5), data.LoaderTimeoutError,
                                 r"batch 2 \(samples 4, 5\) was not made within timeout=1 s", way,
                                 timeout=1)
    assert batches == [[0, 1], [2, 3]] and isinstance(error, MXNetError)


def test_another_epoch_is_told_that_the_workers_were_ended():
    loader = data.DataLoader(Blocked(20, at=5), 2, batchify_fn=as_is, num_workers=1, timeout=1,
                             prefetch=0)
    first, second = iter(loader), iter(loader)
    next(first), next(second), next(first)
    with pytest.raises(data.LoaderTimeoutError):
        next(first)
    with pytest.raises(MXNetError, match="the workers were ended"):
        list(second)


@pytest.mark.parametrize(("dataset", "batchify_fn", "name"), [
    (data.SimpleDataset([0]).transform(lambda i: i), as_is, "dataset"),
    (Numbers(3), lambda samples: samples, "batchify_fn")])
def test_what_cannot_be_sent_to_processes_is_named_at_once(dataset, batchify_fn, name):
    with pytest.raises(TypeError, match=f"sends the {name} to worker processes, .*lambda.* "
                                        "or use threads, thread_pool=True"):
        data.DataLoader(dataset, 2, batchify_fn=batchify_fn, **PROCESSES)


def test_a_dataset_that_processes_cannot_load():
    _, error = until_error(LoadsBadly(3), MXNetError, "cannot load the dataset or the batchify_fn: "
                           "RuntimeError: no state, please", PROCESSES)
    assert "in __setstate__" in "\n".join(error.__notes__)


@pytest.mark.parametrize("way", [THREADS, PROCESSES], ids=["threads", "processes"])
def test_breaking_early(way):
    loader = data.DataLoader(Counted(10_000), 2, batchify_fn=as_is, **way)
    for _ in range(3):
        for batch in loader:
            assert batch == [0, 1]
            break


@pytest.mark.parametrize("way", [THREADS, PROCESSES], ids=["threads", "processes"])
def test_dropping_the_loader_in_an_epoch(way):
    batches = iter(data.DataLoader(Numbers(10_000), 2, batchify_fn=as_is, **way))
    assert next(batches) == [0, 1] and next(batches) == [2, 3]


def test_dropping_the_loader_while_a_sample_blocks():
    batches = iter(data.DataLoader(Blocked(20, at=5), 2, batchify_fn=as_is, num_workers=2))
    assert next(batches) == [0, 1]
    del batches
    gc.collect()
