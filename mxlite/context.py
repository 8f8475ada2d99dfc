"""`mx.context`: the public names of device/context.py."""

from .base import MXNetNotImplementedError
from .device.context import Context as Context
from .device.context import cpu as cpu
from .device.context import cpu_pinned as cpu_pinned
from .device.context import current_context as current_context
from .device.context import gpu as gpu
from .device.context import num_gpus as num_gpus


def gpu_memory_info(device_id: int = 0) -> tuple[int, int]:
    """(free, total) bytes of a GPU. Raises where there is none."""
    raise MXNetNotImplementedError(f"gpu_memory_info: there is no gpu({device_id})")
