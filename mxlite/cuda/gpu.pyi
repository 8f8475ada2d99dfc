from ..device.memory import Device

class GpuDevice(Device):
    taken: int
    live: int
    limit: int
    arch: int
    def __init__(self, number: int) -> None: ...
    def memory_info(self) -> tuple[int, int]: ...
