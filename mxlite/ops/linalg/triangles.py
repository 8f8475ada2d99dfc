"""Triangles and diagonals of square matrices."""

from __future__ import annotations

import math

from ..schema import KernelCall, kernel, param, register, required
from ..trace import Composed, composed
from .matrices import Matrices, NumberEach, batch_of


def _triangle_call(name, spec, shape, k, upper) -> KernelCall:
    """A call of linalg_triangle.c on matrices of `shape`."""
    return kernel(name, "bytes", batch=batch_of(shape), n=shape[-1], k=k, upper=int(upper),
                  item=spec.itemsize, work=math.prod(shape))


@register("_triangle", inputs="A")
class Triangle(Matrices):
    """A with zeros but on its k-th diagonal and below, or above if upper."""

    upper: bool = required("which triangle is kept")
    k: int = param(0, "the diagonal where it begins; above 0: over the main one")

    def infer_shape(self, A):
        self.check_matrices(A)
        return [A]

    def prepare(self, inputs, outputs):
        return _triangle_call("triangle", inputs[0], inputs[0].shape, self.k, self.upper)

    def grad(self, F, dy, inputs, outputs):
        return [F._triangle(dy[0], upper=self.upper, k=self.k)]


class _Offset(Matrices):
    """Base: a diagonal of square matrices, or the triangle that begins there."""

    offset: int

    def check_offset(self, A):
        self.check_matrices(A)
        if abs(self.offset) >= max(A[-1], 1):
            raise self.value_error("offset", f"a diagonal of A {A}", self.offset)


@register("_linalg_extractdiag", "linalg_extractdiag", inputs="A")
class ExtractDiag(_Offset):
    """A diagonal of each matrix: (*batch, n, n) -> (*batch, n - |offset|)."""

    offset: int = param(0, "which diagonal; above 0: over the main one")

    def infer_shape(self, A):
        self.check_offset(A)
        return [(*A[:-2], A[-1] - abs(self.offset))]

    def steps(self, F, A):
        """The operators that it consists of."""
        if not A.shape[-1]:
            return A.reshape((*A.shape[:-2], 0))
        return F.diag(A, k=self.offset, axis1=-2, axis2=-1)

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F._linalg_makediag(dy[0], offset=self.offset)]


@register("_linalg_makediag", "linalg_makediag", inputs="A")
class MakeDiag(Matrices):
    """Matrices of zeros with A on a diagonal: (*batch, n) -> (*batch, m, m), m = n + |offset|."""

    offset: int = param(0, "which diagonal; above 0: over the main one")

    def infer_shape(self, A):
        if not A:
            raise self.shape_error("A", "(*batch, n)", A)
        n = A[-1] + abs(self.offset)
        return [(*A[:-1], n, n)]

    def prepare(self, inputs, outputs):
        shape = outputs[0].shape
        return composed(lambda F, A: F._backward_diag(A, shape=shape, k=self.offset, axis1=-2,
                                                      axis2=-1), inputs)

    def grad(self, F, dy, inputs, outputs):
        if not inputs[0].shape[-1]:
            return [F.zeros_like(inputs[0])]
        return [F._linalg_extractdiag(dy[0], offset=self.offset)]


@register("_linalg_extracttrian", "linalg_extracttrian", inputs="A")
class ExtractTrian(_Offset):
    """A triangle of each matrix, row by row: (*batch, n, n) -> (*batch, m (m + 1) / 2).

    m = n - |offset|. Below 0, offset says the diagonal where the lower triangle begins; above 0,
    that of the upper one, which is taken column by column; for 0, `lower` says which.
    """

    offset: int = param(0, "diagonal where the triangle begins")
    lower: bool = param(True, "which triangle, if offset is 0")

    def infer_shape(self, A):
        self.check_offset(A)
        m = A[-1] - abs(self.offset)
        return [(*A[:-2], m * (m + 1) // 2)]

    def prepare(self, inputs, outputs):
        return _triangle_call("pack_triangle", inputs[0], inputs[0].shape, abs(self.offset),
                              self.offset > 0 or (self.offset == 0 and not self.lower))

    def grad(self, F, dy, inputs, outputs):
        return [F._linalg_maketrian(dy[0], offset=self.offset, lower=self.lower)]


@register("_linalg_maketrian", "linalg_maketrian", inputs="A")
class MakeTrian(Matrices):
    """Triangular matrices of what extracttrian takes out of them; zeros elsewhere."""

    offset: int = param(0, "diagonal where the triangle begins")
    lower: bool = param(True, "which triangle, if offset is 0")

    def infer_shape(self, A):
        m = math.isqrt(2 * A[-1]) if A else 0
        if not A or m * (m + 1) // 2 != A[-1]:
            raise self.shape_error("A", "(*batch, m (m + 1) / 2) for some m", A)
        n = m + abs(self.offset)
        return [(*A[:-1], n, n)]

    def prepare(self, inputs, outputs):
        return _triangle_call("unpack_triangle", inputs[0], outputs[0].shape, abs(self.offset),
                              self.offset > 0 or (self.offset == 0 and not self.lower))

    def grad(self, F, dy, inputs, outputs):
        if not inputs[0].shape[-1]:
            return [F.zeros_like(inputs[0])]
        return [F._linalg_extracttrian(dy[0], offset=self.offset, lower=self.lower)]


@register("_linalg_sumlogdiag", "linalg_sumlogdiag", inputs="A")
class SumLogDiag(Composed, NumberEach):
    """The sum of the logarithms of each matrix's diagonal: (*batch, n, n) -> (*batch)."""

    def steps(self, F, A):
        """The operators that it consists of."""
        return F.sum(F.log(F._linalg_extractdiag(A)), axis=-1)
