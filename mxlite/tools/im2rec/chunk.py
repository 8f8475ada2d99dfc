"""A chunk of a list becomes a piece of a RecordIO file. This runs in threads, in other processes
and on other machines; the concatenated pieces are the same file for any size of chunks."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..._dataio.recordio import Writer
from ...base import MXNetError
from .encode import record_of
from .lists import Entry
from .options import Recipe

MOST_ENTRIES = 64


class Task(NamedTuple):
    """Entries to pack. folder: where to leave the bytes; None returns them."""

    recipe: Recipe
    entries: list[Entry]
    folder: str | None = None


class Piece(NamedTuple):
    """A part of a RecordIO file.

    data: its bytes. file: the path that has them instead, or None. size: how many bytes.
    keys: (id, offset in the piece). problems: (line of the list, what is wrong).
    entries: how many lines were worked on.
    """

    data: bytes
    file: str | None
    size: int
    keys: list[tuple[int, int]]
    problems: list[tuple[int, str]]
    entries: int


class Parts(list[bytes]):
    """What is written, in parts: BytesIO copies all of it again and again as it grows."""

    def write(self, data: memoryview) -> int:
        """How many bytes there were: all."""
        self.append(bytes(data))
        return len(data)


def pack_chunk(task: Task) -> Piece:
    """The piece for a task. Images that cannot be packed become problems."""
    out = Parts()
    writer = Writer("chunk", out)
    keys, problems = [], []
    for entry in task.entries:
        offset = writer.tell()
        try:
            if entry.problem:
                raise MXNetError(entry.problem)
            writer.write(record_of(entry, task.recipe))
            keys.append((entry.id, offset))
        except (MXNetError, OSError, MemoryError, UserWarning) as error:   # where they raise
            problems.append((entry.line, reason(error, entry)))
    writer.flush()
    size, file = writer.tell(), None
    if task.folder is not None:
        file = os.path.join(task.folder, f"im2rec-{uuid.uuid4().hex}.piece")
        with open(file, "wb") as shared:
            shared.writelines(out)
    data = b"" if file else b"".join(out)
    return Piece(data, file, size, keys, problems, len(task.entries))


def reason(error: BaseException, entry: Entry) -> str:
    """What to say of an entry that failed."""
    if isinstance(error, OSError) and error.strerror and not isinstance(error, MXNetError):
        return f"{entry.path}: {error.strerror}"
    if isinstance(error, MemoryError):
        return f"{entry.path}: not enough memory"
    is_named = entry.problem or str(error).startswith(f"{entry.path}: ")
    return str(error) if is_named else f"{entry.path}: {error}"


def cut(entries: Iterable[Entry], recipe: Recipe, most_bytes: int,
        folder: str | None = None) -> Iterator[Task]:
    """Tasks of up to MOST_ENTRIES entries, whose files have up to about `most_bytes`."""
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += size_of(os.path.join(recipe.root, entry.path))
        if len(chunk) >= MOST_ENTRIES or size >= most_bytes:
            yield Task(recipe, chunk, folder)
            chunk, size = [], 0
    if chunk:
        yield Task(recipe, chunk, folder)


def size_of(path: str) -> int:
    """Bytes of a file; 0 if there is none."""
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0
