"""Gluon networks in 8 bits."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ... import ndarray as nd
from ... import symbol as sym
from ...base import MXNetTypeError, MXNetValueError
from ...checkpoint import load_checkpoint
from ...gluon import HybridBlock, SymbolBlock
from ...io import DataIter
from ...ndarray.ndarray import NDArray
from .graph import wanted_ranges
from .model import _one_context, calib_graph, collect, quantize_graph


def quantize_net_v2(network: HybridBlock, quantized_dtype: str = "auto",
                    quantize_mode: str = "full", quantize_granularity: str = "tensor-wise",
                    exclude_layers: list[str] | None = None,
                    exclude_layers_match: list[str] | None = None,
                    exclude_operators: list[str] | None = None, calib_data: Any = None,
                    data_shapes: Sequence[Any] | None = None, calib_mode: str | None = "none",
                    num_calib_examples: int | None = None, ctx: Any = None,
                    LayerOutputCollector: Any = None, logger: Any = None) -> SymbolBlock:
    """A SymbolBlock that computes in 8 bits what `network` does in float32, nearly.

    calib_data: a DataIter, a DataLoader, or any iterable of batches (arrays, or lists of arrays of
    which the network takes the first ones). data_shapes: DataDescs or shapes, where there is none.
    exclude_layers: names of nodes that stay float32; exclude_layers_match: parts of such names.
    Other settings are those of quantize_graph. The network is hybridized. Raises MXNetValueError
    where neither data nor shapes are given, or calibration has no data.
    """
    if not isinstance(network, HybridBlock):
        raise MXNetTypeError(f"quantize_net: network must be a HybridBlock; got "
                             f"{type(network).__name__}")
    ctx = _one_context(ctx)
    is_calibrated = calib_mode not in (None, "none")
    if is_calibrated and calib_data is None:
        raise MXNetValueError(f"quantize_net: calib_data must be given with calib_mode="
                              f"{calib_mode!r}")
    shapes = _shapes(calib_data, data_shapes)
    count = _call(network, [nd.zeros(shape, ctx=ctx) for shape in shapes])
    with tempfile.TemporaryDirectory() as folder:
        network.export(str(Path(folder) / "net"))
        symbol, args, states = load_checkpoint(str(Path(folder) / "net"), 0)
    names = ["data"] if count == 1 else [f"data{i}" for i in range(count)]
    excluded = [*(exclude_layers or [])]
    for part in exclude_layers_match or []:
        excluded += [head.node.name for head in symbol.get_internals().heads
                     if part in head.node.name]
    qsym, qargs, qstates, collector = quantize_graph(
        symbol, args, states, ctx, excluded, exclude_operators, calib_mode, quantized_dtype,
        quantize_mode, quantize_granularity, LayerOutputCollector, logger)
    if is_calibrated:
        assert calib_mode is not None
        batches = (dict(zip(names, arrays, strict=False)) for arrays in _batches(calib_data))
        watched = (wanted_ranges(qsym) if calib_mode != "customize"
                   else symbol.get_internals().list_outputs())
        collect(symbol, args, states, ctx, dict(zip(names, shapes, strict=False)), batches,
                shapes[0][0], collector, watched, num_calib_examples)
        qsym, qargs, qstates = calib_graph(qsym, args, states, collector, calib_mode,
                                          quantized_dtype, logger)
    return _block(qsym, names, qargs, qstates, ctx)


def quantize_net(network: HybridBlock, quantized_dtype: str = "auto", quantize_mode: str = "full",
                 exclude_layers: list[str] | None = None,
                 exclude_layers_match: list[str] | None = None,
                 exclude_operators: list[str] | None = None, calib_data: Any = None,
                 data_shapes: Sequence[Any] | None = None, calib_mode: str | None = "none",
                 num_calib_examples: int | None = None, ctx: Any = None,
                 logger: Any = None) -> SymbolBlock:
    """quantize_net_v2, whose settings it has; MXNet says that it goes."""
    warnings.warn("quantize_net is deprecated, as in MXNet; use quantize_net_v2",
                  DeprecationWarning, stacklevel=2)
    return quantize_net_v2(network, quantized_dtype, quantize_mode, "tensor-wise", exclude_layers,
                           exclude_layers_match, exclude_operators, calib_data, data_shapes,
                           calib_mode, num_calib_examples, ctx, None, logger)


def _arrays(batch: Any) -> list[NDArray]:
    """The arrays of a batch, labels behind the data."""
    if hasattr(batch, "data") and not isinstance(batch, NDArray):
        return [*batch.data, *(batch.label or [])]
    return list(batch) if isinstance(batch, (list, tuple)) else [batch]


def _batches(calib_data: Any) -> Iterator[list[NDArray]]:
    if isinstance(calib_data, DataIter):
        calib_data.reset()
    return map(_arrays, calib_data)


def _shapes(calib_data: Any, data_shapes: Sequence[Any] | None) -> list[tuple[int, ...]]:
    """The shapes of a batch."""
    if data_shapes:
        return [tuple(getattr(desc, "shape", desc)) for desc in data_shapes]
    if isinstance(calib_data, DataIter):
        return [tuple(desc[1]) for desc in calib_data.provide_data]
    if calib_data is None:
        raise MXNetValueError("quantize_net: calib_data or data_shapes must be given")
    first = next(_batches(calib_data), None)
    if first is None:
        raise MXNetValueError("quantize_net: calib_data has no batches")
    return [array.shape for array in first]


def _call(network: HybridBlock, arrays: list[NDArray]) -> int:
    """How many of the arrays the network takes: it is called, so that it can be exported."""
    network.hybridize()
    for count in range(len(arrays), 0, -1):
        try:
            network(*arrays[:count])
        except TypeError:
            if count == 1:
                raise
        else:
            break
    return count


def _block(symbol: sym.Symbol, names: list[str], args: Any, states: Any, ctx: Any) -> SymbolBlock:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        symbol.save(str(path / "net-symbol.json"))
        nd.save(str(path / "net.params"), {
            **{f"arg:{name}": array for name, array in args.items()},
            **{f"aux:{name}": array for name, array in states.items()}})
        return SymbolBlock.imports(str(path / "net-symbol.json"), names, str(path / "net.params"),
                                   ctx)
