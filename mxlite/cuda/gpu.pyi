from ..device.memory import Device
from .driver import Gpu

class GpuDevice(Device):
    taken: int
    live: int
    limit: int
    arch: int
    gpu: Gpu
    stream: int
    lent: list[tuple[int, int]]
    def __init__(self, number: int) -> None: ...
    def memory_info(self) -> tuple[int, int]: ...
