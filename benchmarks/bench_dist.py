"""dist_sync between processes: the efficiency of training, and the time that sums take.

    mpiexec --oversubscribe --bind-to none -n 2 python benchmarks/bench_dist.py [--rounds 5]

ResNet-18, 8 images a worker, one thread a worker. The kinds of steps take turns in the same
processes, so that all see the same machine; numbers are medians of the slowest worker. "one":
worker 0 trains alone, while the others sleep; "apart": all train, each for itself; "early":
together, sums starting while backward runs; "late": together, sums in the step. Efficiency is the
time of "one" by that of the others. Processor time, of all threads of a worker, depends less on
what else the machine does, and has no waiting but that of polls. Then: all gradients are summed, in
buckets of several sizes, and by MPI's own Allreduce of one flat array.
"""

import argparse
import statistics
import time

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.device import host
from mxlite.kvstore.world import world


def trainer_of(kvstore, is_early=True):
    """(net, Trainer)."""
    mx.random.seed(1)
    net = gluon.model_zoo.vision.resnet18_v1()
    net.initialize(mx.init.Xavier())
    net.hybridize(static_alloc=True)
    if kvstore is not None and not is_early:
        kvstore._communicator.early_bytes = 1 << 40
    return net, gluon.Trainer(net.collect_params(), "sgd",
                              {"learning_rate": 1e-3, "momentum": 0.9}, kvstore=kvstore)


def seconds(call):
    """(seconds, seconds of the processor)."""
    start, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - used


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2, help="of each kind in a round")
    parser.add_argument("--size", type=int, default=224, help="of images")
    options = parser.parse_args()
    host.set_num_threads(1)
    store = mx.kv.create("dist_sync")
    communicator, comm = store._communicator, world().comm
    data = mx.nd.random.uniform(shape=(8, 3, options.size, options.size))
    labels = mx.nd.zeros((8,))
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    pairs = {"one": trainer_of(None), "early": trainer_of(store),
             "late": trainer_of(mx.kv.create("dist_sync"), False)}
    pairs["apart"] = pairs["one"]

    def steps(kind):
        net, trainer = pairs[kind]
        for _ in range(options.steps):
            with autograd.record():
                loss = loss_fn(net(data), labels)
            loss.backward()
            trainer.step(8 * store.num_workers)
        mx.nd.waitall()

    times = {kind: [] for kind in ("one", "apart", "early", "late")}
    sent = 0
    for turn in range(options.rounds + 2):
        for kind, its in times.items():
            store._barrier()
            before = communicator.bytes_sent
            took = ((0, 0) if kind == "one" and store.rank
                    else seconds(lambda kind=kind: steps(kind)))
            if kind == "early":
                sent = communicator.bytes_sent - before
            store._barrier()
            slowest = np.max(comm.allgather(took), axis=0)
            if turn > 1:                            # the first makes the network, and the store
                its.append(slowest / options.steps)
    if store.rank == 0:
        for kind, its in times.items():
            wall, used = np.median(its, axis=0)
            print(f"{kind:6} {wall:8.3f} s a step, {used:8.3f} s of the processor", flush=True)
        for one, other in (("one", "early"), ("apart", "early"), ("late", "early")):
            ratios = np.array(times[one]) / times[other]
            for name, its in zip(("wall", "processor"), ratios.T, strict=True):
                print(f"{one} / {other}, {name}: median {statistics.median(its):.3f} "
                      f"({min(its):.3f} to {max(its):.3f})", flush=True)
        print(f"{sent / options.steps / 1e6:.2f} MB sent a step by worker 0", flush=True)

    net = pairs["one"][0]
    shapes = [param.shape for param in net.collect_params().values() if param.grad_req != "null"]
    grads = [mx.nd.ones(shape) for shape in shapes]
    num_bytes = 4 * sum(grad.size for grad in grads)
    keys = list(range(len(grads)))
    summing = mx.kv.KVStore("dist_sync", communicator)
    summing.init(keys, grads)
    flat = np.ones(num_bytes // 4, "float32")

    def in_buckets(mbytes):
        communicator.bucket_bytes = int(mbytes * (1 << 20))
        summing.pushpull(keys, [grad * 1 for grad in grads])

    def by_allreduce():
        comm.Allreduce(flat.copy(), flat)

    calls = {f"buckets of {mbytes} MB": lambda mbytes=mbytes: in_buckets(mbytes)
             for mbytes in (0.25, 1, 4, 16, 64)}
    calls["MPI_Allreduce, flat"] = by_allreduce
    found = {name: [] for name in calls}
    for turn in range(options.rounds + 1):
        for name, call in calls.items():
            store._barrier()
            slowest = max(comm.allgather(seconds(call)[0]))
            if turn:
                found[name].append(slowest)
    if store.rank == 0:
        print(f"sum of {num_bytes / 1e6:.1f} MB:")
        for name, its in found.items():
            print(f"{name:22} {1e3 * statistics.median(its):8.1f} ms "
                  f"(least {1e3 * min(its):.1f})", flush=True)


if __name__ == "__main__":
    main()
