"""`mx.context`: the public names of device/context.py."""

from .arguments import check_count
from .device.context import Context as Context
from .device.context import cpu as cpu
from .device.context import cpu_pinned as cpu_pinned
from .device.context import current_context as current_context
from .device.context import gpu as gpu
from .device.context import num_gpus as num_gpus
from .device.memory import device_of


def gpu_memory_info(device_id: int = 0) -> tuple[int, int]:
    """(free, total) bytes of a GPU, as its driver counts them: what the pool keeps is not free.
    Raises MXNetNotImplementedError where there is no GPU, MXNetValueError where not this one."""
    free, total = device_of(gpu(device_id)).memory_info()  # type: ignore[attr-defined]
    return free, total


def set_gpu_tf32(allowed: bool) -> bool:
    """Whether products of float32 on GPUs may round their inputs to TF32, which has 10 bits after
    the point and is many times as fast; returns what was. Not in MXNet.

    At first it is False, or what MXNET_CUDA_TENSOR_OP_MATH_ALLOW_CONVERSION says. It has an effect
    where cuBLAS is installed.
    """
    from .cuda.launching import allow_tf32

    return allow_tf32(bool(allowed))


def set_gpu_memory_limit(nbytes: int, device_id: int = 0) -> None:
    """The most bytes that arrays and the pool may take of a GPU; 0: no limit. Not in MXNet."""
    device = device_of(gpu(device_id))
    device.limit = check_count("set_gpu_memory_limit", "nbytes", nbytes, 0)  # type: ignore[attr-defined]
