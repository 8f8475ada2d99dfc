"""`mx.library`: MXNet's libraries of operators in C++, which cannot be loaded here."""

from __future__ import annotations

import os
from typing import Any

from .base import MXNetError, MXNetNotImplementedError, MXNetTypeError


def load(path: Any, verbose: bool = True) -> None:
    """Raise: a library that was compiled against MXNet's lib_api.h needs MXNet.

    MXNetError where path is no file, no absolute path or no library; NotImplementedError otherwise.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise MXNetTypeError(f"library.load: path must be a string; got {type(path).__name__}")
    name = os.fspath(path)
    if not os.path.exists(name):
        raise MXNetError(f"library.load: there is no file {name!r}")
    if not os.path.isabs(name):
        raise MXNetError(f"library.load: path must be absolute; got {name!r}")
    if os.path.splitext(name)[1] not in (".so", ".dll"):
        raise MXNetError(f"library.load: path must end in .so or .dll; got {name!r}")
    raise MXNetNotImplementedError(
        f"library.load: {name!r} is compiled for MXNet's own library, which mxlite is not; write "
        "the operator in Python with mx.operator.CustomOp, or add it to mxlite "
        "(docs/add_an_operator.md)")
