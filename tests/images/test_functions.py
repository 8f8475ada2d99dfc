"""mx.image's functions: recordings of MXNet 1.9.1, closed forms, and errors."""

import json

import numpy as np
import pytest
from augment_calls import FUNCTIONS, RANDOM_FUNCTIONS, SEEDS, images, name_of, png, smooth
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image

IMAGES = images()


def array(value):
    return mx.nd.array(value, dtype=value.dtype)


def check(result, name, number=0):
    """Bytes as MXNet's; what is computed in float32 within 1e-6 of its largest value."""
    want = RECORDED[f"{name} {number}"]
    got = result.asnumpy() if isinstance(result, mx.nd.NDArray) else np.asarray(result)
    assert got.shape == want.shape
    assert got.dtype.kind == want.dtype.kind
    if got.dtype == np.float32:
        np.testing.assert_allclose(got, want, rtol=0, atol=255e-6)
    else:
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("call", FUNCTIONS, ids=lambda call: name_of(*call))
@pytest.mark.parametrize("kind", [mx.nd.NDArray, np.ndarray])
def test_as_recorded(call, kind):
    name, source, args = call
    src = IMAGES[source]
    result = getattr(image, name)(array(src) if kind is mx.nd.NDArray else src, *args)
    if isinstance(result, tuple):
        result, box = result
        check(box, name_of(*call), 1)
    assert isinstance(result, kind)
    check(result, name_of(*call))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("call", RANDOM_FUNCTIONS, ids=lambda call: name_of(*call))
def test_random_as_recorded(call, seed, monkeypatch):
    name, source, args = call
    with replay(monkeypatch, name_of(*call, seed)):
        result, box = getattr(image, name)(array(IMAGES[source]), *args)
    check(result, name_of(*call, seed))
    check(box, name_of(*call, seed), 1)


def test_the_seed_of_mx_random_governs_the_draws():
    def crops():
        return [image.random_crop(IMAGES["wide"], (9, 8))[1] for _ in range(8)]

    mx.random.seed(5)
    first = crops()
    mx.random.seed(5)
    assert crops() == first
    assert len(set(first)) > 4


def test_decoding():
    want = smooth(7, 9, 1)
    for buf in (png(want), bytearray(png(want)), np.frombuffer(png(want), np.uint8),
                array(np.frombuffer(png(want), np.uint8))):
        result = image.imdecode(buf)
        assert isinstance(result, mx.nd.NDArray)
        np.testing.assert_array_equal(result.asnumpy(), want)
    np.testing.assert_array_equal(image.imdecode(png(want), to_rgb=0).asnumpy(), want[:, :, ::-1])
    gray = image.imdecode(png(want), flag=0).asnumpy()
    np.testing.assert_allclose(gray[:, :, 0], want @ [0.299, 0.587, 0.114], atol=1)


def test_reading_and_out(tmp_path):
    want = smooth(7, 9, 1)
    path = tmp_path / "a.png"
    path.write_bytes(png(want))
    out = mx.nd.zeros((7, 9, 3), dtype="uint8")
    assert image.imread(path, out=out) is out
    np.testing.assert_array_equal(out.asnumpy(), want)
    assert image.imread(str(path), 0).shape == (7, 9, 1)
    np.testing.assert_array_equal(image.imread(str(path), 1, 0).asnumpy(), want[:, :, ::-1])
    small = mx.nd.zeros((3, 4, 3), dtype="uint8")
    assert image.imresize(out, 4, 3, out=small) is small
    np.testing.assert_array_equal(small.asnumpy(), image.imresize(want, 4, 3))


def test_interpolation_by_size_and_by_chance():
    src = IMAGES["wide"]                        # 31 x 47
    for size, interp in (((50, 40), 2), ((20, 20), 3), ((50, 20), 1)):
        np.testing.assert_array_equal(image.imresize(src, *size, interp=9),
                                      image.imresize(src, *size, interp=interp))
    known = [image.imresize(src, 20, 20, interp).tobytes() for interp in range(5)]
    drawn = {image.imresize(src, 20, 20, 10).tobytes() for _ in range(60)}
    assert drawn == set(known)


def test_resizing_float64():
    wide = IMAGES["real"].astype(np.float64)
    result = image.imresize(wide, 5, 6)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, image.imresize(IMAGES["real"], 5, 6), rtol=1e-6)


@pytest.mark.parametrize("src_size, size, want", [
    ((640, 480), (720, 120), (640, 106)), ((360, 1000), (480, 500), (360, 375)),
    ((300, 400), (0, 0), (0, 0)), ((47, 31), (20, 15), (20, 15)),
])
def test_scale_down(src_size, size, want):
    assert image.scale_down(src_size, size) == want


def test_color_normalize_is_in_place():
    src = array(IMAGES["real"])
    mean, std = np.array([1.0, 2, 3]), mx.nd.array([2.0, 3, 4])
    assert image.color_normalize(src, mean, std) is src
    want = (IMAGES["real"].astype(float) - mean) / std.asnumpy()
    np.testing.assert_allclose(src.asnumpy(), want, rtol=1e-6, atol=1e-5)
    normalized = image.color_normalize(IMAGES["real"].copy(), IMAGES["real"])
    assert not normalized.any()
    np.testing.assert_allclose(image.color_normalize(IMAGES["real"].copy(), None, 2),
                               IMAGES["real"] / 2)


@pytest.mark.parametrize("call, error, message", [
    (lambda i: i.imdecode(""), TypeError, "imdecode: buf must be bytes; got str"),
    (lambda i: i.imdecode(b""), ValueError, "imdecode: .*at least one byte; got none"),
    (lambda i: i.imdecode(b"abc"), ValueError, "imdecode: expected an encoded image"),
    (lambda i: i.imdecode(png(smooth(3, 3, 1)), flag=2), ValueError, "imdecode: flag must be 1 "),
    (lambda i: i.imread("/none.png"), OSError, "imread: /none.png: reading failed: No such file"),
    (lambda i: i.imread(__file__), ValueError, "imread: .*test_functions.py: expected an encoded"),
    (lambda i: i.imread(__file__, out=3), ValueError, "expected an encoded image"),
    (lambda i: i.imresize([1], 2, 3), TypeError, "imresize: src must be an NDArray .*; got list"),
    (lambda i: i.imresize(np.ones((2, 3)), 2, 3), ValueError, r"imresize: src .*; got \(2, 3\)"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "u1"), 0, 3), ValueError, "w must be .* 1; got 0"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "u1"), 2, 3.0), ValueError, "h must be .*; got 3.0"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "u1"), 2, 3, 5), ValueError, "interp must be 0 to 4"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "i4"), 2, 3), TypeError, "src must be uint8, .*int32"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "u1"), 2, 3, out=4), TypeError, "out must be an NDA"),
    (lambda i: i.imresize(np.ones((2, 3, 1), "u1"), 2, 3, out=mx.nd.zeros((3, 2, 1))), ValueError,
     r"imresize: out must be uint8 of \(3, 2, 1\); got float32"),
    (lambda i: i.resize_short(np.ones((2, 3, 1), "u1"), -1), ValueError, "resize_short: size must"),
    (lambda i: i.fixed_crop(np.ones((2, 3, 1)), 3, 0, 1, 1), ValueError, r"of 3 x 2; got \(3, 0"),
    (lambda i: i.fixed_crop(np.ones((2, 3, 1)), -1, 0, 1, 1), ValueError, "x0 must be .*; got -1"),
    (lambda i: i.center_crop(np.ones((2, 3, 1)), 5), ValueError, "center_crop: size must be .wid"),
    (lambda i: i.center_crop(np.ones((2, 3, 1)), (99, 1)), ValueError, "has no pixels in an image"),
    (lambda i: i.random_size_crop(np.ones((2, 3, 1)), (2, 2), 0, (1, 1)), ValueError, "area must"),
    (lambda i: i.random_size_crop(np.ones((2, 3, 1)), (2, 2), 1, (1, 1), arae=2), TypeError,
     "random_size_crop: unknown argument 'arae'"),
    (lambda i: i.copyMakeBorder(np.ones((2, 3, 1)), 1, 1, -1, 1), ValueError, "left must be"),
    (lambda i: i.copyMakeBorder(np.ones((2, 3, 1)), 1, 1, 1, 1, 5), ValueError, "type must be 0 c"),
    (lambda i: i.copyMakeBorder(np.ones((2, 3, 3)), 1, 1, 1, 1, values=(1, 2)), ValueError,
     "copyMakeBorder: values must be one number, or one for each of 3 channels"),
    (lambda i: i.copyMakeBorder(np.ones((2, 3, 3)), 1, 1, 1, 1, values="x"), TypeError,
     "copyMakeBorder: values must be numbers; got 'x'"),
    (lambda i: i.color_normalize(np.ones((2, 3, 3), "u1"), 1), TypeError, "floats, as CastAug"),
    (lambda i: i.color_normalize(np.ones((2, 3, 3)), [1, 2]), ValueError, "mean and std must be"),
    (lambda i: i.color_normalize(np.ones((2, 3, 3)), "x"), TypeError, "mean must be numbers"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call(image)
    assert isinstance(raised.value, mx.MXNetError)


def test_min_area_is_the_former_name():
    with pytest.warns(DeprecationWarning, match="min_area is deprecated"):
        result, _ = image.random_size_crop(IMAGES["wide"], (4, 5), None, (1, 1), min_area=0.5)
    assert result.shape == (5, 4, 3)


def test_recordings_are_of_these_calls():
    assert json.loads(str(RECORDED[name_of(*RANDOM_FUNCTIONS[0], 1) + " draws"]))
