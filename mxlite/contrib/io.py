"""`DataLoaderIter`: batches of a Gluon `DataLoader` for what takes iterators of `mx.io`."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from ..base import MXNetValueError
from ..io import DataDesc, DataIter


class DataLoaderIter(DataIter):
    """loader: a DataLoader whose batches are (data, label). The last batch is filled up with zeros.

    The first batch is read at once, for the shapes. dtype: of data (N, ...), label (N, ...).
    """

    def __init__(self, loader: Any, data_name: str = "data", label_name: str = "softmax_label",
                 dtype: Any = "float32") -> None:
        super().__init__()
        first = next(iter(loader), None)
        if not isinstance(first, (list, tuple)) or len(first) != 2:
            found = "no batch" if first is None else f"a {type(first).__name__}"
            raise MXNetValueError(f"DataLoaderIter: the batches of loader must be pairs of data "
                                  f"and label; got {found}")
        data, label = first
        self._loader = loader
        self._batches = iter(loader)
        self._current: Any = None
        self.batch_size = data.shape[0]
        self.dtype = dtype
        self.provide_data = [DataDesc(data_name, data.shape, dtype)]
        self.provide_label = [DataDesc(label_name, label.shape, dtype)]

    def reset(self) -> None:
        """Begin a new epoch."""
        self._batches = iter(self._loader)

    def iter_next(self) -> bool:
        """Advance to the next batch; False at the end of the epoch."""
        self._current = next(self._batches, None)
        return self._current is not None

    def _filled(self, part: int) -> list[nd.NDArray]:
        values = self._current[part].astype(self.dtype)
        if not self.getpad():
            return [values]
        padding = nd.zeros((self.getpad(), *values.shape[1:]), dtype=self.dtype)
        return [nd.concatenate([values, padding])]

    def getdata(self) -> list[nd.NDArray]:
        """The data of this batch."""
        return self._filled(0)

    def getlabel(self) -> list[nd.NDArray]:
        """The labels of this batch."""
        return self._filled(1)

    def getpad(self) -> int:
        """How many samples at the end of this batch are zeros."""
        return int(self.batch_size - self._current[0].shape[0])

    def getindex(self) -> None:
        """The numbers of the samples, which a DataLoader does not tell."""
