"""Data sets of encoded images: in folders, in a list, in a RecordIO file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .... import ndarray as nd
from ...._dataio.codec import decode
from ...._dataio.errors import DataFileError
from ...._dataio.lines import fields_of, lines_of
from ....argument_types import FilePath, checks_types
from ....base import MissingPathError, MXNetTypeError, MXNetValueError
from ....ndarray.numpy.switched import switched
from ....recordio import unpack
from ....wording import shown
from ..dataset import Dataset, RecordFileDataset

_FLAGS = (-1, 0, 1)
_ENDINGS = (".jpg", ".jpeg", ".png")


def _image(data: bytes, flag: int, caller: str) -> nd.NDArray:
    """uint8 (H, W, 3), RGB, or (H, W, 1) for flag=0. For flag=-1, 16 bits become int32."""
    image = decode(data, flag, caller=caller)
    return switched(nd.from_numpy(image.astype(np.int32) if image.dtype == np.uint16 else image))


def _image_file(path: str, flag: int, caller: str) -> nd.NDArray:
    try:
        with open(path, "rb") as file:
            return _image(file.read(), flag, path)
    except OSError as error:
        raise MXNetValueError(f"{caller}: {path} cannot be read: {error.strerror}") from None


def _checked(flag: int, dataset: str) -> int:
    try:
        return _FLAGS[_FLAGS.index(flag)]
    except ValueError:
        raise MXNetValueError(f"{dataset}: flag must be 1 (RGB), 0 (gray) or -1 (as stored); "
                              f"got {shown(flag)}") from None


class _FileDataset(Dataset):
    """Base: override `_sample(idx)` and `__len__`. flag: 1 RGB, 0 gray, -1 as it is stored
    (16 bits in int32)."""

    @checks_types
    def __init__(self, flag: int, transform: Callable[..., Any] | None) -> None:
        self._flag = _checked(flag, type(self).__name__)
        self._transform = transform

    def _sample(self, idx: int) -> tuple[nd.NDArray, Any]:
        raise NotImplementedError

    def __getitem__(self, idx: int) -> Any:
        image, label = self._sample(idx)
        return (image, label) if self._transform is None else self._transform(image, label)


class ImageFolderDataset(_FileDataset):
    """root/<class>/<image>.jpg: (image, number of its class), folders and files by their names.

    root: a folder with one folder for each class, of .jpg, .jpeg and .png files.
    flag: 1: RGB (H, W, 3); 0: gray (H, W, 1). transform: makes a sample of (image, label).
    Attributes: synsets, the names of the classes by number; items, a list of (path, label).
    """

    @checks_types
    def __init__(self, root: FilePath, flag: int = 1,
                 transform: Callable[..., Any] | None = None) -> None:
        super().__init__(flag, transform)
        self._root = os.path.expanduser(os.fsdecode(root))
        if not os.path.isdir(self._root):
            raise MissingPathError("ImageFolderDataset: root must be a folder with one folder for "
                                   f"each class; got {root!r}")
        self.synsets: list[str] = []
        self.items: list[tuple[str, int]] = []
        for name in sorted(os.listdir(self._root)):
            path = os.path.join(self._root, name)
            if os.path.isdir(path):
                self._add_class(name, path)
            else:
                warnings.warn(f"ImageFolderDataset: {path} is passed over: it is no folder",
                              stacklevel=2)

    def _add_class(self, name: str, folder: str) -> None:
        for file in sorted(os.listdir(folder)):
            path = os.path.join(folder, file)
            if file.lower().endswith(_ENDINGS):
                self.items.append((path, len(self.synsets)))
            else:
                warnings.warn(f"ImageFolderDataset: {path} is passed over: it does not end in "
                              f"{', '.join(_ENDINGS)}", stacklevel=3)
        self.synsets.append(name)

    def _sample(self, idx: int) -> tuple[nd.NDArray, int]:
        path, label = self.items[idx]
        return _image_file(path, self._flag, "ImageFolderDataset"), label

    def __len__(self) -> int:
        return len(self.items)


class ImageListDataset(_FileDataset):
    """The images of a list: (image, label), labels float32, of shape (n,) if there are several.

    root: the folder that the list's paths start from. imglist: a .lst file with lines
    `number<TAB>label<TAB>...<TAB>path`, or a list of [label, ..., path].
    """

    @checks_types
    def __init__(self, root: FilePath = ".", imglist: str | Sequence[Sequence[Any]] | None = None,
                 flag: int = 1, transform: Callable[..., Any] | None = None) -> None:
        super().__init__(flag, transform)
        self._root = os.path.expanduser(os.fsdecode(root))
        if imglist is None:
            raise MXNetValueError("ImageListDataset: imglist must be a .lst file or a list")
        rows = _list_file(imglist) if isinstance(imglist, str) else [
            (f"entry {i} of imglist", row) for i, row in enumerate(imglist)]
        for place, row in rows:
            if not isinstance(row, (list, tuple)) or not row:
                raise MXNetTypeError(f"ImageListDataset: {place} must be [label, ..., path]; got "
                                     f"{shown(row)}")
        self.items = [(os.path.join(self._root, str(row[-1])), _labels(row[:-1], place))
                      for place, row in rows]

    def _sample(self, idx: int) -> tuple[nd.NDArray, Any]:
        path, label = self.items[idx]
        return _image_file(path, self._flag, "ImageListDataset"), label

    def __len__(self) -> int:
        return len(self.items)


def _list_file(path: str) -> list[tuple[str, list[str]]]:
    """[(where it stands, [label, ..., path])] of a .lst file."""
    try:
        return [(f"line {number} of {path}", fields_of(line)[1:])
                for number, line in lines_of(os.path.expanduser(path))]
    except DataFileError as error:
        raise MXNetValueError(f"ImageListDataset: {path} cannot be read: "
                              f"{os.strerror(error.errno or 0)}") from None


def _labels(values: Sequence[Any], place: str) -> Any:
    """One label as a float, several as float32 (n,)."""
    try:
        numbers = np.array(values, np.float32).ravel()
    except ValueError:
        numbers = np.empty(0, np.float32)
    if not len(numbers):
        raise MXNetValueError("ImageListDataset: an entry must be one or more numbers, then a "
                              f"path; {place} has {list(values)!r} before its last item")
    return float(numbers[0]) if len(numbers) == 1 else numbers


class ImageRecordDataset(RecordFileDataset):
    """The images of a RecordIO file with an index beside it: (image, label of its header).

    filename: the .rec file; the .idx file has the same name otherwise, and is made up by reading
        all of the .rec if it is missing.
    flag: 1: RGB (H, W, 3); 0: gray (H, W, 1). transform: makes a sample of (image, label).
    """

    @checks_types
    def __init__(self, filename: FilePath, flag: int = 1,
                 transform: Callable[..., Any] | None = None) -> None:
        self._flag = _checked(flag, "ImageRecordDataset")
        super().__init__(filename)
        self._transform = transform

    def __getitem__(self, idx: int) -> Any:
        header, data = unpack(super().__getitem__(idx))
        image = _image(data, self._flag, f"ImageRecordDataset: record {idx} of {self.filename}")
        label = header.label
        return (image, label) if self._transform is None else self._transform(image, label)
