"""CIFAR-10 and CIFAR-100, in the binary format."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .... import ndarray as nd
from ....argument_types import FilePath, checks_types
from ....base import MXNetValueError
from ....ndarray.numpy.switched import switched
from .local import LocalDataset, Remote, find, read, read_members

_PIXELS = 3 * 32 * 32


class CIFAR10(LocalDataset):
    """Photographs: (uint8 image (32, 32, 3), RGB; int32 label), 50,000 to train, 10,000 to test.

    root: the folder of data_batch_1.bin ... data_batch_5.bin and test_batch.bin, plain or .gz; of
        their folder cifar-10-batches-bin; or of cifar-10-binary.tar.gz, which is downloaded if
        nothing is there. None: datasets/cifar10 in ~/.mxnet, or in the environment's MXNET_HOME.
    transform: makes a sample of (image, label).
    """

    namespace = "cifar10"
    _archive = Remote("cifar-10-binary.tar.gz", "fab780a1e191a7eda0f345501ccd62d20f7ed891")
    _folder = "cifar-10-batches-bin"
    _files = {True: [f"data_batch_{number}.bin" for number in range(1, 6)],
              False: ["test_batch.bin"]}
    _labels = 1                                     # bytes before the pixels of an image
    _label_at = 0

    @checks_types
    def __init__(self, root: FilePath | None = None, train: bool = True,
                 transform: Callable[..., Any] | None = None) -> None:
        self._train = bool(train)
        super().__init__(root, transform)

    def _read(self) -> tuple[Any, Any]:
        names = self._files[self._train]
        folders = [self._root, os.path.join(self._root, self._folder)]
        paths = [find(folders, name) for name in names]
        if None in paths:
            archive = os.path.join(self._root, self._archive.name)
            if not os.path.isfile(archive):
                archive = self._fetch(self._archive, names)
            contents = read_members(archive, names)
            paths = [f"{archive}: {name}" for name in names]
        else:
            contents = [read(str(path)) for path in paths]
        rows = np.concatenate([self._rows(content, str(path))
                               for content, path in zip(contents, paths, strict=True)])
        images = rows[:, self._labels:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return switched(nd.array(images, dtype="uint8")), rows[:, self._label_at].astype("int32")

    def _rows(self, content: bytes, path: str) -> Any:
        """uint8 (images, labels and pixels)."""
        length = self._labels + _PIXELS
        if not content or len(content) % length:
            raise MXNetValueError(f"{type(self).__name__}: {path} must hold rows of {length} "
                                  f"bytes; got {len(content)} bytes")
        return np.frombuffer(content, np.uint8).reshape(-1, length)


class CIFAR100(CIFAR10):
    """CIFAR-10's kind of images in 20 coarse or, with fine_label, 100 classes.

    root: the folder of train.bin and test.bin, of their folder cifar-100-binary, or of
        cifar-100-binary.tar.gz; otherwise as for CIFAR10.
    """

    namespace = "cifar100"
    _archive = Remote("cifar-100-binary.tar.gz", "a0bb982c76b83111308126cc779a992fa506b90b")
    _folder = "cifar-100-binary"
    _files = {True: ["train.bin"], False: ["test.bin"]}
    _labels = 2

    @checks_types
    def __init__(self, root: FilePath | None = None, fine_label: bool = False, train: bool = True,
                 transform: Callable[..., Any] | None = None) -> None:
        self._label_at = int(fine_label)
        super().__init__(root, train, transform)
