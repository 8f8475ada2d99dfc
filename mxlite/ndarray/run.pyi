from collections.abc import Sequence
from typing import Any

from ..device.context import Context
from ..device.core import Operator

def bind_exact(function: Any) -> None: ...
def bind_storage(function: Any) -> None: ...
def invoke_list(op: Operator, arrays: list[Any], values: Sequence[float], out: Any = None,
                ctx: Context | None = None) -> Any: ...
