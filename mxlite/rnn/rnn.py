"""Checkpoints of networks of cells, whose files hold each gate's weights by itself."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import symbol as sym
from ..arguments import check_count
from ..base import MXNetTypeError
from ..checkpoint import Params
from ..checkpoint import load_checkpoint as load_checkpoint
from ..checkpoint import save_checkpoint as save_checkpoint
from ..symbol import Symbol
from .base_cell import BaseRNNCell

Cells = BaseRNNCell | Iterable[BaseRNNCell]


def _listed(caller: str, cells: Cells) -> list[BaseRNNCell]:
    listed = list(cells) if isinstance(cells, Iterable) else [cells]
    for cell in listed:
        if not isinstance(cell, BaseRNNCell):
            raise MXNetTypeError(f"{caller}: cells must be a cell of mx.rnn or a list of them; got "
                                 f"{cell!r}")
    return listed


def save_rnn_checkpoint(cells: Cells, prefix: Any, epoch: int, symbol: Symbol | None,
                        arg_params: Mapping[str, Any],
                        aux_params: Mapping[str, Any] | None) -> None:
    """As `mx.model.save_checkpoint`, the weights of the cells (one or a list) unpacked.

    So networks with a FusedRNNCell and with the cells of its `unfuse` read each other's files.
    """
    for cell in _listed("save_rnn_checkpoint", cells):
        arg_params = cell.unpack_weights(arg_params)
    save_checkpoint(prefix, epoch, symbol, arg_params, aux_params)


def load_rnn_checkpoint(cells: Cells, prefix: Any, epoch: int) -> tuple[Symbol, Params, Params]:
    """(symbol, arg_params, aux_params) of what save_rnn_checkpoint wrote, the weights packed."""
    listed = _listed("load_rnn_checkpoint", cells)
    symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
    for cell in listed:
        arg_params = cell.pack_weights(arg_params)
    return symbol, arg_params, aux_params


def do_rnn_checkpoint(cells: Cells, prefix: Any, period: int = 1) -> Callable[..., None]:
    """A callback for the end of an epoch, by save_rnn_checkpoint after every `period` of them."""
    period = max(1, int(period))
    cells = _listed("do_rnn_checkpoint", cells)

    def callback(iter_no: int, sym: Symbol | None = None, arg: Any = None, aux: Any = None) -> None:
        if (iter_no + 1) % period == 0:
            save_rnn_checkpoint(cells, prefix, iter_no + 1, sym, arg, aux)
    return callback


def rnn_unroll(cell: BaseRNNCell, length: int, inputs: Any = None, begin_state: Any = None,
               input_prefix: str = "", layout: str = "NTC") -> tuple[Any, Any]:
    """Deprecated: `cell.unroll`; without inputs, for variables "<input_prefix>t0_data", ...."""
    if not isinstance(cell, BaseRNNCell):
        raise MXNetTypeError(f"rnn_unroll: cell must be a cell of mx.rnn; got {cell!r}")
    warnings.warn("rnn_unroll is deprecated; call cell.unroll", DeprecationWarning, stacklevel=2)
    if inputs is None:
        length = check_count("rnn_unroll", "length", length, low=1)
        inputs = [sym.var(f"{input_prefix}t{i}_data") for i in range(length)]
    return cell.unroll(length, inputs, begin_state, layout)
