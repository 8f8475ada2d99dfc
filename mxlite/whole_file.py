"""Files to read, and files that appear whole or not at all, under the name and with the mode that
the user wants.

A symbolic link stays one, and its target is written. Pipes and devices are written directly.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .base import MXNetError, MXNetValueError, file_error


def is_special(path: str) -> bool:
    """Whether there is something at `path` that is no plain file: a pipe, a device, a folder, or
    what the process has open already (/dev/stdout)."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return True
    except OSError:
        return False
    while os.path.islink(path):
        if path.startswith("/proc/"):
            return True
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    return False


def target_of(path: str) -> str:
    """The plain file that is written for `path`: the target of a symbolic link.

    Raises MXNetValueError for a pipe, a device or a folder.
    """
    if is_special(path):
        raise MXNetValueError(f"{path!r} must be a plain file, or none yet; there is a pipe, a "
                              "device or a folder")
    return os.path.realpath(path) if os.path.islink(path) else path


def move_to(part: str, target: str) -> None:
    """Give a file that is whole its name; the mode of the file that has it now is kept."""
    with suppress(FileNotFoundError):
        old = os.stat(target)
        os.chmod(part, stat.S_IMODE(old.st_mode))
        if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(OSError):
                os.chown(part, old.st_uid, old.st_gid)
    os.replace(part, target)


def reading(path: Any, **text: Any) -> Any:
    """A file to read, "rb", or with encoding= and kin "r". Raises MXNetFileError."""
    path = os.fsdecode(path)            # no number: open() would take it for a file that is open
    try:
        return open(path, "r" if text else "rb", **text)
    except OSError as error:
        raise file_error(error, path) from None


@contextmanager
def replacing(path: Any, mode: str = "wb", sync: bool = False) -> Iterator[Any]:
    """A file to write, "w" (UTF-8, lines that end in \\n) or "wb"; it gets its name at the end.

    After an exception nothing has changed. sync: the file is on the disk before it gets its name.
    Raises MXNetFileError, which names `path`.
    """
    path = os.fsdecode(path)
    text: dict[str, Any] = {} if "b" in mode else {
        "encoding": "utf-8", "errors": "surrogateescape", "newline": "\n"}
    try:
        if is_special(path):
            with open(path, mode, **text) as file:
                yield file
            return
        target = target_of(path)
        if os.path.exists(target) and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied", path)
        part = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with open(handle, mode, **text) as file:
                yield file
                file.flush()
                if sync:
                    os.fsync(handle)
            move_to(part, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(part)
            raise
    except OSError as error:
        if error.errno is None or isinstance(error, MXNetError) or not (
                error.filename in (None, path) or str(error.filename).endswith(".part")):
            raise               # of the caller
        raise file_error(error, path) from None
