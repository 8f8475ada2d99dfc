"""The thread pool: same results for any number of threads, nesting, fork."""

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mxlite import nd
from mxlite.device import host


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_results_do_not_depend_on_the_number_of_threads(threads, rng):
    a = rng.normal(size=(301, 1007)).astype("f4")
    host.set_num_threads(1)
    want = (nd.array(a).exp().sum().asnumpy(), nd.dot(nd.array(a), nd.array(a).T).asnumpy())
    host.set_num_threads(threads)
    got = (nd.array(a).exp().sum().asnumpy(), nd.dot(nd.array(a), nd.array(a).T).asnumpy())
    for mine, theirs in zip(got, want, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_number_of_threads_comes_from_the_environment():
    code = "from mxlite.device import host; print(host.num_threads())"
    for name in ("MXLITE_NUM_THREADS", "OMP_NUM_THREADS"):
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, name: "5"},
                              capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "5"
    with pytest.raises(ValueError, match="at least 1; got 0"):
        host.set_num_threads(0)


def test_pool_by_itself(tmp_path):
    """In a process that believes it has 1000 CPUs, and while another thread changes the number."""
    root, program = Path(__file__).parents[2], str(tmp_path / "threads")
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-std=gnu11", "-O1", "-pthread",
                    f"-I{root}/csrc/include", f"{root}/csrc/runtime/threads.c",
                    f"{root}/tests/race/threads.c", "-o", program], check=True)
    environ = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    done = subprocess.run([program], env=environ, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("256 threads\n", 0)


def test_many_python_threads_at_once():
    host.set_num_threads(2)
    x = nd.ones((400, 1000))
    results = []

    def work():
        for _ in range(20):
            results.append(float((x + x).sum().asscalar()))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [800000.0] * 80


def test_kernels_run_after_fork():
    code = """
import os
from mxlite import nd
x = nd.ones((1000, 1000))
assert (x + x).sum().asscalar() == 2000000
pid = os.fork()
if pid == 0:
    os._exit(0 if (x + x + x).sum().asscalar() == 3000000 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert (x + x).sum().asscalar() == 2000000
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
