"""Images read at given places: regions and grids."""

from __future__ import annotations

import numpy as np

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts


@converts("RoiAlign")
def _roi_align(call: Call) -> Symbol:
    call.choice("mode", "avg", "avg")
    default = "half_pixel" if call.opset >= 16 else "output_half_pixel"
    places = call.choice("coordinate_transformation_mode", default, "half_pixel",
                         "output_half_pixel")
    images = sym.reshape(sym.Cast(call.sym(2), dtype="float32"), shape=(-1, 1))
    rois = sym.concat(images, call.sym(1), dim=1)
    size = call.attr("output_height", 1), call.attr("output_width", 1)
    return sym.contrib.ROIAlign(
        call.sym(0), rois, pooled_size=size,
        spatial_scale=call.attr("spatial_scale", 1.0),
        sample_ratio=call.attr("sampling_ratio", 0) or -1, aligned=places == "half_pixel")


@converts("GridSample")
def _grid_sample(call: Call) -> Symbol:
    call.choice("mode", "linear" if call.opset >= 20 else "bilinear", "linear", "bilinear")
    call.choice("padding_mode", "zeros", "zeros")
    call.choice("align_corners", 0, 1)
    if call.rank() != 4:
        raise call.unsupported(f"its input must have 4 axes; got {call.rank()}")
    return sym.BilinearSampler(call.sym(0), sym.transpose(call.sym(1), axes=(0, 3, 1, 2)))


@converts("AffineGrid")
def _affine_grid(call: Call) -> Symbol:
    """GridGenerator puts the outermost places on the edges: with align_corners 0 the matrix makes
    the grid smaller first."""
    size = call.ints(1, "size")
    if len(size) != 4:
        raise call.unsupported(f"size must be of 4 lengths; got {len(size)}")
    height, width = size[2:]
    matrix = call.sym(0)
    if not call.choice("align_corners", 0, 0, 1):
        inner = np.array([[[(width - 1) / width, (height - 1) / height, 1]]], np.float32)
        matrix = sym.broadcast_mul(matrix, call.parameter("inner", inner))
    grid = sym.GridGenerator(sym.reshape(matrix, shape=(-1, 6)), transform_type="affine",
                             target_shape=(height, width))
    return sym.transpose(grid, axes=(0, 2, 3, 1))
