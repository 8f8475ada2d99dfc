"""Data sets that are files in a folder, and on the web if they are not there."""

from __future__ import annotations

import gzip
import os
import tarfile
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .... import ndarray as nd
from ....argument_types import FilePath, checks_types
from ....base import MXNetError, MXNetValueError, data_dir
from ...download import DownloadError, download, repo_file_url
from ..dataset import Dataset, gather


class Remote(NamedTuple):
    """A file of the repository: its name, and its SHA-1."""

    name: str
    sha1: str


class LocalDataset(Dataset):
    """Base: images `_data` (N, H, W, C), uint8, and labels `_label` (N,), int32, in memory.

    A sample is (image, label), or transform(image, label).
    """

    namespace = ""                                  # its folder, here and in the repository

    @checks_types
    def __init__(self, root: FilePath | None, transform: Callable[..., Any] | None) -> None:
        if root is None:
            root = os.path.join(data_dir(), "datasets", self.namespace)
        self._root = os.path.expanduser(os.fsdecode(root))
        self._transform = transform
        self._data: Any = None
        self._label: Any = None
        self._get_data()

    def _get_data(self) -> None:
        """Set `_data` and `_label`: the name in MXNet, which subclasses of users override."""
        self._data, self._label = self._read()

    def _read(self) -> tuple[Any, Any]:
        """(NDArray of images, NumPy array of labels); subclasses override it."""
        raise NotImplementedError

    def __getitem__(self, idx: int) -> Any:
        if self._transform is not None:
            return self._transform(self._data[idx], self._label[idx])
        return self._data[idx], self._label[idx]

    def __len__(self) -> int:
        return len(self._label)

    def batch(self, indices: Sequence[int]) -> list[Any] | None:
        """[uint8 images (N, H, W, C), int32 labels (N,)], gathered at once."""
        if self._transform is not None or not all(
                isinstance(each, (nd.NDArray, np.ndarray)) for each in (self._data, self._label)):
            return None
        return [gather(self._data, indices), gather(self._label, indices)]

    def _fetch(self, remote: Remote, wanted: Sequence[str]) -> str:
        """Download a file into the root; the error says which files would do."""
        try:
            return download(repo_file_url(f"gluon/dataset/{self.namespace}", remote.name),
                            path=os.path.join(self._root, ""), sha1_hash=remote.sha1, retries=3)
        except (DownloadError, OSError) as error:
            raise DownloadError(
                f"{type(self).__name__}: folder {os.path.abspath(self._root)} lacks "
                f"{' and '.join(wanted)}, and {error}") from error


def find(folders: Sequence[str], name: str) -> str | None:
    """The path of the file `name`, or of `name`.gz, in the first folder that has it."""
    paths = [os.path.join(folder, name + ending) for folder in folders for ending in ("", ".gz")]
    return next((path for path in paths if os.path.isfile(path)), None)


def read(path: str) -> bytes:
    """The content of a file, plain or .gz."""
    opener: Any = gzip.open if path.endswith(".gz") else open
    try:
        with opener(path, "rb") as file:
            return file.read()
    except (OSError, EOFError) as error:
        raise MXNetValueError(f"{path}: cannot be read: {error}") from None


def read_members(path: str, names: Sequence[str]) -> list[bytes]:
    """The content of these members of a tar archive, whatever folder they are in."""
    try:
        with tarfile.open(path) as archive:
            members = {os.path.basename(member.name): member for member in archive
                       if member.isfile()}
            missing = [name for name in names if name not in members]
            if missing:
                raise MXNetValueError(f"{path}: the archive has no {' and '.join(missing)}")
            return [archive.extractfile(members[name]).read()  # type: ignore[union-attr]
                    for name in names]
    except (tarfile.TarError, OSError, EOFError) as error:
        if isinstance(error, MXNetError):
            raise
        raise MXNetValueError(f"{path}: cannot be read: {error}") from None
