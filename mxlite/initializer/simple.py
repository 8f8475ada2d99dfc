"""Initializers without randomness: Zero, One, Constant, Bilinear, LSTMBias."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError
from .base import Initializer, alias, register


@register
@alias("zeros")
class Zero(Initializer):
    """All zeros."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = 0

    _init_default = _init_weight


@register
@alias("ones")
class One(Initializer):
    """All ones."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = 1

    _init_default = _init_weight


@register
class Constant(Initializer):
    """All `value`: a number, or an array of the variable's shape."""

    def __init__(self, value: Any = 0) -> None:
        super().__init__()
        self.value = value

    def _arguments(self) -> dict[str, Any]:
        """Those of files; of an array they are made when they are asked for."""
        return {"value": self.value if np.isscalar(self.value) else np.asarray(self.value).tolist()}

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        arr[:] = self.value

    _init_default = _init_weight


@register
class Bilinear(Initializer):
    """Weights (out, in, KH, KW) of a deconvolution that interpolates bilinearly."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        if arr.ndim != 4:
            raise MXNetValueError(f"Bilinear: {name} must have 4 dimensions; got {arr.shape}")
        height, width = arr.shape[2:]
        factor = np.ceil(width / 2)
        centre = (2 * factor - 1 - factor % 2) / (2 * factor)
        row, column = (1 - np.abs(np.arange(n) / factor - centre) for n in (height, width))
        arr[:] = np.broadcast_to(np.outer(row, column), arr.shape)


@register
class LSTMBias(Initializer):
    """Biases (4 * hidden,) of an LSTM cell: the forget gate's `forget_bias`, the others 0."""

    def __init__(self, forget_bias: float = 1.0) -> None:
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        hidden = arr.shape[0] // 4
        arr[:] = 0
        arr[hidden:2 * hidden] = self.forget_bias
