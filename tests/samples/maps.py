"""Samples of the operators that read maps at places of a grid, and compare maps."""

import itertools

import numpy as np

from .sample import Sample


def bilinear_sampler(data, grid):
    if not grid.shape[2] * grid.shape[3] or grid.shape[1] != 2:
        raise ValueError("no places")
    H, W = data.shape[2:]
    out = np.zeros(data.shape[:2] + grid.shape[2:])
    for n, i, j in np.ndindex(len(data), *grid.shape[2:]):
        x, y = (grid[n, :, i, j] + 1) * np.array([W - 1, H - 1]) / 2
        for row, column in itertools.product((np.floor(y), np.floor(y) + 1),
                                             (np.floor(x), np.floor(x) + 1)):
            if 0 <= row < H and 0 <= column < W:
                weight = (1 - abs(y - row)) * (1 - abs(x - column))
                out[n, :, i, j] += weight * data[n, :, int(row), int(column)]
    return out


def grid_generator(data, transform_type, target_shape=(0, 0)):
    if transform_type == "warp":
        H, W = data.shape[2:]
        if data.shape[1] != 2:
            raise ValueError("two channels")
        pixels = np.stack(np.meshgrid(np.arange(W), np.arange(H)))
        return (data + pixels) / (np.array([W - 1, H - 1]) / 2)[:, None, None] - 1
    H, W = target_shape
    x, y = np.meshgrid(np.linspace(-1, 1, W), np.linspace(-1, 1, H))
    matrices = data.reshape(len(data), 2, 3)
    return np.einsum("nij,jhw->nihw", matrices, np.stack([x, y, np.ones((H, W))]))


def spatial_transformer(data, loc, target_shape, transform_type, sampler_type):
    return bilinear_sampler(data, grid_generator(loc, "affine", target_shape))


def correlation(data1, data2, kernel_size=1, max_displacement=1, stride1=1, stride2=1, pad_size=0,
                is_multiply=True):
    room = [n + 2 * pad_size - 2 * (max_displacement + kernel_size // 2) for n in data1.shape[2:]]
    if min(room) < 1:
        raise ValueError("no room")
    pads = [(0, 0), (0, 0), (pad_size, pad_size), (pad_size, pad_size)]
    first, second = np.pad(data1, pads), np.pad(data2, pads)
    radius = max_displacement // stride2
    moves = [(y * stride2, x * stride2) for y in range(-radius, radius + 1)
             for x in range(-radius, radius + 1)]
    OH, OW = [-(-n // stride1) for n in room]
    out = np.zeros((len(data1), len(moves), OH, OW))
    for m, i, j in np.ndindex(len(moves), OH, OW):
        y, x = i * stride1 + max_displacement, j * stride1 + max_displacement
        (dy, dx), K = moves[m], kernel_size
        a, b = first[:, :, y:y + K, x:x + K], second[:, :, y + dy:y + dy + K, x + dx:x + dx + K]
        out[:, m, i, j] = (a * b if is_multiply else abs(a - b)).mean((1, 2, 3))
    return out


def correlations():
    for params in ({}, {"kernel_size": 3, "max_displacement": 2, "pad_size": 2},
                   {"kernel_size": 3, "max_displacement": 2, "stride1": 2, "stride2": 2,
                    "pad_size": 3}):
        yield Sample("Correlation", ((1, 2, 5, 6),) * 2, correlation, params, slack=5.0)
    for params in ({"pad_size": 2, "max_displacement": 2, "stride2": 2},
                   {"kernel_size": 3, "stride1": 2, "pad_size": 2}):
        yield Sample("Correlation", ((1, 2, 5, 6),) * 2, correlation,
                     {"is_multiply": False, **params}, slack=5.0)


AFFINE = {"transform_type": "affine", "target_shape": (3, 4)}
SAMPLES = [
    Sample("BilinearSampler", ((2, 2, 4, 5), (2, 2, 3, 4)), bilinear_sampler, domain=(-1.25, 1.25),
           slack=5.0),
    Sample("GridGenerator", ((3, 6),), grid_generator, AFFINE, second=True,
           recorded_in=("float32",), slack=2.0),
    Sample("GridGenerator", ((3, 2, 4, 5),), grid_generator, {"transform_type": "warp"},
           second=True, recorded_in=("float32",), slack=2.0),
    Sample("SpatialTransformer", ((2, 2, 4, 5), (2, 6)), spatial_transformer,
           {**AFFINE, "sampler_type": "bilinear"}, domain=(-1.0, 1.0), slack=20.0),
    *correlations(),
]
