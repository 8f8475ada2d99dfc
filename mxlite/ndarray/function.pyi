import inspect
from typing import Any

class OpFunction:
    op: type
    __name__: str
    module_name: str
    __signature__: inspect.Signature
    def __init__(self, op: type, name: str, module: str = "mxlite.ndarray") -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


class NumpyFunction:
    __name__: str
    __signature__: Any
    module_name: str
    def __init__(self, function: Any, watched: Any, name: str, module: str) -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
