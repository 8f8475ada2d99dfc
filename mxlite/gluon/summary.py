"""The table that `Block.summary` prints."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import ndarray as nd
from ..base import MXNetAssertionError, MXNetTypeError
from ..wording import no_array

if TYPE_CHECKING:
    from .block import Block

_ROW = "{:>20}  {:>42} {:>15}"


class _Layer(NamedTuple):
    name: str
    shape: str
    total: int
    trainable: int
    shared: int


def print_summary(block: Block, inputs: tuple[nd.NDArray, ...]) -> None:
    """Run the block once on the inputs and print a line for every layer that ran."""
    for x in _flat(inputs):
        if not isinstance(x, nd.NDArray):
            raise MXNetTypeError(f"summary: inputs must be NDArrays; got {no_array(x)}")
    layers: list[_Layer] = []
    handles: list[Any] = []
    seen: set[int] = set()

    def note(layer: Block, args: Any, out: Any) -> None:
        layers.append(_describe(layer, out, len(layers) + 1, seen))

    def register(layer: Block) -> None:
        if getattr(layer, "_active", False) and layer._children:
            raise MXNetAssertionError(
                f"summary: the blocks must not be hybridized, or nothing is known of the layers in "
                f"a graph; {layer.name!r} is. Call summary before hybridize(), or hybridize(False)")
        if not getattr(layer, "is_container", False):
            handles.append(layer.register_forward_hook(note))

    try:
        block.apply(register)
        block(*inputs)
    finally:
        for handle in handles:
            handle.detach()
    _print(layers, _shapes(inputs))


def _describe(layer: Block, out: Any, number: int, seen: set[int]) -> _Layer:
    total = trainable = shared = 0
    for param in layer.params.values():
        size = math.prod(param.shape or ())
        total += size
        trainable += size if param.grad_req != "null" else 0
        shared += size if id(param) in seen else 0
        seen.add(id(param))
    return _Layer(f"{type(layer).__name__}-{number}", _shapes(out), total, trainable, shared)


def _print(layers: list[_Layer], input_shapes: str) -> None:
    total, trainable, shared = (sum(getattr(layer, field) for layer in layers)
                                for field in ("total", "trainable", "shared"))
    print("-" * 80)
    print(_ROW.format("Layer (type)", "Output Shape", "Param #"))
    print("=" * 80)
    print(_ROW.format("Input", input_shapes, 0))
    for layer in layers:
        print(_ROW.format(layer.name, layer.shape, layer.total))
    print("=" * 80)
    print("Parameters in forward computation graph, duplicate included")
    print(f"   Total params: {total}")
    print(f"   Trainable params: {trainable}")
    print(f"   Non-trainable params: {total - trainable}")
    print(f"Shared params in forward computation graph: {shared}")
    print(f"Unique parameters in model: {total - shared}")
    print("-" * 80)


def _flat(values: Any) -> list[Any]:
    if not isinstance(values, (list, tuple)):
        return [values]
    return [item for value in values for item in _flat(value)]


def _shapes(values: Any) -> str:
    return ", ".join(str(getattr(value, "shape", value)) for value in _flat(values))
