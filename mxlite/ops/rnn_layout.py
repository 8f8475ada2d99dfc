"""The parts of the one vector that holds all parameters of a recurrent network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..base import MXNetValueError, Shape, suggestion

GATES = {"rnn_relu": ("",), "rnn_tanh": ("",), "lstm": ("_i", "_f", "_c", "_o"),
         "gru": ("_r", "_z", "_o")}


class Part(NamedTuple):
    """The parameters of one gate: `size` numbers from `start` on, an array of `shape`."""

    name: str
    start: int
    shape: Shape

    @property
    def stop(self) -> int:
        """Where the next part begins."""
        length = 1
        for axis in self.shape:
            length *= axis
        return self.start + length


class PackedRNN(NamedTuple):
    """A network of `layers` layers of `hidden` units, each in one or two directions.

    The vector has first all weights, then all biases: layer by layer, direction by direction, those
    of the inputs ("i2h") before those of the states ("h2h"), gate by gate.
    """

    mode: str
    hidden: int
    layers: int
    bidirectional: bool

    @property
    def directions(self) -> str:
        """"l", from left to right, and "r"."""
        return "lr" if self.bidirectional else "l"

    @property
    def gates(self) -> tuple[str, ...]:
        """What the names of the gates end with."""
        return GATES[self.mode]

    def size(self, inputs: int) -> int:
        """The length of the vector where the first layer has `inputs` inputs."""
        width = len(self.directions)
        first, rest = inputs + self.hidden + 2, width * self.hidden + self.hidden + 2
        return (first + (self.layers - 1) * rest) * self.hidden * len(self.gates) * width

    def inputs(self, size: int) -> int:
        """How many inputs the first layer has if the vector has `size` numbers; raises
        MXNetValueError where there is no such number."""
        step = self.hidden * len(self.gates) * len(self.directions)
        inputs = (size - self.size(0)) // step
        if inputs < 1 or self.size(inputs) != size:
            raise MXNetValueError(
                f"parameters of {self.layers} layers of {self.hidden} units, mode {self.mode!r}: "
                f"there are {self.size(0)} + {step} * inputs; got {size}")
        return inputs

    def parts(self, inputs: int) -> Iterator[Part]:
        """All parts, in order; names as "l0_i2h_f_weight"."""
        start = 0
        for kind in ("weight", "bias"):
            for layer in range(self.layers):
                below = inputs if layer == 0 else len(self.directions) * self.hidden
                for direction in self.directions:
                    for group, width in (("i2h", below), ("h2h", self.hidden)):
                        shape = (self.hidden, width) if kind == "weight" else (self.hidden,)
                        for gate in self.gates:
                            name = f"{direction}{layer}_{group}{gate}_{kind}"
                            part = Part(name, start, shape)
                            yield part
                            start = part.stop


def check_mode(caller: str, mode: str) -> str:
    """The mode, if it is one; else raises MXNetValueError."""
    if not isinstance(mode, str) or mode not in GATES:
        raise MXNetValueError(f"{caller}: mode must be one of {', '.join(GATES)}; "
                              f"got {mode!r}{suggestion(str(mode), GATES)}")
    return mode
