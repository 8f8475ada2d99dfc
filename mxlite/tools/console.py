"""What the tools share: messages, progress bars, exit statuses, whole files or none."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ..base import MXNetError

DONE, SOME_FAILED, FAILED = 0, 1, 2            # exit statuses; argparse takes 2 as well
INTERRUPTED = 130                              # as shells have it for Ctrl-C


class Console:
    """Where a tool speaks: problems and progress on stderr, what was asked for on stdout.

    quiet: neither notes nor a progress bar; problems are said all the same.
    """

    def __init__(self, tool: str, quiet: bool = False) -> None:
        self.tool, self.quiet = tool, quiet
        self.problems = 0

    def note(self, text: str) -> None:
        """Something good to know."""
        if not self.quiet:
            self._print(text)

    def problem(self, text: str) -> None:
        """Something that went wrong, and is passed over; counted in `problems`."""
        self.problems += 1
        self._print(text)

    def warning(self, text: str) -> None:
        """Something that may be a mistake of the user; said even if quiet, and not counted."""
        self._print(text)

    def _print(self, text: str) -> None:
        from tqdm import tqdm

        line = f"{self.tool}: {text}"
        # names of files need not be text; a terminal need not know all letters
        line = line.encode("utf-8", "backslashreplace").decode()
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        tqdm.write(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)

    def progress(self, total: int | None, unit: str, done: int = 0, scale: bool = False) -> Any:
        """A tqdm bar, which shows nothing where stderr is no terminal."""
        from tqdm import tqdm

        is_seen = not self.quiet and sys.stderr is not None and sys.stderr.isatty()
        return tqdm(total=total, initial=done, unit=unit, unit_scale=scale, disable=not is_seen,
                    desc=self.tool)


def run(tool: str, body: Callable[[], int]) -> int:
    """The exit status of `body()`; errors that are meant for the user become one line."""
    try:
        return body()
    except BrokenPipeError:                    # `| head` has enough
        with suppress(OSError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())     # for what the exit flushes
        return DONE
    except (MXNetError, OSError) as error:
        Console(tool).problem(f"error: {error}")
        return FAILED
    except KeyboardInterrupt:
        Console(tool).problem("interrupted")
        return INTERRUPTED


def parser_of(tool: str, description: str, **options: Any) -> argparse.ArgumentParser:
    """A parser that shows defaults, and has --quiet."""
    parser = argparse.ArgumentParser(
        prog=tool, description=description, **options,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no notes")
    return parser


def at_least(low: int) -> Callable[[str], int]:
    """A type for argparse: whole numbers from `low` on."""
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f"must be a whole number >= {low}; got {text!r}")
        return value
    return parse


def json_text(value: Any, indent: int | None = None) -> str:
    """The value as JSON, which has no NaN and no infinity: they are null."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def remove(*paths: str) -> None:
    """Remove the files that are there."""
    for path in paths:
        with suppress(FileNotFoundError):
            os.remove(path)


def words(numbers: Sequence[tuple[int, str]]) -> str:
    """"1 image, 2 folders"."""
    return ", ".join(f"{count:,} {name}" + ("" if count == 1 else "s") for count, name in numbers)
