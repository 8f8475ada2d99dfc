"""The graph of a model made into Symbols, node by node."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto

from .... import ndarray as nd
from .... import symbol as sym
from ....base import MXNetError, MXNetNotImplementedError, MXNetValueError
from ....onnx.names import Taken
from ....symbol import Symbol
from .agreement import check_outputs
from .call import BOOL, DTYPES, Call, type_name
from .errors import OpenLengthError, place, unsupported, wrong
from .folding import folded, is_assumed
from .inference import Inference
from .names import Names
from .nodes import branch_of, expanded, needed, read_by
from .reading import initializers, opset_of
from .samples import Samples
from .table import CONVERTERS
from .values import Length, Value

_STORED = {"bool": "float32", "int16": "int32", "uint16": "int32", "uint32": "int64"}


class Importer:
    """Makes Symbols of the nodes of a model; `samples` are numbers for its open lengths."""

    def __init__(self, caller: str, model: onnx.ModelProto, arrays: dict[str, np.ndarray],
                 samples: Samples) -> None:
        self.caller, self.graph, self.samples = caller, model.graph, samples
        self.opset = opset_of(caller, model)
        self.inference = Inference(self.opset)
        self.arrays = dict(arrays)
        self.values: dict[str, Value] = {}
        self.given: list[Value] = []                    # the inputs
        self.params: dict[str, np.ndarray] = {}         # by the names of their variables
        self.pending: dict[str, NodeProto] = {}         # of outputs whose Symbols may not be needed
        self.references: dict[Length, tuple[Value, int]] = {}
        variables = [*self.arrays, *(value.name for value in self.graph.input)]
        self.nodes = needed(caller, self.graph, self.opset)
        self.names = Taken(variables)
        self.new_params = Taken(variables + [name for node in self.nodes for name in node.output])
        self.users = Counter([name for node in self.nodes for name in node.input]
                             + [value.name for value in self.graph.output])

    def run(self) -> Symbol:
        """The Symbol of all outputs."""
        self._inputs()
        for node in self.nodes:
            self._node(node)
        values = [self._value(declared.name, "the graph") for declared in self.graph.output]
        outputs = [self.symbol(value) for value in values]
        symbol = outputs[0] if len(outputs) == 1 else sym.Group(outputs)
        check_outputs(self.caller, symbol, self.given, values)
        return symbol

    # Tensors -------------------------------------------------------------------------------------

    def symbol(self, value: Value) -> Symbol:
        """The Symbol of a tensor, made now if it is not there."""
        if value.symbol is None:
            constant = value.constant
            if constant is not None:
                value.symbol = self.parameter(value.name, constant, is_new=False)
            elif value.name in self.pending:
                self._convert(self.pending[value.name])
        if value.symbol is None:
            raise MXNetError(f"{self.caller}: tensor {value.name!r} has no Symbol")
        return value.symbol

    def parameter(self, name: str, array: np.ndarray, is_new: bool = True) -> Symbol:
        """A variable that holds these numbers. is_new: its name is made here, not in the file."""
        name = self.new_params.free(name) if is_new else name
        if not array.size:
            raise MXNetNotImplementedError(f"{self.caller}: tensor {name!r} of shape {array.shape} "
                                           "has no elements; there are no such arrays")
        stored = _STORED.get(array.dtype.name, array.dtype.name)
        if stored not in DTYPES.values():
            raise MXNetNotImplementedError(f"{self.caller}: tensor {name!r} is of {stored}; there "
                                           "are no such arrays")
        self.params[name] = np.array(array, stored, ndmin=1)
        return sym.var(name, shape=self.params[name].shape,
                       dtype=None if stored == "float32" else stored)

    def axis_like(self, length: Length) -> tuple[Symbol, int] | None:
        """(a tensor, an axis of it) that has this open length."""
        found = self.references.get(length)
        return None if found is None else (self.symbol(found[0]), found[1])

    def open_lengths(self) -> str:
        """What to do about open lengths, for errors."""
        return self.samples.advice()

    def _value(self, name: str, user: str) -> Value:
        if name not in self.values:
            if name not in self.arrays:
                raise MXNetValueError(f"{self.caller}: {user} uses tensor {name!r}, which nothing "
                                      "before it makes")
            array = self.arrays[name]
            dtype = onnx.helper.np_dtype_to_tensor_dtype(array.dtype)
            self.values[name] = Value(name, dtype, None, [array] * self.samples.count, True)
        return self.values[name]

    def _inputs(self) -> None:
        for declared in self.graph.input:
            if declared.name in self.arrays:
                continue
            kind = declared.type.tensor_type
            if not declared.type.HasField("tensor_type") or kind.elem_type not in DTYPES:
                of = type_name(kind.elem_type) if declared.type.HasField("tensor_type") \
                    else str(declared.type.WhichOneof("value"))
                raise MXNetNotImplementedError(f"{self.caller}: input {declared.name!r} is of "
                                               f"{of}; there are no such arrays")
            value = Value(declared.name, kind.elem_type, self.samples.shapes(declared))
            dtype = DTYPES[kind.elem_type]
            value.symbol = sym.var(declared.name, dtype=None if dtype == "float32" else dtype)
            if kind.elem_type == BOOL:
                value.symbol = sym.Cast(value.symbol, dtype="float32",
                                        name=self.names.free(f"{declared.name}_float32"))
            self.given.append(value)
            self._add(value)

    def _add(self, value: Value) -> None:
        self.values[value.name] = value
        for axis, length in enumerate(value.lengths or ()):
            if len(set(length)) > 1 and value.arrays is None:
                self.references.setdefault(length, (value, axis))

    # Nodes ---------------------------------------------------------------------------------------

    def _node(self, node: NodeProto) -> None:
        """What is known of the outputs of a node; their Symbols, unless they may not be needed."""
        user = place(self.caller, node).removeprefix(f"{self.caller}: ")
        if node.op_type == "If":
            self._branch(node, self._value(node.input[0], user))
            return
        inputs = [self._value(name, user) if name else None for name in node.input]
        try:
            outputs = self.inference.outputs(node, inputs, self.samples.count)
        except Exception as error:              # onnx's own
            raise wrong(self.caller, node, " ".join(str(error).split())) from None
        values = [Value(name, dtype, shapes) for name, (dtype, shapes)
                  in zip(node.output, outputs, strict=True)]
        arrays = folded(self.inference, node, inputs, values, self.samples.count)
        if arrays is not None:
            values = [Value(value.name, value.dtype, None, numbers)
                      for value, numbers in zip(values, arrays, strict=True)]
            for value in values:
                value.is_assumed = is_assumed(node, inputs, value)
        for value in values:
            if value.name:
                self.values[value.name] = value
                self.pending[value.name] = node
        if arrays is None:
            self._convert(node)

    def _branch(self, node: NodeProto, condition: Value) -> None:
        """The nodes of the branch that If takes, which must be known."""
        known, text = condition.constant, f"its condition, {condition.name!r}, "
        if known is None or condition.is_assumed:
            if condition.arrays is not None:
                raise OpenLengthError(*unsupported(
                    self.caller, node, f"{text}depends on a length that is open in the model. "
                    + self.open_lengths()).args)
            raise unsupported(self.caller, node, f"{text}must be a constant; it is computed when "
                              "the network runs")
        graph = branch_of(node, bool(known.all()))
        self.arrays.update(initializers(self.caller, graph))
        nodes = needed(self.caller, graph, self.opset)
        self.users.update(name for inner in nodes for name in read_by(inner))
        for inner in nodes:
            self._node(inner)
        for name, made in zip(node.output, graph.output, strict=True):
            self.values[name] = self._value(made.name, f"node {node.name!r} (If)")

    def _convert(self, node: NodeProto) -> None:
        """Make the Symbols of a node's outputs."""
        inputs = [self._value(name, "") if name else None for name in node.input]
        outputs = [self.values.get(name, Value(name, 0, None)) for name in node.output]
        wanted = node.name.strip() or next(name for name in node.output if name)
        name = self.names.free(wanted)
        call = Call(self, node, name, inputs, outputs)
        made = Names(name)
        try:
            with made:
                result: Any = CONVERTERS[node.op_type](call)
        except MXNetError as error:
            if str(error).startswith(self.caller):
                raise
            raise type(error)(f"{place(self.caller, node)}: {error}") from None
        symbols = list(result) if isinstance(result, (list, tuple, Symbol)) else [result]
        call.check_all_read(len(symbols))
        made.rename_last(symbols)
        for value, symbol in zip(outputs, symbols, strict=False):
            if value.name and symbol is not None:
                value.symbol = symbol
                self._add(value)


def imported(caller: str, model: onnx.ModelProto) -> tuple[Symbol, dict[str, Any], dict[str, Any]]:
    """(symbol, arguments, auxiliary states) of a model."""
    importer, symbol = _built(caller, model)
    params = importer.params
    arguments = {name: nd.array(params[name], dtype=params[name].dtype)
                 for name in symbol.list_arguments() if name in params}
    states = {name: nd.array(params[name], dtype=params[name].dtype)
              for name in symbol.list_auxiliary_states() if name in params}
    return symbol, arguments, states


def _built(caller: str, model: onnx.ModelProto) -> tuple[Importer, Symbol]:
    """The graph built for the first samples of the open lengths that the model takes."""
    first: MXNetError | None = None
    was_open = False
    model = expanded(model, opset_of(caller, model))
    arrays = initializers(caller, model.graph)
    for samples in Samples.choices(model):
        try:
            importer = Importer(caller, model, arrays, samples)
            symbol = importer.run()
        except (MXNetValueError, OpenLengthError) as error:
            first = first or error
            was_open = was_open or isinstance(error, OpenLengthError)
            if samples.count == 1:
                break
        else:
            if was_open and samples.limit:
                warnings.warn(f"{caller}: the graph is made for {samples.limit} as the open "
                              f"lengths of {samples.shown()}; of others it may make other outputs "
                              "than the model", stacklevel=5)
            return importer, symbol
    assert first is not None
    raise first
