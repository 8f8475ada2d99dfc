"""BatchNorm."""

from __future__ import annotations

import math

from ...base import MXNetError
from ..inference import common
from ..schema import Op, kernel, param, register, required


def norm_fields(shape, axis):
    """data as (N, C, S)."""
    return {"N": math.prod(shape[:axis]), "C": shape[axis], "S": math.prod(shape[axis + 1:])}


@register("BatchNorm", "batch_norm", inputs="data gamma beta moving_mean! moving_var!",
          outputs="output mean var")
class BatchNorm(Op):
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, with one mean, ... per channel (C,).

    Training: mean and (biased) var of the batch; its backward pass moves the moving statistics:
    moving = momentum * moving + (1 - momentum) * batch. Otherwise, or with use_global_stats, mean
    and var are the moving ones. Outputs: out, mean, 1 / sqrt(var + eps); the latter two are
    visible if output_mean_var. Of float16 data the other inputs are float32.
    """

    uses_train = True
    writes_states = False
    initializers = {"moving_mean": '["zero", {}]', "moving_var": '["one", {}]'}
    dtype_rule = "F W -> F W"
    num_outputs = 3

    eps: float = param(1e-3, "added to the variance", low=0)
    momentum: float = param(0.9, "of the moving averages")
    fix_gamma: bool = param(True, "take gamma as 1, with gradient 0")
    use_global_stats: bool = param(False, "use the moving statistics in training too")
    output_mean_var: bool = param(False, "return the mean and inverse deviation as well")
    axis: int = param(1, "the channel axis")
    cudnn_off: bool = param(False, "MXNet's; not used")
    min_calib_range: float | None = param(None, "not used; of quantized_batch_norm")
    max_calib_range: float | None = param(None, "not used; of quantized_batch_norm")

    @property
    def visible_outputs(self):
        return 3 if self.output_mean_var else 1

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], outputs[0])
        vector = data and (data[self.axis_in(self.axis, len(data))],)
        return [data] + [vector] * 4, [data] + [vector] * (len(outputs) - 1)

    def infer_shape(self, data, *rest):
        channels = (data[self.axis_in(self.axis, len(data))],)
        for name, shape in zip(self.input_names(5)[1:], rest, strict=True):
            if shape != channels:
                raise self.shape_error(
                    name, f"{channels}, the length of axis {self.axis} of data", shape)
        return [data, channels, channels]

    def prepare(self, inputs, outputs, train):
        data = inputs[0]
        train = train and not self.use_global_stats and data.size > 0
        fields = norm_fields(data.shape, self.axis_in(self.axis, data.ndim))
        return kernel("batch_norm", data.dtype, train=int(train), fix_gamma=int(self.fix_gamma),
                      eps=self.eps, momentum=self.momentum, work=data.size, **fields)

    def grad(self, F, dy, inputs, outputs):
        data, gamma, _, moving_mean, moving_var = inputs
        grads = F._backward_BatchNorm(
            dy[0], data, gamma, outputs[1], outputs[2], moving_mean, moving_var, eps=self.eps,
            momentum=self.momentum, fix_gamma=self.fix_gamma,
            axis=self.axis_in(self.axis, data.ndim),
            train=F.train and not self.use_global_stats and data.size > 0)
        return [*grads, None, None]


@register("_backward_BatchNorm",
          inputs="dy data gamma mean inv_std moving_mean! moving_var!")
class BatchNormGrad(Op):
    """d_data, d_gamma, d_beta; in training it moves the moving statistics, as in MXNet."""

    num_outputs = 3
    dtype_rule = "T T W -> T W"
    eps: float = required()
    momentum: float = required()
    fix_gamma: bool = required()
    axis: int = required()
    train: bool = required()

    def infer_shape(self, dy, data, gamma, *rest):
        return [data, gamma, gamma]

    def prepare(self, inputs, outputs):
        data = inputs[1]
        return kernel("batch_norm_grad", data.dtype, train=int(self.train),
                      fix_gamma=int(self.fix_gamma), eps=self.eps, momentum=self.momentum,
                      work=2 * data.size, **norm_fields(data.shape, self.axis))

    def grad(self, F, dy, inputs, outputs):
        """Of L = <g, d_data> + <a, d_gamma> + <b, d_beta>, where mean and inv_std depend on data.

        With x the normalised data, s = inv_std, c = gamma and averages E over a channel:
        d_data = c s (dy - E[dy] - x E[dy x]), d_gamma = sum(dy x), d_beta = sum(dy).
        """
        given, data, gamma, mean, inv_std = inputs[:5]
        if dy[0].dtype != dy[1].dtype:
            raise MXNetError(f"BatchNorm has no second derivative for data of {dy[0].dtype}, whose "
                             "parameters are float32")
        c, mean, s, a, b = [self.per_channel(ref, data) for ref in (gamma, mean, inv_std, *dy[1:])]
        x = F.broadcast_mul(F.broadcast_sub(data, mean), s)
        g = dy[0]
        if self.fix_gamma:
            c, a = F.ones_like(c), F.zeros_like(a)
        scale = c * s
        if not self.train:
            d_given = F.broadcast_mul(g, scale) + F.broadcast_add(F.broadcast_mul(x, a), b)
            d_data = F.broadcast_mul(given, a * s)
            d_gamma = self.total(F, g * given) * inv_std
        else:
            mg, mq = self.mean(F, g), self.mean(F, g * x)
            mp = self.mean(F, given * x)
            d_given = F.broadcast_mul(self.centred(F, g, mg, x, mq), scale) \
                + F.broadcast_add(F.broadcast_mul(x, a), b)
            alike = self.mean(F, g * given) - mg * self.mean(F, given) - mq * mp
            h = F.broadcast_mul(given, a - scale * mq) - F.broadcast_mul(g, scale * mp)
            inner = self.centred(F, h, self.mean(F, h), x, self.mean(F, h * x))
            d_data = F.broadcast_mul(inner, s) - F.broadcast_mul(x, c * s * s * alike)
            count = data.size // gamma.size
            d_gamma = (alike * s * float(count)).reshape(gamma.shape)
        if self.fix_gamma:
            d_gamma = F.zeros_like(gamma)
        return [d_given, d_data, d_gamma, None, None, None, None]

    def per_channel(self, ref, data):
        """`ref` (C,), shaped to be broadcast to data."""
        return ref.reshape([data.shape[i] if i == self.axis else 1 for i in range(data.ndim)])

    def total(self, F, ref):
        return F.sum(ref, axis=self.axis, exclude=True)

    def mean(self, F, ref):
        return F.mean(ref, axis=self.axis, exclude=True, keepdims=True)

    def centred(self, F, ref, mean, x, slope):
        return F.broadcast_sub(F.broadcast_sub(ref, mean), F.broadcast_mul(x, slope))
