"""Write mxlite/ndarray/op.pyi, image.pyi and linalg.pyi, which tell editors and type checkers what
`mx.nd`, `mx.nd.image` and `mx.nd.linalg` have.

    python tools/gen_stubs.py [--check]       --check: write nothing, exit with 1 if one is stale
"""

import inspect
import keyword
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mxlite.ops  # noqa: F401
from mxlite.ops.bind import signature
from mxlite.ops.schema import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "mxlite/ndarray/op.pyi"
# by what the names begin with
STUBS = {"": STUB, "_image_": STUB.with_name("image.pyi"), "_linalg_": STUB.with_name("linalg.pyi")}
HEAD = '''"""Every operator as a function of arrays. Written by tools/gen_stubs.py: do not edit."""

from collections.abc import Sequence
from typing import Any

from ..context import Context
from .ndarray import NDArray

_Ints = int | Sequence[int]
'''
OPTIONAL = {"Any": "from typing import Any\n", "Context": "from ..context import Context\n"}
# kind of a parameter (mxlite/ops/params.py) -> what callers may pass; MXNet's texts parse, too
TYPES = {"Shape": "_Ints | str", "Axis": "_Ints | None", "DType": "Any",
         "Bounds": "int | Sequence[int | None] | None", "Floats": "float | Sequence[float] | str"}
WIDTH = 100
OUT = "NDArray | Sequence[NDArray] | None"


def type_of(kind):
    """The annotation of a parameter of this kind."""
    known = TYPES.get(kind.removesuffix(" | None"), kind.removesuffix(" | None"))
    optional = kind.endswith(" | None") and known != "Any" and "None" not in known.split(" | ")
    return f"{known} | None" if optional else known


def default_of(value):
    """A default as stub text; defaults with no literal of their own become `...`."""
    plain = isinstance(value, (bool, int, str, type(None), tuple)) or (
        isinstance(value, float) and abs(value) < float("inf"))
    return repr(value) if plain else "..."


def parameter_text(op, parameter):
    """One parameter of a stub's signature."""
    name = parameter.name
    declared = op.params.get(name)
    if name == "ctx":
        annotation = "Context | str | None"
    elif declared is not None:
        annotation = type_of(declared.kind)
    else:
        annotation = {"name": "str | None", "out": OUT}.get(name, "NDArray")
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"*{name}: NDArray | Sequence[NDArray]"
    if parameter.default is inspect.Parameter.empty:
        return f"{name}: {annotation}"
    if parameter.default is None and "None" not in annotation and annotation != "Any":
        annotation += " | None"
    return f"{name}: {annotation} = {default_of(parameter.default)}"


def parameters_text(op):
    """The parameters, with `*` before the keyword-only ones."""
    texts, starred = [], False
    for parameter in signature(op).parameters.values():
        starred = starred or parameter.kind is inspect.Parameter.VAR_POSITIONAL
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            texts.append("*")
            starred = True
        texts.append(parameter_text(op, parameter))
    return texts


def result_of(op):
    """The annotation of what the operator returns."""
    visible = op.num_outputs if op.visible_outputs is None else op.visible_outputs
    if not isinstance(visible, int):
        return "Any"
    return "NDArray" if visible == 1 else "list[NDArray]"


def function_text(name, op):
    """The stub of one operator under one of its names."""
    head, tail = f"def {name}(", f") -> {result_of(op)}:"
    lines, line = [], ""
    for text in parameters_text(op):
        if line and len(head) + len(line) + len(text) + len(tail) > WIDTH - 2:
            lines.append(line)
            line = ""
        line = f"{line}, {text}" if line else text
    indent = ",\n" + " " * len(head)
    summary = inspect.cleandoc(op.__doc__ or name).splitlines()[0].replace("\\", "\\\\")
    return f'{head}{indent.join([*lines, line])}{tail}\n    """{summary}"""\n'


def generate(prefix=""):
    """The whole stub of the operators whose names begin so."""
    names = sorted(name.removeprefix(prefix) for name in REGISTRY if name.startswith(prefix))
    body = "\n".join([function_text(name, REGISTRY[prefix + name]) for name in names
                      if not name.startswith("_") and not keyword.iskeyword(name)])
    head = HEAD
    for name, line in OPTIONAL.items():
        if name not in body:
            head = head.replace(line, "")
    return f"{head}\n{body}"


def main():
    stale = [path for prefix, path in STUBS.items()
             if not path.exists() or path.read_text() != generate(prefix)]
    if "--check" in sys.argv[1:]:
        for path in STUBS.values():
            state = "stale: run tools/gen_stubs.py" if path in stale else "fresh"
            print(f"{path.name} is {state}")
        return int(bool(stale))
    for prefix, path in STUBS.items():
        path.write_text(generate(prefix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
