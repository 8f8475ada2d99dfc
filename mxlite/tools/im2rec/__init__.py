"""im2rec: lists of images, and RecordIO files made from them, with MXNet's options."""

from __future__ import annotations

from collections.abc import Sequence

from ..console import Console, run
from .listing import make_lists
from .options import Options, parse
from .pack import pack_lists

__all__ = ["Options", "main", "make_lists", "pack_lists", "parse"]


def main(arguments: Sequence[str] | None = None) -> int:
    """The tool `mxlite-im2rec`. Status 0: all done. 1: some images failed, and were left out of a
    whole .rec. 2: nothing could be done."""
    def body() -> int:
        options = parse(arguments)
        console = Console("im2rec", options.quiet)
        return (make_lists if options.list else pack_lists)(options, console)

    return run("im2rec", body)
