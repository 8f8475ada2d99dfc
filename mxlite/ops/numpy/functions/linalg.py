"""np.linalg."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import MXNetValueError
from .table import axis_argument, need, public_in

linalg = public_in("linalg")


@linalg()
def norm(F: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of a vector, or of the matrices in two axes: ord None (the square root of the sum of
    squares), a number, 'fro' or 'nuc'."""
    need(F, "norm", x=x)
    if ord is not None and not isinstance(ord, (int, float)) and ord not in (
            "fro", "nuc", "inf", "-inf"):
        raise MXNetValueError(f"norm: ord must be a number, 'fro' or 'nuc'; got {ord!r}")
    return F._npi_norm(x, ord="None" if ord is None else str(ord), axis=axis_argument(axis),
                       keepdims=bool(keepdims))


@linalg()
def cholesky(F: Any, a: Any) -> Any:
    """L of a = L L^T, (..., N, N)."""
    need(F, "cholesky", a=a)
    return F._linalg_potrf(a)


@linalg()
def inv(F: Any, a: Any) -> Any:
    """The inverse of the matrices (..., N, N)."""
    need(F, "inv", a=a)
    return F._linalg_inverse(a)


@linalg()
def det(F: Any, a: Any) -> Any:
    """The determinants of the matrices (..., N, N)."""
    need(F, "det", a=a)
    return F._npi_det(a)


@linalg()
def slogdet(F: Any, a: Any) -> tuple[Any, Any]:
    """(signs, logarithms of the absolute values) of the determinants."""
    need(F, "slogdet", a=a)
    sign, logarithm = F._npi_slogdet(a)
    return sign, logarithm


@linalg()
def solve(F: Any, a: Any, b: Any) -> Any:
    """x of a x = b: a (..., N, N), b (..., N) or (..., N, K)."""
    need(F, "solve", a=a, b=b)
    return F._npi_solve(a, b)


@linalg()
def svd(F: Any, a: Any) -> tuple[Any, Any, Any]:
    """(ut, l, v) with a = ut diag(l) v: a (..., M, N), M <= N."""
    need(F, "svd", a=a)
    ut, values, v = F._npi_svd(a)
    return ut, values, v


@linalg()
def eigh(F: Any, a: Any, UPLO: str = "L") -> tuple[Any, Any]:
    """(eigenvalues, eigenvectors as columns) of symmetric matrices; UPLO: the triangle that is
    read, 'L' or 'U'."""
    need(F, "eigh", a=a)
    if UPLO not in ("L", "U"):
        raise MXNetValueError(f"eigh: UPLO must be 'L' or 'U'; got {UPLO!r}")
    values, vectors = F._npi_eigh(a, UPLO=UPLO)
    return values, vectors


@linalg()
def pinv(F: Any, a: Any, rcond: Any = 1e-15, hermitian: bool = False) -> Any:
    """The pseudo-inverses of the matrices (..., M, N)."""
    need(F, "pinv", a=a)
    return F.on_host("linalg.pinv", (a, rcond), {})


@linalg()
def tensorinv(F: Any, a: Any, ind: int = 2) -> Any:
    """The inverse of a as a map from its last axes to its first `ind`."""
    need(F, "tensorinv", a=a)
    if ind < 1:
        raise MXNetValueError(f"tensorinv: ind must be at least 1; got {ind}")
    return F._npi_tensorinv(a, ind=ind)


@linalg()
def tensorsolve(F: Any, a: Any, b: Any, axes: Any = None) -> Any:
    """x of tensordot(a, x, x.ndim) = b."""
    need(F, "tensorsolve", a=a, b=b)
    return F._npi_tensorsolve(a, b, a_axes=() if axes is None else tuple(np.atleast_1d(axes)))


def _declare(name: str, has_several: bool) -> None:
    def call(F: Any, *args: Any, **kwargs: Any) -> Any:
        if name == "lstsq" and kwargs.get("rcond") == "warn":
            del kwargs["rcond"]
        F.check_arrays(f"linalg.{name}", args, kwargs)
        result = F.on_host(f"linalg.{name}", args, kwargs)
        return tuple(result) if has_several else result

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"NumPy's linalg.{name}, computed by it on the host: it has no gradient."
    linalg()(call)


for _name in ("eig", "qr", "lstsq"):
    _declare(_name, True)
for _name in ("eigvals", "eigvalsh", "matrix_rank", "matrix_power", "multi_dot", "cond"):
    _declare(_name, False)
