"""Whether backward() has written the gradients by which a step goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import ndarray as nd
from ..base import MXNetError
from ..ndarray.variable import consume_gradient, has_fresh_gradient
from .parameter import Parameter


class StaleGradientError(MXNetError, UserWarning):
    """A step without a backward() before it; a UserWarning as in MXNet, which raises that."""


def check_fresh(params: Sequence[Parameter]) -> None:
    """Raise StaleGradientError where a gradient has not been written since the last step."""
    for param, data in _trained(params):
        if not has_fresh_gradient(data):
            raise StaleGradientError(
                f"Trainer: backward() has not written the gradient of Parameter '{param.name}' on "
                f"{data.ctx} since the last step. If only some parameters are meant to be used, "
                "step(..., ignore_stale_grad=True) leaves the others as they are")


def consume_all(params: Sequence[Parameter]) -> None:
    """Take the gradients for used."""
    for _, data in _trained(params):
        consume_gradient(data)


def _trained(params: Sequence[Parameter]) -> Iterator[tuple[Parameter, nd.NDArray]]:
    """Parameters that have gradients, with their array on each context."""
    for param in params:
        if param._grad_req != "null":
            only = param._only
            for data in param._arrays().values() if only is None else (only,):
                yield param, data
