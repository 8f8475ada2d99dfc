"""Going through RecordIO files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..._dataio.errors import RecordError
from ..._dataio.lines import fields_of, lines_of, offset_of
from ..._dataio.recordio import Reader
from ...base import MXNetValueError
from ...recordio import IRHeader, unpack
from ..console import Console

Damage = Callable[[RecordError, int, int], None]


def scan(path: str, console: Console, on_damage: Damage | None = None
         ) -> Iterator[tuple[int, bytes]]:
    """(offset in bytes, record) for each record of a file, with a progress bar.

    on_damage(error, offset, bytes passed over) is called for each damaged place; without it, the
    RecordError is raised.
    """
    reader = Reader(path, None, on_damage is not None)
    total = os.path.getsize(path) if os.path.isfile(path) else None
    try:
        with console.progress(total, "B", scale=True) as bar:
            while True:
                before, skipped = reader.tell(), reader.skipped_bytes
                record = reader.read()
                passed = reader.skipped_bytes - skipped
                if passed and on_damage is not None:
                    on_damage(damage_at(path, before), before, passed)
                if record is None:
                    return
                yield before + passed, record
                bar.update(reader.tell() - before)
    finally:
        reader.close()


def damage_at(path: str, offset: int) -> RecordError:
    """What is wrong with the record at an offset."""
    reader = Reader(path)
    try:
        reader.seek(offset)
        reader.read()
    except RecordError as error:
        return error
    finally:
        reader.close()
    return RecordError(f"{path}: damaged record at byte {offset}", path, offset)


def header_of(record: bytes) -> tuple[IRHeader | None, bytes]:
    """(header, data); header is None where the record is too short for the one it would have."""
    try:
        return unpack(record)
    except MXNetValueError:
        return None, record


def labels_of(header: IRHeader) -> list[float]:
    """The labels, one or more."""
    return [float(label) for label in header.label] if header.flag else [header.label]


# ---------------------------------------------------------------- indexes

class Index(NamedTuple):
    """An .idx file. entries: (key as text, offset in bytes). problems: what is wrong in it."""

    path: str
    entries: list[tuple[str, int]]
    problems: list[str]


def index_beside(path: str) -> str:
    """The .idx that belongs to a .rec."""
    return os.path.splitext(path)[0] + ".idx"


def read_index(path: str) -> Index:
    """An index, with the lines that are none named as problems. Raises OSError."""
    entries: list[tuple[str, int]] = []
    problems = []
    for number, line in lines_of(path):
        try:
            entries.append((fields_of(line)[0], offset_of(path, number, line)))
        except MXNetValueError as error:
            problems.append(str(error))
    return Index(path, entries, problems)


def keys_by_offset(path: str, index: str | None = None) -> dict[int, str]:
    """offset -> key, from the index that is given or stands beside a .rec; empty without one."""
    index = index or index_beside(path)
    if not os.path.isfile(index):
        return {}
    parsed = read_index(index)
    if parsed.problems:
        raise MXNetValueError(parsed.problems[0])
    return {offset: key for key, offset in parsed.entries}


# ---------------------------------------------------------------- images

FORMATS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"BM", "bmp"),
           (b"GIF8", "gif"), (b"II*\0", "tif"), (b"MM\0*", "tif"))


def format_of(data: bytes) -> str:
    """The usual ending of a file with these bytes: "jpg", "png", ...; "bin" if unknown."""
    for start, name in FORMATS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "bin"
