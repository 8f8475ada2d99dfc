"""rec2idx: the index of a RecordIO file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from ..base import MXNetError, MXNetValueError
from ..recordio import unpack
from ..whole_file import replacing
from .console import DONE, Console, parser_of, run, words
from .rec.scan import scan


def build_parser() -> argparse.ArgumentParser:
    """MXNet's two arguments, of which the second may be left out."""
    parser = parser_of("rec2idx", "Makes the index of a RecordIO file.")
    parser.add_argument("record", help="the .rec file")
    parser.add_argument("index", nargs="?", help="the .idx file to write; beside the record if not "
                        "given")
    parser.add_argument("--key", choices=["number", "id"], default="number",
                        help="keys: numbers from 0 on, as MXNet's tool gives, or the ids in the "
                        "headers, as im2rec gives")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-rec2idx`."""
    def body() -> int:
        options = build_parser().parse_args(arguments)
        console = Console("rec2idx", options.quiet)
        index = options.index or os.path.splitext(options.record)[0] + ".idx"
        if os.path.abspath(index) == os.path.abspath(options.record):
            raise MXNetValueError(f"index must be another file than record; got {index!r} twice")
        count = 0
        with replacing(index, "w", sync=True) as file:
            for line in lines(options.record, options.key, console):
                file.write(line)
                count += 1
        console.note(f"{index}: {words([(count, 'record')])}")
        return DONE

    return run("rec2idx", body)


def lines(path: str, key: str, console: Console) -> Iterator[str]:
    """The lines of the index. Raises RecordError for damage, MXNetError for a missing header."""
    for number, (offset, record) in enumerate(scan(path, console)):
        if key == "id":
            try:
                number = unpack(record)[0].id
            except MXNetValueError as error:
                raise MXNetError(f"{path}: the record at byte {offset} has no id: {error}"
                                 ) from None
        yield f"{number}\t{offset}\n"


if __name__ == "__main__":
    sys.exit(main())
