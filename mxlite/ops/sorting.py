"""Sorting: stable, NaN last."""

from __future__ import annotations

import math

from ..base import Shape
from .index_dtype import check_held
from .schema import Op, kernel, param, register, required
from .trace import composed

DType = str
RETURNS = ("both", "indices", "mask", "value")


@register("_order")
class Order(Op):
    """The first k items along axis when they are sorted: values, indices along the axis (int64),
    and their numbers in the flattened data (int64)."""

    axis: int = required("the axis, from 0")
    k: int = required("how many")
    is_ascend: bool = required("smallest first")
    dtype_rule = "T -> T int64 int64"
    num_outputs = 3

    def infer_shape(self, data):
        return [(*data[:self.axis], self.k, *data[self.axis + 1:])] * 3

    def prepare(self, inputs, outputs):
        shape, axis = inputs[0].shape, self.axis
        return kernel("order", inputs[0].dtype, outer=math.prod(shape[:axis]), axis=shape[axis],
                      inner=math.prod(shape[axis + 1:]), k=self.k, is_ascend=int(self.is_ascend),
                      work=20 * math.prod(shape))


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

    def order(self, F, data, k=None):
        """What `_order` gives of the data, flattened where axis is None; k None: all."""
        shape = self.flat(data.shape)
        axis = self.place(shape)
        return F._order(data.reshape(shape), axis=axis, k=shape[axis] if k is None else k,
                        is_ascend=self.is_ascend)


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
        return composed(self.sorted, inputs)

    def sorted(self, F, data):
        values, _, places = self.order(F, data)
        return [values, places]

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
        shape = outputs[0].shape
        check_held(self.title, shape[self.place(shape)], self.dtype, "dtype='int32' holds them")
        return composed(lambda F, data: F.Cast(self.order(F, data)[1], dtype=self.dtype), inputs)

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
        if self.ret_typ in ("indices", "both"):
            check_held(self.title, shape[self.place(shape)], self.dtype, "dtype='int32' holds them")
        return composed(self.first, inputs)

    def first(self, F, data):
        """The outputs."""
        shape = self.flat(data.shape)
        values, indices, places = self.order(F, data, self.count(shape[self.place(shape)]))
        if self.ret_typ == "mask":
            return F._accumulate_rows(F.ones_like(values).reshape((values.size,)),
                                      places.reshape((values.size,)),
                                      shape=(data.size,)).reshape(data.shape)
        if self.ret_typ == "value":
            return [values, places]
        indices = F.Cast(indices, dtype=self.dtype)
        return indices if self.ret_typ == "indices" else [values, indices, places]

    def grad(self, F, dy, inputs, outputs):
        if self.ret_typ in ("indices", "mask"):
            return [None]
        return [self.spread(F, dy[0], outputs[-1], inputs[0].shape)]
