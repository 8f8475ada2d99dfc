# cython: language_level=3, boundscheck=False, wraparound=False
"""Images in memory: resizing, borders, affine maps and colours, without the GIL; no NumPy.

Images are buffers of shape (height, width, channels), uint8 or float32. The pixels of a row follow
each other; rows may lie apart, so that a part of an image needs no copy.
"""

from cpython.array cimport array
from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer,
)
from libc.stdint cimport int64_t

from .mx_image cimport (
    MX_IMAGE_EMPTY, MX_IMAGE_F32, MX_IMAGE_I8, MX_IMAGE_MEMORY, MX_IMAGE_OK, MX_IMAGE_SIZE,
    MX_IMAGE_U8, mx_image, mx_image_blend, mx_image_flip, mx_image_hls_to_rgb,
    mx_image_mean_luminance, mx_image_pad, mx_image_planes, mx_image_resize_part,
    mx_image_rgb_to_gray, mx_image_rgb_to_hls, mx_image_rotate, mx_image_saturate,
    mx_image_to_planes, mx_image_turn_hue, mx_image_warp_affine,
)

from ..base import MXNetMemoryError, MXNetTypeError, MXNetValueError

cdef tuple INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "area", "Lanczos4")
cdef tuple BORDERS = ("constant", "replicate", "reflect", "wrap", "reflect101")
cdef dict KINDS = {"B": MX_IMAGE_U8, "b": MX_IMAGE_I8, "f": MX_IMAGE_F32}
cdef dict DTYPES = {MX_IMAGE_U8: "uint8", MX_IMAGE_I8: "int8", MX_IMAGE_F32: "float32"}


cdef class Pixels:
    """A buffer held as an image for as long as this lives."""

    cdef Py_buffer view
    cdef bint is_held
    cdef mx_image image

    def __cinit__(self, memory, str where, str name, bint writable=False):
        cdef int flags = PyBUF_STRIDES | PyBUF_FORMAT | (PyBUF_WRITABLE if writable else 0)
        try:
            PyObject_GetBuffer(memory, &self.view, flags)
        except (BufferError, TypeError, ValueError) as error:
            kind = "writable memory" if writable else "memory"
            raise MXNetTypeError(f"{where}: {name} must be {kind} with the buffer interface; "
                                 f"got {type(memory).__name__} ({error})") from None
        self.is_held = True
        self.take(where, name)

    cdef int take(self, str where, str name) except -1:
        cdef Py_buffer *view = &self.view
        kind = (<bytes>view.format).decode().lstrip("<=@") if view.format is not NULL else "B"
        if kind not in KINDS:
            raise MXNetTypeError(f"{where}: {name} must be uint8 or float32; got the buffer "
                                 f"format '{kind}'")
        shape = tuple([view.shape[i] for i in range(view.ndim)])
        if view.ndim != 3:
            raise MXNetValueError(f"{where}: {name} must have the shape (height, width, channels); "
                                  f"got {shape}")
        if (view.shape[2] > 1 and view.strides[2] != view.itemsize
                or view.shape[1] > 1 and view.strides[1] != view.itemsize * view.shape[2]):
            raise MXNetValueError(f"{where}: the pixels of each row of {name} must be contiguous; "
                                  f"got strides {tuple([view.strides[i] for i in range(3)])}")
        self.image.pixels = view.buf
        self.image.height, self.image.width, self.image.channels = shape
        self.image.stride = view.strides[0]
        self.image.dtype = KINDS[kind]
        return 0

    cdef tuple shape(self):
        return self.image.height, self.image.width, self.image.channels

    cdef const char *first(self):
        cdef int64_t last = self.image.stride * (self.image.height - 1)
        return <const char *>self.image.pixels + min(last, 0)

    cdef int64_t extent(self):
        """Bytes from the first to behind the last."""
        return (abs(self.image.stride * (self.image.height - 1))
                + self.view.itemsize * self.image.width * self.image.channels)

    def __dealloc__(self):
        if self.is_held:
            PyBuffer_Release(&self.view)


cdef str dtype_of(Pixels pixels):
    return DTYPES[pixels.image.dtype]


cdef bint overlap(Pixels one, Pixels other):
    """Whether the rows of both lie between each other, or in the same memory."""
    return (one.first() < other.first() + other.extent()
            and other.first() < one.first() + one.extent())


cdef bint is_whole(Pixels pixels):
    """Whether the rows follow each other without gaps."""
    cdef Py_ssize_t row = pixels.view.itemsize * pixels.image.width * pixels.image.channels
    return pixels.image.height < 2 or pixels.image.stride == row


cdef int check_alike(str where, Pixels src, Pixels dst, bint is_same_size=False,
                     bint in_place=False) except -1:
    if src.image.dtype == MX_IMAGE_I8 or src.image.dtype != dst.image.dtype:
        raise MXNetTypeError(f"{where}: src and dst must both be uint8 or both float32; got "
                             f"{dtype_of(src)} and {dtype_of(dst)}")
    if src.image.channels != dst.image.channels or is_same_size and src.shape() != dst.shape():
        alike = "one shape" if is_same_size else "as many channels"
        raise MXNetValueError(f"{where}: src and dst must have {alike}; got shapes "
                              f"{src.shape()} and {dst.shape()}")
    if not in_place and overlap(src, dst):
        raise MXNetValueError(f"{where}: src and dst must lie apart in memory")
    return 0


cdef int check_colours(str where, Pixels src, Pixels dst, int64_t channels) except -1:
    wanted = (src.image.height, src.image.width, channels)
    if src.image.dtype != MX_IMAGE_U8 or dst.image.dtype != MX_IMAGE_U8:
        raise MXNetTypeError(f"{where}: src and dst must be uint8; got {dtype_of(src)} and "
                             f"{dtype_of(dst)}")
    if src.image.channels != 3 or dst.shape() != wanted:
        raise MXNetValueError(f"{where}: src must have the shape (height, width, 3) and dst "
                              f"(height, width, {channels}); got {src.shape()} and {dst.shape()}")
    return 0


cdef int check(int status, str where, Pixels src, Pixels dst) except -1:
    if status == MX_IMAGE_OK:
        return 0
    if status == MX_IMAGE_MEMORY:
        raise MXNetMemoryError(f"{where}: no memory to make {dst.shape()} of {src.shape()}")
    if status == MX_IMAGE_EMPTY:
        raise MXNetValueError(f"{where}: an image without pixels: {src.shape()} to {dst.shape()}")
    if status == MX_IMAGE_SIZE:
        raise MXNetValueError(f"{where}: at most 2^30 elements in a row and 2^30 rows; got "
                              f"{src.shape()} and {dst.shape()}")
    raise MXNetValueError(f"{where}: cannot make {dst.shape()} of {src.shape()}")


cdef int mode_of(str where, str name, value, tuple names) except -1:
    for index in range(len(names)):
        if value == index:
            return index
    listed = ", ".join([f"{index} {named}" for index, named in enumerate(names)])
    raise MXNetValueError(f"{where}: {name} must be one of {listed}; got {value!r}")


def resize(src, dst, interp=1, part=None):
    """Resize src (H, W, C) into dst (height, width, C), both uint8 or both float32, as cv::resize.

    interp: 0 nearest, 1 bilinear, 2 bicubic, 3 area (bilinear to enlarge), 4 Lanczos over 8 x 8
    pixels. part: (height, width, top, left); dst is then the part from (top, left) of what src
    becomes at height x width. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "resize", "src"), target = Pixels(dst, "resize", "dst", True)
    cdef int mode = mode_of("resize", "interp", interp, INTERPOLATIONS), status
    cdef int64_t height = target.image.height, width = target.image.width, top = 0, left = 0
    check_alike("resize", source, target)
    if part is not None:
        if len(part) != 4:
            raise MXNetValueError(f"resize: part must be (height, width, top, left); got {part}")
        height, width, top, left = part
        if not (0 <= top <= height - target.image.height
                and 0 <= left <= width - target.image.width):
            raise MXNetValueError(f"resize: part must hold dst, (height, width, top, left); got "
                                  f"{part} and dst of shape {target.shape()}")
    with nogil:
        status = mx_image_resize_part(&source.image, height, width, top, left, &target.image, mode)
    check(status, "resize", source, target)


cdef array numbers_of(str where, str name, given, int64_t count, str code="d"):
    """`given`, `count` numbers or one that stands for all, as an array."""
    try:
        numbers = array(code, given if hasattr(given, "__len__") else [given] * count)
    except (TypeError, ValueError, OverflowError):
        numbers = array(code)
    if len(numbers) != count:
        raise MXNetValueError(f"{where}: {name} must be {count} numbers, or one; got {given!r}")
    return numbers


def pad(src, dst, top, left, mode=0, values=0):
    """Put src (H, W, C) into dst (height, width, C) from row `top` and column `left` on.

    Around it, by mode: 0 `values`, one of each channel or one for all; 1 the pixel at the edge;
    2 the image mirrored, with its edge; 3 the image again; 4 mirrored, without its edge. As
    cv::copyMakeBorder, uint8 or float32. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "pad", "src"), target = Pixels(dst, "pad", "dst", True)
    cdef int border = mode_of("pad", "mode", mode, BORDERS), status
    cdef int64_t row = top, column = left
    check_alike("pad", source, target)
    cdef array numbers = numbers_of("pad", "values", values, source.image.channels)
    if not (0 <= row <= target.image.height - source.image.height
            and 0 <= column <= target.image.width - source.image.width):
        raise MXNetValueError(f"pad: src of shape {source.shape()} from ({row}, {column}) on must "
                              f"lie inside dst; got dst of shape {target.shape()}")
    with nogil:
        status = mx_image_pad(&source.image, &target.image, row, column, border,
                              numbers.data.as_doubles)
    check(status, "pad", source, target)


def warp_affine(src, dst, matrix, interp=1, border=0, values=0):
    """Map src (H, W, C) by a matrix into dst (height, width, C), uint8, as cv::warpAffine.

    matrix: six numbers, two rows of three: (x, y, 1) of src goes to (x, y) of dst. interp: as
    resize takes it, 3 as 1. border, values: as pad takes them, for what lies outside src. Places
    are rounded to 1/32 pixel. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "warp_affine", "src")
    cdef Pixels target = Pixels(dst, "warp_affine", "dst", True)
    cdef int mode = mode_of("warp_affine", "interp", interp, INTERPOLATIONS), status
    cdef int outside = mode_of("warp_affine", "border", border, BORDERS)
    cdef array map = numbers_of("warp_affine", "matrix", matrix, 6)
    check_alike("warp_affine", source, target)
    cdef array numbers = numbers_of("warp_affine", "values", values, source.image.channels)
    if source.image.dtype != MX_IMAGE_U8:
        raise MXNetTypeError("warp_affine: src and dst must be uint8; got float32")
    with nogil:
        status = mx_image_warp_affine(&source.image, &target.image, map.data.as_doubles, mode,
                                      outside, numbers.data.as_doubles)
    check(status, "warp_affine", source, target)


def flip(src, dst, upside_down=False):
    """Turn src (H, W, C) round into dst of the same shape: left to right, or top to bottom."""
    cdef Pixels source = Pixels(src, "flip", "src"), target = Pixels(dst, "flip", "dst", True)
    cdef bint is_upside_down = upside_down
    cdef int status
    check_alike("flip", source, target, is_same_size=True)
    with nogil:
        status = mx_image_flip(&source.image, &target.image, is_upside_down)
    check(status, "flip", source, target)


def rgb_to_hls(src, dst):
    """Red, green, blue to hue (0 to 179, of 2 degrees), lightness, saturation (0 to 255).

    src, dst: (H, W, 3), uint8; they may be the same. As cv::cvtColor.
    """
    cdef Pixels source = Pixels(src, "rgb_to_hls", "src")
    cdef Pixels target = Pixels(dst, "rgb_to_hls", "dst", True)
    check_colours("rgb_to_hls", source, target, 3)
    with nogil:
        mx_image_rgb_to_hls(&source.image, &target.image)


def hls_to_rgb(src, dst):
    """The inverse of rgb_to_hls, to within rounding."""
    cdef Pixels source = Pixels(src, "hls_to_rgb", "src")
    cdef Pixels target = Pixels(dst, "hls_to_rgb", "dst", True)
    check_colours("hls_to_rgb", source, target, 3)
    with nogil:
        mx_image_hls_to_rgb(&source.image, &target.image)


def rgb_to_gray(src, dst):
    """0.299 red + 0.587 green + 0.114 blue of src (H, W, 3) into dst (H, W, 1), uint8."""
    cdef Pixels source = Pixels(src, "rgb_to_gray", "src")
    cdef Pixels target = Pixels(dst, "rgb_to_gray", "dst", True)
    check_colours("rgb_to_gray", source, target, 1)
    with nogil:
        mx_image_rgb_to_gray(&source.image, &target.image)


cdef int check_channels(str where, Pixels src, tuple channels) except -1:
    if src.image.dtype == MX_IMAGE_I8 or src.image.channels not in channels:
        counts = " or ".join([str(count) for count in channels])
        raise MXNetValueError(f"{where}: src must be uint8 or float32, (height, width, channels) "
                              f"with {counts} channels; got {dtype_of(src)} of {src.shape()}")
    return 0


def blend(src, dst, factor, shift):
    """dst = factor * src + shift, of one number or one for each of 1 or 3 channels.

    src, dst: (H, W, C), uint8 or float32; they may be the same. It is computed in float32; for
    uint8 it is cut to 0..255, then towards 0. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "blend", "src"), target = Pixels(dst, "blend", "dst", True)
    cdef float scale = factor
    check_channels("blend", source, (1, 3))
    check_alike("blend", source, target, is_same_size=True, in_place=True)
    cdef array shifts = numbers_of("blend", "shift", shift, source.image.channels, "f")
    with nogil:
        mx_image_blend(&source.image, &target.image, scale, shifts.data.as_floats)


def mean_luminance(src):
    """The mean of 0.299 red + 0.587 green + 0.114 blue, or of the one channel; float32 sums."""
    cdef Pixels source = Pixels(src, "mean_luminance", "src")
    cdef float mean = 0
    check_channels("mean_luminance", source, (1, 3))
    with nogil:
        mx_image_mean_luminance(&source.image, &mean)
    return mean


def saturate(src, dst, factor):
    """dst = factor * src + (1 - factor) * the pixel's luminance, (H, W, 3); else as blend."""
    change_colours("saturate", src, dst, factor)


def turn_hue(src, dst, turn):
    """The hue turned by `turn` circles, (H, W, 3) with float32 in 0..255; else as blend."""
    change_colours("turn_hue", src, dst, turn)


cdef int change_colours(str where, src, dst, float number) except -1:
    cdef Pixels source = Pixels(src, where, "src"), target = Pixels(dst, where, "dst", True)
    cdef bint is_hue = where == "turn_hue"
    check_channels(where, source, (3,))
    check_alike(where, source, target, is_same_size=True, in_place=True)
    with nogil:
        (mx_image_turn_hue if is_hue else mx_image_saturate)(&source.image, &target.image, number)
    return 0


def rotate(src, dst, cos, sin):
    """Planes (C, H, W), float32 and contiguous, rotated around their middle; 0 from outside.

    What is at (x cos - y sin, x sin + y cos) from the middle comes to (x, y), bilinear between
    pixels. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "rotate", "src"), target = Pixels(dst, "rotate", "dst", True)
    cdef float along = cos, across = sin
    cdef int status
    check_alike("rotate", source, target, is_same_size=True)
    if source.image.dtype != MX_IMAGE_F32 or not (is_whole(source) and is_whole(target)):
        raise MXNetValueError("rotate: src and dst must be contiguous float32, (channels, height, "
                              f"width); got {dtype_of(source)} of shape {source.shape()}")
    with nogil:
        status = mx_image_rotate(
            <const float *>source.image.pixels, <float *>target.image.pixels, source.image.height,
            source.image.width, source.image.channels, along, across)
    check(status, "rotate", source, target)


def to_chw(src, dst, mean=0, scale=1, shift=0, mirror=False):
    """dst (C, H, W) = (src - mean) scale + shift, of src (H, W, C), uint8.

    dst: float32; int8, rounded and cut at -128 and 127; or uint8, the bytes as they are. mean,
    scale, shift: a number, or one of each channel; or mean as a float32 buffer like dst. mirror:
    left to right, of the pixels only, not of mean. Raises MXNetValueError, MXNetTypeError.
    """
    cdef Pixels source = Pixels(src, "to_chw", "src"), target = Pixels(dst, "to_chw", "dst", True)
    cdef Pixels image = None
    cdef int64_t channels = source.image.channels
    cdef mx_image_planes out
    wanted = channels, source.image.height, source.image.width
    if source.image.dtype != MX_IMAGE_U8:
        raise MXNetTypeError(f"to_chw: src must be uint8; got {dtype_of(source)}")
    if target.shape() != wanted or not is_whole(target):
        raise MXNetValueError(f"to_chw: dst must be contiguous, of shape {wanted}; got "
                              f"{target.shape()}")
    if getattr(mean, "ndim", 1) == 3:
        image = Pixels(mean, "to_chw", "mean")
        if image.image.dtype != MX_IMAGE_F32 or image.shape() != wanted or not is_whole(image):
            raise MXNetValueError(f"to_chw: mean must be contiguous float32 of shape {wanted}; "
                                  f"got {dtype_of(image)} of shape {image.shape()}")
        mean = 0
    cdef array means = numbers_of("to_chw", "mean", mean, channels, "f")
    cdef array scales = numbers_of("to_chw", "scale", scale, channels, "f")
    cdef array shifts = numbers_of("to_chw", "shift", shift, channels, "f")
    out.values, out.dtype, out.is_mirrored = target.image.pixels, target.image.dtype, mirror
    out.mean, out.scale = means.data.as_floats, scales.data.as_floats
    out.shift = shifts.data.as_floats
    out.mean_image = <const float *>image.image.pixels if image is not None else NULL
    with nogil:
        mx_image_to_planes(&source.image, &out)
