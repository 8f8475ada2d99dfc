"""Images made larger or smaller, read at other places, and regions of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .call import Call
from .graph import Free, Length, Lengths
from .table import translation


def resized(call: Call, data: str, shape: Lengths, **how: str) -> str:
    """A tensor (N, C, H, W) brought to a shape by Resize."""
    return call.add("Resize", data, "", "", call.shape_tensor(shape), **how)


def repeated(call: Call, data: str, factor: int) -> str:
    """Each pixel `factor` times along both axes."""
    if factor == 1:
        return data
    scales = call.constant([1, 1, factor, factor], "float32")
    return call.add("Resize", data, "", scales, mode="nearest",
                    coordinate_transformation_mode="asymmetric", nearest_mode="floor")


@translation("UpSampling")
def up_sampling(call: Call) -> str:
    op = call.op
    if op.sample_type == "bilinear":
        how = op.deconvolution()
        return call.add("ConvTranspose", call.data, call.inputs[1].name, group=op.num_filter,
                        kernel_shape=list(how["kernel"]), strides=list(how["stride"]),
                        pads=list(how["pad"]) * 2)
    height = call.out.shape[2]
    made = []
    for array in call.inputs:
        n = array.shape[2]
        a, b = (height.first, n.first) if isinstance(height, Free) and isinstance(n, Free) else (
            call.fixed((height, n)))
        made.append(repeated(call, array.name, a // b))
    if len(made) == 1:
        return made[0]
    if op.multi_input_mode == "sum":
        return call.add("Sum", *made)
    return call.add("Concat", *made, axis=1)


@translation("_contrib_BilinearResize2D")
def bilinear_resize(call: Call) -> str:
    corners = call.op.align_corners
    return resized(call, call.data, call.out.shape, mode="linear",
                   coordinate_transformation_mode="align_corners" if corners else "half_pixel")


@translation("_contrib_AdaptiveAvgPooling2D")
def adaptive_pooling(call: Call) -> str:
    size = call.op.out_size(None)
    if size == (1, 1):
        return call.add("GlobalAveragePool", call.data)
    return averaged(call, size)


def averaged(call: Call, size: tuple[int, int]) -> str:
    """Means of parts of nearly equal size: two products, by matrices of the parts' shares."""
    shares = []
    for n, m in zip(call.fixed(call.shape[2:]), size, strict=True):
        matrix = np.zeros((m, n))
        for i in range(m):
            begin, end = i * n // m, -(-(i + 1) * n // m)
            matrix[i, begin:end] = 1 / (end - begin)
        shares.append(matrix)
    made = call.add("MatMul", call.constant(shares[0], call.dtype), call.data)
    return call.add("MatMul", made, call.constant(shares[1].T, call.dtype))


# Places between pixels ---------------------------------------------------------------------------

def _places(size: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """x, y and 1 of every pixel, from -1 to 1: (3, H * W)."""
    y, x = np.meshgrid(*[np.linspace(-1, 1, n) if n > 1 else np.full(1, -1.0) for n in size],
                       indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.ones(x.size)])


def _affine(call: Call, data: str, count: Length, size: tuple[int, ...]) -> str:
    """The places (N, 2, H, W) of pixels multiplied by the matrices (N, 6)."""
    matrices = call.reshaped(data, (count, 2, 3))
    made = call.add("MatMul", matrices, call.constant(_places(size), call.dtype))
    return call.reshaped(made, (count, 2, *size))


def _sampled(call: Call, data: str, grid: str) -> str:
    return call.add("GridSample", data, call.transposed(grid, (0, 2, 3, 1)), mode="bilinear",
                    padding_mode="zeros", align_corners=1)


@translation("GridGenerator")
def grid_generator(call: Call) -> str:
    if call.op.transform_type == "affine":
        return _affine(call, call.data, call.shape[0], call.op.target_shape)
    height, width = call.fixed(call.shape[2:])
    halves = np.array([(width - 1) / 2, (height - 1) / 2]).reshape(1, 2, 1, 1)
    still = _places((height, width))[:2].reshape(1, 2, height, width)
    moved = call.add("Div", call.data, call.constant(halves, call.dtype))
    return call.add("Add", moved, call.constant(still, call.dtype))


@translation("BilinearSampler")
def bilinear_sampler(call: Call) -> str:
    return _sampled(call, call.data, call.inputs[1].name)


@translation("SpatialTransformer")
def spatial_transformer(call: Call) -> str:
    size = call.op.target_shape if any(call.op.target_shape) else call.fixed(call.shape[2:])
    grid = _affine(call, call.inputs[1].name, call.shape[0], size)
    return _sampled(call, call.data, grid)


# Regions -----------------------------------------------------------------------------------------

@translation("ROIPooling")
def roi_pooling(call: Call) -> str:
    return call.add("MaxRoiPool", call.data, call.inputs[1].name,
                    pooled_shape=list(call.op.pooled_size), spatial_scale=call.op.spatial_scale)


@translation("_contrib_ROIAlign")
def roi_align(call: Call) -> str:
    op = call.op
    if op.position_sensitive:
        raise call.refused("position_sensitive must be False")
    rois = call.inputs[1].name
    columns = call.fixed(call.inputs[1].shape[1:])[0]
    image = call.squeezed(call.sliced(rois, 1, 0, 1), 1)
    if columns == 4:                    # all of the only image
        image = call.add("Mul", image, call.constant(0, call.inputs[1].dtype))
    height, width = op.pooled_size
    return call.add("RoiAlign", call.data, call.sliced(rois, 1, columns - 4, columns),
                    call.cast(image, call.inputs[1].dtype, "int64"), output_height=height,
                    output_width=width, spatial_scale=op.spatial_scale,
                    sampling_ratio=max(op.sample_ratio, 0),
                    coordinate_transformation_mode="half_pixel" if op.aligned
                    else "output_half_pixel")
