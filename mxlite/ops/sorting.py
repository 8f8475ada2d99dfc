"""Sorting, by NumPy on the host: stable, NaN last."""

from __future__ import annotations

import math
from typing import Any

from ..base import Shape
from .index_dtype import check_held
from .schema import Op, host, param, register

DType = str
RETURNS = ("both", "indices", "mask", "value")


def sorted_indices(array: Any, axis: int, is_ascend: bool) -> Any:
    """Where the items come from in sorted order; equal ones keep theirs, NaN comes last."""
    import numpy as np

    if array.dtype.name == "bfloat16":
        array = array.astype("float32")
    if is_ascend:
        return np.argsort(array, axis=axis, kind="stable")
    if array.dtype.kind == "f":
        return np.argsort(-array, axis=axis, kind="stable")
    return np.argsort(~array, axis=axis, kind="stable")     # order-reversing, without overflow


class _Sorting(Op):
    """Base: sorts along one axis, or the flattened data where axis is None."""

    axis: int | None
    is_ascend: bool

    def flat(self, data: Shape) -> Shape:
        return (math.prod(data),) if self.axis is None else data

    def place(self, shape: Shape) -> int:
        """The axis within flat(data)."""
        return 0 if self.axis is None else self.axis_in(self.axis, len(shape))

    def spread(self, F, dy, places, shape):
        """The gradient: dy added at the items that the outputs were taken from.

        places: for each item of dy, its item's number in the flattened data.
        """
        size = math.prod(shape)
        summed = F._accumulate_rows(dy.reshape((dy.size,)), places.reshape((dy.size,)),
                                    shape=(size,))
        return summed.reshape(shape)


def numbered(indices: Any, axis: int, shape: Shape) -> Any:
    """Indices along axis as numbers of items in the flattened array of `shape`."""
    import numpy as np

    grid = list(np.ogrid[tuple([slice(n) for n in indices.shape])])
    grid[axis] = indices
    return np.ravel_multi_index(tuple(np.broadcast_arrays(*grid)), shape)


@register("sort")
class Sort(_Sorting):
    """The items along axis in order; axis None: of the flattened data."""

    axis: int | None = param(-1, "the axis; None: flatten first")
    is_ascend: bool = param(True, "smallest first")
    dtype_rule = "T -> T int64"
    num_outputs = 2
    visible_outputs = 1

    def infer_shape(self, data):
        self.place(data)
        return [self.flat(data)] * 2

    def prepare(self, inputs, outputs):
        shape = self.flat(inputs[0].shape)
        axis = self.place(shape)

        def write(data: Any, out: Any, places: Any) -> None:
            import numpy as np

            data = data.reshape(shape)
            indices = sorted_indices(data, axis, self.is_ascend)
            out[...] = np.take_along_axis(data, indices, axis)
            places[...] = numbered(indices, axis, shape)

        return host(write)

    def grad(self, F, dy, inputs, outputs):
        return [self.spread(F, dy[0], outputs[1], inputs[0].shape)]


@register("argsort")
class ArgSort(_Sorting):
    """Where the items along axis come from in sorted order; axis None: of the flattened data."""

    axis: int | None = param(-1, "the axis; None: flatten first")
    is_ascend: bool = param(True, "smallest first")
    dtype_rule = "any -> dtype"
    dtype: DType = param("float32", "dtype of the output")

    def infer_shape(self, data):
        self.place(data)
        return [self.flat(data)]

    def prepare(self, inputs, outputs):
        shape = self.flat(inputs[0].shape)
        axis = self.place(shape)
        check_held(self.name, shape[axis], self.dtype, "dtype='int32' holds them")

        def write(data: Any, out: Any) -> None:
            out[...] = sorted_indices(data.reshape(shape), axis, self.is_ascend)

        return host(write)

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("topk")
class TopK(_Sorting):
    """The k largest items along axis: their indices, values, both, or a mask of them.

    k below 1: all. axis None: of the flattened data. is_ascend: the k smallest.
    """

    axis: int | None = param(-1, "the axis; None: flatten first")
    k: int = param(1, "how many; below 1: all")
    ret_typ: str = param("indices", "what to return", choices=RETURNS)
    is_ascend: bool = param(False, "the smallest instead of the largest")
    dtype: DType = param("float32", "dtype of the indices")

    @property
    def num_outputs(self):
        return {"indices": 1, "mask": 1, "value": 2, "both": 3}[self.ret_typ]

    @property
    def visible_outputs(self):
        return 2 if self.ret_typ == "both" else 1

    def output_names(self):
        # Where the items came from, which the gradient needs, is not among MXNet's outputs.
        return ["output0", "output1"] if self.ret_typ in ("both", "value") else ["output"]

    @property
    def dtype_rule(self):
        return {"indices": "any -> dtype", "mask": "T -> T", "value": "T -> T int64",
                "both": "T -> T dtype int64"}[self.ret_typ]

    def count(self, length: int) -> int:
        """How many items of an axis of this length are taken."""
        return self.k if self.k > 0 else length

    def infer_shape(self, data):
        shape = self.flat(data)
        axis = self.place(shape)
        if self.k > shape[axis]:
            raise self.value_error("k", f"at most {shape[axis]}, the length of axis {axis}",
                                   self.k)
        if self.ret_typ == "mask":
            return [data]
        taken = (*shape[:axis], self.count(shape[axis]), *shape[axis + 1:])
        return [taken] * self.num_outputs

    def prepare(self, inputs, outputs):
        shape = self.flat(inputs[0].shape)
        axis = self.place(shape)
        k = self.count(shape[axis])
        if self.ret_typ in ("indices", "both"):
            check_held(self.name, shape[axis], self.dtype, "dtype='int32' holds them")

        def write(data: Any, *outs: Any) -> None:
            import numpy as np

            data = data.reshape(shape)
            indices = sorted_indices(data, axis, self.is_ascend)
            indices = np.take(indices, range(k), axis)
            if self.ret_typ == "mask":
                outs[0][...] = 0
                np.put_along_axis(outs[0].reshape(shape), indices, 1, axis)
            if self.ret_typ in ("value", "both"):
                outs[0][...] = np.take_along_axis(data, indices, axis)
                outs[-1][...] = numbered(indices, axis, shape)
            if self.ret_typ in ("indices", "both"):
                outs[self.ret_typ == "both"][...] = indices

        return host(write)

    def grad(self, F, dy, inputs, outputs):
        if self.ret_typ in ("indices", "mask"):
            return [None]
        return [self.spread(F, dy[0], outputs[-1], inputs[0].shape)]
