"""`_contrib_boolean_mask` in graphs: the size of its output is known when the graph has run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ndarray import NDArray
from ..ndarray.pieces import boolean_mask
from ..ops.inference import PartialShape, PartialShapes, with_length
from ..ops.schema import Op, param, register


@register("_contrib_boolean_mask", inputs="data index")
class BooleanMask(Op):
    """The items of data along axis where index, an entry for each of them, is not 0."""

    in_python = True
    dtype_rule = "T any -> T"
    axis: int = param(0, "the axis")

    def infer_shape(self, data: Any, index: Any) -> list[Any]:
        axis = self.axis_in(self.axis, len(data))
        if index != (data[axis],):
            raise self.shape_error("index", f"({data[axis]},), as axis {axis} of data", index)
        return [with_length(data, axis, None)]

    def fill_shapes(self, inputs: PartialShapes,
                    outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
        data, index = inputs
        if data is None:
            return inputs, [None]
        axis = self.axis_in(self.axis, len(data))
        length = data[axis] if data[axis] is not None or not index else index[0]
        filled: PartialShape = with_length(data, axis, length)
        return [filled, (length,)], [with_length(data, axis, None)]

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: dict[Any, Any] | None = None) -> list[NDArray]:
        data, index = arrays
        return [boolean_mask(data, index, self.axis)]
