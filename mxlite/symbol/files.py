"""Symbols from MXNet's JSON files and texts."""

from __future__ import annotations

import os
from typing import Any

from ..base import MXNetTypeError
from ..whole_file import reading
from .symbol import Symbol


def load_json(json_str: str) -> Symbol:
    """The Symbol of a JSON text, of any version of MXNet since 0.8; see `load`."""
    if not isinstance(json_str, str):
        raise MXNetTypeError(f"load_json: json_str must be a string; got {json_str!r}")
    from .json_reader import from_json
    return Symbol(from_json(json_str))


fromjson = load_json


def load(fname: Any) -> Symbol:
    """The Symbol of a file such as "net-symbol.json".

    Raises MXNetError, naming the file and the node, where it is damaged or has an operator that
    there is not.
    """
    if not isinstance(fname, (str, os.PathLike)):
        raise MXNetTypeError(f"load: fname must be a path; got {fname!r}")
    from .json_reader import from_json
    with reading(fname) as file:
        return Symbol(from_json(file.read(), os.fspath(fname)))
