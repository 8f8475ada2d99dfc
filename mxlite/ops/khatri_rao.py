"""khatri_rao: products of matrices, column by column."""

from __future__ import annotations

import math

from .schema import register
from .trace import Composed


@register("khatri_rao", inputs="*args")
class KhatriRao(Composed):
    """The outer products of the columns: (M1, N), (M2, N), ... -> (M1 M2 ..., N)."""

    def input_names(self, count):
        return [f"arg{i}" for i in range(count)]

    def infer_shape(self, *shapes):
        for name, shape in zip(self.input_names(len(shapes)), shapes, strict=True):
            if len(shape) != 2 or shape[1] != shapes[0][-1]:
                columns = shapes[0][-1] if len(shapes[0]) == 2 else "N"
                raise self.shape_error(name, f"(rows, {columns})", shape)
        return [(math.prod([shape[0] for shape in shapes]), shapes[0][1])]

    def steps(self, F, first, *rest):
        """The operators that it consists of."""
        out = first if rest else F._copy(first)
        for other in rest:
            (rows, columns), more = out.shape, other.shape[0]
            out = out.reshape((rows, 1, columns)) * other.reshape((1, more, columns))
            out = out.reshape((rows * more, columns))
        return out
