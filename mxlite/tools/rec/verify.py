"""rec verify: checks the records of a file, its index, and that its images can be decoded."""

from __future__ import annotations

import argparse
import os
import warnings
from collections import Counter

from ..._dataio.errors import RecordError
from ...base import MXNetError, MXNetValueError
from ..console import DONE, SOME_FAILED, Console, words
from .output import Output
from .scan import Index, header_of, index_beside, keys_by_offset, read_index, scan

SUMMARY = "Check files, and say where they are damaged and what was expected there."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="the .rec files")
    parser.add_argument("--index", help="the .idx file; the one beside the .rec, if there is one")
    parser.add_argument("--images", action="store_true", help="decode all images, too")
    parser.add_argument("--fix", metavar="COPY", help="write the records that are whole to this "
                        ".rec, with an index")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Status 1 if any file is not whole."""
    if len(options.files) > 1 and (options.index or options.fix):
        raise MXNetValueError("--index and --fix go with one file; got "
                              f"{len(options.files)} files")
    results = [verify(path, options, console) for path in options.files]
    return DONE if all(results) else SOME_FAILED


def verify(path: str, options: argparse.Namespace, console: Console) -> bool:
    """Whether a file is whole; problems are said as they are met."""
    before = console.problems
    passed_over = 0

    def on_damage(error: RecordError, offset: int, passed: int) -> None:
        nonlocal passed_over
        passed_over += passed
        console.problem(f"{error}; {passed:,} bytes are lost")

    output = None
    if options.fix:
        keys = keys_by_offset(path, options.index)
        output = Output(options.fix, [path])
    starts = set()
    try:
        for offset, record in scan(path, console, on_damage):
            starts.add(offset)
            if options.images:
                check_image(path, offset, record, console)
            if output is not None:
                output.add(keys.get(offset, str(len(starts) - 1)), record)
        if output is not None:
            output.close()
    except BaseException:
        if output is not None:
            output.abandon()
        raise
    index = options.index or index_beside(path)
    if options.index or os.path.isfile(index):
        check_index(read_index(index), starts, path, console)
    is_whole = console.problems == before
    state = "no damage" if is_whole else words([(console.problems - before, "problem")])
    lost = f", {passed_over:,} bytes passed over" if passed_over else ""
    console.note(f"{path}: {state}, {words([(len(starts), 'record')])}{lost}")
    if output is not None:
        console.note(f"{options.fix}: {words([(len(starts), 'record')])}")
    return is_whole


def check_image(path: str, offset: int, record: bytes, console: Console) -> None:
    """Say what is wrong with an image."""
    from ..._dataio.codec import decode

    place = f"{path}: record at byte {offset}"
    header, data = header_of(record)
    if header is None:
        console.problem(f"{place}: expected a header and labels, found {len(record)} bytes")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")             # of images with missing bytes
        try:
            decode(data, -1, caller=place)
        except (MXNetError, UserWarning) as error:
            console.problem(str(error))


def check_index(index: Index, starts: set[int], path: str, console: Console) -> None:
    """Say where an index does not fit its file."""
    for problem in index.problems:
        console.problem(problem)
    for key, offset in index.entries:
        if offset not in starts:
            console.problem(f"{index.path}: key {key}: expected the start of a record of {path}, "
                            f"found offset {offset}")
    for key, count in Counter(key for key, _ in index.entries).items():
        if count > 1:
            console.problem(f"{index.path}: key {key}: expected one line, found {count}")
    missing = starts - {offset for _, offset in index.entries}
    if missing:
        console.problem(f"{index.path}: expected all records of {path}, found none of "
                        f"{words([(len(missing), 'record')])}, the first at byte {min(missing)}")
