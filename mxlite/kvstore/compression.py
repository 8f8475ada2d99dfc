"""Gradients of two bits: what is too small to be sent waits until it has grown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import ndarray as nd
from .. import symbol as sym
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..ndarray import NDArray
from ..ndarray.run import invoke_list
from ..symbol.graph_op import GraphOp
from ..wording import suggestion

KNOWN = ("type", "threshold")


class TwoBit:
    """Rounds each number to -threshold, 0 or threshold, and adds what is lost to the next one.

    residual += x; y = ±threshold where |residual| >= threshold, else 0; residual -= y.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._residuals: dict[tuple[Any, int], NDArray] = {}

    @property
    def threshold(self) -> float:
        """What is sent of a number that has grown enough."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        """It is a part of the graph, which runs as one loop."""
        self._threshold = value
        gradient: Any = sym.Variable("gradient")
        residual: Any = sym.Variable("residual")
        total = residual + gradient
        sent = (total >= value) * value - (total <= -value) * value
        self._operator = GraphOp(sym.Group([sent, total - sent]).heads,
                                 [each.heads[0].node for each in (gradient, residual)],
                                 "TwoBit")

    def __call__(self, key: Any, arrays: Sequence[NDArray]) -> list[NDArray]:
        """What is sent of the arrays of a key, one a device."""
        return [self._sent((key, k), array) for k, array in enumerate(arrays)]

    def _sent(self, place: tuple[Any, int], array: NDArray) -> NDArray:
        if array.stype != "default":
            raise MXNetNotImplementedError(f"KVStore.push: key {place[0]!r} has a {array.stype} "
                                           "gradient; compressed gradients must be dense")
        if not array._dtype_name.startswith(("float", "bfloat")):
            raise MXNetTypeError(f"KVStore.push: key {place[0]!r} has a gradient of "
                                 f"{array._dtype_name}; compressed ones must be of floats")
        residual = self._residuals.get(place)
        if residual is None:
            residual = nd.zeros_like(array)
        sent: NDArray
        sent, self._residuals[place] = invoke_list(self._operator, [array, residual], [])
        return sent


def compression_of(params: Any) -> TwoBit:
    """The compression that {"type": "2bit", "threshold": 0.5} stands for."""
    if not isinstance(params, Mapping):
        raise MXNetTypeError('compression_params must be a dict such as {"type": "2bit"}; got '
                             f"{type(params).__name__}")
    for name in params:
        if name not in KNOWN:
            raise MXNetValueError(f"compression_params: unknown key {name!r}"
                                  f"{suggestion(str(name), KNOWN)}; it takes type, threshold")
    if params.get("type") != "2bit":
        raise MXNetValueError("compression_params: type must be '2bit'; got "
                              f"{params.get('type')!r}")
    given = params.get("threshold", 0.5)
    try:
        threshold = float(given)
    except (TypeError, ValueError):
        threshold = 0.0
    if not 0 < threshold < float("inf"):
        raise MXNetValueError("compression_params: threshold must be a positive number; got "
                              f"{given!r}")
    return TwoBit(threshold)
