"""What planning a graph costs, and the memory that it saves.

    PYTHONPATH=. python benchmarks/bench_graphs.py

Steps: training, eager and hybridized in turn, by processor time with one thread, the least of
several rounds. Memory: what the pool holds beyond parameters after training steps of ResNet-18 (4
images of 112 x 112), eager and hybridized, each in a process of its own. Planning: the training
graph of ResNet-50, forward and gradient, in seconds of processor time.
"""

import argparse
import subprocess
import sys
import time

from networks_mx import lenet, mlp, step_of

import mxlite as mx
from mxlite.device import host
from mxlite.symbol.graph_op import GraphOp

SIZE = 2 ** 20


def train(net, data, label, steps=3):
    """Steps of training without an optimizer."""
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(steps):
        with mx.autograd.record():
            loss = loss_of(net(data), label)
        loss.backward()


def step_memory(hybridize):
    """Megabytes that the pool took for training steps, beyond what lives between them."""
    net = mx.gluon.model_zoo.vision.resnet18_v1(classes=10)
    net.initialize()
    data, label = mx.nd.ones((4, 3, 112, 112)), mx.nd.zeros((4,))
    net.infer_shape(data)
    if hybridize:
        net.hybridize()
    train(net, data, label)
    host.HOST_DEVICE.empty_cache()
    train(net, data, label)
    return host.memory_info()["cached"] / SIZE


def step_times(rounds=6):
    """name -> processor time of a step, hybridized as a part of eager."""
    nn, models = mx.gluon.nn, mx.gluon.model_zoo.vision
    works = {
        "MLP": (lambda: mlp(nn), (100, 784), 40), "LeNet": (lambda: lenet(nn), (64, 1, 28, 28), 4),
        "ResNet-18": (lambda: models.resnet18_v1(classes=10), (4, 3, 112, 112), 1)}
    ratios = {}
    for name, (make, shape, repeats) in works.items():
        data = mx.nd.random.normal(shape=shape)
        steps = [step_of(mx, make(), data, hybridize) for hybridize in (False, True)]
        least = [float("inf")] * 2
        for turn in range(rounds + 1):
            for i, step in enumerate(steps):
                begin = time.process_time()
                for _ in range(repeats):
                    step()
                if turn:
                    least[i] = min(least[i], time.process_time() - begin)
        ratios[name] = least[1] / least[0]
    return ratios


def planning():
    """Seconds of processor time to plan ResNet-50: nothing of the graph was prepared before."""
    net = mx.gluon.model_zoo.vision.resnet50_v1(classes=10)
    net.initialize()
    data = mx.nd.ones((2, 3, 64, 64))
    net.hybridize()
    with mx.autograd.record():
        net(data)
    graph = net._graphs[True]
    known = graph.operator([False] + [param.grad_req != "null" for param in graph.params])
    arrays = [mx.nd.ones((1, *data.shape[1:])), *[param.data() for param in graph.params]]
    fresh = GraphOp(known.heads, known.variables, "ResNet-50", known.wanted)
    begin = time.process_time()
    fresh.prepared([array._spec for array in arrays], True)
    return time.process_time() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--part", choices=["eager", "graph"], help="measure only this")
    part = parser.parse_args().part
    if part:
        print(step_memory(part == "graph"))
        return
    eager, graph = [float(subprocess.run([sys.executable, __file__, "--part", name], check=True,
                                         capture_output=True, text=True).stdout)
                    for name in ("eager", "graph")]
    print(f"ResNet-18 step: {eager:.1f} MB eager, {graph:.1f} MB as a graph, {graph / eager:.2f} "
          f"of it (at most 0.60: {'met' if graph <= 0.6 * eager else 'missed'})")
    host.set_num_threads(1)
    print("a step as a graph takes of an eager one: " + ", ".join(
        f"{name} {ratio:.2f}" for name, ratio in step_times().items()))
    seconds = planning()
    print(f"ResNet-50, planned for training: {seconds:.3f} s (at most 0.3: "
          f"{'met' if seconds <= 0.3 else 'missed'})")


if __name__ == "__main__":
    main()
