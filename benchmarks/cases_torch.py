"""The work of compare.py in PyTorch, with its default number of threads."""

import numpy as np
from dtypes_torch import dtype_cases
from inference_torch import inference_cases
from layers_torch import layer_cases
from networks_torch import graph_cases
from operators_torch import operator_cases

STEPS = 20


def make(torch):
    """name -> (function of no arguments, calls a measurement)."""
    F, rng = torch.nn.functional, np.random.default_rng(0)

    def uniform(*shape):
        return torch.from_numpy(rng.uniform(-1, 1, shape).astype("float32"))

    a, b, weight, bias = uniform(10, 10), uniform(10, 10), uniform(10, 10), uniform(10)
    variable = uniform(10, 10).requires_grad_()
    ones = torch.ones(10, 10)
    left, right = uniform(1024, 1024), uniform(1024, 1024)
    image, filters = uniform(16, 64, 56, 56), uniform(64, 64, 3, 3)
    large = uniform(16, 64, 112, 112)
    windows = uniform(64, 64, 4, 4)
    points, channels = uniform(128, 64, 1, 1), uniform(64, 1, 3, 3)
    inputs = [image.clone().requires_grad_(), channels.clone().requires_grad_()]
    ones_like_image = torch.ones_like(image)

    def recorded_add():
        (variable + b).backward(ones)

    def recorded_depthwise():
        for array in inputs:
            array.grad = None
        F.conv2d(*inputs, padding=1, groups=64).backward(ones_like_image)

    cases = {
        "add": (lambda: a + b, 3000),
        "add + backward": (recorded_add, 1000),
        "FullyConnected": (lambda: F.linear(a, weight, bias), 2000),
        "MLP step": (mlp_step(torch, uniform), STEPS),
        "matmul 1024": (lambda: left @ right, 4),
        "conv 3x3": (lambda: F.conv2d(image, filters, padding=1), 4),
        "conv 1x1": (lambda: F.conv2d(image, points), 4),
        "deconv 4x4": (lambda: F.conv_transpose2d(image, windows, stride=2, padding=1), 2),
        "depthwise": (lambda: F.conv2d(image, channels, padding=1, groups=64), 8),
        "depthwise + backward": (recorded_depthwise, 4),
        "max pooling": (lambda: F.max_pool2d(large, 3, 2, 1), 4),
        **graph_cases(torch, uniform),
        **operator_cases(torch, uniform),
        **layer_cases(torch, uniform),
        **inference_cases(torch, uniform, False),
        **dtype_cases(torch, uniform),
    }
    return cases, lambda: None


def mlp_step(torch, uniform):
    """One step of training of 784-128-64-10 with a batch of 100."""
    nn = torch.nn
    net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                        nn.Linear(64, 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    data, label = uniform(100, 784), torch.arange(100) % 10

    def step():
        optimizer.zero_grad()
        loss_of(net(data), label).backward()
        optimizer.step()
    return step
