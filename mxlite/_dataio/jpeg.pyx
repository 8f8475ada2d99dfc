# cython: language_level=3, boundscheck=False, wraparound=False
"""JPEG decoding by the libjpeg-turbo that Pillow's wheel brings, without the GIL; no NumPy."""

import glob
import importlib.util
import os

from libc.stdint cimport int64_t, uint8_t

from .buffer cimport Buffer, buffer_of
from .mx_jpeg cimport (
    MX_JPEG_DAMAGED, MX_JPEG_MEMORY, MX_JPEG_UNSUPPORTED, mx_jpeg_decode, mx_jpeg_decoder,
    mx_jpeg_decoder_free, mx_jpeg_decoder_new, mx_jpeg_eighths, mx_jpeg_info, mx_jpeg_library,
    mx_jpeg_message, mx_jpeg_open, mx_jpeg_scaled, mx_jpeg_start, mx_jpeg_version, mx_jpeg_window,
)

from ..base import MXNetMemoryError, MXNetValueError

cdef mx_jpeg_library *LIBRARY = NULL
cdef str PATH = None                     # "" once looked for in vain
cdef list TRIED = []                     # (path, why it is not used)


class UnsupportedJPEG(Exception):
    """A JPEG for another decoder: its colours are not gray, RGB or YCbCr."""


def candidates():
    """Where a libjpeg-turbo may be: MXLITE_LIBJPEG, Pillow's wheel, the system."""
    forced = os.environ.get("MXLITE_LIBJPEG")
    if forced is not None:
        return [forced] if forced else []
    found = []
    pillow = importlib.util.find_spec("PIL")
    if pillow is not None and pillow.submodule_search_locations:
        folder = pillow.submodule_search_locations[0]
        for pattern in ("../pillow.libs/libjpeg*", "../Pillow.libs/libjpeg*", ".dylibs/libjpeg*"):
            found += sorted(glob.glob(os.path.join(glob.escape(folder), pattern)))
    return found + ["libjpeg.so.62", "libjpeg.so.8", "libjpeg.62.dylib", "libjpeg.8.dylib"]


cdef mx_jpeg_library *find_library() except? NULL:
    global LIBRARY, PATH
    cdef char[200] reason
    if PATH is not None:
        return LIBRARY
    for path in candidates():
        LIBRARY = mx_jpeg_open(os.fsencode(path), reason)
        if LIBRARY is not NULL:
            PATH = path
            return LIBRARY
        TRIED.append((path, (<bytes>reason).decode(errors="replace")))
    PATH = ""
    return NULL


def library():
    """(path, version of libjpeg's interface) of the library in use; None where there is none."""
    cdef mx_jpeg_library *found = find_library()
    return None if found is NULL else (PATH, mx_jpeg_version(found))


def tried():
    """[(path, why it is not used)]."""
    find_library()
    return list(TRIED)


cdef list IDLE = []                      # decoders; only the GIL keeps others out


cdef class Decoder:
    cdef mx_jpeg_decoder *state

    def __cinit__(self):
        self.state = mx_jpeg_decoder_new(find_library())
        if self.state is NULL:
            raise MemoryError

    def __dealloc__(self):
        mx_jpeg_decoder_free(self.state)


cdef str message_of(Decoder decoder):
    return (<bytes>mx_jpeg_message(decoder.state)).decode(errors="replace")


cdef int check(int status, Decoder decoder, Py_ssize_t size) except -1:
    if status == MX_JPEG_DAMAGED:
        raise MXNetValueError(f"{size} bytes are no whole JPEG image: {message_of(decoder)}")
    if status == MX_JPEG_MEMORY:
        raise MXNetMemoryError("no memory for a row of a JPEG image")
    if status == MX_JPEG_UNSUPPORTED:
        raise UnsupportedJPEG
    return 0


def info(data):
    """(height, width, channels, EXIF orientation) of a JPEG, as stored."""
    cdef mx_jpeg_info found
    cdef Buffer encoded = buffer_of(data, "uint8", 1)
    cdef int64_t size = encoded.length(0)
    cdef Decoder decoder = IDLE.pop() if IDLE else Decoder()
    cdef const uint8_t *first = <const uint8_t *>encoded.data()
    check(mx_jpeg_start(decoder.state, first, size, &found), decoder, size)
    IDLE.append(decoder)
    return found.height, found.width, found.channels, found.orientation


def decode(data, channels, allocate, at_least=None, part=None):
    """Decode a JPEG; `allocate(height, width)` gives the memory for (height, width, channels).

    channels: 1 (gray), 3 (RGB). at_least: (height, width); the image is decoded at the least
    half, quarter or eighth of its size that is not less. part: (top, left, height, width) of the
    image at that size; pixels outside are not decoded. Gives (what allocate gave, orientation,
    warning); the warning is a text of libjpeg's where bytes are missing or wrong, and pixels made
    up, else None. Raises MXNetValueError for what is no JPEG, UnsupportedJPEG for four colours.
    """
    cdef mx_jpeg_info found
    cdef mx_jpeg_window window
    cdef Buffer encoded = buffer_of(data, "uint8", 1), pixels
    cdef int64_t warnings = 0, count = channels, stride, size = encoded.length(0)
    cdef int status
    cdef const uint8_t *first = <const uint8_t *>encoded.data()
    cdef uint8_t *target
    cdef Decoder decoder = IDLE.pop() if IDLE else Decoder()
    check(mx_jpeg_start(decoder.state, first, size, &found), decoder, size)
    window.eighths = 8
    if at_least is not None:
        window.eighths = mx_jpeg_eighths(&found, at_least[0], at_least[1])
    window.top = window.left = 0
    window.height = mx_jpeg_scaled(found.height, window.eighths)
    window.width = mx_jpeg_scaled(found.width, window.eighths)
    if part is not None:
        top, left, height, width = part
        if not (0 <= top < top + height <= window.height and 0 <= left < left + width
                and left + width <= window.width):
            raise MXNetValueError(f"a part of {window.height} x {window.width} pixels must lie in "
                                  f"them, (top, left, height, width); got {part}")
        window.top, window.left, window.height, window.width = top, left, height, width
    memory = allocate(window.height, window.width)
    pixels = buffer_of(memory, "uint8", 3, True)
    if (pixels.length(0) != window.height or pixels.length(1) != window.width
            or pixels.length(2) != count):
        raise ValueError("memory of another shape than that of the image")
    target = <uint8_t *>pixels.data()
    stride = window.width * count
    with nogil:
        status = mx_jpeg_decode(decoder.state, &window, count, target, stride, &warnings)
    check(status, decoder, size)
    warning = message_of(decoder) if warnings else None
    IDLE.append(decoder)
    return memory, found.orientation, warning
