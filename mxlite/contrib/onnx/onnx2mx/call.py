"""A node that becomes Symbols: what its converter asks about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import AttributeProto, NodeProto, TensorProto, defs, helper

from ....base import MXNetError
from ....onnx.dtypes import NUMBERS
from ....symbol import Symbol
from .errors import OpenLengthError, unsupported, wrong
from .reading import array_of
from .values import Length, Value, fixed

if TYPE_CHECKING:
    from .graph import Importer

FLOATS = (1, 10, 11, 16)
BOOL = 9
# of TensorProto's numbers; truth values are 0 and 1 in float32
DTYPES = {number: name for name, number in NUMBERS.items()} | {BOOL: "float32"}


class Call:
    """A node, its inputs and attributes. What is asked for is noted, as nothing may be overlooked:
    `check_all_read` raises for what no one has asked for."""

    def __init__(self, importer: Importer, node: NodeProto, name: str,
                 inputs: list[Value | None], outputs: list[Value]) -> None:
        self.importer, self.node, self.name = importer, node, name
        self.op_type, self.opset = node.op_type, importer.opset
        self.inputs, self.outputs = inputs, outputs
        self._attributes = {attribute.name: attribute for attribute in node.attribute}
        self._read: set[str] = set()
        self._taken: set[int] = set()

    # Attributes ----------------------------------------------------------------------------------

    def attr(self, name: str, default: Any = None) -> Any:
        """An attribute; `default` where the node has none. Text comes as str."""
        self._read.add(name)
        attribute = self._attributes.get(name)
        if attribute is None:
            return default
        value = helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if attribute.type == AttributeProto.STRINGS:
            return [text.decode("utf-8", "replace") for text in value]
        return list(value) if attribute.type in (AttributeProto.INTS, AttributeProto.FLOATS) \
            else value

    def choice(self, name: str, default: Any, *choices: Any) -> Any:
        """An attribute that must be one of these."""
        value = self.attr(name, default)
        if value not in choices:
            shown = ", ".join(repr(choice) for choice in choices)
            raise self.unsupported(f"{name} must be {'one of ' * (len(choices) > 1)}{shown}; "
                                   f"got {value!r}")
        return value

    def ignore(self, *names: str) -> None:
        """These attributes change no result here."""
        self._read.update(names)

    # Inputs --------------------------------------------------------------------------------------

    def has(self, i: int) -> bool:
        """Whether input i is given."""
        return i < len(self.inputs) and self.inputs[i] is not None

    def value(self, i: int) -> Value:
        """Input i, which must be there."""
        self._taken.add(i)
        value = self.inputs[i] if i < len(self.inputs) else None
        if value is None:
            raise self.wrong(f"input {i} is missing")
        return value

    def sym(self, i: int = 0) -> Any:
        """Input i as a Symbol, whose operators are not typed."""
        return self.importer.symbol(self.value(i))

    def syms(self) -> list[Any]:
        """All inputs."""
        return [self.sym(i) for i in range(len(self.inputs))]

    def constant(self, i: int, what: str) -> np.ndarray:
        """The numbers of input i; raises where they are not known. what: its name in errors."""
        array = self.value(i).constant
        if array is None:
            raise self.not_constant(i, what)
        return array

    def array(self, tensor: TensorProto) -> np.ndarray:
        """The numbers of an attribute."""
        return array_of(self.importer.caller, tensor, f"an attribute of node {self.name!r}")

    def ints(self, i: int, what: str) -> list[int]:
        """The integers of input i, a vector or a number."""
        return [int(number) for number in self.constant(i, what).ravel()]

    def scalar(self, i: int) -> float | int | None:
        """Input i as a number, where it is a known one and no parameter; else None."""
        value = self.inputs[i]
        array = None if value is None else value.constant
        if array is None or array.size != 1 or (value is not None and value.is_initializer
                                                and array.ndim):
            return None
        self._taken.add(i)
        return array.item()

    def dtype(self, i: int = 0) -> int:
        """The dtype of input i, a number of TensorProto."""
        value = self.inputs[i]
        return 0 if value is None else value.dtype

    def is_float(self, i: int = 0) -> bool:
        """Whether input i holds numbers with a fraction."""
        return self.dtype(i) in FLOATS

    def rank(self, i: int = 0) -> int:
        """How many axes input i has."""
        return len(self.lengths(i))

    def lengths(self, i: int = 0) -> list[Length]:
        """The lengths of input i."""
        value = self.inputs[i]
        lengths = None if value is None else value.lengths
        if value is None or lengths is None:
            raise self.unsupported(f"the shape of input {i} must be known; give the inputs of the "
                                   "model shapes, or use onnx.shape_inference")
        return lengths

    def are_alike(self, *places: int) -> bool:
        """Whether these inputs have one shape, as far as that is known."""
        every = [self.value(i).lengths for i in places]
        return every[0] is not None and all(lengths == every[0] for lengths in every)

    def shape(self, i: int = 0) -> tuple[int | None, ...]:
        """The shape of input i, with None for open lengths."""
        return tuple(fixed(length) for length in self.lengths(i))

    def fixed_shape(self, i: int, what: str) -> tuple[int, ...]:
        """The shape of input i, which may have no open length."""
        shape = self.shape(i)
        if None in shape:
            raise self.open_length(f"{what} must have a known shape; axis {shape.index(None)}")
        return tuple(length for length in shape if length is not None)

    def axis(self, axis: int, i: int = 0) -> int:
        """An axis of input i, from 0 on."""
        if axis >= 0 and self.value(i).lengths is None:
            return axis
        rank = self.rank(i)
        if not -max(rank, 1) <= axis < max(rank, 1):
            raise self.wrong(f"axis must be from {-rank} to {rank - 1}; got {axis}")
        return axis % max(rank, 1)

    # Outputs -------------------------------------------------------------------------------------

    def is_used(self, i: int) -> bool:
        """Whether output i is wanted by anyone."""
        return i < len(self.node.output) and self.node.output[i] in self.importer.users

    def out_lengths(self, by: tuple[int, str] | None = None) -> list[Length]:
        """The lengths of the first output. by: the input that says them, and its name in errors."""
        lengths = self.outputs[0].lengths
        if lengths is None:
            if by is not None and self.has(by[0]) and self.value(by[0]).constant is None:
                raise self.not_constant(*by)
            raise self.unsupported("the shape of its output must be known before the network runs")
        return lengths

    def out_dtype(self, i: int = 0) -> str:
        """mxlite's dtype of output i."""
        return self.dtype_name(self.outputs[i].dtype)

    def dtype_name(self, number: int) -> str:
        """mxlite's name of a dtype of TensorProto."""
        if number not in DTYPES:
            raise self.unsupported(f"there are no arrays of {type_name(number)}")
        return DTYPES[number]

    def parameter(self, hint: str, array: np.ndarray) -> Symbol:
        """A new parameter that holds these numbers, named after the node."""
        return self.importer.parameter(f"{self.name}_{hint}", array)

    # Errors --------------------------------------------------------------------------------------

    def wrong(self, text: str) -> MXNetError:
        """The error for what ONNX does not allow."""
        return wrong(self.importer.caller, self.node, text)

    def unsupported(self, text: str) -> MXNetError:
        """The error for what mxlite has nothing for."""
        return unsupported(self.importer.caller, self.node, text)

    def not_constant(self, i: int, what: str) -> MXNetError:
        """The error for an input that must be known beforehand, and is computed."""
        value = self.value(i)
        if value.arrays is not None:
            return self.open_length(f"{what} (input {i}, {value.name!r}) depends on a length that")
        return self.unsupported(f"{what} (input {i}, {value.name!r}) must be a constant; it is "
                                "computed when the network runs")

    def open_length(self, text: str) -> MXNetError:
        """The error for a length that must be known. text: what leads up to "is open"."""
        error = self.unsupported(f"{text} is open in the model. {self.importer.open_lengths()}")
        return OpenLengthError(*error.args)

    def check_all_read(self, made: int) -> None:
        """Raise for attributes and inputs that were not asked for, and for outputs that are wanted
        beyond those that were made."""
        for name in self._attributes.keys() - self._read:
            if not self._is_default(name):
                value = helper.get_attribute_value(self._attributes[name])
                raise self.unsupported(f"attribute {name!r} ({value!r}) is not supported")
        for i, value in enumerate(self.inputs):
            if value is not None and i not in self._taken:
                raise self.unsupported(f"input {i} ({value.name!r}) is not supported")
        for i in range(made, len(self.node.output)):
            if self.is_used(i):
                raise self.unsupported(f"output {i} ({self.node.output[i]!r}) is not supported")

    def _is_default(self, name: str) -> bool:
        if not defs.has(self.op_type, self.opset, ""):
            return False
        declared = defs.get_schema(self.op_type, self.opset, "").attributes.get(name)
        if declared is None:
            return False
        default = helper.get_attribute_value(declared.default_value) \
            if declared.default_value.name else None
        return default == helper.get_attribute_value(self._attributes[name])


def type_name(number: int) -> str:
    """What ONNX calls a dtype: "int16"."""
    try:
        return helper.tensor_dtype_to_string(number).removeprefix("TensorProto.").lower()
    except KeyError:
        return f"type {number}"
