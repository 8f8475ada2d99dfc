"""Graphs with their parameters in 8 bits, calibrated or not."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ... import ndarray as nd
from ...base import MXNetTypeError, MXNetValueError
from ...context import Context, cpu
from ...io import DataIter
from ...ndarray.ndarray import NDArray
from ...symbol import Group, Symbol
from .collectors import Collector, HistogramCollector, MinMaxCollector, Ranges
from .graph import quantized_graph, wanted_ranges, with_ranges

Arrays = Mapping[str, NDArray]
QUANTIZED_DTYPES = ("int8", "uint8", "auto")
MODES = ("full", "smart")
GRANULARITIES = ("tensor-wise", "channel-wise")


def quantize_model(sym: Symbol, arg_params: Arrays, aux_params: Arrays,
                   data_names: Sequence[str] = ("data",),
                   label_names: Sequence[str] = ("softmax_label",), ctx: Any = None,
                   excluded_sym_names: list[str] | None = None,
                   excluded_op_names: list[str] | None = None, calib_mode: str | None = "entropy",
                   calib_data: Any = None, num_calib_examples: int | None = None,
                   quantized_dtype: str = "int8", quantize_mode: str = "smart",
                   quantize_granularity: str = "tensor-wise",
                   logger: Any = None) -> tuple[Symbol, dict[str, NDArray], Arrays]:
    """(graph, parameters, auxiliary states) of a network in 8 bits.

    calib_mode: "none" finds the range of an array whenever it is there; "naive" takes the ranges
    that arrays have over calib_data, a DataIter; "entropy" leaves out of them what is rare.
    num_calib_examples: after so many of them no more is read. quantized_dtype: "int8", "uint8" or
    "auto" (uint8 where a range has no negative). quantize_mode: "full" quantizes whatever can be,
    "smart" only what lies between convolutions and FullyConnected. quantize_granularity is
    accepted: ranges are those of whole arrays. Excluded are nodes by name, and operators.
    Raises MXNetValueError for settings that do not exist, MXNetTypeError for data of other types.
    """
    ctx = _one_context(ctx)
    _check_calibration(calib_mode, ("naive", "entropy"))
    if calib_mode not in (None, "none") and not isinstance(calib_data, DataIter):
        raise MXNetTypeError(f"quantize_model: calib_data must be a DataIter with calib_mode="
                             f"{calib_mode!r}; got {type(calib_data).__name__}")
    qsym, qarg_params, aux_params, collector = quantize_graph(
        sym, arg_params, aux_params, ctx, excluded_sym_names, excluded_op_names, calib_mode,
        quantized_dtype, quantize_mode, quantize_granularity, logger=logger)
    if collector is None:
        return qsym, qarg_params, aux_params
    names = [*data_names, *label_names]
    shapes = {name: shape for name, shape in
              [desc[:2] for desc in [*calib_data.provide_data, *(calib_data.provide_label or [])]]
              if name in names or name in sym.list_arguments()}
    batches = ({desc[0]: array for desc, array in
                [*zip(calib_data.provide_data, batch.data, strict=False),
                 *zip(calib_data.provide_label or [], batch.label or [], strict=False)]}
               for batch in calib_data)
    count = collect(sym, arg_params, aux_params, ctx, shapes, batches, calib_data.batch_size,
                    collector, wanted_ranges(qsym), num_calib_examples)
    if logger:
        logger.info("Collected layer outputs from FP32 model using %d examples", count)
    assert calib_mode is not None
    return calib_graph(qsym, arg_params, aux_params, collector, calib_mode, quantized_dtype,
                       logger)


def quantize_model_mkldnn(sym: Symbol, arg_params: Arrays, aux_params: Arrays,
                          data_names: Sequence[str] = ("data",),
                          label_names: Sequence[str] = ("softmax_label",), ctx: Any = None,
                          excluded_sym_names: list[str] | None = None,
                          excluded_op_names: list[str] | None = None,
                          calib_mode: str | None = "entropy", calib_data: Any = None,
                          num_calib_examples: int | None = None, quantized_dtype: str = "int8",
                          quantize_mode: str = "smart", quantize_granularity: str = "tensor-wise",
                          logger: Any = None) -> tuple[Symbol, dict[str, NDArray], Arrays]:
    """quantize_model on the CPU; there is no other backend. Raises for other devices."""
    if _one_context(ctx).device_type != "cpu":
        raise MXNetValueError(f"quantize_model_mkldnn: ctx must be a CPU; got {ctx}")
    return quantize_model(sym, arg_params, aux_params, data_names, label_names, ctx,
                          excluded_sym_names, excluded_op_names, calib_mode, calib_data,
                          num_calib_examples, quantized_dtype, quantize_mode,
                          quantize_granularity, logger)


def quantize_graph(sym: Symbol, arg_params: Arrays, aux_params: Arrays, ctx: Any = None,
                   excluded_sym_names: list[str] | None = None,
                   excluded_op_names: list[str] | None = None, calib_mode: str | None = "entropy",
                   quantized_dtype: str = "int8", quantize_mode: str = "full",
                   quantize_granularity: str = "tensor-wise", LayerOutputCollector: Any = None,
                   logger: Any = None) -> tuple[Symbol, dict[str, NDArray], Arrays, Any]:
    """(graph, parameters, auxiliary states, collector) of a network in 8 bits, not yet calibrated.

    Settings as of quantize_model. The collector's `collect` is a callback for
    `Executor.set_monitor_callback(..., monitor_all=True)` of the network in float32; None with
    calib_mode "none". With "customize" it is LayerOutputCollector, which must have `collect` and
    fill a dict `min_max_dict`. Then calib_graph writes what it knows into the graph. BatchNorm,
    which must know its range, stays float32 without calibration.
    """
    _one_context(ctx)
    for name, given in (("excluded_sym_names", excluded_sym_names),
                        ("excluded_op_names", excluded_op_names)):
        if given is not None and not isinstance(given, list):
            raise MXNetTypeError(f"quantize_graph: {name} must be a list of names; "
                                 f"got {type(given).__name__}")
    for name, value, allowed in (("quantized_dtype", quantized_dtype, QUANTIZED_DTYPES),
                                 ("quantize_mode", quantize_mode, MODES),
                                 ("quantize_granularity", quantize_granularity, GRANULARITIES)):
        if value not in allowed:
            raise MXNetValueError(f"quantize_graph: {name} must be one of "
                                  f"{', '.join(map(repr, allowed))}; got {value!r}")
    _check_calibration(calib_mode, ("naive", "entropy", "customize"))
    is_calibrated = calib_mode not in (None, "none")
    excluded_ops = [*(excluded_op_names or []), *([] if is_calibrated else ["BatchNorm"])]
    qsym = quantized_graph(sym, set(arg_params), excluded_sym_names or [], excluded_ops,
                           quantized_dtype, quantize_mode)
    collector: Any = None
    if calib_mode == "customize":
        if LayerOutputCollector is None:
            raise MXNetValueError("quantize_graph: LayerOutputCollector must be given with "
                                  "calib_mode='customize'")
        collector = LayerOutputCollector
    elif is_calibrated:
        cls = HistogramCollector if calib_mode == "entropy" else MinMaxCollector
        collector = cls(include_layer=wanted_ranges(qsym), logger=logger)
    return qsym, quantized_parameters(qsym, arg_params), aux_params, collector


def calib_graph(qsym: Symbol, arg_params: Arrays, aux_params: Arrays, collector: Any,
                calib_mode: str = "entropy", quantized_dtype: str = "int8",
                logger: Any = logging) -> tuple[Symbol, dict[str, NDArray], Arrays]:
    """(graph, parameters, auxiliary states): quantize_graph's, with the ranges of a collector.

    arg_params: those of the network in float32. Raises MXNetValueError without a calib_mode.
    """
    if calib_mode in (None, "none"):
        raise MXNetValueError("calib_graph: calib_mode must be 'naive', 'entropy' or 'customize'; "
                              f"got {calib_mode!r}")
    _check_calibration(calib_mode, ("naive", "entropy", "customize"))
    ranges: Ranges = (collector.ranges(quantized_dtype) if isinstance(collector, Collector)
                      else collector.min_max_dict)
    if logger:
        logger.info("Calibrated %d layers", len(ranges))
    qsym = with_ranges(qsym, ranges)
    return qsym, quantized_parameters(qsym, arg_params), aux_params


def quantized_parameters(qsym: Symbol, params: Arrays) -> dict[str, NDArray]:
    """The parameters of a quantized graph: in int8 with their ranges, or as they are."""
    quantized = {}
    for name in qsym.list_arguments():
        original = name.removesuffix("_quantize")
        if name in params:
            quantized[name] = params[name]
        elif original != name and original in params:
            param = params[original]
            parts = nd.contrib.quantize(param, param.min().reshape((1,)),
                                        param.max().reshape((1,)), out_type="int8")
            for end, part in zip(("", "_min", "_max"), parts, strict=True):
                quantized[name + end] = part
    return quantized


def collect(sym: Symbol, arg_params: Arrays, aux_params: Arrays, ctx: Context,
            shapes: Mapping[str, Any], batches: Iterable[Mapping[str, NDArray]], batch_size: int,
            collector: Any, names: Sequence[str], most: int | None) -> int:
    """Show a collector the arrays of these names, batch by batch; how many examples that were."""
    internals = sym.get_internals()
    known = internals.list_outputs()
    watched = [name for name in names if name in known]
    group = Group([internals[name] for name in watched])
    arguments = group.list_arguments()
    executor = group.simple_bind(ctx, grad_req="null", **{
        name: shape for name, shape in shapes.items() if name in arguments})
    executor.copy_params_from(arg_params, aux_params, allow_extra_params=True)
    count = 0
    for batch in batches:
        outputs = executor.forward(is_train=False, **{
            name: array for name, array in batch.items() if name in arguments})
        for name, array in zip(watched, outputs, strict=True):
            collector.collect(name, array)
        count += batch_size
        if most is not None and count >= most:
            break
    return count


def _one_context(ctx: Any) -> Context:
    ctx = cpu() if ctx is None else ctx
    if not isinstance(ctx, Context):
        raise MXNetTypeError(f"quantization: ctx must be one Context; got {ctx!r}")
    return ctx


def _check_calibration(mode: Any, modes: Sequence[str]) -> None:
    if mode not in (None, "none", *modes):
        raise MXNetValueError(f"quantization: calib_mode must be one of "
                              f"{', '.join(map(repr, ('none', *modes)))}; got {mode!r}")
