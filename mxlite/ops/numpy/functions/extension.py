"""The table of mx.npx: operators of neural networks under names in NumPy's style."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ...bind import signature
from ...schema import REGISTRY
from .table import np_dtype

OPERATORS = {
    "activation": "Activation", "arange_like": "_contrib_arange_like", "batch_dot": "batch_dot",
    "batch_flatten": "Flatten", "batch_norm": "BatchNorm", "cast": "Cast",
    "convolution": "Convolution", "deconvolution": "Deconvolution", "dropout": "Dropout",
    "embedding": "Embedding", "erf": "erf", "erfinv": "erfinv",
    "fully_connected": "FullyConnected", "gamma": "gamma", "gammaln": "gammaln",
    "gather_nd": "gather_nd", "layer_norm": "LayerNorm", "leaky_relu": "LeakyReLU",
    "log_softmax": "log_softmax", "multibox_detection": "_contrib_MultiBoxDetection",
    "multibox_prior": "_contrib_MultiBoxPrior", "multibox_target": "_contrib_MultiBoxTarget",
    "one_hot": "one_hot", "pick": "pick", "pooling": "Pooling", "relu": "relu",
    "reshape": "_npx_reshape", "reshape_like": "reshape_like", "rnn": "RNN",
    "roi_pooling": "ROIPooling", "sequence_mask": "SequenceMask", "shape_array": "shape_array",
    "sigmoid": "sigmoid", "slice": "slice", "smooth_l1": "smooth_l1", "softmax": "softmax",
    "topk": "topk", "interleaved_matmul_selfatt_qk": "_contrib_interleaved_matmul_selfatt_qk",
}


def nonzero(F: Any, x: Any) -> Any:
    """The places of the elements other than 0: (count, axes), int64."""
    F.check_arrays("nonzero", (x,), {})
    return F.on_host("places", (x,), {})


def constraint_check(F: Any, data: Any, msg: str = "Constraint violated.") -> Any:
    """True where all elements are other than 0; raises ValueError with this message otherwise."""
    F.check_arrays("constraint_check", (data,), {})
    return F._npx_constraint_check(data, msg=msg)


_EXTENSIONS: dict[str, Callable[..., Any]] = {
    "nonzero": nonzero, "constraint_check": constraint_check}
NAMES = (*OPERATORS, *_EXTENSIONS)


def extension(name: str) -> Callable[..., Any]:
    """The function of mx.npx of this name, which takes a namespace `F` first; see table.py."""
    if name in _EXTENSIONS:
        return _EXTENSIONS[name]
    operator = OPERATORS[name]

    def function(F: Any, *args: Any, **kwargs: Any) -> Any:
        F.check_arrays(name, args, kwargs)
        if "dtype" in kwargs:
            kwargs["dtype"] = np_dtype(kwargs["dtype"])
        return getattr(F, operator)(*args, **kwargs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = REGISTRY[operator].__doc__
    first = inspect.Parameter("F", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
                  if parameter.kind is inspect.Parameter.POSITIONAL_ONLY else parameter
                  for parameter in signature(REGISTRY[operator]).parameters.values()]
    function.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined]
    _EXTENSIONS[name] = function
    return function

