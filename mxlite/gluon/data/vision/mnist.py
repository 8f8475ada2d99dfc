"""MNIST and Fashion-MNIST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .... import ndarray as nd
from ....argument_types import FilePath, checks_types
from ....base import MXNetValueError
from ....io.idx import read_idx
from ....ndarray.numpy.switched import switched
from ....util import is_np_array
from .local import LocalDataset, Remote, find


class MNIST(LocalDataset):
    """Handwritten digits: (uint8 image (28, 28, 1), int32 label), 60,000 to train, 10,000 to test.

    root: the folder of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-... and
        t10k-labels-..., plain or .gz; what is missing is downloaded. None: datasets/mnist in
        ~/.mxnet, or in the environment's MXNET_HOME.
    transform: makes a sample of (image, label).
    """

    namespace = "mnist"
    _remote = {
        True: (Remote("train-images-idx3-ubyte.gz", "6c95f4b05d2bf285e1bfb0e7960c31bd3b3f8a7d"),
               Remote("train-labels-idx1-ubyte.gz", "2a80914081dc54586dbdf242f9805a6b8d2a15fc")),
        False: (Remote("t10k-images-idx3-ubyte.gz", "c3a25af1f52dad7f726cce8cacb138654b760d48"),
                Remote("t10k-labels-idx1-ubyte.gz", "763e7fa3757d93b0cdec073cef058b2004252c17")),
    }

    @checks_types
    def __init__(self, root: FilePath | None = None, train: bool = True,
                 transform: Callable[..., Any] | None = None) -> None:
        self._train = bool(train)
        super().__init__(root, transform)

    def _read(self) -> tuple[Any, Any]:
        remotes = self._remote[self._train]
        names = [remote.name.removesuffix(".gz") for remote in remotes]
        images, labels = [find([self._root], name) or self._fetch(remote, names)
                          for name, remote in zip(names, remotes, strict=True)]
        pixels, classes = read_idx(images, ndim=3), read_idx(labels, ndim=1)
        if len(pixels) != len(classes):
            raise MXNetValueError(f"{type(self).__name__}: {images} holds {len(pixels)} images, "
                                  f"{labels} {len(classes)} labels")
        classes = classes.astype("int32")
        return (switched(nd.array(pixels[..., None], dtype="uint8")),
                switched(nd.array(classes, dtype="int32")) if is_np_array() else classes)


class FashionMNIST(MNIST):
    """Zalando's pictures of clothes, in the files and shapes of MNIST."""

    namespace = "fashion-mnist"
    _remote = {
        True: (Remote("train-images-idx3-ubyte.gz", "0cf37b0d40ed5169c6b3aba31069a9770ac9043d"),
               Remote("train-labels-idx1-ubyte.gz", "236021d52f1e40852b06a4c3008d8de8aef1e40b")),
        False: (Remote("t10k-images-idx3-ubyte.gz", "626ed6a7c06dd17c0eec72fa3be1740f146a2863"),
                Remote("t10k-labels-idx1-ubyte.gz", "17f9ab60e7257a1620f4ad76bbbaf857c3920701")),
    }
