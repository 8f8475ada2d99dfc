"""ResNet-18 in float32, in mixed precision and in 16 bits: a step of training, and inference.

Each way has a process of its own, and they take turns; printed are the medians over the rounds of
the least times, as parts of those of float32.
"""

import argparse
import statistics
import subprocess
import sys
import time

WAYS = ("float32", "amp", "cast")
STEPS = 6


def network(way, dtype):
    """(a network, images, labels) that compute as `way` says."""
    import mxlite as mx
    from mxlite.contrib import amp

    if way == "amp":
        amp.init(dtype)
    net = mx.gluon.model_zoo.vision.resnet18_v1()
    net.initialize(mx.init.Xavier())
    images = mx.nd.random.uniform(shape=(8, 3, 112, 112))
    if way == "cast":
        net.cast(dtype)
        images = images.astype(dtype)
    net.hybridize(static_alloc=True, static_shape=True)
    return net, images, mx.nd.arange(8)


def least(work):
    """Seconds of the fastest of some calls."""
    times = []
    for _ in range(STEPS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(way, dtype):
    """Print the seconds of a step of training and of inference."""
    import mxlite as mx

    net, images, labels = network(way, dtype)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {
        "learning_rate": 0.01, "momentum": 0.9, "multi_precision": True})
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()

    def step():
        with mx.autograd.record():
            loss = loss_of(net(images).astype("float32"), labels)
        loss.backward()
        trainer.step(8)
        mx.nd.waitall()

    print(least(step), least(lambda: net(images).wait_to_read()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float16"))
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.dtype)
        return
    seconds = {way: [] for way in WAYS}
    for _ in range(options.rounds):
        for way in WAYS:
            line = subprocess.run(
                [sys.executable, __file__, "--dtype", options.dtype, "--measure", way],
                check=True, capture_output=True, text=True).stdout
            seconds[way].append([float(word) for word in line.split()])
    medians = {way: [statistics.median(column) for column in zip(*rows, strict=True)]
               for way, rows in seconds.items()}
    for way in WAYS:
        train, infer = [mine / theirs for mine, theirs in
                        zip(medians[way], medians["float32"], strict=True)]
        print(f"{way:8s} training {train:.2f}  inference {infer:.2f}")


if __name__ == "__main__":
    main()
