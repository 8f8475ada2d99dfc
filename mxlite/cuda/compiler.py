"""Kernels from their source, by NVRTC; what it made stays on disk."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import re
from ctypes import byref, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any

from ..base import MXNetError, MXNetNotImplementedError
from ..whole_file import replacing
from .libraries import load

SONAMES = ("libnvrtc.so.13", "libnvrtc.so.12")
FLAGS = ("--std=c++17", "--device-as-default-execution-space")
# Sources that decide what stays of many boxes, or round to bytes: they never fuse a product and a
# sum, to decide as the CPU does.
AS_WRITTEN = ("boxes", "box_nms", "image", "multibox", "proposal")
HERE = Path(__file__).parent
# In a wheel all sources are in one folder; in a checkout they are where they belong.
FOLDERS = (HERE / "source", *[HERE.parent.parent / part for part in (
    "csrc/cuda", "csrc/include", "csrc/cpu", "io/image")])


def source_of(name: str) -> str:
    """The text of a source file, its own includes written out and the system's left out."""
    path = next((folder / name for folder in FOLDERS if (folder / name).exists()), None)
    if path is None:
        raise MXNetError(f"the source {name} of mxlite's GPU kernels is missing")
    text = re.sub(r"^#include <.*>$", "", path.read_text(), flags=re.M)
    return re.sub(r'^ *#include "(.*)"$', lambda match: source_of(match[1]), text, flags=re.M)


class Compiler:
    """NVRTC. Raises OSError where it is not installed."""

    def __init__(self) -> None:
        self.library = load(SONAMES, "libnvrtc-builtins.so.*")
        self.library.nvrtcGetErrorString.restype = c_char_p
        major, minor = c_int(), c_int()
        self.library.nvrtcVersion(byref(major), byref(minor))
        self.version = f"{major.value}.{minor.value}"

    def _result(self, program: Any, what: str) -> bytes:
        size = c_size_t()
        self._check(f"nvrtcGet{what}Size", program, byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        self._check(f"nvrtcGet{what}", program, buffer)
        return buffer.raw

    def _check(self, name: str, *arguments: Any) -> None:
        status = getattr(self.library, name)(*arguments)
        if status:
            raise MXNetError(f"{name}: {self.library.nvrtcGetErrorString(status).decode()}")

    def compile(self, text: str, name: str, flags: tuple[str, ...], exports: tuple[str, ...] = (),
                ) -> tuple[bytes, dict[str, str]]:
        """The cubin, and what the kernels that `exports` names are called there; raises MXNetError
        with the compiler's messages where the source is wrong."""
        program = c_void_p()
        self._check("nvrtcCreateProgram", byref(program), text.encode(), name.encode(), 0, None,
                    None)
        try:
            for export in exports:
                self._check("nvrtcAddNameExpression", program, export.encode())
            array = (c_char_p * len(flags))(*[flag.encode() for flag in flags])
            status = self.library.nvrtcCompileProgram(program, len(flags), array)
            if status:
                log = self._result(program, "ProgramLog").rstrip(b"\0").decode()
                raise MXNetError(f"the GPU kernels of {name} do not compile:\n{log}")
            names = {}
            for export in exports:
                lowered = c_char_p()
                self._check("nvrtcGetLoweredName", program, export.encode(), byref(lowered))
                names[export] = (lowered.value or b"").decode()
            return self._result(program, "CUBIN"), names
        finally:
            self.library.nvrtcDestroyProgram(byref(program))


@functools.cache
def compiler() -> Compiler:
    """NVRTC; raises MXNetNotImplementedError where it is not installed."""
    try:
        return Compiler()
    except OSError as error:
        raise MXNetNotImplementedError(
            f"GPU kernels need NVIDIA's run-time compiler: {error}; pip install nvidia-cuda-nvrtc"
        ) from None


def compile_kernels(text: str, name: str, arch: int, flags: tuple[str, ...],
                    exports: tuple[str, ...]) -> tuple[bytes, dict[str, str]]:
    """As `Compiler.compile`, of a user's kernels for a compute capability; nothing is kept."""
    return compiler().compile(text, name, (f"--gpu-architecture=sm_{arch}", *flags), exports)


def cache_folder() -> Path:
    """Where compiled kernels stay: MXLITE_CUDA_CACHE, else mxlite/cuda in the user's cache."""
    given = os.environ.get("MXLITE_CUDA_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mxlite" / "cuda"


def compiled(name: str, dtype: str, arch: int) -> bytes:
    """The cubin of csrc/cuda/<name>.cu for a dtype ("f32") and a compute capability (90)."""
    flags: tuple[str, ...] = (f"--gpu-architecture=sm_{arch}", *FLAGS, f"-DDTYPE_{dtype}")
    if name in AS_WRITTEN:
        flags += ("--fmad=false",)
    text = source_of(f"{name}.cu")
    key = "\0".join([text, *flags, compiler().version])
    path = cache_folder() / f"{name}_{dtype}_{hashlib.sha256(key.encode()).hexdigest()[:40]}.cubin"
    try:
        return path.read_bytes()
    except OSError:
        pass
    image, _ = compiler().compile(text, f"{name}.cu", flags)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(image)
    except OSError:
        pass                                # a folder that cannot be written to costs time alone
    return image
