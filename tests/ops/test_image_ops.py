"""mx.nd.image against recordings of MXNet (tools/record_mxnet_transforms.py), NumPy, differences.

What MXNet does wrong is compared with the formula instead, and said.
"""

from pathlib import Path

import numpy as np
import pytest
from gradcheck import check_gradient, check_second
from image_calls import GRADIENTS, OPERATORS, images, name_of

import mxlite as mx
from mxlite.base import MXNetError

IMAGES = images()
RECORDED = np.load(Path(__file__).parent / "recorded/image.npz")
GRAY = np.array([0.299, 0.587, 0.114])


def array(name):
    return mx.nd.array(IMAGES[name], dtype=IMAGES[name].dtype)


def call(name, data, **params):
    return getattr(mx.nd.image, name)(data, **params)


@pytest.mark.parametrize("given", [call for call in OPERATORS if call[0] != "resize"], ids=name_of)
def test_as_mxnet_to_the_last_bit(given):
    name, image, params = given
    output, wanted = call(name, array(image), **params).asnumpy(), RECORDED[name_of(given)]
    assert output.dtype == wanted.dtype
    np.testing.assert_array_equal(output, wanted)


@pytest.mark.parametrize("given", [call for call in OPERATORS if call[0] == "resize"], ids=name_of)
def test_resize_as_mxnet(given):
    name, image, params = given
    output, wanted = call(name, array(image), **params).asnumpy(), RECORDED[name_of(given)]
    assert output.dtype == wanted.dtype and output.shape == wanted.shape
    if output.dtype == np.uint8:
        assert np.abs(output.astype(int) - wanted).max() <= (params.get("interp") == 3)
    else:
        np.testing.assert_allclose(output, wanted, rtol=1e-6, atol=1e-4)


def test_resize_computes_float64_in_float32():
    x = np.random.default_rng(0).uniform(0, 255, (2, 7, 5, 3)).astype("float32")
    wide = call("resize", mx.nd.array(x, dtype="float64"), size=(4, 6), interp=2)
    single = call("resize", mx.nd.array(x), size=(4, 6), interp=2).asnumpy()
    assert wide.dtype == np.float64
    np.testing.assert_array_equal(wide.asnumpy(), single.astype("float64"))


@pytest.mark.parametrize("given", GRADIENTS, ids=name_of)
def test_gradients_as_mxnet(given):
    name, image, params = given
    x = array(image)
    x.attach_grad()
    with mx.autograd.record():
        (call(name, x, **params) ** 2).sum().backward()
    np.testing.assert_allclose(x.grad.asnumpy(), RECORDED["gradient " + name_of(given)], 1e-5)


@pytest.mark.parametrize(("name", "shape", "params"), [
    ("normalize", (3, 4, 5), {"mean": (1.0, 2.0, 3.0), "std": (0.5, 2.0, 4.0)}),
    ("normalize", (2, 1, 4, 5), {"mean": 0.5, "std": 2.0}),
    ("crop", (5, 6, 2), {"x": 1, "y": 2, "width": 4, "height": 3}),
    ("crop", (2, 5, 6, 3), {"x": 0, "y": 1, "width": 2, "height": 4}),
    ("flip_left_right", (3, 5, 2), {}), ("flip_left_right", (2, 3, 4, 3), {}),
    ("flip_top_bottom", (3, 5, 2), {}), ("flip_top_bottom", (2, 3, 4, 1), {}),
])
def test_gradients_by_differences(name, shape, params, rng):
    values = [rng.standard_normal(shape)]
    check_gradient(lambda x: call(name, x, **params), values, rng)
    check_second(lambda x: call(name, x, **params) ** 2, values, rng, rtol=1e-5, atol=1e-7)


def test_gradient_of_to_tensor(rng):
    for shape, axes in (((4, 5, 3), (1, 2, 0)), ((2, 4, 5, 3), (0, 2, 3, 1))):
        x = mx.nd.array(rng.random(shape), dtype="float64")
        x.attach_grad()
        with mx.autograd.record():
            y = mx.nd.image.to_tensor(x)
        head = rng.random(y.shape)
        y.backward(mx.nd.array(head))
        assert x.grad.dtype == np.float64
        np.testing.assert_allclose(x.grad.asnumpy(), head.transpose(axes) / 255, 1e-6)


@pytest.mark.parametrize("shape", [(3, 5, 3), (4, 3, 1), (2, 3, 5, 4), (0, 4, 3), (3, 0, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float16", "int32"])
def test_flips_by_numpy(shape, dtype, rng):
    """MXNet leaves the middle column or row unwritten where their number is odd."""
    x = rng.integers(0, 100, shape).astype(dtype)
    for name, axis in (("flip_left_right", -2), ("flip_top_bottom", -3)):
        output = call(name, mx.nd.array(x, dtype=dtype)).asnumpy()
        np.testing.assert_array_equal(output, np.flip(x, axis))


@pytest.mark.parametrize("given", [
    ("flip_left_right", "colour", {}), ("flip_top_bottom", "colour", {}),
    ("normalize", "units", {"mean": 0.5, "std": (0.5, 0.25, 2.0)}),
    ("random_contrast", "colour", {"min_factor": 0.3, "max_factor": 0.3}),
    ("random_hue", "batch", {"min_factor": 0.3, "max_factor": 0.3})], ids=name_of)
def test_out_may_be_the_image_itself(given):
    name, image, params = given
    data = array(image)
    wanted = call(name, data, **params).asnumpy()
    assert call(name, data, **params, out=data) is data
    np.testing.assert_array_equal(data.asnumpy(), wanted)


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "float16", "float64"])
def test_to_tensor_of_other_dtypes(dtype, rng):
    x = rng.integers(-100, 100, (5, 4, 2)).astype(dtype)
    output = mx.nd.image.to_tensor(mx.nd.array(x, dtype=dtype))
    assert output.dtype == np.float32
    np.testing.assert_allclose(output.asnumpy(), x.astype("f8").transpose(2, 0, 1) / 255, 1e-6)


def test_normalize_in_other_precisions(rng):
    x = rng.random((3, 4, 5))
    for dtype, rtol in (("float64", 1e-14), ("float16", 4e-3)):
        output = mx.nd.image.normalize(mx.nd.array(x, dtype=dtype), (0.25, 2, 3), (1, 0.1, 0.3))
        wanted = (x.astype(dtype).astype("f8").transpose(1, 2, 0) - (0.25, 2, 3)) / (1, 0.1, 0.3)
        assert output.dtype == np.dtype(dtype)
        np.testing.assert_allclose(output.asnumpy().transpose(1, 2, 0), wanted, rtol, rtol)


@pytest.mark.parametrize("name", ["colour", "colour_real", "dull"])
@pytest.mark.parametrize("factor", [0, 0.3, 1, 1.7])
def test_saturation_by_its_formula(name, factor):
    """MXNet takes 0.114 * blue for the luminance: its sum forgets red and green."""
    x = IMAGES[name].astype("float64")
    output = call("random_saturation", array(name), min_factor=factor, max_factor=factor).asnumpy()
    wanted = factor * x + (1 - factor) * (x @ GRAY)[..., None]
    if output.dtype == np.uint8:
        wanted = np.clip(wanted, 0, 255)
        assert (output <= wanted + 1e-3).all() and (output > wanted - 1.001).all()  # cut
    else:
        np.testing.assert_allclose(output, wanted, 1e-5, 1e-4)


@pytest.mark.parametrize(("name", "params"), [
    ("random_hue", {"min_factor": 0.2, "max_factor": 0.2}), ("random_lighting", {}),
    ("adjust_lighting", {"alpha": (1, 2, 3)}),
    ("random_color_jitter", {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0})])
def test_what_changes_nothing_gives_the_image(name, params):
    """MXNet leaves these outputs unwritten."""
    data = array("gray" if "jitter" not in name else "colour")
    np.testing.assert_array_equal(call(name, data, **params).asnumpy(), data.asnumpy())


@pytest.mark.parametrize(("name", "params"), [
    ("random_brightness", {"min_factor": 0.5, "max_factor": 0.5}),
    ("random_contrast", {"min_factor": 0.5, "max_factor": 0.5}),
    ("random_hue", {"min_factor": 0.2, "max_factor": 0.2}),
    ("adjust_lighting", {"alpha": (0.1, 0.2, 0.3)}), ("resize", {"size": (3, 2)}),
    ("to_tensor", {}), ("flip_left_right", {})])
def test_a_batch_is_its_images(name, params):
    batch = array("batch")
    singles = [call(name, image, **params).asnumpy() for image in batch]
    np.testing.assert_array_equal(call(name, batch, **params).asnumpy(), np.stack(singles))


COLOUR = mx.nd.zeros((4, 5, 3), dtype="uint8")
FACTORS = {"min_factor": 0, "max_factor": 1}
JITTER = {"brightness": 0.1, "contrast": 0.1, "saturation": 0.1, "hue": 0.1}


@pytest.mark.parametrize(("name", "data", "params", "message"), [
    ("to_tensor", mx.nd.zeros((4, 5)), {}, r"image.to_tensor: data must have shape \(H, W, C\) or "
     r"\(N, H, W, C\); got \(4, 5\)"),
    ("to_tensor", mx.nd.zeros((4, 5, 3), dtype="bool"), {}, "int32, .* or float64; got bool"),
    ("normalize", COLOUR, {}, r"image.normalize: data must have dtype .*\(to_tensor makes float32"
     r"\); got uint8"),
    ("normalize", mx.nd.zeros((4, 5, 3)), {}, r"\(N, C, H, W\) with C of 1 or 3; got \(4, 5, 3\)"),
    ("normalize", mx.nd.zeros((3, 4, 5)), {"mean": (1, 2)}, "mean must be 1 or 3 numbers, as data"),
    ("normalize", mx.nd.zeros((3, 4, 5)), {"std": ()}, "std must be 1 or 3 numbers, as data"),
    ("normalize", mx.nd.zeros((3, 4, 5)), {"std": (1, 0, 1)}, r"std must be other than 0; got \(1"),
    ("crop", COLOUR, {"x": -1, "y": 0, "width": 1, "height": 1}, "x must be at least 0; got -1"),
    ("crop", COLOUR, {"x": 4, "y": 0, "width": 2, "height": 1},
     r"image.crop: x \+ width must be at most 5, the width of data; got 6"),
    ("crop", COLOUR, {"x": 0, "y": 2, "width": 2, "height": 3}, r"y \+ height must be at most 4"),
    ("crop", COLOUR, {"x": 0, "y": 2, "width": 2}, "missing parameter 'height'"),
    ("resize", COLOUR, {}, r"image.resize: size must be 1 or 2 lengths of at least 1; got \(\)"),
    ("resize", COLOUR, {"size": (3, 0)}, r"size must be 1 or 2 lengths of at least 1; got \(3, 0"),
    ("resize", COLOUR, {"size": 3, "interp": 9}, "interp must be one of 0, 1, 2, 3 or 4; got 9"),
    ("resize", mx.nd.zeros((4, 0, 3)), {"size": 3}, "without empty images; got"),
    ("resize", mx.nd.zeros((4, 5, 3), dtype="int32"), {"size": 3}, "uint8, float32 or float64"),
    ("resize", COLOUR, {"size": 3, "interpolation": 2}, "unknown parameter 'interpolation'"),
    ("random_brightness", mx.nd.zeros((4, 5, 2)), FACTORS, "with C of 1 or 3; got"),
    ("random_hue", mx.nd.zeros((4, 5, 3), dtype="int8"), FACTORS, "uint8 or float32; got int8"),
    ("random_contrast", COLOUR, {"min_factor": -1, "max_factor": 1}, "min_factor must be at least"),
    ("random_saturation", COLOUR, {"max_factor": 1}, "missing parameter 'min_factor'"),
    ("adjust_lighting", COLOUR, {"alpha": (1, 2)}, "alpha must be three numbers; got"),
    ("random_lighting", COLOUR, {"alpha_std": -1}, "alpha_std must be at least 0; got -1"),
    ("random_color_jitter", COLOUR, {**JITTER, "hue": -1}, "hue must be at least 0; got -1"),
    ("random_color_jitter", COLOUR, {"brightness": 1}, "missing parameter 'contrast'"),
])
def test_misuse_is_named(name, data, params, message):
    with pytest.raises(MXNetError, match=message):
        call(name, data, **params)


def test_the_namespace():
    assert len(dir(mx.nd.image)) == 15 and all(callable(getattr(mx.nd.image, name))
                                               for name in dir(mx.nd.image))
    with pytest.raises(AttributeError, match="has no operator 'resise'; did you mean 'resize'"):
        mx.nd.image.resise  # noqa: B018
