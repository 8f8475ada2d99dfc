"""Images of another size, and maps read at places of their own, on a GPU."""

import numpy as np
import pytest
from alike import check, run

from mxlite import nd

DTYPES = ["float32", "float64", "float16", "bfloat16"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("settings", [
    {"op": "AdaptiveAvgPooling2D", "output_size": (3, 5)},
    {"op": "AdaptiveAvgPooling2D", "output_size": (9, 2)},
    {"op": "BilinearResize2D", "height": 3, "width": 15},
    {"op": "BilinearResize2D", "height": 14, "width": 2, "align_corners": False},
    {"op": "BilinearResize2D", "height": 1, "width": 1}])
def test_another_size(settings, dtype, gpu, rng):
    settings = dict(settings)
    function = getattr(nd.contrib, settings.pop("op"))
    check(lambda x: function(x, **settings), [rng.standard_normal((2, 3, 7, 6))], gpu, dtype)


def test_upsampling(gpu, rng):
    x = rng.standard_normal((2, 3, 4, 5))
    check(lambda x: nd.UpSampling(x, scale=3, sample_type="nearest"), [x], gpu)


def grid_of(rng, dtype):
    """Places in and around a map; with float16, such that the CPU and the GPU round alike."""
    grid = np.round(rng.uniform(-1.4, 1.4, (2, 2, 6, 7)) * 64) / 64
    return nd.array(grid + 1 / 128, dtype=dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_bilinear_sampler(dtype, gpu, rng):
    check(nd.BilinearSampler, [rng.standard_normal((2, 3, 9, 5)), grid_of(rng, dtype)], gpu, dtype,
          slack=5)


def test_many_places_that_are_one(gpu, rng):
    given = [rng.standard_normal((1, 2, 5, 5)), np.full((1, 2, 30, 30), 0.1)]
    check(nd.BilinearSampler, given, gpu, slack=5)
    check(nd.BilinearSampler, given, gpu, "float64")


def test_places_and_gradients_that_are_no_numbers(gpu, rng):
    x, grid = rng.standard_normal((1, 2, 4, 4)), rng.uniform(-0.9, 0.9, (1, 2, 3, 3))
    grid[0, 0, 1, 1] = np.nan
    check(nd.BilinearSampler, [x, grid], gpu)
    weight = np.ones((1, 2, 3, 3))
    weight[0, 0, 0, 0], weight[0, 1, 2, 2] = np.inf, np.nan
    grid[0, 0, 1, 1] = 0

    def weighed(x, grid, weight):
        return nd.BilinearSampler(x, grid) * weight

    found, expected = [run(weighed, [x, grid, weight], "float32", ctx, True)[1]
                       for ctx in (gpu, nd.zeros(1).ctx)]
    assert np.isnan(expected).any()
    np.testing.assert_allclose(found, expected, 1e-5, 1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_grids_and_transformers(dtype, gpu, rng):
    matrices = rng.standard_normal((2, 6))
    check(lambda m: nd.GridGenerator(m, transform_type="affine", target_shape=(20, 30)), [matrices],
          gpu, dtype, slack=4)
    if dtype in ("float32", "float64"):
        check(lambda x, m: nd.SpatialTransformer(
            x, m, transform_type="affine", sampler_type="bilinear", target_shape=(4, 5)),
            [rng.standard_normal((2, 3, 6, 7)), matrices], gpu, dtype, slack=20)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("settings", [
    {"kernel_size": 3, "max_displacement": 2, "stride1": 2, "stride2": 2, "pad_size": 3},
    {"is_multiply": False, "max_displacement": 1, "pad_size": 1}])
def test_correlation(settings, dtype, gpu, rng):
    given = [rng.standard_normal((2, 3, 6, 7)) for _ in range(2)]
    check(lambda a, b: nd.Correlation(a, b, **settings), given, gpu, dtype, slack=2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("has_mask", [False, True])
def test_deformable_convolution(has_mask, dtype, gpu, rng):
    taps, out = 9, (5, 6)
    given = [rng.standard_normal((2, 4, *out)), rng.uniform(-1.5, 1.5, (2, 4 * taps, *out))]
    if has_mask:
        given.append(rng.uniform(-3, 3, (2, 2 * taps, *out)))
    given += [rng.standard_normal((4, 4, 3, 3)), rng.standard_normal(4)]
    function = nd.contrib.ModulatedDeformableConvolution if has_mask \
        else nd.contrib.DeformableConvolution
    check(lambda *arrays: function(*arrays, kernel=(3, 3), pad=(1, 1), num_filter=4,
                                   num_deformable_group=2), given, gpu, dtype, slack=20)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8", "bool"])
@pytest.mark.parametrize("mode", ["edge", "reflect"])
def test_pad(mode, dtype, gpu, rng):
    x = nd.array(rng.integers(0, 9, (2, 3, 4, 5)), dtype=dtype)
    found = nd.pad(x.as_in_context(gpu), mode=mode, pad_width=(0, 0, 0, 0, 1, 2, 3, 1)).asnumpy()
    expected = np.pad(x.asnumpy(), [(0, 0), (0, 0), (1, 2), (3, 1)], mode)
    np.testing.assert_array_equal(found, expected)
