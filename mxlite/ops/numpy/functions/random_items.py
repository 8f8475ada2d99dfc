"""np.random: orders and choices of items, counts of outcomes, vectors."""

from __future__ import annotations

import math
from typing import Any

from ....arguments import check_count
from ....base import MXNetValueError
from .random import gumbel, randint, random, shape_of, uniform
from .table import FUNCTIONS, beside, ctx_of, is_number, need, number, written

OFF = 1e-4          # how far sums of probabilities may be from 1: those of float16 are not exact


@random()
def shuffle(F: Any, x: Any) -> None:
    """Put the items of axis 0 into a random order, in place."""
    need(F, "shuffle", x=x)
    if x.ndim and x.shape[0] > 1:
        F._shuffle(x, out=x)


@random()
def permutation(F: Any, x: Any) -> Any:
    """The items of axis 0 in a random order, or the numbers below x."""
    if not F.is_array(x):
        x = FUNCTIONS["arange"](F, check_count("permutation", "x", number(x), 0), dtype="int64")
    shape = getattr(x, "shape", (2,))                   # a Symbol has none
    return F._shuffle(x) if shape and shape[0] > 1 else F._copy(x)


@random()
def choice(F: Any, a: Any, size: Any = None, replace: bool = True, p: Any = None, ctx: Any = None,
           out: Any = None) -> Any:
    """Items of a, or numbers below a; p: the probability of each one."""
    items = None if is_number(a) else a
    if items is not None:
        need(F, "choice", a=a)
    shape = shape_of("choice", size) or ()
    if p is not None and not F.is_array(p):
        p = F.array(p) if items is None else beside(F, items, p)
    ctx = ctx_of(F, items, p) if ctx is None else ctx
    known = getattr(items, "shape", None)               # a Symbol has none
    if known == ():
        raise MXNetValueError("choice: a must be a number, or an array with an axis; got one "
                              "without")
    if items is not None and known is None:
        places = _places_in_graph(F, items, math.prod(shape), replace, p)
    else:
        length = int(number(a)) if known is None else known[0]
        if p is not None and getattr(p, "shape", (length,)) != (length,):
            raise MXNetValueError(f"choice: p must have shape {(length,)}, a number for each item; "
                                  f"got {p.shape}")
        if p is not None:
            _check_probabilities(F, "choice: p", p, 1 - OFF)
        places = _places(F, length, math.prod(shape), replace, p, ctx)
    places = F._np_reshape(places, newshape=shape)
    return written(F, "choice", places if items is None else F.take(items, places, axis=0), out)


def _check_probabilities(F: Any, argument: str, p: Any, least: float) -> None:
    """Raise where an array holds a negative number or NaN, or its sum is below `least` or above 1.

    What stands for an array in a graph has no values to look at.
    """
    if not F.has_memory:
        return
    lowest, total = float(p.min()), float(p.astype("float64").sum())
    if not lowest >= 0:
        raise MXNetValueError(f"{argument} must hold numbers of at least 0; got {lowest}")
    if not least <= total <= 1 + OFF:
        rule = "to 1" if least > 0 else "to at most 1"
        raise MXNetValueError(f"{argument} must sum up {rule}; got {total}")


def _places(F: Any, length: int, count: int, replace: bool, p: Any, ctx: Any) -> Any:
    """So many numbers below `length`, (count,) of int64."""
    if length < 1 or (not replace and count > length):
        raise MXNetValueError(f"choice: {count} items cannot be chosen of {length}"
                              + ("" if replace else " without replace"))
    if p is not None:
        return _weighted_places(F, count, replace, p)
    if replace:
        return randint(F, 0, length, (count,), "int64", ctx)
    return F._shuffle(FUNCTIONS["arange"](F, length, dtype="int64", ctx=ctx))[:count] \
        if length > 1 else FUNCTIONS["zeros"](F, (count,), "int64", ctx=ctx)


def _places_in_graph(F: Any, items: Any, count: int, replace: bool, p: Any) -> Any:
    """The same for a Symbol, whose length is known when the graph runs."""
    if p is not None:
        return _weighted_places(F, count, replace, p)
    length = F.slice_axis(F.shape_array(items), axis=0, begin=0, end=1)
    if replace:
        u = uniform(F, size=(count,), dtype="float64")
        return F.Cast(F._npi_floor(u * F.Cast(length, dtype="float64")), dtype="int64")
    places = F._contrib_arange_like(items, axis=0)
    return F.slice_axis(F.Cast(F._shuffle(places), dtype="int64"), axis=0, begin=0, end=count)


def _weighted_places(F: Any, count: int, replace: bool, p: Any) -> Any:
    """So many places in p (n,), the probabilities."""
    if not replace:
        possible = int((p > 0).sum()) if F.has_memory else count
        if possible < count:
            raise MXNetValueError(f"choice: {count} items cannot be chosen without replace where p "
                                  f"is above 0 for {possible}")
        keys = gumbel(F, F._npi_log(p))
        return F.slice_axis(F.argsort(keys, is_ascend=False, dtype="int64"), axis=0, begin=0,
                            end=count)
    return F._npi_places_of(uniform(F, 0.0, 1.0, (count,), ctx=ctx_of(F, p)), p)


@random()
def multinomial(F: Any, n: int, pvals: Any, size: Any = None) -> Any:
    """How often each of the outcomes came in n draws: (*size, outcomes), int64."""
    if not F.is_array(pvals):
        pvals = F.array(pvals)
    n = check_count("multinomial", "n", n, 0)
    if pvals.ndim != 1:
        raise MXNetValueError("multinomial: pvals must have one dimension; got shape "
                              f"{pvals.shape}")
    shape, length = shape_of("multinomial", size) or (), pvals.shape[0]
    if not length:
        return F._npi_zeros(shape=(*shape, 0), dtype="int64")
    _check_probabilities(F, "multinomial: pvals", pvals, 0)
    drawn = F._np_reshape(_weighted_places(F, math.prod(shape) * n, True, pvals),
                          newshape=(math.prod(shape), n))
    counts = F._np_sum(F.one_hot(drawn, depth=length, dtype="int64"), axis=1)
    return F._np_reshape(counts, newshape=(*shape, length))


@random()
def multivariate_normal(F: Any, mean: Any, cov: Any, size: Any = None, check_valid: Any = None,
                        tol: Any = None) -> Any:
    """Vectors of the normal distribution of this mean and covariance: (*size, n)."""
    need(F, "multivariate_normal", mean=mean, cov=cov)
    shape = shape_of("multivariate_normal", size) or ()
    column = F._npi_expand_dims(mean, axis=-1)
    sums = F._np_sum(cov, axis=-1, keepdims=True)           # of the shape of the rows
    like = F._npi_broadcast_over(column, sums, size=shape, batched=True)
    root = F._linalg_potrf(F._npi_wide(cov))
    drawn = F._npi_matmul(root, F._random_normal_like(F._npi_wide(like)))
    return F._npi_cast_like(F._np_squeeze(drawn, axis=-1), mean) + mean
