"""MNIST and Fashion-MNIST from local files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from .... import ndarray as nd
from ....base import MXNetValueError
from ....io.idx import read_idx
from ..dataset import Dataset, gather

_PARTS = {True: "train", False: "t10k"}


class MNIST(Dataset):
    """Handwritten digits: (uint8 image (28, 28, 1), int32 label), 60,000 to train, 10,000 to test.

    root: the folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-... and
    t10k-labels-..., plain or .gz. transform: makes (data, label) of (data, label).
    """

    default_root = os.path.join("~", ".mxnet", "datasets", "mnist")

    def __init__(self, root: str | None = None, train: bool = True,
                 transform: Callable[..., Any] | None = None) -> None:
        root = os.path.expanduser(self.default_root if root is None else root)
        part = _PARTS[bool(train)]
        images, labels = _files(type(self).__name__, root,
                                [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"])
        pixels, classes = read_idx(images, ndim=3), read_idx(labels, ndim=1)
        if len(pixels) != len(classes):
            raise MXNetValueError(f"{type(self).__name__}: {images} holds {len(pixels)} images, "
                                  f"{labels} {len(classes)} labels")
        self._transform = transform
        self._data = nd.array(pixels[..., None], dtype="uint8")
        self._label = classes.astype("int32")

    def __getitem__(self, idx: int) -> Any:
        if self._transform is not None:
            return self._transform(self._data[idx], self._label[idx])
        return self._data[idx], self._label[idx]

    def __len__(self) -> int:
        return len(self._label)

    def batch(self, indices: Sequence[int]) -> list[nd.NDArray] | None:
        """(uint8 images (N, 28, 28, 1), int32 labels (N,)), gathered at once."""
        if self._transform is not None:
            return None
        return [gather(self._data, indices), gather(self._label, indices)]


class FashionMNIST(MNIST):
    """Zalando's pictures of clothes, in the files and shapes of MNIST."""

    default_root = os.path.join("~", ".mxnet", "datasets", "fashion-mnist")


def _files(dataset: str, root: str, names: list[str]) -> list[str]:
    """The paths of these files, each plain or with .gz; raises naming the missing ones."""
    found, missing = [], []
    for name in names:
        paths = [os.path.join(root, name + ending) for ending in ("", ".gz")]
        there = [path for path in paths if os.path.isfile(path)]
        found += there[:1]
        missing += [] if there else [name]
    if missing:
        state = "has no" if os.path.isdir(root) else "does not exist; it must hold"
        raise MXNetValueError(f"{dataset}: folder {os.path.abspath(root)} {state} "
                              f"{' and '.join(missing)} (plain or .gz). Put the files there; "
                              "nothing is downloaded.")
    return found
