"""The parts of the one vector that holds all parameters of a recurrent network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..base import MXNetValueError, Shape
from ..wording import suggestion

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
    of the inputs ("i2h") before those of the states ("h2h"), gate by gate. projection: how many
    numbers the output of an LSTM's layer is projected to, by a weight "h2r"; 0: it is not.
    """

    mode: str
    hidden: int
    layers: int
    bidirectional: bool
    projection: int = 0

    @property
    def directions(self) -> str:
        """"l", from left to right, and "r"."""
        return "lr" if self.bidirectional else "l"

    @property
    def gates(self) -> tuple[str, ...]:
        """What the names of the gates end with."""
        return GATES[self.mode]

    @property
    def outputs(self) -> int:
        """How many numbers a layer gives in one direction."""
        return self.projection or self.hidden

    def size(self, inputs: int) -> int:
        """The length of the vector where the first layer has `inputs` inputs."""
        width, rows = len(self.directions), self.hidden * len(self.gates)
        first, rest = inputs + self.outputs + 2, width * self.outputs + self.outputs + 2
        projections = self.layers * self.projection * self.hidden
        return ((first + (self.layers - 1) * rest) * rows + projections) * width

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

    def arrays(self, inputs: int) -> Iterator[Part]:
        """The weights and biases, in order, the gates of each below each other: "l0_i2h_weight"."""
        rows, start = self.hidden * len(self.gates), 0
        for kind in ("weight", "bias"):
            for layer in range(self.layers):
                below = inputs if layer == 0 else len(self.directions) * self.outputs
                for direction in self.directions:
                    shapes = {"i2h": (rows, below), "h2h": (rows, self.outputs)}
                    if self.projection and kind == "weight":
                        shapes["h2r"] = (self.projection, self.hidden)
                    for group, shape in shapes.items():
                        part = Part(f"{direction}{layer}_{group}_{kind}", start,
                                    shape if kind == "weight" else shape[:1])
                        yield part
                        start = part.stop

    def parts(self, inputs: int) -> Iterator[Part]:
        """All of them, in order, gate by gate: "l0_i2h_f_weight"."""
        for array in self.arrays(inputs):
            if "_h2r_" in array.name:
                yield array
                continue
            start, shape = array.start, (self.hidden, *array.shape[1:])
            prefix, kind = array.name.rsplit("_", 1)
            for gate in self.gates:
                part = Part(f"{prefix}{gate}_{kind}", start, shape)
                yield part
                start = part.stop


def check_mode(caller: str, mode: str) -> str:
    """The mode, if it is one; else raises MXNetValueError."""
    if not isinstance(mode, str) or mode not in GATES:
        raise MXNetValueError(f"{caller}: mode must be one of {', '.join(GATES)}; "
                              f"got {mode!r}{suggestion(str(mode), GATES)}")
    return mode
