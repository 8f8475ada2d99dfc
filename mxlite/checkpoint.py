"""Checkpoints: `prefix-symbol.json` has the network, `prefix-0007.params` the parameters."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from . import ndarray as nd
from . import symbol as sym
from .base import MXNetTypeError, MXNetValueError
from .device.context import cpu
from .symbol import Symbol

Params = dict[str, nd.NDArray]


def params_path(prefix: Any, epoch: int) -> str:
    """The file of the parameters after so many epochs: "prefix-0007.params"."""
    return f"{os.fspath(prefix)}-{epoch:04d}.params"


def states_path(prefix: Any, epoch: int) -> str:
    """The file of the optimizer's states after so many epochs: "prefix-0007.states"."""
    return f"{os.fspath(prefix)}-{epoch:04d}.states"


def symbol_path(prefix: Any) -> str:
    """The file of the network: "prefix-symbol.json"."""
    return f"{os.fspath(prefix)}-symbol.json"


def write_params(path: str, arg_params: Mapping[str, nd.NDArray],
                 aux_params: Mapping[str, nd.NDArray] | None) -> None:
    """Write parameters and auxiliary states, named "arg:..." and "aux:...", to one file."""
    named = {f"arg:{name}": array for name, array in arg_params.items()}
    named |= {f"aux:{name}": array for name, array in (aux_params or {}).items()}
    nd.save(path, {name: array.as_in_context(cpu()) for name, array in named.items()})


def read_params(path: str) -> tuple[Params, Params]:
    """(parameters, auxiliary states) of a file that write_params wrote, here or in MXNet.

    Raises MXNetValueError, naming the file, where a name begins with neither "arg:" nor "aux:".
    """
    content = nd.load(path)
    if not content:
        logging.warning("Params file '%s' is empty", path)
    if isinstance(content, list):
        content = {f"array {i} without a name": array for i, array in enumerate(content)}
    params: dict[str, Params] = {"arg": {}, "aux": {}}
    for full, array in content.items():
        kind, colon, name = full.partition(":")
        if not colon or kind not in params:
            raise MXNetValueError(
                f"{path}: the names in a checkpoint must begin with 'arg:' or 'aux:'; found "
                f"{full!r}. mx.nd.load and Block.load_parameters read other files")
        params[kind][name] = array
    return params["arg"], params["aux"]


def save_checkpoint(prefix: Any, epoch: int, symbol: Symbol | None,
                    arg_params: Mapping[str, nd.NDArray],
                    aux_params: Mapping[str, nd.NDArray] | None,
                    remove_amp_cast: bool = True) -> None:
    """Write `prefix-symbol.json`, unless symbol is None, and `prefix-0007.params` (epoch 7).

    Each file appears whole or not at all.
    """
    if symbol is not None and not isinstance(symbol, Symbol):
        raise MXNetTypeError("save_checkpoint: symbol must be None or a Symbol; got "
                             f"{type(symbol).__name__}")
    if symbol is not None:
        symbol.save(symbol_path(prefix), remove_amp_cast=remove_amp_cast)
    path = params_path(prefix, epoch)
    write_params(path, arg_params, aux_params)
    logging.info('Saved checkpoint to "%s"', path)


def load_params(prefix: Any, epoch: int) -> tuple[Params, Params]:
    """(arg_params, aux_params) of `prefix-0007.params` (epoch 7), dicts of arrays by name."""
    return read_params(params_path(prefix, epoch))


def load_checkpoint(prefix: Any, epoch: int) -> tuple[Symbol, Params, Params]:
    """(symbol, arg_params, aux_params) of what save_checkpoint wrote, here or in MXNet 0.8-1.9."""
    symbol = sym.load(symbol_path(prefix))
    return (symbol, *load_params(prefix, epoch))
