"""Labels of ImageDetRecordIter: those of a list, and the largest number per image."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._dataio.detection import most_labels
from .._dataio.lines import fields_of, lines_of_all
from ..base import MXNetValueError


def find_labels(caller: str, paths: list[str], offsets: Any, lists: list[str],
                label_pad_width: int) -> tuple[Any, int]:
    """(the labels of the lists, or None without lists; label_pad_width, or if that is below 1 the
    largest number of labels of an image)."""
    if lists:
        listed = read_box_list(lists)
        widths = np.diff(listed[2])
        widest = int(widths.max())
        owner = f"id {listed[0][widths.argmax()]} in {';'.join(lists)}"
    else:
        listed = None
        widest, record = most_labels(paths, offsets)
        owner = f"record {record} of {';'.join(paths)}"
    if 0 < label_pad_width < widest:
        raise MXNetValueError(f"{caller}: label_pad_width must be at least {widest}, the labels of "
                              f"{owner}; got {label_pad_width}")
    return listed, max(label_pad_width, widest)


def read_box_list(paths: list[str]) -> tuple[Any, Any, Any]:
    """(ids uint64 (n,) ascending, labels float32 (1, total), starts int64 (n + 1,)) of lists.

    Their lines are `id<TAB>label<TAB>...<TAB>path`, or have spaces for tabs, with any number of
    labels; those of the image ids[i] are labels[0, starts[i]:starts[i + 1]].
    """
    labels_of = {}
    for path, number, line in lines_of_all(paths):
        fields = fields_of(line) if "\t" in line else line.split()
        try:
            key, labels = int(fields[0]), np.array(fields[1:-1], np.float32)
            if not len(labels) or not 0 <= key < 1 << 64:
                raise ValueError
        except ValueError:
            raise MXNetValueError(f"{path}: line {number}: expected an id, labels and a path, with "
                                  f"tabs between them, found {line!r}") from None
        if key in labels_of:
            raise MXNetValueError(f"{path}: expected each id once, found {key} twice")
        labels_of[key] = labels
    if not labels_of:
        raise MXNetValueError(f"{';'.join(paths)}: expected lines of an id, labels and a path, "
                              "found none")
    ids = sorted(labels_of)
    starts = np.cumsum([0, *(len(labels_of[key]) for key in ids)], dtype=np.int64)
    return np.array(ids, np.uint64), np.concatenate([labels_of[key] for key in ids])[None], starts
