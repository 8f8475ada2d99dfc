"""A graph as text, for people."""

from __future__ import annotations

from collections.abc import Sequence

from .graph import Entry, topological


def graph_text(heads: Sequence[Entry]) -> str:
    """The outputs, then a paragraph a node: its operator, inputs and attributes."""
    lines = ["Symbol Outputs:"]
    lines += [f"\toutput[{i}]={head.node.name}({head.index})" for i, head in enumerate(heads)]
    for node in topological(heads):
        if node.op is None:
            lines.append(f"Variable:{node.name}")
            continue
        lines += ["-" * 20, f"Op:{node.op.name}, Name={node.name}", "Inputs:"]
        states = node.written_inputs()
        lines += [f"\targ[{i}]={source.node.name}({source.index})"
                  + (" state" if i in states else "") for i, source in enumerate(node.inputs)]
        if node.attrs:
            lines.append("Attrs:")
            lines += [f"\t{name}={value}" for name, value in sorted(node.attrs.items())]
    return "\n".join(lines) + "\n"
