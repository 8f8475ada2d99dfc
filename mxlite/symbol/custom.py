"""`mx.sym.Custom`: a node of an operator that users registered."""

from __future__ import annotations

from typing import Any

from ..base import MXNetError, MXNetTypeError
from ..name import NameManager
from ..ndarray.custom import custom_call
from .compose import attributes_here, cast_inputs, stored
from .graph import HIDDEN, Entry, Node
from .symbol import Symbol


def custom(*args: Symbol, op_type: str = "", name: str | None = None,
           attr: dict[str, str] | None = None, **kwargs: Any) -> Symbol:
    """A node of an operator registered by mx.operator.register.

    Inputs, by position or name, that are not given become variables named after node and input.
    Other keywords are the parameters of its CustomOpProp, as strings.
    """
    own = {key: str(kwargs.pop(key)) for key in [*kwargs]
           if key[:2] == key[-2:] == "__" or key in HIDDEN}
    op, inputs, texts = custom_call(Symbol, args, {**kwargs, "op_type": op_type}, may_lack=True)
    attrs = {**attributes_here(attr), **stored(own), **texts}
    node = Node(type(op), NameManager.current.get(name, "custom"), attrs)
    for entry, source in zip(op.inputs, inputs, strict=True):
        if source is None:
            source = Symbol([Entry(Node(None, f"{node.name}_{entry.name}", dict(attrs)), 0)])
        if len(source.heads) != 1:
            raise MXNetError(f"Custom '{op.op_type}': {entry.name} is a Symbol of "
                             f"{len(source.heads)} outputs; pick one by its number, s[0]")
        node.inputs.append(source.heads[0])
    if not op.num_outputs:
        raise MXNetTypeError(f"Custom '{op.op_type}': a node must have at least one output")
    cast_inputs(node)
    return Symbol([Entry(node, i) for i in range(node.num_outputs)])
