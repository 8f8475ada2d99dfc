"""Whether a graph that was made gives what the model says: shapes and dtypes of its outputs."""

from __future__ import annotations

from collections.abc import Sequence

from ....base import MXNetError, dtype_name
from ....symbol import Symbol
from .call import DTYPES
from .values import Value


def check_outputs(caller: str, symbol: Symbol, inputs: Sequence[Value],
                  outputs: Sequence[Value]) -> None:
    """Raise MXNetError where inputs of the first sample's shapes lead to other outputs than onnx
    inferred. What is not known is passed over, and so are samples that the graph cannot take: some
    models call lengths open that are not."""
    used = set(symbol.list_inputs())
    taken = [value for value in inputs if value.name in used]
    try:
        shapes = symbol.infer_shape_partial(**{
            value.name: value.shapes[0] or (1,) for value in taken if value.shapes is not None})[1]
        dtypes = symbol.infer_type_partial(**{
            value.name: DTYPES[value.dtype] for value in taken})[1]
    except MXNetError as error:
        if all(value.shapes is None or len(value.shapes) > 1 for value in inputs):
            return
        raise type(error)(f"{caller}: {error}") from None
    for value, shape, dtype in zip(outputs, shapes, dtypes, strict=True):
        wanted = None if value.shapes is None else value.shapes[0] or (1,)
        if wanted is not None and 0 not in shape and shape and tuple(shape) != wanted:
            raise MXNetError(f"{caller}: output {value.name!r} must be of shape {wanted}; got "
                             f"{tuple(shape)}")
        known = DTYPES.get(value.dtype)
        if known is not None and dtype is not None and dtype_name(dtype) != known:
            raise MXNetError(f"{caller}: output {value.name!r} must be of {known}; got "
                             f"{dtype_name(dtype)}")
