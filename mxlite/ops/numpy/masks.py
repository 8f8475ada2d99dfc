"""Items of an array replaced where a mask of some of its axes is true."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...base import Shape
from ..inference import output_like_data
from ..schema import Op, host, param, register, required
from ..trace import composed
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

        return host(write, lambda: composed(self.steps, inputs))

    def steps(self, F: Any, data: Any, mask: Any, value: Any) -> Any:
        """What it consists of on devices other than the host. Whether value has as many items as
        the mask is known only there: an index outside its axis tells where it has not."""
        lead, rest = data.shape[:self.start_axis], data.shape[self.start_axis + mask.ndim:]
        while value.ndim > len(lead) + 1 + len(rest) and value.shape[0] == 1:
            value = value.reshape(value.shape[1:])
        value = value.reshape((1,) * (len(lead) + 1 + len(rest) - value.ndim) + value.shape)
        count = math.prod(mask.shape)
        wanted = (*lead, value.shape[len(lead)], *rest)
        if value.ndim != len(wanted) or any([
                n not in (1, most) for n, most in zip(value.shape, wanted, strict=True)]):
            raise self.shape_error("value", f"that broadcasts to {(*lead, 'items', *rest)}, as the "
                                   "items under the mask have", value.shape)
        is_true = F.Cast(F._not_equal_scalar(F.Cast(mask.reshape((count,)), dtype="int64"),
                                             scalar=0.0), dtype="int64")
        length = value.shape[len(lead)]
        if length != 1 and count:
            sums = F.cumsum(is_true, axis=0)
            fits = F._equal_scalar(F.slice_axis(sums, axis=0, begin=count - 1, end=count),
                                   scalar=float(length))
            items = F.where(broadcast(F, fits, (count,)),
                            F._maximum_scalar(F._minus_scalar(sums, scalar=1.0), scalar=0.0),
                            F._full(shape=(count,), value=max(length, 1.0), dtype="int64"))
            if not length:              # an item, so that there is something to take
                value = F._zeros(shape=(*value.shape[:len(lead)], 1, *value.shape[len(lead) + 1:]),
                                 dtype=value.dtype)
            value = F.take(value, items, axis=len(lead), mode="raise")
        spread = broadcast(F, value, (*lead, count, *rest)).reshape(data.shape)
        chosen = is_true.reshape((*[1] * len(lead), *mask.shape, *[1] * len(rest)))
        return F.where(broadcast(F, chosen, data.shape), spread, data)

    def grad(self, F, dy, inputs, outputs):
        mask = {"value": 0.0, "start_axis": self.start_axis}
        return [F._npi_boolean_mask_assign_scalar(dy[0], inputs[1], **mask), None, None]
