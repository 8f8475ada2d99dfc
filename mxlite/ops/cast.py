"""Casts, copies, and operators that only steer gradients."""

from __future__ import annotations

from .inference import common
from .schema import Op, kernel, param, register, required, view
from .strided import item_bits
from .trace import composed

DType = str
AMP_FLOATS = ("float16", "bfloat16", "float32")
CAST_SOURCES = ("float32", "float64", "float16", "bfloat16", "uint8", "int32", "int8", "int64",
                "bool")           # in the order of csrc/cpu/cast.c


@register("Cast", "cast")
class Cast(Op):
    """data in another dtype. Floats become integers by dropping the fraction, bools by != 0."""

    elementwise = True
    dtype_rule = "any -> dtype"
    dtype: DType = required("dtype of the result")

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        if inputs[0].dtype == outputs[0].dtype:
            return view(is_shared=False)
        return kernel("cast", self.dtype, size=size, work=size,
                      **{"from": CAST_SOURCES.index(inputs[0].dtype)})

    def grad(self, F, dy, inputs, outputs):
        return [F.Cast(dy[0], dtype=inputs[0].dtype)]


@register("amp_cast")
class AmpCast(Cast):
    """data of float16, bfloat16 or float32 in another of them; other dtypes stay as they are."""

    dtype: DType = required("dtype of the result")

    def infer_dtype(self, data):
        return [self.dtype if data in AMP_FLOATS else data]

    def fill_dtypes(self, inputs, outputs):
        return inputs, self.infer_dtype(*inputs) if inputs[0] else outputs


@register("amp_multicast", inputs="*data")
class AmpMulticast(Op):
    """Each array of float16, bfloat16 or float32 in the widest dtype of these that there is among
    them, or the narrowest if cast_narrow; other dtypes stay as they are."""

    arity = "num_outputs"
    num_outputs: int = required("number of arrays", low=1)
    cast_narrow: bool = param(False, "cast to the narrowest dtype")

    def input_names(self, count):
        return [f"data_{i}" for i in range(count)]

    def output_names(self):
        return [f"output{i}" for i in range(self.num_outputs)]

    def check_count(self, count):
        super().check_count(count)
        if count != self.num_outputs:
            raise self.value_error("num_outputs", f"the number of arrays, {count}",
                                   self.num_outputs)

    def infer_shape(self, *shapes):
        return list(shapes)

    def infer_dtype(self, *dtypes):
        halves = [dtype for dtype in dtypes if dtype in AMP_FLOATS and dtype != "float32"]
        is_narrow = halves and (self.cast_narrow or "float32" not in dtypes)
        shared = halves[0] if is_narrow else "float32"
        return [shared if dtype in AMP_FLOATS else dtype for dtype in dtypes]

    def fill_shapes(self, inputs, outputs):
        shapes = [common(*pair) for pair in zip(inputs, outputs, strict=True)]
        return shapes, shapes

    def fill_dtypes(self, inputs, outputs):
        return inputs, [out if given in (None, *AMP_FLOATS) else given
                        for given, out in zip(inputs, outputs, strict=True)]

    def prepare(self, inputs, outputs):
        return composed(lambda F, *data: [
            F.Cast(x, dtype=out.dtype) for x, out in zip(data, outputs, strict=True)], inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F.Cast(d, dtype=x.dtype) for d, x in zip(dy, inputs, strict=True)]


class _Copying(Op):
    elementwise = True

    def prepare(self, inputs, outputs):
        return kernel("copy", "bytes", nbytes=inputs[0].nbytes, work=inputs[0].nbytes / 8)


@register("_copy", "identity")
class Copy(_Copying):
    """A copy of data."""

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_identity_with_attr_like_rhs", inputs="lhs rhs")
class IdentityLike(Op):
    """lhs, whose shape and dtype must be those of rhs: either tells inference about the other."""

    elementwise = True

    def infer_shape(self, lhs, rhs):
        if lhs != rhs:
            raise self.shape_error("rhs", f"{lhs}, as lhs has", rhs)
        return [lhs]

    def prepare(self, inputs, outputs):
        return view(is_shared=False)

    def grad(self, F, dy, inputs, outputs):
        return [dy[0], None]


@register("BlockGrad", "stop_gradient")
class BlockGrad(_Copying):
    """A copy of data through which no gradient flows."""

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


@register("make_loss", outputs="loss")
class MakeLossPlain(_Copying):
    """A copy of data whose gradient is ones, whatever arrives from above."""

    def grad(self, F, dy, inputs, outputs):
        return [F.ones_like(inputs[0])]


@register("MakeLoss")
class MakeLoss(_Copying):
    """A copy of data whose gradient is grad_scale, whatever arrives from above.

    normalization "batch" divides it by the first axis, "valid" by the count of data > valid_thresh.
    """

    grad_scale: float = param(1.0, "the gradient of every element")
    valid_thresh: float = param(0.0, "elements above it are valid")
    normalization: str = param("null", "what the gradient is divided by",
                               choices=("null", "batch", "valid"))

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        slope = F.ones_like(data) * self.grad_scale
        if self.normalization == "batch":
            return [slope / float(max(data.shape[0], 1))]
        if self.normalization == "valid":
            count = F.sum(F._greater_scalar(data, scalar=self.valid_thresh))
            return [F.broadcast_div(slope, F._maximum_scalar(count, scalar=1.0))]
        return [slope]


class _Like(Op):
    elementwise = True
    dtype_rule = "T -> dtype"
    named_params = ("dtype",)
    value: int

    def prepare(self, inputs, outputs):
        out = outputs[0]
        return kernel("fill", "bytes", n=out.size, item=out.itemsize, output=1,
                      value=item_bits(self.value, out.dtype), work=out.nbytes / 8)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


@register("zeros_like")
class ZerosLike(_Like):
    """Zeros of the shape and dtype of data."""

    dtype: DType | None = param(None, "dtype of the output; None: data's")
    value = 0


@register("ones_like")
class OnesLike(_Like):
    """Ones of the shape and dtype of data."""

    dtype: DType | None = param(None, "dtype of the output; None: data's")
    value = 1
