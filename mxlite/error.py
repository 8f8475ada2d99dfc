"""`mx.error`: classes of errors under the module path that MXNet has."""

from __future__ import annotations

from typing import Any

from .base import MXNetError as MXNetError


class InternalError(MXNetError):
    """A fault of MXNet's C library, which is not here: nothing raises it, and it may be caught."""


def register_error(func_name: Any = None, cls: type | None = None) -> Any:
    """Class decorator, bare or with the name; returns the class.

    MXNet finds classes by names in the texts of its C library's errors; those of mxlite are raised
    as they are, so that there is no table.
    """
    if isinstance(func_name, type):
        return func_name
    return cls if cls is not None else lambda klass: klass


register = register_error
