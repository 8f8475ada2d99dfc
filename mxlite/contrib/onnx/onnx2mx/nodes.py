"""The nodes of a model that are made into Symbols, and what of them there are no operators for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx
from onnx import AttributeProto, NodeProto, checker, defs, inliner

from ....base import MXNetNotImplementedError, MXNetValueError
from .errors import wrong
from .reading import DOMAINS
from .table import CONVERTERS

_DEEPEST = 3                    # how many times an operator is defined by such a one again
_WITH_GRAPHS = (AttributeProto.GRAPH, AttributeProto.GRAPHS)


def expanded(model: onnx.ModelProto, opset: int) -> onnx.ModelProto:
    """The model with nodes that no converter knows, but which ONNX itself defines by others, put
    as these others."""
    for _ in range(_DEEPEST):
        names = {node.op_type for node in model.graph.node
                 if node.domain in DOMAINS and node.op_type not in CONVERTERS}
        if not any(_is_function(name, opset) for name in names):
            break
        model = _with_defaults(model, names, opset)
        try:
            model = inliner.inline_selected_functions(
                model, [("", name) for name in sorted(names)], inline_schema_functions=True)
        except Exception:       # onnx's own: the operators are then named as missing
            break
    return model


def _with_defaults(model: onnx.ModelProto, names: set[str], opset: int) -> onnx.ModelProto:
    """A copy whose nodes of these operators have all attributes: the inliner gives functions none
    by default."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for node in copy.graph.node:
        if node.op_type not in names or not defs.has(node.op_type, opset, ""):
            continue
        given = {attribute.name for attribute in node.attribute}
        for name, declared in defs.get_schema(node.op_type, opset, "").attributes.items():
            if name not in given and declared.default_value.name:
                node.attribute.append(declared.default_value)
    return copy


def read_by(node: NodeProto) -> set[str]:
    """The tensors that a node reads, and those that its branches do."""
    names = {name for name in node.input if name}
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                names |= read_by(inner)
            names.update(value.name for value in graph.output)
    return names


def branch_of(node: NodeProto, is_true: bool) -> onnx.GraphProto:
    """The graph that If runs."""
    name = "then_branch" if is_true else "else_branch"
    return next(attribute.g for attribute in node.attribute if attribute.name == name)


def needed(caller: str, graph: onnx.GraphProto, opset: int) -> list[NodeProto]:
    """The nodes that outputs depend on, in order. Raises MXNetNotImplementedError where there are
    no operators for some, and names all of them."""
    wanted = {value.name for value in graph.output}
    nodes = []
    for node in reversed(graph.node):
        if wanted.intersection(name for name in node.output if name):
            wanted.update(read_by(node))
            nodes.append(node)
    nodes.reverse()
    _check_made_once(caller, nodes)
    missing: dict[str, list[NodeProto]] = {}
    for node in nodes:
        name = node.op_type if node.domain in DOMAINS else f"{node.domain}.{node.op_type}"
        if name != "If" and (node.domain not in DOMAINS or node.op_type not in CONVERTERS):
            missing.setdefault(name, []).append(node)
    if missing:
        raise MXNetNotImplementedError(
            f"{caller}: mxlite has no operators for {'; '.join(map(_shown, missing.values()))} "
            f"(opset {opset})")
    for node in nodes:
        _check_node(caller, node, opset)
    return nodes


def _check_node(caller: str, node: NodeProto, opset: int) -> None:
    """Raise MXNetValueError for inputs, outputs and attributes that the operator does not have."""
    if node.op_type == "If":
        names = {attribute.name for attribute in node.attribute}
        lengths = {len(attribute.g.output) for attribute in node.attribute}
        if len(node.input) != 1 or names != {"then_branch", "else_branch"} \
                or lengths != {len(node.output)}:
            raise wrong(caller, node, "it must have one input, and two branches with as many "
                        "outputs as it has")
        return
    if not defs.has(node.op_type, opset, ""):
        return
    context = checker.C.CheckerContext()
    context.ir_version, context.opset_imports = onnx.IR_VERSION, {"": opset}
    try:
        checker.check_node(node, context)
    except Exception as error:          # checker.ValidationError and others
        raise wrong(caller, node, " ".join(str(error).split())) from None


def _is_function(name: str, opset: int) -> bool:
    if not defs.has(name, opset, ""):
        return False
    schema: Any = defs.get_schema(name, opset, "")
    return bool(schema.has_function or schema.has_context_dependent_function)


def _check_made_once(caller: str, nodes: Sequence[NodeProto]) -> None:
    made: set[str] = set()
    for node in nodes:
        for name in node.output:
            if name and name in made:
                raise MXNetValueError(f"{caller}: node {node.name!r} ({node.op_type}) makes tensor "
                                      f"{name!r}, which another node has made")
            made.add(name)


def _shown(nodes: list[NodeProto]) -> str:
    """"Loop, which runs graphs of its own: node 'loop1' and 2 others"."""
    first = nodes[0]
    name = first.op_type if first.domain in DOMAINS else f"{first.domain}.{first.op_type}"
    if any(attribute.type in _WITH_GRAPHS for attribute in first.attribute):
        name += " (control flow)"
    others = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"{name} at node {(first.name or first.output[0])!r}{others}"
