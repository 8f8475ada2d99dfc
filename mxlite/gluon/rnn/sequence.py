"""Sequences: an array with an axis of time, or a list of arrays, one a step.

Arrays are NDArrays, Symbols, or the placeholders with which shapes are inferred.
"""

from __future__ import annotations

from typing import Any

from ... import ndarray as nd
from ... import symbol as sym
from ...base import MXNetTypeError, MXNetValueError
from ...ops.placeholder import Placeholder
from ...wording import no_array


def is_array(value: Any) -> bool:
    """Whether this is an array, not a list of them."""
    return isinstance(value, (nd.NDArray, sym.Symbol, Placeholder))


class Sequence:
    """Inputs of `unroll`: `length` steps in a layout such as "NTC"; `axis`: that of time.

    Raises MXNetTypeError for what is no sequence, MXNetValueError for another length and a layout
    without T or N.
    """

    def __init__(self, caller: str, length: int | None, inputs: Any, layout: Any) -> None:
        self.caller, self.layout = caller, layout
        if not isinstance(layout, str) or "T" not in layout or "N" not in layout:
            raise MXNetValueError(f"{caller}: layout must be a text with a T for the axis of time "
                                  f"and an N for the batch, as 'NTC'; got {layout!r}")
        self.axis = layout.find("T")
        self.inputs: Any = inputs if is_array(inputs) else self._listed(inputs)
        first = self.inputs if is_array(self.inputs) else self.inputs[0]
        self.is_symbol = isinstance(first, sym.Symbol)
        self.F: Any = sym if self.is_symbol else (
            first.tracer.F if isinstance(first, Placeholder) else nd)
        self.length = self._length(length)

    def _listed(self, inputs: Any) -> list[Any]:
        if not isinstance(inputs, (list, tuple)) or not inputs or not all(map(is_array, inputs)):
            raise MXNetTypeError(f"{self.caller}: inputs must be an array with an axis of time, or "
                                 f"a list of arrays, one a step; got {no_array(inputs)}")
        return list(inputs)

    def _length(self, length: int | None) -> int:
        found = None
        if not is_array(self.inputs):
            found = len(self.inputs)
        elif not self.is_symbol:
            if self.inputs.ndim <= self.axis:
                raise MXNetValueError(f"{self.caller}: inputs must have the layout {self.layout!r};"
                                      f" got an array of shape {self.inputs.shape}")
            found = self.inputs.shape[self.axis]
        elif len(self.inputs) != 1:
            raise MXNetValueError(f"{self.caller}: inputs must be one Symbol with an axis of time, "
                                  "or a list of Symbols, one a step; got a Symbol of "
                                  f"{len(self.inputs)} outputs; list(inputs) makes a list of it")
        if length is None:
            length = found
        if not isinstance(length, int) or length < 1:
            raise MXNetValueError(f"{self.caller}: length must be at least 1; got {length!r}")
        if found not in (None, length):
            raise MXNetValueError(
                f"{self.caller}: inputs must have length = {length} steps; got {found}")
        return length

    @property
    def batch_size(self) -> int:
        """How many sequences there are; 0 of Symbols: unknown."""
        if self.is_symbol:
            return 0
        if is_array(self.inputs):
            return int(self.inputs.shape[self.layout.find("N")])
        return int(self.inputs[0].shape[self.layout.replace("T", "").find("N")])

    def steps(self) -> list[Any]:
        """A list of arrays without the axis of time."""
        if not is_array(self.inputs):
            return list(self.inputs)
        parts = self.F.split(self.inputs, num_outputs=self.length, axis=self.axis,
                             squeeze_axis=True)
        return [parts] if is_array(parts) and self.length == 1 else list(parts)

    def merged(self) -> Any:
        """One array with the axis of time."""
        if is_array(self.inputs):
            return self.inputs
        return self.F.stack(*self.inputs, axis=self.axis)

    def asked(self, merge: bool | None) -> Any:
        """One array (merge=True), a list (False), or as it is (None)."""
        if merge is None:
            return self.inputs
        return self.merged() if merge else self.steps()

    def masked(self, valid_length: Any) -> Sequence:
        """The same with zeros from each one's valid_length on, in one array."""
        masked = self.F.SequenceMask(self.merged(), valid_length, use_sequence_length=True,
                                     axis=self.axis)
        return Sequence(self.caller, self.length, masked, self.layout)

    def reversed(self, valid_length: Any) -> list[Any]:
        """Its steps in reverse order, each sequence only up to its valid_length."""
        if valid_length is None:
            return self.steps()[::-1]
        turned = self.F.SequenceReverse(self.F.stack(*self.steps(), axis=0), valid_length,
                                        use_sequence_length=True)
        return Sequence(self.caller, self.length, turned, "TN").steps()
