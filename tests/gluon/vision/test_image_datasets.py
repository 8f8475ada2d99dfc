"""Data sets of encoded images, against MXNet's recordings and Pillow."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon.data import DataLoader
from mxlite.gluon.data.vision import ImageFolderDataset, ImageListDataset, ImageRecordDataset

RECORDS = Path(__file__).parents[2] / "recordio/data"
DECODED = np.load(Path(__file__).parent / "recorded/decoded.npz")


@pytest.mark.parametrize("flag", [0, 1])
def test_records_as_mxnet(flag):
    dataset = ImageRecordDataset(str(RECORDS / "images.rec"), flag)
    assert len(dataset) == 5
    for i, (image, label) in enumerate(dataset):
        wanted = DECODED[f"{flag} {i}"]
        assert isinstance(image, mx.nd.NDArray) and image.dtype == np.uint8 and label == 1
        assert image.shape == wanted.shape
        difference = np.abs(image.asnumpy().astype(int) - wanted).max()
        assert difference <= (flag == 0 and i in (1, 2))    # the PNGs with colours, made gray


def test_records_transformed_loaded_pickled_and_without_index(tmp_path):
    shutil.copy(RECORDS / "images.rec", tmp_path)
    with pytest.warns(UserWarning, match="images.idx"):
        dataset = ImageRecordDataset(str(tmp_path / "images.rec"), transform=lambda x, y: (x, -y))
    for workers in (0, 2):
        batch, labels = next(iter(DataLoader(dataset, 5, num_workers=workers)))
        assert batch.shape == (5, *DECODED["1 0"].shape) and labels.asnumpy().tolist() == [-1] * 5
    dataset = ImageRecordDataset(str(RECORDS / "images.rec"))
    again = pickle.loads(pickle.dumps(dataset))
    assert (again[1][0] == dataset[1][0]).asnumpy().all()


@pytest.fixture
def folder(tmp_path, rng):
    """cat/{a.png,b.JPG,notes.txt}, dog/c.jpeg, empty/, readme.md."""
    for name in ("dog/c.jpeg", "cat/b.JPG", "cat/a.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (8, 9, 3), dtype="uint8")).save(path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "readme.md").write_text("")
    (tmp_path / "cat/notes.txt").write_text("")
    return tmp_path


def test_folders(folder):
    with pytest.warns(UserWarning) as told:
        dataset = ImageFolderDataset(str(folder))
    texts = sorted(str(warning.message) for warning in told)
    assert len(texts) == 2 and "notes.txt is passed over: it does not end in .jpg" in texts[0]
    assert "readme.md is passed over: it is no folder" in texts[1]
    assert dataset.synsets == ["cat", "dog", "empty"]
    names = ["cat/a.png", "cat/b.JPG", "dog/c.jpeg"]
    assert dataset.items == [(str(folder / name), int(name > "d")) for name in names]
    assert len(dataset) == 3
    for (image, label), name in zip(dataset, names, strict=True):
        wanted = np.asarray(Image.open(folder / name)).astype(int)
        assert np.abs(image.asnumpy().astype(int) - wanted).max() <= ("png" not in name)
        assert label == int(name > "d") and image.shape == (8, 9, 3)


@pytest.mark.filterwarnings("ignore:ImageFolderDataset")
def test_folders_in_gray_and_transformed(folder):
    assert ImageFolderDataset(str(folder), flag=0)[0][0].shape == (8, 9, 1)
    dataset = ImageFolderDataset(str(folder), transform=lambda x, y: (x.shape, y + 10))
    assert dataset[2] == ((8, 9, 3), 11)


def test_lists(folder, tmp_path):
    path = tmp_path / "files.lst"
    path.write_text("0\t3\tcat/a.png\n\n1\t-1.5\tdog/c.jpeg\n")
    dataset = ImageListDataset(str(folder), str(path))
    assert [label for _, label in dataset] == [3.0, -1.5] and dataset[1][0].shape == (8, 9, 3)
    dataset = ImageListDataset(str(folder), [[1, 2, "cat/a.png"], ((0.5, 1), "cat/b.JPG")])
    assert [label.tolist() for _, label in dataset] == [[1, 2], [0.5, 1]]
    assert dataset[0][1].dtype == np.float32 and len(dataset) == 2


def misuses(folder):
    path = folder / "wrong.lst"
    path.write_text("0\tcat\tcat/a.png\n")
    (folder / "cat/a.png").write_bytes(b"no image")
    (folder / "dog/c.jpeg").unlink()
    images = ImageListDataset(str(folder), [[0, "cat/a.png"], [0, "dog/c.jpeg"]])
    return {
        "folder with one folder for each class; got 'no'": lambda: ImageFolderDataset("no"),
        r"flag must be 1 \(RGB\), 0 \(gray\) or -1 \(as stored\); got 2":
            lambda: ImageFolderDataset(str(folder), 2),
        "imglist must be a .lst file or a list": lambda: ImageListDataset(str(folder)),
        "no.lst cannot be read: No such file": lambda: ImageListDataset(".", "no.lst"),
        f"line 1 of {path} has \\['cat'\\] before": lambda: ImageListDataset(".", str(path)),
        "entry 0 of imglist has \\[\\] before": lambda: ImageListDataset(".", [["a.png"]]),
        "cat/a.png: expected an encoded image": lambda: images[0],
        "ImageListDataset: .*c.jpeg cannot be read: No such file": lambda: images[1],
        "no.rec": lambda: ImageRecordDataset(str(folder / "no.rec")),
        "record 0 of .*labels.rec: expected an encoded image":
            lambda: ImageRecordDataset(str(RECORDS / "labels.rec"))[0],
    }


def test_misuse_is_named(folder):
    for message, call in misuses(folder).items():
        with pytest.raises(MXNetError, match=message):
            call()
