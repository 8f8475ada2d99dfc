"""What convolutions and pooling have in common: windows, their steps, and padding."""

from __future__ import annotations

from typing import NamedTuple

from ..call import Call
from ..values import fixed


class Window(NamedTuple):
    """A window over the spatial axes. pads: all begins, then all ends."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilate: tuple[int, ...]
    pads: list[int]

    @property
    def is_even(self) -> bool:
        """Whether both sides have the same padding."""
        half = len(self.pads) // 2
        return self.pads[:half] == self.pads[half:]

    @property
    def pad(self) -> tuple[int, ...]:
        """The padding of each side, where both have the same."""
        return tuple(self.pads[:len(self.pads) // 2])


def window(call: Call, kernel: list[int]) -> Window:
    """The window that a node's attributes describe."""
    num_axes = len(kernel)
    if not 1 <= num_axes <= 3:
        raise call.unsupported(f"its windows must have 1, 2 or 3 axes; got {num_axes}")
    stride = call.attr("strides") or [1] * num_axes
    dilate = call.attr("dilations") or [1] * num_axes
    auto = call.choice("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
    pads = call.attr("pads") or [0] * (2 * num_axes)
    if auto == "VALID":
        pads = [0] * (2 * num_axes)
    elif auto != "NOTSET":
        pads = _same_pads(call, kernel, stride, dilate, auto == "SAME_UPPER")
    return Window(tuple(kernel), tuple(stride), tuple(dilate), list(pads))


def _same_pads(call: Call, kernel: list[int], stride: list[int], dilate: list[int],
               is_upper: bool) -> list[int]:
    """Padding with which outputs have ceil(length / stride) items; the odd one at the end, if
    is_upper."""
    begins, ends = [], []
    for axis, (size, step, apart) in enumerate(zip(kernel, stride, dilate, strict=True)):
        reach = apart * (size - 1) + 1
        totals = {max((-(-length // step) - 1) * step + reach - length, 0)
                  for length in call.lengths()[axis + 2]}
        if fixed(call.lengths()[axis + 2]) is None and step > 1:
            raise call.open_length(f"auto_pad needs the length of axis {axis + 2}, which")
        total = totals.pop()
        small = total // 2
        begins.append(small if is_upper else total - small)
        ends.append(total - begins[-1])
    return begins + ends
