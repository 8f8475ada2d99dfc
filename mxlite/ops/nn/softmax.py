"""Softmax and its kin along one axis."""

from __future__ import annotations

import math

import numpy as np

from ..inference import common, output_like_data
from ..schema import Op, host, kernel, param, register, required
from ..trace import composed

DType = str


def softmax_fields(shape, axis, scale=1.0, inputs=1):
    """The fields of softmax_dims (csrc/cpu/softmax.h); axis from 0 on."""
    return {"outer": math.prod(shape[:axis]), "axis": shape[axis],
            "inner": math.prod(shape[axis + 1:]), "output": inputs, "scale": scale}


class _Softmax(Op):
    """Base: f(scale * data) along `axis`, computed in data's dtype or float32 if that is wider."""

    kernel_name = "softmax"
    dtype_rule = "F any -> dtype"
    sign = 1.0

    def check(self):
        if self.temperature == 0:
            raise self.value_error("temperature", "other than 0", self.temperature)

    @property
    def scale(self):
        return self.sign / (self.temperature or 1.0)

    def infer_shape(self, data, length=None):
        axis = self.axis_in(self.axis, len(data))
        wanted = data[:axis] + data[axis + 1:]
        if length is not None and length != wanted:
            raise self.shape_error("length", f"{wanted}, data's without axis {axis}", length)
        return [data]

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], outputs[0])
        lengths = inputs[1:]
        if lengths and data is not None:
            axis = self.axis_in(self.axis, len(data))
            lengths = [(*data[:axis], *data[axis + 1:])]
        return [data, *lengths], [data]

    def prepare(self, inputs, outputs):
        axis = self.axis_in(self.axis, inputs[0].ndim)
        if len(inputs) == 2 and inputs[1].dtype not in ("int32", "int64"):
            raise self.dtype_error("length", "int32 or int64", inputs[1].dtype)
        if len(inputs) == 1 and outputs[0].dtype == inputs[0].dtype:
            fields = softmax_fields(inputs[0].shape, axis, self.scale)
            return kernel(self.kernel_name, inputs[0].dtype, work=2 * inputs[0].size, **fields)
        is_log, scale = self.kernel_name == "log_softmax", self.scale

        def softmax(data, *rest):
            rest[-1][...] = _softmax(data, rest[0] if len(rest) == 2 else None, axis, scale, is_log)

        return host(softmax, lambda: composed(
            lambda F, data, *length: self.masked(F, data, length, axis, outputs[0].dtype), inputs))

    def masked(self, F, data, length, axis, dtype):
        """_softmax of operators, for devices other than the host."""
        x = F.Cast(data, dtype="float64" if "float64" in (data.dtype, dtype) else "float32")
        x, inside = x * self.scale, None
        if length:
            lengths = F.expand_dims(F.Cast(length[0], dtype="int64"), axis=axis)
            places = F._arange(start=0.0, stop=float(x.shape[axis]), dtype="int64").reshape(
                [x.shape[axis] if i == axis else 1 for i in range(x.ndim)])
            inside = F.broadcast_lesser(places, lengths)
            x = F.where(inside, x, F._full(shape=x.shape, value=-math.inf, dtype=x.dtype))
        y = getattr(F, self.kernel_name)(x, axis=axis)
        if inside is not None:
            y = F.where(inside, y, F.zeros_like(y))
        return F.Cast(y, dtype=dtype)

    def grad(self, F, dy, inputs, outputs):
        axis = self.axis_in(self.axis, inputs[0].ndim)
        backward = F._backward_log_softmax if self.kernel_name == "log_softmax" \
            else F._backward_softmax
        dx = backward(dy[0], outputs[0], axis=axis, scale=self.scale)
        if dx.dtype != inputs[0].dtype:
            dx = F.Cast(dx, dtype=inputs[0].dtype)
        return [dx] + [None] * (len(inputs) - 1)


def _softmax(data, length, axis, scale, is_log):
    """The host's softmax, with an output dtype of its own or with lengths: 0 beyond them."""
    x = np.moveaxis(data.astype("float64"), axis, -1) * scale
    inside = True if length is None else np.arange(x.shape[-1]) < length[..., None]
    with np.errstate(all="ignore"):
        largest = np.where(inside, x, -np.inf).max(axis=-1, keepdims=True, initial=-np.inf)
        power = np.where(inside, np.exp(x - largest), 0)
        total = power.sum(axis=-1, keepdims=True)
        y = x - largest - np.log(total) if is_log else power / total
    return np.moveaxis(np.where(inside, y, 0), -1, axis)


@register("softmax", inputs="data length[use_length=True]")
class Softmax(_Softmax):
    """exp(data / temperature) along `axis`, divided by its sum; 0 beyond `length`."""

    axis: int = param(-1, "the axis")
    temperature: float | None = param(None, "what data is divided by first; None: 1")
    dtype: DType | None = param(None, "dtype of the output; None: data's")
    use_length: bool = param(False, "whether `length`, data's shape without axis, is given")


@register("log_softmax")
class LogSoftmax(_Softmax):
    """The logarithm of softmax(data / temperature) along `axis`."""

    kernel_name = "log_softmax"
    axis: int = param(-1, "the axis")
    temperature: float | None = param(None, "what data is divided by first; None: 1")
    dtype: DType | None = param(None, "dtype of the output; None: data's")
    use_length: bool = param(False, "not used: there is no length")


@register("softmin")
class Softmin(_Softmax):
    """softmax(-data / temperature) along `axis`."""

    sign = -1.0
    axis: int = param(-1, "the axis")
    temperature: float | None = param(None, "what data is divided by first; None: 1")
    dtype: DType | None = param(None, "dtype of the output; None: data's")
    use_length: bool = param(False, "not used: there is no length")


class _SoftmaxGrad(Op):
    """Base: dx from dy and the output."""

    kernel_name = ""

    def prepare(self, inputs, outputs):
        fields = softmax_fields(inputs[0].shape, self.axis, self.scale, inputs=2)
        return kernel(self.kernel_name, inputs[0].dtype, work=2 * inputs[0].size, **fields)


@register("_backward_softmax", inputs="dy out")
class SoftmaxGrad(_SoftmaxGrad):
    """dx = scale * out * (dy - sum(dy * out))."""

    kernel_name = "softmax_grad"
    axis: int = required("the axis, from 0 on")
    scale: float = param(1.0, "what data was multiplied by")

    def grad(self, F, dy, inputs, outputs):
        g, (grads, out) = dy[0], inputs
        d_grads = F._backward_softmax(g, out, axis=self.axis, scale=self.scale)
        projection = F.sum(grads * out, axis=self.axis, keepdims=True)
        overlap = F.sum(g * out, axis=self.axis, keepdims=True)
        d_out = g * F.broadcast_sub(grads, projection) - F.broadcast_mul(grads, overlap)
        return [d_grads, d_out * self.scale]


@register("_backward_log_softmax", inputs="dy out")
class LogSoftmaxGrad(_SoftmaxGrad):
    """dx = scale * (dy - exp(out) * sum(dy))."""

    kernel_name = "log_softmax_grad"
    axis: int = required("the axis, from 0 on")
    scale: float = param(1.0, "what data was multiplied by")

    def grad(self, F, dy, inputs, outputs):
        g, (grads, out) = dy[0], inputs
        weighted = g * F.exp(out)
        total = F.sum(grads, axis=self.axis, keepdims=True)
        d_grads = F.broadcast_sub(g, F.sum(weighted, axis=self.axis, keepdims=True))
        return [d_grads * self.scale, F.broadcast_mul(weighted, total) * -self.scale]


@register("SoftmaxActivation")
class SoftmaxActivation(Op):
    """softmax over the last axis, or in mode 'channel' over the channels, axis 1."""

    mode: str = param("instance", "'instance' or 'channel'", choices=("instance", "channel"))

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        if len(data) < 1 + (self.mode == "channel"):
            raise self.shape_error("data", "of at least 2 axes in mode 'channel'" if data
                                   else "of at least 1 axis", data)
        return [data]

    def axis(self, ndim):
        return 1 if self.mode == "channel" else ndim - 1

    def prepare(self, inputs, outputs):
        fields = softmax_fields(inputs[0].shape, self.axis(inputs[0].ndim))
        return kernel("softmax", inputs[0].dtype, work=2 * inputs[0].size, **fields)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_softmax(dy[0], outputs[0], axis=self.axis(inputs[0].ndim))]


@register("softmax_cross_entropy", inputs="data label")
class SoftmaxCrossEntropy(Op):
    """The sum of -log(softmax(data))[label]: data (N, K), label (N,) class numbers -> (1,)."""

    def infer_shape(self, data, label):
        if len(data) != 2:
            raise self.shape_error("data", "(N, K)", data)
        if label != data[:1]:
            raise self.shape_error("label", str(data[:1]), label)
        if data[0] and not data[1]:
            raise self.shape_error("data", "(N, K) of at least one class", data)
        return [(1,)]

    def index_limits(self, specs):
        return 1, 0, specs[0].shape[1] - 1

    def prepare(self, inputs, outputs):
        rows, classes = inputs[0].shape
        return kernel("softmax_cross_entropy", inputs[0].dtype, rows=rows, classes=classes,
                      work=10 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        data, label = inputs
        target = F.one_hot(label, depth=data.shape[1], dtype=data.dtype)
        return [F.broadcast_mul(F.softmax(data) - target, dy[0].reshape((1, 1))), None]
