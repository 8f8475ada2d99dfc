"""Indexing by integers, slices, None and `...` as an operator, for graphs."""

from __future__ import annotations

from typing import Any

from ...base import MXNetIndexError, MXNetTypeError
from ..schema import register, required
from .base import NumpyOp, exact


@register("_npi_basic_index", inputs="a")
class BasicIndex(NumpyOp):
    """a[key] with a key of integers, slices, None and ..., by NumPy's rules."""

    key: str = required('the key: "0,1:3,...,None"')

    def parts(self) -> list[Any]:
        parts: list[Any] = []
        for text in self.key.split(",") if self.key else []:
            if text in ("...", "None"):
                parts.append(Ellipsis if text == "..." else None)
            elif ":" in text:
                parts.append(slice(*[int(item) if item else None for item in text.split(":")]))
            else:
                parts.append(int(text))
        return parts

    def steps(self, F, a):
        parts = self.parts()
        used = sum(part is not None and part is not Ellipsis for part in parts)
        if used > a.ndim or parts.count(Ellipsis) > 1:
            raise MXNetIndexError(f"index [{self.key}] does not fit an array of shape {a.shape}")
        at = parts.index(Ellipsis) if Ellipsis in parts else len(parts)
        parts[at:at + 1] = [slice(None)] * (a.ndim - used)
        ranges, shape = [], []
        lengths = iter(a.shape)
        for part in parts:
            if part is None:
                shape.append(1)
                continue
            n = next(lengths)
            if isinstance(part, int):
                if not -n <= part < n:
                    raise MXNetIndexError(f"index {part} is out of bounds for an axis of length "
                                          f"{n} of an array of shape {a.shape}")
                ranges.append(range(part % n, part % n + 1))
            else:
                ranges.append(range(*part.indices(n)))
                shape.append(len(ranges[-1]))
        if 0 in shape:
            return F._zeros(shape=tuple(shape), dtype=a.dtype)
        if any(taken != range(n) for taken, n in zip(ranges, a.shape, strict=True)):
            a = F.slice(a, begin=tuple([taken.start for taken in ranges]),
                        end=tuple([None if taken.stop < 0 else taken.stop for taken in ranges]),
                        step=tuple([taken.step for taken in ranges]))
        return exact(F, a, shape)


def key_text(key: Any) -> str:
    """A key of integers, slices, None and ... as the operator takes it: "0,1:3,...,None"."""
    texts = []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, slice):
            bounds = [part.start, part.stop] + ([] if part.step is None else [part.step])
            texts.append(":".join(["" if item is None else str(int(item)) for item in bounds]))
        elif part is Ellipsis:
            texts.append("...")
        elif part is None or (isinstance(part, int) and not isinstance(part, bool)):
            texts.append(str(part))
        else:
            raise MXNetTypeError("in a graph, an index of an array of mx.np is made of integers, "
                                f"slices, None and ..., or is an array of indices; got {part!r}")
    return ",".join(texts)
