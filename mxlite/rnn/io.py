"""Sentences as numbers, `encode_sentences`, and in batches, `BucketSentenceIter`."""

from __future__ import annotations

import bisect
import itertools
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import check_count
from ..base import MXNetKeyError, MXNetTypeError, MXNetValueError, dtype_name
from ..io import DataBatch, DataDesc, DataIter
from ..random import numpy_generator


def encode_sentences(sentences: Iterable[Iterable[Any]], vocab: dict[Any, int] | None = None,
                     invalid_label: int = -1, invalid_key: Any = "\n", start_label: int = 0,
                     unknown_token: Any = None) -> tuple[list[list[int]], dict[Any, int]]:
    """(sentences of numbers, vocabulary) of sentences of words.

    vocab: the number of each word; None: a new one, in which words are numbered as they come, from
    start_label on, leaving out invalid_label, which is invalid_key's. A word that is not in a given
    vocabulary counts as unknown_token, which is added where it is not there either; raises
    MXNetKeyError if there is no unknown_token.
    """
    if vocab is not None and not isinstance(vocab, dict):
        raise MXNetTypeError("encode_sentences: vocab must be None or a dict of words to numbers; "
                             f"got {vocab!r}")
    is_new = vocab is None
    words = {invalid_key: invalid_label} if vocab is None else vocab
    used = {*words.values(), invalid_label}
    free = (number for number in itertools.count(start_label) if number not in used)
    encoded = []
    for sentence in sentences:
        codes = []
        for word in sentence:
            if word not in words and not is_new:
                if unknown_token is None:
                    raise MXNetKeyError(f"encode_sentences: Unknown token {word!r}: vocab has no "
                                        "such word, and there is no unknown_token")
                word = unknown_token
            if word not in words:
                words[word] = next(free)
            codes.append(words[word])
        encoded.append(codes)
    return encoded, words


class BucketSentenceIter(DataIter):
    """Batches of sentences of about one length, for language models: the labels are the next words.

    sentences: lists of numbers. A sentence goes into the smallest bucket that is long enough and is
    filled up with invalid_label; those longer than all buckets are left out, with a warning.
    buckets: lengths; None: each length that batch_size sentences have. A batch holds (batch_size,
    bucket) numbers with layout="NT", (bucket, batch_size) with "TN", and the bucket's length is its
    `bucket_key`; `default_bucket_key` is the longest. What does not fill a batch is left out.
    Batches and sentences are shuffled at each reset, by mx.random.
    """

    def __init__(self, sentences: Sequence[Sequence[int]], batch_size: int, buckets: Any = None,
                 invalid_label: float = -1, data_name: str = "data",
                 label_name: str = "softmax_label", dtype: Any = "float32",
                 layout: str = "NT") -> None:
        super().__init__(check_count("BucketSentenceIter", "batch_size", batch_size, low=1))
        if layout not in ("NT", "TN"):
            raise MXNetValueError(f"BucketSentenceIter: layout must be 'NT' (batch major) or 'TN' "
                                  f"(time major); got {layout!r}")
        self.data_name, self.label_name = data_name, label_name
        self.dtype, self.invalid_label, self.layout = dtype, invalid_label, layout
        self.major_axis = layout.find("N")
        lengths = self._bucket_lengths(sentences, buckets)
        rows = self._sorted_in(sentences, lengths)
        self.buckets = [length for length in lengths if rows[length]]
        if not self.buckets:
            raise MXNetValueError(f"BucketSentenceIter: no bucket of {lengths} has a sentence")
        self.data = [np.asarray(rows[length], dtype_name(dtype)) for length in self.buckets]
        self.default_bucket_key = max(self.buckets)
        self.provide_data = [self._desc(data_name, self.default_bucket_key)]
        self.provide_label = [self._desc(label_name, self.default_bucket_key)]
        self.idx = [(number, start) for number, array in enumerate(self.data)
                    for start in range(0, len(array) - batch_size + 1, batch_size)]
        self.reset()

    def _bucket_lengths(self, sentences: Sequence[Sequence[int]], buckets: Any) -> list[int]:
        if buckets:
            return sorted(check_count("BucketSentenceIter", "a bucket", length, low=1)
                          for length in buckets)
        counts = Counter(map(len, sentences))
        lengths = sorted(length for length, count in counts.items()
                         if length and count >= self.batch_size)
        if not lengths:
            raise MXNetValueError("BucketSentenceIter: buckets must be given, since there are no "
                                  f"batch_size={self.batch_size} sentences of one length")
        return lengths

    def _sorted_in(self, sentences: Sequence[Sequence[int]],
                   lengths: list[int]) -> dict[int, list[Any]]:
        """The sentences of each bucket, filled up."""
        rows: dict[int, list[Any]] = {length: [] for length in lengths}
        too_long = 0
        for sentence in sentences:
            place = bisect.bisect_left(lengths, len(sentence))
            if place == len(lengths):
                too_long += 1
                continue
            padding = [self.invalid_label] * (lengths[place] - len(sentence))
            rows[lengths[place]].append([*sentence, *padding])
        if too_long:
            warnings.warn(f"BucketSentenceIter: {too_long} sentences are longer than the largest "
                          f"bucket, {lengths[-1]}, and left out", stacklevel=4)
        return rows

    def _desc(self, name: str, length: int) -> DataDesc:
        shape = (self.batch_size, length) if self.major_axis == 0 else (length, self.batch_size)
        return DataDesc(name, shape, layout=self.layout)

    def reset(self) -> None:
        """Begin a new epoch, in a new order."""
        self.curr_idx = 0
        generator = numpy_generator()
        generator.shuffle(self.idx)
        self.nddata, self.ndlabel = [], []
        for array in self.data:
            generator.shuffle(array)
            label = np.full_like(array, self.invalid_label)
            label[:, :-1] = array[:, 1:]
            self.nddata.append(nd.array(array, dtype=self.dtype))
            self.ndlabel.append(nd.array(label, dtype=self.dtype))

    def next(self) -> DataBatch:
        """The next batch; raises StopIteration at the end of the epoch."""
        if self.curr_idx == len(self.idx):
            raise StopIteration
        number, start = self.idx[self.curr_idx]
        self.curr_idx += 1
        data, label = [arrays[number][start:start + self.batch_size]
                       for arrays in (self.nddata, self.ndlabel)]
        if self.major_axis == 1:
            data, label = data.T, label.T
        key = self.buckets[number]
        return DataBatch([data], [label], pad=0, bucket_key=key,
                         provide_data=[self._desc(self.data_name, key)],
                         provide_label=[self._desc(self.label_name, key)])
