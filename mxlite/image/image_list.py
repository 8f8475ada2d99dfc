"""Lists of images: what their labels are, and which files hold them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio.lines import fields_of, lines_of
from ..base import MXNetTypeError, MXNetValueError

Entries = dict[Any, tuple[Any, str]]           # key: (label, a NumPy array (n,), path)


def read_list_file(path: str, dtype: str, label_width: int | None) -> Entries:
    """The entries of a file of lines `key<TAB>label<TAB>...<TAB>path`; keys are integers.

    label_width: how many labels each must have; None: any number.
    """
    entries: Entries = {}
    for number, line in lines_of(path):
        place = f"{path}: line {number}"
        fields = fields_of(line)
        try:
            key, label = int(fields[0]), np.array(fields[1:-1], np.float64).astype(dtype)
        except ValueError:
            key = None
        if key is None or len(fields) < 2:
            raise MXNetValueError(f"{place}: expected an integer, labels and a path, with tabs "
                                  f"between them, found {line!r}")
        if key in entries:
            raise MXNetValueError(f"{place}: expected each key once, found {key} again")
        _check_width(place, label, label_width)
        entries[key] = label, fields[-1]
    if not entries:
        raise MXNetValueError(f"{path}: expected lines of a key, labels and a path, found none")
    return entries


def read_list(caller: str, images: Iterable[Any], dtype: str, label_width: int | None) -> Entries:
    """The entries of a list of [label, ..., path], or [labels, path]; their keys are 1, 2, ..."""
    entries: Entries = {}
    for number, entry in enumerate(images):
        here = f"{caller}: imglist[{number}]"
        if not isinstance(entry, (list, tuple)) or len(entry) < 2 or not is_path(entry[-1]):
            raise MXNetTypeError(f"{here} must be [label, ..., path] or [labels, path]; got "
                                 f"{entry!r}")
        values: Any = entry[0]
        if len(entry) > 2 or isinstance(values, Number):
            values = entry[:-1]
        elif isinstance(values, nd.NDArray):
            values = values.asnumpy()
        try:
            label = np.asarray(values, dtype).reshape(-1)
        except (TypeError, ValueError):
            raise MXNetTypeError(f"{here} must have numbers as labels; got {entry!r}") from None
        _check_width(here, label, label_width)
        entries[number + 1] = label, os.fspath(entry[-1])
    if not entries:
        raise MXNetValueError(f"{caller}: imglist must have at least one image; got an empty list")
    return entries


def is_path(value: Any) -> bool:
    """Whether it names a file."""
    return isinstance(value, (str, os.PathLike))


def _check_width(caller: str, label: Any, width: int | None) -> None:
    if width is not None and len(label) != width:
        raise MXNetValueError(f"{caller}: expected label_width={width} labels, found {len(label)}")
