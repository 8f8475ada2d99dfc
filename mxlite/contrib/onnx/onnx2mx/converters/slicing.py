"""Parts of arrays: Slice and Split."""

from __future__ import annotations

from typing import Any

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from ..values import Length, fixed

_FAR = 2 ** 31 - 1              # what stands for the end of an axis, and all beyond


@converts("Slice")
def _slice(call: Call) -> Symbol:
    data = call.sym()
    if call.opset < 10:
        starts, ends = ([_same(call, end) for end in call.attr(name)]
                        for name in ("starts", "ends"))
        axes, steps = call.attr("axes"), None
    else:
        starts, ends = (_ends(call, i) for i in (1, 2))
        axes = call.ints(3, "axes") if call.has(3) else None
        steps = call.ints(4, "steps") if call.has(4) else None
    axes = [call.axis(axis) for axis in (axes if axes is not None else range(len(starts)))]
    rank = call.rank()
    begin: list[int | None] = [None] * rank
    end: list[int | None] = [None] * rank
    step: list[int | None] = [None] * rank
    for i, axis in enumerate(axes):
        step[axis] = 1 if steps is None else steps[i]
        length = call.lengths()[axis]
        begin[axis] = _place(call, starts[i], length, step[axis] or 1, True)
        stop = _place(call, ends[i], length, step[axis] or 1, False)
        if stop == "open":
            cut = _cut_like(call, data, axis, begin[axis], step[axis], ends[i])
            data, stop, begin[axis], step[axis] = cut, None, None, None
        end[axis] = stop
    if not any(begin) and end == [None] * rank and set(step) <= {None, 1}:
        return sym.identity(data)
    changed = [axis for axis in range(rank) if begin[axis] or end[axis] is not None
               or step[axis] not in (None, 1)]
    if len(changed) == 1 and step[changed[0]] in (None, 1):
        axis = changed[0]
        return sym.slice_axis(data, axis=axis, begin=begin[axis] or 0, end=end[axis])
    return sym.slice(data, begin=tuple(begin), end=tuple(end), step=tuple(step))


@converts("Split")
def _split(call: Call) -> list[Symbol]:
    data, axis = call.sym(), call.axis(call.attr("axis", 0))
    count = len(call.node.output)
    sizes = call.attr("split")
    call.attr("num_outputs")                # as many as there are outputs
    if call.has(1):
        call.value(1)
    lengths = [output.lengths for output in call.outputs]
    if all(every is not None for every in lengths):
        parts = [every[axis] for every in lengths if every is not None]
    else:
        sizes = sizes or call.ints(1, "split")
        parts = [_same(call, size) for size in sizes]
    if len(set(parts)) == 1:
        return list(sym.SliceChannel(data, num_outputs=count, axis=axis)) if count > 1 \
            else [sym.identity(data)]
    cuts, place = [], 0
    for part in parts[:-1]:
        size = fixed(part)
        if size is None:
            raise call.open_length(f"its outputs have lengths along axis {axis}, one of which")
        place += size
        cuts.append(place)
    return list(sym.split_v2(data, tuple(cuts), axis=axis))


def _ends(call: Call, i: int) -> list[Length]:
    """starts or ends, for each sample."""
    value = call.value(i)
    if value.arrays is None:
        raise call.not_constant(i, "starts" if i == 1 else "ends")
    return [tuple(int(number) for number in numbers)
            for numbers in zip(*(array.ravel() for array in value.arrays), strict=True)]


def _place(call: Call, places: Length, length: Length, step: int, is_start: bool) -> Any:
    """A place as `slice` takes it, from either end of the axis; "open" where neither fits."""
    number = fixed(places)
    size = fixed(length)
    if number is not None and size is not None:
        return _clamped(number, size, step, is_start)
    if number is not None:
        if abs(number) >= _FAR:
            return None
        return number
    behind = fixed(tuple(place - size for place, size in zip(places, length, strict=True)))
    if behind is not None and (behind < 0 or not is_start):
        return behind if behind < 0 else None
    if is_start:
        raise call.open_length("its starts depend on a length that")
    return "open"


def _clamped(number: int, size: int, step: int, is_start: bool) -> int | None:
    place = number + size if number < 0 else number
    if step > 0:
        place = min(max(place, 0), size)
        return None if (place == 0) == is_start and place in (0, size) else place
    place = min(max(place, -1), size - 1)
    if is_start:
        return place
    return None if place < 0 else place


def _cut_like(call: Call, data: Symbol, axis: int, begin: int | None, step: int | None,
              stop: Length) -> Symbol:
    """data[:stop] along an axis, where another tensor has an axis of this length."""
    found = call.importer.axis_like(stop)
    if begin or step not in (None, 1) or found is None:
        raise call.open_length("its ends depend on a length that")
    like, other = found
    front = sym.swapaxes(data, dim1=0, dim2=axis) if axis else data
    like = sym.swapaxes(like, dim1=0, dim2=other) if other else like
    cut = sym.slice_like(front, like, axes=(0,))
    return sym.swapaxes(cut, dim1=0, dim2=axis) if axis else cut


def _same(call: Call, number: int) -> Length:
    return (int(number),) * call.importer.samples.count
