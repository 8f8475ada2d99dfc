"""The tests in cuda/ run in processes of their own, whose GPU driver is an emulated one."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(path.name for path in (HERE / "cuda").glob("test_*.py"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """file -> what its tests said, as a Future: as many run at a time as there are CPUs.

    Kernels are compiled without optimization, which takes half the time: they run but once or
    twice. All processes share what is compiled.
    """
    settings = {"MXLITE_TEST_CUDA": "1", "EMU_CXXFLAGS": "-O0", "MXLITE_NUM_THREADS": "1",
                "MXLITE_CUDA_CACHE": str(tmp_path_factory.mktemp("kernels"))}

    def run(file):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE / "cuda" / file)],
            env={**os.environ, **settings}, cwd=HERE.parent, capture_output=True,
            text=True)

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        yield {file: pool.submit(run, file) for file in FILES}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("file", FILES)
def test_on_emulated_gpus(file, runs):
    done = runs[file].result()
    assert done.returncode == 0, done.stdout + done.stderr
