"""Errors of users' own code that operators call: they keep their type and text, and are also
MXNetErrors, as MXNet makes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..base import MXNetError, UserCodeError

_classes: dict[type[Exception], type[Exception]] = {}


@contextlib.contextmanager
def user_code() -> Iterator[None]:
    """A `with` block whose exceptions are, when they leave it, MXNetErrors as well."""
    try:
        yield
    except MXNetError:
        raise
    except Exception as error:
        raise _as_mxnet_error(error) from error.__cause__


def _reduce(self: Exception) -> Any:
    """Pickled, as between processes, it is the user's error alone."""
    return type(self).__bases__[0], self.args, self.__dict__


def _as_mxnet_error(error: Exception) -> Exception:
    kind = type(error)
    try:
        if kind not in _classes:
            _classes[kind] = type(kind.__name__, (kind, UserCodeError),
                                  {"__module__": kind.__module__, "__reduce__": _reduce})
        twin: Exception = _classes[kind].__new__(_classes[kind], *error.args)
        twin.args = error.args
        twin.__dict__.update(error.__dict__)
    except Exception:                       # a class that cannot be a base, or not made so
        return error
    twin.__suppress_context__ = error.__suppress_context__
    return twin.with_traceback(error.__traceback__)
