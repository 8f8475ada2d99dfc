"""Shape and dtype inference in both directions: what a graph knows of a node, made complete.

A partial shape is a tuple whose unknown lengths are None, or None where not even the number of
axes is known; an unknown dtype is None. `infer_shapes` and `infer_dtypes` take what is known of an
operator's inputs and outputs, and return all that follows. They are the one place where
knowledge is merged and contradictions are found; an operator's own rules only say what follows:

    Op.infer_shape(*shapes), Op.infer_dtype(*dtypes)    outputs from inputs, all of them known
    Op.fill_shapes(inputs, outputs), Op.fill_dtypes     what follows from partial knowledge
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from ..base import MXNetError, Shape

if TYPE_CHECKING:
    from .schema import Op

PartialShape = tuple[int | None, ...] | None
PartialShapes = list[PartialShape]
PartialDTypes = list[str | None]

LARGE = 720720          # a length that every number up to 16 divides


def is_known(shape: PartialShape) -> bool:
    """Whether all lengths are known."""
    return shape is not None and None not in shape


def text_of(shape: PartialShape) -> str:
    """(2, ?, 3): a partial shape in messages."""
    if shape is None:
        return "unknown"
    lengths = ", ".join("?" if n is None else str(n) for n in shape)
    return f"({lengths},)" if len(shape) == 1 else f"({lengths})"


# What rules are made of -----------------------------------------------------------------------

def common(*shapes: PartialShape) -> PartialShape:
    """What arrays of one shape, partially known each, know of it together.

    Where they contradict each other the first one counts: the driver finds the contradiction.
    """
    merged: PartialShape = None
    for shape in shapes:
        if merged is None:
            merged = shape
        elif shape is not None and len(shape) == len(merged):
            merged = tuple([n if m is None else m for m, n in zip(merged, shape, strict=True)])
    return merged


def all_alike(inputs: PartialShapes, outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
    """The rule of operators whose inputs and outputs have one shape."""
    shape = common(*inputs, *outputs)
    return [shape] * len(inputs), [shape] * len(outputs)


def output_like_data(inputs: PartialShapes,
                     outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
    """The rule of operators whose first output has the shape of the first input."""
    shape = common(inputs[0], outputs[0])
    return [shape, *inputs[1:]], [shape, *outputs[1:]]


def lengths_in_graph(shape: Shape) -> PartialShape:
    """The parameter `shape` of an operator without inputs, in which a graph takes 0 and -1 for
    unknown."""
    return tuple([None if n in (0, -1) else n for n in shape]) if shape else None


def with_length(shape: PartialShape, axis: int, length: int | None) -> PartialShape:
    """`shape` with another length on this axis, counted from 0 on."""
    return None if shape is None else (*shape[:axis], length, *shape[axis + 1:])


def lengths_of(shape: PartialShape, ndim: int) -> tuple[int | None, ...]:
    """The lengths of a shape of `ndim` axes: all of them unknown where it is no such shape."""
    return shape if shape is not None and len(shape) == ndim else (None,) * ndim


def product(lengths: Sequence[int | None]) -> int | None:
    """The product of lengths; None if one is unknown."""
    total = 1
    for length in lengths:
        if length is None:
            return None
        total *= length
    return total


# The driver -----------------------------------------------------------------------------------

def infer_shapes(op: Op, inputs: Sequence[PartialShape],
                 outputs: Sequence[PartialShape]) -> tuple[PartialShapes, PartialShapes]:
    """The shapes of the inputs and of all outputs of `op`, with what follows from the known ones.

    Raises MXNetError where they contradict each other or the operator's rules.
    """
    return _asked(op, _shapes, _remembered_shapes, inputs, outputs)


def infer_dtypes(op: Op, inputs: Sequence[str | None],
                 outputs: Sequence[str | None]) -> tuple[PartialDTypes, PartialDTypes]:
    """The same for dtypes."""
    return _asked(op, _dtypes, _remembered_dtypes, inputs, outputs)


def _asked(op: Op, rule: Any, remembered: Any, inputs: Sequence[Any],
           outputs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What the rule says; operators whose rules are users' own, and graphs, are asked each time."""
    ask = rule if op.in_python or op.is_graph else remembered
    ins, outs = ask(op, tuple(inputs), tuple(outputs))
    return list(ins), list(outs)


def _shapes(op: Op, inputs: Sequence[PartialShape],
            outputs: Sequence[PartialShape]) -> tuple[PartialShapes, PartialShapes]:
    ins, outs = list(inputs), list(outputs)
    while True:
        before = ins, outs
        if all(map(is_known, ins)) and not op.completed_from_use:
            results = op.infer_shape(*ins)
            return ins, _merged(op, _output_names, outs, results)
        filled, results = op.fill_shapes(ins, outs)
        ins = _merged(op, op.input_names, ins, filled)
        outs = _merged(op, _output_names, outs, results)
        if not op.in_python and not all(map(is_known, ins)):
            outs = _merged(op, _output_names, outs, _sure_outputs(op, ins, len(outs)))
        if (ins, outs) == before:
            return ins, outs


def _dtypes(op: Op, inputs: Sequence[str | None],
            outputs: Sequence[str | None]) -> tuple[PartialDTypes, PartialDTypes]:
    ins, outs = list(inputs), list(outputs)
    if None in ins:
        ins, outs = op.fill_dtypes(ins, outs)
        _check_dtypes(op, op.input_names, inputs, ins)
        _check_dtypes(op, _output_names, outputs, outs)
    if None not in ins:
        results: PartialDTypes = list(op.infer_dtype(*[str(dtype) for dtype in ins]))
        _check_dtypes(op, _output_names, outs, results)
        outs = results
    return ins, outs


# layers of a network are often alike, and a Symbol is often asked twice
_remembered_shapes = functools.lru_cache(maxsize=8192)(_shapes)
_remembered_dtypes = functools.lru_cache(maxsize=8192)(_dtypes)


def settled(op: Op, outputs: Sequence[PartialShape]) -> Op:
    """The instance to run once shapes are known: `zeros((0, 3))` completed by its use."""
    if not op.completed_from_use or getattr(op, "shape", None) == outputs[0]:
        return op
    if not is_known(outputs[0]):
        raise op.value_error("shape", "known, or follow from its use in the graph",
                             getattr(op, "shape", ()))
    return op.settled(outputs[0])


Names = Callable[[int], list[str]]          # of so many arrays, for messages


def _output_names(count: int) -> list[str]:
    return ["output"] if count == 1 else [f"output{i}" for i in range(count)]


def _merged(op: Op, names: Names, shapes: PartialShapes,
            wanted: Sequence[PartialShape]) -> PartialShapes:
    """Each shape with what a rule says it must be; raises where the two differ."""
    if shapes == wanted:
        return shapes
    merged = []
    for i, (shape, other) in enumerate(zip(shapes, wanted, strict=True)):
        if shape is not None and other is not None and (len(shape) != len(other) or any(
                None not in (m, n) and m != n for m, n in zip(shape, other, strict=True))):
            raise op.shape_error(names(len(shapes))[i], text_of(other), text_of(shape))
        merged.append(common(shape, other))
    return merged


def _check_dtypes(op: Op, names: Names, given: Sequence[str | None],
                  wanted: Sequence[str | None]) -> None:
    for i, (dtype, other) in enumerate(zip(given, wanted, strict=True)):
        if None not in (dtype, other) and dtype != other:
            raise op.dtype_error(names(len(given))[i], str(other), str(dtype))


def _sure_outputs(op: Op, inputs: PartialShapes, num_outputs: int) -> PartialShapes:
    """What `op.infer_shape` says whatever the unknown lengths of `inputs` are.

    It is asked with several numbers in their place: a length of an output that stays the same is
    known. The numbers are equal once and different once, since some rules want equal lengths.
    """
    unknown: PartialShapes = [None] * num_outputs
    if not inputs or None in inputs:
        return unknown
    answers = []
    for length in (_constant(1), _constant(LARGE), _constant(2 * LARGE), _multiples()):
        shapes: list[Shape] = [tuple([length() if n is None else n for n in shape or ()])
                               for shape in inputs]
        try:
            answers.append(op.infer_shape(*shapes))
        except MXNetError:
            continue            # the rule does not take these lengths
    return [_agreed(shapes) for shapes in zip(*answers, strict=True)] \
        if len(answers) > 1 else unknown


def _constant(length: int) -> Callable[[], int]:
    return lambda: length


def _multiples() -> Callable[[], int]:
    numbers = count(3)
    return lambda: LARGE * next(numbers)


def _agreed(shapes: Sequence[Any]) -> PartialShape:
    """The lengths that all of these shapes have in common."""
    if len({len(shape) for shape in shapes}) > 1:
        return None
    return tuple([lengths[0] if len(set(lengths)) == 1 else None
                  for lengths in zip(*shapes, strict=True)])
