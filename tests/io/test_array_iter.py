"""NDArrayIter; the batches and descriptions expected were read off MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import NDArrayIter

DATA, LABEL = np.arange(7).reshape(7, 1), np.arange(7) * 10


def epoch(it):
    """[(samples, pad)] of the batches of one epoch; labels must fit."""
    batches = []
    for batch in it:
        samples = batch.data[0].asnumpy().ravel().astype(int).tolist()
        assert batch.label[0].asnumpy().tolist() == [10 * i for i in samples]
        assert batch.index is None
        batches.append((samples, batch.pad))
    return batches


def epochs(it, count):
    batches = []
    for _ in range(count):
        batches.append(epoch(it))
        it.reset()
    return batches


def over(count, batch_size, handle, **more):
    return NDArrayIter(DATA[:count], LABEL[:count], batch_size, last_batch_handle=handle, **more)


FULL = [([0, 1, 2], 0), ([3, 4, 5], 0)]
ROLLED = [FULL,
          [([6, 0, 1], 1), ([2, 3, 4], 0)],
          [([5, 6, 0], 2), ([1, 2, 3], 0), ([4, 5, 6], 0)],
          FULL,
          [([6, 0, 1], 1), ([2, 3, 4], 0)]]


@pytest.mark.parametrize("count, batch_size, handle, expected", [
    (7, 3, "pad", [[*FULL, ([6, 0, 1], 2)]] * 3),
    (7, 3, "discard", [FULL] * 3),
    (7, 3, "roll_over", ROLLED),
    (6, 3, "pad", [FULL] * 2),
    (6, 3, "roll_over", [FULL] * 2),
    (2, 3, "pad", [[([0, 1, 0], 1)]] * 2),
    (2, 5, "pad", [[([0, 1, 0, 1, 0], 3)]] * 2),
    (2, 3, "discard", [[], []]),
    (2, 3, "roll_over", [[], [([0, 1, 0], 2)], [([1, 0, 1], 1)], [], [([0, 1, 0], 2)]]),
])
def test_the_last_batch(count, batch_size, handle, expected):
    assert epochs(over(count, batch_size, handle), len(expected)) == expected


def test_roll_over_of_fewer_samples_than_half_a_batch():
    """MXNet cannot; here samples gather until there is a batch."""
    assert epochs(over(2, 5, "roll_over"), 5) == [
        [], [], [([0, 1, 0, 1, 0], 4)], [], [([1, 0, 1, 0, 1], 3)]]


@pytest.mark.parametrize("handle", ["pad", "discard", "roll_over"])
def test_reset_in_the_middle(handle):
    it = over(7, 3, handle)
    expected = epochs(over(7, 3, handle), 3)
    next(it)
    it.reset()
    assert epochs(it, 3) == expected
    it.hard_reset()
    assert epoch(it) == expected[0]


def test_a_second_reset_and_a_hard_one_drop_what_rolls_over():
    it = over(7, 3, "roll_over")
    epoch(it)
    it.reset()
    it.reset()
    assert epochs(it, 2) == ROLLED[:2]
    it = over(7, 3, "roll_over")
    for _ in range(3):
        assert epoch(it) == FULL
        it.hard_reset()


def test_the_parts_and_attributes():
    it = over(7, 3, "pad")
    assert (it.batch_size, it.num_data, it.num_source, it.cursor) == (3, 7, 2, -3)
    assert (it.shuffle, it.last_batch_handle, it.layout) == (False, "pad", "NCHW")
    assert it.idx.tolist() == list(range(7)) and len(it.data_list) == 2
    assert it.data[0][0] == "data" and it.label[0][0] == "softmax_label"
    seen = []
    while it.iter_next():
        seen.append((it.cursor, it.getpad(), it.getindex(), it.getdata()[0].shape,
                     it.getlabel()[0].shape))
    assert seen == [(0, 0, None, (3, 1), (3,)), (3, 0, None, (3, 1), (3,)),
                    (6, 2, None, (3, 1), (3,))]
    with pytest.raises(StopIteration):
        it.next()


def test_iter_next_gives_full_batches_only():
    """MXNet's says True for the short batch that `next` drops."""
    it = over(7, 3, "discard")
    assert [it.iter_next() for _ in range(4)] == [True, True, False, False]


@pytest.mark.parametrize("data, names", [
    (DATA, ["data"]), ([DATA], ["data"]), ([DATA, DATA], ["_0_data", "_1_data"]),
    ((DATA, DATA), ["_0_data", "_1_data"]), ({"b": DATA, "a": DATA}, ["a", "b"]),
    (mx.nd.array(DATA), ["data"])])
def test_names(data, names):
    it = NDArrayIter(data, data, 3)
    assert it.provide_data == [(name, (3, 1)) for name in names]
    assert [name.replace("softmax_label", "data") for name, _ in it.provide_label] == names
    assert NDArrayIter(DATA, DATA, 3, data_name="x", label_name="y").provide_label == [
        ("y", (3, 1))]


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8", "float16", "bool"])
def test_numpy_arrays_become_float32_and_others_keep_their_dtype(dtype):
    it = NDArrayIter(DATA.astype(dtype), None, 3)
    assert it.provide_data[0].dtype is np.float32 and next(it).data[0].dtype is np.float32
    it = NDArrayIter(mx.nd.array(DATA, dtype=dtype), None, 3)
    assert it.provide_data[0].dtype is next(it).data[0].dtype is np.dtype(dtype).type


def test_no_label_and_layout():
    it = NDArrayIter(np.zeros((4, 1, 2, 2)), None, 2, layout="NHWC")
    assert it.provide_label == [] and next(it).label == []
    assert it.provide_data[0].layout == "NHWC"
    assert next(it).provide_data is None


def test_batches_are_copies():
    data = mx.nd.array(DATA)
    it = NDArrayIter(data, None, 3)
    next(it).data[0][:] = 99
    assert (data.asnumpy() == DATA).all()


@pytest.mark.parametrize("handle, count", [("pad", 9), ("discard", 6)])
def test_shuffle_is_drawn_anew_at_every_reset_from_the_seed(handle, count):
    def run():
        mx.random.seed(5)
        it = over(7, 3, handle, shuffle=True)
        return [[i for samples, _ in batches for i in samples] for batches in epochs(it, 4)]
    orders = run()
    assert orders == run() and len({tuple(order) for order in orders}) == 4
    for order in orders:
        assert len(order) == count and len(set(order[:7])) == min(count, 7)
        assert handle != "pad" or order[7:] == order[:2]
    mx.random.seed(6)
    assert [i for samples, _ in epoch(over(7, 3, handle, shuffle=True)) for i in samples] \
        != orders[0]


def test_shuffle_with_roll_over_loses_no_sample():
    it = over(7, 3, "roll_over", shuffle=True)
    seen = [i for batches in epochs(it, 3) for samples, _ in batches for i in samples]
    assert len(seen) == 21 and all(sorted(seen[i:i + 7]) == list(range(7)) for i in (0, 7, 14))


@pytest.mark.parametrize("arguments, error, message", [
    ((None, LABEL), TypeError, "NDArrayIter: data must not be None"),
    (([],), ValueError, "data must have at least one array; got an empty list"),
    (({},), ValueError, "data must have at least one array; got an empty dict"),
    (("abc",), TypeError, "data must be an NDArray, .* 'data' is of type str"),
    (([1, 2],), TypeError, "'_0_data' is of type int"),
    ((DATA, "abc"), TypeError, "label must be .* 'softmax_label' is of type str"),
    ((np.float32(3),), ValueError, r"data 'data' must have samples .* its shape is \(\)"),
    ((np.zeros((0, 3)),), ValueError, r"must have samples along .* its shape is \(0, 3\)"),
    ((DATA, LABEL[:5]), ValueError, "'data' has 7, 'softmax_label' has 5"),
    ((DATA, LABEL, 0), ValueError, "batch_size must be an integer of at least 1; got 0"),
    ((DATA, LABEL, 2.5), ValueError, r"batch_size must be an integer .* got 2\.5"),
    ((DATA, LABEL, 2, False, "rollover"), ValueError, "last_batch_handle must be 'pad', 'discard' "
     "or 'roll_over'; got 'rollover'; did you mean 'roll_over'"),
])
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        NDArrayIter(*arguments)
    assert isinstance(caught.value, mx.MXNetError)


def test_there_is_no_batch_before_the_first_and_after_the_last():
    it = over(7, 3, "pad")
    for _ in range(2):
        with pytest.raises(mx.MXNetError, match="NDArrayIter: there is no batch here; call iter_n"):
            it.getdata()
        assert len(list(it)) in (3, 0)


@pytest.mark.parametrize("make", [list, tuple])
def test_lists_of_numbers_in_a_list(make):
    it = mx.io.NDArrayIter([make([1, 2, 3]), make([[4, 5], [6, 7], [8, 9]])], batch_size=2)
    assert [(d.name, d.shape, np.dtype(d.dtype)) for d in it.provide_data] == [
        ("_0_data", (2,), np.float32), ("_1_data", (2, 2), np.float32)]
    assert [array.asnumpy().tolist() for array in it.next().data] == [[1, 2], [[4, 5], [6, 7]]]


def test_lists_of_numbers_in_a_dict():
    it = mx.io.NDArrayIter({"x": [[1, 2], [3, 4]]}, {"y": [5, 6]}, batch_size=2)
    batch = it.next()
    assert batch.data[0].asnumpy().tolist() == [[1, 2], [3, 4]]
    assert batch.label[0].asnumpy().tolist() == [5, 6]


class FromFile:
    """What an HDF5 data set is like."""

    shape, dtype = (3, 2), np.dtype("float64")

    def __array__(self, dtype=None, copy=None):
        return np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize("data", [FromFile(), [FromFile()], {"data": FromFile()},
                                  np.arange(6).reshape(3, 2).astype(object)])
def test_what_numpy_makes_an_array_of(data):
    it = mx.io.NDArrayIter(data, batch_size=2)
    assert it.next().data[0].asnumpy().tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize("data", [[[1, 2], [[3], 4]], [["a", "b"]], {"x": [object()]}])
def test_lists_of_other_things(data):
    with pytest.raises(ValueError, match=r"NDArrayIter: data '.*' must be numbers, in lists of"):
        mx.io.NDArrayIter(data)


def test_labels_for_more_samples():
    labels = np.arange(20)
    with pytest.warns(UserWarning, match="'softmax_label' has 20 samples, of which the first 4 are "
                                         "used, as many as 'data' has") as caught:
        it = NDArrayIter(np.arange(8).reshape(4, 2), labels, batch_size=3)
    assert caught[0].filename == __file__
    batches = [(batch.label[0].tolist(), batch.pad) for batch in it]
    assert batches == [([0, 1, 2], 0), ([3, 0, 1], 2)]


def test_labels_for_fewer_samples():
    with pytest.raises(ValueError, match="at least as many samples as the first; 'data' has 10, "
                                         "'softmax_label' has 9"):
        NDArrayIter(np.zeros((10, 2)), np.zeros(9), batch_size=5)
