"""WikiText: articles of Wikipedia as samples of a language model (`gluon.contrib.data.text`)."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...argument_types import FilePath, checks_types
from ...arguments import check_choice, check_count
from ...base import MXNetValueError
from ...gluon.data.vision.local import LocalDataset, Remote, find, read
from .utils import count_tokens_from_str
from .vocab import Vocabulary

END = "<eos>"               # of a line
FILES = {"train": "wiki.train.tokens", "validation": "wiki.valid.tokens",
         "test": "wiki.test.tokens"}


class _WikiText(LocalDataset):
    """Base: `_archive` is what the repository has."""

    _archive: Remote

    @checks_types
    def __init__(self, root: FilePath | None = None, segment: str = "train",
                 vocab: Any = None, seq_len: int = 35) -> None:
        name = type(self).__name__
        self._segment = check_choice(name, "segment", segment, list(FILES))
        self._seq_len = check_count(name, "seq_len", seq_len, low=1)
        self._vocab = vocab
        self._counter: Counter[str] | None = None
        super().__init__(root, None)

    @property
    def vocabulary(self) -> Any:
        """The vocabulary that numbers the tokens: the one given, or that of the segment's tokens
        and "<eos>"."""
        return self._vocab

    @property
    def frequencies(self) -> Counter[str] | None:
        """How often each token is in the segment."""
        return self._counter

    def _read(self) -> tuple[nd.NDArray, nd.NDArray]:
        """(numbers of the tokens, and of those that follow them), each (N, seq_len), int32."""
        name = FILES[self._segment]
        path = find([self._root, os.path.join(self._root, self.namespace)], name)
        text = self._decoded(read(path) if path else self._unpacked(name), path or name)
        self._counter = count_tokens_from_str(text)
        if self._vocab is None:
            self._vocab = Vocabulary(counter=self._counter, reserved_tokens=[END])
        lines = [tokens for tokens in map(str.split, text.splitlines()) if tokens]
        numbers = np.array(self._vocab.to_indices([token for line in lines
                                                   for token in (*line, END)]), "int32")
        count = (len(numbers) - 1) // self._seq_len
        if count < 1:
            raise MXNetValueError(f"{type(self).__name__}: {path or name} must have more than "
                                  f"seq_len={self._seq_len} tokens; it has {len(numbers)}")
        size, shape = count * self._seq_len, (count, self._seq_len)
        data, label = [nd.array(each.reshape(shape), dtype="int32")
                       for each in (numbers[:size], numbers[1:size + 1])]
        return data, label

    def _unpacked(self, name: str) -> bytes:
        """The content of a file in the archive, which is fetched if it is not there."""
        path = os.path.join(self._root, self._archive.name)
        if not os.path.isfile(path):
            path = self._fetch(self._archive, [name])
        try:
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.namelist()
                           if os.path.basename(member) == name]
                if not members:
                    raise MXNetValueError(f"{path}: the archive has no {name}")
                return archive.read(members[0])
        except (zipfile.BadZipFile, OSError) as error:
            raise MXNetValueError(f"{path}: cannot be read: {error}") from None

    def _decoded(self, content: bytes, path: str) -> str:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MXNetValueError(f"{path}: cannot be read: {error}") from None


class WikiText2(_WikiText):
    """WikiText-2, 2 million words, for language models: (tokens, those that follow them), int32,
    (seq_len,) each, over the bounds of sentences; a line ends in "<eos>".

    root: the folder of wiki.train.tokens, wiki.valid.tokens and wiki.test.tokens, plain or .gz; of
        their folder wikitext-2; or of wikitext-2-v1.zip, which is downloaded if nothing is there.
        None: datasets/wikitext-2 in ~/.mxnet, or in the environment's MXNET_HOME.
    segment: 'train', 'validation' or 'test'.
    vocab: a contrib.text.vocab.Vocabulary; by default that of the segment's tokens.
    """

    namespace = "wikitext-2"
    _archive = Remote("wikitext-2-v1.zip", "3c914d17d80b1459be871a5039ac23e752a53cbe")


class WikiText103(_WikiText):
    """WikiText-103, 103 million words: as WikiText2, from the folder wikitext-103, or
    wikitext-103-v1.zip."""

    namespace = "wikitext-103"
    _archive = Remote("wikitext-103-v1.zip", "0aec09a7537b58d4bb65362fee27650eeaba625a")
