"""Random programs that write in place inside autograd.record(), against finite differences.

    python tests/sweeps/in_place_gradients.py [--programs 4000]

A program gives the right gradient or raises MXNetError; a wrong gradient fails. Program n is always
the same. Arrays have shape (3, 4) or are rows of them, (4,); some are on another device.
"""

import argparse
import sys
from collections import Counter

import numpy as np

import mxlite as mx
from mxlite import autograd, nd

SHAPE = (3, 4)
STEPS = 12
DEVICES = (mx.cpu(0), mx.cpu(1))
UNARY = [nd.sin, nd.tanh, nd.square, nd.exp, nd.softmax, nd.relu, lambda x: x * 0.5,
         lambda x: x.copy(), lambda x: x.astype("float64"),
         lambda x: nd.array(x, ctx=x.ctx, dtype="float64"),
         lambda x: nd.stack(x, x).sum(axis=0),
         lambda x: nd.concatenate([x, x])[0:len(x)], lambda x: x.reshape((-1,)).reshape(x.shape)]
BINARY = [nd.broadcast_add, nd.broadcast_mul, nd.broadcast_sub, nd.broadcast_maximum]
OUT_UNARY = [nd.sin, nd.tanh, nd.square, nd.exp]


def add_in_place(x, y):
    x += y


def multiply_in_place(x, y):
    x *= y


def write_over(x, y):
    x[:] = y


WRITES = [add_in_place, multiply_in_place, write_over, lambda x, y: y.copyto(x),
          lambda x, y: nd.broadcast_mul(x, y, out=x)]


class Program:
    """Steps drawn from a seed; `run` computes its loss for values of the variables."""

    def __init__(self, number):
        self.number = number
        rng = np.random.RandomState(number)
        self.variables = [rng.uniform(-1, 1, SHAPE) for _ in range(2)]
        self.constants = [rng.uniform(-1, 1, SHAPE) for _ in range(3)]

    def run(self, values, is_recording):
        """(loss, variables): every choice is drawn anew from the seed, so that all runs agree."""
        rng = np.random.RandomState(self.number + 1)
        variables = [nd.array(value, dtype="float64") for value in values]
        arrays = [nd.array(value, dtype="float64", ctx=DEVICES[i % 2])
                  for i, value in enumerate(self.constants)]
        early = [arrays[0][1], arrays[2][0:2].reshape((2, 4))[0]]      # views from before
        for x in variables:
            x.attach_grad()
        with autograd.record() if is_recording else autograd.pause():
            arrays += variables + early
            for _ in range(STEPS):
                self.step(rng, arrays)
            loss = nd.zeros((1,), dtype="float64")
            for x in arrays[5:]:
                loss = loss + (x * x).sum().as_in_context(DEVICES[0])
        return loss, variables

    def step(self, rng, arrays):
        x, y = arrays[rng.randint(len(arrays))], arrays[rng.randint(len(arrays))]
        kind, choice = rng.randint(10), rng.randint(1000)
        if kind in (3, 4, 5, 6, 7) and any(x is variable for variable in arrays[3:5]):
            return                                      # variables are not written to
        if kind < 2:
            arrays.append(UNARY[choice % len(UNARY)](x))
        elif kind == 2:
            arrays.append(BINARY[choice % len(BINARY)](x, y.as_in_context(x.ctx)))
        elif kind in (3, 4):
            if x.shape == y.shape or (len(x.shape) > 1 and choice % len(WRITES) != 3):
                WRITES[choice % len(WRITES)](x, y.as_in_context(x.ctx))
        elif kind == 5:
            x[choice % len(x)] = choice / 1000
        elif kind == 6:
            OUT_UNARY[choice % len(OUT_UNARY)](x if choice % 3 else x * 0.5, out=x)
        elif kind == 7:
            x[:] = choice / 1000
        elif kind == 8:
            arrays.append(x.as_in_context(DEVICES[choice % 2]))
        elif len(x.shape) > 1:
            first = choice % len(x)
            arrays.append(x[first] if choice % 2 else x[first:first + 1].reshape((4,)))


def check(number):
    """What became of program `number`: "right", "raised", "wrong", or "rough"."""
    program = Program(number)
    rng = np.random.RandomState(number + 2)
    directions = [rng.standard_normal(SHAPE) for _ in program.variables]
    try:
        loss, variables = program.run(program.variables, True)
        loss.backward()
    except mx.MXNetError:
        return "raised"
    found = sum(np.sum(x.grad.asnumpy() * d) for x, d in zip(variables, directions, strict=True))
    slopes = []
    for h in (1e-5, 1e-6):
        up, down = [program.run([v + sign * h * d for v, d in zip(
            program.variables, directions, strict=True)], False)[0].asscalar() for sign in (1, -1)]
        slopes.append((up - down) / (2 * h))
    scale = 1 + abs(slopes[0]) + 1e-7 * abs(up)
    if not np.isfinite(scale) or scale > 1e6 or abs(slopes[0] - slopes[1]) > 1e-4 * scale:
        return "rough"                  # too steep, or beside a corner of maximum or relu
    return "right" if abs(found - slopes[0]) < 1e-3 * scale else "wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=4000)
    counts = Counter()
    for number in range(parser.parse_args().programs):
        outcome = check(number)
        counts[outcome] += 1
        if outcome == "wrong":
            print(f"program {number}: a wrong gradient")
    print(", ".join(f"{counts[name]} {name}" for name in ("right", "raised", "rough", "wrong")))
    return int(counts["wrong"] > 0 or counts["right"] < 0.1 * counts.total())


if __name__ == "__main__":
    sys.exit(main())
