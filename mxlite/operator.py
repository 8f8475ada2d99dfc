"""`mx.operator`: operators written in Python, and what operators there are."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from .base import MXNetTypeError, MXNetValueError
from .ndarray.custom import CustomOp as CustomOp
from .ndarray.custom import CustomOpProp as CustomOpProp
from .ndarray.custom import register as register
from .ops.schema import REGISTRY, REQUIRED, Op, Param
from .symbol.operator_names import name_of, named
from .symbol.python_op import NDArrayOp as NDArrayOp
from .symbol.python_op import NumpyOp as NumpyOp
from .symbol.python_op import PythonOp as PythonOp
from .wording import suggestion

OperatorArguments = namedtuple("OperatorArguments", ["narg", "names", "types"])

_KINDS = {"int": "int", "float": "float", "bool": "boolean", "str": "string",
          "Shape": "Shape(tuple)", "Bounds": "Shape(tuple)", "Axis": "Shape(tuple) or None",
          "Floats": "tuple of <float>", "DType": "string"}


def get_all_registered_operators() -> list[str]:
    """The names and aliases of all operators, as MXNet's files have them."""
    return sorted({"Custom", *(name for name in REGISTRY if name != "_custom")})


def get_operator_arguments(op_name: str) -> Any:
    """(narg, names, types) of an operator's arguments: its inputs, then its parameters."""
    if not isinstance(op_name, str):
        raise MXNetTypeError(f"get_operator_arguments: op_name must be a string; got {op_name!r}")
    op = named(op_name)
    if op is None:
        known = get_all_registered_operators()
        raise MXNetValueError(f"get_operator_arguments: there is no operator {op_name!r}"
                              f"{suggestion(op_name, known)}")
    names = [entry.name for entry in op.inputs] + list(op.params)
    types = ["NDArray-or-Symbol[]" if entry.variadic else "NDArray-or-Symbol"
             for entry in op.inputs] + [_type_of(op, param) for param in op.params.values()]
    return OperatorArguments(len(names), names, types)


def _type_of(op: type[Op], param: Param) -> str:
    """"int, optional, default=1"."""
    optional = param.kind.endswith(" | None")
    kind = param.kind.removesuffix(" | None")
    text = _KINDS.get(kind, kind) + (" or None" if optional else "")
    if param.choices is not None:
        text = "{" + ", ".join(repr(choice) for choice in param.choices) + "}"
    if name_of(op) == "Custom":
        return "string"
    if param.default is REQUIRED:
        return f"{text}, required"
    return f"{text}, optional, default={param.text(param.default)}"
