"""Graphs from the JSON of every version of MXNet since 0.8. Nothing in such a file is run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ..base import MXNetError, MXNetNotImplementedError, MXNetValueError, UserCodeError
from ..util import is_np_shape
from .graph import Entry, Node, topological
from .legacy import OLDEST, mark_unknown_lengths, upgraded
from .numpy_names import read_as, with_numpy_shapes
from .operator_names import named

MAX_OUTPUTS = 65_536        # of a node: more than anyone cuts an array into, and far below memory
_GRAPH_KEYS = {"nodes", "arg_nodes", "heads"}, {"node_row_ptr", "attrs"}
_ATTRS = {"attrs", "attr", "param"}
_NODE_KEYS = {"op", "name", "inputs"}, _ATTRS | {"backward_source_id", "control_deps", "subgraphs"}


def from_json(text: str | bytes, source: str = "") -> list[Entry]:
    """The outputs of the graph that a file's text describes.

    source: the name of the file, for errors. What follows the graph in the text is passed over.
    Raises MXNetValueError where the text is damaged, MXNetNotImplementedError for an operator that
    there is not, MXNetError for parameters that an operator does not take; all name the node.
    """
    try:
        return _Reader().read(text)
    except UserCodeError:
        raise
    except MXNetError as error:
        raise type(error)(f"{source or 'symbol JSON'}: {error}") from None


class _Reader:
    """Makes nodes of the parts of a file."""

    def __init__(self) -> None:
        self.missing: dict[str, str] = {}       # operators that there are not -> a node of each
        self.is_np_shape = False                # whether its shapes are NumPy's

    def read(self, text: str | bytes) -> list[Entry]:
        """The outputs of the graph; raises MXNetError."""
        try:
            graph = _parsed(text)
            attrs = graph.get("attrs") if isinstance(graph, dict) else None
            self.is_np_shape = isinstance(attrs, dict) and "is_np_shape" in attrs
            heads = self._graph(graph, "graph")
            self._check_missing()
            heads = upgraded(heads, _version(graph.get("attrs", {})))
            if is_np_shape() and not self.is_np_shape:
                mark_unknown_lengths(heads)
            _check_operators(heads)
        except RecursionError:
            raise MXNetValueError("graphs are nested too deeply") from None
        return heads

    # Graphs and nodes ----------------------------------------------------------------------------

    def _graph(self, graph: Any, where: str) -> list[Entry]:
        _keys(graph, where, *_GRAPH_KEYS)
        records = _list(graph["nodes"], f"{where} nodes")
        for i, record in enumerate(records):
            _check_node(record, f"{where} node {i}", len(records))
        for number in _list(graph["arg_nodes"], f"{where} arg_nodes"):
            _check_number(number, f"{where} arg_nodes", len(records))
            if records[number]["op"] != "null":
                raise _error(f"{where} arg_nodes", "numbers of variables", number)
        _list(graph.get("node_row_ptr", []), f"{where} node_row_ptr")     # of no use
        heads = _list(graph["heads"], f"{where} heads")
        if not heads:
            raise MXNetValueError(f"{where} has no heads")
        for head in heads:
            _check_entry(head, f"{where} heads", len(records))
        nodes: dict[int, Node] = {}
        for number in self._in_order(records):
            nodes[number] = self._node(records[number], nodes)
        return [Entry(nodes[head[0]], head[1]) for head in heads]

    def _node(self, record: dict[str, Any], nodes: dict[int, Node]) -> Node:
        name, op = record["name"], None
        texts = [record[key] for key in record if key in ("attrs", "attr")]
        attrs = {**record.get("param", {}), **(texts[-1] if texts else {})}
        if record["op"] != "null":
            called, attrs = read_as(record["op"], attrs, len(record["inputs"]))
            op = named(called)
            if op is None:
                self.missing.setdefault(called, name)
            elif self.is_np_shape:
                op = with_numpy_shapes(op)
        subgraphs = [self._graph(graph, f"node {name!r}: subgraph {i}")
                     for i, graph in enumerate(record.get("subgraphs", []))]
        node = Node(op, name, attrs, [Entry(nodes[entry[0]], entry[1])
                                      for entry in record["inputs"]], subgraphs)
        if op is not None:
            node.versions = [entry[2] if len(entry) == 3 else 0 for entry in record["inputs"]]
        return node

    def _in_order(self, records: Sequence[dict[str, Any]]) -> Iterator[int]:
        """The numbers of all nodes, inputs first; files may name nodes that come later in them."""
        begun: set[int] = set()
        done: set[int] = set()
        for first in range(len(records)):
            stack = [first]
            while stack:
                number = stack[-1]
                if number in done:
                    stack.pop()
                    continue
                begun.add(number)
                later = [entry[0] for entry in records[number]["inputs"] if entry[0] not in done]
                cycle = next((other for other in later if other in begun), None)
                if cycle is not None:
                    raise MXNetValueError(
                        f"node {records[number]['name']!r} depends on itself, by way of node "
                        f"{records[cycle]['name']!r}")
                stack += later
                if not later:
                    done.add(stack.pop())
                    yield number

    def _check_missing(self) -> None:
        if self.missing:
            op, name = next(iter(self.missing.items()))
            others = [repr(other) for other in self.missing if other != op]
            more = f" (nor {', '.join(others)})" if others else ""
            raise MXNetNotImplementedError(
                f"node {name!r}: there is no operator {op!r} in mxlite{more}")


# What is right only when the operators are known --------------------------------------------------

def _check_operators(heads: Sequence[Entry]) -> None:
    nodes = topological(heads)
    for node in nodes:
        if node.op is not None and node.operator.num_outputs > MAX_OUTPUTS:
            raise _error(f"node {node.name!r}: outputs", f"at most {MAX_OUTPUTS}",
                         node.operator.num_outputs)
        for graph in node.subgraphs:
            _check_operators(graph)
    outputs = {node: node.num_outputs for node in nodes}
    for node in nodes:
        if node.op is not None:
            _check_inputs(node, outputs)
    _check_outputs(heads, "heads", outputs)


def _check_inputs(node: Node, outputs: Mapping[Node, int]) -> None:
    where, count, operator = f"node {node.name!r}", len(node.inputs), node.operator
    try:
        operator.check_count(count)
    except MXNetError as error:
        raise type(error)(f"{where}: {error}") from None
    num_args = node.attrs.get("num_args")
    expected = count // operator.arrays_of_one + operator.num_subgraphs
    if operator.is_variadic and num_args is not None and num_args.strip() != str(expected):
        raise _error(f"{where}: num_args", f"{expected}, the number of its inputs"
                     + " and subgraphs" * bool(operator.num_subgraphs), num_args)
    _check_outputs(node.inputs, where, outputs)


def _check_outputs(entries: Sequence[Entry], where: str, outputs: Mapping[Node, int]) -> None:
    for node, index in entries:
        if index >= outputs[node]:
            raise _error(f"{where}: an output of node {node.name!r}",
                         f"below {outputs[node]}, which it has", index)


# The parts of a file ------------------------------------------------------------------------------

def _parsed(text: str | bytes) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode()
        begin = len(text) - len(text.lstrip())
        return json.JSONDecoder(strict=False).raw_decode(text, begin)[0]
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno} is not JSON: {error.msg}"
    except ValueError as error:                         # a number of thousands of digits
        message = str(error)
    raise MXNetValueError(message)


def _version(attrs: Any) -> int:
    if "mxnet_version" not in _object(attrs, "graph attrs"):
        return OLDEST
    value = attrs["mxnet_version"]
    if not (isinstance(value, list) and len(value) == 2 and value[0] == "int"
            and _is_int(value[1])):
        raise _error("mxnet_version", '["int", number]', value)
    return value[1]


def _check_node(record: Any, where: str, count: int) -> None:
    """Raise if a node, one of `count`, is not written as one."""
    _keys(record, where, *_NODE_KEYS)
    for key in ("op", "name"):
        if not isinstance(record[key], str):
            raise _error(f"{where}: {key}", "a string", record[key])
    where = f"node {record['name']!r}"
    for key in _ATTRS:
        for name, value in _object(record.get(key, {}), f"{where}: {key}").items():
            if not isinstance(value, str):
                raise _error(f"{where}: {key} {name!r}", "a string", value)
    if not _is_int(record.get("backward_source_id", -1)):
        raise _error(f"{where}: backward_source_id", "a number", record["backward_source_id"])
    for entry in _list(record["inputs"], f"{where}: inputs"):
        _check_entry(entry, f"{where}: inputs", count)
    if record["op"] == "null" and record["inputs"]:
        raise _error(f"{where}: inputs", "empty, since it is a variable", record["inputs"])
    if _list(record.get("control_deps", []), f"{where}: control_deps"):
        raise MXNetNotImplementedError(f"{where}: control_deps are not supported")
    _list(record.get("subgraphs", []), f"{where}: subgraphs")


def _check_entry(entry: Any, where: str, count: int) -> None:
    """Raise if it is not [node, output] or [node, output, version]."""
    if not (isinstance(entry, list) and len(entry) in (2, 3)
            and all([_is_int(number) and 0 <= number < 2 ** 32 for number in entry])):
        raise _error(where, "[node, output, version] each", entry)
    _check_number(entry[0], where, count)


def _check_number(number: Any, where: str, count: int) -> None:
    if not _is_int(number) or not 0 <= number < count:
        raise _error(where, f"numbers from 0 to {count - 1}", number)


def _keys(value: Any, where: str, required: Set[str], optional: Set[str]) -> None:
    _object(value, where)
    for key in sorted(required - value.keys()):
        raise MXNetValueError(f"{where} has no {key!r}")
    for key in value.keys() - required - optional:
        raise MXNetValueError(f"{where} has {_shown(key)}, which is none of "
                              f"{', '.join(sorted(required | optional))}")


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _error(where, "an object", value)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _error(where, "a list", value)
    return value


def _is_int(value: Any) -> bool:
    return type(value) is int           # no bool


def _error(where: str, rule: str, found: Any) -> MXNetValueError:
    return MXNetValueError(f"{where} must be {rule}; got {_shown(found)}")


def _shown(value: Any) -> str:
    """The value as it stands in the file, if it is short."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        return f"a list of {len(value)} items"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}..."
