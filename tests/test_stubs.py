"""mxlite/ndarray/op.pyi is what tools/gen_stubs.py writes, and says what the functions take; and
what type checkers are told of the package."""

import ast
import inspect
from pathlib import Path

import pytest

import mxlite as mx
from mxlite.ops.schema import REGISTRY

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def tool(load_tool):
    return load_tool("gen_stubs")


def stub_functions():
    tree = ast.parse((ROOT / "mxlite/ndarray/op.pyi").read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_stubs_are_fresh(tool):
    for prefix, path in tool.STUBS.items():
        assert path.read_text() == tool.generate(prefix), "run tools/gen_stubs.py"


def test_the_stub_has_every_public_operator():
    assert set(stub_functions()) == {name for name in REGISTRY if not name.startswith("_")}


def test_stub_and_function_take_the_same():
    for name, node in stub_functions().items():
        given = node.args
        variadic = [given.vararg] if given.vararg else []
        stub = [arg.arg for arg in [*given.args, *variadic, *given.kwonlyargs]]
        assert stub == list(inspect.signature(getattr(mx.nd, name)).parameters), name


def test_every_function_says_what_it_does():
    for name, node in stub_functions().items():
        assert len(ast.get_docstring(node)) > 5, name


def test_results(tool):
    assert tool.result_of(REGISTRY["sum"]) == "NDArray"
    assert tool.result_of(REGISTRY["moments"]) == "list[NDArray]"
    assert tool.result_of(REGISTRY["split"]) == "Any"


def test_editors_are_told_of_all_that_mx_has():
    """What mxlite/__init__.py imports on demand stands in its imports for type checkers, too."""
    tree = ast.parse(Path(mx.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {alias.asname or alias.name for node in block.body if isinstance(node, ast.ImportFrom)
            for alias in node.names}
    assert told == {*mx._MODULES, *mx._NAMES} - {"device", "ops"}      # no names of MXNet's
