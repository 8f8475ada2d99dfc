"""A .rec and its .idx, renamed to their final names once they are complete."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..._dataio.errors import naming
from ..._dataio.recordio import Writer
from ...base import MXNetValueError
from ...whole_file import move_to, target_of
from ..console import remove
from .scan import index_beside


class Output:
    """Records go to `path` + ".part" until `close()`; `abandon()` removes them.

    sources: files that are read meanwhile; none of them may be `path`, nor its index.
    """

    def __init__(self, path: str, sources: Sequence[str] = ()) -> None:
        if index_beside(path) == path:
            raise MXNetValueError(f"the file to write must not end in .idx; got {path!r}")
        for source in sources:
            if os.path.exists(path) and os.path.samefile(path, source):
                raise MXNetValueError(f"the file to write must be another than the one that is "
                                      f"read; got {path!r} for both")
        self.path, self.index = target_of(path), target_of(index_beside(path))
        self.count = 0
        self.writer = Writer(f"{self.path}.part")
        self.lines = open(f"{self.index}.part", "w", encoding="utf-8",  # noqa: SIM115  close()
                          errors="surrogateescape", newline="\n")

    def add(self, key: str, record: bytes) -> None:
        """One record more."""
        with naming(f"{self.index}.part", "writing"):
            self.lines.write(f"{key}\t{self.writer.tell()}\n")
        self.writer.write(record)
        self.count += 1

    def close(self) -> None:
        """Both files are whole: give them their names; no old index beside a new file."""
        self.writer.close()
        with naming(f"{self.index}.part", "writing"):
            self.lines.close()
        remove(self.index)
        move_to(f"{self.path}.part", self.path)
        move_to(f"{self.index}.part", self.index)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self.writer.close()
        self.lines.close()
        remove(f"{self.path}.part", f"{self.index}.part")
