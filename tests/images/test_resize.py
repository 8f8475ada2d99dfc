"""Resizing: recorded results of MXNet 1.9.1, to the last bit; parts; memory left alone; errors."""

import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxlite._dataio import image
from mxlite.base import MXNetTypeError, MXNetValueError

RECORDED = np.load(pathlib.Path(__file__).parent / "recorded" / "image.npz")
CASES = [name for name in RECORDED.files if name.startswith("resize.")]
# (height, width) of the sources that are not as large as the image; see tools/record_mxnet_image.py
SOURCES = {
    "larger": (23, 31, 3), "smaller": (37, 50, 3), "half": (24, 36, 3), "third": (24, 36, 1),
    "quarter": (40, 24, 2), "mixed": (30, 40, 4), "pixel": (1, 1, 3), "column": (9, 1, 1),
    "row": (1, 19, 4), "gray": (33, 47, 1),
}


def resized(source, height, width, interp, part=None):
    size = (height, width) if part is None else part[2:]
    result = np.empty((*size, source.shape[2]), source.dtype)
    image.resize(source, result, interp, None if part is None else (height, width, *part[:2]))
    return result


def noise(*shape, dtype="uint8", seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize("case", CASES)
def test_values_are_those_of_mxnet(case):
    _, dtype, name, interp = case.split(".")
    height, width, channels = SOURCES[name]
    source = np.ascontiguousarray(RECORDED["image"][:height, :width, :channels], dtype)
    wanted = RECORDED[case]
    np.testing.assert_array_equal(resized(source, *wanted.shape[:2], int(interp)), wanted)


def test_a_view_of_rows_needs_no_copy():
    source = noise(40, 50, 3)
    view, copied = source[3:30, 7:44], source[3:30, 7:44].copy()
    for interp in range(5):
        np.testing.assert_array_equal(resized(view, 17, 60, interp),
                                      resized(copied, 17, 60, interp))


def test_more_channels_than_four():
    source = noise(9, 8, 6)
    for interp in range(5):
        result = resized(source, 13, 5, interp)
        for channel in range(6):
            single = np.ascontiguousarray(source[:, :, channel:channel + 1])
            wanted = resized(single, 13, 5, interp)
            off = np.abs(result[:, :, channel].astype(int) - wanted[:, :, 0])
            # bicubic rows end in other arithmetic where the vectors of a row end
            assert off.max() <= (interp == 2)


SIZE = st.integers(1, 40)


@st.composite
def jobs(draw):
    """A source, the size of the result, and how."""
    height, width = draw(SIZE), draw(SIZE)
    factors = draw(st.sampled_from([None, (1, 1), (2, 2), (3, 2), (2, 5)]))
    if factors is None:
        shape = draw(SIZE), draw(SIZE)
    else:
        shape = height * factors[0], width * factors[1]
    dtype = draw(st.sampled_from(["uint8", "float32"]))
    source = noise(*shape, draw(st.integers(1, 5)), dtype=dtype, seed=draw(st.integers(0, 99)))
    return source, height, width, draw(st.integers(0, 4))


@settings(max_examples=150, deadline=None)
@given(jobs(), st.data())
def test_a_part_is_cut_from_the_whole(job, data):
    source, height, width, interp = job
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    rows, columns = (data.draw(st.integers(1, height - top)),
                     data.draw(st.integers(1, width - left)))
    enlarged = resized(source, height, width, interp)
    part = resized(source, height, width, interp, (top, left, rows, columns))
    np.testing.assert_array_equal(part, enlarged[top:top + rows, left:left + columns])


@settings(max_examples=150, deadline=None)
@given(jobs())
def test_memory_around_is_neither_read_nor_written(job):
    source, height, width, interp = job
    rows, columns, channels = source.shape
    results = []
    for fill in (0, 255):
        around = np.full((rows + 2, columns + 2, channels), fill, source.dtype)
        around[1:-1, 1:-1] = source
        target = np.full((height + 2, width + 2, channels), 77, source.dtype)
        image.resize(around[1:-1, 1:-1], target[1:-1, 1:-1], interp)
        results.append(target[1:-1, 1:-1].copy())
        target[1:-1, 1:-1] = 77
        assert (target == 77).all()
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("interp", range(5))
def test_one_colour_stays(interp):
    source = np.full((19, 23, 3), 200, "uint8")
    for height, width in ((40, 50), (7, 9), (19, 60), (19, 23)):
        assert (resized(source, height, width, interp) == 200).all()


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("before, after, column", [(2, 98, 24), (1, 197, 98), (3, 309, 51)])
def test_lanczos_at_a_place_just_beside_a_pixel(before, after, column, dtype):
    """MXNet 1.9.1 divides 0 by 0 there: a column of not-a-number, or of what that is as a byte."""
    source = noise(5, before, 1, dtype=dtype)
    result = resized(source, 5, after, 4)[:, column]
    np.testing.assert_array_equal(result, source[:, round((column + 0.5) * before / after - 0.5)])


ERRORS = [
    ({"interp": 5}, MXNetValueError, r"resize: interp must be one of 0 nearest.*got 5"),
    ({"dst": noise(4, 5, 1)}, MXNetValueError, r"as many channels.*\(8, 9, 3\) and \(4, 5, 1\)"),
    ({"dst": noise(4, 5, 3, dtype="float32")}, MXNetTypeError, "got uint8 and float32"),
    ({"src": noise(8, 9, 3, dtype="float64")}, MXNetTypeError, "src must be uint8 or float32.*'d'"),
    ({"src": noise(8, 9)}, MXNetValueError, r"src must have the shape \(height.*got \(8, 9\)"),
    ({"src": noise(8, 9, 6)[:, :, ::2]}, MXNetValueError, "each row of src must be contiguous"),
    ({"src": noise(0, 9, 3)}, MXNetValueError, r"an image without pixels: \(0, 9, 3\)"),
    ({"src": [1, 2]}, MXNetTypeError, "src must be memory with the buffer interface; got list"),
    ({"dst": b"abc"}, MXNetTypeError, "dst must be writable memory.*got bytes"),
    ({"part": (9, 9, 6, 0)}, MXNetValueError, r"part must hold dst.*got \(9, 9, 6, 0\)"),
    ({"part": (9, 9, 0)}, MXNetValueError, r"part must be \(height, width, top, left\)"),
]


@pytest.mark.parametrize("wrong, kind, message", ERRORS)
def test_errors(wrong, kind, message):
    given_arguments = {"src": noise(8, 9, 3), "dst": noise(4, 5, 3), **wrong}
    with pytest.raises(kind, match=message):
        image.resize(**given_arguments)


def test_more_rows_than_an_image_may_have():
    tall = np.broadcast_to(noise(1, 4, 3), (2**30 + 1, 4, 3))
    with pytest.raises(MXNetValueError, match=r"resize: at most 2\^30 elements in a row and 2\^30 "
                                              r"rows; got \(1073741825, 4, 3\) and \(4, 5, 3\)"):
        image.resize(tall, noise(4, 5, 3))


def test_shared_memory_is_refused():
    source = noise(8, 9, 3)
    with pytest.raises(MXNetValueError, match="resize: src and dst must lie apart in memory"):
        image.resize(source, source[:4, :5], 1)
