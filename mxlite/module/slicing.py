"""One batch on several contexts: cut it by work load, copy the slices, put results together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from ..base import MXNetValueError
from ..io import DataDesc


def split_batch(batch_size: int, work_loads: Sequence[float]) -> list[slice]:
    """Slices of a batch, as large as the work loads say; rounded, the rest goes to the last.

    Raises ValueError where one would be empty.
    """
    total = sum(work_loads)
    sizes = [round(load * batch_size / total) for load in work_loads]
    sizes[-1] += max(0, batch_size - sum(sizes))
    slices, start = [], 0
    for size in sizes:
        stop = min(start + size, batch_size)
        if start >= stop:
            raise MXNetValueError(
                f"Module: a batch of {batch_size} cannot be cut into {len(work_loads)} slices by "
                f"the work loads {list(work_loads)}: one would be empty")
        slices.append(slice(start, stop))
        start = stop
    return slices


def common_batch_size(descs: Sequence[DataDesc]) -> int | None:
    """The length of the batch axes, the same for all; None if there is no such axis."""
    found: tuple[str, int] | None = None
    for desc in descs:
        axis = DataDesc.get_batch_axis(desc.layout)
        if axis < 0:
            continue
        if axis >= len(desc.shape):
            raise MXNetValueError(f"Module: the layout {desc.layout!r} of {desc.name} has its "
                                  f"batch on axis {axis}, the shape is {desc.shape}")
        if found is None:
            found = desc.name, desc.shape[axis]
        elif desc.shape[axis] != found[1]:
            raise MXNetValueError(
                f"Module: all inputs must have the same batch size; {found[0]} has {found[1]}, "
                f"{desc.name} of shape {desc.shape} has {desc.shape[axis]}")
    return found[1] if found else None


def sliced_desc(desc: DataDesc, part: slice | None) -> DataDesc:
    """The description of a slice of this input."""
    axis = DataDesc.get_batch_axis(desc.layout)
    if axis < 0 or part is None:
        return desc
    shape = (*desc.shape[:axis], part.stop - part.start, *desc.shape[axis + 1:])
    return DataDesc(desc.name, shape, desc.dtype, desc.layout)


def batch_descs(batch: Any, data: list[DataDesc], labels: list[DataDesc] | None,
                ) -> tuple[list[DataDesc], list[DataDesc] | None]:
    """The descriptions of data and labels, with the shapes that this batch has.

    Labels that it lacks are described as if they had its batch size.
    """
    batches = batch if isinstance(batch, list) else [batch]
    data = _joined([one.data for one in batches], data, "data")
    given = [getattr(one, "label", None) or () for one in batches]
    if labels and all(given):
        return data, _joined(given, labels, "label")
    if labels:
        part = slice(0, common_batch_size(data))
        labels = [desc if part.stop is None else sliced_desc(desc, part) for desc in labels]
    return data, labels


def _joined(given: Sequence[Sequence[Any]], descs: list[DataDesc], kind: str) -> list[DataDesc]:
    """Descriptions with the shapes that the arrays of all batches have together."""
    for arrays in given:
        if len(arrays) != len(descs):
            raise MXNetValueError(
                f"Module.forward: the batch must have {len(descs)} {kind} arrays, for "
                f"{', '.join(desc.name for desc in descs)}; got {len(arrays)}")
    if len(given) == 1 and all(array.shape == desc.shape
                               for array, desc in zip(given[0], descs, strict=True)):
        return descs
    result = []
    for desc, *arrays in zip(descs, *given, strict=True):
        shapes = {tuple(array.shape) for array in arrays}
        if len(shapes) > 1:
            raise MXNetValueError(f"Module.forward: the batches in a list must have one shape; "
                                  f"{desc.name} has {', '.join(map(str, sorted(shapes)))}")
        shape = shapes.pop()
        axis = DataDesc.get_batch_axis(desc.layout)
        if len(arrays) > 1 and 0 <= axis < len(shape):
            shape = (*shape[:axis], len(arrays) * shape[axis], *shape[axis + 1:])
        result.append(DataDesc(desc.name, shape, desc.dtype, desc.layout))
    return result


def sliced(array: nd.NDArray, part: slice | None, axis: int) -> nd.NDArray:
    """A slice along the batch axis; all of it where there is no such axis."""
    if axis < 0 or part is None or (part.start == 0 and part.stop == array.shape[axis]):
        return array
    if axis == 0:
        return array[part]
    return nd.slice_axis(array, axis=axis, begin=part.start, end=part.stop)


def scatter(given: Sequence[Any], descs: Sequence[DataDesc], parts: Sequence[slice | None],
            targets: Sequence[Sequence[nd.NDArray]]) -> None:
    """Copy arrays, or lists of arrays that are slices already, to `targets[input][context]`."""
    for source, desc, arrays in zip(given, descs, targets, strict=True):
        axis = DataDesc.get_batch_axis(desc.layout)
        for k, (part, target) in enumerate(zip(parts, arrays, strict=True)):
            piece = source[k] if isinstance(source, (list, tuple)) else sliced(source, part, axis)
            if piece.shape != target.shape:
                raise MXNetValueError(f"Module.forward: {desc.name} must have shape "
                                      f"{target.shape} on {target.ctx}; got {piece.shape}")
            if isinstance(piece, nd.NDArray):
                piece.copyto(target)
            else:
                target[:] = piece


def gathered(arrays: Sequence[nd.NDArray], axis: int) -> nd.NDArray:
    """One array of the slices of all contexts, on the first; axis -1: the first is all of it."""
    if axis < 0 or len(arrays) == 1:
        return arrays[0]
    ctx = arrays[0].ctx
    return nd.concat(*[array.as_in_context(ctx) for array in arrays], dim=axis)


def load_general(data: Sequence[Any], targets: Sequence[Any], major_axis: Sequence[int]) -> None:
    """Copy arrays to targets: an array, or [(slice, array)] of slices along its major axis (-1:
    all of it for each). A list instead of an array holds the slices themselves."""
    for source, target, axis in zip(data, targets, major_axis, strict=True):
        if isinstance(target, nd.NDArray):
            source.copyto(target)
            continue
        for k, (part, array) in enumerate(target):
            piece = source[k] if isinstance(source, (list, tuple)) else sliced(source, part, axis)
            piece.copyto(array)


def load_data(batch: Any, targets: Sequence[Any], major_axis: Sequence[int]) -> None:
    """load_general of the data of a batch."""
    load_general(batch.data, targets, major_axis)


def load_label(batch: Any, targets: Sequence[Any], major_axis: Sequence[int]) -> None:
    """load_general of the labels of a batch."""
    load_general(batch.label, targets, major_axis)


def merged(outputs: Sequence[Sequence[nd.NDArray]], major_axis: Sequence[int]) -> list[nd.NDArray]:
    """`gathered` of each output."""
    return [gathered(arrays, axis) for arrays, axis in zip(outputs, major_axis, strict=True)]
