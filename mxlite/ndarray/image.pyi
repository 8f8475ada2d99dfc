"""Every operator as a function of arrays. Written by tools/gen_stubs.py: do not edit."""

from collections.abc import Sequence

from .ndarray import NDArray

_Ints = int | Sequence[int]

def adjust_lighting(data: NDArray, alpha: float | Sequence[float] | str, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """data moved by alpha times the principal directions of ImageNet's colours (AlexNet, 2012)."""

def crop(data: NDArray, x: int, y: int, width: int, height: int, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data[y:y+height, x:x+width] of an image, or of each image of a batch."""

def flip_left_right(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """data[:, ::-1]: an image, or each image of a batch, with its left and right exchanged."""

def flip_top_bottom(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """data[::-1]: an image, or each image of a batch, with its top and bottom exchanged."""

def normalize(data: NDArray, mean: float | Sequence[float] | str = (0.0,),
              std: float | Sequence[float] | str = (1.0,), *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """(data - mean) / std for each channel of data (C, H, W) or (N, C, H, W)."""

def random_brightness(data: NDArray, min_factor: float, max_factor: float, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """factor * data, factor drawn from [min_factor, max_factor); uint8 is cut to 0..255."""

def random_color_jitter(data: NDArray, brightness: float, contrast: float,
                        saturation: float, hue: float, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """Brightness, contrast, saturation and hue, in an order drawn for each image."""

def random_contrast(data: NDArray, min_factor: float, max_factor: float, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """factor * data + (1 - factor) * the image's mean luminance, factor drawn as for brightness."""

def random_flip_left_right(data: NDArray, *,
                           out: NDArray | Sequence[NDArray] | None = None,
                           name: str | None = None) -> NDArray:
    """flip_left_right with probability 1/2, for each image of a batch on its own."""

def random_flip_top_bottom(data: NDArray, *,
                           out: NDArray | Sequence[NDArray] | None = None,
                           name: str | None = None) -> NDArray:
    """flip_top_bottom with probability 1/2, for each image of a batch on its own."""

def random_hue(data: NDArray, min_factor: float, max_factor: float, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The hue turned by factor * 360 degrees, factor drawn as for brightness; float32 is 0..255."""

def random_lighting(data: NDArray, alpha_std: float = 0.05, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """adjust_lighting with alpha drawn from a normal distribution of deviation alpha_std."""

def random_saturation(data: NDArray, min_factor: float, max_factor: float, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """factor * data + (1 - factor) * the pixel's luminance, factor drawn as for brightness."""

def resize(data: NDArray, size: _Ints | str = (), keep_ratio: bool = False,
           interp: int = 1, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """data resized as OpenCV does: (H, W, C) -> (height, width, C), a batch likewise."""

def to_tensor(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
              name: str | None = None) -> NDArray:
    """data (H, W, C) -> float32 (C, H, W), (N, H, W, C) -> (N, C, H, W): data / 255."""
