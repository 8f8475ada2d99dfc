"""Other shapes of arrays, some of whose lengths are open: as codes of Reshape, or like others."""

from __future__ import annotations

from collections.abc import Sequence

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..values import Length, fixed


def reshaped(call: Call, data: Symbol, before: Sequence[Length], after: Sequence[Length]) -> Symbol:
    """data, whose lengths are `before`, with the lengths `after`; raises where this takes more than
    the lengths that are known."""
    before, after = before or [_one(call)], after or [_one(call)]
    codes = _codes(before, after)
    if codes is not None:
        return sym.reshape(data, shape=codes)
    lead = _alike(before, after)
    tail = _alike(before[lead:][::-1], after[lead:][::-1])
    old, new = before[lead:len(before) - tail], after[lead:len(after) - tail]
    if not old and all(fixed(length) == 1 for length in new):
        for _ in new:
            data = sym.expand_dims(data, axis=lead)
        return data
    if not new and all(fixed(length) == 1 for length in old):
        return sym.squeeze(data, axis=tuple(range(lead, lead + len(old))))
    middle = _special(old, new)
    if middle is not None:
        return sym.reshape(data, shape=(*(0,) * lead, *middle, *(0,) * tail))
    found = _with_axes(call, new)
    if found is not None:
        like, start = found
        return sym.reshape_like(data, like, lhs_begin=lead, lhs_end=len(before) - tail,
                                rhs_begin=start, rhs_end=start + len(new))
    axes = [axis for axis, length in enumerate(after) if fixed(length) is None]
    raise call.open_length(f"axes {axes} of its output cannot be told apart, as more than one")


def expanded(call: Call, data: Symbol, before: Sequence[Length], after: Sequence[Length]) -> Symbol:
    """data repeated along axes of length 1, with new axes before the others."""
    before, after = list(before) or [_one(call)], list(after) or [_one(call)]
    new = max(len(after) - len(before), 0)
    for _ in range(new):
        data = sym.expand_dims(data, axis=0)
    before = [_one(call)] * new + before
    # an input that is longer than what is asked for stays as it is
    wanted = [axis for axis, (old, to) in enumerate(zip(before, after, strict=True)) if old != to]
    known = [axis for axis in wanted if fixed(after[axis]) is not None]
    if known:
        data = sym.broadcast_axis(data, axis=tuple(known),
                                  size=tuple(fixed(after[axis]) for axis in known))
    for axis in wanted:
        if axis in known:
            continue
        found = call.importer.axis_like(after[axis])
        if found is None:
            raise call.open_length(f"axis {axis} of its output has a length that")
        data = sym.broadcast_like(data, found[0], lhs_axes=(axis,), rhs_axes=(found[1],))
    return data


def _codes(before: Sequence[Length], after: Sequence[Length]) -> tuple[int, ...] | None:
    """The lengths as numbers, 0 (as before) and at most one -1 (the rest)."""
    codes = []
    for axis, length in enumerate(after):
        number = fixed(length)
        if number is not None:
            codes.append(number)
        else:
            codes.append(0 if axis < len(before) and before[axis] == length else -1)
    return tuple(codes) if codes.count(-1) < 2 else None


def _special(old: Sequence[Length], new: Sequence[Length]) -> tuple[int, ...] | None:
    """Codes for one axis that becomes two, and for two that become one."""
    if len(old) == 2 and len(new) == 1:
        return (-3,)
    if len(old) == 1 and len(new) == 2:
        parts = [fixed(length) for length in new]
        if parts != [None, None]:
            return (-4, *(-1 if part is None else part for part in parts))
    return None


def _with_axes(call: Call, lengths: Sequence[Length]) -> tuple[Symbol, int] | None:
    """A tensor that has axes of these lengths one after the other, and the first of them."""
    for value in list(call.importer.values.values()):
        every = value.lengths
        if every is None or value.symbol is None or not lengths:
            continue
        for start in range(len(every) - len(lengths) + 1):
            if every[start:start + len(lengths)] == list(lengths):
                return value.symbol, start
    return None


def _alike(first: Sequence[Length], second: Sequence[Length]) -> int:
    """How many of the first lengths are the same."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _one(call: Call) -> Length:
    return (1,) * call.importer.samples.count
