"""Calls of operators on Symbols: `mx.sym.<operator>(...)` adds a node to the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..attribute import AttrScope
from ..base import MXNetError, MXNetTypeError, WrongKindError
from ..name import NameManager
from ..ops.bind import (
    attributes,
    by_place,
    docstring,
    from_attributes,
    signature,
    sort_arguments,
)
from ..ops.schema import REGISTRY, Op
from .graph import HIDDEN, Entry, Node
from .symbol import Symbol

_cast_inputs: Callable[[Node], None] | None = None


def bind_casts(function: Callable[[Node], None] | None) -> None:
    """While the precision is mixed: what puts casts before the inputs of a new node. None: nothing
    does."""
    global _cast_inputs
    _cast_inputs = function


def cast_inputs(node: Node) -> None:
    """Put casts before the inputs of a new node where the precision is mixed."""
    if _cast_inputs is not None:
        _cast_inputs(node)
        node.renumber()


def attributes_here(given: dict[str, str] | None) -> dict[str, str]:
    """The attributes of a node made now, from AttrScope and `attr=`, under their names in files."""
    texts = AttrScope.current.get(given)
    for name, value in texts.items():
        if not isinstance(value, str):
            raise WrongKindError(f"attribute {name!r} must be a string; got {value!r}")
    return stored(texts)


def _text(value: Any) -> str:
    """A value as a file has it: an initializer as what it can be made of again."""
    return value.dumps() if hasattr(value, "dumps") else str(value)


def _as_texts(attr: Any) -> Any:
    """`attr=` of an operator, whose values need not be strings, as those of variables need."""
    return {name: _text(value) for name, value in attr.items()} if isinstance(attr, dict) else attr


def stored(texts: dict[str, str]) -> dict[str, str]:
    """Attributes under their names in files, where the hidden ones are `__lr_mult__`."""
    return {f"__{name}__" if name in HIDDEN else name: value for name, value in texts.items()}


def call(cls: type[Op], hint: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Symbol:
    """A Symbol of the visible outputs of a new node.

    hint: what an automatic name begins with. Inputs that are not given become variables, named
    after the node and the input. Raises MXNetTypeError for unknown and misplaced arguments.
    """
    given_name = kwargs.pop("name", None) if "name" not in cls.params else None
    if given_name is not None and not isinstance(given_name, str):
        raise MXNetTypeError(f"{cls.name}: name must be a string; got {given_name!r}")
    extra = attributes_here(_as_texts(kwargs.pop("attr", None)))
    if kwargs.pop("out", None) is not None:
        raise MXNetTypeError(f"{cls.name}: a Symbol has no memory for out=")
    own = {key: _text(kwargs.pop(key)) for key in [*kwargs]
           if key[:2] == key[-2:] == "__" or (key in HIDDEN and key not in cls.params)}
    ctx = kwargs.pop("ctx", None) if not cls.inputs and "ctx" not in cls.params else None
    wanted = kwargs.get(cls.arity) if cls.is_variadic else None
    inputs, values = sort_arguments(cls, Symbol, args, kwargs)
    count = max(sum(value is not None for value in inputs.values()),
                int(wanted or 0) * cls.arrays_of_one)
    attrs = {**extra, **stored(own), **attributes(cls, values, count)}
    if ctx is not None:
        attrs["ctx"] = str(ctx)
    operator = from_attributes(cls, attrs)[0]
    inputs = {key: value for key, value in by_place(operator, Symbol, args, inputs).items()
              if value is not None}
    for key, value in inputs.items():
        _check_input(cls, key, value)
    inputs_given = list(inputs.values())
    name = NameManager.current.get(given_name, hint)
    node = Node(cls, name, attrs)
    node.inputs = (_several(operator, node, inputs, wanted) if cls.is_variadic
                   else _ordered(operator, node, inputs))
    node.initialize_variables()
    cast_inputs(node)
    kind = next((type(value)._result_kind for value in inputs_given
                 if type(value) is not Symbol), Symbol)
    return kind([Entry(node, i) for i in range(node.num_outputs)])


def _check_input(cls: type[Op], name: str, value: Any) -> None:
    if not isinstance(value, Symbol):
        raise MXNetTypeError(f"{cls.name}: {name} must be a Symbol; got {type(value).__name__}")
    if len(value.heads) != 1:
        raise MXNetError(
            f"{cls.name}: {name} is a Symbol of {len(value.heads)} outputs, "
            f"{', '.join(value.list_outputs())}; pick one by its number, s[0]")


def _ordered(operator: Op, node: Node, inputs: dict[str, Symbol]) -> list[Entry]:
    """The inputs in the operator's order, those that are not given as new variables."""
    ordered = []
    for entry in operator.taken:
        source = inputs.pop(entry.name, None)
        if source is not None:
            ordered.append(source.heads[0])
        elif not entry.optional:
            variable = Node(None, f"{node.name}_{entry.name}", dict(node.attrs))
            ordered.append(Entry(variable, 0))
    for entry in operator.inputs:
        if entry.name in inputs:
            raise operator.unwanted_input(entry)
    return ordered


def _several(operator: Op, node: Node, inputs: dict[str, Symbol], wanted: Any) -> list[Entry]:
    """The inputs of a variadic operator; new variables where it wants more of them."""
    entries = [source.heads[0] for source in inputs.values()]
    each = operator.arrays_of_one
    count = max(len(entries), int(wanted or 0) * each,
                operator.least_arrays if operator.arity else 0)
    if count > len(entries):
        node.attrs[operator.arity] = str(count // each)
    for name in operator.variable_names(count)[len(entries):]:
        entries.append(Entry(Node(None, f"{node.name}_{name}", dict(node.attrs)), 0))
    return entries


class SymbolFunction:
    """An operator as a function of Symbols; in a class, a method of its first one."""

    def __init__(self, op: type[Op], name: str, module: str = "mxlite.symbol") -> None:
        self.op, self.__name__, self.__qualname__, self.__module__ = op, name, name, module
        self.__doc__ = docstring(op)
        self._hint = name.lower()

    def __call__(self, *args: Any, **kwargs: Any) -> Symbol:
        return call(self.op, self._hint, args, kwargs)

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else lambda *args, **kwargs: self(instance, *args, **kwargs)

    @property
    def __signature__(self) -> Any:
        return signature(self.op)

    def __repr__(self) -> str:
        return f"<function {self.__module__}.{self.__name__}>"

    def __reduce__(self) -> Any:
        return _refer, (self.op.name, self.__name__, self.__module__)


def _refer(op: str, name: str, module: str) -> SymbolFunction:
    return SymbolFunction(REGISTRY[op], name, module)
