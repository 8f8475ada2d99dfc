"""Optimizer updates: out = the new weight (usually out=weight); the states are written in place.

g is rescale_grad * grad, cut to [-clip_gradient, clip_gradient] where that is not negative.
"""

from __future__ import annotations

from .schema import Op, kernel, param, register, runtime

SCALARS, LISTS, SCALE = range(3)        # where a kernel reads rates: csrc/cpu/optimizer.c


class _Update(Op):
    """Base: elementwise on arrays of one shape and dtype. own, more: csrc/cpu/optimizer.c."""

    elementwise = True
    dtype_rule = "F -> F"
    kernel_name = ""                # where it is not the operator's
    own = 0
    more = 0

    def infer_shape(self, weight, *rest):
        for name, shape in zip(self.input_names(1 + len(rest))[1:], rest, strict=True):
            if shape != weight:
                raise self.shape_error(name, f"{weight}, as weight has", shape)
        return [weight]

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel(self.kernel_name or self.name, inputs[0].dtype, n=size, own=self.own,
                      more=self.more, source=SCALARS, at=0, work=size)


@register("sgd_update", inputs="weight grad")
class SGDUpdate(_Update):
    """out = weight - lr * (g + wd * weight)."""

    lr: float = runtime(help="learning rate")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    lazy_update: bool = param(True, "MXNet's, for sparse gradients; not used")


@register("sgd_mom_update", inputs="weight grad mom!")
class SGDMomUpdate(_Update):
    """mom = momentum * mom - lr * (g + wd * weight); out = weight + mom."""

    own = 1
    lr: float = runtime(help="learning rate")
    momentum: float = runtime(0.0, "what is kept of mom")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    lazy_update: bool = param(True, "MXNet's, for sparse gradients; not used")


@register("nag_mom_update", inputs="weight grad mom!")
class NAGMomUpdate(_Update):
    """Nesterov: m = momentum * mom - lr * (g + wd * weight);
    out = weight - momentum * mom + (1 + momentum) * m; mom = m, decayed by the new weight."""

    own = 1
    lr: float = runtime(help="learning rate")
    momentum: float = runtime(0.0, "what is kept of mom")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("adam_update", inputs="weight grad mean! var!")
class AdamUpdate(_Update):
    """With g = clip(rescale_grad * grad + wd * weight):

    mean = beta1 * mean + (1 - beta1) * g; var = beta2 * var + (1 - beta2) * g^2;
    out = weight - lr * mean / (sqrt(var) + epsilon).
    """

    own = 3
    lr: float = runtime(help="learning rate")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-8, "added to the root of var")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    lazy_update: bool = param(True, "MXNet's, for sparse gradients; not used")


@register("rmsprop_update", inputs="weight grad n!")
class RMSPropUpdate(_Update):
    """With g = clip(rescale_grad * grad + wd * weight): n = (1 - gamma1) * g^2 + gamma1 * n;

    out = weight - lr * g / sqrt(n + epsilon), within clip_weights where that is not negative.
    """

    own = 2
    more = 1
    lr: float = runtime(help="learning rate")
    gamma1: float = runtime(0.95, "what is kept of n")
    epsilon: float = runtime(1e-8, "added to n")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    clip_weights: float = runtime(-1.0, "bound of the weight; negative: none")


@register("rmspropalex_update", inputs="weight grad n! g! delta!")
class RMSPropAlexUpdate(_Update):
    """Graves' RMSProp, with s = clip(rescale_grad * grad + wd * weight):

    n = (1 - gamma1) * s^2 + gamma1 * n; g = (1 - gamma1) * s + gamma1 * g;
    delta = gamma2 * delta - lr * s / sqrt(n - g^2 + epsilon); out = weight + delta.
    """

    own = 3
    more = 1
    lr: float = runtime(help="learning rate")
    gamma1: float = runtime(0.95, "what is kept of n and g")
    gamma2: float = runtime(0.9, "what is kept of delta")
    epsilon: float = runtime(1e-8, "added to n - g^2")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    clip_weights: float = runtime(-1.0, "bound of the weight; negative: none")


@register("signsgd_update", inputs="weight grad")
class SignSGDUpdate(_Update):
    """out = (1 - lr * wd) * weight - lr * sign(grad)."""

    lr: float = runtime(help="learning rate")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("signum_update", inputs="weight grad mom!")
class SignumUpdate(_Update):
    """mom = momentum * mom - (1 - momentum) * (g + wd * weight);

    out = (1 - lr * wd_lh) * weight + lr * sign(mom).
    """

    own = 1
    more = 1
    lr: float = runtime(help="learning rate")
    momentum: float = runtime(0.0, "what is kept of mom")
    wd: float = runtime(0.0, "weight decay, inside the sign")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    wd_lh: float = runtime(0.0, "weight decay, outside the sign")


@register("ftrl_update", inputs="weight grad z! n!")
class FtrlUpdate(_Update):
    """z += g - (sqrt(n + g^2) - sqrt(n)) * weight / lr; n += g^2;

    out = (sign(z) * lamda1 - z) / ((beta + sqrt(n)) / lr + wd) where |z| > lamda1, else 0.
    """

    own = 2
    lr: float = runtime(help="learning rate")
    lamda1: float = runtime(0.01, "strength of the L1 penalty")
    beta: float = runtime(1.0, "added to the root of n")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("ftml_update", inputs="weight grad d! v! z!")
class FTMLUpdate(_Update):
    """With g = clip(rescale_grad * grad + wd * weight), b1 = 1 - beta1^t, b2 = 1 - beta2^t:

    v = beta2 * v + (1 - beta2) * g^2; e = b1 / lr * (sqrt(v / b2) + epsilon);
    z = beta1 * z + (1 - beta1) * g - (e - beta1 * d) * weight; d = e; out = -z / d.
    """

    own = 4
    lr: float = runtime(help="learning rate")
    beta1: float = runtime(0.6, "what is kept of z", low=0, high=1)
    beta2: float = runtime(0.999, "what is kept of v", low=0, high=1)
    epsilon: float = runtime(1e-8, "added to the root of v")
    t: float = runtime(help="number of the update, from 1 on")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_grad: float = runtime(-1.0, "bound of the gradient; negative: none")


def check_half(op: Op, weight: str) -> None:
    """Raise unless the weight, of this dtype, has 16 bits."""
    if weight not in ("float16", "bfloat16"):
        raise op.dtype_error("weight", "float16 or bfloat16", weight)


class _MasterUpdate(_Update):
    """Base: weight and grad of 16 bits, the states and weight32, the true weight, float32."""

    dtype_rule = "T T float32 -> T"
    is_nag = False

    def infer_dtype(self, weight, *rest):
        check_half(self, weight)
        return super().infer_dtype(weight, *rest)

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel("mp_update", inputs[0].dtype, n=size, has_mom=int(len(inputs) == 4),
                      is_nag=int(self.is_nag), source=SCALARS, at=0, work=2 * size)


@register("mp_sgd_update", inputs="weight grad weight32!")
class MPSGDUpdate(_MasterUpdate):
    """sgd_update of weight32; out is its value in 16 bits."""

    lr: float = runtime(help="learning rate")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    lazy_update: bool = param(True, "MXNet's, for sparse gradients; not used")


@register("mp_sgd_mom_update", inputs="weight grad mom! weight32!")
class MPSGDMomUpdate(_MasterUpdate):
    """sgd_mom_update of weight32; out is its value in 16 bits."""

    lr: float = runtime(help="learning rate")
    momentum: float = runtime(0.0, "what is kept of mom")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
    lazy_update: bool = param(True, "MXNet's, for sparse gradients; not used")


@register("mp_nag_mom_update", inputs="weight grad mom! weight32!")
class MPNAGMomUpdate(_MasterUpdate):
    """nag_mom_update of weight32; out is its value in 16 bits."""

    is_nag = True
    lr: float = runtime(help="learning rate")
    momentum: float = runtime(0.0, "what is kept of mom")
    wd: float = runtime(0.0, "weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")
