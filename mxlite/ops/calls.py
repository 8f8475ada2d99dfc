"""What `Op.prepare` returns: a kernel, a view, a function on the host, a copy, a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..base import MXNetNotImplementedError
from ..device import core
from ..device.core import Prepared
from ..device.memory import device_of
from ..device.program import make_program


class KernelCall(NamedTuple):
    """What `prepare` returns: see `kernel`."""

    name: str
    dtype: str
    work: float
    fields: dict[str, Any]
    written: tuple[int, int] = (0, 0)
    elsewhere: Callable[[], ProgramCall] | None = None

    def resolve(self, op: str, ctx: Any) -> Prepared:
        if self.elsewhere is not None and not device_of(ctx).is_host:
            return self.elsewhere().resolve(op, ctx)
        kernel = core.find_kernel(op, self.name, self.dtype, ctx)
        return core.prepared_kernel(kernel, dict(self.fields), self.work, self.written)


class ViewCall(NamedTuple):
    """What `prepare` returns for a view: see `view`."""

    offset: int
    is_shared: bool

    def resolve(self, op: str, ctx: Any) -> Prepared:
        return core.prepared_view(self.offset, self.is_shared)


class HostCall(NamedTuple):
    """What `prepare` returns for a NumPy function: see `host`."""

    function: Callable[..., None]
    elsewhere: Callable[[], KernelCall | ProgramCall] | None

    def resolve(self, op: str, ctx: Any) -> Prepared:
        if device_of(ctx).is_host:
            return core.prepared_host(self.function)
        if self.elsewhere is None:
            raise MXNetNotImplementedError(
                f"{op} has no {ctx.device_type} kernel; it runs on cpu")
        return self.elsewhere().resolve(op, ctx)


class TransferCall(NamedTuple):
    """What `prepare` returns for a copy between devices: see `transfer`."""

    def resolve(self, op: str, ctx: Any) -> Prepared:
        return core.prepared_transfer()


class ProgramCall(NamedTuple):
    """What `prepare` returns for several calls: see `program`."""

    num_slots: int
    steps: list[Any]
    inputs: list[int]
    outputs: list[int]

    def resolve(self, op: str, ctx: Any) -> Prepared:
        return make_program(self.num_slots, self.steps, self.inputs, self.outputs)


def kernel(name: str, dtype: str, work: float = 0,
           elsewhere: Callable[[], ProgramCall] | None = None, **fields: Any) -> KernelCall:
    """A call of the kernel `<name>_<dtype>` with this descriptor, which states the problem alone.

    work: rough cost in nanoseconds on one core, which decides whether the GIL is released.
    elsewhere: () -> what runs instead on devices that have no such kernel.
    """
    return KernelCall(name, dtype, work, fields, elsewhere=elsewhere)


def view(offset: int = 0, is_shared: bool = True) -> ViewCall:
    """No kernel: the output shares the memory of input 0, `offset` bytes into it.

    is_shared=False: so it is within programs, where nothing writes to it; a call gives a copy.
    """
    return ViewCall(offset, is_shared)


def host(function: Callable[..., None],
         elsewhere: Callable[[], KernelCall | ProgramCall] | None = None) -> HostCall:
    """A call of `function(*inputs, *outputs, *runtime values)` on NumPy arrays: writes outputs.

    elsewhere: () -> what runs on devices whose memory NumPy cannot see; None: nothing does.
    """
    return HostCall(function, elsewhere)


def transfer() -> TransferCall:
    """A copy of input 0 to an output of the same shape and dtype on another device."""
    return TransferCall()


def program(num_slots: int, steps: list[Any], inputs: list[int], outputs: list[int]) -> ProgramCall:
    """Several calls, one after another, over arrays in slots: see device.program.make_program."""
    return ProgramCall(num_slots, steps, inputs, outputs)
