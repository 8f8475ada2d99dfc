"""The functions of mx.np for which MXNet calls NumPy; here some of them are operators."""

from typing import Any

from ..ndarray import numpy as _arrays

__all__ = """allclose alltrue apply_along_axis apply_over_axes argpartition argwhere array_equal
    array_equiv choose compress corrcoef correlate count_nonzero cov digitize divmod extract
    flatnonzero float_power frexp heaviside histogram2d histogram_bin_edges histogramdd i0 in1d
    interp intersect1d isclose isin ix_ lexsort min_scalar_type modf msort nanargmax nanargmin
    nancumprod nancumsum nanmax nanmedian nanmin nanpercentile nanprod nanquantile ndim partition
    piecewise packbits poly polyadd polydiv polyfit polyint polymul polysub positive promote_types
    ptp real result_type rollaxis roots searchsorted select setdiff1d setxor1d signbit size spacing
    take_along_axis trapz tril_indices_from trim_zeros triu_indices_from union1d unpackbits unwrap
    vander""".split()


def __getattr__(name: str) -> Any:
    return getattr(_arrays, name)
