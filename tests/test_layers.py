"""Imports point down: docs/architecture.md, enforced."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "mxlite"
# The longest prefix decides; a module may import its own layer and those below.
LAYERS = {
    "base": 0, "name": 0, "attribute": 0, "lr_scheduler": 0,
    "_kernels": 1,
    "device": 2, "context": 2, "engine": 2,
    "ops": 3,
    "ndarray": 4,
    "autograd": 5,
    "random": 6, "initializer": 6, "metric": 6, "optimizer": 6, "callback": 6, "io": 6,
    "gluon": 7,
    "test_utils": 8, "info": 8,
}


def layer(module: str) -> int | None:
    return LAYERS.get(module.split(".")[0]) if module else None


def imports(tree: ast.AST, package: list[str]):
    """The modules of ours that a file imports, as dotted names below mxlite."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("mxlite."):
                    yield alias.name.removeprefix("mxlite."), node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            module = node.module or ""
            if not node.level:
                if not module.startswith("mxlite"):
                    continue
                module = module.removeprefix("mxlite").lstrip(".")
            dotted = ".".join([*base, module]).strip(".")
            if dotted:
                yield dotted, node.lineno
            else:
                yield from ((alias.name, node.lineno) for alias in node.names)


def violations(path: Path, source: str) -> list[str]:
    parts = path.relative_to(ROOT).with_suffix("").parts
    own = layer(parts[0])
    package = list(parts[:-1])
    found = []
    for module, line in imports(ast.parse(source), package):
        other = layer(module)
        if own is not None and other is not None and other > own:
            found.append(f"{path.relative_to(ROOT)}:{line} imports {module}, a layer above")
    return found


FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py" or
         path.parent != ROOT]


def test_every_module_has_a_layer():
    tops = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES}
    assert tops <= set(LAYERS), f"add to LAYERS: {tops - set(LAYERS)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    assert not violations(path, path.read_text())


def test_a_planted_upward_import_is_seen():
    for text in ("from ..gluon import nn", "from mxlite.gluon import nn", "import mxlite.gluon",
                 "def f():\n    from .. import autograd"):
        assert violations(ROOT / "ops" / "planted.py", text)
    assert not violations(ROOT / "gluon" / "planted.py", "from ..ops import schema")
