"""Packing lists: pieces from an executor are put together, in the order of the list."""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from ..._dataio.errors import naming
from ..._dataio.lines import fields_of, lines_of, repeated
from ...base import MXNetError
from ..console import DONE, SOME_FAILED, Console, remove, words
from .chunk import Piece, cut, pack_chunk
from .executors import Executor, make_executor
from .journal import Journal
from .lists import Entry, lists_of, read_list
from .options import Options

SECONDS = 5.0                                  # between two notes of how far the packing is


def pack_lists(options: Options, console: Console) -> int:
    """Pack all lists of a prefix; the exit status. Raises MXNetError for a list of which nothing
    can be packed."""
    journals = [Journal(path) for path in lists_of(options)]
    if options.restart:
        remove(*(journal.path for journal in journals))
    executor = make_executor(options)
    try:
        failed = sum(pack_list(journal, options, executor, console) for journal in journals)
    finally:
        executor.close()
    # Only now: a run that is killed in its second list shall not pack the first one again.
    remove(*(journal.path for journal in journals))
    return SOME_FAILED if failed else DONE


def pack_list(journal: Journal, options: Options, executor: Executor, console: Console) -> int:
    """Pack one list into its .rec and .idx; how many of its lines failed."""
    with locked(journal.list):
        return pack_locked(journal, options, executor, console)


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Only one run packs a list at a time. Raises MXNetError for the second one."""
    try:
        import fcntl
    except ImportError:                        # not on this system
        yield
        return
    with open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MXNetError(f"{path}: another run is packing this list") from None
        except OSError:
            pass                               # a file system without locks
        yield


def pack_locked(journal: Journal, options: Options, executor: Executor, console: Console) -> int:
    """pack_list, when no other run does."""
    reason = journal.take_up(options.recipe)
    state = journal.state
    if reason and reason != "resumed":
        console.note(f"{journal.rec}: an earlier run was cut short, but {reason}: starting anew")
    elif reason and not state.finished:
        console.note(f"{journal.rec}: an earlier run was cut short: going on behind "
                     f"{words([(state.entries, 'line')])}")
    if not state.finished:
        append(journal, options, executor, console)
        if state.entries and not state.records:
            remove(journal.rec_part, journal.idx_part, journal.path)
            raise MXNetError(f"{journal.list}: none of its {words([(state.entries, 'line')])} could"
                             f" be packed (root is {options.root!r})")
    journal.finish()
    left_out = f", {words([(state.problems, 'line')])} left out" if state.problems else ""
    console.note(f"{journal.rec}: {words([(state.records, 'record')])}{left_out}")
    return state.problems


def append(journal: Journal, options: Options, executor: Executor, console: Console) -> None:
    """Pack the lines behind those that are done."""
    state = journal.state
    total = sum(1 for _ in lines_of(journal.list))
    warn_of_repeats(journal.list, console)
    entries: Iterator[Entry] = itertools.islice(read_list(journal.list), state.entries, None)
    tasks = cut(entries, options.recipe, executor.task_bytes, options.shared_folder)
    bar = console.progress(total, "image", done=state.entries)
    with open_part(journal.rec_part, state.rec) as rec, \
            open_part(journal.idx_part, state.idx) as idx, \
            closing(executor.map(pack_chunk, tasks)) as pieces, bar:
        noted = time.monotonic()
        for piece in pieces:
            with naming(journal.idx_part, "writing"):
                add_index(idx, piece, state.rec)
            with naming(journal.rec_part, "writing"):
                add_data(rec, piece)
            for line, problem in piece.problems:
                console.problem(f"{journal.list}: line {line}: {problem}")
            state.entries += piece.entries
            state.records += len(piece.keys)
            state.problems += len(piece.problems)
            state.rec += piece.size
            state.idx = idx.tell()
            bar.update(piece.entries)
            if time.monotonic() - noted > SECONDS:
                to_disk(rec, idx)
                journal.note()
                noted = time.monotonic()
        to_disk(rec, idx)
    journal.note()


def warn_of_repeats(path: str, console: Console) -> None:
    """Say if an id is there twice: a reader by key finds only the last of its records."""
    count, first = repeated(fields_of(line)[0] for _, line in lines_of(path))
    if count:
        console.warning(f"{path}: expected each id once, found {count} that repeat, {first} among "
                        "them: readers by key give the last record of an id")


def open_part(path: str, size: int) -> Any:
    """A file to go on with behind its first `size` bytes."""
    file = open(path, "r+b" if os.path.exists(path) else "w+b")  # noqa: SIM115
    file.truncate(size)
    file.seek(size)
    return file


def add_index(idx: Any, piece: Piece, start: int) -> None:
    """Lines of id and offset in bytes, for records that begin at `start`."""
    idx.write(b"".join(b"%d\t%d\n" % (id, start + offset) for id, offset in piece.keys))


def add_data(rec: Any, piece: Piece) -> None:
    """The bytes of the records. Raises MXNetError if a piece got lost on its way."""
    if piece.file is None:
        rec.write(piece.data)
        return
    before = rec.tell()
    try:
        with open(piece.file, "rb") as file:
            shutil.copyfileobj(file, rec, 1 << 20)
    except FileNotFoundError:
        raise MXNetError(f"--shared-folder: {piece.file}, which a worker has written, is not seen "
                         "here") from None
    if rec.tell() - before != piece.size:
        raise MXNetError(f"--shared-folder: {piece.file} must have {piece.size} bytes; found "
                         f"{rec.tell() - before}")
    remove(piece.file)


def to_disk(*files: Any) -> None:
    """What was written is on the disk after this, even if the power fails."""
    for file in files:
        with naming(file.name, "writing"):
            file.flush()
            os.fsync(file.fileno())
