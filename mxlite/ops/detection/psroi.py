"""Position-sensitive regions: every bin reads channels of its own."""

from __future__ import annotations

from ...base import Shape
from ..schema import kernel, param, register, required
from .roi import Regions, fill_regions


class _Sensitive(Regions):
    """Base: sizes that all of them take."""

    output_dim: int
    pooled_size: int
    group_size: int

    def fill_shapes(self, inputs, outputs):
        filled, outputs = fill_regions(self, inputs, outputs, self.pooled_size, self.pooled_size)
        R, _, PH, PW = outputs[0]
        return filled, [(R, self.output_dim, PH, PW)]

    @property
    def group(self):
        return self.group_size or self.pooled_size

    def check_maps(self, data, rois):
        """The shape of the output."""
        self.check_regions(data, rois)
        wanted = self.output_dim * self.group ** 2
        if data[1] < wanted:
            raise self.shape_error(
                "data", f"(N, C, H, W) with C from {wanted} on, output_dim * group_size^2", data)
        return (rois[0], self.output_dim, self.pooled_size, self.pooled_size)


class _PSROI(_Sensitive):
    """Base: PSROIPooling and its gradient."""

    spatial_scale: float = required("size of the map by size of the image", low=0, high=1)
    output_dim: int = required("channels of the output", low=1)
    pooled_size: int = required("height and width of the output", low=1)
    group_size: int = param(0, "groups of channels along each axis; 0: pooled_size", low=0)

    def call(self, name, data, rois, dtype, work):
        fields = self.fields(data, rois, (self.pooled_size, self.pooled_size))
        fields["C"] = self.output_dim
        return kernel(name, dtype, planes=data[1], group=self.group, work=work, **fields)


@register("_contrib_PSROIPooling", inputs="data rois")
class PSROIPooling(_PSROI):
    """Means of bins: data (N, C, H, W), rois (R, 5) -> (R, output_dim, pooled_size, pooled_size).

    A row of rois: (image, x1, y1, x2, y2), rounded, the last pixels inside, then times
    spatial_scale. Channel c of a bin is the mean of its pixels in data's channel (c * group_size +
    row) * group_size + column, with the group's row and column. A bin without pixels is 0.
    """

    dtype_rule = "F -> F"

    def infer_shape(self, data, rois):
        return [self.check_maps(data, rois)]

    def prepare(self, inputs, outputs):
        data, rois = inputs
        return self.call("psroi_pool", data.shape, rois.shape, data.dtype, 20 * outputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        data, rois = inputs
        values = {name: getattr(self, name) for name in self.params}
        return [F._backward_PSROIPooling(dy[0], rois, shape=data.shape, **values),
                F.zeros_like(rois)]


@register("_backward_PSROIPooling", inputs="dy rois")
class PSROIPoolingGrad(_PSROI):
    """d_data, of this shape."""

    dtype_rule = "F -> F"
    shape: Shape = required()

    def infer_shape(self, dy, rois):
        return [self.shape]

    def prepare(self, inputs, outputs):
        dy, rois = inputs
        return self.call("psroi_pool_grad", self.shape, rois.shape, dy.dtype,
                         20 * dy.size + outputs[0].size)


class _Deformable(_Sensitive):
    """Base: DeformablePSROIPooling and its gradients."""

    spatial_scale: float = required("size of the map by size of the image", low=0, high=1)
    output_dim: int = required("channels of the output", low=1)
    group_size: int = required("groups of channels along each axis", low=1)
    pooled_size: int = required("height and width of the output", low=1)
    part_size: int = param(0, "moves along each axis; 0: pooled_size", low=0)
    sample_per_part: int = param(1, "samples of a bin along each axis", low=1)
    trans_std: float = param(0.0, "factor of the moves", low=0, high=1)
    no_trans: bool = param(False, "bins do not move: there is no trans")

    @property
    def part(self):
        return self.part_size or self.pooled_size

    def check_moves(self, trans, count):
        """`trans` of `count` regions."""
        parts = (self.part, self.part)
        if len(trans) != 4 or trans[0] != count or not trans[1] or trans[1] % 2 \
                or trans[2:] != parts:
            raise self.shape_error("trans", f"({count}, 2 * classes, {self.part}, {self.part})",
                                   trans)
        if self.output_dim % (trans[1] // 2):
            raise self.shape_error(
                "trans", f"with half of its {trans[1]} channels, the classes, a divisor of "
                f"output_dim {self.output_dim}", trans)

    def call(self, name, dtype, data, rois, trans):
        """The kernel; trans: its shape, or None."""
        N, planes, H, W = data
        taps = rois[0] * self.output_dim * (self.pooled_size * self.sample_per_part) ** 2
        return kernel(
            name, dtype, N=N, planes=planes, H=H, W=W, R=rois[0], C=self.output_dim,
            P=self.pooled_size, group=self.group, part=self.part, samples=self.sample_per_part,
            classes=1 if trans is None else trans[1] // 2, has_moves=int(trans is not None),
            scale=self.spatial_scale, deviation=self.trans_std, work=20 * taps)

    def values(self):
        return {name: getattr(self, name) for name in _Deformable.own}

    own = ("spatial_scale", "output_dim", "group_size", "pooled_size", "part_size",
           "sample_per_part", "trans_std", "no_trans")


@register("_contrib_DeformablePSROIPooling", inputs="data rois trans[no_trans=False]",
          outputs="output top_count")
class DeformablePSROIPooling(_Deformable):
    """PSROIPooling of bins that move, by bilinear samples: (R, output_dim, *2 * (pooled_size,)).

    data (N, C, H, W), rois (R, 5) as there, trans (R, 2 * classes, part_size, part_size): how far
    bins move, along x and along y, in widths and heights of their region, times trans_std.
    output_dim is divided among the classes. Samples outside the map do not count; a bin without any
    is 0. data and trans have gradients.
    """

    dtype_rule = "F -> F"

    def infer_shape(self, data, rois, trans=None):
        shape = self.check_maps(data, rois)
        if trans is not None:
            self.check_moves(trans, rois[0])
        return [shape]

    def prepare(self, inputs, outputs):
        data, rois, *trans = [spec.shape for spec in inputs]
        return self.call("roi_deformable", inputs[0].dtype, data, rois, trans[0] if trans else None)

    def grad(self, F, dy, inputs, outputs):
        _, rois, *trans = inputs
        values = self.values()
        grads = [F._backward_DeformablePSROIPooling(dy[0], *inputs, **values), F.zeros_like(rois)]
        return grads + [F._backward_DeformablePSROIPooling_trans(dy[0], *inputs, **values)
                        for _ in trans]


class _DeformableGrad(_Deformable):
    """Base of the two gradients."""

    dtype_rule = "F -> F"
    kernel_name = ""

    def prepare(self, inputs, outputs):
        _, data, rois, *trans = [spec.shape for spec in inputs]
        return self.call(self.kernel_name, inputs[0].dtype, data, rois,
                         trans[0] if trans else None)


@register("_backward_DeformablePSROIPooling", inputs="dy data rois trans[no_trans=False]")
class DeformableDataGrad(_DeformableGrad):
    """d_data."""

    kernel_name = "roi_deformable_data"

    def infer_shape(self, dy, data, rois, trans=None):
        return [data]


@register("_backward_DeformablePSROIPooling_trans", inputs="dy data rois trans")
class DeformableTransGrad(_DeformableGrad):
    """d_trans."""

    kernel_name = "roi_deformable_moves"

    def infer_shape(self, dy, data, rois, trans):
        return [trans]
