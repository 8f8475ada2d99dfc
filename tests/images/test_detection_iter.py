"""ImageDetIter: batches as MXNet 1.9.1 gives them, label shapes, drawing, and errors."""

import numpy as np
import pytest
from augment_calls import ALL_DET, LABEL, SEEDS, det_label, png, smooth, write_records
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image, recordio

SHAPE = (3, 24, 20)


@pytest.fixture
def records(tmp_path):
    write_records(recordio, tmp_path / "d", [det_label(3), det_label(1)])
    return str(tmp_path / "d.rec")


@pytest.mark.parametrize("hook", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_all_augmentations_as_recorded(seed, hook, records, monkeypatch):
    class Hooked(image.ImageDetIter):
        def augmentation_transform(self, data, label):
            assert isinstance(data, mx.nd.NDArray)
            return super().augmentation_transform(data, label)

    iterator = (Hooked if hook else image.ImageDetIter)(2, SHAPE, path_imgrec=records, **ALL_DET)
    with replay(monkeypatch, f"ImageDetIter {seed}"):
        batch = next(iterator)
    np.testing.assert_allclose(batch.data[0].asnumpy(), RECORDED[f"ImageDetIter {seed} 0"],
                               rtol=2e-6, atol=2e-5)
    np.testing.assert_allclose(batch.label[0].asnumpy(), RECORDED[f"ImageDetIter {seed} 1"],
                               rtol=1e-6, atol=1e-7)


def test_labels_and_descriptions(records):
    iterator = image.ImageDetIter(2, SHAPE, path_imgrec=records)
    assert iterator.provide_data == [("data", (2, *SHAPE))]
    assert iterator.provide_label == [("label", (2, 3, 5))]
    label = next(iterator).label[0].asnumpy()
    np.testing.assert_array_equal(label[0], np.float32(LABEL))
    np.testing.assert_array_equal(label[1, 0], np.float32(LABEL[0]))
    assert (label[1, 1:] == -1).all()


def test_lists_and_epochs(tmp_path):
    for i in range(3):
        (tmp_path / f"{i}.png").write_bytes(png(smooth(31, 47, i)))
    rows = [det_label(i + 1) for i in range(3)]
    text = ["\t".join(map(str, [i, *rows[i], f"{i}.png"])) for i in range(3)]
    (tmp_path / "d.lst").write_text("\n".join(text))
    for given in ({"path_imglist": tmp_path / "d.lst"},
                  {"imglist": [[rows[i], f"{i}.png"] for i in range(3)]}):
        iterator = image.ImageDetIter(2, SHAPE, path_root=tmp_path, **given)
        for _ in range(2):
            batches = list(iterator)
            assert [batch.pad for batch in batches] == [0, 1]
            labels = np.concatenate([batch.label[0].asnumpy() for batch in batches])
            assert [(objects[:, 0] >= 0).sum() for objects in labels] == [1, 2, 3, 1]
            iterator.reset()


def test_reshape_and_sync(records, tmp_path, caplog):
    write_records(recordio, tmp_path / "e", [det_label(1)])
    train = image.ImageDetIter(1, SHAPE, path_imgrec=records)
    valid = image.ImageDetIter(1, SHAPE, path_imgrec=tmp_path / "e.rec", label_name="y")
    with caplog.at_level("INFO"):
        assert train.sync_label_shape(valid, verbose=True) is valid
    assert "label_shape is now (3, 5)" in caplog.text
    assert valid.provide_label == [("y", (1, 3, 5))]
    assert next(valid).label[0].shape == (1, 3, 5)
    train.reshape((3, 30, 40), (4, 5))
    assert (train.provide_data, train.provide_label) == ([("data", (1, 3, 30, 40))],
                                                         [("label", (1, 4, 5))])
    for call, message in ((lambda: train.reshape(label_shape=(3, 5)), "at least 4, and 5; got .3"),
                          (lambda: train.check_label_shape((4, 6)), r"and 5; got \(4, 6\)"),
                          (lambda: train.check_label_shape((4,)), r"label_shape must be .*\(4,\)"),
                          (lambda: train.reshape((3, 4)), "data_shape must be"),
                          (lambda: train.sync_label_shape(3), "it must be an ImageDetIter; got i")):
        with pytest.raises(mx.MXNetError, match="ImageDetIter: .*" + message):
            call()


def test_images_that_lose_their_objects_are_left_out(records):
    class Lose(image.DetAugmenter):
        def __call__(self, src, label):
            return src, label[1:]

    crop = image.DetBorrowAug(image.ForceResizeAug((20, 24)))
    iterator = image.ImageDetIter(1, SHAPE, path_imgrec=records, aug_list=[crop, Lose()])
    batch, = iterator
    np.testing.assert_array_equal(batch.label[0].asnumpy()[0, :2], np.float32(LABEL[1:]))


def test_drawing(records):
    iterator = image.ImageDetIter(1, SHAPE, path_imgrec=records, mean=True, std=True)
    plain = image.ImageDetIter(1, SHAPE, path_imgrec=records)
    first, _ = list(iterator.draw_next(color=(255, 0, 10), thickness=1, mean=True, std=True))
    want = next(plain).data[0].asnumpy()[0].transpose(1, 2, 0)[:, :, ::-1]
    assert (first.shape, first.dtype) == ((24, 20, 3), np.uint8)
    lines = (first == (10, 0, 255)).all(2)
    left, top, right, bottom = (np.array(LABEL[0][1:]) * [20, 24, 20, 24]).astype(int)
    assert lines[top, left:right].all()
    assert lines[top:bottom, right].all()
    assert not lines[top + 1, left + 1]
    np.testing.assert_allclose(first[~lines], want[~lines], atol=1.01)


def test_names_of_classes(records):
    def draw(names):
        iterator = image.ImageDetIter(1, (3, 90, 90), path_imgrec=records)
        return next(iterator.draw_next(color=(0, 0, 0), id2labels=names)).astype(int)

    changed = (draw({1: "cat"}) != draw({7: "dog"})).any(2)
    left, top = (np.array(LABEL[0][1:3]) * 90).astype(int)
    assert changed.any()
    assert not changed[:top + 5].any()
    assert not changed[:, :left + 5].any()


def test_a_window_takes_opencv(records, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    iterator = image.ImageDetIter(1, SHAPE, path_imgrec=records)
    with pytest.warns(UserWarning, match="draw_next: waitKey takes OpenCV"):
        next(iterator.draw_next(waitKey=1))


@pytest.mark.parametrize("rows, message", [
    ([[2, 5, 1, 0, 0]], "record 0 .*: expected a label of at least 7 numbers, found 5"),
    ([[2, 5, 1, 0, 0, 1, 1, 9]], "found a label of 8 numbers with header=2 and width=5"),
    ([[1, 6, 1, 0, 0, 1, 1]], "header=1 and width=6"),
    ([[2, 5, 1, 0.5, 0, 0.2, 1]], "record 0 .*: expected an object that has an area, found none"),
    ([[2, 5, 1, 0, 0, 1, 1], [2, 6, 1, 0, 0, 1, 1, 0]],
     "record 1 .*: expected objects of 5 numbers, as before, found 6"),
    ([], "expected samples, found none"),
])
def test_wrong_labels(rows, message, tmp_path):
    write_records(recordio, tmp_path / "e", [np.array(row, "float32") for row in rows])
    with pytest.raises(ValueError, match=rf"ImageDetIter: .*e\.rec.*{message}"):
        image.ImageDetIter(1, SHAPE, path_imgrec=tmp_path / "e.rec")


def test_unknown_keywords(records):
    with pytest.raises(TypeError, match="ImageDetIter: unknown argument 'rand_padd'; did you mean"):
        image.ImageDetIter(1, SHAPE, path_imgrec=records, rand_padd=1)
