"""`Block.save` and `Block.load`: the tree of a network's blocks beside their parameters."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..base import MXNetValueError
from ..whole_file import reading, replacing

if TYPE_CHECKING:
    from .block import Block


def save(block: Block, prefix: str) -> None:
    """Write `<prefix>-model.json` and `<prefix>-model.params`, as MXNet does."""
    tree: dict[str, Any] = {}
    _describe(block, itertools.count(), tree)
    with replacing(f"{prefix}-model.json") as file:
        file.write(json.dumps(tree).encode())
    block.save_parameters(f"{prefix}-model.params")


def load(block: Block, prefix: str) -> None:
    """Give the blocks the names that they had, hybridize those that were, and read parameters."""
    path = f"{prefix}-model.json"
    with reading(path, encoding="utf8") as file:
        try:
            tree = json.load(file)
        except ValueError as error:
            raise MXNetValueError(f"load: {path!r} is no JSON: {error}") from None
    steps = list(_matched(path, block, itertools.count(), tree))
    for each, entry in steps:
        names = list(entry["children"].values())
        each._children = dict(zip(names, each._children.values(), strict=True))
        if entry.get("hybridized"):
            each._active = True  # type: ignore[attr-defined]
    block.load_parameters(f"{prefix}-model.params")


def _key(block: Block, numbers: Iterator[int]) -> str:
    return f"{type(block).__name__.lower()}{next(numbers)}"


def _describe(block: Block, numbers: Iterator[int], tree: dict[str, Any]) -> None:
    """Enter the block, and in its entry those below."""
    entry: dict[str, Any] = {"orig_name": block.name}
    tree[_key(block, numbers)] = entry
    graphs = getattr(block, "_graphs", None)
    if graphs is not None:
        entry["hybridized"] = bool(graphs)
    if graphs:
        graph = next(iter(graphs.values()))
        entry["in_format"], entry["out_format"] = _numbers(graph._form), _numbers(graph._out_form)
        entry["inputs"] = [source.tojson() for source in graph.inputs]
        entry["symbol"] = graph.symbol.tojson()
    entry["children"] = {child.name: name for name, child in block._children.items()}
    if len(entry["children"]) < len(block._children):
        names = [child.name for child in block._children.values()]
        raise MXNetValueError(f"save: the blocks in {block.name!r} must have names of their own; "
                              f"they are {', '.join(map(repr, names))}")
    for child in block._children.values():
        _describe(child, numbers, entry)


def _numbers(form: Any) -> Any:
    """Nesting as MXNet's files have it: 0 is an array."""
    return 0 if form is None else [_numbers(each) for each in form[1]]


def _matched(path: str, block: Block, numbers: Iterator[int],
             tree: Any) -> Iterator[tuple[Block, Any]]:
    """(block, its entry), of this block and all below; raises where the trees differ."""
    key = _key(block, numbers)
    entry = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("children"), dict):
        there = [name for name, value in tree.items() if isinstance(value, dict)
                 and "children" in value] if isinstance(tree, dict) else []
        raise MXNetValueError(f"load: {path!r} must be of a network made as this one is; here is "
                              f"{key!r}, there {', '.join(map(repr, there)) or 'none'}")
    if len(entry["children"]) != len(block._children):
        raise MXNetValueError(f"load: {path!r} must be of a network made as this one is; {key!r} "
                              f"has {len(block._children)} blocks, there {len(entry['children'])}")
    yield block, entry
    for child in block._children.values():
        yield from _matched(path, child, numbers, entry)
