"""ImageIter and ImageDetIter: methods replaced in a subclass or the instance, attributes set."""

import io

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite import recordio
from mxlite.base import MXNetValueError

COUNT = 6


def grey(value):
    file = io.BytesIO()
    Image.fromarray(np.full((9, 8, 3), value, "uint8")).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(params=["ImageIter", "ImageDetIter"])
def make(request, tmp_path):
    """Image i is of the value 10 * i, its label i, or an object of the class i."""
    is_det = request.param == "ImageDetIter"
    with recordio.MXIndexedRecordIO(f"{tmp_path}/a.idx", f"{tmp_path}/a.rec", "w") as file:
        for i in range(COUNT):
            label = np.array([2, 5, i, .1, .1, .9, .9], "float32") if is_det else float(i)
            file.write_idx(i, recordio.pack(recordio.IRHeader(0, label, i, 0), grey(10 * i)))

    def maker(methods=None, **options):
        base = getattr(mx.image, request.param)
        cls = type("Own", (base,), methods) if methods else base
        return cls(batch_size=4, data_shape=(3, 8, 8), path_imgrec=f"{tmp_path}/a.rec",
                   path_imgidx=f"{tmp_path}/a.idx", **options)

    return maker


def first(iterator):
    """(the value of each image, the label of each)."""
    batch = iterator.next()
    labels = batch.label[0].asnumpy().reshape(4, -1)[:, 0]
    return batch.data[0].asnumpy()[:, 0, 0, 0].tolist(), labels.tolist()


def is_array(image):
    assert type(image) is mx.nd.NDArray
    return image


def refuse_twenty(data):
    image = is_array(data[0] if isinstance(data, list) else data)
    if image[0, 0, 0].asscalar() == 20:
        raise RuntimeError("twenty")


def augment(data, *label):
    cut = is_array(data)[:8, :8].astype("float32") * 2
    return (cut, *label) if label else cut


HOOKS = {
    "imdecode": (lambda s: mx.image.imdecode(s) + 1, [1, 11, 21, 31]),
    "postprocess_data": (lambda d: mx.nd.transpose(is_array(d), axes=(2, 0, 1)) + 3,
                         [3, 13, 23, 33]),
    "check_valid_image": (refuse_twenty, [0, 10, 30, 40]),
    "augmentation_transform": (augment, [0, 20, 40, 60]),
}


@pytest.mark.parametrize("name", HOOKS)
def test_a_method_of_the_instance(make, name):
    hook, want = HOOKS[name]
    iterator = make()
    setattr(iterator, name, hook)
    assert first(iterator)[0] == want


@pytest.mark.parametrize("name", HOOKS)
def test_a_method_of_the_class(make, name):
    hook, want = HOOKS[name]
    assert first(make({name: lambda self, *args: hook(*args)}))[0] == want


def test_a_method_is_replaced_after_a_batch(make):
    iterator = make()
    first(iterator)
    iterator.reset()
    iterator.imdecode = HOOKS["imdecode"][0]
    assert first(iterator)[0] == HOOKS["imdecode"][1]


def test_next_sample_of_the_instance(make):
    iterator = make()
    old = iterator.next_sample

    def every_other():
        old()
        return old()

    iterator.next_sample = every_other
    assert first(iterator)[0] == [10, 30, 50, 10]


def test_read_image_of_the_instance():
    iterator = mx.image.ImageIter(4, (3, 8, 8), imglist=[[i, f"{i}"] for i in range(4)])
    iterator.read_image = lambda name: grey(int(name) + 7)
    assert first(iterator) == ([7, 8, 9, 10], [0, 1, 2, 3])


def test_cur_goes_to_a_sample(make):
    iterator = make()
    iterator.cur = 3
    batch = iterator.next()
    assert batch.data[0].asnumpy()[:, 0, 0, 0].tolist() == [30, 40, 50, 0] and batch.pad == 1
    iterator.reset()
    iterator.cur = COUNT
    with pytest.raises(StopIteration):
        iterator.next()
    with pytest.raises(MXNetValueError, match="cur must be an integer of at least 0; got -1"):
        iterator.cur = -1


def test_seq_is_the_order(make):
    iterator = make()
    assert list(iterator.seq) == list(range(COUNT))
    iterator.seq = [5, 4, 3, 3]
    assert first(iterator) == ([50, 40, 30, 30], [5, 4, 3, 3])
    iterator.reset()
    assert first(iterator)[0] == [50, 40, 30, 30] and iterator.cur == iterator.num_image == 4
    with pytest.raises(StopIteration):
        iterator.next()


def test_a_subclass_that_reads_by_seq_and_cur(make):
    def next_sample(self):
        if self.cur >= len(self.seq):
            raise StopIteration
        key = self.seq[self.cur]
        self.cur += 1
        header, image = recordio.unpack(self.imgrec.read_idx(COUNT - 1 - key))
        return header.label, image

    assert first(make({"next_sample": next_sample})) == ([50, 40, 30, 20], [5, 4, 3, 2])


def test_the_other_attributes(make):
    iterator = make()
    other = recordio.MXIndexedRecordIO(iterator.imgrec.idx_path, iterator.imgrec.uri, "r")
    iterator.imgrec, iterator.seq = other, None
    other.seek(2)
    assert first(iterator)[0] == [20, 30, 40, 50]
    iterator = make()
    iterator.shuffle = True
    orders = set()
    for _ in range(8):
        iterator.reset()
        orders.add(tuple(iterator.seq))
    assert len(orders) > 1 and all(sorted(order) == list(range(COUNT)) for order in orders)


def test_a_list_that_is_set():
    iterator = mx.image.ImageIter(4, (3, 8, 8), imglist=[[i, f"{i}"] for i in range(4)])
    iterator.read_image = lambda name: grey(int(name))
    iterator.imglist = {key: (label + 50, name) for key, (label, name) in iterator.imglist.items()}
    assert first(iterator)[1] == [50, 51, 52, 53]
