"""`mx.nd.histogram`: how many values lie in each bin."""

from __future__ import annotations

from collections.abc import Sequence

from ..base import MXNetValueError
from ..ops.schema import REGISTRY
from .array import need_array
from .function import OpFunction
from .ndarray import NDArray

_HISTOGRAM = OpFunction(REGISTRY["_histogram"], "histogram")


def histogram(a: NDArray, bins: int | NDArray = 10,
              range: Sequence[float] | None = None) -> list[NDArray]:
    """The counts of the values of `a` in bins, int64 (n,), and the bounds of the bins (n + 1,).

    bins: an array of bounds, or how many bins of one width; range: their lowest and highest bound,
    by default those of the values. A bin holds its lower bound, the last one both. Raises
    MXNetValueError where bins is neither.
    """
    need_array(a, "histogram", "a")
    if isinstance(bins, NDArray):
        return _HISTOGRAM(a, bins)
    if isinstance(bins, bool) or not hasattr(bins, "__index__"):
        raise MXNetValueError("histogram: bins must be an integer or an NDArray; got "
                             f"{type(bins).__name__}")
    if range is None:
        if not a.size:
            raise MXNetValueError("histogram: range must be given where there are no values")
        range = (float(a.min().asscalar()), float(a.max().asscalar()))
    return _HISTOGRAM(a, bin_cnt=bins, range=tuple(range))
