"""CIFAR-10 and CIFAR-100 from made-up files: plain, compressed, in an archive, from a server."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest
from web_server import serving

from mxlite.gluon.data import DataLoader
from mxlite.gluon.data.vision import CIFAR10, CIFAR100
from mxlite.gluon.data.vision.local import Remote

NAMES = [f"data_batch_{i}.bin" for i in range(1, 6)]


def rows(rng, count=3, labels=1):
    """(the file's bytes, images (N, 32, 32, 3), labels (N, labels))."""
    images = rng.integers(0, 256, (count, 3, 32, 32), dtype="uint8")
    classes = rng.integers(0, 10, (count, labels), dtype="uint8")
    table = np.concatenate([classes, images.reshape(count, -1)], 1)
    return table.tobytes(), images.transpose(0, 2, 3, 1), classes


def archive(files, folder=""):
    """A .tar.gz of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def parts(rng):
    return [rows(rng, count) for count in (3, 1, 2, 4, 1)]


def check(dataset, parts, label_at=0):
    images = np.concatenate([images for _, images, _ in parts])
    labels = np.concatenate([labels for _, _, labels in parts])[:, label_at]
    assert len(dataset) == len(images)
    for i, (image, label) in enumerate(dataset):
        assert image.dtype == np.uint8 and label.dtype == np.int32
        assert (image.asnumpy() == images[i]).all() and label == labels[i]
    batch, _ = next(iter(DataLoader(dataset, len(images))))
    assert (batch.asnumpy() == images).all()


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("folder", ["", "cifar-10-batches-bin"])
def test_files(tmp_path, parts, folder, ending):
    place = tmp_path / folder
    place.mkdir(exist_ok=True)
    for name, (content, *_) in zip(NAMES, parts, strict=True):
        (place / (name + ending)).write_bytes(gzip.compress(content) if ending else content)
    check(CIFAR10(str(tmp_path)), parts)
    (place / "test_batch.bin").write_bytes(parts[0][0])
    check(CIFAR10(str(tmp_path), train=False), parts[:1])


@pytest.mark.parametrize("folder", ["", "cifar-10-batches-bin/"])
def test_the_archive_is_read_as_it_is(tmp_path, parts, folder):
    files = {name: content for name, (content, *_) in zip(NAMES, parts, strict=True)}
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(archive(files, folder))
    check(CIFAR10(str(tmp_path)), parts)
    with pytest.raises(ValueError, match=r"cifar-10-binary.tar.gz: the archive has no test_batch"):
        CIFAR10(str(tmp_path), train=False)


@pytest.mark.parametrize(("fine", "label_at"), [(False, 0), (True, 1)])
def test_cifar100(tmp_path, rng, fine, label_at):
    part = rows(rng, 5, labels=2)
    (tmp_path / "train.bin").write_bytes(part[0])
    check(CIFAR100(str(tmp_path), fine_label=fine), [part], label_at)


def test_transform(tmp_path, rng):
    part = rows(rng, 4)
    (tmp_path / "test_batch.bin").write_bytes(part[0])
    halves = CIFAR10(str(tmp_path), False, lambda image, label: (image.astype("f4") / 2, -label))
    image, label = halves[1]
    assert (image.asnumpy() == part[1][1] / 2).all() and label == -int(part[2][1, 0])
    _, labels = next(iter(DataLoader(halves, 4)))
    assert labels.asnumpy().tolist() == (-part[2][:, 0].astype(int)).tolist()


def test_download(tmp_path, rng, monkeypatch):
    part = rows(rng, 4, labels=2)
    content = archive({"train.bin": part[0], "test.bin": part[0]})
    with serving({"/gluon/dataset/cifar100/cifar-100-binary.tar.gz": content}) as server:
        monkeypatch.setenv("MXNET_GLUON_REPO", server.url("/"))
        monkeypatch.setenv("MXNET_HOME", str(tmp_path))
        sha1 = hashlib.sha1(content).hexdigest()
        monkeypatch.setattr(CIFAR100, "_archive", Remote("cifar-100-binary.tar.gz", sha1))
        check(CIFAR100(), [part])
        check(CIFAR100(train=False), [part])
        assert len(server.requests) == 1
    assert (tmp_path / "datasets/cifar100/cifar-100-binary.tar.gz").read_bytes() == content


def test_without_network_all_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://127.0.0.1:9")
    with pytest.raises(OSError, match=(
            rf"CIFAR10: folder {tmp_path} lacks test_batch.bin, and download: http://127.0.0.1:9/"
            r"gluon/dataset/cifar10/cifar-10-binary.tar.gz could not be fetched \(4 tries\): .*"
            rf"refused.*put the file into {tmp_path} as cifar-10-binary.tar.gz")):
        CIFAR10(str(tmp_path), train=False)


def test_broken_files_are_named(tmp_path):
    path = tmp_path / "test_batch.bin"
    for content in (b"", bytes(3072)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=rf"CIFAR10: {path} must hold rows of 3073 bytes; got "
                                             f"{len(content)} bytes"):
            CIFAR10(str(tmp_path), train=False)
    path.unlink()
    (tmp_path / "test_batch.bin.gz").write_bytes(b"no gzip")
    with pytest.raises(ValueError, match=r"test_batch.bin.gz: cannot be read: Not a gzipped file"):
        CIFAR10(str(tmp_path), train=False)
    archived = archive({"train.bin": bytes(3074) * 9})
    for content in (b"no archive", archived[:len(archived) // 2]):
        (tmp_path / "cifar-100-binary.tar.gz").write_bytes(content)
        with pytest.raises(ValueError, match=r"cifar-100-binary.tar.gz: cannot be read: "):
            CIFAR100(str(tmp_path))
