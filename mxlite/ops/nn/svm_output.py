"""SVMOutput: an operator with the gradient of a hinge loss, whatever comes from above."""

from __future__ import annotations

from ..inference import common
from ..schema import Op, param, register
from ..trace import composed


@register("SVMOutput", inputs="data label")
class SVMOutput(Op):
    """data (*, K) with the gradient of hinge losses against `label` (*), whatever dy is.

    With t = 1 for the class in label and -1 for the others, and r = regularization_coefficient,

        d_data = -2 r t max(margin - t data, 0);  -r t where t data < margin, if use_linear.
    """

    dtype_rule = "F -> F"
    margin: float = param(1.0, "how far from 0 data is on the right side")
    regularization_coefficient: float = param(1.0, "factor of the gradient")
    use_linear: bool = param(False, "whether the loss is linear; else it is squared")

    def fill_shapes(self, inputs, outputs):
        data, label = common(inputs[0], outputs[0]), inputs[1]
        if data:
            label = common(label, data[:-1])
        return [data, label], [data]

    def infer_shape(self, data, label):
        if len(data) < 2:
            raise self.shape_error("data", "of at least 2 axes", data)
        if label != data[:-1]:
            raise self.shape_error("label", str(data[:-1]), label)
        return [data]

    def prepare(self, inputs, outputs):
        return composed(lambda F, data, label: F._copy(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        side = F.one_hot(inputs[1], depth=outputs[0].shape[-1], on_value=1, off_value=-1,
                         dtype=outputs[0].dtype)
        missing = F._rminus_scalar(side * outputs[0], scalar=self.margin)
        scale = -self.regularization_coefficient
        slope = F._greater_scalar(missing, scalar=0) * scale if self.use_linear else (
            F.relu(missing) * (2 * scale))
        return [side * slope, None]
