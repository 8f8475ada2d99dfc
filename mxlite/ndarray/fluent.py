"""The operators that are also methods of an array: `x.sum(axis=1)` is `nd.sum(x, axis=1)`."""

from ..ops.schema import REGISTRY
from .function import OpFunction

NAMES = """abs arccos arccosh arcsin arcsinh arctan arctanh argmax argmax_channel argmin argsort
    broadcast_axes cbrt ceil clip cos cosh cumsum degrees depth_to_space diag erf erfinv exp
    expm1 fix flip floor gamma gammaln log log10 log1p log2 log_softmax logical_not max
    mean min nanprod nansum norm ones_like one_hot pad pick prod radians rcbrt reciprocal relu
    repeat reshape_like rint round rsqrt shape_array sigmoid sign sin sinh size_array slice_axis
    slice_like softmax softmin sort space_to_depth split split_v2 sqrt square sum swapaxes
    take tan tanh tile topk trunc zeros_like dot batch_dot""".split()


def add_methods(array_type: type) -> None:
    """Give the NDArray class its operator methods."""
    for name in NAMES:
        if name in REGISTRY and name not in array_type.__dict__:
            setattr(array_type, name, OpFunction(REGISTRY[name], name))
