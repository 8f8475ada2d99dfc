"""Samples of linear algebra."""

import numpy as np

from .sample import Fixed, Sample

WIDE = ("float32", "float64")


def op(x, transpose):
    return x.swapaxes(-1, -2) if transpose else x


def gemm2(a, b, transpose_a=False, transpose_b=False, alpha=1.0, axis=-2):
    a, b = [np.swapaxes(x, axis, -2) for x in (a, b)]
    return np.swapaxes(alpha * (op(a, transpose_a) @ op(b, transpose_b)), axis, -2)


def gemm(a, b, c, beta=1.0, **params):
    return gemm2(a, b, **params) + beta * c


def syrk(a, transpose=False, alpha=1.0):
    return alpha * (op(a, transpose) @ op(a, not transpose))


def triangle(a, lower):
    return np.tril(a) if lower else np.triu(a)


def trmm(a, b, transpose=False, rightside=False, lower=True, alpha=1.0):
    a = op(triangle(a, lower), transpose)
    return alpha * (b @ a if rightside else a @ b)


def trsm(a, b, transpose=False, rightside=False, lower=True, alpha=1.0):
    inverse = np.linalg.inv(op(triangle(a, lower), transpose)) if a.size else a
    return alpha * (b @ inverse if rightside else inverse @ b)


def symmetric(a):
    """What is read of `a`: its lower triangle."""
    return np.tril(a) + np.tril(a, -1).swapaxes(-1, -2)


def makediag(a, offset=0):
    n = a.shape[-1] + abs(offset)
    out = np.zeros((*a.shape[:-1], n, n))
    for i in range(a.shape[-1]):
        out[..., i + max(-offset, 0), i + max(offset, 0)] = a[..., i]
    return out


def places(m, offset, lower):
    """Rows and columns of a packed triangle of m rows, in its order."""
    rows, columns = np.tril_indices(m)
    if offset > 0 or (offset == 0 and not lower):
        return columns, rows + offset
    return rows - offset, columns


def extracttrian(a, offset=0, lower=True):
    return a[(..., *places(a.shape[-1] - abs(offset), offset, lower))]


def maketrian(a, offset=0, lower=True):
    m = int(np.sqrt(2 * a.shape[-1]))
    out = np.zeros((*a.shape[:-1], m + abs(offset), m + abs(offset)))
    out[(..., *places(m, offset, lower))] = a
    return out


def gelqf(a):
    q, r = np.linalg.qr(a.swapaxes(-1, -2))
    return [q.swapaxes(-1, -2), r.swapaxes(-1, -2)]


def syevd(a):
    values, vectors = np.linalg.eigh(symmetric(a))
    rows = vectors.swapaxes(-1, -2)
    if not rows.size:
        return [rows, values]
    largest = np.abs(rows).argmax(-1)[..., None]
    return [rows * np.sign(np.take_along_axis(rows, largest, -1)), values]


def determinant(a):
    return np.linalg.det(a).reshape(a.shape[:-2] or (1,))


def slogdet(a):
    return [part.reshape(a.shape[:-2] or (1,)) for part in np.linalg.slogdet(a)]


# diagonals that stand out, so that factors and inverses are far from singular
PLAIN = np.array([[3, 0.5, -1], [0.25, 2, 0.75], [-0.5, 1, 4]])
POSITIVE = np.array([[4, 0.5, 1], [1, 3, -0.5], [-0.5, 0.75, 2]])     # of which half is read
ONE, TWO = Fixed(PLAIN), Fixed([PLAIN, PLAIN.T / 2 + np.eye(3)])
SYMMETRIC = Fixed([POSITIVE, POSITIVE + np.eye(3)])
KNOWN = {"dtypes": WIDE, "slack": 8}
TWICE = {**KNOWN, "second": True}
HALF = {"slack": 8, "second": True}
# gradients of matrices of which half is read, or of U in A = U^T L U: see test_linalg.py
RECORDED = {**KNOWN, "gradient": "recorded", "wrt": (0,)}


def product_samples():
    for params in ({}, {"alpha": 0.5, "transpose_a": True}, {"transpose_b": True},
                   {"alpha": -2.0, "transpose_a": True, "transpose_b": True}):
        a = (4, 3) if params.get("transpose_a") else (3, 4)
        b = (2, 4) if params.get("transpose_b") else (4, 2)
        yield Sample("_linalg_gemm2", ((2, *a), (2, *b)), gemm2, params, **HALF)
        yield Sample("_linalg_gemm", ((2, *a), (2, *b), (2, 3, 2)), gemm,
                     {**params, "beta": 0.25}, **HALF)
    yield Sample("_linalg_gemm2", ((3, 4), (4, 2)), gemm2, **HALF)
    yield Sample("_linalg_gemm", ((3, 4), (4, 2), (3, 2)), gemm, **HALF)
    yield Sample("_linalg_gemm2", ((3, 2, 4), (4, 2, 5)), gemm2, {"axis": 0}, **HALF)
    yield Sample("_linalg_gemm", ((2, 3, 2, 4), (2, 4, 2, 5), (2, 3, 2, 5)), gemm,
                 {"axis": 1, "alpha": 2.0}, **HALF)
    for params in ({}, {"transpose": True, "alpha": 0.5}):
        yield Sample("_linalg_syrk", ((2, 3, 4),), syrk, params, **HALF)
    yield Sample("_linalg_syrk", ((3, 4),), syrk, **HALF)


def triangular_samples():
    for name, function in (("trmm", trmm), ("trsm", trsm)):
        for rightside in (False, True):
            for transpose in (False, True):
                for lower in (False, True):
                    params = {"rightside": rightside, "transpose": transpose, "lower": lower,
                              "alpha": 0.5 if lower else 1.0}
                    yield Sample(f"_linalg_{name}", (TWO, (2, 2, 3) if rightside else (2, 3, 2)),
                                 function, params, **TWICE, wrt=(0, 1))
        yield Sample(f"_linalg_{name}", (ONE, (3, 4)), function, **TWICE, wrt=(0, 1))


def diagonal_samples():
    for offset in (0, 1, -2):
        yield Sample("_linalg_extractdiag", ((2, 4, 4),), lambda a, offset: np.diagonal(
            a, offset, -2, -1), {"offset": offset}, **TWICE)
        yield Sample("_linalg_makediag", ((2, 3),), makediag, {"offset": offset}, **TWICE)
    for params in ({}, {"lower": False}, {"offset": 1}, {"offset": -2}):
        yield Sample("_linalg_extracttrian", ((2, 4, 4),), extracttrian, params, **TWICE)
        yield Sample("_linalg_maketrian", ((2, 6),), maketrian, params, **TWICE)
    for values in (TWO, ONE):
        yield Sample("_linalg_sumlogdiag", (values,), lambda a: np.log(np.diagonal(
            a, 0, -2, -1)).sum(-1).reshape(a.shape[:-2] or (1,)), wrt=(0,), **TWICE)


def factor_samples():
    upper = {"lower": False}
    yield Sample("_linalg_potrf", (SYMMETRIC,), lambda a, lower: np.linalg.cholesky(symmetric(
        a.swapaxes(-1, -2))).swapaxes(-1, -2), upper, **RECORDED)
    yield Sample("_linalg_potri", (TWO,), lambda a, lower: np.linalg.inv(
        np.triu(a).swapaxes(-1, -2) @ np.triu(a)), upper, wrt=(0,), **TWICE)
    for values in (SYMMETRIC, Fixed(POSITIVE)):
        yield Sample("_linalg_potrf", (values,), lambda a: np.linalg.cholesky(symmetric(a)),
                     **RECORDED)
        yield Sample("_linalg_syevd", (values,), syevd, **RECORDED)
    for values in (TWO, ONE):
        yield Sample("_linalg_potri", (values,), lambda a: np.linalg.inv(
            np.tril(a) @ np.tril(a).swapaxes(-1, -2)), wrt=(0,), **TWICE)
        yield Sample("_linalg_inverse", (values,), np.linalg.inv, wrt=(0,), **TWICE)
        yield Sample("_linalg_det", (values,), determinant, wrt=(0,), **TWICE)
        yield Sample("_linalg_slogdet", (values,), slogdet, wrt=(0,), **TWICE)
    yield Sample("_linalg_gelqf", (TWO,), gelqf, wrt=(0,), **TWICE)
    yield Sample("_linalg_gelqf", ((2, 4),), gelqf, **TWICE)


SAMPLES = [*product_samples(), *triangular_samples(), *diagonal_samples(), *factor_samples()]


def many(count=64, n=24):
    """Symmetric, positive definite matrices."""
    distance = np.abs(np.arange(n)[:, None] - np.arange(n))
    return Fixed([0.5 ** distance + i / count * np.eye(n) for i in range(count)])


PAIR = ((8, 100, 60), (8, 60, 90))
LARGE = [
    Sample("_linalg_gemm2", PAIR), Sample("_linalg_gemm", (*PAIR, (8, 100, 90))),
    Sample("_linalg_syrk", PAIR[:1]), Sample("_linalg_trmm", ((8, 100, 100), (8, 100, 90))),
    Sample("_linalg_trsm", (many(), (64, 24, 20)), wrt=(0, 1)),
    *[Sample(f"_linalg_{name}", (many(),), wrt=(0,)) for name in (
        "potrf", "potri", "inverse", "det", "slogdet", "gelqf", "syevd", "sumlogdiag",
        "extractdiag", "extracttrian")],
    Sample("_linalg_makediag", ((64, 24),)), Sample("_linalg_maketrian", ((64, 300),)),
]
"""Cut into tasks, without an oracle: see large.py."""
