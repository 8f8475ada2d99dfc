"""encode_sentences and BucketSentenceIter."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetKeyError, MXNetTypeError, MXNetValueError
from mxlite.io import DataDesc


def test_a_new_vocabulary():
    codes, vocab = mx.rnn.encode_sentences([["a", "b", "z"], ["a", "y"]], invalid_label=1)
    assert codes == [[0, 2, 3], [0, 4]]                                 # as MXNet 1.9.1
    assert vocab == {"\n": 1, "a": 0, "b": 2, "z": 3, "y": 4}
    codes, vocab = mx.rnn.encode_sentences(iter(["ab"]), invalid_key="", start_label=5)
    assert codes == [[5, 6]] and vocab == {"": -1, "a": 5, "b": 6}


def test_a_given_vocabulary():
    vocab = {"a": 0, "b": 1, "<unk>": 2}
    codes, same = mx.rnn.encode_sentences(["abca", "dc"], vocab, unknown_token="<unk>")
    assert codes == [[0, 1, 2, 0], [2, 2]]
    assert same is vocab == {"a": 0, "b": 1, "<unk>": 2}
    codes, same = mx.rnn.encode_sentences(["ac", "d"], {"a": 0, "b": 2}, unknown_token="?")
    assert codes == [[0, 1], [1]] and same == {"a": 0, "b": 2, "?": 1}
    with pytest.raises(MXNetKeyError, match="Unknown token 'c'"):
        mx.rnn.encode_sentences(["ac"], {"a": 0})
    with pytest.raises(MXNetTypeError, match=r"vocab must be None or a dict .*; got \['a'\]"):
        mx.rnn.encode_sentences(["ac"], ["a"])


def sentences():
    """Sentences of lengths 1 to 6, each word unlike all others."""
    lengths = [1, 2, 2, 3, 3, 3, 5, 5, 6, 4]
    starts = np.cumsum([0, *lengths])
    return [list(range(start, start + length)) for start, length in
            zip(starts, lengths, strict=False)]


@pytest.mark.parametrize("layout", ["NT", "TN"])
def test_batches(layout):
    given = sentences()
    batches = mx.rnn.BucketSentenceIter(given, 2, [5, 3, 6], invalid_label=-7, data_name="x",
                                        label_name="y", layout=layout, dtype="int32")
    assert batches.buckets == [3, 5, 6] and batches.default_bucket_key == 6
    shape = (2, 6) if layout == "NT" else (6, 2)
    assert batches.provide_data == [DataDesc("x", shape)]
    assert batches.provide_label == [DataDesc("y", shape)]
    assert batches.provide_data[0].layout == layout
    for _ in range(2):
        keys, seen = [], []
        for batch in batches:
            data, label = batch.data[0].asnumpy(), batch.label[0].asnumpy()
            assert data.dtype == np.int32 and batch.pad == 0
            assert batch.provide_data == [DataDesc("x", data.shape)]
            assert batch.provide_label == [DataDesc("y", label.shape)]
            if layout == "TN":
                data, label = data.T, label.T
            keys.append(batch.bucket_key)
            assert data.shape == label.shape == (2, batch.bucket_key)
            for row, following in zip(data.tolist(), label.tolist(), strict=True):
                assert following == [*row[1:], -7]
                words = [word for word in row if word != -7]
                assert row == [*words, *[-7] * (batch.bucket_key - len(words))]
                seen.append(words)
        assert sorted(keys) == [3, 3, 3, 5]             # six of up to 3, three of 5, one of 6
        assert all(sentence in given for sentence in seen)
        assert len({sentence[0] for sentence in seen}) == 8
        batches.reset()


def test_the_order_is_that_of_the_seed():
    def order():
        mx.random.seed(11)
        batches = mx.rnn.BucketSentenceIter([[i, i] for i in range(40)], 4)
        epochs = []
        for _ in range(2):
            epochs.append([batch.data[0].asnumpy()[:, 0].tolist() for batch in batches])
            batches.reset()
        return epochs

    first, second = order()
    assert first != second and [first, second] == order()
    assert sorted(np.ravel(first)) == sorted(np.ravel(second)) == list(range(40))


def test_buckets_of_their_own():
    batches = mx.rnn.BucketSentenceIter([[1], [1, 2], [3, 4], [], [], [5, 6, 7]][:5], 2)
    assert batches.buckets == [2]
    assert len(list(batches)) == 2                       # shorter ones are filled up


def test_the_buckets_given_are_not_changed():
    given = [6, 3]
    mx.rnn.BucketSentenceIter(sentences(), 2, given)
    assert given == [6, 3]


def test_sentences_that_are_too_long():
    with pytest.warns(UserWarning, match="3 sentences are longer than the largest bucket, 4, and"):
        batches = mx.rnn.BucketSentenceIter(sentences(), 2, [4])
    assert batches.buckets == [4]


def test_errors():
    with pytest.raises(MXNetValueError, match=r"layout must be 'NT' .* got 'NTC'"):
        mx.rnn.BucketSentenceIter(sentences(), 2, layout="NTC")
    with pytest.raises(MXNetValueError, match="there are no batch_size=4 sentences of one length"):
        mx.rnn.BucketSentenceIter(sentences(), 4)
    with pytest.raises(MXNetValueError, match="a bucket must be an integer of at least 1; got 0"):
        mx.rnn.BucketSentenceIter(sentences(), 4, [0, 3])
    with pytest.raises(MXNetValueError, match=r"no bucket of \[3\] has a sentence"):
        mx.rnn.BucketSentenceIter([], 4, [3])
    with pytest.raises(MXNetValueError, match="batch_size must be an integer of at least 1"):
        mx.rnn.BucketSentenceIter(sentences(), 0)
