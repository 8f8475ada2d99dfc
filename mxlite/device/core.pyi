from collections.abc import Callable, Sequence
from typing import Any

from ..base import MXNetNotImplementedError as MXNetNotImplementedError
from .context import Context
from .memory import Spec

class Kernel:
    name: str
    fields: str
    def pack(self, fields: dict[str, Any]) -> bytes: ...
    def scratch_size(self, desc: bytes) -> int: ...
    def run(self, desc: bytes, addresses: Sequence[int], scalars: int) -> int: ...

class Prepared:
    op: Any
    kernel: Kernel | None
    desc_owner: bytes
    in_specs: tuple[Spec, ...]
    out_specs: tuple[Spec, ...]
    scratch: int
    offset: int
    is_shared: bool
    is_compiled: bool
    train: bool
    addresses: tuple[int, int]
    is_view: bool
    is_program: bool
    buffers: tuple[Spec, ...]           # of a Program
    results: tuple[tuple[int, int, int], ...]

class Operator:
    needs_train: bool
    needs_key: bool
    num_runtime: int
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def _configure(self, needs_train: bool, needs_key: bool, num_runtime: int,
                   is_elementwise: bool, is_assigning: bool, written: int,
                   written_period: int = 0, by_storage: bool = False) -> None: ...
    def prepared(self, specs: Sequence[Spec], train: bool = False,
                 ctx: Context | None = None) -> Prepared: ...

def instruction_sets() -> list[str]: ...
def load_cpu_kernels() -> str: ...
def launched_kernel(name: str, fields: str,
                    launch: Callable[[bytes, tuple[int, ...], int], int],
                    scratch_size: Callable[[bytes], int] | None = None) -> Kernel: ...
def headed_kernel(name: str, fields: str, address: int,
                  head: Callable[[dict[str, Any]], bytes], scratch: int = 0) -> Kernel: ...
def find_kernel(operator: str, name: str, dtype: str, ctx: Context) -> Any: ...
def prepared_kernel(kernel: Kernel, fields: dict[str, Any], work: float = 0,
                    written: tuple[int, int] = (0, 0)) -> Prepared: ...
def prepared_view(offset: int = 0, is_shared: bool = True) -> Prepared: ...
def prepared_host(function: Callable[..., None]) -> Prepared: ...
def prepared_transfer() -> Prepared: ...

def time_calls(on: bool) -> None: ...
def take_timed() -> list[tuple[str, int, int, int]]: ...
