"""Pooling."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from ..values import fixed
from .padding import padded, spatial_ends
from .windows import Window, window

_LOWEST = -3.4e38               # less than what images hold, in float32


@converts("MaxPool")
def _max_pool(call: Call) -> Symbol:
    spec = _window(call)
    call.choice("storage_order", 0, 0)
    if not call.is_float():
        raise call.unsupported("its input must be of a float dtype")
    return _pooled(call, spec, call.sym(), "max", _LOWEST)


@converts("AveragePool")
def _average_pool(call: Call) -> Symbol:
    spec, data = _window(call), call.sym()
    counts_padding = bool(call.choice("count_include_pad", 0, 0, 1))
    if spec.is_even:
        return _pooled(call, spec, data, "avg", 0.0, counts_padding)
    average = _pooled(call, spec, data, "avg", 0.0)
    if counts_padding:
        return average
    share = _pooled(call, spec, sym.ones_like(data), "avg", 0.0)
    return sym.broadcast_div(average, share)


@converts("LpPool")
def _lp_pool(call: Call) -> Symbol:
    p = call.attr("p", 2)
    spec, data = _window(call), call.sym()
    powers = sym.abs(data) ** p
    return (_pooled(call, spec, powers, "sum", 0.0)) ** (1 / p)


def _window(call: Call) -> Window:
    spec = window(call, list(call.attr("kernel_shape")))
    if any(apart != 1 for apart in spec.dilate):
        raise call.unsupported(f"dilations must be 1; got {list(spec.dilate)}")
    return spec


def _pooled(call: Call, spec: Window, data: Symbol, kind: str, outside: float,
            counts_padding: bool = True) -> Symbol:
    """The pooled image; what lies outside holds `outside` where it is padded beforehand."""
    rounds_up = bool(call.choice("ceil_mode", 0, 0, 1))
    pad = spec.pad
    if not spec.is_even or any(width >= size for width, size in zip(pad, spec.kernel, strict=True)):
        data, pad = padded(data, spatial_ends(spec.pads), number=outside), (0,) * len(spec.kernel)
    how = {"count_include_pad": counts_padding} if kind == "avg" else {}
    result = sym.Pooling(data, kernel=spec.kernel, stride=spec.stride, pad=pad, pool_type=kind,
                         pooling_convention="full" if rounds_up else "valid", **how)
    return _without_empty(call, spec, result) if rounds_up else result


def _without_empty(call: Call, spec: Window, result: Symbol) -> Symbol:
    """Without windows that begin behind the image and the padding before it, which frameworks leave
    out, and onnx's shapes of ceil_mode do not."""
    half = len(spec.kernel)
    ends: list[int | None] = [None, None]
    counts = call.out_lengths()[:2]
    for axis in range(half):
        extra, numbers = set(), []
        for length in call.lengths()[axis + 2]:
            full = length + spec.pads[axis] + spec.pads[half + axis]
            count = -(-(full - spec.kernel[axis]) // spec.stride[axis]) + 1
            is_empty = (count - 1) * spec.stride[axis] >= length + spec.pads[axis]
            extra.add(-1 if is_empty else 0)
            numbers.append(count - is_empty)
        # with a longer window none is empty, whatever the length
        if fixed(call.lengths()[axis + 2]) is None \
                and spec.stride[axis] + spec.pads[half + axis] > spec.kernel[axis]:
            raise call.open_length(f"ceil_mode needs the length of axis {axis + 2}, which")
        ends.append(extra.pop() or None)
        counts.append(tuple(numbers))
    call.outputs[0].shapes = list(zip(*counts, strict=True))
    if ends == [None] * len(ends):
        return result
    return sym.slice(result, begin=(None,) * len(ends), end=tuple(ends))


@converts("MaxRoiPool")
def _max_roi_pool(call: Call) -> Symbol:
    return sym.ROIPooling(call.sym(0), call.sym(1), pooled_size=tuple(call.attr("pooled_shape")),
                          spatial_scale=call.attr("spatial_scale", 1.0))
