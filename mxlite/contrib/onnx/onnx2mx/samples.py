"""Numbers for the lengths that a model leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from onnx import ModelProto, ValueInfoProto

from .reading import stored_names
from .values import SampleShape

COUNT = 4
_STEPS = 0, 1, 14, 29           # between samples of a length: even and odd, and all remainders by 3
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)


def _any(place: int, sample: int) -> int:
    """Lengths of all kinds, above the windows of networks."""
    return 67 + 127 * place + _STEPS[sample]


def _halved(place: int, sample: int) -> int:
    """Lengths that a network can halve five times, and join again what it made of them."""
    return 32 * _small(place, sample)


def _small(place: int, sample: int) -> int:
    """Lengths below what a table of a network has rows."""
    number = COUNT * place + sample
    return _PRIMES[number] if number < len(_PRIMES) else _PRIMES[-1] + 2 * number


class Samples:
    """The numbers that stand for each open length, by a function of the length's place among them
    and of the sample. places: of each length's name; those that must agree have one."""

    def __init__(self, open_axes: dict[tuple[str, int], str], places: dict[str, int],
                 number: Callable[[int, int], int]) -> None:
        self._names = open_axes
        self.count = COUNT if places else 1
        self._numbers = {name: [number(place, sample) for sample in range(self.count)]
                         for name, place in places.items()}
        what = "multiples of 32" if number is _halved else ""
        if len(set(places.values())) < len(places):
            what = f"equal {what or 'lengths'} along an axis"
        self.limit = what                   # what the lengths must be for these numbers, or nothing

    @classmethod
    def choices(cls, model: ModelProto) -> Iterator[Samples]:
        """Samples to try, one after the other, until the model takes them."""
        stored = stored_names(model.graph)
        open_axes: dict[tuple[str, int], str] = {}
        for value in model.graph.input:
            if value.name in stored:
                continue
            for axis, length in enumerate(value.type.tensor_type.shape.dim):
                if length.dim_value < 1:
                    open_axes[value.name, axis] = length.dim_param or f"{value.name}[{axis}]"
        apart = {name: place for place, name in enumerate(dict.fromkeys(open_axes.values()))}
        by_axis: dict[str, int] = {}
        for (_, axis), name in open_axes.items():
            by_axis.setdefault(name, axis)
        for places in (apart, by_axis)[:1 + (len(set(by_axis.values())) < len(by_axis))]:
            for number in (_any, _halved, _small):
                yield cls(open_axes, places, number)

    def shapes(self, value: ValueInfoProto) -> list[SampleShape] | None:
        """The shape of an input for each sample; None where the model does not say its rank."""
        if not value.type.tensor_type.HasField("shape"):
            return None
        axes = value.type.tensor_type.shape.dim
        return [tuple(length.dim_value if (value.name, axis) not in self._names
                      else self._numbers[self._names[value.name, axis]][sample]
                      for axis, length in enumerate(axes)) for sample in range(self.count)]

    def advice(self) -> str:
        """Which lengths are open, and what to do about it."""
        if not self._names:
            return "Give the inputs of the model shapes"
        name, named = next((name, kind) for (name, _), kind in self._names.items())
        if named[-1:] == "]":
            how = f"--input_name {name} --input_shape 1,3,224,224"
        else:
            how = f"--dim_param {named} --dim_value 1"
        return (f"Open are {self.shown()}; fix those that matter: python -m onnxruntime.tools."
                f"make_dynamic_shape_fixed {how} model.onnx fixed.onnx")

    def shown(self) -> str:
        """The open lengths: "axis 0 of input 'x' ('N')"."""
        return ", ".join(f"axis {axis} of input {name!r}" + f" ({kind!r})" * (kind[-1:] != "]")
                         for (name, axis), kind in self._names.items())
