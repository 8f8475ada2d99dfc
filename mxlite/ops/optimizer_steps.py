"""Updates of AdamW and LAMB. g is rescale_grad * grad, cut to [-clip_gradient, clip_gradient] where
that is not negative; the states are written in place.

The `mp_` ones keep the weight in float32 beside that of 16 bits: they are the others on weight32,
which becomes the new weight.
"""

from __future__ import annotations

from .inference import common
from .optimizer_ops import SCALARS, SCALE, _Update, check_half
from .schema import Op, kernel, param, register, runtime
from .trace import composed
from .whole_arrays import overwritten


class _ScaledUpdate(_Update):
    """Base: the last input, rescale_grad, is an array of one number."""

    dtype_rule = "F F F F float32 -> F"

    def infer_shape(self, *shapes):
        if shapes[-1] not in ((), (1,)):
            raise self.shape_error("rescale_grad", "(1,)", shapes[-1])
        return super().infer_shape(*shapes[:-1])

    def fill_shapes(self, inputs, outputs):
        filled, outputs = super().fill_shapes(inputs[:-1], outputs)
        return [*filled, inputs[-1]], outputs

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel("adamw_update", inputs[0].dtype, n=size, own=3, more=0, source=SCALE, at=0,
                      work=size)


@register("_adamw_update", inputs="weight grad mean! var! rescale_grad")
class AdamWUpdate(_ScaledUpdate):
    """mean = beta1 * mean + (1 - beta1) * g; var = beta2 * var + (1 - beta2) * g^2;

    out = weight - eta * (lr * mean / (sqrt(var) + epsilon) + wd * weight). Nothing changes where
    rescale_grad, float32 (1,), is 0, infinite or NaN.
    """

    lr: float = runtime(help="learning rate")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-8, "added to the root of var")
    wd: float = runtime(0.0, "weight decay")
    eta: float = runtime(help="factor of the learning rate and of the weight decay")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")


@register("_mp_adamw_update", inputs="weight grad mean! var! weight32! rescale_grad")
class MPAdamWUpdate(_ScaledUpdate):
    """_adamw_update of weight32; out is its value in 16 bits."""

    dtype_rule = "T T float32 -> T"
    lr: float = runtime(help="learning rate")
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-8, "added to the root of var")
    wd: float = runtime(0.0, "weight decay")
    eta: float = runtime(help="factor of the learning rate and of the weight decay")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")

    def infer_dtype(self, weight, *rest):
        check_half(self, weight)
        return super().infer_dtype(weight, *rest)

    def prepare(self, inputs, outputs):
        return composed(self.step, inputs)

    def step(self, F, weight, grad, mean, var, weight32, scale):
        """The operators that it consists of."""
        given = {name: getattr(self, name) for name in self.runtime_params}
        new = F._adamw_update(weight32, F.Cast(grad, dtype="float32"), mean, var, scale, **given)
        return overwritten(F, weight32, new, weight.dtype)


@register("lamb_update_phase1", inputs="weight grad mean! var!")
class LambPhase1(_Update):
    """The step that LAMB scales: mean = beta1 * mean + (1 - beta1) * g;

    var = beta2 * var + (1 - beta2) * g^2; out = m / (sqrt(v) + epsilon) + wd * weight, where m and
    v are mean / (1 - beta1^t) and var / (1 - beta2^t) with bias_correction, else mean and var.
    """

    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-6, "added to the root of var")
    t: float = runtime(help="number of the update, from 1 on")
    bias_correction: bool = param(True, "divide by what mean and var have of zeros")
    wd: float = runtime(help="weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        name = "lamb_step_corrected" if self.bias_correction else "lamb_step"
        return kernel(name, inputs[0].dtype, n=size, own=3, more=0, source=SCALARS, at=0,
                      work=2 * size)


@register("mp_lamb_update_phase1", inputs="weight grad mean! var! weight32")
class MPLambPhase1(_Update):
    """lamb_update_phase1 of weight32; out is float32."""

    dtype_rule = "T T float32 -> float32"
    beta1: float = runtime(0.9, "what is kept of mean")
    beta2: float = runtime(0.999, "what is kept of var")
    epsilon: float = runtime(1e-6, "added to the root of var")
    t: float = runtime(help="number of the update, from 1 on")
    bias_correction: bool = param(True, "divide by what mean and var have of zeros")
    wd: float = runtime(help="weight decay")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = runtime(-1.0, "bound of the gradient; negative: none")

    def infer_dtype(self, weight, *rest):
        check_half(self, weight)
        return super().infer_dtype(weight, *rest)

    def prepare(self, inputs, outputs):
        return composed(self.step, inputs)

    def step(self, F, weight, grad, mean, var, weight32):
        """The operators that it consists of."""
        given = {name: getattr(self, name) for name in self.params}
        return F.lamb_update_phase1(weight32, F.Cast(grad, dtype="float32"), mean, var, **given)


class _LambPhase2(Op):
    """Base: weight - lr * ratio * g."""

    lr: float
    lower_bound: float
    upper_bound: float

    def infer_shape(self, weight, g, r1, r2, *weight32):
        for name, shape in zip(("g", "weight32"), (g, *weight32), strict=False):
            if shape != weight:
                raise self.shape_error(name, f"{weight}, as weight has", shape)
        for name, shape in (("r1", r1), ("r2", r2)):
            if shape not in ((), (1,)):
                raise self.shape_error(name, "(1,)", shape)
        return [weight]

    def fill_shapes(self, inputs, outputs):
        weight = common(inputs[0], inputs[1], *inputs[4:], outputs[0])
        return [weight, weight, *inputs[2:4], *[weight] * len(inputs[4:])], [weight]

    def moved(self, F, weight, g, r1, r2):
        """weight - lr * ratio * g, in the dtype of weight."""
        r1, r2 = r1.reshape((1,)), r2.reshape((1,))
        if self.lower_bound >= 0:
            r1 = F._maximum_scalar(r1, scalar=self.lower_bound)
        if self.upper_bound >= 0:
            r1 = F._minimum_scalar(r1, scalar=self.upper_bound)
        ratio = F.where(F._equal_scalar(r1, scalar=0) + F._equal_scalar(r2, scalar=0),
                        F.ones_like(r1), r1 / r2)
        flat = g.reshape((g.size,))
        return weight - F.broadcast_mul(flat, ratio * self.lr).reshape(weight.shape)


@register("lamb_update_phase2", inputs="weight g r1 r2")
class LambPhase2(_LambPhase2):
    """out = weight - lr * ratio * g: ratio is r1 / r2, or 1 where one of them is 0.

    g is what lamb_update_phase1 gave, r1 and r2 the lengths of weight and g, each (1,); r1 is kept
    in [lower_bound, upper_bound], where these are not negative.
    """

    dtype_rule = "F -> F"
    lr: float = runtime(help="learning rate")
    lower_bound: float = param(-1.0, "least r1; negative: none")
    upper_bound: float = param(-1.0, "largest r1; negative: none")

    def prepare(self, inputs, outputs):
        return composed(self.moved, inputs)


@register("mp_lamb_update_phase2", inputs="weight g r1 r2 weight32!")
class MPLambPhase2(_LambPhase2):
    """lamb_update_phase2 of weight32, which becomes the new weight; out is its value in 16 bits."""

    dtype_rule = "T float32 -> T"
    lr: float = runtime(help="learning rate")
    lower_bound: float = param(-1.0, "least r1; negative: none")
    upper_bound: float = param(-1.0, "largest r1; negative: none")

    def infer_dtype(self, weight, *rest):
        check_half(self, weight)
        return super().infer_dtype(weight, *rest)

    def prepare(self, inputs, outputs):
        return composed(self.step, inputs)

    def step(self, F, weight, g, r1, r2, weight32):
        """The operators that it consists of."""
        return overwritten(F, weight32, self.moved(F, weight32, g, r1, r2), weight.dtype)


@register("_contrib_group_adagrad_update", inputs="weight grad history!")
class GroupAdaGradUpdate(Op):
    """history += the mean of g^2 over each row; out = weight - lr * g / sqrt(history + epsilon).

    history (rows,) or (rows, 1, ...): one number a row of weight (rows, *).
    """

    dtype_rule = "F -> F"
    lr: float = runtime(help="learning rate")
    rescale_grad: float = runtime(1.0, "factor of the gradient")
    clip_gradient: float = param(-1.0, "bound of the gradient; negative: none")
    epsilon: float = runtime(1e-5, "added to history under the root")

    def fill_shapes(self, inputs, outputs):
        weight = common(*inputs[:2], outputs[0])
        return [weight, weight, inputs[2]], [weight]

    def infer_shape(self, weight, grad, history):
        if grad != weight:
            raise self.shape_error("grad", f"{weight}, as weight has", grad)
        if not weight or history[:1] != weight[:1] or any(n != 1 for n in history[1:]):
            raise self.shape_error("history", f"{weight[:1]}, a number a row of weight", history)
        return [weight]

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)

    def steps(self, F, weight, grad, history):
        """The operators that it consists of."""
        g = grad * self.rescale_grad
        if self.clip_gradient >= 0:
            g = F.clip(g, a_min=-self.clip_gradient, a_max=self.clip_gradient)
        rows = (weight.shape[0], *[1] * (weight.ndim - 1))
        square = F.square(g)
        added = F.mean(square, axis=0, exclude=True) if weight.ndim > 1 else square
        new = history + added.reshape(history.shape)
        F._overwrite(history, new)
        return weight - g / F.sqrt(new + self.epsilon).reshape(rows) * self.lr
