"""Finding the shapes of parameters by running a block: an `F` whose operators fill them in."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from ..base import MXNetError
from ..ndarray.function import OpFunction
from ..ndarray.run import invoke_list
from ..ops.bind import bind
from .parameter import Parameter


class Waiting:
    """Stands for a parameter whose shape is not known yet; only operators of `F` take it."""

    def __init__(self, param: Parameter) -> None:
        self._param = param

    def __getattr__(self, name: str) -> Any:
        raise MXNetError(
            f"Parameter '{self._param.name}' has the unknown shape {self._param.shape}, which only "
            "an operator of F that it feeds can infer. Give its shape, or override infer_shape.")


class ShapeTracer:
    """`mx.nd`, with operators that complete the shapes of waiting parameters before they run."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(nd, name)
        if not isinstance(found, OpFunction):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            given = [*args, *kwargs.values()]
            if not any(isinstance(value, Waiting) for value in given):
                return found(*args, **kwargs)
            return _completed(found.op, args, kwargs)

        return call


def _completed(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    out = kwargs.pop("out", None)
    kwargs.pop("name", None)
    op, arrays, values = bind(cls, (nd.NDArray, Waiting), args, kwargs)
    shapes = op.complete(*[None if isinstance(array, Waiting) else array.shape
                           for array in arrays])
    for i, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
        if isinstance(array, Waiting):
            param = array._param
            if param._data is None:
                if shape is not None:
                    param.shape = tuple(shape)
                param._finish_deferred_init()
            arrays[i] = param.data(next(a.ctx for a in arrays if isinstance(a, nd.NDArray)))
    return invoke_list(op, arrays, values, out)
