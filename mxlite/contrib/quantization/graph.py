"""A graph of float32 as one of 8-bit integers, and known ranges written into it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...base import MXNetValueError
from ...ops.schema import REGISTRY
from ...symbol import Symbol
from ...symbol.graph import Entry, Node, copied, topological

PREFIX = "quantized_"
QUANTIZED = {name: REGISTRY[f"_contrib_quantized_{short}"] for name, short in (
    ("Convolution", "conv"), ("FullyConnected", "fully_connected"), ("Pooling", "pooling"),
    ("Activation", "act"), ("Flatten", "flatten"), ("Concat", "concat"),
    ("elemwise_add", "elemwise_add"), ("elemwise_mul", "elemwise_mul"),
    ("BatchNorm", "batch_norm"), ("Embedding", "embedding"))}
LEADING = ("Convolution", "FullyConnected")     # what others are quantized for, in mode "smart"
IN_INT32 = (*LEADING, "elemwise_add", "elemwise_mul")
QUANTIZE, DEQUANTIZE, REQUANTIZE = [
    REGISTRY[f"_contrib_{name}"] for name in ("quantize_v2", "dequantize", "requantize")]


def quantized_inputs(node: Node) -> list[int]:
    """Which inputs of a node are quantized; the others stay float32."""
    if node.op is not None and node.op.name == "BatchNorm":
        return [0]
    if node.op is not None and node.op.name == "Embedding":
        return [1]
    return list(range(len(node.inputs)))


def is_quantizable(node: Node, dtype: str) -> bool:
    """Whether there is an operator on integers for it."""
    if node.op is None or node.op.name not in QUANTIZED:
        return False
    name, op = node.op.name, node.operator
    if name == "Pooling":
        return op.pool_type in ("max", "avg")  # type: ignore[attr-defined]
    if name == "Activation":
        return bool(op.act_type == "relu")  # type: ignore[attr-defined]
    if name == "Embedding":
        return bool(op.dtype == "float32")  # type: ignore[attr-defined]
    if name == "BatchNorm":
        return not op.output_mean_var  # type: ignore[attr-defined]
    return name != "elemwise_mul" or dtype == "int8"


def chosen(nodes: list[Node], excluded_names: set[str], excluded_ops: set[str], dtype: str,
           mode: str) -> set[Node]:
    """The nodes to quantize; in mode "smart" those between nodes that lead."""
    candidates = {node for node in nodes if is_quantizable(node, dtype)
                  and node.name not in excluded_names and node.op is not None
                  and excluded_ops.isdisjoint((node.op.name, *node.op.aliases))}
    if mode == "full":
        return candidates
    leading = {node for node in candidates if node.op is not None and node.op.name in LEADING}
    before, behind = set(leading), set(leading)
    for node in reversed(nodes):            # towards the inputs
        if node in before:
            before |= candidates.intersection(source.node for source in node.inputs)
    for node in nodes:                      # towards the outputs
        if node in candidates and not behind.isdisjoint(source.node for source in node.inputs):
            behind.add(node)
    return before & behind


class _Quantized:
    """The copy of a graph in which some nodes are quantized."""

    def __init__(self, nodes: list[Node], selected: set[Node], dtype: str,
                 parameters: Collection[str]) -> None:
        self.dtype, self.parameters, self.selected = dtype, parameters, selected
        self.copies: dict[Node, Node] = {}          # of `selected`: the last node, of 8 bits
        # a float32 entry, in a dtype, as (values, low, high)
        self.integers: dict[tuple[Entry, str], list[Entry]] = {}
        self.reals: dict[Entry, Entry] = {}
        for node in nodes:
            self.copies[node] = (self.quantized(node) if node in selected else node
                                 if node.is_variable else Node(
                                     node.op, node.name, dict(node.attrs),
                                     [self.real(source) for source in node.inputs],
                                     node.subgraphs))

    def real(self, source: Entry) -> Entry:
        """The entry in float32."""
        node = self.copies[source.node]
        if source.node not in self.selected:
            return Entry(node, source.index)
        if source not in self.reals:
            self.reals[source] = Entry(Node(DEQUANTIZE, f"{source.node.name}_dequantize", {},
                                            [Entry(node, i) for i in range(3)]), 0)
        return self.reals[source]

    def integer(self, source: Entry, dtype: str) -> list[Entry]:
        """The entry in 8 bits, and the ends of its range."""
        if source.node in self.selected:
            return [Entry(self.copies[source.node], i) for i in range(3)]
        if (source, dtype) not in self.integers:
            self.integers[source, dtype] = self.made_integer(source, dtype)
        return self.integers[source, dtype]

    def made_integer(self, source: Entry, dtype: str) -> list[Entry]:
        name = source.name
        if name in self.parameters and source.node.is_variable:     # quantized beforehand
            return [Entry(Node(None, f"{name}_quantize{end}", {}), 0)
                    for end in ("", "_min", "_max")]
        node = Node(QUANTIZE, f"{name}_quantize", {"out_type": dtype}, [self.real(source)])
        return [Entry(node, i) for i in range(3)]

    def quantized(self, node: Node) -> Node:
        """The operator on integers; what it gives in 32 bits is cut to 8."""
        assert node.op is not None
        which = quantized_inputs(node)
        is_signed = node.op.name in (*LEADING, "Embedding")     # of their weight and bias
        triples = {i: self.integer(node.inputs[i], "int8" if i and is_signed else self.dtype)
                   for i in which}
        inputs = [triples[i][0] if i in triples else self.real(source)
                  for i, source in enumerate(node.inputs)]
        inputs += [entry for i in which for entry in triples[i][1:]]
        cls = QUANTIZED[node.op.name]
        attrs = {key: value for key, value in node.attrs.items()
                 if key in cls.params or key == cls.arity or key.startswith("__")}
        copy = Node(cls, PREFIX + node.name, attrs, inputs)
        if node.op.name in IN_INT32:
            copy = Node(REQUANTIZE, f"requantize_{node.name}", {"out_type": self.dtype},
                        [Entry(copy, i) for i in range(3)])
        return copy


def quantized_graph(symbol: Symbol, parameters: Collection[str], excluded_names: Collection[str],
                    excluded_ops: Collection[str], dtype: str, mode: str) -> Symbol:
    """The graph in 8 bits, as far as there are operators for it.

    What is not yet of 8 bits passes through quantize_v2, and parameters become variables
    `<name>_quantize`, `_quantize_min` and `_quantize_max`. dtype: out_type of quantize_v2.
    """
    nodes = topological(symbol.heads)
    selected = chosen(nodes, set(excluded_names), set(excluded_ops), dtype, mode)
    for node in selected:
        if any(head.node is node and head.index for head in symbol.heads):
            raise MXNetValueError(f"quantize_graph: {node.name}: only the first output of a "
                                  "quantized node can be an output of the graph")
    graph = _Quantized(nodes, selected, dtype, parameters)
    return Symbol([graph.real(head) for head in symbol.heads])


def calibrated_name(node: Node) -> str | None:
    """Which array of the float32 graph a node wants the range of, by its name; None: of none."""
    if node.op in (QUANTIZE, REQUANTIZE):
        name = node.inputs[0].name
    elif node.op is QUANTIZED["BatchNorm"]:
        name = node.output_names()[0]
    else:
        return None
    return name.removeprefix(PREFIX)


def wanted_ranges(symbol: Symbol) -> list[str]:
    """The arrays of the float32 graph whose ranges a quantized graph wants."""
    names = [calibrated_name(node) for node in topological(symbol.heads)]
    return list(dict.fromkeys(name for name in names if name is not None))


def with_ranges(symbol: Symbol, ranges: Mapping[str, tuple[float, float]]) -> Symbol:
    """A copy of a quantized graph whose nodes know these ranges: name -> (low, high)."""
    heads = copied(symbol.heads, lambda node: Entry(node, 0) if node.is_variable else None)
    for node in topological(heads):
        name = calibrated_name(node)
        if name is not None and name in ranges:
            low, high = (text_of(value) for value in ranges[name])
            node.set_attributes({"min_calib_range": low, "max_calib_range": high})
    return Symbol(heads)


def text_of(value: Any) -> str:
    """A number as texts of graphs have it."""
    return str(float(value))
