"""Operators of sparse arrays: what they compute of dense ones, and what follows for shapes and
dtypes. ndarray/sparse/ runs them."""

from __future__ import annotations

import functools

import numpy as np

from .indexing import Embedding
from .optimizer_ops import _Update
from .reduce import Axis
from .schema import REGISTRY, Op, host, kernel, param, register, required, runtime
from .trace import composed

STORAGE_TYPES = ("default", "row_sparse", "csr")


class _ByStorage(Op):
    """Base of operators that look at storage types. `dense()` is the same for dense arrays."""

    by_storage = True

    def dense(self):
        plain = _plain.get(self)
        if plain is None:
            values = {name: getattr(self, name) for name, declared in self.params.items()
                      if not declared.is_runtime}
            plain = _plain[self] = _dense_class(type(self))(**values)
        return plain


_plain: dict[Op, Op] = {}


@functools.cache
def _dense_class(cls: type[Op]) -> type[Op]:
    return type(cls.__name__, (cls,), {"by_storage": False})


@register("cast_storage")
class CastStorage(_ByStorage):
    """data in another storage type: default, row_sparse or csr; from default to any, and back."""

    stype: str = required("storage type of the result", choices=STORAGE_TYPES)

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: F._copy(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_zeros_of_storage")
class ZerosOfStorage(_ByStorage):
    """Zeros of the shape and dtype of data, in a storage type."""

    stype: str = required("storage type of the result", choices=STORAGE_TYPES)

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: F.zeros_like(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("_sparse_retain", inputs="data indices")
class SparseRetain(_ByStorage):
    """The rows of data, a row_sparse array, at indices (n,); the other rows become zeros."""

    dtype_rule = "T any -> T"

    def prepare(self, inputs, outputs):
        return host(_retain)

    def grad(self, F, dy, inputs, outputs):
        return [F._sparse_retain(dy[0], inputs[1]), None]


def _retain(data, indices, out):
    out[...] = 0
    rows = indices.astype(np.int64)
    rows = rows[(rows >= 0) & (rows < len(data))]
    out[rows] = data[rows]


@register("_square_sum")
class SquareSum(_ByStorage):
    """The sum of data^2 along axis, which may be one or several; all of them by default."""

    axis: Axis = param(None, "the axis or axes; None: all")
    keepdims: bool = param(False, "keep the axes, with length 1")
    exclude: bool = param(False, "sum along all axes but these")

    def options(self):
        """The parameters of `sum`."""
        return {"axis": self.axis, "keepdims": self.keepdims, "exclude": self.exclude}

    def infer_shape(self, data):
        return REGISTRY["sum"].make(self.options()).infer_shape(data)

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: F.sum(F.square(data), **self.options()), inputs)

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        kept = self.infer_shape_kept(data.shape)
        return [2.0 * data * F.broadcast_to(dy[0].reshape(kept), shape=data.shape)]

    def infer_shape_kept(self, data):
        """The result's shape if it keeps its axes."""
        return REGISTRY["sum"].make({**self.options(), "keepdims": True}).infer_shape(data)[0]


@register("_contrib_SparseEmbedding", inputs="data weight")
class SparseEmbedding(Embedding):
    """Embedding whose gradient of weight is row_sparse."""

    sparse_grad: bool = param(True, "the gradient of weight is row_sparse")
    deterministic: bool = param(True, "accepted for MXNet's sake: results always are")


class _Scatter(_ByStorage):
    """Base: arithmetic that looks only at what lhs stores, if lhs is sparse."""

    elementwise = True
    plain: str

    def prepare(self, inputs, outputs):
        return composed(lambda F, lhs, rhs: getattr(F, self.plain)(lhs, rhs), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F.elemwise_div(dy[0], inputs[1]),
                F.negative(F.elemwise_div(F.elemwise_mul(dy[0], outputs[0]), inputs[1]))]


@register("_scatter_elemwise_div", inputs="lhs rhs")
class ScatterDiv(_Scatter):
    """lhs / rhs; of a row_sparse lhs only where it has rows."""

    plain = "elemwise_div"


class _ScatterScalar(_ByStorage):
    elementwise = True
    sign: int

    def prepare(self, inputs, outputs):
        name = "add_scalar" if self.sign > 0 else "sub_scalar"
        return host(self.compute, lambda: kernel(name, inputs[0].dtype, size=inputs[0].size))

    def compute(self, data, out, scalar):
        np.add(data, self.sign * scalar, out=out, casting="unsafe")

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_scatter_plus_scalar")
class ScatterPlus(_ScatterScalar):
    """data + scalar; of a sparse array only what it stores changes."""

    sign = 1
    scalar: float = runtime(help="the scalar")


@register("_scatter_minus_scalar")
class ScatterMinus(_ScatterScalar):
    """data - scalar; of a sparse array only what it stores changes."""

    sign = -1
    scalar: float = runtime(help="the scalar")


@register("_contrib_getnnz")
class GetNNZ(_ByStorage):
    """How many values a csr matrix stores: of all (1,), or with axis=1 of each row; int64."""

    axis: int | None = param(None, "None: of all; 1: of each row")

    def check(self):
        if self.axis not in (None, 1):
            raise self.value_error("axis", "None or 1", self.axis)

    def infer_shape(self, data):
        return [(1,) if self.axis is None else (data[0],)]

    def infer_dtype(self, data):
        return ["int64"]

    def fill_dtypes(self, inputs, outputs):
        return inputs, ["int64"]

    def prepare(self, inputs, outputs):
        return host(self.count)

    def count(self, data, out):
        out[...] = np.count_nonzero(data, axis=self.axis)


@register("_contrib_edge_id", inputs="data u v")
class EdgeId(_ByStorage):
    """What a csr matrix stores at row u[i] and column v[i]: (n,); -1 where it has nothing."""

    dtype_rule = "T any any -> T"

    def infer_shape(self, data, u, v):
        if len(data) != 2 or len(u) != 1 or v != u:
            raise self.shape_error("data, u and v", "(rows, columns), (n,) and (n,)",
                                   f"{data}, {u} and {v}")
        return [u]

    def prepare(self, inputs, outputs):
        return host(self.look_up)

    @staticmethod
    def look_up(data, u, v, out):
        values = data[u.astype(np.int64), v.astype(np.int64)]
        out[...] = np.where(values != 0, values, -1)

    def grad(self, F, dy, inputs, outputs):
        return [None, None, None]


@register("_contrib_dgl_adjacency")
class Adjacency(_ByStorage):
    """1.0 wherever a csr matrix stores something, as a csr matrix of float32."""

    def infer_dtype(self, data):
        return ["float32"]

    def fill_dtypes(self, inputs, outputs):
        return inputs, ["float32"]

    def prepare(self, inputs, outputs):
        return host(self.mark)

    @staticmethod
    def mark(data, out):
        out[...] = data != 0

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("_sparse_adagrad_update", inputs="weight grad history!")
class AdaGradUpdate(_ByStorage, _Update):
    """history += g^2; out = weight - lr * g / sqrt(history + epsilon), where grad has rows.

    wd must be 0.
    """

    kernel_name = "adagrad_update"
    own = 1
    lr: float = runtime(help="learning rate")
    epsilon: float = runtime(1e-7, "added to history below the root")
    wd: float = runtime(0.0, "weight decay, which must be 0")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
