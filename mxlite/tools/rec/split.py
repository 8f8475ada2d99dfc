"""rec split: one file becomes several."""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator

from ..._dataio.recordio import Reader
from ...base import MXNetValueError
from ..console import DONE, Console, at_least, words
from .output import Output
from .scan import header_of, keys_by_offset, labels_of, scan

SUMMARY = "Cut a file into several, by number, size, ratio or label; keys stay as they are."
Part = tuple[str, list[int]]                   # name behind the prefix, offsets in bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("file", metavar="FILE", help="the .rec file")
    parser.add_argument("--prefix", help="the files are <prefix>_<part>.rec; FILE without its "
                        "ending, if not given")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--parts", type=at_least(1), metavar="N", help="into N files of equal length")
    how.add_argument("--count", type=at_least(1), metavar="N", help="into files of N records")
    how.add_argument("--ratio", type=float, nargs="+", metavar="R",
                     help="into files with these parts of all records; what is left is one more")
    how.add_argument("--by-label", action="store_true", help="a file for each (first) label")
    parser.add_argument("--seed", type=int, help="shuffle the records first, always alike for a "
                        "seed; without it they stay in order")


def execute(options: argparse.Namespace, console: Console) -> int:
    """Write the files."""
    check_ratio(options.ratio or [])
    prefix = options.prefix or os.path.splitext(options.file)[0]
    labels = {offset: label_of(options.file, offset, record) if options.by_label else 0.0
              for offset, record in scan(options.file, console)}
    offsets = list(labels)
    if options.seed is not None:
        random.Random(options.seed).shuffle(offsets)
    keys = keys_by_offset(options.file)
    numbers = {offset: str(number) for number, offset in enumerate(labels)}
    for name, part in cut(offsets, labels, options):
        write(options.file, f"{prefix}_{name}.rec", part, keys or numbers)
        console.note(f"{prefix}_{name}.rec: {words([(len(part), 'record')])}")
    return DONE


def check_ratio(ratios: list[float]) -> None:
    """Raise MXNetValueError for ratios that are no parts of a whole."""
    if any(not 0 < ratio <= 1 for ratio in ratios) or sum(ratios) > 1 + 1e-9:
        raise MXNetValueError("--ratio must be numbers above 0, together at most 1; got "
                              f"{' '.join(map(str, ratios))}")


def label_of(path: str, offset: int, record: bytes) -> float:
    """The first label of a record."""
    header, _ = header_of(record)
    labels = [] if header is None else labels_of(header)
    if not labels:
        raise MXNetValueError(f"{path}: --by-label: the record at byte {offset} has no label")
    return labels[0]


def cut(offsets: list[int], labels: dict[int, float], options: argparse.Namespace
        ) -> Iterator[Part]:
    """The parts, as the options say."""
    total = len(offsets)
    if options.by_label:
        by_label: dict[float, list[int]] = {}
        for offset in offsets:
            by_label.setdefault(labels[offset], []).append(offset)
        yield from ((f"{label:g}", by_label[label]) for label in sorted(by_label))
        return
    if options.count:
        ends = [*range(options.count, total, options.count), total]
    elif options.parts:
        ends = [total * (part + 1) // options.parts for part in range(options.parts)]
    else:
        ends = [round(total * sum(options.ratio[:part + 1])) for part in range(len(options.ratio))]
        if ends[-1] < total:
            ends.append(total)
    for part, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
        yield str(part), offsets[begin:end]


def write(source: str, path: str, offsets: list[int], keys: dict[int, str]) -> None:
    """One of the files."""
    output = Output(path, [source])
    reader = Reader(source)
    try:
        for offset in offsets:
            if offset not in keys:
                raise MXNetValueError(f"{source}: its index has no key for the record at byte "
                                      f"{offset}; rec2idx makes a new index")
            output.add(keys[offset], reader.read_at(offset))
        output.close()
    except BaseException:
        output.abandon()
        raise
    finally:
        reader.close()
