"""SoftmaxOutput: softmax with the gradient of a loss, whatever comes from above."""

from __future__ import annotations

import math

from .. import wrong_indices
from ..inference import common, product
from ..schema import Op, kernel, param, register, required
from .softmax import softmax_fields


class _OutputLayout(Op):
    """Base: how SoftmaxOutput reads data and label."""

    def layout(self, shape):
        """(outer, axis, inner): softmax is along `axis`, a label for each (outer, inner)."""
        if self.multi_output:
            return shape[0], shape[1], math.prod(shape[2:])
        if self.preserve_shape:
            return math.prod(shape[:-1]), shape[-1], 1
        return shape[0], math.prod(shape[1:]), 1

    def label_shapes(self, shape):
        """The shapes a label may have, the usual one first; the last is that of probabilities."""
        if self.multi_output:
            rest = product(shape[2:])
            return [(shape[0], rest), shape[:1] + shape[2:], (shape[0], 1) + shape[2:], shape]
        return [shape[:-1], *([] if self.preserve_shape else [shape[:1]]), shape]


@register("SoftmaxOutput", "Softmax", inputs="data label")
class SoftmaxOutput(_OutputLayout):
    """softmax(data) with the gradient of the cross entropy to `label`, whatever dy is:

    d_data = (out - one_hot(label)) * grad_scale / norm, times dy if out_grad. label holds class
    numbers, or probabilities shaped like data. data (N, K), or (N, *) flattened, where a label
    shaped like data without its last axis is taken, too, as MXNet asks for it: its first N numbers
    count. With multi_output data (N, K, *), softmax along axis 1; with preserve_shape (*, K).
    norm: 1 (null), the number of samples (batch) or of labels not ignored (valid); with
    multi_output also the number of positions.
    """

    grad_scale: float = param(1.0, "factor of the gradient")
    ignore_label: float = param(
        -1.0, "label whose samples have no gradient, if use_ignore; else they are of no class")
    multi_output: bool = param(False, "softmax along axis 1, one label for each position")
    use_ignore: bool = param(False, "whether ignore_label is used")
    preserve_shape: bool = param(False, "softmax along the last axis")
    normalization: str = param("null", "how the gradient is divided",
                               choices=("null", "batch", "valid"))
    out_grad: bool = param(False, "multiply by the gradient from above")
    smooth_alpha: float = param(0.0, "label smoothing: taken from the label, given to the others",
                                low=0, high=1)

    def fill_shapes(self, inputs, outputs):
        data, label = common(inputs[0], outputs[0]), inputs[1]
        if label is None and data is not None and len(data) > 1:
            label = self.label_shapes(data)[0]
        return [data, label], [data]

    def infer_shape(self, data, label):
        if len(data) < 2:
            raise self.shape_error("data", "of at least 2 axes", data)
        allowed = self.label_shapes(data)
        if label not in allowed:
            raise self.shape_error("label", " or ".join(map(str, dict.fromkeys(allowed))), label)
        return [data]

    def prepare(self, inputs, outputs):
        outer, axis, inner = self.layout(inputs[0].shape)
        fields = softmax_fields((outer, axis, inner), 1, inputs=2)
        return kernel("softmax", inputs[0].dtype, work=2 * inputs[0].size, **fields)

    def grad(self, F, dy, inputs, outputs):
        values = {name: getattr(self, name) for name in self.params}
        given = [outputs[0], inputs[1]] + ([dy[0]] if self.out_grad else [])
        return [F._backward_SoftmaxOutput(*given, **values), None]


@register("_backward_SoftmaxOutput", inputs="out label dy[out_grad=True]")
class SoftmaxOutputGrad(_OutputLayout):
    """The gradient of SoftmaxOutput; it has no gradient itself."""

    grad_scale: float = required()
    ignore_label: float = required()
    multi_output: bool = required()
    use_ignore: bool = required()
    preserve_shape: bool = required()
    normalization: str = required()
    out_grad: bool = required()
    smooth_alpha: float = required()

    def index_message(self, specs, values):
        classes, label, got = self.layout(specs[0].shape)[1], values[1], ""
        if label is not None:
            wrong = wrong_indices.outside(label, 0, classes - 1)
            got = wrong_indices.first(label, wrong & (label != self.ignore_label))
        return (f"SoftmaxOutput: label must be from 0 to {classes - 1}, or ignore_label "
                f"{self.ignore_label:g}{got} (label {specs[1].shape}, data {specs[0].shape})")

    def prepare(self, inputs, outputs):
        shape = inputs[0].shape
        outer, axis, inner = self.layout(shape)
        is_dense = inputs[1].shape == shape
        norm = inner if self.multi_output and self.normalization != "valid" else 1
        norm *= outer if self.normalization == "batch" else 1
        return kernel(
            "softmax_output_grad", inputs[0].dtype, outer=outer, axis=axis, inner=inner,
            is_dense=int(is_dense), use_ignore=int(self.use_ignore),
            by_valid=int(self.normalization == "valid"), has_dy=int(self.out_grad),
            grad_scale=self.grad_scale, norm=1.0 if is_dense else float(max(norm, 1)),
            ignore_label=self.ignore_label,
            smooth_alpha=0.0 if self.multi_output else self.smooth_alpha,
            work=2 * inputs[0].size)
