"""Operators that choose items by several indices at once: indices (D, ...) for D axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..base import Shape
from ..device.memory import Spec
from . import wrong_indices
from .indexing import index_flag
from .schema import Op, host, kernel, register, required
from .trace import composed


class _Places(Op):
    """Base: indices (D, ...) naming places in an array; below 0 they count from the end."""

    dtype_rule = "T any -> T"

    def places(self, array: Shape, indices: Shape, argument: str) -> Shape:
        """The shape of the items at the places; raises if indices cannot name any."""
        if len(indices) < 2:
            raise self.shape_error("indices", "(D, ...) with at least 2 axes", indices)
        if indices[0] > len(array) or not indices[0]:
            raise self.shape_error(
                "indices", f"({argument}'s number of axes, {len(array)}, or less; ...)", indices)
        if math.prod(indices[1:]) and not math.prod(array[:indices[0]]):
            raise self.shape_error(argument, "with items to choose from", array)
        return (*indices[1:], *array[indices[0]:])

    def index_message(self, specs, values):
        array = getattr(self, "shape", specs[0].shape)
        indices = values[-1]            # the last input of all of these operators
        wrong = "" if indices is None else wrong_indices.first(indices, np.stack(
            [wrong_indices.outside(row, -length, length - 1)
             for row, length in zip(indices, array, strict=False)]))
        return (f"{self.title}: indices must name places in an array of shape {array}, row d for "
                f"axis d{wrong} (indices {specs[-1].shape})")

    def call(self, name: str, dtype: str, array: Shape, item: int, indices: Spec) -> Any:
        D = indices.shape[0]
        N = math.prod(indices.shape[1:])
        row_bytes = math.prod(array[D:]) * item
        return kernel(name, dtype, D=D, N=N, num_rows=math.prod(array[:D]), row_bytes=row_bytes,
                      index_flag=index_flag(indices), shape=array[:D],
                      work=N * (2 * D + row_bytes / 8))


@register("gather_nd", inputs="data indices")
class GatherND(_Places):
    """y[...] = data[indices[0, ...], ..., indices[D - 1, ...]]: (..., the rest of data's axes)."""

    def infer_shape(self, data, indices):
        return [self.places(data, indices, "data")]

    def prepare(self, inputs, outputs):
        data, indices = inputs
        return self.call("gather_nd", "bytes", data.shape, data.itemsize, indices)

    def grad(self, F, dy, inputs, outputs):
        return [_accumulated(F, dy[0], inputs[1], inputs[0].shape), None]


def _accumulated(F, data, indices, shape):
    """Zeros of `shape` plus data at the places of indices."""
    D = indices.shape[0]
    rows = F._flat_rows(indices, shape=shape[:D])
    count, rest = math.prod(shape[:D]), math.prod(shape[D:])
    summed = F._accumulate_rows(data.reshape((rows.size, rest)), rows,
                                shape=(count, rest), axis=0)
    return summed.reshape(shape)


@register("_flat_rows", inputs="indices")
class FlatRows(_Places):
    """The places that indices name in an array of `shape`, numbered: (N,) int64."""

    dtype_rule = "any -> int64"
    shape: Shape = required("lengths of the axes that are indexed")

    def infer_shape(self, indices):
        self.places(self.shape, indices, "shape")
        return [(math.prod(indices[1:]),)]

    def prepare(self, inputs, outputs):
        return self.call("flat_rows", "int64", self.shape, 8, inputs[0])

    def grad(self, F, dy, inputs, outputs):
        return [None]


class _Scattering(_Places):
    """Base of the writers: data (..., the rest) goes to the places of indices in `shape`."""

    shape: Shape

    def fill_shapes(self, inputs, outputs):
        return inputs, [self.shape]

    def check_data(self, data, indices, argument):
        wanted = self.places(self.shape, indices, "shape")
        if data != wanted:
            raise self.shape_error(argument, str(wanted), data)


@register("scatter_nd", inputs="data indices")
class ScatterND(_Scattering):
    """Zeros of `shape` with data at the places of indices; of several for one, the last counts."""

    shape: Shape = required("shape of the output")

    def infer_shape(self, data, indices):
        self.check_data(data, indices, "data")
        return [self.shape]

    def prepare(self, inputs, outputs):
        return self.call("scatter_nd", "bytes", self.shape, inputs[0].itemsize, inputs[1])

    def grad(self, F, dy, inputs, outputs):
        return [F.gather_nd(dy[0], inputs[1]), None]


def _add_at(data, indices, out):
    total = np.zeros(out.shape, "float64" if out.dtype.kind not in "iu" else "int64")
    np.add.at(total, tuple(indices.astype("int64")), data.astype(total.dtype))
    out[...] = total


@register("_backward_gather_nd", inputs="data indices")
class BackwardGatherND(_Scattering):
    """Zeros of `shape` plus data at the places of indices; several for one place are summed."""

    shape: Shape = required("shape of the output")

    def infer_shape(self, data, indices):
        self.check_data(data, indices, "data")
        return [self.shape]

    def prepare(self, inputs, outputs):
        return host(_add_at, lambda: composed(
            lambda F, data, indices: _accumulated(F, data, indices, self.shape), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [F.gather_nd(dy[0], inputs[1]), None]


@register("_scatter_set_nd", inputs="lhs rhs indices")
class ScatterSetND(_Scattering):
    """lhs, of `shape`, with rhs at the places of indices; the last counts."""

    assigning = True
    dtype_rule = "T T any -> T"
    shape: Shape = required("shape of lhs")

    def infer_shape(self, lhs, rhs, indices):
        if lhs != self.shape:
            raise self.shape_error("lhs", str(self.shape), lhs)
        self.check_data(rhs, indices, "rhs")
        return [lhs]

    def prepare(self, inputs, outputs):
        lhs, _, indices = inputs
        return self.call("scatter_set_nd", "bytes", lhs.shape, lhs.itemsize, indices)

    def grad(self, F, dy, inputs, outputs):
        zero = F._zeros(shape=inputs[1].shape, dtype=inputs[1].dtype)
        return [F._scatter_set_nd(dy[0], zero, inputs[2], shape=self.shape),
                F.gather_nd(dy[0], inputs[2]), None]


@register("_contrib_index_copy", inputs="old_tensor index_vector new_tensor")
class IndexCopy(Op):
    """old_tensor with row index_vector[i] replaced by new_tensor[i]; of several the last counts."""

    dtype_rule = "T any T -> T"

    def infer_shape(self, old_tensor, index_vector, new_tensor):
        wanted = (*index_vector, *old_tensor[1:])
        if len(index_vector) != 1 or new_tensor != wanted:
            raise self.shape_error("new_tensor", str(wanted), new_tensor)
        return [old_tensor]

    def prepare(self, inputs, outputs):
        rows = inputs[0].shape[0]

        def write(old, index, new, out):
            index = wrong_indices.checked(self.title, "index_vector", index, rows)
            out[...] = old
            out[index] = new

        row_bytes = math.prod(inputs[0].shape[1:]) * inputs[0].itemsize
        return host(write, lambda: kernel(
            "set_rows", "bytes", rows=rows, M=inputs[1].size, row_bytes=row_bytes,
            index_flag=index_flag(inputs[1])))

    def grad(self, F, dy, inputs, outputs):
        zero = F._zeros(shape=inputs[2].shape, dtype=inputs[2].dtype)
        return [F._contrib_index_copy(dy[0], inputs[1], zero), None, F.take(dy[0], inputs[1])]


@register("fill_element_0index", inputs="lhs mhs rhs")
class FillElement(Op):
    """lhs (N, K) with lhs[i, rhs[i]] replaced by mhs[i]; mhs and rhs (N,)."""

    dtype_rule = "T any -> T"

    def infer_shape(self, lhs, mhs, rhs):
        if len(lhs) != 2:
            raise self.shape_error("lhs", "(N, K)", lhs)
        for name, shape in (("mhs", mhs), ("rhs", rhs)):
            if shape != lhs[:1]:
                raise self.shape_error(name, str(lhs[:1]), shape)
        return [lhs]

    def prepare(self, inputs, outputs):
        K = inputs[0].shape[1]

        def write(lhs, mhs, rhs, out):
            columns = wrong_indices.checked(self.title, "rhs", rhs, K)
            out[...] = lhs
            out[range(len(columns)), columns] = mhs

        return host(write, lambda: kernel(
            "set_items", "bytes", M=inputs[0].shape[0], K=K, item=inputs[0].itemsize,
            index_flag=index_flag(inputs[2])))
