"""cuBLAS: the products of matrices, where NVIDIA's library is installed."""

from __future__ import annotations

import ctypes
import functools
import os
from ctypes import byref, c_char_p, c_size_t, c_void_p

from ..base import MXNetError
from .driver import Gpu
from .libraries import load

SONAMES = ("libcublas.so.13", "libcublas.so.12")
WORKSPACE = 32 << 20           # bytes, what NVIDIA advises for sm_90
TYPES = {"f32": 0, "f64": 1, "f16": 2, "bf16": 14}      # cudaDataType
EXACT_SUMS = 16                # a mode: sums of 16-bit products are never rounded to 16 bits
LARGEST = 2**31 - 1            # of a size


@functools.cache
def library() -> ctypes.CDLL | None:
    """The library; None where it is not installed, or MXLITE_CUBLAS is 0."""
    if os.environ.get("MXLITE_CUBLAS") == "0":
        return None
    try:
        found = load(SONAMES, "libcublasLt.so.1[0-9]")
    except OSError:
        return None
    found.cublasGetStatusString.restype = c_char_p
    return found


class Blas:
    """cuBLAS on a device. It has two handles, for the device's stream and for the one that is
    captured."""

    def __init__(self, gpu: Gpu, cublas: ctypes.CDLL, workspace: int) -> None:
        self.library = cublas
        gpu.enter()
        self.handle = self._handle(gpu.stream, workspace)
        self.captured_handle = self._handle(gpu.captured_stream, workspace)

    def _handle(self, stream: int, workspace: int) -> int:
        handle = c_void_p()
        self._check("cublasCreate_v2", byref(handle))
        self._check("cublasSetStream_v2", handle, c_void_p(stream))
        self._check("cublasSetMathMode", handle, EXACT_SUMS)
        self._check("cublasSetWorkspace_v2", handle, c_void_p(workspace), c_size_t(WORKSPACE))
        return handle.value or 0

    def _check(self, name: str, *arguments: object) -> None:
        status = getattr(self.library, name)(*arguments)
        if status:
            raise MXNetError(f"{name}: {self.describe(status)}")

    def describe(self, status: int) -> str:
        """What a status means."""
        return f"{self.library.cublasGetStatusString(status).decode()} ({status})"

    def address(self, name: str) -> int:
        """The address of one of the library's functions."""
        return ctypes.cast(getattr(self.library, name), c_void_p).value or 0
