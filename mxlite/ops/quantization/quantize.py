"""From reals to quantized arrays, back, and to fewer bits."""

from __future__ import annotations

from ..schema import param, register
from .ranges import (
    INT32,
    LARGEST,
    LEVELS,
    QUANTIZED,
    RANGE,
    Calibrated,
    Elementwise,
    constant,
    largest_calibrated,
    least_calibrated,
    magnitude,
    scale_to,
)


def calibrated_dtype(op):
    """The dtype that out_type means: `auto` is uint8 where the known range has no negative."""
    if op.out_type != "auto":
        return op.out_type
    return "uint8" if op.is_calibrated and op.min_calib_range >= 0 else "int8"


@register("_contrib_quantize", inputs="data min_range max_range",
          outputs="output0 output1 output2")
class Quantize(Elementwise):
    """Reals of the range from min_range to max_range as integers of 8 bits, and their range.

    data float32, min_range and max_range (1,) float32 -> data * 127 / m in int8, range (-m, m), or
    data * 255 / m in uint8, range (min_range, max_range), for m = max(|min_range|, |max_range|).
    Rounded to the nearest, the even one of two; what is outside becomes the nearest end.
    """

    out_type: str = param("uint8", "dtype of the result", choices=("int8", "uint8"))

    def result_dtype(self, *dtypes):
        return self.out_type

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        size = magnitude(F, low, high)
        out = F._rescale(data, scale_to(LARGEST[self.out_type], size), dtype=self.out_type)
        return [out, low, high] if self.out_type == "uint8" else [out, -size, size]


@register("_contrib_quantize_v2", outputs="output0 output1 output2")
class QuantizeV2(Elementwise, Calibrated):
    """Reals as integers of 8 bits, and their range: the calibrated one, or that of data.

    data float32 -> data * 127.5 / m in int8, range (-m, m), or data * 255.5 / m in uint8, range
    (low, high), for m = max(|low|, |high|) of the range. Rounded to the nearest, the even one of
    two; what is outside becomes the nearest end. Data of int8 or uint8 stays as it is.
    """

    out_type: str = param("int8", "dtype of the result; auto: uint8 if min_calib_range >= 0",
                          choices=("auto", "int8", "uint8"))
    min_calib_range: float | None = least_calibrated()
    max_calib_range: float | None = largest_calibrated()
    takes = {"data": ("float32", *QUANTIZED)}

    def result_dtype(self, data):
        return data if data in QUANTIZED else calibrated_dtype(self)

    def steps(self, F, data):
        """The operators that it consists of."""
        if data.dtype in QUANTIZED:
            levels = LEVELS[data.dtype]
            least = -levels if data.dtype == "int8" else 0.0
            known = self.calibrated(F) if self.is_calibrated else (
                constant(F, least), constant(F, levels))
            return [F._copy(data), *known]
        if self.is_calibrated:
            low, high = self.calibrated(F)
        elif data.size:
            low, high = F.min(data).reshape(RANGE), F.max(data).reshape(RANGE)
        else:
            low, high = constant(F, 0.0), constant(F, 0.0)
        size, dtype = magnitude(F, low, high), calibrated_dtype(self)
        out = F._rescale(data, scale_to(LEVELS[dtype], size), dtype=dtype)
        return [out, low, high] if dtype == "uint8" else [out, -size, size]


@register("_contrib_dequantize", inputs="data min_range max_range")
class Dequantize(Elementwise):
    """The reals that quantized data stands for: data * max(|min_range|, |max_range|) / levels.

    data int8 (127.5 levels) or uint8 (255.5), min_range and max_range (1,) float32 -> float32.
    """

    num_outputs = 1
    out_type: str = param("float32", "dtype of the result", choices=("float32",))
    takes = {"data": QUANTIZED}

    def result_dtype(self, *dtypes):
        return "float32"

    def output_names(self):
        return ["output"]

    def fill_dtypes(self, inputs, outputs):
        return super().fill_dtypes(inputs, outputs)[0], ["float32"]

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        scale = magnitude(F, low, high) / LEVELS[data.dtype]
        return [F._rescale(data, scale, dtype="float32")]


@register("_contrib_requantize", inputs="data min_range max_range",
          outputs="output0 output1 output2")
class Requantize(Elementwise, Calibrated):
    """Integers of 32 bits as ones of 8 bits, and their range: the calibrated one, or data's.

    data int32, which stands for data * max(|min_range|, |max_range|) / 2^31; min_range and
    max_range (1,) float32 -> int8 of the range (-m, m), or uint8 of the range (0, m), for m the
    largest magnitude. Rounded to the nearest, the even one of two.
    """

    out_type: str = param("int8", "dtype of the result; auto: uint8 if min_calib_range >= 0",
                          choices=("auto", "int8", "uint8"))
    min_calib_range: float | None = least_calibrated()
    max_calib_range: float | None = largest_calibrated()
    takes = {"data": ("int32",)}

    def result_dtype(self, *dtypes):
        return calibrated_dtype(self)

    def steps(self, F, data, low, high):
        """The operators that it consists of."""
        given, dtype = magnitude(F, low, high), calibrated_dtype(self)
        if self.is_calibrated:
            size = magnitude(F, *self.calibrated(F))
        elif data.size:
            ends = [F.Cast(end(data).reshape(RANGE), dtype="float32") for end in (F.min, F.max)]
            size = magnitude(F, *ends) * given / INT32
        else:
            size = constant(F, 0.0)
        scale = given / INT32 * scale_to(LARGEST[dtype], size)
        out = F._rescale(data, scale, dtype=dtype)
        return [out, constant(F, 0.0) if dtype == "uint8" else -size, size]


@register("_contrib_quantize_asym", outputs="output scale shift")
class QuantizeAsym(Elementwise, Calibrated):
    """Reals as uint8, scaled and shifted so that the range is used whole: data * scale + shift.

    data float32 -> uint8, scale = 255 / (high - low) and shift = 255 - high * scale, of the
    calibrated range or that of data. Data of int8 is shifted by 128, uint8 stays as it is.
    """

    min_calib_range: float | None = least_calibrated()
    max_calib_range: float | None = largest_calibrated()
    takes = {"data": ("float32", *QUANTIZED)}

    def result_dtype(self, *dtypes):
        return "uint8"

    def steps(self, F, data):
        """The operators that it consists of."""
        if data.dtype == "uint8":
            return [F._copy(data), constant(F, 1.0), constant(F, 0.0)]
        if data.dtype == "int8":
            scale, shift = constant(F, 1.0), constant(F, 128.0)
        else:
            if self.is_calibrated:
                low, high = self.calibrated(F)
            elif data.size:
                low, high = F.min(data).reshape(RANGE), F.max(data).reshape(RANGE)
            else:
                low, high = constant(F, 0.0), constant(F, 1.0)
            scale = scale_to(255.0, high - low)
            shift = 255.0 - high * scale
        scaled = F._rescale(data, scale, dtype="float32")
        moved = F.broadcast_add(scaled.reshape((data.size,)), shift + 0.5).reshape(data.shape)
        out = F._rescale(moved, constant(F, 1.0), dtype="uint8", truncate=True)
        return [out, scale, shift]
