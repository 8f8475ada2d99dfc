"""The FMA peak of one core, measured by a kernel that multiplies and adds in registers only.

    PYTHONPATH=. python benchmarks/peak.py
"""

import time

from mxlite.ndarray.ndarray import OpFunction
from mxlite.ops import schema

ROUNDS = 1 << 18


@schema.register("_bench_fma_peak", inputs="")
class FmaPeak(schema.Op):
    """[_, multiply-adds a round]: ROUNDS rounds in registers."""

    def infer_shape(self):
        return [(2,)]

    def infer_dtype(self):
        return ["float32"]

    def prepare(self, inputs, outputs):
        return schema.kernel("fma_peak", "float32", rounds=ROUNDS)


run = OpFunction(FmaPeak, "peak")


def operations():
    """Floating-point operations of one call of `run`."""
    return 2 * ROUNDS * float(run().asnumpy()[1])


def measure(seconds=0.2):
    """FLOP/s of one core: the best call within that time."""
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return operations() / best


if __name__ == "__main__":
    print(f"{measure() / 1e9:.0f} GFLOP/s")
