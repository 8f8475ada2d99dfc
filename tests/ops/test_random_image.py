"""What mx.nd.image draws: ranges, spread, seeds, batches, and gradients for what was drawn.

Values for given draws: test_image_ops.py.
"""

import colorsys

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.ops.schema import REGISTRY

DRAWS = 2000
ALL = {
    "random_flip_left_right": {}, "random_flip_top_bottom": {}, "random_lighting": {},
    "random_brightness": {"min_factor": 0.5, "max_factor": 1.5},
    "random_contrast": {"min_factor": 0.5, "max_factor": 1.5},
    "random_saturation": {"min_factor": 0.5, "max_factor": 1.5},
    "random_hue": {"min_factor": 0.5, "max_factor": 1.5},
    "random_color_jitter": {"brightness": 0.5, "contrast": 0.4, "saturation": 0.3, "hue": 0.2},
}
BLENDS = ["random_brightness", "random_contrast", "random_saturation"]


def draw(name, values, **params):
    return getattr(mx.nd.image, name)(mx.nd.array(values, dtype=values.dtype),
                                      **{**ALL[name], **params}).asnumpy()


def colours(rng, *shape):
    return rng.uniform(0, 255, (*shape, 3)).astype("float32")


def test_every_random_operator_on_images_is_drawn():
    operators = {name for name, op in REGISTRY.items() if op.random}
    assert {name for name in operators if name.startswith("_image_")} == {
        f"_image_{name}" for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_the_seed_decides(name, rng):
    x = colours(rng, 16, 4, 5)
    mx.random.seed(1)
    first, second = draw(name, x), draw(name, x)
    mx.random.seed(1)
    np.testing.assert_array_equal(draw(name, x), first)
    assert (first != second).any()


@pytest.mark.parametrize("name", ALL)
def test_images_of_a_batch_are_drawn_for_one_by_one(name, rng):
    same = np.repeat(colours(rng, 1, 4, 5), 40, 0)
    drawn = draw(name, same)
    assert len(np.unique(drawn.reshape(40, -1), axis=0)) >= (2 if "flip" in name else 39)


@pytest.mark.parametrize(("name", "axis"), [("random_flip_left_right", 2),
                                            ("random_flip_top_bottom", 1)])
def test_flips_are_even_chances(name, axis, rng):
    x = rng.integers(0, 256, (DRAWS, 3, 5, 1)).astype("uint8")
    drawn, turned = draw(name, x), np.flip(x, axis)
    is_same = (drawn == x).all((1, 2, 3))
    is_turned = (drawn == turned).all((1, 2, 3))
    assert (is_same | is_turned).all()
    assert abs(is_turned.mean() - 0.5) < 5 * 0.5 / np.sqrt(DRAWS)


def check_even(values, low, high):
    """Spread evenly over [low, high), by Kolmogorov's distance (at 1e-9 about 3.3 / sqrt(n))."""
    assert low <= values.min() and values.max() < high + 1e-5
    steps = (np.arange(len(values)) + 0.5) / len(values)
    assert np.abs((np.sort(values) - low) / (high - low) - steps).max() < 3.3 / np.sqrt(len(values))


def test_factors_are_spread_evenly():
    check_even(draw("random_brightness", np.ones((DRAWS, 1, 1, 1), "float32")).ravel(), 0.5, 1.5)
    bright = draw("random_contrast", np.tile(np.float32([[-1, 1]])[..., None], (DRAWS, 1, 1, 1)))
    check_even(bright[:, 0, 1, 0], 0.5, 1.5)                        # about a mean of 0
    red = draw("random_saturation", np.tile(np.float32([1, 0, 0]), (DRAWS, 1, 1, 1)))
    check_even(red[:, 0, 0, 0] - red[:, 0, 0, 1], 0.5, 1.5)


def test_hue_turns_evenly_and_as_colorsys_says():
    red = np.tile(np.float32([255, 0, 0]), (DRAWS, 1, 1, 1))
    drawn = draw("random_hue", red, min_factor=0.1, max_factor=0.6)
    hues, light, chroma = np.transpose([colorsys.rgb_to_hls(*pixel) for pixel in
                                        drawn.reshape(-1, 3) / 255])
    check_even(hues, 0.1, 0.6)
    np.testing.assert_allclose([light, chroma], [[0.5] * DRAWS, [1] * DRAWS], 1e-5)


@pytest.mark.parametrize("turn", [0.0, 0.25, 0.9])
def test_hue_of_any_colour(turn, rng):
    x = colours(rng, 8, 9)
    drawn = draw("random_hue", x, min_factor=turn, max_factor=turn) / 255
    for before, after in zip(x.reshape(-1, 3) / 255, drawn.reshape(-1, 3), strict=True):
        hue, light, chroma = colorsys.rgb_to_hls(*map(float, before))
        np.testing.assert_allclose(after, colorsys.hls_to_rgb(hue + turn, light, chroma),
                                   1e-4, 1e-5)


def test_hue_of_no_number_harms_no_other_pixel(rng):
    x = colours(rng, 3, 4)
    clean = draw("random_hue", x, min_factor=0.5, max_factor=0.5)
    x[0, 0] = np.nan, 3, 4
    x[1, 1] = np.inf, 3, 4
    drawn = draw("random_hue", x, min_factor=0.5, max_factor=0.5)
    differs = (drawn != clean).any(-1)
    assert differs[0, 0] and differs[1, 1] and differs.sum() == 2


def test_lighting_is_normal():
    zero = np.zeros((DRAWS, 1, 1, 3), "float32")
    drawn = draw("random_lighting", zero, alpha_std=0.5)[:, 0, 0]
    values = np.array([55.46, 4.794, 1.148])
    vectors = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140],
                        [-0.5836, -0.6948, 0.4203]])
    alpha = np.linalg.solve(vectors * values, drawn.T)
    np.testing.assert_allclose(alpha.std(1), 0.5, rtol=5 / np.sqrt(2 * DRAWS))
    np.testing.assert_allclose(alpha.mean(1), 0, atol=5 * 0.5 / np.sqrt(DRAWS))
    assert np.abs(np.corrcoef(alpha) - np.eye(3)).max() < 5 / np.sqrt(DRAWS)


def test_jitter_by_one_kind_is_that_kind():
    none = {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0}
    ones = np.ones((DRAWS, 1, 1, 1), "float32")
    drawn = draw("random_color_jitter", ones, **{**none, "brightness": 2}).ravel()
    check_even(drawn, 0, 3)                          # MXNet goes down to 1 - 2, below black
    red = np.tile(np.float32([255, 0, 0]), (DRAWS, 1, 1, 1))
    drawn = draw("random_color_jitter", red, **{**none, "hue": 0.3})
    hues = np.array([colorsys.rgb_to_hls(*pixel)[0] for pixel in drawn.reshape(-1, 3) / 255])
    check_even((hues + 0.5) % 1 - 0.5, -0.3, 0.3)
    drawn = draw("random_color_jitter", red, **{**none, "saturation": 1})[:, 0, 0] / 255
    check_even(drawn[:, 0] - drawn[:, 1], 0, 2)


def test_jitter_takes_the_steps_in_random_order():
    """uint8 is cut after each step: white and black, brightened by more than 1 first, stay white
    and black, and less contrast leaves their sum; brightened last, the sum grows."""
    pair = np.tile(np.uint8([255, 0]), (200, 1, 1))[..., None]
    drawn = draw("random_color_jitter", pair, brightness=0.9, contrast=0.9, saturation=0, hue=0)
    white, black = drawn[:, 0, :, 0].astype(int).T
    assert 10 < np.sum((abs(white + black - 255) <= 2) & (black > 2)) < 90
    assert 10 < np.sum(white + black > 260) < 90


@pytest.mark.parametrize("shape", [(4, 5, 3), (3, 4, 5, 3), (4, 5, 1)])
@pytest.mark.parametrize("name", [*BLENDS, "random_flip_left_right", "random_flip_top_bottom"])
def test_gradients_of_what_was_drawn(name, shape, rng):
    """They are linear: <dy, f(v)> = <vjp(dy), v>, for the same draw."""
    v, dy = [rng.standard_normal(shape).astype("float32") for _ in range(2)]
    x = mx.nd.array(v)
    x.attach_grad()
    with mx.autograd.record():
        y = getattr(mx.nd.image, name)(x, **ALL[name])
    y.backward(mx.nd.array(dy))
    np.testing.assert_allclose((dy * y.asnumpy()).sum(), (x.grad.asnumpy() * v).sum(), 1e-4, 1e-4)
    assert np.abs(x.grad.asnumpy()).max() > 0


def test_other_gradients(rng):
    x = mx.nd.array(colours(rng, 4, 5))
    x.attach_grad()
    for name, params in (("random_lighting", {}), ("adjust_lighting", {"alpha": (1, 2, 3)})):
        with mx.autograd.record():
            y = getattr(mx.nd.image, name)(x, **params)
        y.backward(x)
        np.testing.assert_array_equal(x.grad.asnumpy(), x.asnumpy())
    for name in ("random_hue", "random_color_jitter"):
        with mx.autograd.record():
            y = getattr(mx.nd.image, name)(x, **ALL[name])
        with pytest.raises(MXNetError, match=f"image.{name} has no gradient"):
            y.backward()
