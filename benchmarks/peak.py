"""The FMA peak of all threads, by a kernel that multiplies and adds in registers only.

    PYTHONPATH=. python benchmarks/peak.py
"""

import time

from mxlite.device import host
from mxlite.ndarray.ndarray import OpFunction
from mxlite.ops import schema

ROUNDS = 1 << 18


@schema.register("_bench_fma_peak", inputs="")
class FmaPeak(schema.Op):
    """(1,), multiply-adds a round: ROUNDS rounds in registers, in each of `threads` threads."""

    threads: int = schema.required("how many")

    def infer_shape(self):
        return [(1,)]

    def infer_dtype(self):
        return ["float32"]

    def prepare(self, inputs, outputs):
        return schema.kernel("fma_peak", "float32", rounds=ROUNDS, tasks=self.threads)


run = OpFunction(FmaPeak, "peak")


def operations(threads):
    """Floating-point operations of one call of `run`."""
    return 2 * ROUNDS * threads * float(run(threads=threads).asnumpy()[0])


def measure(seconds=0.2):
    """FLOP/s of the threads of the pool together: the best call within that time."""
    threads = host.num_threads()
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run(threads=threads)
        best = min(best, time.perf_counter() - start)
    return operations(threads) / best


if __name__ == "__main__":
    print(f"{measure() / 1e9:.0f} GFLOP/s")
