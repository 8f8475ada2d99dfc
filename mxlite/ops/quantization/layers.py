"""Layers of quantized arrays that keep 8 bits: pooling, relu, shapes, BatchNorm, Embedding."""

from __future__ import annotations

import math

from ..indexing import Embedding
from ..nn.activation import Activation
from ..nn.batch_norm import BatchNorm
from ..nn.pooling import Pooling
from ..schema import register
from ..shape_join import Concat
from .products import RANGED_OUTPUTS
from .ranges import (
    LEVELS,
    QUANTIZED,
    Calibrated,
    Elementwise,
    OnRanges,
    constant,
    magnitude,
    rounded,
    scale_to,
)

INPUTS = "data min_data max_data"


@register("_contrib_quantized_pooling", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedPooling(OnRanges, Pooling):
    """Pooling, `max` or `avg`, of int8 or uint8 with a range, which stays; means are rounded."""

    takes = {"data": QUANTIZED}

    def check(self):
        super().check()
        if self.pool_type not in ("max", "avg"):
            raise self.value_error("pool_type", "'max' or 'avg'", self.pool_type)

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        names = ("kernel", "pool_type", "global_pool", "pooling_convention", "stride", "pad",
                 "count_include_pad", "layout")
        values = {name: getattr(self, name) for name in names}
        pooled = F.Pooling(F.Cast(data, dtype="float32"), **values)
        return [rounded(F, pooled, data.dtype), low, high]


@register("_contrib_quantized_act", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedActivation(Elementwise, Activation):
    """max(data, 0) of int8 or uint8 with a range, which stays; act_type is `relu`."""

    elementwise = False
    takes = {"data": QUANTIZED}

    def check(self):
        if self.act_type != "relu":
            raise self.value_error("act_type", "'relu'", self.act_type)

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        out = F._copy(data) if data.dtype == "uint8" else F._maximum_scalar(data, scalar=0.0)
        return [out, low, high]


@register("_contrib_quantized_flatten", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedFlatten(OnRanges):
    """data (N, ...) of int8, uint8 or float32 as (N, I); its range stays."""

    takes = {"data": (*QUANTIZED, "float32")}

    def infer_shape(self, data, *ranges):
        return [(*data[:1], math.prod(data[1:])), *super().infer_shape(data, *ranges)[1:]]

    def fill_shapes(self, inputs, outputs):
        return [inputs[0], (1,), (1,)], [outputs[0], (1,), (1,)]

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        return [F.Flatten(data), low, high]


@register("_contrib_quantized_concat", inputs="*data", outputs=RANGED_OUTPUTS)
class QuantizedConcat(OnRanges, Concat):
    """Arrays of int8 or uint8 joined along axis `dim`, in the range that holds all of theirs.

    Inputs: num_args arrays, then the least and the largest value of each, (1,). The result is uint8
    if all arrays are, else int8; its range begins at most at 0 and ends at least there.
    """

    arrays_of_one = 3

    def num_values(self, count):
        return count // 3

    def check_count(self, count):
        super().check_count(count)
        if count % 3:
            raise self.value_error("the number of arrays", "3 for each array to be joined", count)

    def input_names(self, count):
        names = [f"arg{i}" for i in range(count // 3)]
        return names + [f"{name}_{end}" for name in names for end in ("min", "max")]

    def part_names(self, count):
        return self.input_names(3 * count)[:count]

    def variable_names(self, count):
        return self.input_names(count)

    def dtypes_of(self, name):
        return ("float32",) if name.endswith(("_min", "_max")) else QUANTIZED

    def result_dtype(self, *dtypes):
        return "int8" if "int8" in dtypes else "uint8"

    def steps(self, F, *inputs):
        """The operators that it consists of."""
        count = len(inputs) // 3
        parts, ranges = inputs[:count], inputs[count:]
        low, high = constant(F, 0.0), constant(F, 0.0)
        for i in range(count):
            low = F.broadcast_minimum(low, ranges[2 * i])
            high = F.broadcast_maximum(high, ranges[2 * i + 1])
        dtype = self.result_dtype(*[part.dtype for part in parts])
        scale = scale_to(LEVELS[dtype], magnitude(F, low, high))
        joined = [F._rescale(
            part, scale * (magnitude(F, *ranges[2 * i:2 * i + 2]) / LEVELS[part.dtype]),
            dtype=dtype) for i, part in enumerate(parts)]
        return [F.Concat(*joined, dim=self.dim), low, high]


@register("_contrib_quantized_batch_norm", outputs=RANGED_OUTPUTS,
          inputs="data gamma beta moving_mean! moving_var! min_data max_data")
class QuantizedBatchNorm(OnRanges, BatchNorm, Calibrated):
    """BatchNorm with the moving statistics, of int8 or uint8: int8 of the calibrated range.

    data (N, C, ...) with its range, two arrays (1,); gamma, beta, moving_mean, moving_var (C,) of
    float32. min_calib_range and max_calib_range must be given.
    """

    takes = {"data": QUANTIZED}
    initializers = {}

    def result_dtype(self, *dtypes):
        return "int8"

    def steps(self, F, data, gamma, beta, mean, var, low, high):
        """The operators that it consists of."""
        if not self.is_calibrated:      # which a graph may still have to be
            raise self.value_error("min_calib_range and max_calib_range", "given",
                                   (self.min_calib_range, self.max_calib_range))
        axis = self.axis_in(self.axis, data.ndim)
        across = tuple(data.shape[axis] if i == axis else 1 for i in range(data.ndim))
        least, largest = self.calibrated(F)
        scale = scale_to(LEVELS["int8"], magnitude(F, least, largest))
        slope = 1.0 / F.sqrt(var + self.eps)
        if not self.fix_gamma:
            slope = slope * gamma
        shift = F.broadcast_mul(beta - mean * slope, scale)
        size = magnitude(F, low, high) / LEVELS[data.dtype]
        factor = F.broadcast_mul(slope, size * scale)
        x = F.broadcast_mul(F.Cast(data, dtype="float32"), factor.reshape(across))
        return [rounded(F, F.broadcast_add(x, shift.reshape(across)), "int8"), least, largest]


@register("_contrib_quantized_embedding", inputs="data weight min_weight max_weight",
          outputs=RANGED_OUTPUTS)
class QuantizedEmbedding(OnRanges, Embedding):
    """The rows of weight (input_dim, output_dim), of int8 with a range, at data: see Embedding."""

    takes = {"data": (), "weight": ("int8",)}

    def result_dtype(self, *dtypes):
        return "int8"

    def steps(self, F, data, weight, low, high):
        """The operators that it consists of."""
        return [F.Embedding(data, weight, input_dim=self.input_dim, output_dim=self.output_dim),
                low, high]
