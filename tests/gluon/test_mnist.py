"""MNIST from idx files: the sample of the repository, made-up files, broken ones."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from web_server import serving

import mxlite as mx
from mxlite.gluon.data import DataLoader
from mxlite.gluon.data.vision import MNIST, FashionMNIST
from mxlite.gluon.data.vision.local import Remote
from mxlite.io.idx import read_idx, write_idx

SAMPLE = Path(__file__).parents[2] / "examples" / "data" / "mnist"


def write(folder, count=6, ending="", labels=None):
    images = np.arange(count * 28 * 28, dtype="uint8").reshape(count, 28, 28)
    write_idx(str(folder / f"train-images-idx3-ubyte{ending}"), images)
    write_idx(str(folder / f"train-labels-idx1-ubyte{ending}"),
              np.arange(count if labels is None else labels, dtype="uint8"))
    return images


@pytest.mark.parametrize(("train", "count", "first"), [(True, 10000, [5, 0, 4, 1, 9]),
                                                       (False, 2000, [7, 2, 1, 0, 4])])
def test_the_sample(train, count, first):
    digits = MNIST(str(SAMPLE), train=train)
    image, label = digits[0]
    assert len(digits) == count
    assert image.shape == (28, 28, 1) and image.dtype == np.uint8
    assert label.dtype == np.int32 and [digits[i][1] for i in range(5)] == first
    assert image.asnumpy().max() > 250


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_plain_and_compressed_files(tmp_path, ending):
    images = write(tmp_path, ending=ending)
    digits = MNIST(str(tmp_path))
    assert (digits[3][0].asnumpy()[..., 0] == images[3]).all() and digits[3][1] == 3


def test_transform_and_batches(tmp_path):
    write(tmp_path)
    halves = MNIST(str(tmp_path), transform=lambda x, y: (x.astype("float32") / 2, -y))
    data, label = next(iter(DataLoader(halves, 4)))
    assert data.shape == (4, 28, 28, 1) and label.asnumpy().tolist() == [0, -1, -2, -3]
    data, label = next(iter(DataLoader(MNIST(str(tmp_path)), 4)))
    assert data.dtype == np.uint8 and label.dtype == np.int32
    assert isinstance(data, mx.nd.NDArray)


def test_missing_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://127.0.0.1:9")
    with pytest.raises(OSError, match=(
            rf"MNIST: folder {tmp_path}/no lacks train-images-idx3-ubyte and train-labels-idx1-"
            "ubyte, and download: http://127.0.0.1:9/gluon/dataset/mnist/train-images-idx3-ubyte")):
        MNIST(str(tmp_path / "no"))
    write(tmp_path)
    with pytest.raises(OSError, match=r"FashionMNIST: .*/gluon/dataset/fashion-mnist/t10k-images"):
        FashionMNIST(str(tmp_path), train=False)


def test_missing_files_are_downloaded(tmp_path, monkeypatch):
    (tmp_path / "web").mkdir()
    images = write(tmp_path / "web", ending=".gz")
    remotes = MNIST._remote[True]
    contents = [(tmp_path / "web" / remote.name).read_bytes() for remote in remotes]
    monkeypatch.setitem(MNIST._remote, True, tuple(
        Remote(remote.name, hashlib.sha1(content).hexdigest())
        for remote, content in zip(remotes, contents, strict=True)))
    with serving({f"/gluon/dataset/mnist/{remote.name}": content
                  for remote, content in zip(remotes, contents, strict=True)}) as server:
        monkeypatch.setenv("MXNET_GLUON_REPO", server.url(""))
        monkeypatch.setenv("MXNET_HOME", str(tmp_path / "home"))
        for _ in range(2):
            assert (MNIST()[5][0].asnumpy()[..., 0] == images[5]).all()
        assert len(server.requests) == 2
    assert len(list((tmp_path / "home/datasets/mnist").iterdir())) == 2


def test_broken_files_are_named(tmp_path):
    write(tmp_path, labels=5)
    with pytest.raises(ValueError, match=r"holds 6 images, .* 5 labels"):
        MNIST(str(tmp_path))
    path = tmp_path / "broken"
    path.write_bytes(b"\0\0\x08\x01\0\0\0\x05abc")
    with pytest.raises(ValueError, match=r"5 bytes must follow the header.*\(5,\); got 3"):
        read_idx(str(path), 1)
    with pytest.raises(ValueError, match=r"must begin with 00 00 08 03.*got 00 00 08 01"):
        read_idx(str(path), 3)
    path = tmp_path / "broken.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(ValueError, match="cannot be read: Not a gzipped file"):
        read_idx(str(path), 1)
