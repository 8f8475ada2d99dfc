"""Downloads of data sets and models, from a local server."""

import bz2
import gzip
import io
import os
import zipfile

import numpy as np
import pytest
from web_server import serving

import mxlite as mx
from mxlite import test_utils as tu
from mxlite.gluon.download import DownloadError
from mxlite.io.idx import write_idx
from mxlite.test_utils import files


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server; the current folder is an empty one."""
    monkeypatch.chdir(tmp_path)
    with serving({"/a/data.bin": b"some bytes"}) as server:
        monkeypatch.setenv("MXNET_GLUON_REPO", server.url("/repo"))
        monkeypatch.setattr(files, "_SERVER", server.url("/"))
        yield server


def zipped(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return content.getvalue()


@pytest.fixture
def mnist(server, tmp_path):
    """name -> array of a small MNIST that the server has."""
    rng = np.random.default_rng(1)
    arrays = {}
    for prefix, count in (("train", 40), ("t10k", 12)):
        arrays[f"{prefix}-images-idx3-ubyte"] = rng.integers(0, 256, (count, 28, 28), "uint8")
        arrays[f"{prefix}-labels-idx1-ubyte"] = rng.integers(0, 10, count, "uint8")
    for name, array in arrays.items():
        path = tmp_path / f"served-{name}.gz"
        write_idx(str(path), array)
        server.files[f"/repo/gluon/dataset/mnist/{name}.gz"] = path.read_bytes()
        path.unlink()
    return arrays


@pytest.mark.parametrize(("arguments", "path"), [
    ({}, "data.bin"), ({"fname": "b"}, "b"), ({"fname": "new/b"}, "new/b"),
    ({"dirname": "new"}, "new/data.bin"), ({"dirname": "new/er", "fname": "b"}, "new/er/b")])
def test_where_a_file_goes(server, arguments, path):
    assert tu.download(server.url("/a/data.bin"), **arguments) == path
    with open(path, "rb") as file:
        assert file.read() == b"some bytes"


def test_what_is_there_is_kept(server):
    with open("data.bin", "wb") as file:
        file.write(b"mine")
    url = server.url("/a/data.bin")
    tu.download(url)
    assert os.path.getsize("data.bin") == 4 and server.requests == []
    tu.download(url, overwrite=True)
    assert os.path.getsize("data.bin") == 10
    with pytest.raises(DownloadError, match="404"):
        tu.download(server.url("/none"), retries=0)
    with pytest.raises(ValueError, match="retries must be at least 0; got -1"):
        tu.download(url, retries=-1)


def test_get_mnist(server, mnist):
    for _ in range(2):
        data = tu.get_mnist()
        assert len(server.requests) == 4
        for part, prefix in (("train", "train"), ("test", "t10k")):
            images = mnist[f"{prefix}-images-idx3-ubyte"]
            np.testing.assert_array_equal(data[f"{part}_data"],
                                          images[:, None].astype("float32") / 255)
            np.testing.assert_array_equal(data[f"{part}_label"],
                                          mnist[f"{prefix}-labels-idx1-ubyte"])
            assert data[f"{part}_label"].dtype == np.int8
            assert data[f"{part}_data"].dtype == np.float32
    assert os.path.exists("train-images-idx3-ubyte.gz")


def test_get_mnist_iterator(server, mnist):
    train, test = tu.get_mnist_iterator(4, (784,))
    assert [batch.data[0].shape for batch in train] == [(4, 784)] * 10
    labels = np.concatenate([batch.label[0].asnumpy() for batch in test])
    np.testing.assert_array_equal(labels, mnist["t10k-labels-idx1-ubyte"])
    train, test = tu.get_mnist_iterator(4, (1, 28, 28), num_parts=2, part_index=1)
    assert next(train).data[0].shape == (4, 1, 28, 28) and len(list(test)) == 1
    assert len(server.requests) == 4 and len(os.listdir("data")) == 8


def test_get_cifar10(server):
    members = {f"cifar/{part}.{kind}": f"{part} {kind}"
               for part in ("train", "test") for kind in ("rec", "lst")}
    server.files["/mxnet/data/cifar10.zip"] = zipped(members)
    tu.get_cifar10()
    tu.get_cifar10()
    assert len(server.requests) == 1
    for name, text in members.items():
        with open(f"data/{name}") as file:
            assert file.read() == text


def test_get_mnist_pkl(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    wanted = []
    monkeypatch.setattr(files, "download", lambda *args, **kwargs: wanted.append((args, kwargs)))
    tu.get_mnist_pkl()
    assert wanted == [(("http://deeplearning.net/data/mnist/mnist.pkl.gz",), {"dirname": "data"})]


def test_get_zip_and_bz2_data(server):
    server.files["/x.zip"] = zipped({"inner/a.txt": "zip"})
    server.files["/y.bz2"] = bz2.compress(b"bz2")
    for _ in range(2):
        tu.get_zip_data("folder", server.url("/x.zip"), "x.zip")
        tu.get_bz2_data("folder", "y", server.url("/y.bz2"), "y.bz2")
    with open("folder/inner/a.txt") as file:
        assert file.read() == "zip"
    with open("folder/y", "rb") as file:
        assert file.read() == b"bz2"
    assert sorted(os.listdir("folder")) == ["inner", "x.zip", "y"] and len(server.requests) == 2


def test_download_model(server):
    server.files["/models/imagenet/resnet/18-layers/resnet-18-symbol.json"] = b"{}"
    server.files["/models/imagenet/resnet/18-layers/resnet-18-0000.params"] = b"params"
    name = "imagenet1k-resnet-18"
    assert tu.download_model(name, "models") == (f"models/{name}", 0)
    assert sorted(os.listdir("models")) == [f"{name}-0000.params", f"{name}-symbol.json"]
    assert tu.download_model("resnet-19") == (None, 0)
    server.files["/s"], server.files["/p"] = b"s", b"p"
    info = {"mine": {"symbol": server.url("/s"), "params": server.url("/p")},
            "half": {"symbol": ""}}
    assert tu.download_model("mine", "models", info) == ("models/mine", 0)
    assert tu.download_model(name, "models", info) == (None, 0)
    with pytest.raises(ValueError, match=r"meta_info\['half'\] must have an address 'symbol' and"):
        tu.download_model("half", "models", info)


def test_the_models_of_mxnet_have_addresses():
    assert len(files._MODELS) == 12
    assert files._MODELS["imagenet1k-inception-bn"][1] == "0126"
    assert files._MODELS["imagenet1k-resnet-152"][0] == "imagenet/resnet/152-layers/resnet-152"


def test_dummy_iter():
    data = mx.io.NDArrayIter(np.arange(6).reshape(3, 2), np.arange(3), 1)
    dummy = tu.DummyIter(data)
    assert dummy.provide_data == data.provide_data and dummy.batch_size == 1
    assert dummy.provide_label == data.provide_label and dummy.real_iter is data
    batches = [batch for batch, _ in zip(dummy, range(10), strict=False)]
    dummy.reset()
    assert all(batch is dummy.the_batch for batch in [*batches, dummy.next()])
    assert dummy.the_batch.data[0].asnumpy().tolist() == [[0, 1]] and len(batches) == 10


def test_packed_mnist_is_unpacked(server, mnist):
    tu.get_mnist_ubyte()
    with gzip.open("data/t10k-labels-idx1-ubyte.gz") as packed, \
            open("data/t10k-labels-idx1-ubyte", "rb") as file:
        assert packed.read() == file.read()
