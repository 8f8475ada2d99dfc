"""The progress of packing a list, so that a killed run can be resumed.

Until <name>.lst is packed, there are <name>.rec.part and <name>.idx.part, which grow, and
<name>.rec.journal. Its first line (JSON) records the list and the options; each further line, the
progress:

    {"entries": lines done, "rec": bytes, "idx": bytes, "records": n, "problems": n}

and "finished": true once the files are complete. A resumed run truncates the parts to the last
line's sizes.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any

import mxlite

from ..._dataio.errors import naming
from ...whole_file import move_to, target_of
from ..console import remove
from .lists import digest
from .options import Recipe


@dataclass
class State:
    """How far a list is packed: lines, bytes of both parts, records, lines that failed."""

    entries: int = 0
    rec: int = 0
    idx: int = 0
    records: int = 0
    problems: int = 0
    finished: bool = False


@dataclass
class Journal:
    """The files of a list, and how far they are."""

    list: str
    rec: str = field(init=False)
    idx: str = field(init=False)
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        stem = os.path.splitext(self.list)[0]
        self.rec, self.idx = target_of(f"{stem}.rec"), target_of(f"{stem}.idx")

    @property
    def rec_part(self) -> str:
        """The .rec while it grows."""
        return f"{self.rec}.part"

    @property
    def idx_part(self) -> str:
        """The .idx while it grows."""
        return f"{self.idx}.part"

    @property
    def path(self) -> str:
        """The journal's own file."""
        return f"{self.rec}.journal"

    def take_up(self, recipe: Recipe) -> str:
        """Set `state` to an earlier run's progress, or start over. Returns "" if there was no
        earlier run, "resumed", or the reason why it cannot be resumed."""
        wanted = self._heading(recipe)
        try:
            with open(self.path, encoding="utf-8") as file:
                lines = file.read().split("\n")[:-1]      # a last line without an end is not whole
        except OSError:
            lines = []
        reason = self._reason(lines, wanted) if lines else ""
        if lines and not reason:
            return "resumed"
        remove(self.rec_part, self.idx_part, self.path)
        self.state = State()
        with open(self.path, "w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(wanted) + "\n")
        return reason

    def _reason(self, lines: Any, wanted: dict[str, Any]) -> str:
        """Why the journal's run cannot be taken up; "" if it can, with `state` set."""
        try:
            heading, *states = map(json.loads, lines)
            state = State(**states[-1]) if states else State()
            changed = [name for name in wanted if heading.get(name) != wanted[name]]
        except (ValueError, TypeError, AttributeError):
            return f"{self.path} cannot be read"
        if changed:
            return f"{' and '.join(changed)} changed since then"
        if state.finished and size(self.rec_part) is None and size(self.rec) == state.rec:
            self.state = state
            return ""
        if (size(self.rec_part) or 0) < state.rec or (
                (size(self.idx_part) or 0) < state.idx and size(self.idx) != state.idx):
            return f"{self.rec_part} is shorter than {self.path} says"
        self.state = state
        return ""

    def _heading(self, recipe: Recipe) -> dict[str, Any]:
        from PIL import __version__ as pillow

        return {"the list": digest(self.list), "options": recipe.as_dict(),
                "the version": f"mxlite {mxlite.__version__}, Pillow {pillow}"}

    def note(self) -> None:
        """Write down how far it is. The parts are on the disk by now."""
        with (naming(self.path, "writing"),
              open(self.path, "a", encoding="utf-8", newline="\n") as file):
            file.write(json.dumps(asdict(self.state)) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Rename the parts to their final names. If killed in between, the next run completes it;
        a .rec never has the .idx of another file beside it."""
        if not self.state.finished:
            self.state.finished = True
            self.note()
        if size(self.rec_part) is not None:
            remove(self.idx)
            move_to(self.rec_part, self.rec)
        if size(self.idx_part) is not None:
            move_to(self.idx_part, self.idx)


def size(path: str) -> int | None:
    """Bytes of a file; None if there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return None
