"""From a path or an address to an open file."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

from .._dataio.errors import DataFileError
from ..base import MXNetError

Opener = Callable[[str, str], Any]


def path_of(uri: Any) -> str:
    """The path or address as a str; `file://` is left out."""
    return os.fsdecode(uri).removeprefix("file://")


def open_stream(uri: str, mode: str, opener: Opener | None) -> Any:
    """A binary file object, or None for a file of this machine, which C opens itself.

    mode: "rb" or "wb". opener(uri, mode) opens the file where one is given, and fsspec does where
    the address has a scheme, as "s3://bucket/a.rec" has. Raises DataFileError.
    """
    if opener is None:
        if "://" not in uri:
            return None
        opener = fsspec_open(uri)
    try:
        opened = opener(uri, mode)
        if not hasattr(opened, "read") and hasattr(opened, "open"):
            opened = opened.open()                # fsspec.open gives what is opened by this
    except MXNetError:
        raise
    except Exception as error:
        raise DataFileError(f"{uri}: opening failed: {type(error).__name__}: {error}",
                            getattr(error, "errno", None)) from error
    return opened


def fsspec_open(uri: str) -> Opener:
    """fsspec.open, where that package is installed."""
    try:
        opener: Opener = importlib.import_module("fsspec").open
    except ImportError:
        raise MXNetError(f"{uri}: install fsspec to open an address, or give an opener") from None
    return opener
