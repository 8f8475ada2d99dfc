"""`mx.sym.histogram`: how many values lie in each bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetValueError
from ..ops.schema import REGISTRY
from .compose import call
from .symbol import Symbol


def histogram(a: Symbol, bins: int | Symbol = 10, range: Sequence[float] | None = None,
              **kwargs: Any) -> Symbol:
    """The counts of the values of `a` in bins, and the bounds of the bins: see mx.nd.histogram.

    bins: a Symbol of bounds, or how many bins of one width over `range`, which must be given.
    """
    if isinstance(bins, Symbol):
        return call(REGISTRY["_histogram"], "_histogram", (a, bins), kwargs)
    if isinstance(bins, bool) or not hasattr(bins, "__index__"):
        raise MXNetValueError("histogram: bins must be an integer or a Symbol; got "
                             f"{type(bins).__name__}")
    if range is None:
        raise MXNetValueError("histogram: range must be given for a Symbol, whose values are not "
                              "known")
    return call(REGISTRY["_histogram"], "_histogram", (a,),
                {"bin_cnt": bins, "range": tuple(range), **kwargs})
