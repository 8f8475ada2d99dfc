"""Write mxlite/ndarray/op.pyi from the table of operators. With --check: fail if it is stale."""

import argparse
import inspect
import sys
from pathlib import Path

import mxlite.ops  # noqa: F401
from mxlite.ops.bind import signature
from mxlite.ops.params import REQUIRED
from mxlite.ops.schema import REGISTRY

TARGET = Path(__file__).parents[1] / "mxlite" / "ndarray" / "op.pyi"
TYPES = {"Shape": "int | Sequence[int]", "Bounds": "Sequence[int | None]",
         "Axis": "int | Sequence[int] | None", "Floats": "Sequence[float]", "DType": "Any"}
HEAD = '''"""Operators as functions of arrays. Made by tools/gen_stubs.py; do not edit."""

from collections.abc import Sequence
from typing import Any

from .ndarray import NDArray

'''


def annotation(cls, name):
    declared = cls.params.get(name)
    if name == "ctx" or (declared is None and name == "out"):
        return "Any"
    if declared is None:
        if name == "name":
            return "str | None"
        optional = any(entry.name == name and entry.optional for entry in cls.inputs)
        return "NDArray | None" if optional else "NDArray"
    kind = declared.kind.removesuffix(" | None")
    is_optional = declared.default is None or kind != declared.kind
    kind = TYPES.get(kind, kind)
    return f"{kind} | None" if is_optional and kind != "Any" and "None" not in kind else kind


def argument(cls, parameter):
    text = f"{parameter.name}: {annotation(cls, parameter.name)}"
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"*{parameter.name}: NDArray"
    if parameter.default is inspect.Parameter.empty:
        return text
    default = repr(parameter.default)
    is_plain = parameter.default is not REQUIRED and "inf" not in default
    return f"{text} = {default if is_plain else '...'}"


def stub(name, cls):
    pieces, starred = [], False
    for parameter in signature(cls).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            starred = True
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            pieces.append("*")
            starred = True
        pieces.append(argument(cls, parameter))
    count = cls.visible_outputs if isinstance(cls.visible_outputs, int) else cls.num_outputs
    result = "NDArray" if count == 1 else "Any"
    first = (inspect.cleandoc(cls.__doc__ or cls.name).splitlines() or [""])[0]
    return (f"def {name}(\n    " + ",\n    ".join(pieces) + f",\n) -> {result}:\n"
            f"    {first!r}\n").replace(",\n) ->", "\n) ->")


def text():
    """The whole stub file."""
    public = sorted(name for name in REGISTRY if not name.startswith("_"))
    return HEAD + "\n".join(stub(name, REGISTRY[name]) for name in public)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    if not parser.parse_args().check:
        TARGET.write_text(text())
    elif TARGET.read_text() != text():
        sys.exit(f"{TARGET} is stale; run python tools/gen_stubs.py")


if __name__ == "__main__":
    main()
