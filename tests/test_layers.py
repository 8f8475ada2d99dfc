"""Imports point down: no module of mxlite imports one of a higher layer (docs/architecture.md)."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mxlite"
LAYERS = [
    {"wording", "base_names", "current"},
    {"base"},
    {"arguments", "argument_types", "whole_file", "error", "libinfo", "log", "registry"},
    {"_kernels", "_dataio"},
    {"device", "context", "cuda", "name", "attribute", "util", "runtime"},
    {"ops"},
    {"ndarray"},
    {"symbol", "executor", "engine", "random", "operator", "library", "rtc",
     "profiler", "numpy", "numpy_dispatch_protocol"},
    {"autograd"},
    {"optimizer", "initializer", "metric", "lr_scheduler", "io", "recordio", "image", "kvstore",
     "checkpoint", "callback", "monitor", "numpy_extension", "numpy_op_signature",
     "_numpy_op_doc"},
    {"gluon", "module", "model", "rnn", "executor_manager"},
    {"contrib", "onnx", "test_utils", "visualization", "model_zoo", "info", "tools"},
    {"door", "run", "check"},
]
LAYER = {name: level for level, names in enumerate(LAYERS) for name in names}
# of one layer, and yet they do not import each other
APART = [{"gluon", "module"}, {"gluon", "model"}]
CIMPORT = re.compile(r"^\s*(?:from\s+(\.*[\w.]*)\s+c?import\s+(.+)|c?import\s+([\w.]+))")


def is_for_types(node):
    """`if TYPE_CHECKING:`, whose imports do not happen."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def python_imports(source):
    """[(level, module, names)] of a .py file."""
    imports, nodes = [], [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if is_for_types(node):
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            imports += [(0, alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports.append((node.level, node.module or "", [alias.name for alias in node.names]))
        nodes += ast.iter_child_nodes(node)
    return imports


def cython_imports(source):
    """[(level, module, names)] of a .pyx or .pxd file, line by line."""
    imports = []
    for match in filter(None, map(CIMPORT.match, source.splitlines())):
        path, names, plain = match.groups()
        if plain:
            imports.append((0, plain, []))
        else:
            module = path.lstrip(".")
            imports.append((len(path) - len(module), module, re.findall(r"\w+", names)))
    return imports


def imported_parts(file, package):
    """The parts of the package, such as "ops", that a file imports."""
    source = file.read_text()
    folder = ["mxlite", *file.relative_to(package).parts[:-1]]
    parts = set()
    for level, module, names in (python_imports if file.suffix == ".py"
                                 else cython_imports)(source):
        base = folder[:len(folder) - level + 1] if level else []
        path = [*base, *filter(None, module.split("."))]
        if path == ["mxlite"]:
            parts |= set(names)
        elif path[:1] == ["mxlite"]:
            parts.add(path[1])
    return parts


def upward_imports(package):
    """Messages, one for each import that a layer may not have."""
    messages = []
    for file in sorted([*package.rglob("*.py"), *package.rglob("*.pyx"), *package.rglob("*.pxd")]):
        place = file.relative_to(package)
        part = place.parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        for other in sorted(imported_parts(file, package)):
            if other not in LAYER or part not in LAYER:
                messages.append(f"{place}: {other if part in LAYER else part} has no layer")
            elif LAYER[other] > LAYER[part] or (part != other and {part, other} in APART):
                messages.append(f"{place}: {part} must not import {other}")
    return messages


def test_imports_point_down():
    assert upward_imports(PACKAGE) == []


@pytest.mark.parametrize("file, line, message", [
    ("ops/planted.py", "from ..ndarray import NDArray", "ops must not import ndarray"),
    ("ops/planted.py", "def f():\n    from .. import gluon", "ops must not import gluon"),
    ("ops/nn/planted.py", "from ...autograd import record", "ops must not import autograd"),
    ("base.py", "import mxlite.device", "base must not import device"),
    ("ndarray/planted.pyx", "from ..gluon.block cimport Block", "ndarray must not import gluon"),
    ("gluon/planted.py", "from ..module import Module", "gluon must not import module"),
    ("ops/planted.py", "from .. import novelty", "novelty has no layer"),
])
def test_a_planted_upward_import_is_seen(file, line, message, tmp_path):
    path = tmp_path / "mxlite" / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n")
    assert upward_imports(tmp_path / "mxlite") == [f"{file}: {message}"]


def test_imports_for_types_and_downward_ones_are_fine(tmp_path):
    path = tmp_path / "mxlite/ops/fine.py"
    path.parent.mkdir(parents=True)
    path.write_text("import numpy\nfrom ..base import MXNetError\nfrom .schema import Op\n"
                    "if TYPE_CHECKING:\n    from ..ndarray import NDArray\n")
    assert upward_imports(tmp_path / "mxlite") == []
