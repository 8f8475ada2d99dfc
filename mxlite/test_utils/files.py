"""Files that tests and examples download: data sets and models, under MXNet's names."""

from __future__ import annotations

import bz2
import gzip
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from ..gluon import download as web
from ..io import DataBatch, DataIter, MNISTIter
from ..io.idx import read_idx
from ..whole_file import replacing

_SERVER = "http://data.mxnet.io/"
_MNIST = [f"{part}-{kind}" for part in ("train", "t10k")
          for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
# name -> path of the model's files on the server, number of its epoch
_MODELS = {
    "imagenet1k-inception-bn": ("imagenet/inception-bn/Inception-BN", "0126"),
    **{f"imagenet1k-resnet-{layers}": (f"imagenet/resnet/{layers}-layers/resnet-{layers}", "0000")
       for layers in (18, 34, 50, 101, 152)},
    "imagenet1k-resnext-50": ("imagenet/resnext/50-layers/resnext-50", "0000"),
    "imagenet1k-resnext-101": ("imagenet/resnext/101-layers/resnext-101", "0000"),
    "imagenet1k-resnext-101-64x4d": ("imagenet/resnext/101-layers/resnext-101-64x4d", "0000"),
    "imagenet11k-resnet-152": ("imagenet-11k/resnet-152/resnet-152", "0000"),
    "imagenet11k-place365ch-resnet-152": ("imagenet-11k-place365-ch/resnet-152", "0000"),
    "imagenet11k-place365ch-resnet-50": ("imagenet-11k-place365-ch/resnet-50", "0000"),
}


def download(url: str, fname: str | None = None, dirname: str | None = None,
             overwrite: bool = False, retries: int = 5) -> str:
    """Download a file unless it exists; returns its path.

    fname: the file, by default the last part of the address. dirname: a folder for it, made if
    it is not there. Otherwise as `gluon.utils.download`, which raises DownloadError.
    """
    path = os.path.join(dirname or "", fname or "")         # a folder ends in a slash
    return web.download(url, path or None, overwrite, retries=retries)


def download_model(model_name: str, dst_dir: str = "./",
                   meta_info: Mapping[str, Mapping[str, str]] | None = None
                   ) -> tuple[str | None, int]:
    """Download a model's graph and parameters: (the path before -symbol.json and -0000.params, 0).

    meta_info: name -> {"symbol": address, "params": address}; by default MXNet's models of
    ImageNet. (None, 0) for a name that is not there.
    """
    if meta_info is None:
        meta_info = {name: {"symbol": f"{_SERVER}models/{path}-symbol.json",
                            "params": f"{_SERVER}models/{path}-{epoch}.params"}
                     for name, (path, epoch) in _MODELS.items()}
    if model_name not in meta_info:
        return None, 0
    addresses = meta_info[model_name]
    for kind in ("symbol", "params"):
        if kind not in addresses:
            raise MXNetValueError(f"download_model: meta_info[{model_name!r}] must have an "
                                  f"address 'symbol' and one 'params'; got {list(addresses)}")
    prefix = os.path.join(dst_dir, model_name)
    download(addresses["symbol"], f"{prefix}-symbol.json")
    download(addresses["params"], f"{prefix}-0000.params")
    return prefix, 0


def _mnist_gz(name: str, dirname: str = "") -> str:
    """The path of one of MNIST's files, packed, downloaded where it is missing."""
    return download(web.repo_file_url("gluon/dataset/mnist", f"{name}.gz"), dirname=dirname)


def get_mnist() -> dict[str, np.ndarray[Any, Any]]:
    """MNIST, whose four .gz files are taken from the current folder, or downloaded to it.

    train_data (60000, 1, 28, 28) and test_data (10000, 1, 28, 28): float32 from 0 to 1;
    train_label and test_label: int8.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        images = read_idx(_mnist_gz(f"{prefix}-images-idx3-ubyte"), ndim=3)
        arrays[f"{part}_data"] = images[:, None].astype(np.float32) / 255
        labels = read_idx(_mnist_gz(f"{prefix}-labels-idx1-ubyte"), ndim=1)
        arrays[f"{part}_label"] = labels.view(np.int8)
    return arrays


def get_mnist_pkl() -> None:
    """Download mnist.pkl.gz to the folder `data`, unless it is there."""
    download("http://deeplearning.net/data/mnist/mnist.pkl.gz", dirname="data")


def get_mnist_ubyte() -> None:
    """Have MNIST's four files, unpacked, in the folder `data`."""
    for name in _MNIST:
        path = os.path.join("data", name)
        if not os.path.exists(path):
            packed = _mnist_gz(name, "data")
            with gzip.open(packed) as source, replacing(path) as file:
                shutil.copyfileobj(source, file)


def get_cifar10() -> None:
    """Have CIFAR-10 as RecordIO in the folder `data/cifar`: train.rec, test.rec and their .lst."""
    wanted = [os.path.join("data", "cifar", f"{part}.{kind}")
              for part in ("train", "test") for kind in ("rec", "lst")]
    if not all(map(os.path.exists, wanted)):
        _unzip(download(f"{_SERVER}mxnet/data/cifar10.zip", dirname="data"), "data")


def get_mnist_iterator(batch_size: int, input_shape: Sequence[int], num_parts: int = 1,
                       part_index: int = 0) -> tuple[MNISTIter, MNISTIter]:
    """Iterators over MNIST's training images, shuffled, and test images, in the folder `data`.

    input_shape: (1, 28, 28), or (784,) for rows of pixels. num_parts, part_index: as MNISTIter.
    """
    get_mnist_ubyte()
    settings: dict[str, Any] = {"batch_size": batch_size, "input_shape": input_shape,
                                "flat": len(input_shape) != 3, "num_parts": num_parts,
                                "part_index": part_index}
    train, test = [MNISTIter(image=f"data/{part}-images-idx3-ubyte",
                             label=f"data/{part}-labels-idx1-ubyte", shuffle=part == "train",
                             **settings) for part in ("train", "t10k")]
    return train, test


def _unzip(path: str, folder: str) -> None:
    with zipfile.ZipFile(path) as file:
        file.extractall(folder)


def get_zip_data(data_dir: str, url: str, data_origin_name: str) -> None:
    """Download a .zip file to data_dir and unpack it there, unless data_origin_name is there."""
    path = os.path.join(data_dir, data_origin_name)
    if not os.path.exists(path):
        _unzip(download(url, data_origin_name, data_dir), data_dir)


def get_bz2_data(data_dir: str, data_name: str, url: str, data_origin_name: str) -> None:
    """Download a .bz2 file to data_dir as data_origin_name, unpack it to data_name and remove it,
    unless data_name is there."""
    path = os.path.join(data_dir, data_name)
    if not os.path.exists(path):
        packed = download(url, data_origin_name, data_dir)
        with bz2.open(packed) as source, replacing(path) as file:
            shutil.copyfileobj(source, file)
        os.remove(packed)


class DummyIter(DataIter):
    """Gives the first batch of another iterator again and again, without end: for speed tests."""

    def __init__(self, real_iter: DataIter) -> None:
        super().__init__()
        self.real_iter = real_iter
        self.provide_data = real_iter.provide_data
        self.provide_label = real_iter.provide_label
        self.batch_size = real_iter.batch_size
        self.the_batch: DataBatch = next(real_iter)

    def next(self) -> DataBatch:
        """The first batch of the other iterator."""
        return self.the_batch
