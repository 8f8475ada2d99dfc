"""Sums and products of quantized arrays, element by element."""

from __future__ import annotations

from ..inference import all_alike
from ..schema import param, register
from .products import RANGED_OUTPUTS
from .ranges import (
    INT32,
    LARGEST,
    LEVELS,
    QUANTIZED,
    Calibrated,
    OnRanges,
    largest_calibrated,
    least_calibrated,
    magnitude,
    rounded,
    scale_to,
)

INPUTS = "lhs rhs lhs_min lhs_max rhs_min rhs_max"


class _OfTwo(OnRanges, Calibrated):
    """Base: two arrays of one shape, each with its range, two arrays (1,)."""

    def infer_shape(self, lhs, rhs, *ranges):
        if lhs != rhs:
            raise self.shape_error("rhs", f"{lhs}, as lhs has", rhs)
        return super().infer_shape(lhs, rhs, *ranges)

    def fill_shapes(self, inputs, outputs):
        pair, out = all_alike(inputs[:2], outputs[:1])
        return [*pair, *[(1,)] * 4], [*out, *[(1,)] * (len(outputs) - 1)]


@register("_contrib_quantized_elemwise_add", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedAdd(_OfTwo):
    """The sum of quantized arrays of int8 or uint8, and its range.

    Calibrated, it is int8 of that range, or uint8 if both arrays are; otherwise int32 whose range
    is the sum of both magnitudes.
    """

    min_calib_range: float | None = least_calibrated()
    max_calib_range: float | None = largest_calibrated()
    takes = {"lhs": QUANTIZED, "rhs": QUANTIZED}

    def result_dtype(self, lhs, rhs, *ranges):
        if not self.is_calibrated:
            return "int32"
        return lhs if lhs == rhs else "int8"

    def steps(self, F, lhs, rhs, *ranges):
        """The operators that it consists of."""
        sizes = magnitude(F, *ranges[:2]), magnitude(F, *ranges[2:])
        dtype = self.result_dtype(lhs.dtype, rhs.dtype)
        if self.is_calibrated:
            low, high = self.calibrated(F)
            scale = scale_to(LEVELS[dtype], magnitude(F, low, high))
        else:
            high = sizes[0] + sizes[1]
            low, scale = -high, scale_to(INT32, high)
        terms = [F._rescale(x, scale * (size / LEVELS[x.dtype]), dtype="float32")
                 for x, size in zip((lhs, rhs), sizes, strict=True)]
        return [rounded(F, terms[0] + terms[1], dtype), low, high]


@register("_contrib_quantized_elemwise_mul", inputs=INPUTS, outputs=RANGED_OUTPUTS)
class QuantizedMultiply(_OfTwo):
    """The product of quantized arrays of int8, and its range.

    It is int32, and exact; if calibrated, int8 of that range, fractions dropped. With
    enable_float_output it is the real product, float32 without a range.
    """

    takes = {"lhs": ("int8",), "rhs": ("int8",)}
    min_calib_range: float | None = least_calibrated()
    max_calib_range: float | None = largest_calibrated()
    enable_float_output: bool = param(False, "give the real product, in float32")

    @property
    def num_outputs(self):
        return 1 if self.enable_float_output else 3

    def output_names(self):
        return ["output"] if self.enable_float_output else list(self.named_outputs)

    def result_dtype(self, *dtypes):
        if self.enable_float_output:
            return "float32"
        return "int8" if self.is_calibrated else "int32"

    def fill_dtypes(self, inputs, outputs):
        return super().fill_dtypes(inputs, outputs)[0], [
            self.result_dtype(), *["float32"] * (len(outputs) - 1)]

    def steps(self, F, lhs, rhs, *ranges):
        """The operators that it consists of."""
        product = F.Cast(lhs, dtype="int32") * F.Cast(rhs, dtype="int32")
        sizes = magnitude(F, *ranges[:2]), magnitude(F, *ranges[2:])
        step = sizes[0] / LEVELS["int8"] * (sizes[1] / LEVELS["int8"])
        if self.enable_float_output:
            return [F._rescale(product, step, dtype="float32")]
        if self.is_calibrated:
            low, high = self.calibrated(F)
            scale = step * scale_to(LEVELS["int8"], magnitude(F, low, high))
            return [F._rescale(product, scale, dtype="int8", truncate=True), low, high]
        high = sizes[0] / LARGEST["int8"] * (sizes[1] / LARGEST["int8"]) * INT32
        return [product, -high, high]
