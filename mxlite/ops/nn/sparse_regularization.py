"""IdentityAttachKLSparseReg: a penalty, attached to a gradient, for units that are often active."""

from __future__ import annotations

from ..inference import common
from ..schema import Op, param, register, required
from ..trace import composed


@register("IdentityAttachKLSparseReg", inputs="data moving_avg!")
class IdentityAttachKLSparseReg(Op):
    """data (N, C, *), whose gradient gets a penalty for the divergence of its means from a target.

    In backward, m = momentum * moving_avg + (1 - momentum) * (mean of data over all but the
    channels) becomes moving_avg (C,), and the gradient is

        d_data = dy + penalty * (-t / m + (1 - t) / (1 - m)), t = sparseness_target.

    data should be probabilities, such as a sigmoid gives.
    """

    writes_states = False
    dtype_rule = "F -> F"
    sparseness_target: float = param(0.1, "the wanted mean", low=0, high=1)
    penalty: float = param(0.001, "factor of the penalty")
    momentum: float = param(0.9, "what is kept of the mean", low=0, high=1)

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], outputs[0])
        average = inputs[1] if data is None or len(data) < 2 else data[1:2]
        return [data, average], [data]

    def infer_shape(self, data, moving_avg):
        if len(data) < 2:
            raise self.shape_error("data", "(N, C, *)", data)
        if moving_avg != data[1:2]:
            raise self.shape_error("moving_avg", str(data[1:2]), moving_avg)
        return [data]

    def prepare(self, inputs, outputs):
        return composed(lambda F, data, average: F._copy(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_IdentityAttachKLSparseReg(
            dy[0], *inputs, sparseness_target=self.sparseness_target, penalty=self.penalty,
            momentum=self.momentum), None]


@register("_backward_IdentityAttachKLSparseReg", inputs="dy data moving_avg!")
class IdentityAttachKLSparseRegGrad(Op):
    """The gradient of IdentityAttachKLSparseReg; it has no gradient itself."""

    dtype_rule = "F -> F"
    sparseness_target: float = required()
    penalty: float = required()
    momentum: float = required()

    def steps(self, F, dy, data, moving_avg):
        """The operators that it consists of."""
        mean = F.mean(data, axis=1, exclude=True)
        new = moving_avg * self.momentum + mean * (1 - self.momentum)
        F._overwrite(moving_avg, new)
        target = self.sparseness_target
        slope = (1 - target) / (1.0 - new) - target / new
        return dy + (slope * self.penalty).reshape((1, slope.size, *[1] * (data.ndim - 2)))

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)
