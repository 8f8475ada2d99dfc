"""DataIter, the refusal of unknown keywords, and the order of a shuffle."""

import inspect

import numpy as np
import pytest

import mxlite as mx
from mxlite.io.iterator import gather, shuffled


class Count(mx.io.DataIter):
    """Three batches, told by the parts."""

    number = 0

    def reset(self):
        self.number = 0

    def iter_next(self):
        self.number += 1
        return self.number <= 3

    def getdata(self):
        return [mx.nd.ones(2) * self.number]

    def getlabel(self):
        return [mx.nd.zeros(2)]

    def getpad(self):
        return 7


def test_next_asks_the_parts():
    it = Count(2)
    batches = list(it)
    assert [batch.data[0].asnumpy().tolist() for batch in batches] == [[1, 1], [2, 2], [3, 3]]
    assert (batches[0].pad, batches[0].index, it.batch_size) == (7, None, 2)
    it.reset()
    assert iter(it) is it and len(list(it)) == 3


def test_the_base_has_no_batches():
    it = mx.io.DataIter()
    assert it.batch_size == 0 and list(it) == [] and it.reset() is None and not it.iter_next()
    assert it.getdata() is it.getlabel() is it.getpad() is it.getindex() is None


@pytest.mark.parametrize("make, message", [
    (lambda: mx.io.NDArrayIter(np.zeros(4), batchsize=2), "NDArrayIter: unknown argument "
     "'batchsize'; did you mean 'batch_size'"),
    (lambda: mx.io.MNISTIter(suffle=True), "MNISTIter: unknown .* did you mean 'shuffle'"),
    (lambda: mx.io.CSVIter("a", (1,), data_shpe=3), "CSVIter: .* did you mean 'data_shape'"),
    (lambda: mx.io.ResizeIter(Count(2), 3, reset_internals=1), "did you mean 'reset_internal'"),
    (lambda: mx.io.PrefetchingIter(Count(2), rename=1), "PrefetchingIter: .*'rename'"),
    (lambda: mx.io.DataIter(xyz=1), "DataIter: unknown argument 'xyz'; it takes batch_size"),
    (lambda: Count(batchsize=1), "Count: unknown argument 'batchsize'; did you mean 'batch_size'"),
])
def test_unknown_keywords_are_refused(make, message):
    with pytest.raises(TypeError, match=message) as caught:
        make()
    assert isinstance(caught.value, mx.MXNetError)


def test_a_subclass_may_take_any_keyword():
    class Any(mx.io.DataIter):
        def __init__(self, **kwargs):
            super().__init__(4)
            self.kwargs = kwargs
    assert Any(x=1).kwargs == {"x": 1}


@pytest.mark.parametrize("name, parameters", [
    ("DataIter", ["batch_size"]), ("ResizeIter", ["data_iter", "size", "reset_internal"]),
    ("PrefetchingIter", ["iters", "rename_data", "rename_label"]),
    ("NDArrayIter", ["data", "label", "batch_size", "shuffle", "last_batch_handle", "data_name",
                     "label_name", "layout"]),
    ("DataBatch", ["data", "label", "pad", "index", "bucket_key", "provide_data",
                   "provide_label"])])
def test_signatures(name, parameters):
    signature = inspect.signature(getattr(mx.io, name).__init__).parameters
    assert list(signature) == ["self", *parameters]


def test_shuffled_is_a_permutation_of_seed_and_epoch():
    orders = [shuffled(1000, seed, epoch) for seed in (0, 1, -1) for epoch in (0, 1)]
    assert all((np.sort(order) == np.arange(1000)).all() for order in orders)
    assert len({order.tobytes() for order in orders}) == 6
    assert (shuffled(1000, 1, 1) == orders[3]).all()
    assert abs(np.corrcoef(np.arange(1000), orders[0])[0, 1]) < 0.2


def test_gather_copies():
    values = np.arange(6, dtype="int32").reshape(3, 2)
    rows = gather(values, np.array([2, 0]), "int32")
    rows[:] = 0
    assert rows.dtype == np.int32 and values.tolist() == [[0, 1], [2, 3], [4, 5]]
