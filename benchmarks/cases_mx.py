"""The work of compare.py in MXNet's API: run under mxlite and under MXNet 1.9.1.

A case is (function, how often to call it in one measurement). MXNet queues its work, so that a
measurement ends with waitall().
"""

import numpy as np
from dtypes_mx import dtype_cases
from inference_mx import inference_cases
from layers_mx import layer_cases
from networks_mx import graph_cases
from operators_mx import operator_cases

STEPS = 20


def make(mx):
    """name -> (function of no arguments, calls a measurement)."""
    nd, rng = mx.nd, np.random.default_rng(0)

    def uniform(*shape):
        return nd.array(rng.uniform(-1, 1, shape).astype("float32"))

    a, b, weight, bias = uniform(10, 10), uniform(10, 10), uniform(10, 10), uniform(10)
    variable = uniform(10, 10)
    variable.attach_grad()
    left, right = uniform(1024, 1024), uniform(1024, 1024)
    image, filters = uniform(16, 64, 56, 56), uniform(64, 64, 3, 3)
    large = uniform(16, 64, 112, 112)
    windows = uniform(64, 64, 4, 4)
    points, channels = uniform(128, 64, 1, 1), uniform(64, 1, 3, 3)
    for array in (image, channels):
        array.attach_grad()

    def recorded_add():
        with mx.autograd.record():
            y = variable + b
        y.backward()

    def depthwise():
        return nd.Convolution(image, channels, no_bias=True, kernel=(3, 3), pad=(1, 1),
                              num_filter=64, num_group=64)

    def recorded_depthwise():
        with mx.autograd.record():
            y = depthwise()
        y.backward()

    cases = {
        "add": (lambda: a + b, 3000),
        "add + backward": (recorded_add, 1000),
        "FullyConnected": (lambda: nd.FullyConnected(a, weight, bias, num_hidden=10), 2000),
        "MLP step": (mlp_step(mx, uniform), STEPS),
        "matmul 1024": (lambda: nd.dot(left, right), 4),
        "conv 3x3": (lambda: nd.Convolution(image, filters, no_bias=True, kernel=(3, 3),
                                            pad=(1, 1), num_filter=64), 4),
        "conv 1x1": (lambda: nd.Convolution(image, points, no_bias=True, kernel=(1, 1),
                                            num_filter=128), 4),
        "deconv 4x4": (lambda: nd.Deconvolution(image, windows, kernel=(4, 4), stride=(2, 2),
                                                pad=(1, 1), num_filter=64), 2),
        "depthwise": (depthwise, 8),
        "depthwise + backward": (recorded_depthwise, 4),
        "max pooling": (lambda: nd.Pooling(large, kernel=(3, 3), stride=(2, 2), pad=(1, 1),
                                           pool_type="max"), 4),
        **graph_cases(mx, uniform),
        **operator_cases(mx, uniform),
        **layer_cases(mx, uniform),
        **inference_cases(mx, uniform),
        **(dtype_cases(mx, uniform) if mx.__name__ == "mxlite" else {}),
    }
    return cases, nd.waitall


def mlp_step(mx, uniform):
    """One step of training of 784-128-64-10 with a batch of 100, eager."""
    gluon = mx.gluon
    net = gluon.nn.Sequential()
    net.add(gluon.nn.Dense(128, activation="relu"), gluon.nn.Dense(64, activation="relu"),
            gluon.nn.Dense(10))
    net.initialize(mx.init.Xavier())
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    data = uniform(100, 784)
    label = mx.nd.array(np.arange(100) % 10)

    def step():
        with mx.autograd.record():
            loss = loss_of(net(data), label)
        loss.backward()
        trainer.step(100)
    return step
