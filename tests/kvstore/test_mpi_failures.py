"""A worker that dies, hangs, fails or ends early: the others stop, and say why."""

import sys
from types import SimpleNamespace

import pytest
from kvstore.mpi_run import run

import mxlite as mx
from mxlite.kvstore import world
from mxlite.kvstore.asynchronous import AsyncKVStore
from mxlite.kvstore.mpi import MpiCommunicator

# MPIs and Slurm kill the whole job when a process dies; with this they leave it to the others
CONTINUE = ("--runtime-options", "continuous")


def ended(name, tmp_path, options=(), timeout="30"):
    done = run(2, "failing_programs", tmp_path, name, options=options,
               MXNET_KVSTORE_TIMEOUT=timeout)
    assert not list(tmp_path.iterdir())
    return done


def test_a_worker_that_is_killed_ends_all(tmp_path):
    done = ended("killed", tmp_path)
    assert done.returncode != 0
    assert "process rank 1" in done.stderr and "signal 9" in done.stderr


@pytest.mark.parametrize(("name", "dead"), [("killed", 1), ("killed_root", 0)])
def test_the_others_say_who_died(tmp_path, name, dead):
    done = ended(name, tmp_path, CONTINUE)
    assert f"MXNetError: KVStore: worker {1 - dead} of 2 waits for " in done.stderr
    assert f"but worker {dead} (process " in done.stderr
    assert "has died; start anew from the last checkpoint" in done.stderr


def test_a_worker_that_does_nothing_is_not_waited_for(tmp_path):
    done = ended("stopped", tmp_path, timeout="2")
    assert done.returncode != 0
    assert "worker 0 of 2 has waited 2 seconds for the other workers" in done.stderr
    assert "slower than MXNET_KVSTORE_TIMEOUT allows" in done.stderr


def test_an_error_of_one_worker_ends_all(tmp_path):
    done = ended("raising", tmp_path)
    assert done.returncode != 0
    assert "ValueError: the file is damaged" in done.stderr


def test_a_worker_with_fewer_steps(tmp_path):
    done = ended("ending", tmp_path)
    assert done.returncode != 0
    assert "but worker 1 has come to its end; all workers must make the same calls" in done.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan"])
def test_a_wrong_timeout(monkeypatch, seconds):
    monkeypatch.setenv("MXNET_KVSTORE_TIMEOUT", seconds)
    with pytest.raises(ValueError, match="MXNET_KVSTORE_TIMEOUT must be a positive number of sec"):
        world._timeout()


def test_without_mpi4py(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    world.world.cache_clear()
    with pytest.raises(ImportError, match=r"need mpi4py and an MPI, which `pip install mxlite\[di"):
        mx.kv.create("dist_sync")


class FakeError(Exception):
    """What MPI raises."""


def fake_world():
    """Worker 0 of 2, whose MPI allows one thread, and fails."""
    mpi = SimpleNamespace(Exception=FakeError, Query_thread=lambda: 1, THREAD_MULTIPLE=3)
    one = world.World.__new__(world.World)
    one.mpi, one.comm, one.rank, one.size, one.timeout = mpi, None, 0, 2, 1.0
    return one


def test_an_error_of_mpi_says_what_it_hit():
    def fail():
        raise FakeError("MPI_ERR_OTHER")

    with pytest.raises(mx.MXNetError, match="worker 0 of 2 could not do a barrier: MPI_ERR_OTHER"):
        fake_world().wait(fail, "a barrier")


def test_dist_async_needs_threads():
    with pytest.raises(mx.MXNetError, match="'dist_async' needs an MPI that several threads may"):
        AsyncKVStore("dist_async", MpiCommunicator(fake_world()))
