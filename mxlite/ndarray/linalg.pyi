"""Every operator as a function of arrays. Written by tools/gen_stubs.py: do not edit."""

from collections.abc import Sequence

from .ndarray import NDArray

_Ints = int | Sequence[int]

def det(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """The determinant of each matrix: (*batch, n, n) -> (*batch)."""

def extractdiag(A: NDArray, offset: int = 0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """A diagonal of each matrix: (*batch, n, n) -> (*batch, n - |offset|)."""

def extracttrian(A: NDArray, offset: int = 0, lower: bool = True, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """A triangle of each matrix, row by row: (*batch, n, n) -> (*batch, m (m + 1) / 2)."""

def gelqf(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> list[NDArray]:
    """Q and L with A = L @ Q: (*batch, m, n), m <= n -> (*batch, m, n), (*batch, m, m)."""

def gemm(A: NDArray, B: NDArray, C: NDArray, transpose_a: bool = False,
         transpose_b: bool = False, alpha: float = 1.0, beta: float = 1.0,
         axis: int = -2, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """alpha op(A) @ op(B) + beta C, matrix by matrix."""

def gemm2(A: NDArray, B: NDArray, transpose_a: bool = False, transpose_b: bool = False,
          alpha: float = 1.0, axis: int = -2, *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """alpha op(A) @ op(B), matrix by matrix: (*batch, M, K), (*batch, K, N) -> (*batch, M, N)."""

def inverse(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """The inverse of square matrices. Raises where one is singular."""

def makediag(A: NDArray, offset: int = 0, *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Matrices of zeros with A on a diagonal: (*batch, n) -> (*batch, m, m), m = n + |offset|."""

def maketrian(A: NDArray, offset: int = 0, lower: bool = True, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Triangular matrices of what extracttrian takes out of them; zeros elsewhere."""

def potrf(A: NDArray, lower: bool = True, *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The Cholesky factor L of symmetric, positive definite matrices: L @ L^T = A."""

def potri(A: NDArray, lower: bool = True, *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """(A @ A^T)^-1 for lower triangular A: the inverse of the matrix that potrf made A of."""

def slogdet(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> list[NDArray]:
    """The sign of each determinant, and the logarithm of its size: (*batch, n, n) -> (*batch)."""

def sumlogdiag(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """The sum of the logarithms of each matrix's diagonal: (*batch, n, n) -> (*batch)."""

def syevd(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> list[NDArray]:
    """Eigenvectors U, the rows, and eigenvalues L, ascending, of symmetric matrices."""

def syrk(A: NDArray, transpose: bool = False, alpha: float = 1.0, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """alpha A @ A^T, or alpha A^T @ A with transpose, matrix by matrix."""

def trmm(A: NDArray, B: NDArray, transpose: bool = False, rightside: bool = False,
         lower: bool = True, alpha: float = 1.0, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """alpha op(A) @ B, or alpha B @ op(A) if rightside; A (*batch, n, n) is triangular."""

def trsm(A: NDArray, B: NDArray, transpose: bool = False, rightside: bool = False,
         lower: bool = True, alpha: float = 1.0, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """X with op(A) @ X = alpha B, or X @ op(A) = alpha B if rightside; A is triangular."""
