"""Compile the GPU kernels beforehand, as many files at a time as there are CPUs.

    python tools/compile_gpu_kernels.py [--arch 90] [--list N] [NAME...]

All of the table, or the files of these names (binary, reduce, ...), for each of their dtypes, for
gpu(0), or --arch, for which no GPU is needed. They stay where the first use of an operator looks
for them: in MXLITE_CUDA_CACHE, else ~/.cache/mxlite/cuda. Needs NVRTC. --list: so many of those
that took the most time, in seconds of a CPU.
"""

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mxlite as mx
from mxlite.cuda.compiler import compiled
from mxlite.cuda.kernels import files
from mxlite.device import memory


def seconds_of(source, dtype, arch):
    """Compile a file, or find it compiled; the CPU's seconds for it."""
    start = time.process_time()
    compiled(source, dtype, arch)
    return time.process_time() - start


def arch_of_gpu():
    """The compute capability of gpu(0), 90 for sm_90."""
    return memory.device_of(mx.nd.ones((1,), ctx=mx.gpu(0)).ctx).arch


def processes(count):
    """Processes that are copies of this one, which has neither threads nor a GPU open."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("fork"))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="of csrc/cuda/NAME.cu")
    parser.add_argument("--arch", type=int, help="compute capability: 90 for sm_90")
    parser.add_argument("--list", type=int, default=5, help="how many of the slowest to print")
    given = parser.parse_args(arguments)
    known = {source for source, _ in files()}
    for name in given.names:
        if name not in known:
            parser.error(f"there is no {name}.cu; there are {' '.join(sorted(known))}")
    arch = given.arch
    if not arch:
        with processes(1) as pool:
            arch = pool.submit(arch_of_gpu).result()
    start = time.perf_counter()
    with processes(len(os.sched_getaffinity(0))) as pool:
        running = [(file, pool.submit(seconds_of, *file, arch)) for file in files()
                   if not given.names or file[0] in given.names]
        took = sorted([(future.result(), *file) for file, future in running], reverse=True)
    print(f"{len(took)} files and dtypes for sm_{arch}: {time.perf_counter() - start:.0f} s, "
          f"{sum([seconds for seconds, *_ in took]):.0f} s of CPUs")
    for seconds, source, dtype in took[:given.list]:
        print(f"{seconds:6.1f} s {source} {dtype}")


if __name__ == "__main__":
    main(sys.argv[1:])
