"""Convolutions of residual networks, forward and with their gradients, beside MXNet and PyTorch.

    python benchmarks/bench_convolutions.py [--rounds N] [--reference DIR]

Each library computes on one thread; what counts is the processor time of a call, the least of
some, so that other programs on the machine matter little. GFLOP/s are of direct sums: Winograd's
filtering needs a quarter of them.
"""

import argparse
import functools
import os
import sys
import time

import side_by_side
from side_by_side import Worker, serve, take_turns

LAYERS = [      # images, channels, filters, length of a side, window, stride
    (8, 64, 64, 56, 3, 1), (8, 128, 128, 28, 3, 1), (8, 256, 256, 14, 3, 1), (8, 512, 512, 7, 3, 1),
    (1, 64, 64, 56, 3, 1), (1, 256, 256, 14, 3, 1), (8, 16, 32, 28, 3, 1),
    (4, 64, 128, 28, 3, 2), (4, 256, 512, 7, 3, 2), (4, 512, 512, 4, 3, 1),
    (1, 3, 64, 224, 7, 2), (4, 128, 256, 14, 1, 2), (8, 64, 256, 56, 1, 1),
]
CALLS = 5


def operations(layer, is_step):
    """Of direct sums: the forward pass, or with the gradients, of images only those of weights."""
    images, channels, filters, side, window, stride = layer
    out = (side + 2 * (window // 2) - window) // stride + 1
    passes = (3 if channels > 3 else 2) if is_step else 1
    return 2 * passes * images * channels * filters * window ** 2 * out ** 2


def calls_of_mxnet(mx, layer):
    """(forward, step) in MXNet's API."""
    images, channels, filters, side, window, stride = layer
    x = mx.nd.random.normal(shape=(images, channels, side, side))
    weight = mx.nd.random.normal(shape=(filters, channels, window, window))
    for array in (x, weight)[channels == 3:]:
        array.attach_grad()

    def forward():
        return mx.nd.Convolution(x, weight, no_bias=True, num_filter=filters,
                                 kernel=(window, window), stride=(stride, stride),
                                 pad=(window // 2, window // 2))

    def step():
        with mx.autograd.record():
            y = forward()
        y.backward()
        mx.nd.waitall()
    return lambda: forward().wait_to_read(), step


def calls_of_torch(torch, layer):
    images, channels, filters, side, window, stride = layer
    torch.set_num_threads(1)
    x = torch.randn(images, channels, side, side, requires_grad=channels > 3)
    weight = torch.randn(filters, channels, window, window, requires_grad=True)

    def forward():
        return torch.nn.functional.conv2d(x, weight, stride=stride, padding=window // 2)

    ones = torch.ones_like(forward())

    def inference():
        with torch.no_grad():
            forward()

    def step():
        x.grad = weight.grad = None
        forward().backward(ones)
    return inference, step


@functools.lru_cache(2)
def calls(library, layer):
    if library == "torch":
        import torch
        return calls_of_torch(torch, layer)
    import importlib
    return calls_of_mxnet(importlib.import_module(library), layer)


def seconds(library, layer, is_step):
    """Processor time of a call, the least of some."""
    call = calls(library, layer)[is_step]
    times = []
    for _ in range(CALLS + 1):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times[1:])


def name_of(layer, is_step):
    images, channels, filters, side, window, stride = layer
    text = f"{images} x {channels} x {side}^2 -> {filters}, {window} x {window}"
    return text + f" / {stride}" * (stride > 1) + ", step" * is_step


CASES = {name_of(layer, is_step): (layer, is_step) for layer in LAYERS for is_step in (0, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reference", help="folder with the environments mxnet/ and torch/")
    args = parser.parse_args()
    if args.reference:
        for library in ("mxnet", "torch"):
            side_by_side.PYTHONS[library] = f"{args.reference}/{library}/bin/python"
    found = [name for name, python in side_by_side.PYTHONS.items() if os.path.exists(python)]
    os.environ.update(MXLITE_NUM_THREADS="1", OMP_NUM_THREADS="1")
    times = take_turns({name: Worker(__file__, name) for name in found}, CASES, args.rounds)
    print(f"{'GFLOP/s of one thread':44}" + "".join(f"{name:>10}" for name in found)
          + "".join(f"{'time / ' + name:>14}" for name in found[1:]))
    for case, one in times.items():
        work = operations(*CASES[case])
        print(f"{case:44}" + "".join(f"{work / one[name] / 1e9:10.0f}" for name in found)
              + "".join(f"{one['mxlite'] / one[name]:14.2f}" for name in found[1:]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        library = sys.argv[2]
        serve({name: functools.partial(seconds, library, *case) for name, case in CASES.items()})
    else:
        main()
