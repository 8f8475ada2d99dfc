"""Which files a path of an iterator names: one, several, those of a folder, or of a pattern."""

from __future__ import annotations

import os
import re

from ..base import MXNetValueError


def find_files(caller: str, argument: str, path: str, apart: tuple[str, ...] = ()) -> list[str]:
    """The files of a path, or of several joined by ';', as in MXNet.

    Each is a file, a folder (its files by name, but those that end with one of `apart`), or a
    folder and a regular expression, which the whole name of a file must match, as in r"a/.*\\.rec".
    """
    paths = path.split(";")
    if len(paths) > 1 and not paths[-1]:       # it ends with ';'
        paths.pop()
    return [file for one in paths
            for file in _files(caller, argument, os.path.expanduser(one), apart)]


def _files(caller: str, argument: str, path: str, apart: tuple[str, ...]) -> list[str]:
    if os.path.isfile(path):
        return [path]
    if os.path.isdir(path):
        folder, names = path, [name for name in _names(path) if not name.endswith(apart)]
        problem = "is a folder without files"
    else:
        folder, pattern = os.path.split(path)
        names = _matching(folder, pattern)
        problem = "does not exist" + (
            ", and no file there matches its last part as a regular expression; that of all .rec "
            r"files is .*\.rec" if "*" in pattern else "")
    if not names:
        raise MXNetValueError(f"{caller}: {argument} {path} {problem}")
    return [os.path.join(folder, name) for name in names]


def _matching(folder: str, pattern: str) -> list[str]:
    try:
        return list(filter(re.compile(pattern).fullmatch, _names(folder or os.curdir)))
    except (re.error, OSError):
        return []


def _names(folder: str) -> list[str]:
    return sorted(name for name in os.listdir(folder)
                  if os.path.isfile(os.path.join(folder, name)))
