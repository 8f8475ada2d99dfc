"""A model of data-parallel training on 8 to 256 GPUs; prints the tables of docs/scaling.md.

    PYTHONPATH=. python benchmarks/scaling_model.py [--networks resnet50_v1 vgg16]

Measured here, on one thread of the CPU: the bytes of the gradients, and when in backward each
bucket of 25 MB is complete (as a part of the seconds of the processor of forward and backward).
Assumed: all that is said of GPUs and their links. A step is then played through: `step_seconds`.
"""

import argparse
import statistics
import time
from itertools import pairwise

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.device import host
from mxlite.kvstore.communicator import Communicator
from mxlite.kvstore.mpi import bucket_bytes
from mxlite.ndarray.variable import on_gradient

COUNTS = (8, 16, 32, 64, 128, 256)
# name: (bytes a second that each GPU sends, seconds until a message is on its way)
FABRICS = {"400 Gb/s a GPU": (50e9, 5e-6),
           "100 Gb/s a GPU": (12.5e9, 10e-6),
           "100 Gb/s a machine of 8": (12.5e9 / 8, 20e-6)}
SPEEDS = {"resnet50_v1": (800, 2500), "vgg16": (400, 1200)}     # images a second of one GPU
BATCH = 64                              # images of a GPU
UPDATE = 5 / 2e12       # seconds a byte of gradients: SGD with momentum moves 5, at 2 TB/s


def measured(name, size, rounds):
    """(bytes of each bucket, parts of a step's computation after which each is complete)."""
    net = gluon.model_zoo.vision.get_model(name)
    net.initialize(mx.init.Xavier())
    net.hybridize(static_alloc=True)
    data = mx.nd.random.uniform(shape=(2, 3, size, size))

    def step(note):
        start = time.thread_time()
        with autograd.record():
            loss = net(data).sum()
        for param in params:
            on_gradient(param.data(), lambda param=param: note(param, time.thread_time() - start))
        loss.backward()
        return time.thread_time() - start

    params = []
    step(None)
    params = [param for param in net.collect_params().values() if param.grad_req != "null"]
    buckets, parts = [], []
    for _ in range(rounds):
        came = []
        total = step(lambda param, at, came=came: came.append((4 * param.data().size, at)))
        size_now, sizes, ends = 0, [], []
        for i, (nbytes, at) in enumerate(came):
            size_now += nbytes
            if size_now >= Communicator.early_bytes or i == len(came) - 1:
                sizes.append(size_now)
                ends.append(at / total)
                size_now = 0
        buckets, parts = sizes, [*parts, ends]
    return buckets, [statistics.median(each) for each in zip(*parts, strict=True)]


def sum_seconds(nbytes, count, fabric):
    """A sum over so many GPUs: each piece is exchanged twice, when a GPU sends a part to every
    other one."""
    speed, delay = fabric
    pieces = -(-nbytes // bucket_bytes(count))
    return 2 * (count - 1) * (nbytes / count / speed + pieces * delay)


def step_seconds(buckets, ready, compute, count, fabric, is_early):
    """A step: buckets are summed one after the other, each when it is complete and the one before
    is done, or all after backward; then the weights are updated."""
    end = 0.0
    for nbytes, at in zip(buckets, ready, strict=True):
        end = max(end, at * compute if is_early else compute) + sum_seconds(nbytes, count, fabric)
    return max(end, compute) + sum(buckets) * UPDATE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=list(SPEEDS), choices=list(SPEEDS))
    parser.add_argument("--size", type=int, default=224, help="of images")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    host.set_num_threads(1)
    for name in options.networks:
        buckets, ready = measured(name, options.size, options.rounds)
        assert all(a <= b for a, b in pairwise(ready))
        total = sum(buckets)
        print(f"\n{name}: {total / 1e6:.1f} MB of gradients; buckets of "
              f"{', '.join(f'{size / 1e6:.1f}' for size in buckets)} MB are complete after "
              f"{', '.join(f'{100 * part:.0f}' for part in ready)} % of forward and backward\n")
        print("| GPUs | " + " | ".join(f"{fabric}, {speed} images/s" for fabric in FABRICS
                                       for speed in SPEEDS[name]) + " |")
        print("|---" * (1 + len(FABRICS) * 2) + "|")
        for count in COUNTS:
            cells = []
            for fabric in FABRICS.values():
                for speed in SPEEDS[name]:
                    compute = BATCH / speed
                    alone = compute + total * UPDATE
                    early, late = [100 * alone / step_seconds(buckets, ready, compute, count,
                                                              fabric, is_early)
                                   for is_early in (True, False)]
                    cells.append(f"{early:.0f} ({late:.0f})")
            print(f"| {count} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
