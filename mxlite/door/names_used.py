"""Which names of mxnet a Python program uses, read from its text without running it."""

from __future__ import annotations

import ast
from typing import NamedTuple


class Use(NamedTuple):
    """A dotted name, `mxnet.gluon.nn.Dense`, and the line where it stands."""

    name: str
    line: int


class _Reader(ast.NodeVisitor):
    """Follows imports and attributes; `aliases`: what names of the program stand for."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.uses: list[Use] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if _is_mxnet(alias.name):
                self.uses.append(Use(alias.name, node.lineno))
                self.aliases[alias.asname or "mxnet"] = alias.name if alias.asname else "mxnet"

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or node.module is None or not _is_mxnet(node.module):
            return
        for alias in node.names:
            if alias.name == "*":
                self.uses.append(Use(node.module, node.lineno))
                continue
            name = f"{node.module}.{alias.name}"
            self.uses.append(Use(name, node.lineno))
            self.aliases[alias.asname or alias.name] = name

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = self._dotted(node)
        if name is None:
            self.generic_visit(node)
        else:
            self.uses.append(Use(name, node.lineno))

    def _dotted(self, node: ast.expr) -> str | None:
        """mxnet's name for `mx.nd.zeros`; None if it is none."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.aliases:
            return None
        return ".".join([self.aliases[node.id], *reversed(parts)])


def _is_mxnet(name: str) -> bool:
    return name.partition(".")[0] in ("mxnet", "mxlite")


def names_used(text: str, source: str = "<program>") -> list[Use]:
    """The names in the order of the program; raises SyntaxError where it is no Python."""
    reader = _Reader()
    reader.visit(ast.parse(text, source))
    return reader.uses
