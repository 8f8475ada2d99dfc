"""What operators on batches of matrices share."""

from __future__ import annotations

import math

from ..schema import Op


class Matrices(Op):
    """Base: arrays (*batch, rows, columns)."""

    dtype_rule = "F -> F"

    def check_matrices(self, shape, square=True):
        """Raise where A is no batch of (square) matrices."""
        if len(shape) < 2 or (square and shape[-1] != shape[-2]):
            raise self.shape_error("A", "(*batch, n, n)" if square else "(*batch, m, n)", shape)


class NumberEach(Matrices):
    """Base: a number, or a few, for each square matrix: (*batch, n, n) -> (*batch)."""

    count = 1

    def fill_shapes(self, inputs, outputs):
        A = inputs[0]
        return inputs, [A[:-2] or (1,)] * self.count if A and len(A) > 1 else outputs

    def infer_shape(self, A):
        self.check_matrices(A)
        return [A[:-2] or (1,)] * self.count


def batch_of(shape):
    """How many matrices there are."""
    return math.prod(shape[:-2])


def turned(F, x):
    """The matrices transposed."""
    return F.SwapAxis(x, dim1=x.ndim - 2, dim2=x.ndim - 1)


def product(F, a, b, transpose_a=False, transpose_b=False):
    """a @ b, matrix by matrix."""
    return F._linalg_gemm2(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
