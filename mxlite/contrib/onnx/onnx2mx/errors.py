"""How errors of an import name what they are about."""

from __future__ import annotations

from onnx import NodeProto

from ....base import MXNetNotImplementedError, MXNetValueError


class OpenLengthError(MXNetNotImplementedError):
    """A length that the model leaves open would have to be known."""


def place(caller: str, node: NodeProto) -> str:
    """"import_model: node 'conv1' (Conv)"; a node without a name by what it makes."""
    if node.name:
        return f"{caller}: node {node.name!r} ({node.op_type})"
    made = next((output for output in node.output if output), "")
    return f"{caller}: the node that makes {made!r} ({node.op_type})"


def wrong(caller: str, node: NodeProto, text: str) -> MXNetValueError:
    """The error for a node that ONNX does not allow."""
    return MXNetValueError(f"{place(caller, node)}: {text}")


def unsupported(caller: str, node: NodeProto, text: str) -> MXNetNotImplementedError:
    """The error for a node that mxlite has nothing for."""
    return MXNetNotImplementedError(f"{place(caller, node)}: {text}")
