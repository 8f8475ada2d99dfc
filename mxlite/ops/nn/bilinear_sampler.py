"""Maps read at places between their pixels: BilinearSampler, GridGenerator, SpatialTransformer."""

from __future__ import annotations

from ...base import Shape
from ..inference import common, lengths_of, output_like_data
from ..schema import Op, kernel, param, register, required
from ..trace import composed


class _Sampling(Op):
    """Base: what the sampler's kernels take."""

    dtype_rule = "F -> F"

    def call(self, name, data, grid, work):
        """data, grid: Specs of (N, C, H, W) and (N, 2, OH, OW)."""
        N, C, H, W = data
        OH, OW = grid.shape[2:]
        return kernel(name, grid.dtype, N=N, C=C, H=H, W=W, OH=OH, OW=OW,
                      work=work * N * C * OH * OW)


@register("BilinearSampler", inputs="data grid", outputs="output tmp")
class BilinearSampler(_Sampling):
    """data (N, C, H, W) read at the places of grid (N, 2, OH, OW) -> (N, C, OH, OW).

    grid holds x, then y, from -1, the middle of the first pixel, to 1, that of the last. A value is
    interpolated between the four pixels around its place; what lies outside is 0.
    """

    cudnn_off: bool | None = param(None, "MXNet's; there is no cuDNN here")

    def fill_shapes(self, inputs, outputs):
        (N, C, H, W), (M, _, *size) = lengths_of(inputs[0], 4), lengths_of(inputs[1], 4)
        out = common((N, C, *size), (M, None, None, None), outputs[0])
        N, C, *size = lengths_of(out, 4)
        return [(N, C, H, W), (N, 2, *size)], [out]

    def infer_shape(self, data, grid):
        if len(data) != 4:
            raise self.shape_error("data", "(N, C, H, W)", data)
        if len(grid) != 4 or grid[:2] != (data[0], 2) or not grid[2] * grid[3]:
            raise self.shape_error("grid", f"({data[0]}, 2, OH, OW) with OH, OW above 0", grid)
        return [data[:2] + grid[2:]]

    def prepare(self, inputs, outputs):
        return self.call("bilinear_sampler", inputs[0].shape, inputs[1], 4)

    def grad(self, F, dy, inputs, outputs):
        data, grid = inputs
        return [F._backward_BilinearSampler(dy[0], grid, shape=data.shape),
                F._backward_BilinearSampler_grid(dy[0], data, grid)]


@register("_backward_BilinearSampler", inputs="dy grid")
class SamplerDataGrad(_Sampling):
    """d_data, of this shape."""

    shape: Shape = required()

    def infer_shape(self, dy, grid):
        return [self.shape]

    def prepare(self, inputs, outputs):
        return self.call("bilinear_sampler_data", self.shape, inputs[1], 8)


@register("_backward_BilinearSampler_grid", inputs="dy data grid")
class SamplerGridGrad(_Sampling):
    """d_grid."""

    def infer_shape(self, dy, data, grid):
        return [grid]

    def prepare(self, inputs, outputs):
        return self.call("bilinear_sampler_grid", inputs[1].shape, inputs[2], 8)


class _Targeted(Op):
    """Base: a target_shape above 0."""

    target_shape: Shape

    def check_target(self):
        if len(self.target_shape) != 2 or min(self.target_shape) < 1:
            raise self.value_error("target_shape", "(height, width), both above 0",
                                   self.target_shape)


@register("GridGenerator", outputs="output grid_dst")
class GridGenerator(_Targeted):
    """Places for BilinearSampler: (N, 2, H, W), x and y from -1 to 1.

    affine: data (N, 6) are matrices of 2 rows and 3 columns, by which the place (x, y, 1) of every
    pixel of target_shape is multiplied. warp: data (N, 2, H, W) is how far every pixel's place is
    moved, in pixels along x and y.
    """

    dtype_rule = "F -> F"
    transform_type: str = required("what data is", choices=("affine", "warp"))
    target_shape: Shape = param((0, 0), "(H, W) of affine")

    def fill_shapes(self, inputs, outputs):
        if self.transform_type == "warp":
            return output_like_data(inputs, outputs)
        N = lengths_of(common((lengths_of(inputs[0], 2)[0], None, None, None), outputs[0]), 4)[0]
        return [(N, 6)], [(N, 2, *self.target_shape)]

    def infer_shape(self, data):
        if self.transform_type == "warp":
            if len(data) != 4 or data[1] != 2:
                raise self.shape_error("data", "(N, 2, H, W)", data)
            return [data]
        if len(data) != 2 or data[1] != 6:
            raise self.shape_error("data", "(N, 6)", data)
        self.check_target()
        return [(data[0], 2, *self.target_shape)]

    def prepare(self, inputs, outputs):
        if self.transform_type == "warp":
            return composed(lambda F, data: _warped(F, data), inputs)
        N, _, OH, OW = outputs[0].shape
        return kernel("affine_grid", inputs[0].dtype, N=N, OH=OH, OW=OW, work=outputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        if self.transform_type == "warp":
            return [F.broadcast_div(dy[0], _half_sizes(F, inputs[0]))]
        return [F._backward_GridGenerator(dy[0])]


def _half_sizes(F, data):
    """(1, 2, 1, 1): half the width and half the height less one, in pixels."""
    H, W = data.shape[2:]
    sizes = [F._full(shape=(1, 1, 1, 1), value=(n - 1) / 2, dtype=data.dtype) for n in (W, H)]
    return F.concat(*sizes, dim=1)


def _warped(F, data):
    """The places of all pixels, moved."""
    H, W = data.shape[2:]
    if not data.size:
        return F._copy(data)
    x, y = [F._arange(start=0, stop=n, dtype=data.dtype).reshape(shape)
            for n, shape in ((W, (1, 1, 1, W)), (H, (1, 1, H, 1)))]
    moved = F.broadcast_add(data, F.concat(x, F.zeros_like(x), dim=1))
    moved = F.broadcast_add(moved, F.concat(F.zeros_like(y), y, dim=1))
    return F.broadcast_div(moved, _half_sizes(F, data)) - 1.0


@register("_backward_GridGenerator", inputs="dy")
class AffineGridGrad(Op):
    """dy (N, 2, H, W) -> d_data (N, 6) of affine."""

    dtype_rule = "F -> F"

    def infer_shape(self, dy):
        return [(dy[0], 6)]

    def prepare(self, inputs, outputs):
        N, _, OH, OW = inputs[0].shape
        return kernel("affine_grid_grad", inputs[0].dtype, N=N, OH=OH, OW=OW,
                      work=3 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [F.GridGenerator(dy[0], transform_type="affine", target_shape=inputs[0].shape[2:])]


@register("SpatialTransformer", inputs="data loc", outputs="output grid_dst grid_src")
class SpatialTransformer(_Targeted):
    """data (N, C, H, W) read at places that matrices loc (N, 6) give -> (N, C, *target_shape).

    BilinearSampler(data, GridGenerator(loc, "affine", target_shape)).
    """

    dtype_rule = "F -> F"
    target_shape: Shape = param((0, 0), "(height, width) of the output")
    transform_type: str = required("what loc is", choices=("affine",))
    sampler_type: str = required("how data is read", choices=("bilinear",))
    cudnn_off: bool | None = param(None, "MXNet's; there is no cuDNN here")

    def fill_shapes(self, inputs, outputs):
        (N, C, H, W), (M, _) = lengths_of(inputs[0], 4), lengths_of(inputs[1], 2)
        out = common((N, C, *self.target_shape), (M, None, None, None), outputs[0])
        N, C, *_ = lengths_of(out, 4)
        return [(N, C, H, W), (N, 6)], [out]

    def infer_shape(self, data, loc):
        if len(data) != 4:
            raise self.shape_error("data", "(N, C, H, W)", data)
        if loc != (data[0], 6):
            raise self.shape_error("loc", str((data[0], 6)), loc)
        self.check_target()
        return [data[:2] + self.target_shape]

    def grid(self, F, loc):
        return F.GridGenerator(loc, transform_type="affine", target_shape=self.target_shape)

    def prepare(self, inputs, outputs):
        return composed(lambda F, data, loc: F.BilinearSampler(data, self.grid(F, loc)), inputs)

    def grad(self, F, dy, inputs, outputs):
        data, loc = inputs
        grid = self.grid(F, loc)
        dgrid = F._backward_BilinearSampler_grid(dy[0], data, grid)
        return [F._backward_BilinearSampler(dy[0], grid, shape=data.shape),
                F._backward_GridGenerator(dgrid)]
