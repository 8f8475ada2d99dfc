"""Operators that choose items by index arrays, which may be of any dtype: 1.9 chooses item 1."""

from __future__ import annotations

import math
from typing import Any

from ..base import DTYPES, Shape
from ..device.memory import Spec
from .inference import common
from .schema import REGISTRY, Op, kernel, param, register, required
from .strided import item_bits, split_at

DType = str
MODES = ("clip", "wrap", "raise")      # in the order of csrc/cpu/index_common.h


def index_flag(spec: Spec) -> int:
    """How the kernels are told an index array's dtype."""
    return DTYPES[spec.dtype][0]


@register("take", inputs="a indices")
class Take(Op):
    """The items of a at indices along axis: shape a[:axis] + indices + a[axis + 1:].

    mode says what an index outside the axis does: clip to its ends, wrap round, or raise.
    """

    dtype_rule = "T any -> T"
    axis: int = param(0, "the axis")
    mode: str = param("clip", "what indices outside do", choices=MODES)

    def infer_shape(self, a, indices):
        axis = self.axis_in(self.axis, len(a))
        if a[axis] == 0 and math.prod(indices):
            raise self.shape_error("a", f"with items on axis {axis} to take from", a)
        return [(*a[:axis], *indices, *a[axis + 1:])]

    def index_limits(self, specs):
        a = specs[0]
        return 1, 0, a.shape[self.axis % a.ndim] - 1

    def prepare(self, inputs, outputs):
        a, indices = inputs
        outer, K, inner = split_at(a.shape, self.axis % a.ndim)
        return kernel("take", "bytes", outer=outer, K=K, M=indices.size,
                      row_bytes=inner * a.itemsize, mode=MODES.index(self.mode),
                      index_flag=index_flag(indices), index_at=1,
                      work=outputs[0].nbytes / 8 + indices.size)

    def grad(self, F, dy, inputs, outputs):
        a, indices = inputs
        axis = self.axis % a.ndim
        rows = F._resolve_rows(indices, length=a.shape[axis], mode=self.mode)
        return [F._accumulate_rows(dy[0], rows, shape=a.shape, axis=axis), None]


@register("_resolve_rows", inputs="indices")
class ResolveRows(Op):
    """indices as int64 within [0, length), as take with this mode understands them."""

    dtype_rule = "any -> int64"
    length: int = required("length of the axis")
    mode: str = required("what indices outside do", choices=MODES)

    def index_limits(self, specs):
        return 0, 0, self.length - 1

    def prepare(self, inputs, outputs):
        return kernel("resolve_rows", "int64", outer=1, K=self.length, M=inputs[0].size,
                      row_bytes=8, mode=MODES.index(self.mode), index_flag=index_flag(inputs[0]),
                      index_at=0,
                      work=2 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("_accumulate_rows", inputs="data rows")
class AccumulateRows(Op):
    """The adjoint of take: zeros of `shape` plus data[..., m, ...] at rows[m] along axis.

    data (shape[:axis], rows, shape[axis + 1:]); rows int64. Sums are wide and in the order of m.
    """

    dtype_rule = "T int64 -> T"
    shape: Shape = required("shape of the output")
    axis: int = param(0, "the axis")

    def infer_shape(self, data, rows):
        wanted = (*self.shape[:self.axis], *rows, *self.shape[self.axis + 1:])
        if data != wanted:
            raise self.shape_error("data", str(wanted), data)
        return [self.shape]

    def index_limits(self, specs):
        return 1, 0, self.shape[self.axis] - 1

    def prepare(self, inputs, outputs):
        data, rows = inputs
        outer, K, inner = split_at(self.shape, self.axis)
        return kernel("accumulate_rows", data.dtype, outer=outer, K=K, M=rows.size, inner=inner,
                      work=data.size + outputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [F.take(dy[0], inputs[1], axis=self.axis), None]


@register("Embedding", inputs="data weight")
class Embedding(Op):
    """The rows of weight (input_dim, output_dim) at data: shape data.shape + (output_dim,).

    Indices outside are clipped to the first or last row.
    """

    dtype_rule = "any T -> T"
    input_dim: int = required("number of rows of weight", low=1)
    output_dim: int = required("length of a row", low=1)
    dtype: DType = param("float32", "dtype of weight where it is not given")
    sparse_grad: bool = param(False, "the gradient of weight is row_sparse")

    @property
    def by_storage(self):
        return self.sparse_grad

    def dense(self):
        return REGISTRY["Embedding"].make({"input_dim": self.input_dim,
                                           "output_dim": self.output_dim, "dtype": self.dtype})

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        data = common(data, out and out[:-1])
        return [data, (self.input_dim, self.output_dim)], [data and (*data, self.output_dim)]

    def infer_shape(self, data, weight):
        if weight != (self.input_dim, self.output_dim):
            raise self.shape_error("weight", f"{(self.input_dim, self.output_dim)}", weight)
        return [(*data, self.output_dim)]

    def fill_dtypes(self, inputs, outputs):
        weight = inputs[1] or outputs[0] or self.dtype
        return [inputs[0], weight], [weight]

    def prepare(self, inputs, outputs):
        data, weight = inputs
        return kernel("take", "bytes", outer=1, K=self.input_dim, M=data.size,
                      row_bytes=self.output_dim * weight.itemsize, mode=MODES.index("clip"),
                      index_flag=index_flag(data), index_at=0,
                      work=outputs[0].nbytes / 8 + data.size)

    def grad(self, F, dy, inputs, outputs):
        data, weight = inputs
        rows = F._resolve_rows(data, length=self.input_dim, mode="clip")
        return [None, F._accumulate_rows(dy[0], rows, shape=weight.shape, axis=0)]


class _Picking(Op):
    """Base of pick and its gradient."""

    dtype_rule = "T any -> T"
    axis: int
    mode: str

    def call(self, name: str, shape: Shape, item: int, index: Spec) -> Any:
        outer, K, inner = split_at(shape, self.axis % len(shape))
        return kernel(name, "bytes", outer=outer, K=K, inner=inner, item=item,
                      mode=MODES.index(self.mode), index_flag=index_flag(index),
                      work=4 * index.size)


@register("pick", "choose_element_0index", inputs="data index")
class Pick(_Picking):
    """One item of each vector along axis: y[i] = data[i, index[i]]; index has the other axes."""

    axis: int = param(-1, "the axis to pick from")
    keepdims: bool = param(False, "keep the axis, with length 1")
    mode: str = param("clip", "what indices outside do", choices=MODES)

    def fill_shapes(self, inputs, outputs):
        data, index = inputs
        if index is None and data is not None:
            axis = self.axis_in(self.axis, len(data))
            index = (*data[:axis], *data[axis + 1:]) or (1,)
        return [data, index], [self.picked(data)]

    def picked(self, data):
        """The output's shape; `data` may be partially known."""
        if data is None:
            return None
        axis = self.axis_in(self.axis, len(data))
        if self.keepdims:
            return (*data[:axis], 1, *data[axis + 1:])
        return (*data[:axis], *data[axis + 1:]) or (1,)

    def infer_shape(self, data, index):
        axis = self.axis_in(self.axis, len(data))
        without = (*data[:axis], *data[axis + 1:])
        kept = (*data[:axis], 1, *data[axis + 1:])
        if index not in (without, kept) and not (index == (1,) and not without):
            raise self.shape_error("index", f"{without} or {kept}", index)
        if data[axis] == 0 and math.prod(index):
            raise self.shape_error("data", f"with items on axis {axis} to pick from", data)
        return [self.picked(data)]

    def index_limits(self, specs):
        return 1, 0, specs[0].shape[self.axis] - 1

    def prepare(self, inputs, outputs):
        return self.call("pick", inputs[0].shape, inputs[0].itemsize, inputs[1])

    def grad(self, F, dy, inputs, outputs):
        shape = inputs[0].shape
        return [F._backward_pick(dy[0], inputs[1], shape=shape, axis=self.axis % len(shape),
                                 mode=self.mode), None]


@register("_backward_pick", inputs="data index")
class BackwardPick(_Picking):
    """Zeros of `shape` with data at the picked items."""

    shape: Shape = required("shape of the output")
    axis: int = required("the axis picked from")
    mode: str = required("what indices outside do", choices=MODES)

    def infer_shape(self, data, index):
        return [self.shape]

    def index_limits(self, specs):
        return 1, 0, self.shape[self.axis] - 1

    def prepare(self, inputs, outputs):
        return self.call("pick_grad", self.shape, inputs[0].itemsize, inputs[1])

    def grad(self, F, dy, inputs, outputs):
        picked = F.pick(dy[0], inputs[1], axis=self.axis, mode=self.mode)
        return [picked.reshape(inputs[0].shape), None]


@register("batch_take", inputs="a indices")
class BatchTake(Op):
    """y[i] = a[i, indices[i]] for a (N, K), indices (N,); indices outside are clipped."""

    dtype_rule = "T any -> T"

    def infer_shape(self, a, indices):
        if len(a) != 2 or (a[1] == 0 and a[0]):
            raise self.shape_error("a", "(N, K)", a)
        if math.prod(indices) != a[0]:
            raise self.shape_error("indices", f"{(a[0],)}", indices)
        return [indices]

    def prepare(self, inputs, outputs):
        a, indices = inputs
        return kernel("pick", "bytes", outer=a.shape[0], K=a.shape[1], inner=1, item=a.itemsize,
                      mode=MODES.index("clip"), index_flag=index_flag(indices),
                      work=4 * indices.size)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_pick(dy[0], inputs[1], shape=inputs[0].shape, axis=1, mode="clip"),
                None]


@register("one_hot", inputs="indices")
class OneHot(Op):
    """Vectors of length depth: on_value at the index, off_value elsewhere; shape (..., depth).

    An index outside [0, depth) makes a vector of off_value.
    """

    dtype_rule = "any -> dtype"
    depth: int = required("length of the vectors", low=0)
    on_value: float = param(1.0, "value at the index")
    off_value: float = param(0.0, "value elsewhere")
    dtype: DType = param("float32", "dtype of the output")

    def infer_shape(self, indices):
        return [(*indices, self.depth)]

    def prepare(self, inputs, outputs):
        return kernel("one_hot", "bytes", M=inputs[0].size, depth=self.depth,
                      item=outputs[0].itemsize, on=item_bits(self.on_value, self.dtype),
                      off=item_bits(self.off_value, self.dtype), index_flag=index_flag(inputs[0]),
                      work=outputs[0].nbytes / 8 + 4 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [None]
