"""Convolutions and their transposes."""

from __future__ import annotations

from collections.abc import Sequence

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from .padding import padded, spatial_ends
from .windows import Window, window


@converts("Conv")
def _conv(call: Call) -> Symbol:
    data, *others = _inputs(call, call.sym())
    return convolved(call, data, others)


def convolved(call: Call, data: Symbol, others: Sequence[Symbol], place: int = 1) -> Symbol:
    """data by the weight and, where there are two others, with the bias. place: of the weight
    among the node's inputs."""
    filters, spec = _weights(call, 0, place)
    pad = spec.pad
    if not spec.is_even:
        data, pad = padded(data, spatial_ends(spec.pads)), (0,) * len(spec.kernel)
    return sym.Convolution(data, *others, kernel=spec.kernel, stride=spec.stride,
                           dilate=spec.dilate, pad=pad, num_filter=filters,
                           num_group=call.attr("group", 1), no_bias=len(others) == 1)


@converts("ConvTranspose")
def _conv_transpose(call: Call) -> Symbol:
    group = call.attr("group", 1)
    filters, spec = _weights(call, channels_axis=1)
    num_axes = len(spec.kernel)
    adj = call.attr("output_padding") or [0] * num_axes
    asked = call.attr("output_shape")
    pads = spec.pads
    if asked is not None or call.attr("auto_pad", "NOTSET").startswith("SAME"):
        pads, adj = _pads_for(call, spec, asked, adj)
    begins, ends = pads[:num_axes], pads[num_axes:]
    # Deconvolution cuts both ends alike: cut the lesser here, and the rest from its output
    common = [min(begin, end) for begin, end in zip(begins, ends, strict=True)]
    front = [begin - low for begin, low in zip(begins, common, strict=True)]
    behind = [end - low for end, low in zip(ends, common, strict=True)]
    if any(more >= step for more, step in zip(adj, spec.stride, strict=True)):
        raise call.unsupported(f"output_padding must be less than strides; got {adj}")
    result = sym.Deconvolution(*_inputs(call, call.sym()), kernel=spec.kernel, stride=spec.stride,
                               dilate=spec.dilate, pad=tuple(common), adj=tuple(adj),
                               num_filter=filters * group, num_group=group,
                               no_bias=not call.has(2))
    if not any(front) and not any(behind):
        return result
    return sym.slice(result, begin=(None, None, *front),
                     end=(None, None, *(-end or None for end in behind)))


def _weights(call: Call, channels_axis: int, place: int = 1) -> tuple[int, Window]:
    """(size of the weight's axis of output channels, the window). place: of the weight."""
    shape = call.fixed_shape(place, "the weight")
    kernel = call.attr("kernel_shape") or list(shape[2:])
    if list(kernel) != list(shape[2:]):
        raise call.wrong(f"kernel_shape must be that of the weight, {shape[2:]}; got {kernel}")
    return shape[channels_axis], window(call, list(kernel))


def _inputs(call: Call, data: Symbol) -> list[Symbol]:
    return [data, call.sym(1), call.sym(2)] if call.has(2) else [data, call.sym(1)]


def _pads_for(call: Call, spec: Window, asked: list[int] | None,
              adj: list[int]) -> tuple[list[int], list[int]]:
    """(pads, output_padding) with which the output has the lengths that are asked for, or
    length * stride."""
    is_upper = call.attr("auto_pad", "NOTSET") == "SAME_UPPER"
    begins, ends, more = [], [], []
    for axis, length in enumerate(call.shape()[2:]):
        step = spec.stride[axis]
        if length is None:
            raise call.open_length(f"the length of axis {axis + 2}, on which its padding depends,")
        wanted = asked[len(asked) - len(spec.kernel) + axis] if asked else length * step
        total = step * (length - 1) + adj[axis] + (spec.kernel[axis] - 1) * spec.dilate[axis] + 1 \
            - wanted
        more.append(adj[axis] + max(-total, 0))
        total = max(total, 0)
        small = total // 2
        begins.append(small if is_upper else total - small)
        ends.append(total - begins[-1])
    return begins + ends, more
