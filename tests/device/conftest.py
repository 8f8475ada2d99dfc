"""The second device of these tests."""

import pytest
from device.toy import ToyDevice

from mxlite.device import memory
from mxlite.device.context import Context


@pytest.fixture
def toys():
    """Contexts of two toy devices, toy(0) and toy(1)."""
    devices = [ToyDevice(number) for number in range(2)]
    memory.register_device("toy", lambda ctx: devices[ctx.device_id])
    yield [Context("toy", number) for number in range(2)]
    memory.unregister_device("toy")


@pytest.fixture
def toy(toys):
    """The context of a toy device, `memory.device_of(toy)`."""
    return toys[0]
