"""Items of an array replaced where a mask of some of its axes is true."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import Shape
from ..inference import output_like_data
from ..schema import Op, host, param, register, required
from .base import NumpyOp
from .shapes import broadcast


class _Masked(Op):
    assigning = True
    start_axis: int

    def check_mask(self, data: Shape, mask: Shape) -> None:
        """Raise unless the mask has lengths of data, from start_axis on."""
        wanted = data[self.start_axis:self.start_axis + len(mask)]
        if mask != wanted or self.start_axis > len(data):
            raise self.shape_error("mask", f"{wanted}, as data has from axis {self.start_axis} on",
                                   mask)

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)


@register("_npi_boolean_mask_assign_scalar", inputs="data mask")
class MaskAssignScalar(_Masked, NumpyOp):
    """data with a number where the mask is true: data (2, 3, 4), mask (3,), start_axis 1."""

    value: float = required("the number")
    start_axis: int = param(0, "the first axis of data that the mask has", low=0)
    dtype_rule = "T any -> T"

    def steps(self, F: Any, data: Any, mask: Any) -> Any:
        self.check_mask(data.shape, mask.shape)
        rest = (1,) * (data.ndim - self.start_axis - mask.ndim)
        mask = broadcast(F, mask.reshape((1,) * self.start_axis + mask.shape + rest), data.shape)
        return F.where(mask, F._full(shape=data.shape, value=self.value, dtype=data.dtype), data)


@register("_npi_boolean_mask_assign_tensor", inputs="data mask value")
class MaskAssignTensor(_Masked):
    """data with the items of value, broadcast to them, where the mask is true; a gradient comes to
    data alone."""

    start_axis: int = param(0, "the first axis of data that the mask has", low=0)
    dtype_rule = "T any T -> T"

    def infer_shape(self, data, mask, value):
        self.check_mask(data, mask)
        return [data]

    def prepare(self, inputs, outputs):
        lead = (slice(None),) * self.start_axis

        def write(data: Any, mask: Any, value: Any, y: Any) -> None:
            y[...] = data
            key = (*lead, np.asarray(mask) != 0)
            try:
                y[key] = value
            except ValueError:
                raise self.shape_error("value", f"that broadcasts to {y[key].shape}, as the items "
                                       "under the mask have", np.shape(value)) from None

        return host(write)

    def grad(self, F, dy, inputs, outputs):
        mask = {"value": 0.0, "start_axis": self.start_axis}
        return [F._npi_boolean_mask_assign_scalar(dy[0], inputs[1], **mask), None, None]
