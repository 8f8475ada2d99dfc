"""`mx.runtime`: what this build, on this machine, can do, under MXNet's names of features."""

from __future__ import annotations

import platform
from collections import OrderedDict
from typing import ClassVar

from .base import MXNetError
from .device.context import num_gpus
from .wording import suggestion

# MXNet's names, in its order. Those of a library MXNet links say whether what it serves is there
# (OPENCV: mx.image decodes and resizes), except where they say which library does it (BLAS_*).
_NAMES = """CUDA CUDNN NCCL CUDA_RTC TENSORRT CPU_SSE CPU_SSE2 CPU_SSE3 CPU_SSE4_1 CPU_SSE4_2
    CPU_SSE4A CPU_AVX CPU_AVX2 OPENMP SSE F16C JEMALLOC BLAS_OPEN BLAS_ATLAS BLAS_MKL BLAS_APPLE
    LAPACK MKLDNN OPENCV CAFFE PROFILER DIST_KVSTORE CXX14 INT64_TENSOR_SIZE SIGNAL_HANDLER DEBUG
    TVM_OP""".split()
_ALWAYS = {"OPENCV", "INT64_TENSOR_SIZE"}
_SSE2 = {"CPU_SSE", "CPU_SSE2", "SSE"}             # what every x86-64 has
_AVX2 = {"CPU_SSE3", "CPU_SSE4_1", "CPU_SSE4_2", "CPU_AVX", "CPU_AVX2", "F16C"}


class Feature:
    """A feature: its `name`, and whether it is `enabled`."""

    __slots__ = ("_enabled", "_name")

    def __init__(self, name: str, enabled: bool) -> None:
        self._name, self._enabled = name, enabled

    @property
    def name(self) -> str:
        """MXNet's name for it, "CPU_AVX2"."""
        return self._name

    @property
    def enabled(self) -> bool:
        """Whether this build has it, on this machine."""
        return self._enabled

    def __repr__(self) -> str:
        return f"{'✔' if self.enabled else '✖'} {self.name}"


def feature_list() -> list[Feature]:
    """All features, in MXNet's order. Instruction sets: those that the kernels in use need."""
    from .device.core import load_cpu_kernels

    enabled = set(_ALWAYS)
    if platform.machine().lower() in ("x86_64", "amd64"):
        enabled |= _SSE2
        if load_cpu_kernels() != "baseline":
            enabled |= _AVX2
    if num_gpus():
        enabled |= {"CUDA"}
    return [Feature(name, name in enabled) for name in _NAMES]


class Features(OrderedDict[str, Feature]):
    """The features by name; there is one such dictionary, whoever asks."""

    instance: ClassVar[Features | None] = None

    def __new__(cls) -> Features:
        if cls.instance is None:
            cls.instance = super().__new__(cls)
            OrderedDict.__init__(cls.instance, [(f.name, f) for f in feature_list()])
        return cls.instance

    def __init__(self) -> None:
        """Filled once, by `__new__`."""

    def __repr__(self) -> str:
        return str(list(self.values()))

    def is_enabled(self, feature_name: str) -> bool:
        """Whether there is the feature `feature_name`, in any case; raises for an unknown one."""
        name = feature_name.upper()
        if name not in self:
            near = suggestion(name, self) or f"; there are {', '.join(self)}"
            raise MXNetError(f"Features: there is no feature {feature_name!r}{near}")
        return self[name].enabled
