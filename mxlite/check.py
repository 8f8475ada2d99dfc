"""python -m mxlite.check: which names and operators of programs and graphs mxlite has."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from .base import PartOfCLibrary
from .base_names import OF_C_LIBRARY
from .door.borrowed import borrowed
from .door.names_used import names_used
from .wording import suggestion


class Missing(NamedTuple):
    """Something that mxlite has not: where, what, and what to write instead."""

    place: str
    name: str
    advice: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is missing; 0 if nothing is, 1 if something is, 2 if a file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="mxlite.check", description="Tells which operators and names of MXNet programs, "
        "graphs (-symbol.json) and folders of them mxlite has, and which it has not.")
    parser.add_argument("paths", nargs="+", help="scripts, -symbol.json files, folders")
    status, count = 0, 0
    for path in parser.parse_args(arguments).paths:
        for file in _files(Path(path)):
            count += 1
            try:
                missing = list(check_file(file))
            except (OSError, ValueError, SyntaxError) as error:
                print(f"{file}: cannot be read: {error}")
                status = 2
                continue
            for place, name, advice in missing:
                print(f"{place}: {name} is missing{advice}")
            status = max(status, int(bool(missing)))
    print(f"{count} files checked: " + ("mxlite has all that they name" if status == 0 else
                                        "see above for what is missing"))
    return status


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.suffix == ".py" or file.name.endswith("-symbol.json"):
            yield file


def check_file(path: Path) -> Iterator[Missing]:
    """What a script or a graph uses and mxlite has not."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return _of_graph(path, text) if path.suffix == ".json" else _of_program(path, text)


def _of_program(path: Path, text: str) -> Iterator[Missing]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)      # of the program's own
        uses = names_used(text, str(path))
    told: set[str] = set()
    for name, line in uses:
        missing = first_missing(name)
        if missing is not None and missing not in told:
            told.add(missing)
            yield Missing(f"{path}:{line}", missing, _advice(missing))


def first_missing(name: str) -> str | None:
    """The shortest part of a dotted name of mxnet that mxlite has not; None if it has all of it.

    What is behind a class or function is not looked at.
    """
    parts = name.split(".")[1:]
    value: Any = importlib.import_module("mxlite")
    for i, part in enumerate(parts):
        if not isinstance(value, ModuleType):
            return None
        value = _part(value, part, ".".join(["mxlite", *parts[:i + 1]]))
        if value is _NOTHING or isinstance(value, PartOfCLibrary):
            return ".".join(["mxnet", *parts[:i + 1]])
    return None


_NOTHING = object()


def _part(module: ModuleType, part: str, name: str) -> Any:
    """What a module has by this name: an attribute, a module below it, or what MXNet's own module
    of that name happened to import; else _NOTHING."""
    with contextlib.suppress(AttributeError, NotImplementedError, ImportError):
        return getattr(module, part)
    with contextlib.suppress(ImportError):
        return importlib.import_module(name)
    with contextlib.suppress(AttributeError):
        return borrowed(module, part)
    return _NOTHING


def _advice(name: str) -> str:
    parent, _, last = name.rpartition(".")
    module = importlib.import_module("mxlite")
    for part in parent.split(".")[1:]:
        module = getattr(module, part)
    found = getattr(module, last, None) if last in OF_C_LIBRARY else None
    if isinstance(found, PartOfCLibrary):       # which says what to use instead
        return f": {found.message}"
    return suggestion(last, [other for other in dir(module) if not other.startswith("_")])


def _of_graph(path: Path, text: str) -> Iterator[Missing]:
    from .symbol.operator_names import named

    graph = json.loads(text)
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(nodes, list):
        raise ValueError("it is no graph of MXNet's: it has no list of nodes")
    told: set[str] = set()
    for graph_nodes in _node_lists(nodes):
        for node in graph_nodes:
            op = node.get("op", "null") if isinstance(node, dict) else "null"
            if op != "null" and op not in told and named(op) is None:
                told.add(op)
                yield Missing(f"{path}: node '{node.get('name')}'", f"the operator {op}", "")


def _node_lists(nodes: list[Any]) -> Iterator[list[Any]]:
    yield nodes
    for node in nodes:
        for inner in node.get("subgraphs", []) if isinstance(node, dict) else []:
            yield from _node_lists(inner.get("nodes", []))


if __name__ == "__main__":
    sys.exit(main())
