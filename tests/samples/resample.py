"""Samples of what makes images of another size, cuts them, or looks at their windows."""

import itertools

import numpy as np

from .image_layers import deconvolution
from .nn import TWO, batch_norm, convolution, windows
from .sample import Fixed, Sample, Spread


def matrix(size, out, way):
    """(out, size): what each of `out` takes of an axis."""
    m = np.zeros((out, size))
    for i in range(out):
        if way == "average":
            low, high = i * size // out, -(-(i + 1) * size // out)
            m[i, low:high] = 1 / max(high - low, 1)
            continue
        at = 0.0
        if out > 1:
            at = i * (size - 1) / (out - 1) if way == "corners" else (i + 0.5) * size / out - 0.5
        at = min(max(at, 0), size - 1)
        low = min(int(at), max(size - 2, 0))
        m[i, low] += 1 - (at - low)
        if size > 1:
            m[i, low + 1] += at - low
    return m


def resize(x, height, width, way):
    return np.einsum("ih,nchw,jw->ncij", matrix(x.shape[2], height, way), x,
                     matrix(x.shape[3], width, way))


def adaptive(x, output_size=1):
    height, width = (output_size, output_size) if np.isscalar(output_size) else output_size
    return resize(x, height, width, "average")


def bilinear(x, like=None, height=1, width=1, align_corners=True, mode="size", scale_height=None,
             scale_width=None):
    H, W = x.shape[2:]
    if like is not None:
        height, width = like.shape[2:]
    elif mode == "odd_scale":
        height = int((H - H % 2) * scale_height) + H % 2
        width = int((W - W % 2) * scale_width) + W % 2
    elif scale_height is not None:
        height, width = int(H * scale_height), int(W * scale_width)
    elif mode != "size":
        _, parity, way = mode.split("_")
        height, width = [n if n % 2 == (parity == "odd") else n + (1 if way == "up" else -1)
                         for n in (H, W)]
    if (height, width) == (H, W):
        return x
    return resize(x, height, width, "corners" if align_corners else "areas")


def upsampling(*xs, scale, sample_type, multi_input_mode="concat", num_filter=0):
    if sample_type == "bilinear":
        window, pad = 2 * scale - scale % 2, -(-(scale - 1) // 2)
        return deconvolution(*xs, kernel=(window, window), stride=(scale, scale), pad=(pad, pad),
                             num_filter=num_filter, num_group=num_filter)
    height = xs[0].shape[2] * scale
    enlarged = [x.repeat(height // x.shape[2], 2).repeat(height // x.shape[2], 3) for x in xs]
    return sum(enlarged) if multi_input_mode == "sum" else np.concatenate(enlarged, 1)


def crop(x, like=None, offset=(0, 0), h_w=(0, 0), center_crop=False):
    h, w = h_w if like is None else like.shape[2:]
    top, left = ((x.shape[2] - h) // 2, (x.shape[3] - w) // 2) if center_crop else offset
    return x[:, :, top:top + h, left:left + w]


def lrn(x, nsize, alpha=1e-4, beta=0.75, knorm=2.0):
    half = nsize // 2
    squares = np.pad(x ** 2, [(0, 0), (half, half)] + [(0, 0)] * (x.ndim - 2))
    sums = sum(squares[:, k:k + x.shape[1]] for k in range(nsize))
    return x / (knorm + alpha / nsize * sums) ** beta


def im2col(x, kernel, stride=None, dilate=None, pad=None):
    ndim = len(kernel)
    seen = windows(x, kernel, stride or (1,) * ndim, dilate or (1,) * ndim,
                   [(p, p) for p in pad or (0,) * ndim])
    order = (0, 1, *range(2 + ndim, 2 + 2 * ndim), *range(2, 2 + ndim))
    return seen.transpose(order).reshape(len(x), x.shape[1] * int(np.prod(kernel)),
                                         int(np.prod(seen.shape[2:2 + ndim])))


def col2im(columns, output_size, kernel, **params):
    """The transpose of im2col, as a matrix."""
    N, rows, _ = columns.shape
    shape = (rows // int(np.prod(kernel)), *output_size)
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    taken = im2col(units, kernel, **params)
    return np.einsum("nrw,urw->nu", columns, taken).reshape(N, *shape)


def pooling_v1(x, kernel=(), pool_type="max", global_pool=False, stride=None, pad=None,
               pooling_convention="valid"):
    if global_pool:
        kernel, stride, pad = x.shape[2:], None, None
    stride, pad = stride or (1, 1), pad or (0, 0)
    x = np.pad(x, [(0, 0), (0, 0), *[(p, p) for p in pad]])
    spare = [-(n - k) % s for n, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
    if pooling_convention == "valid":
        spare = (0, 0)
    fill = -np.inf if pool_type == "max" else 0
    seen = windows(x, kernel, stride, (1, 1), [(0, n) for n in spare], fill)
    if pool_type == "max":
        return seen.max((-2, -1))
    return seen.sum((-2, -1)) / (np.prod(kernel) if pool_type == "avg" else 1)


def deformable(x, offset, weight, bias=0.0, mask=None, kernel=(), num_filter=0, stride=(1, 1),
               dilate=(1, 1), pad=(0, 0), num_group=1, num_deformable_group=1, no_bias=False):
    """Tap by tap, pixel by pixel. Without a mask, positions past the last pixel have its value."""
    N, C, H, W = x.shape
    h, w = offset.shape[2:]
    groups, taps = num_deformable_group, kernel[0] * kernel[1]
    columns = np.zeros((N, C, taps, h, w))
    offset = offset.reshape(N, groups, taps, 2, h, w)
    factors = np.ones((N, groups, taps, h, w)) if mask is None else mask.reshape(
        N, groups, taps, h, w)

    def pixel(n, c, i, j):
        return x[n, c, i, j] if 0 <= i < H and 0 <= j < W else 0.0

    for n, c, k, i, j in itertools.product(range(N), range(C), range(taps), range(h), range(w)):
        g = c * groups // C
        y = i * stride[0] + k // kernel[1] * dilate[0] - pad[0] + offset[n, g, k, 0, i, j]
        z = j * stride[1] + k % kernel[1] * dilate[1] - pad[1] + offset[n, g, k, 1, i, j]
        if mask is None:
            if not (0 <= y < H and 0 <= z < W):
                continue
            y, z = min(y, H - 1), min(z, W - 1)
        top, left = int(np.floor(y)), int(np.floor(z))
        a, b = y - top, z - left
        value = (1 - a) * (1 - b) * pixel(n, c, top, left) + (1 - a) * b * pixel(
            n, c, top, left + 1) + a * (1 - b) * pixel(n, c, top + 1, left) + a * b * pixel(
            n, c, top + 1, left + 1)
        columns[n, c, k, i, j] = value * factors[n, g, k, i, j]
    columns = columns.reshape(N, num_group, C // num_group * taps, h * w)
    weight = weight.reshape(num_group, num_filter // num_group, C // num_group * taps)
    out = np.einsum("gfk,ngkp->ngfp", weight, columns).reshape(N, num_filter, h, w)
    return out + np.reshape(bias, (-1, 1, 1))


def modulated(x, offset, mask, weight, bias=0.0, **params):
    return deformable(x, offset, weight, bias, mask, **params)


def resample_samples():
    for size in ((), 1, 2, (3, 4), (7, 5)):
        params = {"output_size": size} if size else {}
        yield Sample("_contrib_AdaptiveAvgPooling2D", ((2, 3, 5, 6),), adaptive, params,
                     second=True, slack=4)
    for params in ({"height": 3, "width": 9}, {"height": 10, "width": 4, "align_corners": False},
                   {}, {"height": 5, "width": 6}, {"scale_height": 2.0, "scale_width": 0.5},
                   {"mode": "odd_scale", "scale_height": 2.0, "scale_width": 0.5},
                   {"mode": "to_even_up"}, {"mode": "to_even_down"}, {"mode": "to_odd_up"},
                   {"mode": "to_odd_down"}):
        yield Sample("_contrib_BilinearResize2D", ((2, 3, 5, 6),), bilinear, params, second=True,
                     slack=8, single=True)
    yield Sample("_contrib_BilinearResize2D", ((1, 2, 5, 6), (1, 1, 3, 8)), bilinear,
                 {"mode": "like"}, slack=8, single=True, wrt=(0,))
    for shapes, params in ((((2, 3, 2, 3),), {"scale": 3}),
                           (((1, 2, 2, 3), (1, 1, 4, 6)), {"scale": 2}),
                           (((1, 2, 2, 3), (1, 2, 4, 6)), {"scale": 4,
                                                           "multi_input_mode": "sum"})):
        yield Sample("UpSampling", shapes, upsampling, {**params, "sample_type": "nearest"},
                     second=True, slack=2)
    for scale in (2, 3):
        window = 2 * scale - scale % 2
        yield Sample("UpSampling", ((2, 3, 4, 3), (3, 1, window, window)), upsampling,
                     {"scale": scale, "sample_type": "bilinear", "num_filter": 3}, second=True,
                     slack=8)
    yield Sample("Crop", ((2, 3, 5, 6),), crop, {"offset": (1, 2), "h_w": (3, 4)}, second=True,
                 recorded_in=("float32",))
    yield Sample("Crop", ((2, 3, 5, 6),), crop, {"center_crop": True, "h_w": (2, 3)}, second=True,
                 recorded_in=("float32",))
    yield Sample("Crop", ((2, 3, 5, 6), (1, 2, 3, 4)), crop, {"offset": (1, 0)}, wrt=(0,),
                 recorded_in=("float32",))


def window_samples():
    for params in ({"nsize": 3, "alpha": 0.5}, {"nsize": 5, "alpha": 2.0, "beta": 0.5,
                                                "knorm": 1.0}, {"nsize": 1}):
        yield Sample("LRN", ((2, 4, 3, 2),), lrn, params, second=True, slack=8,
                     recorded_in=("float32",))
    yield Sample("LRN", ((2, 4, 3),), lrn, {"nsize": 3, "alpha": 0.5}, second=True, slack=8,
                 recorded=False)
    for params in ({"kernel": (2, 3)}, {"kernel": (2, 2), "stride": (1, 2), "pad": (1, 0)},
                   {"kernel": (2, 2), "dilate": (2, 1), "pad": (0, 2)}):
        yield Sample("im2col", ((2, 3, 4, 5),), im2col, params, second=True)
    for shape, params in (((2, 12, 12), {"kernel": (2, 2)}),
                          ((1, 8, 9), {"kernel": (2, 2), "stride": (1, 2), "pad": (0, 1)})):
        yield Sample("col2im", (shape,), col2im, {**params, "output_size": (4, 5)}, second=True,
                     slack=4)
    yield Sample("im2col", ((2, 3, 7),), im2col, {"kernel": (3,), "stride": (2,)}, second=True,
                 recorded=False)
    yield Sample("col2im", ((2, 24, 4),), col2im, {"kernel": (2, 2, 2), "output_size": (2, 3, 3)},
                 second=True, slack=4, recorded=False)
    for kind in ("max", "avg", "sum"):
        for params in ({"kernel": (2, 2), "stride": (2, 2)}, {"kernel": (3, 2), "pad": (1, 1)},
                       {"kernel": (3, 3), "stride": (2, 2), "pooling_convention": "full"},
                       {"kernel": (2, 2), "global_pool": True}):
            yield Sample("Pooling_v1", (Spread((2, 3, 5, 6)),), pooling_v1,
                         {**params, "pool_type": kind}, second=True, slack=4, single=True)
    yield Sample("Convolution_v1", ((2, 4, 5, 5), (6, 2, 3, 3), (6,)), convolution,
                 {"kernel": (3, 3), "num_filter": 6, "num_group": 2, "pad": (1, 1)}, second=True,
                 slack=16)


def deformable_samples():
    offset = (-1.4, 1.4)
    for shapes, params in (
            (((1, 2, 4, 5), (1, 12, 3, 3), (3, 2, 2, 3)), {"kernel": (2, 3), "no_bias": True}),
            (((2, 4, 4, 5), (2, 16, 4, 3), (4, 2, 2, 2), (4,)),
             {"kernel": (2, 2), "num_group": 2, "num_deformable_group": 2, "pad": (1, 0),
              "dilate": (2, 2)})):
        params = {**params, "num_filter": shapes[2][0]}
        # differences would cross the borders of pixels: tests/ops/test_deformable.py has them
        yield Sample("_contrib_DeformableConvolution", shapes, deformable, params, domain=offset,
                     slack=64, gradient="recorded")
        group = params.get("num_deformable_group", 1)
        mask = (shapes[1][0], group * params["kernel"][0] * params["kernel"][1], *shapes[1][2:])
        yield Sample("_contrib_ModulatedDeformableConvolution", (*shapes[:2], mask, *shapes[2:]),
                     modulated, params, domain=offset, slack=64, gradient="none")


def batch_norm_samples():
    """In training, where MXNet's gradients are right; BatchNorm_v1 has no function of arrays."""
    inputs = ((4, 3, 2, 5), (3,), (3,), Fixed([0.25, -0.5, 0.0]), Fixed([1.0, 2.0, 0.5]))

    def plain(*xs, key="", **params):
        return batch_norm(*xs, training=True, **params)

    def with_relu(*xs, **params):
        return np.maximum(plain(*xs, **params), 0)

    for op, oracle, more in (("BatchNorm_v1", plain, {}),
                             ("_contrib_SyncBatchNorm", plain, {"key": "a"}),
                             ("_contrib_BatchNormWithReLU", with_relu, {})):
        yield Sample(op, inputs, oracle, {"fix_gamma": False, **more}, train=True, aux=(3, 4),
                     slack=16, single=True, dtypes=TWO, wrt=(0, 1, 2),
                     recorded=op != "BatchNorm_v1", recorded_in=("float32",))


SAMPLES = [*resample_samples(), *window_samples(), *deformable_samples(), *batch_norm_samples()]
