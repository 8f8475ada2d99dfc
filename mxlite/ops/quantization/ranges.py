"""What operators on quantized arrays share: ranges, their scales, and rescaled integers.

A quantized array is one of integers with two arrays of shape (1,), the least and the largest real
number that it stands for. An integer q stands for q * max(|least|, |largest|) / levels.
"""

from __future__ import annotations

from typing import Any

from ..inference import output_like_data
from ..schema import Op, kernel, param, register, required
from ..trace import composed

DType = str
QUANTIZED = ("int8", "uint8")
LEVELS = {"int8": 127.5, "uint8": 255.5}        # of quantize_v2 and what follows it
LARGEST = {"int8": 127.0, "uint8": 255.0}
INT32 = 2.0 ** 31
SMALLEST = 1e-30            # in place of a largest magnitude of 0, which has no scale
RANGE = (1,)


def magnitude(F: Any, low: Any, high: Any) -> Any:
    """max(|low|, |high|), as an array (1,)."""
    return F.broadcast_maximum(F.abs(low), F.abs(high))


def scale_to(levels: float, size: Any) -> Any:
    """levels / size, of a magnitude."""
    return levels / size.tracer._maximum_scalar(size, scalar=SMALLEST)


def constant(F: Any, value: float) -> Any:
    """An array (1,) of this number."""
    return F._full(shape=RANGE, value=value, dtype="float32")


def rounded(F: Any, data: Any, dtype: str) -> Any:
    """Reals as the nearest integers of `dtype`."""
    return F._rescale(data, constant(F, 1.0), dtype=dtype)


@register("_rescale", inputs="data scale")
class Rescale(Op):
    """data * scale, for scale (1,) of float32, as the nearest number of `dtype` (even of two).

    Of float32, int32, int8 and uint8, each into each; beyond the range of integers its end.
    """

    dtype_rule = "any float32 -> dtype"
    dtype: DType = required("dtype of the result")
    truncate: bool = param(False, "drop fractions instead of rounding")

    def infer_shape(self, data, scale):
        if scale != RANGE:
            raise self.shape_error("scale", str(RANGE), scale)
        return [data]

    def prepare(self, inputs, outputs):
        data = inputs[0]
        kinds = {"float32": "f32", "int32": "i32", "int8": "i8", "uint8": "u8"}
        return kernel(f"rescale_{kinds[self.dtype]}", data.dtype, count=data.size,
                      truncate=int(self.truncate), work=data.size / 4)


class OnRanges(Op):
    """Base: inputs that are values, then ranges of shape (1,); the result and its range.

    It comes before the operator on reals whose shapes it has, and is composed of `steps`.
    """

    num_outputs: Any = 3
    uses_train = False
    writes_states = False
    visible_outputs: Any = None
    by_storage: Any = False
    initializers: dict[str, str] = {}
    takes: dict[str, tuple[str, ...]] = {}      # dtypes of inputs: float32 where not said

    def num_values(self, count: int) -> int:
        """How many of the inputs are values."""
        return sum(not is_range(entry.name) for entry in self.taken)

    def input_names(self, count: int) -> list[str]:
        return [entry.name for entry in self.taken][:count]

    def output_names(self) -> list[str]:
        return list(self.named_outputs)

    # Shapes ---------------------------------------------------------------------------------

    def infer_shape(self, *shapes: Any) -> list[Any]:
        values = self.num_values(len(shapes))
        for name, shape in zip(self.input_names(len(shapes))[values:], shapes[values:],
                               strict=True):
            if shape != RANGE:
                raise self.shape_error(name, str(RANGE), shape)
        return [super().infer_shape(*shapes[:values])[0]] + [RANGE] * (self.num_outputs - 1)

    def fill_shapes(self, inputs: Any, outputs: Any) -> Any:
        values = self.num_values(len(inputs))
        first, out = self.fill_values(inputs[:values], outputs[:1])
        return ([*first, *[RANGE] * (len(inputs) - values)],
                [out[0], *[RANGE] * (len(outputs) - 1)])

    def fill_values(self, inputs: Any, outputs: Any) -> Any:
        """The shapes of the values and of the result: those of the operator on reals."""
        return super().fill_shapes(inputs, outputs)

    # Dtypes ---------------------------------------------------------------------------------

    def dtypes_of(self, name: str) -> tuple[str, ...]:
        """The dtypes that an input may have; (): any."""
        return self.takes.get(name, ("float32",))

    def result_dtype(self, *dtypes: str) -> str:
        """The dtype of the result: that of the first input."""
        return dtypes[0]

    def infer_dtype(self, *dtypes: str) -> list[str]:
        for name, dtype in zip(self.input_names(len(dtypes)), dtypes, strict=True):
            allowed = self.dtypes_of(name)
            if allowed and dtype not in allowed:
                raise self.dtype_error(name, " or ".join(allowed), dtype)
        return [self.result_dtype(*dtypes)] + ["float32"] * (self.num_outputs - 1)

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        filled = []
        for name, dtype in zip(self.input_names(len(inputs)), inputs, strict=True):
            allowed = self.dtypes_of(name)
            filled.append(allowed[0] if dtype is None and len(allowed) == 1 else dtype)
        return filled, [outputs[0], *["float32"] * (len(outputs) - 1)]

    # Values ---------------------------------------------------------------------------------

    def steps(self, F: Any, *inputs: Any) -> list[Any]:
        """The result, and its range."""
        raise NotImplementedError

    def prepare(self, inputs: Any, outputs: Any, train: bool = False) -> Any:
        return composed(self.steps, inputs)

    def grad(self, F: Any, dy: Any, inputs: Any, outputs: Any) -> list[Any]:
        return [None] * len(inputs)


class Elementwise(OnRanges):
    """Base: the result has the shape of the first input."""

    def fill_values(self, inputs: Any, outputs: Any) -> Any:
        return output_like_data(inputs, outputs)


def is_range(name: str) -> bool:
    """Whether an input of this name is the end of a range."""
    return name.startswith(("min_", "max_")) or name.endswith(("_min", "_max"))


def least_calibrated() -> Any:
    """The parameter min_calib_range."""
    return param(None, "least real number of the range, if it is known")


def largest_calibrated() -> Any:
    """The parameter max_calib_range."""
    return param(None, "largest real number of the range, if it is known")


class Calibrated(Op):
    """Base: a range that is known beforehand, if both of its ends are given."""

    min_calib_range: Any
    max_calib_range: Any

    @property
    def is_calibrated(self) -> bool:
        """Whether both ends are given."""
        return self.min_calib_range is not None and self.max_calib_range is not None

    def calibrated(self, F: Any) -> tuple[Any, Any]:
        """The ends, as arrays (1,)."""
        return constant(F, self.min_calib_range), constant(F, self.max_calib_range)
