"""What MXNet has besides BatchNorm: with a relu, over devices, and its first version."""

from __future__ import annotations

from ...base import MXNetNotImplementedError
from ..schema import Op, param, register, required
from ..trace import composed
from .batch_norm import BatchNorm


@register("_contrib_BatchNormWithReLU",
          inputs="data gamma beta moving_mean! moving_var!", outputs="output mean var workspace")
class BatchNormWithReLU(BatchNorm):
    """relu(BatchNorm(data, gamma, beta, moving_mean, moving_var)): see BatchNorm."""

    def values(self):
        """The parameters of the BatchNorm."""
        return {"eps": self.eps, "momentum": self.momentum, "fix_gamma": self.fix_gamma,
                "use_global_stats": self.use_global_stats, "axis": self.axis}

    def prepare(self, inputs, outputs, train):
        def run(F, *refs):
            out, mean, inv_std = F.BatchNorm(*refs, output_mean_var=True, **self.values())
            return [F.relu(out), mean, inv_std]
        return composed(run, inputs, train)

    def grad(self, F, dy, inputs, outputs):
        passed = dy[0] * (outputs[0] > 0)
        return super().grad(F, [passed], inputs, outputs)


class _WithVariance(Op):
    """Base: a BatchNorm over axis 1 whose third output is the variance itself."""

    uses_train = True
    writes_states = False
    initializers = BatchNorm.initializers
    dtype_rule = BatchNorm.dtype_rule
    num_outputs = 3
    visible_outputs = BatchNorm.visible_outputs
    axis = 1
    eps: float
    momentum: float
    fix_gamma: bool
    use_global_stats: bool

    fill_shapes = BatchNorm.fill_shapes
    infer_shape = BatchNorm.infer_shape

    def prepare(self, inputs, outputs, train):
        def run(F, *refs):
            out, mean, inv_std = F.BatchNorm(
                *refs, output_mean_var=True, eps=self.eps, momentum=self.momentum,
                fix_gamma=self.fix_gamma, use_global_stats=self.use_global_stats)
            return [out, mean, 1.0 / (inv_std * inv_std) - self.eps]
        return composed(run, inputs, train)

    def grad(self, F, dy, inputs, outputs):
        data, gamma, _, moving_mean, moving_var = inputs
        grads = F._backward_BatchNorm(
            dy[0], data, gamma, outputs[1], F.rsqrt(outputs[2] + self.eps), moving_mean, moving_var,
            eps=self.eps, momentum=self.momentum, fix_gamma=self.fix_gamma, axis=1,
            train=F.train and not self.use_global_stats and data.size > 0)
        return [*grads, None, None]


@register("BatchNorm_v1", inputs="data gamma beta moving_mean! moving_var!",
          outputs="output mean var")
class BatchNormV1(_WithVariance):
    """BatchNorm over axis 1, as it was first; with output_mean_var also mean and variance."""

    eps: float = param(1e-3, "added to the variance", low=0)
    momentum: float = param(0.9, "of the moving averages")
    fix_gamma: bool = param(True, "take gamma as 1, with gradient 0")
    use_global_stats: bool = param(False, "use the moving statistics in training too")
    output_mean_var: bool = param(False, "return the mean and variance as well")


@register("_contrib_SyncBatchNorm", inputs="data gamma beta moving_mean! moving_var!",
          outputs="output mean var")
class SyncBatchNorm(_WithVariance):
    """BatchNorm over axis 1 and all devices; in training there must be one.

    Over several, gluon.contrib.nn.SyncBatchNorm trains, where it is not hybridized.
    """

    eps: float = param(1e-3, "added to the variance", low=0)
    momentum: float = param(0.9, "of the moving averages")
    fix_gamma: bool = param(True, "take gamma as 1, with gradient 0")
    use_global_stats: bool = param(False, "use the moving statistics in training too")
    output_mean_var: bool = param(False, "return the mean and variance as well")
    ndev: int = param(1, "number of devices, which does not matter in prediction", low=1)
    key: str = required("MXNet's name of the layer that is synchronized; not used")

    def prepare(self, inputs, outputs, train):
        if self.ndev > 1 and train and not self.use_global_stats:
            raise MXNetNotImplementedError(
                f"{self.title}: ndev must be 1 in training; got {self.ndev}. Over several devices, "
                "gluon.contrib.nn.SyncBatchNorm trains, where it is not hybridized")
        return super().prepare(inputs, outputs, train)
