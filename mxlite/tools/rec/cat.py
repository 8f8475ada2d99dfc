"""rec cat: a line for each record; the data itself, on request."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any

from ..._dataio.recordio import Reader
from ...base import MXNetKeyError, MXNetValueError
from ..console import DONE, Console, json_text, words
from .scan import format_of, header_of, index_beside, keys_by_offset, labels_of, read_index, scan

SUMMARY = "Print key, offset, id, labels and size of each record; extract the data."
Found = tuple[str, int, bytes]                 # key, offset in bytes, record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help="the .rec file")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--index", nargs="+", metavar="KEY", help="only these keys of the index; "
                       "without an index, these numbers")
    which.add_argument("--range", metavar="A:B", help="only the records from number A on, up to "
                       "but without B; each may be left out")
    parser.add_argument("--extract", metavar="FOLDER", help="write the data to files in this "
                        "folder, named by key")
    parser.add_argument("--json", action="store_true", help="a JSON object on each line")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print the records that are wanted."""
    if options.extract:
        os.makedirs(options.extract, exist_ok=True)
    if not options.json:
        print("key\toffset\tid\tlabels\tbytes\tformat")
    count = 0
    for key, offset, record in wanted(options, console):
        show(key, offset, record, options.json)
        if options.extract:
            extract(options.extract, key, record)
        count += 1
    sys.stdout.flush()
    console.note(words([(count, "record")]))
    return DONE


def wanted(options: argparse.Namespace, console: Console) -> Iterator[Found]:
    """The records that the options name."""
    if options.index:
        yield from by_key(options.file, options.index, console)
        return
    begin, end = range_of(options.range) if options.range else (0, None)
    keys = keys_by_offset(options.file)
    for number, (offset, record) in enumerate(scan(options.file, console)):
        if end is not None and number >= end:
            return
        if number >= begin:
            yield keys.get(offset, str(number)), offset, record


def by_key(path: str, keys: list[str], console: Console) -> Iterator[Found]:
    """Records by their keys. Raises MXNetKeyError for an unknown one."""
    index = index_beside(path)
    if os.path.isfile(index):
        offsets = dict(read_index(index).entries)
    else:
        offsets = {str(number): offset for number, (offset, _) in enumerate(scan(path, console))}
    reader = Reader(path)
    try:
        for key in keys:
            if key not in offsets:
                raise MXNetKeyError(f"{path}: --index: no record with the key {key!r}; it has "
                                    f"{words([(len(offsets), 'key')])}")
            yield key, offsets[key], reader.read_at(offsets[key])
    finally:
        reader.close()


def range_of(text: str) -> tuple[int, int | None]:
    """(A, B) of "A:B"; B is None where it is left out. Raises MXNetValueError."""
    begin, colon, end = text.partition(":")
    try:
        if not colon:
            raise ValueError
        bounds = int(begin or 0), int(end) if end else None
        if bounds[0] < 0 or (bounds[1] is not None and bounds[1] < bounds[0]):
            raise ValueError
        return bounds
    except ValueError:
        raise MXNetValueError(f"--range must be A:B with 0 <= A <= B; got {text!r}") from None


def show(key: str, offset: int, record: bytes, as_json: bool) -> None:
    """Print a line."""
    header, data = header_of(record)
    values: dict[str, Any] = {"key": key, "offset": offset, "id": None, "labels": None,
                              "bytes": len(data), "format": format_of(data)}
    if header is not None:
        values |= {"id": header.id, "labels": labels_of(header)}
    if as_json:
        print(json_text(values))
        return
    labels = " ".join(f"{label:.9g}" for label in values["labels"] or ())
    print("\t".join(str(value) for value in ({**values, "labels": labels}).values()))


def extract(folder: str, key: str, record: bytes) -> None:
    """Write the data of a record to a file."""
    _, data = header_of(record)
    name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in key)
    with open(os.path.join(folder, f"{name}.{format_of(data)}"), "wb") as file:
        file.write(data)
