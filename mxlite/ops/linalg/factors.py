"""Factors of matrices and what is made of them: Cholesky, LQ, eigenvectors, inverses."""

from __future__ import annotations

import numpy as np

from ..inference import all_alike
from ..schema import kernel, param, register
from ..trace import composed, composed_gradients
from .matrices import Matrices, NumberEach, batch_of, product, turned
from .products import Triangular


def mirrored(F, x):
    """The symmetric matrices with the lower triangles of x."""
    return F._triangle(x, upper=False) + turned(F, F._triangle(x, upper=False, k=-1))


class _Square(Matrices):
    """Base: square matrices, to others of the same shape."""

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)

    def infer_shape(self, A):
        self.check_matrices(A)
        return [A]


@register("_linalg_potrf", "linalg_potrf", inputs="A")
class Potrf(_Square):
    """The Cholesky factor L of symmetric, positive definite matrices: L @ L^T = A.

    L is lower triangular; of A the lower triangle is read. With lower=False the factor is upper
    triangular, L^T @ L = A, and the upper triangle is read. The gradient is symmetric. Raises where
    a matrix is not positive definite.
    """

    lower: bool = param(True, "whether the factor is lower triangular")

    def upper(self, F, A):
        """The operators of which an upper triangular factor is made."""
        return turned(F, F._linalg_potrf(turned(F, A)))

    def prepare(self, inputs, outputs):
        if not self.lower:
            return composed(self.upper, inputs)
        n = inputs[0].shape[-1]
        batch = batch_of(inputs[0].shape)
        return kernel("potrf", inputs[0].dtype, batch=batch, n=n, work=batch * n ** 3 / 6)

    def value_message(self, specs, values):
        return f"{self.title}: A must be positive definite (A {specs[0].shape})"

    def grad(self, F, dy, inputs, outputs):
        if not self.lower:
            return composed_gradients(F, self.upper, inputs, dy)
        L = outputs[0]
        middle = mirrored(F, product(F, L, F._triangle(dy[0], upper=False), transpose_a=True))
        left = F._linalg_trsm(L, middle, transpose=True)
        return [F._linalg_trsm(L, left, rightside=True, alpha=0.5)]


@register("_linalg_trsm", "linalg_trsm", inputs="A B")
class Trsm(Triangular):
    """X with op(A) @ X = alpha B, or X @ op(A) = alpha B if rightside; A is triangular.

    One triangle of A (*batch, n, n) is read; op transposes if asked.
    """

    def prepare(self, inputs, outputs):
        A, B = inputs[0].shape, inputs[1].shape
        n, others = A[-1], B[-2 if self.rightside else -1]
        batch = batch_of(A)
        return kernel("trsm", inputs[0].dtype, batch=batch, n=n, others=others,
                      right=int(self.rightside), upper=int(not self.lower),
                      trans=int(self.transpose), identity=0, alpha=self.alpha,
                      work=batch * n * n * others / 4)

    def grad(self, F, dy, inputs, outputs):
        A, X = inputs[0], outputs[0]
        back = F._linalg_trsm(A, dy[0], **{**self.inner, "transpose": not self.transpose})
        if self.rightside == self.transpose:
            dA = product(F, back, X, self.transpose, not self.transpose)
        else:
            dA = product(F, X, back, not self.transpose, self.transpose)
        return [-F._triangle(dA, upper=not self.lower),
                back if self.alpha == 1 else back * self.alpha]


@register("_triangular_inverse", inputs="A")
class TriangularInverse(_Square):
    """The inverse of lower triangular matrices; raises where there is a 0 on a diagonal."""

    caller: str = param("_triangular_inverse", "what errors name")

    def prepare(self, inputs, outputs):
        n, batch = inputs[0].shape[-1], batch_of(inputs[0].shape)
        return kernel("trsm", inputs[0].dtype, batch=batch, n=n, others=n, right=0, upper=0,
                      trans=0, identity=1, alpha=1.0, work=batch * n ** 3 / 4)

    def value_message(self, specs, values):
        return (f"{self.caller}: A must be a factor as potrf returns it, without 0 on the "
                f"diagonal (A {specs[0].shape})")

    def grad(self, F, dy, inputs, outputs):
        inner = product(F, dy[0], outputs[0], transpose_b=True)
        return [-F._triangle(product(F, outputs[0], inner, transpose_a=True), upper=False)]


@register("_linalg_potri", "linalg_potri", inputs="A")
class Potri(_Square):
    """(A @ A^T)^-1 for lower triangular A: the inverse of the matrix that potrf made A of.

    With lower=False A is upper triangular, and this is (A^T @ A)^-1.
    """

    lower: bool = param(True, "whether A is lower triangular")

    def steps(self, F, A):
        """The operators that it consists of."""
        A = A if self.lower else turned(F, A)
        inverse = F._triangular_inverse(A, caller=self.title)
        return product(F, inverse, inverse, transpose_a=True)

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)

    def grad(self, F, dy, inputs, outputs):
        A = inputs[0] if self.lower else turned(F, inputs[0])
        both = dy[0] + turned(F, dy[0])
        right = product(F, outputs[0], both)
        solved = F._linalg_trsm(A, right, rightside=True, transpose=True, alpha=-1.0)
        gradient = F._triangle(solved, upper=False)
        return [gradient if self.lower else turned(F, gradient)]


class _Inverse(_Square):
    """Base: inverses."""

    takes_singular = 0

    def prepare(self, inputs, outputs):
        n, batch = inputs[0].shape[-1], batch_of(inputs[0].shape)
        return kernel("inverse", inputs[0].dtype, batch=batch, n=n,
                      takes_singular=self.takes_singular, work=batch * n ** 3)

    def value_message(self, specs, values):
        return f"{self.title}: A must not be singular (A {specs[0].shape})"

    def grad(self, F, dy, inputs, outputs):
        inner = product(F, dy[0], outputs[0], transpose_b=True)
        return [-product(F, outputs[0], inner, transpose_a=True)]


@register("_linalg_inverse", "linalg_inverse", inputs="A")
class Inverse(_Inverse):
    """The inverse of square matrices. Raises where one is singular."""


@register("_inverse_or_zeros", inputs="A")
class InverseOrZeros(_Inverse):
    """The inverse of square matrices, zeros for singular ones."""

    takes_singular = 1


class _Determinant(NumberEach):
    """Base: determinants, of LU factors."""

    def prepare(self, inputs, outputs):
        n, batch = inputs[0].shape[-1], batch_of(inputs[0].shape)
        return kernel("det", inputs[0].dtype, batch=batch, n=n, outputs=self.count,
                      work=batch * n ** 3 / 4)

    def scaled_inverse(self, F, A, factors):
        """A^-T times a factor a matrix; zeros where A is singular."""
        factors = factors.reshape((*A.shape[:-2], 1, 1))
        return F.broadcast_mul(turned(F, F._inverse_or_zeros(A)), factors)


@register("_linalg_det", "linalg_det", inputs="A", outputs="output0 output1 output2")
class Det(_Determinant):
    """The determinant of each matrix: (*batch, n, n) -> (*batch).

    Where it is 0, the gradient is 0, too.
    """

    def grad(self, F, dy, inputs, outputs):
        return [self.scaled_inverse(F, inputs[0], dy[0] * outputs[0])]


@register("_linalg_slogdet", "linalg_slogdet", inputs="A",
          outputs="output0 output1 output2 output3")
class SLogDet(_Determinant):
    """The sign of each determinant, and the logarithm of its size: (*batch, n, n) -> (*batch).

    0 and -infinity, with a gradient of 0, for singular matrices.
    """

    count = num_outputs = 2

    def grad(self, F, dy, inputs, outputs):
        return [self.scaled_inverse(F, inputs[0], dy[1])]


@register("_linalg_gelqf", "linalg_gelqf", inputs="A")
class Gelqf(Matrices):
    """Q and L with A = L @ Q: (*batch, m, n), m <= n -> (*batch, m, n), (*batch, m, m).

    The rows of Q are orthonormal, L is lower triangular. The gradient is that of matrices of full
    rank.
    """

    num_outputs = 2

    def fill_shapes(self, inputs, outputs):
        A = inputs[0] or outputs[0]
        return [A], [A, (*A[:-1], A[-2]) if A and len(A) > 1 else outputs[1]]

    def infer_shape(self, A):
        self.check_matrices(A, square=False)
        if A[-2] > A[-1]:
            raise self.shape_error("A", "(*batch, m, n), m at most n", A)
        return [A, (*A[:-1], A[-2])]

    def prepare(self, inputs, outputs):
        (m, n), batch = inputs[0].shape[-2:], batch_of(inputs[0].shape)
        return kernel("lq", inputs[0].dtype, batch=batch, m=m, n=n, work=batch * m * m * n)

    def grad(self, F, dy, inputs, outputs):
        Q, L = outputs
        inner = product(F, L, F._triangle(dy[1], upper=False), transpose_a=True)
        inner = inner - product(F, dy[0], Q, transpose_b=True)
        return [F._linalg_trsm(L, dy[0] + product(F, mirrored(F, inner), Q), transpose=True)]


@register("_linalg_syevd", inputs="A")
class Syevd(Matrices):
    """Eigenvectors U, the rows, and eigenvalues L, ascending, of symmetric matrices.

    (*batch, n, n) -> (*batch, n, n), (*batch, n); U^T @ diag(L) @ U = A. The largest item of an
    eigenvector is positive. Of A the lower triangle is read; the gradient is symmetric, and that of
    distinct eigenvalues. Raises where A is not finite.
    """

    num_outputs = 2

    def fill_shapes(self, inputs, outputs):
        A = inputs[0] or outputs[0]
        return [A], [A, A and A[:-1]]

    def infer_shape(self, A):
        self.check_matrices(A)
        return [A, A[:-1]]

    def prepare(self, inputs, outputs):
        n, batch = inputs[0].shape[-1], batch_of(inputs[0].shape)
        return kernel("eigen", inputs[0].dtype, batch=batch, n=n, work=4 * batch * n ** 3)

    def value_message(self, specs, values):
        is_finite = values[0] is not None and np.isfinite(np.tril(values[0])).all()
        what = "the eigenvalues of A did not converge" if is_finite else "A must be finite"
        return f"{self.title}: {what} (A {specs[0].shape})"

    def grad(self, F, dy, inputs, outputs):
        (dU, dL), (U, L) = dy, outputs
        inner = product(F, dU, U, transpose_b=True)
        inner = (inner - turned(F, inner)) / self.twice_apart(F, L)
        middle = inner + F._linalg_makediag(dL)
        return [product(F, product(F, U, middle, transpose_a=True), U)]

    def twice_apart(self, F, L):
        """2 (L[i] - L[j]), of a size of at least twice the least that may be."""
        n = L.shape[-1]
        least = 2e-30 if L.dtype == "float32" else 2e-100
        differences = F.broadcast_sub(L.reshape((*L.shape, 1)), L.reshape((*L.shape[:-1], 1, n)))
        ones = F._ones(shape=differences.shape, dtype=L.dtype)
        signs = F._triangle(ones, upper=False) * 2.0 - 1.0
        return F._maximum_scalar(differences * signs * 2.0, scalar=least) * signs
