"""`export_model`: the walk over a Symbol's nodes, and the model's file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import onnx
from onnx import helper

from ...base import MXNetError, MXNetNotImplementedError
from ...ndarray.ndarray import NDArray
from ...symbol.graph import Entry, Node
from ...symbol.infer import graph_dtypes, graph_shapes
from ...whole_file import replacing
from ..dtypes import NUMBERS
from . import translations as translations  # fills the table
from .arguments import (
    check_known,
    inputs_of,
    read_dtypes,
    read_graph,
    read_lengths,
    read_nodes,
    read_parameters,
    read_shapes,
)
from .call import Array, Call
from .folding import computed, is_foldable
from .graph import IR_VERSION, OPSET, Free, Lengths, OnnxGraph, merged
from .lowering import is_known, lowered
from .table import TRANSLATIONS

LARGEST = (1 << 31) - (1 << 20)         # bytes of a model in one file: protobuf's limit


def export_model(given: Any, params: Any, in_shapes: Any, in_types: Any, path: Any, verbose: bool,
                 dynamic: bool, dynamic_input_shapes: Any, run_shape_inference: bool) -> str:
    """See mxlite.onnx.export_model."""
    symbol, parameters = read_graph(given), read_parameters(params)
    nodes = read_nodes(symbol.heads)
    names = list(dict.fromkeys([node.name for node in nodes if node.is_variable
                                and node.name not in parameters]))
    shapes, dtypes = read_shapes(names, in_shapes), read_dtypes(names, in_types)
    lengths, titles = read_lengths(shapes, dynamic, dynamic_input_shapes)
    check_supported(nodes)
    writer = Writer(nodes, parameters, lengths, dtypes, verbose)
    writer.infer(symbol.heads)
    writer.write()
    model = writer.model(symbol.heads, titles)
    if run_shape_inference:
        model = onnx.shape_inference.infer_shapes(model)
    return save(model, path)


def check_supported(nodes: Sequence[Node]) -> None:
    """Raise where there are operators that cannot be written, naming all of them."""
    lacking: dict[str, str] = {}
    for node in nodes:
        if node.op is not None and not is_known(node.op):
            title = node.op.title if node.op.in_files else "that only Python has"
            lacking.setdefault(title, node.name)
    if lacking:
        raise MXNetNotImplementedError(
            "export_model: ONNX export does not know the operators "
            + ", ".join(f"{title} (node '{name}')" for title, name in lacking.items())
            + "; mxlite.onnx.get_operator_support() lists those that it knows")


class Writer:
    """The graph of a model, node by node."""

    def __init__(self, nodes: Sequence[Node], parameters: Mapping[str, NDArray],
                 lengths: Mapping[str, Lengths], dtypes: Mapping[str, str], verbose: bool) -> None:
        self.nodes, self.parameters, self.verbose = nodes, parameters, verbose
        self.lengths, self.dtypes = dict(lengths), dict(dtypes)
        self.graph = OnnxGraph(self.lengths)
        self.arrays: dict[Entry, Array] = {}
        self.known_shapes: dict[Node, list[Lengths]] = {}
        self.known_dtypes: dict[Node, list[str]] = {}

    def infer(self, heads: Sequence[Entry]) -> None:
        """Shapes and dtypes of all outputs; what differs between two choices is free."""
        fixed = {name: array.shape for name, array in self.parameters.items()}
        runs = [self.shapes_in(run, heads, fixed) for run in (0, 1)[:1 + self.has_free()]]
        types = graph_dtypes(heads, {name: array._dtype_name
                                     for name, array in self.parameters.items()} | self.dtypes)
        for node in self.nodes:
            shapes = [run[node] for run in runs]
            for each in shapes:
                check_known(node, each)
            if list(map(len, shapes[0])) != list(map(len, shapes[-1])):
                raise MXNetNotImplementedError(
                    f"export_model: node '{node.name}': how many axes its result has depends on "
                    "lengths that dynamic_input_shapes leave free")
            self.known_shapes[node] = merged(shapes[0], shapes[-1])
            self.known_dtypes[node] = [dtype or "float32" for dtype in types[node]]

    def shapes_in(self, run: int, heads: Sequence[Entry], fixed: dict[str, Any]) -> Any:
        """The inference's first or second run."""
        given = {name: tuple([length[run] if isinstance(length, Free) else length
                              for length in shape]) for name, shape in self.lengths.items()}
        try:
            return graph_shapes(heads, fixed | given)
        except MXNetError as error:
            if not run:
                raise
            raise type(error)("export_model: dynamic_input_shapes leave lengths free that the "
                              f"graph does not: with {given} {error}") from None

    def has_free(self) -> bool:
        """Whether an input has a free length."""
        return any(isinstance(length, Free) for shape in self.lengths.values() for length in shape)

    def array(self, entry: Entry, name: str, value: Any = None) -> Array:
        """The Array of an entry."""
        return Array(name, self.known_shapes[entry.node][entry.index],
                     self.known_dtypes[entry.node][entry.index], value)

    def write(self) -> None:
        """All nodes."""
        for node in self.nodes:
            if node.is_variable:
                self.write_variable(node)
            else:
                self.write_node(node)

    def write_variable(self, node: Node) -> None:
        entry = Entry(node, 0)
        if node.name in self.lengths:
            self.arrays[entry] = self.array(entry, node.name)
            return
        value = self.graph.arrays.get(node.name)        # of another variable of this name
        if value is None:
            value = self.parameters[node.name].asnumpy()
            self.graph.array(node.name, value)
        self.arrays[entry] = self.array(entry, node.name, value)

    def write_node(self, node: Node) -> None:
        op = node.operator
        inputs = [self.known(source) for source in inputs_of(node)]
        outputs = [self.array(Entry(node, i), "") for i in range(op.num_outputs)]
        if op.completed_from_use and not outputs[0].is_free:
            op = op.settled(outputs[0].shape)
        since = len(self.graph.nodes)
        write(Call(self.graph, node.name, op, node.scalars, inputs, outputs))
        for i, output in enumerate(outputs):
            if not output.name:
                continue
            if self.graph.makes(output.name, since):
                name = self.graph.new_name(f"{node.name}{i}" if node.num_outputs > 1 else node.name)
                self.graph.rename(output.name, name, since)
                output.name = name
            self.arrays[Entry(node, i)] = output
        if self.verbose:
            kinds = [each.op_type for each in self.graph.nodes[since:]]
            print(f"{node.name} ({op.title}): {', '.join(kinds) or 'nothing'}")

    def known(self, entry: Entry) -> Array:
        """The Array of an entry that has been written."""
        if entry not in self.arrays:
            raise MXNetNotImplementedError(
                f"export_model: output {entry.index} of node '{entry.node.name}' "
                f"({entry.node.operator.title}) cannot be written; the first one can")
        return self.arrays[entry]

    def model(self, heads: Sequence[Entry], titles: Mapping[Free, str]) -> onnx.ModelProto:
        """The model whose outputs are the heads."""
        inputs = [helper.make_tensor_value_info(name, NUMBERS[self.dtypes[name]], [
            titles[length] if isinstance(length, Free) else length for length in shape])
            for name, shape in self.lengths.items()]
        outputs, taken = [], set()
        for head in heads:
            array = self.known(head)
            name = array.name
            if name in taken or not any(name in node.output for node in self.graph.nodes):
                name = self.graph.new_name(head.node.name + "_output")
                self.graph.add("Identity", [array.name], [name], {})
            taken.add(name)
            outputs.append(helper.make_tensor_value_info(name, NUMBERS[array.dtype], [
                titles.get(length) if isinstance(length, Free) else length
                for length in array.shape]))
        graph = helper.make_graph(self.graph.nodes, "mxlite", inputs, outputs,
                                  self.graph.initializers())
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                                 ir_version=IR_VERSION, producer_name="mxlite")


def write(call: Call) -> None:
    """Write the nodes of a call; then its outputs have names, and values where these are known."""
    if is_foldable(call.op, call.inputs, call.outputs):
        for output, value in zip(call.outputs, computed(call.op, call.scalars, call.inputs),
                                 strict=False):
            output.name, output.value = call.graph.constant(value, call.name), value
    elif call.op.name in TRANSLATIONS:
        made = TRANSLATIONS[call.op.name](call)
        for output, name in zip(call.outputs, [made] if isinstance(made, str) else made,
                                strict=False):
            output.name = name
    else:
        for output, array in zip(call.outputs, lowered(call, write), strict=False):
            output.name, output.value = array.name, array.value


def save(model: onnx.ModelProto, path: Any) -> str:
    """Write the file; one that is too large for protobuf has its arrays in another beside it."""
    path = os.fspath(path)
    if model.ByteSize() > LARGEST:
        beside = f"{path}.data"
        if os.path.exists(beside):
            os.remove(beside)           # onnx would write behind what is there
        onnx.save_model(model, path, save_as_external_data=True,
                        location=os.path.basename(beside))
        onnx.checker.check_model(path)
        return str(path)
    onnx.checker.check_model(model)
    with replacing(path) as file:
        file.write(model.SerializeToString())
    return str(path)
