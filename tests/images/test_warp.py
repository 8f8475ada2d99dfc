"""Affine maps: recorded rotations of MXNet 1.9.1, resizing and padding as maps, SciPy, errors."""

import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = np.load(pathlib.Path(__file__).parent / "recorded" / "image.npz")
ROTATIONS = [name for name in RECORDED.files if name.startswith("rotate.")]
SCIPY_MODES = {1: "nearest", 2: "reflect", 3: "grid-wrap", 4: "mirror"}


def noise(*shape, dtype="uint8", seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


def warped(source, height, width, matrix, interp=1, border=0, values=0):
    result = np.empty((height, width, source.shape[2]), "uint8")
    image.warp_affine(source, result, np.ravel(matrix).tolist(), interp, border, values)
    return result


def rotation(height, width, degrees):
    """About the middle, in float32, as MXNet's iterator makes it."""
    turn = np.float32([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    matrix = np.float32([[turn[0], turn[1], 0], [-turn[1], turn[0], 0]])
    size = np.float32([width, height])
    for row in range(2):
        moved = matrix[row, 0] * size[0] + matrix[row, 1] * size[1]
        matrix[row, 2] = (size[row] - moved) / 2
    return matrix


@pytest.mark.parametrize("case", ROTATIONS)
def test_values_are_those_of_mxnet(case):
    _, degrees, interp = case.split(".")
    source = np.ascontiguousarray(RECORDED["image"][:29, :36, :3])
    result = warped(source, 29, 36, rotation(29, 36, int(degrees)), int(interp), 0, 9)
    np.testing.assert_array_equal(result, RECORDED[case])


@pytest.mark.parametrize("interp", range(5))
@pytest.mark.parametrize("border", range(5))
def test_a_shift_by_whole_pixels_is_a_border(interp, border):
    source = noise(6, 7, 3)
    wanted = np.empty((15, 20, 3), "uint8")
    image.pad(source, wanted, 4, 5, border, (1, 2, 3))
    result = warped(source, 15, 20, [[1, 0, 5], [0, 1, 4]], interp, border, (1, 2, 3))
    np.testing.assert_array_equal(result, wanted)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 360), st.floats(0.3, 3),
       st.sampled_from(sorted(SCIPY_MODES)))
def test_bilinear_is_that_of_scipy(height, width, degrees, scale, border):
    source = noise(height + 2, width + 2, 1)[1:-1, 1:-1]
    matrix = rotation(height, width, degrees).astype("float64") * scale
    result = warped(source, 25, 27, matrix, 1, border)
    inverse = np.linalg.inv(matrix[:, :2])
    offset = -inverse @ matrix[:, 2]
    # in steps of 1/32 pixel, as OpenCV takes places, after 1/1024 for each of the two terms
    x, y = np.meshgrid(np.arange(27), np.arange(25))
    places = []
    for axis in (1, 0):
        fine = (np.rint(inverse[axis, 0] * x * 1024)
                + np.rint((inverse[axis, 1] * y + offset[axis]) * 1024))
        places.append(np.floor((fine + 16) / 32) / 32)
    wanted = ndimage.map_coordinates(source[:, :, 0].astype("float64"), places, order=1,
                                     mode=SCIPY_MODES[border])
    off = np.abs(result[:, :, 0] - wanted)
    # a place that lies between two steps may fall to either side
    assert (off <= 0.51).mean() > 0.98


@pytest.mark.parametrize("interp", range(5))
@pytest.mark.parametrize("border", range(5))
def test_memory_around_is_neither_read_nor_written(interp, border):
    source, results = noise(11, 13, 3), []
    for fill in (0, 255):
        around = np.full((13, 15, 3), fill, "uint8")
        around[1:-1, 1:-1] = source
        target = np.full((22, 24, 3), 77, "uint8")
        image.warp_affine(around[1:-1, 1:-1], target[1:-1, 1:-1],
                          rotation(20, 22, 33).ravel(), interp, border, 5)
        results.append(target[1:-1, 1:-1].copy())
        target[1:-1, 1:-1] = 77
        assert (target == 77).all()
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("matrix", [
    [[0, 0, 0], [0, 0, 0]], [[1e-30, 0, 0], [0, 1e-30, 0]], [[1e300, 0, 1e300], [0, 1e300, 0]],
    [[np.nan, 0, 0], [0, 1, 0]], [[np.inf, 0, 0], [0, 1, 0]]])
@pytest.mark.parametrize("interp", range(5))
def test_strange_matrices_stay_in_memory(matrix, interp):
    source = noise(4, 5, 3)
    for border in range(5):
        result = warped(source, 9, 8, matrix, interp, border, 7)
        assert result.shape == (9, 8, 3)
        if border == 1:
            assert set(np.unique(result)) <= set(range(256))


ERRORS = [
    ({"matrix": [1, 0, 0]}, MXNetValueError, r"warp_affine: matrix must be 6 numbers.*\[1, 0, 0\]"),
    ({"interp": 9}, MXNetValueError, "warp_affine: interp must be one of 0 nearest.*got 9"),
    ({"border": -1}, MXNetValueError, "warp_affine: border must be one of 0 constant.*got -1"),
    ({"values": (1, 2)}, MXNetValueError, "warp_affine: values must be 3 numbers"),
    ({"src": noise(8, 9, 1)}, MXNetValueError, "as many channels"),
    ({"src": noise(8, 9, 3, dtype="float32"), "dst": noise(8, 9, 3, dtype="float32")},
     MXNetTypeError, "warp_affine: src and dst must be uint8; got float32"),
    ({"src": noise(0, 9, 3)}, MXNetValueError, "warp_affine: an image without pixels"),
]


@pytest.mark.parametrize("wrong, kind, message", ERRORS)
def test_errors(wrong, kind, message):
    arguments = {"src": noise(8, 9, 3), "dst": noise(8, 9, 3), "matrix": [1, 0, 0, 0, 1, 0],
                 **wrong}
    with pytest.raises(kind, match=message):
        image.warp_affine(**arguments)
