"""GFLOP/s of matrix products and convolutions, and their share of the measured FMA peak.

    python benchmarks/bench_kernels.py [--threads N] [--seconds S]

Peak and kernel are timed in turn and the best time of each counts, so that another program on the
machine disturbs the ratio as little as possible.
"""

import argparse
import time

import numpy as np
import peak

import mxlite as mx
from mxlite.device import host
from mxlite.ndarray.ndarray import OpFunction
from mxlite.ops import schema

nd = mx.nd
PRODUCTS = [      # M, N, K, transpose_a, transpose_b
    (10, 10, 10, False, False), (100, 128, 784, False, True), (100, 784, 128, False, False),
    (128, 784, 100, True, False), (100, 64, 128, False, True), (100, 10, 64, False, True),
    (1024, 1024, 1024, False, False), (1024, 1024, 1024, False, True),
    (1024, 1024, 1024, True, False),
]
CONVOLUTIONS = [      # data, num_filter, kernel, stride, pad, num_group
    ((16, 64, 56, 56), 64, (3, 3), (1, 1), (1, 1), 1),
    ((16, 64, 56, 56), 64, (1, 1), (1, 1), (0, 0), 1),
    ((8, 64, 56, 56), 128, (3, 3), (2, 2), (1, 1), 1),
    ((8, 512, 7, 7), 512, (3, 3), (1, 1), (1, 1), 1),
    ((2, 3, 224, 224), 64, (7, 7), (2, 2), (3, 3), 1),
    ((100, 20, 12, 12), 50, (5, 5), (1, 1), (0, 0), 1),
    ((8, 64, 56, 56), 64, (3, 3), (1, 1), (1, 1), 64),
]
GRAD_DATA = OpFunction(schema.REGISTRY["_backward_Convolution_data"], "grad_data")
GRAD_WEIGHT = OpFunction(schema.REGISTRY["_backward_Convolution_weight"], "grad_weight")


def best_times(functions, seconds):
    """The shortest time of each, called in turn, five times at each turn."""
    best = [float("inf")] * len(functions)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or best[0] == float("inf"):
        for i, function in enumerate(functions):
            for _ in range(5):
                start = time.perf_counter()
                function()
                best[i] = min(best[i], time.perf_counter() - start)
    return best


def array(rng, shape):
    return nd.array(rng.standard_normal(shape), dtype="float32")


def rows(rng):
    """(name, floating-point operations, function) of everything measured."""
    for M, N, K, a, b in PRODUCTS:
        lhs, rhs = array(rng, (K, M) if a else (M, K)), array(rng, (N, K) if b else (K, N))
        yield (f"dot {M}x{K}{'T' * a} {K}x{N}{'T' * b}", 2 * M * N * K,
               lambda lhs=lhs, rhs=rhs, a=a, b=b:
               nd.dot(lhs, rhs, transpose_a=a, transpose_b=b))
    for shape, filters, kernel, stride, pad, groups in CONVOLUTIONS:
        options = {"num_filter": filters, "kernel": kernel, "stride": stride, "pad": pad,
                   "num_group": groups}
        x = array(rng, shape)
        weight = array(rng, (filters, shape[1] // groups, *kernel))
        dy = nd.Convolution(x, weight, no_bias=True, **options)
        work = 2 * dy.size * weight.size // filters
        name = f"{shape} -> {filters} {kernel}" + (f" /{stride[0]}" if stride[0] > 1 else "")
        yield ("conv " + name, work, lambda x=x, w=weight, o=options:
               nd.Convolution(x, w, no_bias=True, **o))
        yield ("  grad of data", work, lambda x=x, w=weight, dy=dy, o=options:
               GRAD_DATA(dy, w, data_shape=x.shape, **o))
        yield ("  grad of weight", work, lambda x=x, dy=dy, o=options: GRAD_WEIGHT(x, dy, **o))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=host.num_threads())
    parser.add_argument("--seconds", type=float, default=0.5, help="per row")
    options = parser.parse_args()
    host.set_num_threads(options.threads)
    per_call = peak.operations(options.threads)
    print(f"{mx.ops.CPU}, {options.threads} threads; peak: of all of them at once")
    print(f"{'':52}{'us':>10}{'GFLOP/s':>10}{'of peak':>9}")
    for name, work, function in rows(np.random.default_rng(0)):
        taken, peak_taken = best_times(
            [function, lambda: peak.run(threads=options.threads)], options.seconds)
        share = work / taken / (per_call / peak_taken)
        print(f"{name:52}{taken * 1e6:10.1f}{work / taken / 1e9:10.1f}{share:9.0%}", flush=True)


if __name__ == "__main__":
    main()
