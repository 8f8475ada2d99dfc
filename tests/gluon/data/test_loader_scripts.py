"""DataLoader in scripts of their own: how they end, fork, and start worker processes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
START = """
import os, signal, sys, time
import numpy as np
import mxlite as mx
from mxlite.gluon import data
from loader_datasets import Blocked, Killed, Mixed, Numbers, as_is
"""
THREADS, PROCESSES = "num_workers=2", "num_workers=2, thread_pool=False"
WAYS = pytest.mark.parametrize("way", [THREADS, PROCESSES], ids=["threads", "processes"])
pytestmark = pytest.mark.timeout(60)


def launched(tmp_path, text, guard=True):
    """The script as a running process; with `guard`, it does its work as the main module only."""
    body = text.strip().replace("\n", "\n    ")
    path = tmp_path / "script.py"
    path.write_text(START + (f'if __name__ == "__main__":\n    {body}\n' if guard else text))
    return subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True,
                            stderr=subprocess.PIPE, cwd=tmp_path,
                            env={**os.environ, "PYTHONPATH": f"{TESTS.parent}:{TESTS}"})


def run(tmp_path, text, guard=True):
    """(exit code, output, errors) of the script, once nothing of it is left."""
    process = launched(tmp_path, text, guard)
    try:
        output, errors = process.communicate(timeout=40)
    finally:
        process.kill()
    nothing_left(tmp_path, process.pid)
    return process.returncode, output, errors


def nothing_left(tmp_path, pid):
    """Neither its processes, which all work in that folder, nor its shared memory."""
    def left():
        return [*at_work_in(tmp_path), *Path("/dev/shm").glob(f"mxlite-{pid}-*")]

    deadline = time.monotonic() + 10
    while left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left() == []


def at_work_in(folder):
    numbers = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(link) == str(folder):
                numbers.append(link)
        except OSError:
            pass
    return numbers


@WAYS
@pytest.mark.parametrize("ending", ["", "sys.exit(0)", "del loader; del batches"])
def test_python_ends_in_an_epoch(tmp_path, way, ending):
    code, output, errors = run(tmp_path, f"""
loader = data.DataLoader(Mixed(10_000), 2, batchify_fn=as_is, {way})
batches = iter(loader)
print(len(next(batches)), len(next(batches)))
{ending}
""")
    assert (code, output, errors) == (0, "2 2\n", "")


@WAYS
def test_python_ends_while_a_sample_blocks(tmp_path, way):
    code, output, errors = run(tmp_path, f"""
batches = iter(data.DataLoader(Blocked(10, at=5), 2, batchify_fn=as_is, {way}))
print(next(batches), next(batches))
""")
    assert (code, output, errors) == (0, "[0, 1] [2, 3]\n", "")


@WAYS
def test_an_error_that_nobody_catches_shows_where_it_came_from(tmp_path, way):
    code, output, errors = run(tmp_path, f"""
from loader_datasets import Failing
for batch in data.DataLoader(Failing(10, at=5), 2, batchify_fn=as_is, {way}):
    print(batch)
""")
    assert code == 1 and output == "[0, 1]\n[2, 3]\n"
    assert 'raise self.kind("seven")' in errors and "KeyError: 'seven'" in errors
    assert "raised by sample 5 of the dataset, in batch 2 (samples 4, 5)" in errors


def test_processes_from_a_script_without_a_main_part(tmp_path):
    code, output, errors = run(tmp_path, f"""
for batch in data.DataLoader(Numbers(10), 2, {PROCESSES}):
    print(batch)
""", guard=False)
    assert code == 1 and output == ""
    assert 'ended with exit code 1 before it was ready. Does its script start the work' in errors
    assert 'under `if __name__ == "__main__":`' in errors


def test_processes_find_what_the_script_defines(tmp_path):
    code, output, errors = run(tmp_path, f"""
class Squares(data.Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, idx):
        if idx == 3:
            raise Own(idx)
        return idx * idx

class Own(Exception):
    pass

if __name__ == "__main__":
    try:
        for batch in data.DataLoader(Squares(), 1, {PROCESSES}):
            print(batch.asscalar())
    except Own as error:
        print(repr(error))
""", guard=False)
    assert (code, output, errors) == (0, "0\n1\n4\nOwn(3)\n", "")


@WAYS
def test_a_fork_in_an_epoch_has_workers_of_its_own(tmp_path, way):
    code, output, errors = run(tmp_path, f"""
import warnings
warnings.simplefilter("ignore", DeprecationWarning)           # Python 3.12's, of such forks
loader = data.DataLoader(Mixed(20), 2, batchify_fn=as_is, {way})
batches = iter(loader)
next(batches)
child = os.fork()
if child == 0:
    try:
        next(batches)
    except mx.MXNetError as error:
        print("told:", "belongs to the process that this one is a fork of" in str(error))
    print(sum(sample["nd"][0, 0].asscalar() for batch in loader for sample in batch))
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(sum(sample["nd"][0, 0].asscalar() for batch in batches for sample in batch))
""")
    assert (code, output, errors) == (0, "told: True\n190\n189\n", "")


def test_a_fork_waits_for_the_tracker_of_shared_memory(tmp_path):
    code, output, errors = run(tmp_path, """
import threading, warnings
from multiprocessing import resource_tracker
from mxlite.gluon.data import loader_processes
warnings.simplefilter("ignore", DeprecationWarning)           # Python 3.12's, of such forks
lock, taken = resource_tracker._resource_tracker._lock, threading.Event()
def use():
    with lock:
        taken.set()
        time.sleep(0.3)
user = threading.Thread(target=use)
user.start()
taken.wait()
child = os.fork()
if child == 0:
    print("free:", lock.acquire(timeout=5), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
user.join()
print("free:", lock.acquire(timeout=5))
""")
    assert (code, output, errors) == (0, "free: True\nfree: True\n", "")


def test_workers_end_when_their_parent_is_killed(tmp_path):
    process = launched(tmp_path, f"""
loader = data.DataLoader(Mixed(10_000), 2, batchify_fn=as_is, {PROCESSES})
batches = iter(loader)
next(batches)
print("ready", flush=True)
time.sleep(60)
""")
    assert process.stdout.readline() == "ready\n"
    assert len(at_work_in(tmp_path)) >= 3
    process.kill()
    process.communicate(timeout=20)
    nothing_left(tmp_path, process.pid)


@WAYS
def test_interrupt(tmp_path, way):
    process = launched(tmp_path, f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)       # a job in the background ignores it
batches = iter(data.DataLoader(Blocked(10, at=2), 2, batchify_fn=as_is, {way}))
next(batches)
try:
    print("ready", flush=True)
    next(batches)
except KeyboardInterrupt:
    print("interrupted")
""")
    assert process.stdout.readline() == "ready\n"
    for link in at_work_in(tmp_path):                 # as the terminal does, to the whole group
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):       # it has just ended
            if "resource_tracker" not in (link.parent / "cmdline").read_text():
                os.kill(int(link.parent.name), signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (output, errors, process.returncode) == ("interrupted\n", "", 0)
    nothing_left(tmp_path, process.pid)


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_the_start_method_of_the_program_but_never_fork(tmp_path, method):
    code, output, errors = run(tmp_path, f"""
import multiprocessing
multiprocessing.set_start_method({method!r})
from mxlite.gluon.data.loader_processes import start_method
print(start_method())
loader = data.DataLoader(Numbers(3), 2, batchify_fn=as_is, num_workers=1, thread_pool=False)
print(list(loader), list(loader))
""")
    used = "forkserver" if method == "forkserver" else "spawn"
    assert (code, output, errors) == (0, f"{used}\n{[[0, 1], [2]]} {[[0, 1], [2]]}\n", "")


def test_processes_cannot_be_started_in_daemonic_ones(tmp_path):
    code, output, errors = run(tmp_path, """
import multiprocessing
multiprocessing.current_process()._config["daemon"] = True
try:
    data.DataLoader(Numbers(3), 2, num_workers=1, thread_pool=False)
except mx.MXNetError as error:
    print(error)
""")
    assert code == 0 and errors == ""
    assert output == ("DataLoader: a worker process cannot be started: daemonic processes are not "
                      "allowed to have children\n")
