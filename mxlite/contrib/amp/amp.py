"""Scaling of losses. Nothing is cast: a network has 16 bits where `net.cast` made it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...base import MXNetAssertionError, MXNetTypeError, MXNetValueError
from ...gluon import Trainer
from .loss_scaler import LossScaler

__all__ = ["init", "init_trainer", "scale_loss", "unscale"]
_state = {"is_initialized": False}


def init(target_dtype: str = "float16", target_precision_ops: Sequence[str] | None = None,
         conditional_fp32_ops: Sequence[Any] | None = None,
         fp32_ops: Sequence[str] | None = None) -> None:
    """Call it before init_trainer, as programs for MXNet do.

    target_dtype: "float16" or "bfloat16". MXNet then casts arrays around operators, for the sake of
    GPUs; here operators compute in the dtypes of their arrays, and the lists are not used.
    """
    if target_dtype not in ("float16", "bfloat16"):
        raise MXNetValueError("amp.init: target_dtype must be 'float16' or 'bfloat16'; "
                              f"got {target_dtype!r}")
    _state["is_initialized"] = True


def _trainer(caller: str, value: Any) -> Trainer:
    if not isinstance(value, Trainer):
        raise MXNetTypeError(f"amp.{caller}: optimizer_or_trainer must be a gluon.Trainer; "
                             f"got {type(value).__name__}")
    if caller != "init_trainer" and value._amp_loss_scaler is None:
        raise MXNetAssertionError(f"amp.{caller}: call amp.init_trainer with this Trainer first")
    return value


def init_trainer(optimizer_or_trainer: Trainer) -> None:
    """Have a Trainer skip updates by gradients that overflowed, and scale losses accordingly."""
    trainer = _trainer("init_trainer", optimizer_or_trainer)
    if not _state["is_initialized"]:
        raise MXNetAssertionError("amp.init_trainer: call amp.init first")
    trainer._amp_loss_scaler, trainer._amp_original_scale = LossScaler(), trainer._scale


@contextmanager
def scale_loss(loss: Any, optimizer_or_trainer: Trainer) -> Iterator[Any]:
    """A `with` block that has the loss, or a list of losses, times a factor; call backward in it.

    The Trainer divides by the factor when it updates.
    """
    trainer = _trainer("scale_loss", optimizer_or_trainer)
    factor = trainer._amp_loss_scaler.loss_scale
    trainer._scale = trainer._amp_original_scale / factor
    yield [each * factor for each in loss] if isinstance(loss, (list, tuple)) else loss * factor


def unscale(optimizer_or_trainer: Trainer) -> None:
    """Divide the gradients by the factor now, for what is done with them before the update, such
    as clipping."""
    trainer = _trainer("unscale", optimizer_or_trainer)
    factor = trainer._scale / trainer._amp_original_scale
    for param in trainer._params:
        if param.grad_req != "null":
            for grad in param.list_grad():
                grad *= factor
    trainer._scale = trainer._amp_original_scale
