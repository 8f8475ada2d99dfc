"""A graph of operators: nodes, and walks over them. `Symbol` is the way users see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from ..base import MXNetError, UserCodeError
from ..ops.bind import from_attributes
from ..ops.schema import Op

# attributes that users write without underscores, and files have as `__lr_mult__`
HIDDEN = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage")
_numbers = count()


class Entry(NamedTuple):
    """One output of a node."""

    node: Node
    index: int  # type: ignore[assignment]

    @property
    def name(self) -> str:
        """"fc1_output", or a variable's own name."""
        if self.node.op is None:
            return self.node.name
        return f"{self.node.name}_{self.node.operator.output_names()[self.index]}"


class Node:
    """An operator call, or a variable (`op` is None).

    attrs: texts by name, as they stand in MXNet's JSON: the parameters that were given, and the
    attributes of users, whose names have two underscores on both sides. subgraphs: the bodies of
    control flow, a list of heads each. number: nodes are numbered as they are made, so that a node
    comes after its inputs. versions: of the inputs, as the node's file has them; None: no file.
    """

    __slots__ = ("_bound", "attrs", "inputs", "name", "number", "op", "subgraphs", "versions")

    def __init__(self, op: type[Op] | None, name: str, attrs: dict[str, str] | None = None,
                 inputs: Sequence[Entry] = (), subgraphs: Sequence[list[Entry]] = ()) -> None:
        self.op, self.name = op, name
        self.attrs = {} if attrs is None else attrs
        self.inputs, self.subgraphs = list(inputs), list(subgraphs)
        self.number = next(_numbers)
        self.versions: list[int] | None = None
        self._bound: tuple[Op, list[Any]] | None = None

    def __repr__(self) -> str:
        kind = "variable" if self.op is None else self.op.name
        return f"<{kind} {self.name!r}>"

    @property
    def is_variable(self) -> bool:
        """Whether it is an array that the graph is given."""
        return self.op is None

    @property
    def operator(self) -> Op:
        """The operator with its parameters; raises MXNetError where they are not right."""
        return self._bind()[0]

    @property
    def scalars(self) -> list[Any]:
        """The values of the operator's runtime parameters."""
        return self._bind()[1]

    def _bind(self) -> tuple[Op, list[Any]]:
        if self._bound is None:
            assert self.op is not None
            try:
                self._bound = from_attributes(self.op, self.attrs)
                if self.op.num_subgraphs:
                    from .body import with_bodies
                    self._bound = with_bodies(self._bound[0], self.subgraphs), []
            except UserCodeError:
                raise
            except MXNetError as error:
                raise type(error)(f"node '{self.name}': {error}") from None
        return self._bound

    def set_attributes(self, attrs: dict[str, str]) -> None:
        """Change attributes; raises, and changes none, where the operator does not take them."""
        changed = Node(self.op, self.name, {**self.attrs, **attrs}, (), self.subgraphs)
        if self.op is not None:
            changed._bind()
        self.attrs, self._bound = changed.attrs, changed._bound

    def renumber(self) -> None:
        """Number it anew, behind what has been made since, so that it may be an input."""
        self.number = next(_numbers)

    @property
    def num_outputs(self) -> int:
        """How many outputs it has that can be seen."""
        return 1 if self.op is None else self.operator.num_visible(self.operator.num_outputs)

    def output_names(self) -> list[str]:
        """The names of the outputs that can be seen."""
        return [Entry(self, i).name for i in range(self.num_outputs)]

    def input_names(self) -> list[str]:
        """What the operator calls its inputs: "data", "weight", ..."""
        if self.op is None:
            return []
        if self.operator.is_variadic:
            return self.operator.input_names(len(self.inputs))
        return [entry.name for entry in self.operator.taken[:len(self.inputs)]]

    def written_inputs(self) -> list[int]:
        """Which inputs it writes to: its auxiliary states."""
        if self.op is None or not (
                self.op.in_python or any(entry.mutable for entry in self.op.inputs)):
            return []
        return [i for i, entry in enumerate(self.operator.taken[:len(self.inputs)])
                if entry.mutable]

    def initialize_variables(self) -> None:
        """Give the variables among its inputs the `__init__` that the operator has for them."""
        if self.op is None or not self.op.initializers:
            return
        for name, source in zip(self.input_names(), self.inputs, strict=False):
            if source.node.is_variable and name in self.op.initializers:
                source.node.attrs.setdefault("__init__", self.op.initializers[name])


def topological(heads: Iterable[Entry],
                inputs_of: Callable[[Node], Sequence[Entry]] = attrgetter("inputs")) -> list[Node]:
    """All nodes, inputs before what reads them: depth first, inputs from left to right.

    inputs_of(node): those that count.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    for head in heads:
        if head.node in seen:
            continue
        seen.add(head.node)
        stack = [(head.node, iter(inputs_of(head.node)))]
        while stack:
            node, inputs = stack[-1]
            for source, _ in inputs:
                if source not in seen:
                    seen.add(source)
                    stack.append((source, iter(inputs_of(source))))
                    break
            else:
                order.append(node)
                stack.pop()
    return order


def in_order_of_making(heads: Iterable[Entry]) -> list[Node]:
    """All nodes in the order in which they were made, as eager calls would run."""
    return sorted(topological(heads), key=lambda node: node.number)


def auxiliary(nodes: Iterable[Node]) -> set[Node]:
    """The variables among the inputs that nodes write to."""
    return {node.inputs[i].node for node in nodes for i in node.written_inputs()
            if node.inputs[i].node.is_variable}


def copied(heads: Sequence[Entry], change: Callable[[Node], Entry | None]) -> list[Entry]:
    """The heads of a copy of the graph. change(node): what stands for it there; None: a copy."""
    copies: dict[Node, Entry] = {}

    def moved(entry: Entry) -> Entry:
        return copies[entry.node]._replace(index=copies[entry.node].index + entry.index)

    for node in topological(heads):
        entry = change(node)
        if entry is None:
            inputs = [moved(source) for source in node.inputs]
            copy = Node(node.op, node.name, dict(node.attrs), inputs, node.subgraphs)
            copy.versions = node.versions
            entry = Entry(copy, 0)
        copies[node] = entry
    return [moved(head) for head in heads]


def shown_attributes(node: Node) -> dict[str, str]:
    """A node's attributes; the hidden ones, which files have as `__lr_mult__`, under both names."""
    shown = dict(node.attrs)
    for name in HIDDEN:
        if f"__{name}__" in shown:
            shown[name] = shown[f"__{name}__"]
    return shown


class Copies:
    """Copies of some of a graph's nodes, which read variables in the place of other nodes' outputs.

    variable(entry) makes the variable for one; `variables` has them, in the order they came up.
    """

    def __init__(self, variable: Callable[[Entry], Node]) -> None:
        self.variables: dict[Entry, Node] = {}
        self._variable = variable
        self._nodes: dict[Node, Node] = {}

    def add(self, node: Node) -> Node:
        """A copy of the node, whose inputs were added before or become variables."""
        copy = Node(node.op, node.name, node.attrs, [self.entry(each) for each in node.inputs],
                    node.subgraphs)
        copy.number = node.number
        self._nodes[node] = copy
        return copy

    def entry(self, source: Entry) -> Entry:
        """What the copies have for an entry."""
        if source.node in self._nodes:
            return Entry(self._nodes[source.node], source.index)
        if source not in self.variables:
            self.variables[source] = self._variable(source)
        return Entry(self.variables[source], 0)
