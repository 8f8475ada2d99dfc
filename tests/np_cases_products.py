"""Arguments for products, linear algebra, statistics and polynomials; see np_drawn.py."""

import numpy as onp


def _matrices(d, kind="w"):
    """(..., m, k) and (..., k, n), whose first axes broadcast."""
    m, k, n = d.int(0, 3), d.int(0, 3), d.int(0, 3)
    one, two = d.shapes()
    dtype = d.of(kind, "i")
    return d.array(dtype, shape=(*one[-1:], m, k)), d.array(dtype, shape=(*two[-1:], k, n))


def _dotted(d):
    k, kind = d.int(0, 3), d.of("w", "i")
    left, right = d.shape(0, 2), d.of((), (d.int(0, 3),), (2, d.int(0, 3)))
    b = (k,) if not right else (*right[:-1], k, right[-1])
    return d.array(kind, shape=(*left, k)), d.array(kind, shape=b)


def _tensordot(d):
    common = d.shape(0, 2)
    a, b = (*d.shape(0, 2), *common), (*common, *d.shape(0, 2))
    return d.array("d", shape=a), d.array("d", shape=b), len(common)


def _last(d):
    k = d.int(0, 3)
    return d.array("d", shape=(*d.shape(0, 2), k)), d.array("d", shape=(*d.shape(0, 2), k))


def _equally_many(d, kind="d"):
    shape = d.shape()
    return d.array(kind, shape=shape), d.array(kind, shape=shape)


def _einsum(d):
    i, j, k = d.int(0, 3), d.int(0, 3), d.int(0, 3)
    a, b, c = [d.array("d", shape=shape) for shape in ((i, j), (j, k), (i, j, k))]
    return d.of(("ij,jk->ik", a, b), ("ij,jk", a, b), ("ij->ji", a), ("ij->", a), ("ijk->kj", c),
                ("ijk,jk->i", c, b), ("ij,ijk->ik", a, c), ("...j,jk->...k", a, b),
                ("ij,jk,ijk->", a, b, c))


_vector = lambda d: (d.vector("d"),)                                    # noqa: E731
PRODUCTS = {
    "matmul": _matrices, "dot": _dotted, "tensordot": _tensordot, "inner": _last, "einsum": _einsum,
    "vdot": _equally_many, "outer": lambda d: (d.array("d"), d.array("d")),
    "kron": lambda d: (d.array("d", side=1, shape=d.shape(1, 2, 1)), d.array("d", shape=d.shape(
        1, 2, 1))),
    "cross": lambda d: (d.array("d", shape=(2, 3)), d.array("d", shape=(3,))),
    "correlate": lambda d: (d.vector("d"), d.vector("d"), d.of("valid", "same", "full")),
}


def _symmetric(d):
    a = d.matrix("d")
    return (a @ a.T,)


def _norm(d):
    a = d.array("d", shape=d.shape(1, side=1))
    return (a, *d.of((), (None, d.axis(a)), (d.of(1, 2, 3, onp.inf), d.axis(a)))), {
        "keepdims": d.of(False, True)}


def _system(d):
    a = d.matrix("d")
    return a, d.array("d", shape=(len(a), d.int(1, 3)))


_one = lambda d: (d.matrix("d"),)                                       # noqa: E731
_LINALG = {
    **dict.fromkeys(("inv", "det", "slogdet", "pinv", "cond", "matrix_rank"), _one),
    "cholesky": _symmetric, "eigvalsh": _symmetric, "norm": _norm, "solve": _system,
    "matrix_power": lambda d: (d.matrix("d"), d.int(-2, 3)),
    "multi_dot": lambda d: ([d.array("d", shape=shape) for shape in ((2, 3), (3, 4), (4, 2))],),
    "tensorinv": lambda d: (d.matrix("d", 6).reshape(2, 3, 6), 2),
    "tensorsolve": lambda d: (d.matrix("d", 6).reshape(2, 3, 6), d.array("d", shape=(2, 3))),
    "lstsq": lambda d: ((*_system(d),), {"rcond": None}),
}
LINALG = {f"linalg.{name}": case for name, case in _LINALG.items()}
STATISTICS = {
    **dict.fromkeys(("cov", "corrcoef"), lambda d: (d.array("d", shape=(2, d.int(3, 6))),)),
    "histogram": lambda d: (d.array("d"), d.int(1, 5), (-3.0, 3.0)),
    "histogram_bin_edges": lambda d: (d.array("d"), d.int(1, 5), (-3.0, 3.0)),
    "histogram2d": lambda d: (d.vector("d", 4, 4), d.vector("d", 4, 4), 3),
    "histogramdd": lambda d: (d.array("d", shape=(5, 2)), 2),
    "interp": lambda d: (d.array("d"), onp.array([-1.0, 0.5, 2.0]), d.array("d", shape=(3,))),
    **dict.fromkeys(("allclose", "array_equal", "array_equiv"), _equally_many),
    "promote_types": lambda d: (d.of("int32", "float32"), d.of("int64", "float64")),
}
POLYNOMIALS = {
    "polyval": lambda d: (d.vector("d"), d.array("d")), "poly": _vector, "polyint": _vector,
    **dict.fromkeys(("polyadd", "polysub", "polymul", "polydiv"), lambda d: (
        onp.array([2.0, *d.vector("d")]), onp.array([1.0, d.int(1, 3)]))),
    "polyfit": lambda d: (onp.arange(4.0), d.array("d", shape=(4,)), d.int(1, 2)),
    "vander": lambda d: (d.vector("d"), d.int(1, 4)),
}
