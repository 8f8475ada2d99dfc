"""im2rec on engines of others: the same bytes as on threads here."""

import multiprocessing
import os
import types
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from mxlite.base import MXNetError
from mxlite.tools.console import Console
from mxlite.tools.im2rec import executors, main, pack_lists, parse
from mxlite.tools.im2rec.executors import Pool, RayExecutor
from mxlite.tools.im2rec.options import Options, Recipe


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch):
    monkeypatch.setattr("mxlite.tools.im2rec.chunk.MOST_ENTRIES", 2)


@pytest.fixture
def through(monkeypatch, recorded, images, several, call):
    """through(executor, *options): pack with it, and compare with what MXNet wrote."""
    def through(executor, *options):
        if executor is not None:
            monkeypatch.setattr("mxlite.tools.im2rec.pack.make_executor", lambda options: executor)
        assert call(main, several, images, "--pass-through", *options)[0] == 0
        for end in (".rec", ".idx"):
            assert several.with_suffix(end).read_bytes() == (recorded / f"pass{end}").read_bytes()
    return through


def square(number):
    return number * number


@pytest.mark.parametrize("ahead", [1, 3, 50])
def test_results_come_in_order_and_few_tasks_are_taken_ahead(ahead):
    taken = []

    def tasks():
        for number in range(30):
            taken.append(number)
            yield number

    pool = Pool(ThreadPoolExecutor(2), ahead)
    for number, result in enumerate(pool.map(square, tasks())):
        assert result == number * number
        assert len(taken) <= number + ahead
    pool.close()
    assert number == 29


def test_processes_that_are_spawned(through):
    context = multiprocessing.get_context("spawn")
    through(Pool(ProcessPoolExecutor(2, mp_context=context), 4))


def end_process(task):
    os._exit(1)


def test_a_worker_that_is_killed_ends_the_run_with_an_error():
    context = multiprocessing.get_context("spawn")
    pool = Pool(ProcessPoolExecutor(1, mp_context=context), 4)
    with pytest.raises(MXNetError, match="a worker ended before its work did"):
        list(pool.map(end_process, range(3)))
    pool.close()


def test_an_error_of_a_task_is_raised_and_the_rest_is_dropped():
    def fail(number):
        raise ValueError(f"task {number}")

    pool = Pool(ThreadPoolExecutor(1), 2)
    with pytest.raises(ValueError, match="task 0"):
        list(pool.map(fail, range(100)))
    pool.close()


# ---------------------------------------------------------------- parts in a shared folder

OPTIONS = ["--executor", "ray"]                # --shared-folder needs one; a pool takes its place


def test_parts_go_through_a_shared_folder(through, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    through(Pool(ThreadPoolExecutor(3), 6), *OPTIONS, "--shared-folder", shared)
    assert not list(shared.iterdir())


@pytest.mark.parametrize("damage, message", [
    (os.remove, "which a worker has written, is not seen here"),
    (lambda path: os.truncate(path, 5), "must have .* bytes; found 5"),
])
def test_a_part_that_gets_lost(damage, message, images, several, tmp_path, monkeypatch):
    class Losing(Pool):
        def map(self, function, tasks):
            for piece in super().map(function, tasks):
                damage(piece.file)
                yield piece

    pool = Losing(ThreadPoolExecutor(1), 2)
    monkeypatch.setattr("mxlite.tools.im2rec.pack.make_executor", lambda options: pool)
    options = parse([str(several), str(images), *OPTIONS, "--shared-folder", str(tmp_path)])
    with pytest.raises(MXNetError, match=message):
        pack_lists(options, Console("im2rec", quiet=True))
    assert not several.with_suffix(".rec").exists()


# ---------------------------------------------------------------- dask and ray

@pytest.mark.filterwarnings("ignore")          # of the library
def test_a_cluster_of_dask(through):
    through(None, "--executor", "dask", "--num-thread", "2")


class StandInForRay(types.SimpleNamespace):
    """The four functions of ray that are called, on threads."""

    def __init__(self):
        super().__init__(arguments=None, engine=ThreadPoolExecutor(2),
                         exceptions=types.SimpleNamespace(RayError=ConnectionError))

    def init(self, **arguments):
        self.arguments = arguments

    def cluster_resources(self):
        return {"CPU": 2.0}

    def remote(self, function):
        return types.SimpleNamespace(remote=lambda task: self.engine.submit(function, task))

    def get(self, reference):
        assert isinstance(reference, Future)
        return reference.result()

    def cancel(self, reference):
        reference.cancel()

    def shutdown(self):
        self.engine.shutdown()


def options_of(address=None):
    return Options("prefix", Recipe("root"), num_thread=3, address=address)


def test_the_calls_that_ray_gets(through):
    ray = StandInForRay()
    through(RayExecutor(options_of(), ray))
    assert ray.arguments["num_cpus"] == 3
    RayExecutor(options_of("ray://head:1"), ray)
    assert ray.arguments["address"] == "ray://head:1" and "num_cpus" not in ray.arguments


def test_a_worker_of_ray_that_is_lost():
    def lose(task):
        raise ConnectionError("gone")

    with pytest.raises(MXNetError, match="a worker ended before its work did: gone"):
        list(RayExecutor(options_of(), StandInForRay()).map(lose, range(9)))


@pytest.mark.parametrize("engine, library", [("dask", "distributed"), ("ray", "ray")])
def test_a_library_that_is_missing(engine, library, images, several, call, monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(executors.importlib, "import_module", missing)
    status, _, error = call(main, several, images, "--executor", engine)
    assert status == 2
    assert f"--executor {engine} needs the library {library}: pip install" in error
    assert f"'mxlite[{engine}]'" in error
