"""`NDArrayIter`: batches of arrays in memory."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import check_choice, check_count
from ..base import MXNetError, MXNetTypeError, MXNetValueError
from ..random import numpy_generator
from .arguments import reads_texts
from .desc import DataDesc
from .iterator import DataIter, gather, shuffled

_HANDLES = ["pad", "discard", "roll_over"]
_NOTHING = np.empty(0, np.int64)


class NDArrayIter(DataIter):
    """Batches of arrays (N, ...): an NDArray, a NumPy array, or a list or dict of them; of csr
    and scipy.sparse matrices the batches are csr.

    An array in a list or dict may be a list of numbers, or of such lists, and anything that NumPy
    makes an array of, such as an HDF5 data set, is one. NDArrays keep their dtype; other arrays
    become float32. One array is named `data_name`; the arrays of a list _0_data, _1_data, ...;
    those of a dict by its sorted keys. The first array says how many samples there are; of one with
    more the first ones are taken, with a warning, and one with fewer raises.

    shuffle: a new random order at every reset; it depends on mx.random.seed at construction and
    on the number of resets. last_batch_handle: 'pad' fills the last batch with the first samples
    of the epoch and counts them in `pad`; 'discard' drops an incomplete batch; 'roll_over' begins
    the next epoch with its samples, and `pad` of that batch is their number.
    layout: the layout in provide_data and provide_label.
    """

    @reads_texts
    def __init__(self, data: Any, label: Any = None, batch_size: int = 1, shuffle: bool = False,
                 last_batch_handle: str = "pad", data_name: str = "data",
                 label_name: str = "softmax_label", layout: str = "NCHW") -> None:
        super().__init__(check_count("NDArrayIter", "batch_size", batch_size, low=1))
        if data is None:
            raise MXNetTypeError("NDArrayIter: data must not be None")
        self.data = named_arrays("NDArrayIter", "data", data, data_name)
        self.label = [] if label is None else named_arrays(
            "NDArrayIter", "label", label, label_name)
        self.num_data = _first_length([*self.data, *self.label])
        self.data_list = [array for _, array in [*self.data, *self.label]]
        self.num_source = len(self.data_list)
        self.shuffle = bool(shuffle)
        self.last_batch_handle = check_choice("NDArrayIter", "last_batch_handle",
                                              last_batch_handle, _HANDLES)
        self.layout = layout
        self.idx = np.arange(self.num_data)
        self._seed = int(numpy_generator().integers(1 << 63)) if shuffle else 0
        self._epoch = -1
        self._rest = _NOTHING              # what this epoch rolls over to the next
        self.reset()

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """Name, shape (batch_size, ...), dtype and layout of each array of the data."""
        return self._describe(self.data)

    @property
    def provide_label(self) -> list[DataDesc]:  # type: ignore[override]
        """The same of the labels; empty without labels."""
        return self._describe(self.label)

    def _describe(self, arrays: list[tuple[str, nd.NDArray]]) -> list[DataDesc]:
        return [DataDesc(name, (self.batch_size, *array.shape[1:]), array.dtype, self.layout)
                for name, array in arrays]

    def hard_reset(self) -> None:
        """Begin a new epoch, and forget what the last one would roll over."""
        self._rest = _NOTHING
        self.reset()

    def reset(self) -> None:
        """Begin a new epoch, with what the last one rolls over, if it came to its end."""
        self._epoch += 1
        self._head, self._rest = self._rest, _NOTHING
        if self.shuffle:
            self.idx = shuffled(self.num_data, self._seed, self._epoch)
        self.cursor = -self.batch_size - len(self._head)
        self._indices = _NOTHING

    def iter_next(self) -> bool:
        """Go to the next batch; False at the end of the epoch."""
        self.cursor += self.batch_size
        stop = self.cursor + self.batch_size
        head = self._head if self.cursor < 0 else _NOTHING
        self._indices = np.concatenate([head, self.idx[max(self.cursor, 0):max(stop, 0)]])
        missing = self.batch_size - len(self._indices)
        if missing == 0:
            return True
        if self.last_batch_handle == "pad" and len(self._indices):
            self._indices = np.concatenate([self._indices, np.resize(self.idx, missing)])
            return True
        if self.last_batch_handle == "roll_over" and len(self._indices):
            self._rest = self._indices
        self._indices = _NOTHING
        return False

    def getdata(self) -> list[nd.NDArray]:
        """The data of this batch, a new NDArray (batch_size, ...) for each array."""
        return self._rows(self.data)

    def getlabel(self) -> list[nd.NDArray]:
        """The labels of this batch, a new NDArray (batch_size, ...) for each array."""
        return self._rows(self.label)

    def _rows(self, arrays: list[tuple[str, nd.NDArray]]) -> list[nd.NDArray]:
        if not len(self._indices):
            raise MXNetError("NDArrayIter: there is no batch here; call iter_next() first, and "
                             "go on only if it returns True")
        return [taken(array, self._indices) for _, array in arrays]

    def getpad(self) -> int:
        """How many samples fill the last batch up; with roll_over, how many rolled over."""
        if self.last_batch_handle == "pad":
            return max(0, self.cursor + self.batch_size - self.num_data)
        if self.last_batch_handle == "roll_over" and -self.batch_size < self.cursor < 0:
            return -self.cursor
        return 0


def taken(array: nd.NDArray, indices: np.ndarray[Any, Any]) -> nd.NDArray:
    """Rows of an array, as a new one of its storage type."""
    if array.stype == "csr":
        take: Any = nd.take
        rows: nd.NDArray = take(array, nd.array(indices, dtype="int64"))
        return rows
    return gather(array._values(), indices, array._dtype_name)


def named_arrays(caller: str, argument: str, arrays: Any,
                 default: str) -> list[tuple[str, nd.NDArray]]:
    """(name, NDArray) of each array in one array, a list or a dict."""
    if isinstance(arrays, dict):
        pairs = sorted(arrays.items())
    elif isinstance(arrays, (list, tuple)):
        alone = len(arrays) == 1
        pairs = [(default if alone else f"_{i}_{default}", array)
                 for i, array in enumerate(arrays)]
    else:
        pairs = [(default, arrays)]
    if not pairs and argument == "data":
        raise MXNetValueError(f"{caller}: data must have at least one array; got "
                              f"an empty {type(arrays).__name__}")
    return [(name, _array(caller, argument, name, array)) for name, array in pairs]


def _array(caller: str, argument: str, name: str, array: Any) -> nd.NDArray:
    if type(array).__module__.startswith("scipy.sparse"):
        array = nd.array(array)
    if isinstance(array, nd.NDArray) and array.stype == "row_sparse":
        raise MXNetTypeError(f"{caller}: {argument} {name!r} must be dense or csr; it is "
                             "row_sparse")
    if not isinstance(array, nd.NDArray):
        is_nested = isinstance(array, (list, tuple))
        if not is_nested and not (hasattr(array, "shape") and hasattr(array, "dtype")):
            raise MXNetTypeError(f"{caller}: {argument} must be an NDArray, a NumPy array, or "
                                 f"a list or dict of them; {name!r} is of type "
                                 f"{type(array).__name__}")
        try:
            array = np.asarray(array)
            if is_nested or array.dtype == object:
                array = array.astype(np.float32)
        except (TypeError, ValueError) as error:
            raise MXNetValueError(f"{caller}: {argument} {name!r} must be numbers, in lists of "
                                  f"the same length: {error}") from None
    if array.ndim == 0 or len(array) == 0:
        raise MXNetValueError(f"{caller}: {argument} {name!r} must have samples along its "
                              f"first axis; its shape is {array.shape}")
    return array if isinstance(array, nd.NDArray) else nd.array(array, dtype="float32")


def _first_length(pairs: list[tuple[str, nd.NDArray]]) -> int:
    """How many samples the first array has; raises where another has fewer, warns where more."""
    (first, array), *others = pairs
    count = len(array)
    for name, other in others:
        if len(other) < count:
            raise MXNetValueError(f"NDArrayIter: every array must have at least as many samples as "
                                  f"the first; {first!r} has {count}, {name!r} has {len(other)}")
        if len(other) > count:
            warnings.warn(f"NDArrayIter: {name!r} has {len(other)} samples, of which the first "
                          f"{count} are used, as many as {first!r} has", stacklevel=4)
    return count
