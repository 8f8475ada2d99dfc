from typing import Any

from .ndarray import NDArray

def backward(heads: list[NDArray], head_grads: list[NDArray | None], retain: bool,
             train: bool) -> None: ...
def grad(heads: list[NDArray], variables: list[NDArray], head_grads: list[NDArray | None],
         retain: bool, create: bool, train: bool) -> list[Any]: ...
