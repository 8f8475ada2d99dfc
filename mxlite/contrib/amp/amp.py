"""Training in mixed precision: casts around operators, and losses that are scaled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...base import MXNetAssertionError, MXNetTypeError
from ...gluon import Trainer
from ...ndarray import run
from ...ndarray.ndarray import NDArray
from ...ops import placeholder
from ...ops.schema import REGISTRY, Op
from ...symbol import compose
from . import lists
from .loss_scaler import LossScaler
from .rules import WIDEST, Rules, target_of

__all__ = [
    "init", "init_trainer", "list_conditional_fp32_ops", "list_fp32_ops",
    "list_loss_output_functions", "list_lp16_fp32_ops", "list_lp16_ops",
    "list_lp16_use_fp32_params", "list_widest_type_cast", "scale_loss", "unscale",
]
_LOSSES = {REGISTRY[name] for name in lists.LOSSES.split()}
_rules: Rules | None = None                 # since init
_scaler: LossScaler | None = None           # of the last init_trainer


def init(target_dtype: str = "float16", target_precision_ops: Sequence[str] | None = None,
         conditional_fp32_ops: Sequence[Any] | None = None,
         fp32_ops: Sequence[str] | None = None) -> None:
    """Compute in mixed precision from now on, in all threads: the inputs of operators are cast.

    target_dtype: "float16" or "bfloat16", in which the operators of target_precision_ops compute;
    those of fp32_ops compute in float32, and those of conditional_fp32_ops, triples of an operator,
    a parameter and a list of values, where the parameter has such a value. None: what
    list_lp16_ops, list_fp32_ops and list_conditional_fp32_ops say. Some others, such as additions,
    compute in the widest dtype among their inputs. float64 and sparse arrays are left alone.
    Arrays, Symbols, and hybridized blocks, at their first call from now on, are treated alike;
    graphs that are there stay as they are. A later call takes the place of an earlier one.
    """
    global _rules
    _rules = Rules("amp.init", target_dtype, target_precision_ops, fp32_ops, conditional_fp32_ops,
                   low_argument="target_precision_ops")
    run.bind_casts(_cast)
    placeholder.bind_casts(_rules.cast_placeholders)
    compose.bind_casts(_rules.cast_inputs)


def __getattr__(name: str) -> Any:
    """`_amp_initialized`: whether init was called, as MXNet has it; GluonNLP's attention asks."""
    if name != "_amp_initialized":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _rules is not None


def _stop() -> None:
    """Compute as before init; for tests."""
    global _rules, _scaler
    _rules = _scaler = None
    for module in (run, placeholder, compose):
        module.bind_casts(None)


def _cast(op: Op, arrays: list[NDArray]) -> tuple[Op, list[NDArray]] | None:
    """What a call becomes; None: it stays as it is."""
    assert _rules is not None
    cast = _rules.cast_arrays(op, arrays)
    if type(op) in _LOSSES and _scaler is not None:
        op = _with_scaled_gradient(op, _scaler.loss_scale)
        return op, arrays if cast is None else cast
    return None if cast is None else (op, cast)


def _with_scaled_gradient(op: Any, factor: float) -> Op:
    """A loss that makes its own gradient, with one that is `factor` times as large."""
    values = {name: getattr(op, name) for name in op.params}
    scaled: Op = type(op).make({**values, "grad_scale": op.grad_scale * factor})
    return scaled


def _trainer(caller: str, value: Any) -> Trainer:
    if not isinstance(value, Trainer):
        raise MXNetTypeError(f"amp.{caller}: optimizer_or_trainer must be a gluon.Trainer; "
                             f"got {type(value).__name__}")
    if caller != "init_trainer" and value._amp_loss_scaler is None:
        raise MXNetAssertionError(f"amp.{caller}: call amp.init_trainer with this Trainer first")
    return value


def init_trainer(optimizer_or_trainer: Trainer) -> None:
    """Have a Trainer skip updates by gradients that overflowed, and scale losses accordingly."""
    global _scaler
    trainer = _trainer("init_trainer", optimizer_or_trainer)
    if _rules is None:
        raise MXNetAssertionError("amp.init_trainer: call amp.init first")
    _scaler = trainer._amp_loss_scaler = LossScaler()
    trainer._amp_original_scale = trainer._scale


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


# What operators compute in ------------------------------------------------------------------------

def _names(caller: str, target_dtype: Any, wanted: str | None) -> list[str]:
    """All names of the operators that compute in a dtype, in the widest one, or in any (None)."""
    rules = Rules(f"amp.{caller}", target_dtype)
    return sorted(name for name, op in REGISTRY.items() if rules.dtypes.get(op) == wanted
                  and (wanted is not None or op not in rules.conditions))


def list_lp16_ops(target_dtype: str = "float16") -> list[str]:
    """The operators that compute in target_dtype, by all their names."""
    return _names("list_lp16_ops", target_dtype, target_of("amp.list_lp16_ops", target_dtype))


def list_fp32_ops(target_dtype: str = "float16") -> list[str]:
    """Those that compute in float32."""
    return _names("list_fp32_ops", target_dtype, "float32")


def list_lp16_fp32_ops(target_dtype: str = "float16") -> list[str]:
    """Those that compute in the dtype of what they are given: all others."""
    return _names("list_lp16_fp32_ops", target_dtype, None)


def list_conditional_fp32_ops(target_dtype: str = "float16") -> list[tuple[str, str, list[str]]]:
    """(operator, parameter, values): those that compute in float32 for these values."""
    target_of("amp.list_conditional_fp32_ops", target_dtype)
    return [(name, parameter, list(values)) for name, parameter, values in lists.CONDITIONAL]


def list_widest_type_cast(target_dtype: str = "float16") -> list[str]:
    """Those that compute in the widest dtype among their inputs."""
    return _names("list_widest_type_cast", target_dtype, WIDEST)


def list_loss_output_functions(target_dtype: str = "float16") -> list[str]:
    """Losses that make their own gradients: on arrays, these are scaled as the others' losses."""
    target_of("amp.list_loss_output_functions", target_dtype)
    return lists.LOSSES.split()


def list_lp16_use_fp32_params(target_dtype: str = "float16") -> None:
    """None: which inputs stay float32 is said by operators themselves."""
    target_of("amp.list_lp16_use_fp32_params", target_dtype)
