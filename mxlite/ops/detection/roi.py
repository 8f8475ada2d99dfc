"""Regions of maps brought to one size: ROIPooling, ROIAlign, RROIAlign."""

from __future__ import annotations

import math
from typing import Any

from ...base import Shape
from .. import wrong_indices
from ..inference import common, lengths_of
from ..schema import Op, kernel, param, register, required


class Regions(Op):
    """Base: data (N, C, H, W) and a row for each region, the number of an image first."""

    columns: tuple[int, ...] = (5,)             # of rois
    spatial_scale: float
    pooled_size: Any

    def check_regions(self, data, rois):
        if len(data) != 4:
            raise self.shape_error("data", "(N, C, H, W)", data)
        if len(rois) != 2 or rois[1] not in self.columns:
            raise self.shape_error(
                "rois", " or ".join(f"(R, {count})" for count in self.columns), rois)

    def fill_shapes(self, inputs, outputs):
        return fill_regions(self, inputs, outputs, *self.pooled_size)

    def index_message(self, specs, values):
        data, rois, got = specs[0].shape, specs[1].shape, ""
        if values[1] is not None and rois[1] > 4:
            images = values[1][:, :1]
            low = -math.inf if self.may_be_negative else 0
            got = wrong_indices.first(images, wrong_indices.outside(images, low, data[0] - 1))
        rule = f"below {data[0]}" if self.may_be_negative else f"from 0 to {data[0] - 1}"
        return (f"{self.title}: images, the first column of rois, must be {rule}{got} "
                f"(data {data}, rois {rois})")

    may_be_negative = False     # the number of an image: then there is none

    def fields(self, data, rois, pooled):
        """Those of the descriptor that all of these kernels have."""
        N, C, H, W = data
        return {"N": N, "C": C, "H": H, "W": W, "R": rois[0], "PH": pooled[0], "PW": pooled[1],
                "scale": self.spatial_scale}


def fill_regions(op, inputs, outputs, PH, PW):
    """What follows of data (N, C, H, W), rois (R, columns), ... and outputs (R, *, PH, PW)."""
    R = lengths_of(inputs[1], 2)[0]
    R, channels, *_ = lengths_of(common((R, None, PH, PW), outputs[0]), 4)
    columns = op.columns[0] if len(op.columns) == 1 else lengths_of(inputs[1], 2)[1]
    data = lengths_of(inputs[0], 4)
    return [data, (R, columns), *inputs[2:]], [(R, channels, PH, PW)] * len(outputs)


def pooled_size(op):
    """Raises unless pooled_size are two numbers above 0."""
    if len(op.pooled_size) != 2 or min(op.pooled_size) < 1:
        raise op.value_error("pooled_size", "(height, width), both above 0", op.pooled_size)


@register("ROIPooling", inputs="data rois", outputs="output maxidx")
class ROIPooling(Regions):
    """Max pooling of regions: data (N, C, H, W), rois (R, 5) -> (R, C, *pooled_size).

    A row of rois: (image, x1, y1, x2, y2). Corners times spatial_scale are rounded to pixels, both
    inside; bins may overlap by a pixel. What lies outside the map has no pixels; a bin without
    pixels, and a region of an image that is not there, is 0. The gradient goes to the first largest
    pixel of each bin.
    """

    dtype_rule = "F -> F int64"
    num_outputs = 2             # the second: where in its plane the largest pixel is, or -1
    visible_outputs = 1
    pooled_size: Shape = required("(height, width) of the output")
    spatial_scale: float = required("size of the map by size of the image", low=0, high=1)

    def check(self):
        pooled_size(self)

    def infer_shape(self, data, rois):
        self.check_regions(data, rois)
        return [(rois[0], data[1], *self.pooled_size)] * 2

    def prepare(self, inputs, outputs):
        data, rois = inputs
        fields = self.fields(data.shape, rois.shape, self.pooled_size)
        return kernel("roi_pool", data.dtype, planes=data.shape[1], group=1,
                      work=8 * outputs[0].size, **fields)

    def grad(self, F, dy, inputs, outputs):
        data, rois = inputs
        return [F._backward_ROIPooling(dy[0], rois, outputs[1], shape=data.shape),
                F.zeros_like(rois)]


@register("_backward_ROIPooling", inputs="dy rois places")
class ROIPoolingGrad(Regions):
    """d_data, of this shape: dy at the largest pixel of each bin."""

    dtype_rule = "F F int64 -> F"
    spatial_scale = 1.0         # which places do not depend on
    shape: Shape = required()

    def infer_shape(self, dy, rois, places):
        return [self.shape]

    def prepare(self, inputs, outputs):
        dy, rois, _ = inputs
        fields = self.fields(self.shape, rois.shape, dy.shape[2:])
        return kernel("roi_pool_grad", dy.dtype, planes=self.shape[1], group=1,
                      work=2 * dy.size + outputs[0].size, **fields)


class _Aligned(Regions):
    """Base: how ROIAlign and its gradient read regions."""

    columns = (5, 4)
    may_be_negative = True
    pooled_size: Shape = required("(height, width) of the output")
    spatial_scale: float = required("size of the map by size of the image", low=0, high=1)
    sample_ratio: int = param(-1, "samples of a bin along each axis; 0 or less: one a pixel")
    position_sensitive: bool = param(False, "every bin has channels of its own")
    aligned: bool = param(False, "pixels have their middle at halves")

    def check(self):
        pooled_size(self)

    def value_message(self, specs, values):
        wanted = "with x1 < x2 and y1 < y2, and " if self.aligned else ""
        return (f"contrib.ROIAlign: rois must be finite, {wanted}such that a region has at most "
                "2^20 samples along each axis")

    def call(self, name, data, rois, dtype, samples):
        """The kernel for a map of shape `data`."""
        fields = self.fields(data, rois, self.pooled_size)
        if self.position_sensitive:
            fields["C"] = data[1] // math.prod(self.pooled_size)
        return kernel(name, dtype, columns=rois[1], ratio=max(self.sample_ratio, 0),
                      sensitive=int(self.position_sensitive), aligned=int(self.aligned),
                      work=20 * samples, **fields)


@register("_contrib_ROIAlign", inputs="data rois")
class ROIAlign(_Aligned):
    """Means of bilinear samples: data (N, C, H, W), rois (R, 5) -> (R, C, *pooled_size).

    A row of rois: (image, x1, y1, x2, y2), or without the image (R, 4), which is then the first. A
    region of a negative image is 0. With position_sensitive, data has C * height * width channels,
    those of a bin side by side. Regions are at least a pixel wide and high; with `aligned` they may
    be smaller, but not empty. rois have no gradient.
    """

    dtype_rule = "F -> F"

    def infer_shape(self, data, rois):
        self.check_regions(data, rois)
        bins = math.prod(self.pooled_size) if self.position_sensitive else 1
        if data[1] % bins:
            raise self.shape_error(
                "data", f"(N, C, H, W) with C divisible by {bins}, the bins of a region", data)
        return [(rois[0], data[1] // bins, *self.pooled_size)]

    def prepare(self, inputs, outputs):
        data, rois = inputs
        return self.call("roi_align", data.shape, rois.shape, data.dtype, outputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        data, rois = inputs
        values = {name: getattr(self, name) for name in self.params}
        return [F._backward_ROIAlign(dy[0], rois, shape=data.shape, **values), F.zeros_like(rois)]


@register("_backward_ROIAlign", inputs="dy rois")
class ROIAlignGrad(_Aligned):
    """d_data, of this shape."""

    dtype_rule = "F -> F"
    shape: Shape = required()

    def infer_shape(self, dy, rois):
        return [self.shape]

    def prepare(self, inputs, outputs):
        dy, rois = inputs
        return self.call("roi_align_grad", self.shape, rois.shape, dy.dtype,
                         dy.size + outputs[0].size)


@register("_contrib_RROIAlign", inputs="data rois")
class RROIAlign(Regions):
    """ROIAlign of turned regions: data (N, C, H, W), rois (R, 6) -> (R, C, *pooled_size).

    A row of rois: (image, x, y, width, height, degrees), x and y the middle. It has no gradient.
    """

    dtype_rule = "F -> F"
    columns = (6,)
    pooled_size: Shape = required("(height, width) of the output")
    spatial_scale: float = required("size of the map by size of the image", low=0, high=1)
    sampling_ratio: int = param(-1, "samples of a bin along each axis; 0 or less: one a pixel")

    def check(self):
        pooled_size(self)

    def value_message(self, specs, values):
        return f"{self.title}: rois must be finite, such that a region has at most 2^24 samples"

    def infer_shape(self, data, rois):
        self.check_regions(data, rois)
        return [(rois[0], data[1], *self.pooled_size)]

    def prepare(self, inputs, outputs):
        data, rois = inputs
        fields = self.fields(data.shape, rois.shape, self.pooled_size)
        return kernel("rroi_align", data.dtype, ratio=max(self.sampling_ratio, 0),
                      work=20 * outputs[0].size, **fields)
