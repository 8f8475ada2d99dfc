"""rec merge: several files become one."""

from __future__ import annotations

import argparse
import struct

from ...base import MXNetValueError
from ..console import DONE, Console, words
from .output import Output
from .scan import keys_by_offset, scan

SUMMARY = "Join files to one, with an index; records get the ids and keys 0, 1, 2 and so on."
ID = struct.Struct("<Q")
ID_AT, HEADER = 8, 24                          # bytes, in the header


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("output", metavar="OUTPUT", help="the .rec file to write")
    parser.add_argument("files", nargs="+", metavar="FILE", help="the .rec files to join, in order")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--raw", action="store_true", help="records have no header with an id: leave "
                     "them as they are, and number the keys only")
    how.add_argument("--keep-ids", action="store_true", help="leave ids and keys as they are; a "
                     "key that comes twice is an error")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Write the file."""
    output = Output(options.output, options.files)
    try:
        seen: set[str] = set()
        for path in options.files:
            keys = keys_by_offset(path) if options.keep_ids else {}
            for number, (offset, record) in enumerate(scan(path, console)):
                if options.keep_ids:
                    add_kept(output, keys.get(offset, str(number)), record, seen, path)
                else:
                    changed = record if options.raw else renumbered(record, output.count, path,
                                                                    offset)
                    output.add(str(output.count), changed)
        output.close()
    except BaseException:
        output.abandon()
        raise
    console.note(f"{options.output}: {words([(output.count, 'record')])}")
    return DONE


def add_kept(output: Output, key: str, record: bytes, seen: set[str], path: str) -> None:
    """Add a record with its own key. Raises MXNetValueError if another has that."""
    if key in seen:
        raise MXNetValueError(f"{path}: --keep-ids: the key {key!r} comes a second time")
    seen.add(key)
    output.add(key, record)


def renumbered(record: bytes, id: int, path: str, offset: int) -> bytes:
    """The record with another id in its header."""
    if len(record) < HEADER:
        raise MXNetValueError(f"{path}: the record at byte {offset} has {len(record)} bytes, too "
                              "few for a header with an id; --raw leaves records as they are")
    return b"".join((record[:ID_AT], ID.pack(id), record[ID_AT + ID.size:]))
