"""Orders of axes: channels first (NCHW), as the kernels have them, or last (NHWC)."""

from __future__ import annotations

from typing import Any

LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}
NAMES = tuple(name for names in LAYOUTS.values() for name in names)


def is_channels_last(layout: str | None) -> bool:
    """Whether `layout`, one of NAMES or None, has the channels behind the spatial axes."""
    return layout is not None and layout.endswith("C")


def check_layout(op: Any, ndim: int) -> None:
    """Raise if the layout of `op` is not one for this number of spatial axes."""
    if op.layout is not None and op.layout not in LAYOUTS[ndim]:
        first, last = LAYOUTS[ndim]
        raise op.value_error("layout", f"{first} or {last} for data of {ndim + 2} axes",
                             op.layout)


def axes_to_first(ndim: int) -> tuple[int, ...]:
    """The axes of transpose that bring (N, *spatial, C) to (N, C, *spatial)."""
    return (0, ndim - 1, *range(1, ndim - 1))


def axes_to_last(ndim: int) -> tuple[int, ...]:
    """The axes of transpose that bring (N, C, *spatial) to (N, *spatial, C)."""
    return (0, *range(2, ndim), 1)


def channels_first(shape: Any) -> Any:
    """The shape of a channels-last array, or weight, once its channels come first."""
    return shape and tuple([shape[i] for i in axes_to_first(len(shape))])


def channels_last(shape: Any) -> Any:
    """The shape of a channels-first array, or weight, once its channels come last."""
    return shape and tuple([shape[i] for i in axes_to_last(len(shape))])
