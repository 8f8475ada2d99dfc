"""Functions that make a batch of a list of samples, for DataLoader's batchify_fn.

`use_shared_mem` is accepted for code written for MXNet 2 and has no effect: worker processes
always send batches through shared memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import autograd
from ... import ndarray as nd
from ...argument_types import DType, checks_types
from ...arguments import NamesArguments, check_count
from ...base import MXNetTypeError, MXNetValueError, dtype_name


@checks_types
def default_batchify_fn(data: Sequence[Any]) -> Any:
    """Stack samples along a new first axis; of tuples, make a list of such stacks.

    Numbers and NumPy arrays keep their dtype (Python floats give float64, integers int64).
    """
    _check_not_empty("default_batchify_fn", data)
    first = data[0]
    if isinstance(first, tuple):
        return [default_batchify_fn(part) for part in parts("default_batchify_fn", data)]
    return stack("default_batchify_fn", data)


class Stack(NamesArguments):
    """Stack samples of one shape along a new first axis: N times (...) -> (N, ...)."""

    @checks_types
    def __init__(self, use_shared_mem: bool = False) -> None:
        self._use_shared_mem = use_shared_mem

    def __call__(self, data: Sequence[Any]) -> nd.NDArray:
        return stack("Stack", data)


class Pad(NamesArguments):
    """Pad samples to the length of the longest, and stack them: (n_i, ...) -> (N, max n, ...).

    axis: of a sample, the one to pad; None: all axes.
    val (or pad_val): what to pad with. dtype: of the batch; None: the one that holds all samples.
    round_to: make the padded lengths multiples of this.
    ret_length: also give the lengths before padding, int32 (N,), or (N, axes) for axis=None.
    """

    @checks_types
    def __init__(self, *, axis: int | None = 0, val: float | None = None,
                 pad_val: float | None = None, ret_length: bool = False, dtype: DType = None,
                 round_to: int | None = None, use_shared_mem: bool = False) -> None:
        if val is not None and pad_val is not None:
            raise MXNetValueError(f"Pad: give val or pad_val, not both; got {val} and {pad_val}")
        self._axis = axis
        self._value = pad_val if val is None else val
        self._ret_length = ret_length
        self._dtype = None if dtype is None else dtype_name(dtype)
        self._round_to = 1 if round_to is None else check_count("Pad", "round_to", round_to, 1)

    def __call__(self, data: Sequence[Any]) -> Any:
        _check_not_empty("Pad", data)
        arrays = [_numpy_array("Pad", "each sample must be an array or nested lists of one shape",
                               sample) for sample in data]
        axes = self._axes(arrays)
        self._check(arrays, axes)
        shape = list(arrays[0].shape)
        for axis in axes:
            longest = max(array.shape[axis] for array in arrays)
            shape[axis] = -(-longest // self._round_to) * self._round_to
        dtype = self._dtype or _common_dtype("Pad", arrays)
        batch = nd.full((len(arrays), *shape), self._value or 0, dtype=dtype)
        view = batch._numpy_view()
        for number, array in enumerate(arrays):
            view[number][tuple([slice(n) for n in array.shape])] = array
        if not self._ret_length:
            return batch
        lengths = np.array([[array.shape[axis] for axis in axes] for array in arrays], "int32")
        return batch, nd.array(lengths if self._axis is None else lengths[:, 0], dtype="int32")

    def _axes(self, arrays: list[Any]) -> list[int]:
        ndim = arrays[0].ndim
        if self._axis is None:
            return list(range(ndim))
        if not -ndim <= self._axis < ndim:
            raise MXNetValueError(f"Pad: axis must be in [{-ndim}, {ndim}) for samples of shape "
                                  f"{arrays[0].shape}; got {self._axis}")
        return [self._axis % ndim]

    def _check(self, arrays: list[Any], axes: list[int]) -> None:
        """All samples have the shape of the first but for the axes that are padded."""
        def rest(array: Any) -> list[int]:
            return [-1 if axis in axes else n for axis, n in enumerate(array.shape)]

        for number, array in enumerate(arrays):
            if rest(array) != rest(arrays[0]):
                raise MXNetValueError(
                    f"Pad: all samples must have the shape of the first, {arrays[0].shape}, but "
                    f"for axis {self._axis}; sample {number} of the batch has {array.shape}")


class Append(NamesArguments):
    """A list with an array for each sample: nothing is stacked, so shapes may differ.

    expand: give each a first axis of length 1 (at batch_axis).
    """

    @checks_types
    def __init__(self, expand: bool = True, batch_axis: int = 0,
                 use_shared_mem: bool = False) -> None:
        self._expand = expand
        self._batch_axis = batch_axis

    def __call__(self, data: Sequence[Any]) -> list[nd.NDArray]:
        arrays = [array_of("Append", sample) for sample in data]
        if not self._expand:
            return arrays
        return [nd.expand_dims(array, axis=self._batch_axis) for array in arrays]


class Group(NamesArguments):
    """One function for each part of a sample: Group(Stack(), Pad()) for (image, words)."""

    @checks_types
    def __init__(self, fn: Any, *args: Any) -> None:
        if isinstance(fn, (list, tuple)):
            if args:
                raise MXNetValueError("Group: fn must be one function if others follow it; got a "
                                      f"{type(fn).__name__}")
            args = tuple(fn)
        else:
            args = (fn, *args)
        for number, one in enumerate(args):
            if not callable(one):
                raise MXNetTypeError(f"Group: fn must be functions; number {number} is {one!r}")
        self._functions = args

    def __call__(self, data: Sequence[Any]) -> tuple[Any, ...]:
        columns = parts("Group", data)
        if len(columns) != len(self._functions):
            raise MXNetValueError(f"Group: a sample must have a part for each of the "
                                  f"{len(self._functions)} functions; it has {len(columns)}")
        return tuple(fn(column) for fn, column in zip(self._functions, columns, strict=True))


class AsList(NamesArguments):
    """The samples as they are, in a list."""

    def __call__(self, data: Sequence[Any]) -> list[Any]:
        return list(data)


Tuple = Group             # as GluonNLP calls them
List = AsList


def parts(caller: str, data: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Samples of several parts -> for each part, the tuple of those of all samples."""
    _check_not_empty(caller, data)
    for number, sample in enumerate(data):
        if not isinstance(sample, (tuple, list)):
            raise MXNetTypeError(f"{caller}: samples must be tuples; sample {number} of the batch "
                                 f"is a {type(sample).__name__}")
        if len(sample) != len(data[0]):
            raise MXNetValueError(f"{caller}: all samples must have as many parts as the first, "
                                  f"{len(data[0])}; sample {number} of the batch has {len(sample)}")
    return list(zip(*data, strict=True))


def stack(caller: str, data: Sequence[Any]) -> nd.NDArray:
    """Samples of one shape, (...) each, as an array (N, ...)."""
    _check_not_empty(caller, data)
    first = data[0]
    if isinstance(first, nd.NDArray) and autograd.is_recording():
        return nd.stack(*data)
    if not isinstance(first, (np.ndarray, nd.NDArray)):
        return array_of(caller, list(data))
    batch = nd.empty((len(data), *first.shape), dtype=dtype_of(caller, first))
    view = batch._numpy_view()
    for row, sample in enumerate(data):
        values = np.asarray(sample)
        if values.shape != first.shape:
            raise MXNetValueError(
                f"{caller}: all samples must have the shape of the first, {first.shape}; sample "
                f"{row} of the batch has {values.shape}: batchify.Pad pads, batchify.Append lists")
        if values.dtype != view.dtype:
            return array_of(caller, np.stack([np.asarray(one) for one in data]))
        view[row] = values
    return batch


def _check_not_empty(caller: str, data: Sequence[Any]) -> None:
    """Raise MXNetValueError where there is no sample to make a batch of."""
    if not len(data):
        raise MXNetValueError(f"{caller}: data must hold at least one sample; got none")


def _numpy_array(caller: str, rule: str, values: Any) -> np.ndarray[Any, Any]:
    """The values as a NumPy array; raises MXNetValueError for lists of several lengths."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise MXNetValueError(f"{caller}: {rule}; {error}") from None


def _common_dtype(caller: str, arrays: Sequence[np.ndarray[Any, Any]]) -> str:
    """The name of the dtype that holds the values of all arrays; an empty one counts only where
    all are, for `[]` says no dtype."""
    for array in arrays:
        dtype_of(caller, array)         # says what holds no numbers
    dtypes = {array.dtype for array in arrays if array.size} or {arrays[0].dtype}
    return dtype_of(caller, np.empty(0, np.result_type(*dtypes)))


def array_of(caller: str, values: Any) -> nd.NDArray:
    """A number, or nested lists of them, or an array, as a new array of its own dtype."""
    array = _numpy_array(caller, "all samples must have one shape", values)
    batch = nd.empty(array.shape or (1,), dtype=dtype_of(caller, array))
    batch._numpy_view()[...] = array
    return batch


def dtype_of(caller: str, values: Any) -> str:
    """The name of the dtype of an array. Raises MXNetTypeError for one that ours cannot have."""
    if isinstance(values, nd.NDArray):
        return values._dtype_name
    try:
        return dtype_name(values.dtype)
    except MXNetTypeError as error:
        example = values.flat[0] if values.size else values
        raise MXNetTypeError(
            f"{caller}: samples must be numbers, arrays of numbers, or tuples of these; got "
            f"{example!r:.80} of type {type(example).__name__}: give another batchify_fn, such as "
            f"batchify.AsList(), or convert it ({error})") from None
