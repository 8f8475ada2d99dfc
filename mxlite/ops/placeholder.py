"""Placeholders: arrays of which only shape and dtype are known, perhaps partially.

A function of `F` runs on them as it would on arrays. Every operator it calls becomes a node;
inference runs over the nodes, forwards and backwards, and so finds the shapes of the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..arguments import one_or_several
from ..base import MXNetError, MXNetTypeError, Shape
from .bind import bind
from .inference import PartialShape, common, infer_dtypes, infer_shapes, is_known, text_of
from .operands import Namespace, Operand
from .schema import REGISTRY, Op


class Placeholder(Operand):
    """An array without values. The operators that are methods of arrays are methods here, too."""

    __slots__ = ("label", "partial_dtype", "partial_shape")
    tracer: ShapeTracer

    def __init__(self, tracer: ShapeTracer, shape: PartialShape, dtype: str | None,
                 label: str = "an array") -> None:
        super().__init__(tracer)
        self.partial_shape, self.partial_dtype, self.label = shape, dtype, label

    @property
    def shape(self) -> Shape:
        """The shape; raises MXNetError where it is not known."""
        if not is_known(self.partial_shape):
            self.tracer.infer()
        if self.partial_shape is None or None in self.partial_shape:
            raise MXNetError(f"{self.label} has the unknown shape {text_of(self.partial_shape)}: "
                             "give it, or override infer_shape")
        return self.partial_shape  # type: ignore[return-value]

    @property
    def dtype(self) -> str:
        """The dtype; raises MXNetError where it is not known."""
        if self.partial_dtype is None:
            raise MXNetError(f"{self.label} has an unknown dtype")
        return self.partial_dtype

    @property
    def ndim(self) -> int:
        return len(self.partial_shape) if self.partial_shape is not None else len(self.shape)

    @property
    def size(self) -> int:
        size = 1
        for length in self.shape:
            size *= length
        return size

    @property
    def T(self) -> Any:
        return self.transpose()

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """As NDArray.reshape: reshape(2, -1), reshape((0, -3))."""
        return self._call("Reshape", shape=one_or_several(shape, kwargs, "shape"), **kwargs)

    def transpose(self, *axes: Any, **kwargs: Any) -> Any:
        """As NDArray.transpose: the axes in another order; reversed where none is given."""
        return self._call("transpose", axes=one_or_several(axes, kwargs, "axes"), **kwargs)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """The values in another dtype."""
        return self._call("Cast", dtype=dtype)

    def copy(self) -> Any:
        """A copy."""
        return self._call("_copy")

    def __getitem__(self, key: Any) -> Any:
        """x[1], x[:, 2:4], x[..., 0]: integers and slices."""
        keys = key if isinstance(key, tuple) else (key,)
        if Ellipsis in keys:
            at = keys.index(Ellipsis)
            keys = (*keys[:at], *[slice(None)] * (self.ndim - len(keys) + 1), *keys[at + 1:])
        if not all(isinstance(item, (int, slice)) for item in keys):
            raise MXNetTypeError(f"a placeholder takes integers and slices as an index; got {key}")
        taken = [item if isinstance(item, slice) else slice(item, item + 1 or None)
                 for item in keys]
        piece = self._call("slice", begin=tuple([item.start for item in taken]),
                           end=tuple([item.stop for item in taken]),
                           step=tuple([item.step for item in taken]))
        dropped = tuple([i for i, item in enumerate(keys) if isinstance(item, int)])
        return piece._call("squeeze", axis=dropped) if dropped else piece

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in ("expand_dims", "flatten", "squeeze"):
            return lambda *args, inplace=False, **kwargs: self._call(name, *args, **kwargs)
        if name in REGISTRY and not name.startswith("_"):
            return lambda *args, **kwargs: self._call(name, *args, **kwargs)
        if name.startswith("__"):               # Python and NumPy ask whether it is there
            raise AttributeError(name)
        raise MXNetError(f"{self.label} has no values while shapes are inferred, so that "
                         f"{name!r} cannot be had: give the shapes of all parameters")

    def __bool__(self) -> bool:
        raise MXNetError(f"{self.label} has no values while shapes are inferred, so that it is "
                         "neither true nor false: give the shapes of all parameters")

    def __len__(self) -> int:
        return self.shape[0]

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.apply(REGISTRY[name], (self, *args), kwargs)


class Node(NamedTuple):
    """An operator call."""

    op: Op
    inputs: list[Placeholder]
    outputs: list[Placeholder]


_cast_inputs: Callable[..., list[Placeholder]] | None = None


def bind_casts(function: Callable[..., list[Placeholder]] | None) -> None:
    """While the precision is mixed: what casts the inputs of a new node, function(tracer, operator,
    placeholders) -> placeholders. None: nothing does."""
    global _cast_inputs
    _cast_inputs = function


class ShapeTracer(Namespace):
    """An `F` that calls nothing, and infers shapes. `array_type`: arrays it takes as constants."""

    def __init__(self, array_type: type) -> None:
        self.array_type = array_type
        self.nodes: list[Node] = []

    def is_array(self, value: Any) -> bool:
        return isinstance(value, (self.array_type, Placeholder))

    def placeholder(self, array: Any) -> Placeholder:
        """The placeholder of an array."""
        return self.kind_of([array])(self, array.shape, array._dtype_name)

    def kind_of(self, arrays: Sequence[Any]) -> type[Placeholder]:
        """The class of the placeholders of what is made of these arrays and placeholders."""
        return next((type(item) for item in arrays if isinstance(item, Placeholder)
                     and type(item) is not Placeholder), Placeholder)

    def apply(self, cls: type[Op], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Add a node; returns its visible outputs: a Placeholder, or a list of them."""
        for name in ("name", "out"):
            if name not in cls.params:
                kwargs.pop(name, None)
        op, inputs, _ = bind(cls, (self.array_type, Placeholder), args, kwargs)
        return self.add(op, inputs)

    def add(self, op: Op, inputs: Sequence[Any]) -> Any:
        """The visible outputs of a new node, whose inputs are placeholders or arrays."""
        inputs = [item if isinstance(item, Placeholder) else self.placeholder(item)
                  for item in inputs]
        if _cast_inputs is not None:
            inputs = _cast_inputs(self, op, inputs)
        kind = self.kind_of(inputs)
        outputs = [kind(self, None, None) for _ in range(op.num_outputs)]
        self.nodes.append(Node(op, inputs, outputs))
        _infer_node(self.nodes[-1])
        visible = outputs[:op.num_visible(len(outputs))]
        return visible[0] if len(visible) == 1 else visible

    def infer(self) -> None:
        """Go over the nodes, backwards and forwards, until nothing new follows."""
        changed = True
        while changed:
            changed = False
            for node in [*reversed(self.nodes), *self.nodes]:
                changed = _infer_node(node) or changed


def _infer_node(node: Node) -> bool:
    """Fill in what follows at one node; returns whether there was anything."""
    shapes = [[item.partial_shape for item in side] for side in node[1:]]
    dtypes = [[item.partial_dtype for item in side] for side in node[1:]]
    if all(map(is_known, shapes[0] + shapes[1])) and None not in dtypes[0] + dtypes[1]:
        return False
    new_shapes = infer_shapes(node.op, *shapes)
    new_dtypes = infer_dtypes(node.op, *dtypes)
    for items, filled, types in zip(node[1:], new_shapes, new_dtypes, strict=True):
        for item, shape, dtype in zip(items, filled, types, strict=True):
            # the node may read an item in several places
            item.partial_shape = common(shape, item.partial_shape)
            item.partial_dtype = dtype or item.partial_dtype
    return [*new_shapes] != shapes or [*new_dtypes] != dtypes
