"""Products of matrices: gemm, gemm2, syrk, trmm."""

from __future__ import annotations

from ..matrix import gemm
from ..schema import param, register
from ..trace import Composed
from .matrices import Matrices, batch_of, product


class _General(Composed, Matrices):
    """Base: op(A) @ op(B), where the rows of the matrices are along `axis`, their columns last."""

    transpose_a: bool
    transpose_b: bool
    alpha: float
    axis: int

    def rows_axis(self, shape):
        """`axis` from 0 on; raises where it is the last one."""
        self.check_matrices(shape, square=False)
        axis = self.axis_in(self.axis, len(shape))
        if axis == len(shape) - 1:
            raise self.value_error("axis", "another one than that of the columns, the last",
                                   self.axis)
        return axis

    def result(self, A, B):
        """The shape of the product."""
        axis = self.rows_axis(A)
        M, K = (A[-1], A[axis]) if self.transpose_a else (A[axis], A[-1])
        B_rows, N = ("N", K) if self.transpose_b else (K, "N")
        wanted = [*A[:axis], B_rows, *A[axis + 1:-1], N]
        if len(B) != len(A) or any(n not in ("N", m) for n, m in zip(wanted, B, strict=True)):
            rule = ", ".join(map(str, wanted))
            raise self.shape_error("B", f"({rule}) to match A {A}", B)
        return (*A[:axis], M, *A[axis + 1:-1], B[axis] if self.transpose_b else B[-1])

    def scaled_product(self, F, A, B):
        """alpha * op(A) @ op(B)."""
        axis, rows = self.rows_axis(A.shape), A.ndim - 2
        if axis != rows:
            A, B = [F.SwapAxis(x, dim1=axis, dim2=rows) for x in (A, B)]
        multiply = F.dot if A.ndim == 2 else F.batch_dot
        out = multiply(A, B, transpose_a=self.transpose_a, transpose_b=self.transpose_b)
        if axis != rows:
            out = F.SwapAxis(out, dim1=axis, dim2=rows)
        return out if self.alpha == 1 else out * self.alpha


@register("_linalg_gemm", "linalg_gemm", inputs="A B C")
class Gemm(_General):
    """alpha op(A) @ op(B) + beta C, matrix by matrix.

    A (*batch, M, K), B (*batch, K, N), C (*batch, M, N); op transposes where asked. The rows are
    along `axis`, the columns along the last one.
    """

    transpose_a: bool = param(False, "transpose A")
    transpose_b: bool = param(False, "transpose B")
    alpha: float = param(1.0, "factor of the product")
    beta: float = param(1.0, "factor of C")
    axis: int = param(-2, "axis of the rows")

    def fill_shapes(self, inputs, outputs):
        return [*inputs[:2], outputs[0]], [inputs[2]]

    def infer_shape(self, A, B, C):
        wanted = self.result(A, B)
        if wanted != C:
            raise self.shape_error("C", str(wanted), C)
        return [wanted]

    def steps(self, F, A, B, C):
        return self.scaled_product(F, A, B) + (C if self.beta == 1 else C * self.beta)


@register("_linalg_gemm2", "linalg_gemm2", inputs="A B")
class Gemm2(_General):
    """alpha op(A) @ op(B), matrix by matrix: (*batch, M, K), (*batch, K, N) -> (*batch, M, N).

    op transposes where asked. The rows are along `axis`, the columns along the last one.
    """

    transpose_a: bool = param(False, "transpose A")
    transpose_b: bool = param(False, "transpose B")
    alpha: float = param(1.0, "factor of the product")
    axis: int = param(-2, "axis of the rows")

    def infer_shape(self, A, B):
        return [self.result(A, B)]

    def prepare(self, inputs, outputs):
        A, out = inputs[0].shape, outputs[0].shape
        if self.alpha != 1 or self.rows_axis(A) != len(A) - 2:
            return super().prepare(inputs, outputs)
        return gemm(inputs[0].dtype, *out[-2:], A[-2 if self.transpose_a else -1],
                    self.transpose_a, self.transpose_b, batch=batch_of(A))

    def steps(self, F, A, B):
        return self.scaled_product(F, A, B)


@register("_linalg_syrk", "linalg_syrk", inputs="A")
class Syrk(Composed, Matrices):
    """alpha A @ A^T, or alpha A^T @ A with transpose, matrix by matrix."""

    transpose: bool = param(False, "multiply A^T by A")
    alpha: float = param(1.0, "factor of the product")

    def infer_shape(self, A):
        self.check_matrices(A, square=False)
        n = A[-1 if self.transpose else -2]
        return [(*A[:-2], n, n)]

    def steps(self, F, A):
        out = product(F, A, A, self.transpose, not self.transpose)
        return out if self.alpha == 1 else out * self.alpha


class Triangular(Matrices):
    """Base: a triangular A (*batch, n, n) on one side of B (*batch, n, k) or (*batch, k, n)."""

    transpose: bool = param(False, "transpose A")
    rightside: bool = param(False, "A stands on the right")
    lower: bool = param(True, "which triangle of A is read")
    alpha: float = param(1.0, "factor of the result")

    def fill_shapes(self, inputs, outputs):
        (A, B), out = inputs, outputs[0]
        known = out or B
        if known is not None and len(known) >= 2:
            n = known[-1 if self.rightside else -2]
            A = A or (*known[:-2], n, n)
        return [A, out or B], [B or out]

    def infer_shape(self, A, B):
        self.check_matrices(A)
        n = A[-1]
        rule = (*A[:-2], "k", n) if self.rightside else (*A[:-2], n, "k")
        if len(B) != len(A) or any(m not in ("k", length)
                                   for m, length in zip(rule, B, strict=True)):
            raise self.shape_error("B", f"({', '.join(map(str, rule))}) to match A {A}", B)
        return [B]

    @property
    def inner(self):
        """The parameters but alpha."""
        return {"rightside": self.rightside, "lower": self.lower, "transpose": self.transpose}


@register("_linalg_trmm", "linalg_trmm", inputs="A B")
class Trmm(Composed, Triangular):
    """alpha op(A) @ B, or alpha B @ op(A) if rightside; A (*batch, n, n) is triangular.

    One triangle of A is read; op transposes if asked.
    """

    def steps(self, F, A, B):
        """The operators that it consists of."""
        A = F._triangle(A, upper=not self.lower)
        out = product(F, B, A, transpose_b=self.transpose) if self.rightside else product(
            F, A, B, transpose_a=self.transpose)
        return out if self.alpha == 1 else out * self.alpha
