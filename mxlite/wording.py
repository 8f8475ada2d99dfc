"""The words of errors and warnings: values as they are shown, the name that was perhaps meant, and
whose line a warning names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

_PACKAGE = os.path.dirname(__file__) + os.sep
_LONGEST = 200                      # characters of a value in an error

# what other libraries call things: their name -> names here, of which the first that fits counts
_ELSEWHERE = {
    "lr": ["learning_rate"], "weight_decay": ["wd"], "eps": ["epsilon"], "cuda": ["gpu"],
    "in_features": ["in_units"], "out_features": ["units"], "out_channels": ["channels"],
}


def shown(value: Any) -> str:
    """A value in the text of an error: its repr, or of an array its type and shape."""
    if getattr(value, "ndim", 0):
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def no_array(value: Any) -> str:
    """"ndarray; mx.nd.array(x) makes an NDArray of it": what came where an NDArray was wanted."""
    kind = type(value).__name__
    if hasattr(value, "__array__") or isinstance(value, (list, tuple, int, float)):
        return f"{kind}; mx.nd.array(x) makes an NDArray of it"
    return kind


def suggestion(name: str, known: Iterable[str]) -> str:
    """"; did you mean 'stride'?" where a known name is near, else an empty string. Names with an
    underscore in front are only near others of that kind."""
    import difflib  # rare, and its import is not free

    is_private = str(name).startswith("_")
    known = [word for word in known if is_private or not word.startswith("_")]
    near = [word for word in _ELSEWHERE.get(str(name), ()) if word in known]
    near += difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def listing(words: Sequence[Any]) -> str:
    """'a', 'b' or 'c'; of no words, "nothing"."""
    quoted = [repr(word) for word in words]
    if len(quoted) < 2:
        return "".join(quoted) or "nothing"
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def users_level() -> int:
    """The `stacklevel` of the first frame outside this package, for a warning of the caller."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    return level
