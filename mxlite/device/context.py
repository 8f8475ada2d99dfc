"""Where an array lives: `cpu()`, `gpu(i)`, `cpu_pinned()`, and the current default."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ..arguments import check_count
from ..base import MXNetTypeError, MXNetValueError
from ..current import Current
from ..wording import listing, shown, suggestion


class _ContextClass(type):
    """Gives the class Context an attribute of its own, `Context.default_ctx`."""

    @property
    def default_ctx(cls) -> Context:
        """The context in force in this thread; may be assigned to."""
        return current_context()

    @default_ctx.setter
    def default_ctx(cls, ctx: Any) -> None:
        _default.value = as_context(ctx)

    @property
    def _default_ctx(cls) -> Current:
        """What holds it for this thread, in `value`: MXNet's private name."""
        return _default


class Context(metaclass=_ContextClass):
    """A device: `Context("cpu", 0)`; as a `with` block, the default for arrays made inside it."""

    __slots__ = ("_hash", "device_id", "device_type")

    devtype2str = {1: "cpu", 2: "gpu", 3: "cpu_pinned", 5: "cpu_shared"}
    devstr2type = {name: code for code, name in devtype2str.items()}

    device_type: str
    device_id: int

    def __init__(self, device_type: Any, device_id: int = 0) -> None:
        if isinstance(device_type, Context):
            device_id = device_type.device_id
            device_type = device_type.device_type
        if device_type not in _KINDS:
            near = suggestion(device_type, _KINDS)
            raise MXNetValueError(
                f"Context: device_type must be {listing(_KINDS)}; got {device_type!r}{near}")
        self.device_type = device_type
        self.device_id = check_count("Context", "device_id", device_id, 0)
        self._hash = hash((device_type, self.device_id))

    @property
    def computes_on(self) -> Context:
        """`cpu(0)` of `cpu_pinned(i)` and `cpu_shared(i)`, whose arrays meet those of the CPU; else
        the context."""
        return _CPU0 if self.device_type in ("cpu_pinned", "cpu_shared") else self

    @property
    def device_typeid(self) -> int:
        """The device kind's number in MXNet's files."""
        return self.devstr2type.get(self.device_type, 64)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Context) and self.device_type == other.device_type
            and self.device_id == other.device_id)

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Context, (self.device_type, self.device_id)

    def __enter__(self) -> Context:
        _default.enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        _default.leave()

    def empty_cache(self) -> None:
        """Give the memory that the device's pool holds unused back to the system."""
        from .memory import device_of

        device_of(self).empty_cache()


_KINDS = ["cpu", "gpu", "cpu_pinned", "cpu_shared"]
_CPU0 = Context("cpu", 0)
_default = Current(lambda: _CPU0)


def add_device_type(name: str) -> None:
    """Make Context accept a device type; `memory.register_device` calls this."""
    if name not in _KINDS:
        _KINDS.append(name)


def cpu(device_id: int = 0) -> Context:
    """The host's memory. All ids share it; they serve to try multi-device code."""
    return Context("cpu", device_id) if device_id else _CPU0


def cpu_pinned(device_id: int = 0) -> Context:
    """Page-locked host memory, from which GPUs copy while the host goes on; plain host memory where
    there is no GPU of this number."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """The GPU with this number."""
    return Context("gpu", device_id)


def num_gpus() -> int:
    """How many GPUs can be used; 0 where there is no driver."""
    from ..cuda.driver import num_gpus

    return num_gpus()


def current_context() -> Context:
    """The context in force in this thread: that of the innermost `with` block, else the default,
    which is cpu(0) until `Context.default_ctx` is assigned to."""
    context: Context = _default.value
    return context


def as_context(ctx: Any) -> Context:
    """`ctx` if it is a Context, the current one for None; raises MXNetTypeError otherwise."""
    if ctx is None:
        return current_context()
    if isinstance(ctx, Context):
        return ctx
    if isinstance(ctx, str):
        kind, opened, number = ctx.removesuffix(")").partition("(")
        if ctx.endswith(")") == bool(opened) and (number.isdecimal() or not opened):
            return Context(kind, int(number or 0))
    raise MXNetTypeError(f"ctx must be a Context such as mx.cpu(); got {ctx!r}")


def contexts_of(ctx: Any) -> list[Context]:
    """A list of contexts: of one ("cpu(1)", too), of several, or of the current one for None.

    Raises MXNetValueError for an empty list.
    """
    if hasattr(ctx, "__iter__") and not isinstance(ctx, str):
        contexts = [as_context(one) for one in ctx]
        if not contexts:
            raise MXNetValueError(
                f"ctx must be a Context, such as mx.cpu(), or a list of some; got {shown(ctx)}")
        return contexts
    return [as_context(ctx)]
