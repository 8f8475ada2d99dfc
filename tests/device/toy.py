"""A second device for tests: memory that nobody else can read, and kernels of its own.

Its addresses are those of the host, shifted to where no address is valid, so that code which reads
or writes them behind the device's back ends the process. Its kernels are the CPU's, started with
the true addresses.
"""

import ctypes

from mxlite.device import core, host, memory

SHIFT = 1 << 60


class ToyDevice(memory.Device):
    """Notes its `launches`, the bytes `copied` in and out, and the blocks in use, `live`."""

    def __init__(self, number=0):
        super().__init__("toy", number)
        self.launches = []
        self.copied = {"in": 0, "out": 0}
        self.live = {}
        self.limit = 1 << 30

    def allocate(self, nbytes):
        if nbytes >= self.limit:
            return 0
        block = ctypes.create_string_buffer(nbytes + 64)
        address = -(-ctypes.addressof(block) // 64) * 64 + SHIFT
        self.live[address] = block
        return address

    def free(self, address, nbytes):
        del self.live[address]

    def copy_in(self, target, source, nbytes):
        self.copied["in"] += nbytes
        ctypes.memmove(target - SHIFT, source, nbytes)

    def copy_out(self, target, source, nbytes):
        self.copied["out"] += nbytes
        ctypes.memmove(target, source - SHIFT, nbytes)

    def copy_within(self, target, source, nbytes):
        ctypes.memmove(target - SHIFT, source - SHIFT, nbytes)

    def fill(self, address, count, itemsize, item):
        data = item.to_bytes(8, "little")[:itemsize] * count
        ctypes.memmove(address - SHIFT, data, len(data))

    def find_kernel(self, name):
        kernel = host.HOST_DEVICE.find_kernel(name)
        if kernel is None or name in self.kernels:
            return self.kernels.get(name)

        def launch(descriptor, addresses, scalars):
            self.launches.append(name)
            return kernel.run(descriptor, [address - SHIFT for address in addresses], scalars)

        self.kernels[name] = core.launched_kernel(
            name, kernel.fields, launch, kernel.scratch_size)
        return self.kernels[name]
