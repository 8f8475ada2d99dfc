"""Vectors of tokens: read from files, of a vocabulary, several side by side."""

from __future__ import annotations

import logging
import os
import warnings
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...arguments import check_class
from ...base import AssertedKeyError, MXNetAssertionError, MXNetKeyError, MXNetValueError, data_dir
from ...wording import listing, shown, suggestion
from .pretrained import FILES, Pretrained, fetched
from .vocab import Vocabulary

_REGISTRY: dict[str, type] = {}


def register(embedding_cls: type) -> type:
    """Class decorator: enter a token embedding under its name in lower case."""
    check_class("embedding.register", embedding_cls)
    _REGISTRY[embedding_cls.__name__.lower()] = embedding_cls
    return embedding_cls


def create(embedding_name: str, **kwargs: Any) -> Any:
    """The embedding registered under a name ("glove", "fasttext"), made with these arguments."""
    key = str(embedding_name).lower()
    if key not in _REGISTRY:
        raise AssertedKeyError(f"embedding must be {listing(sorted(_REGISTRY))}; got "
                               f"{embedding_name!r}{suggestion(key, _REGISTRY)}")
    return _REGISTRY[key](**kwargs)


def get_pretrained_file_names(embedding_name: str | None = None) -> Any:
    """Names of the files that an embedding is there of; None: {embedding: names} of all."""
    known = {name: list(getattr(klass, "pretrained_file_name_sha1", ()))
             for name, klass in _REGISTRY.items()}
    if embedding_name is None:
        return known
    if embedding_name not in known:
        raise MXNetKeyError(f"get_pretrained_file_names: embedding_name must be "
                            f"{listing(sorted(known))}; got {embedding_name!r}")
    return known[embedding_name]


class _TokenEmbedding(Vocabulary):
    """Base: a Vocabulary whose tokens have vectors, `idx_to_vec` (tokens, vec_len).

    The unknown token has the file's vector for it, or init_unknown_vec(shape=vec_len), as have
    reserved tokens.

    Subclasses of which there are files to be fetched have their SHA-1 in pretrained_file_name_sha1,
    and of archives that the files are in, in pretrained_archive_name_sha1.
    """

    pretrained_file_name_sha1: dict[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._vec_len = 0
        self._idx_to_vec: nd.NDArray | None = None

    @property
    def vec_len(self) -> int:
        """The length of each vector."""
        return self._vec_len

    @property
    def idx_to_vec(self) -> Any:
        """The vectors in the order of the tokens' numbers."""
        return self._idx_to_vec

    def get_vecs_by_tokens(self, tokens: Any, lower_case_backup: bool = False) -> nd.NDArray:
        """The vector (vec_len,) of a token, or those (count, vec_len) of a list.

        lower_case_backup: look for tokens that are not known in lower case, too.
        """
        indices = []
        for token in tokens if isinstance(tokens, list) else [tokens]:
            index = self._token_to_idx.get(token)
            if index is None and lower_case_backup:
                index = self._token_to_idx.get(token.lower())
            indices.append(index or 0)
        assert self._idx_to_vec is not None
        vectors = nd.take(self._idx_to_vec, nd.array(indices, dtype="int64"))
        return vectors if isinstance(tokens, list) else vectors[0]

    def update_token_vectors(self, tokens: Any, new_vectors: nd.NDArray) -> None:
        """Set the vectors of a token, or of each of a list: (vec_len,) or (count, vec_len).

        Raises ValueError for tokens that are not known, and changes nothing then.
        """
        names = tokens if isinstance(tokens, list) else [tokens]
        shapes = [(len(names), self._vec_len), *([(self._vec_len,)] if len(names) == 1 else [])]
        if not isinstance(new_vectors, nd.NDArray) or new_vectors.shape not in shapes:
            raise MXNetAssertionError(
                "update_token_vectors: new_vectors must be an NDArray of shape "
                f"{' or '.join(map(str, shapes))}; got {shown(new_vectors)}")
        for token in names:
            if token not in self._token_to_idx:
                raise MXNetValueError(
                    f"update_token_vectors: {token!r} is unknown. To set the vector of all unknown "
                    f"tokens, name {self._unknown_token!r}")
        assert self._idx_to_vec is not None
        rows = new_vectors.reshape((len(names), self._vec_len))
        for i, token in enumerate(names):
            self._idx_to_vec[self._token_to_idx[token]] = rows[i]

    @classmethod
    def _check_pretrained_file_names(cls, pretrained_file_name: str) -> None:
        """Raise KeyError unless there is such a file."""
        files = cls.pretrained_file_name_sha1
        if pretrained_file_name not in files:
            near = suggestion(pretrained_file_name, files) or f"; there are {', '.join(files)}"
            raise MXNetKeyError(f"{cls.__name__}: there is no pretrained file "
                                f"{pretrained_file_name!r}{near}")

    @classmethod
    def _get_download_file_name(cls, pretrained_file_name: str) -> str:
        """The archive that a file is in; the file itself where it is in none."""
        return pretrained_file_name

    @classmethod
    def _get_pretrained_file(cls, embedding_root: str, pretrained_file_name: str) -> str:
        """The path of a file, fetched unless it is there."""
        archive = cls._get_download_file_name(pretrained_file_name)
        sha1 = cls.pretrained_file_name_sha1[pretrained_file_name]
        archives = getattr(cls, "pretrained_archive_name_sha1", {archive: sha1})
        return fetched(cls.__name__.lower(), pretrained_file_name,
                       Pretrained(sha1, archive, archives[archive]), embedding_root)

    def _load_embedding(self, path: Any, delimiter: str,
                        init_unknown_vec: Callable[..., nd.NDArray],
                        encoding: str = "utf8") -> None:
        """Read a file with a token and its numbers on each line; the first line of a token counts.
        """
        path = os.path.expanduser(path)
        if not os.path.isfile(path):
            raise MXNetValueError(f"{type(self).__name__}: there is no file {path!r}")
        logging.info("Loading vectors of tokens from %s", path)
        new, numbers, special = set(), array("f"), {}
        with open(path, encoding=encoding) as file:
            for number, line in enumerate(file, 1):
                token, *texts = line.rstrip().split(delimiter)
                values = self._values(path, number, token, texts)
                if token in new or token in special:
                    warnings.warn(f"{path}, line {number}: {token!r} is there again; its first "
                                  "vector counts", stacklevel=4)
                    continue
                if len(values) == 1:
                    warnings.warn(f"{path}, line {number}: {token!r} with one number is taken for "
                                  "a header and left out", stacklevel=4)
                    continue
                self._vec_len = self._vec_len or len(values)
                if len(values) != self._vec_len:
                    raise MXNetAssertionError(
                        f"{path}, line {number}: all vectors must have one length; that of "
                        f"{token!r} is {len(values)}, those before have {self._vec_len}")
                if token in self._token_to_idx:
                    special[token] = values
                else:
                    new.add(token)
                    self._add(token)
                    numbers.extend(values)
        if not self._vec_len:
            raise MXNetValueError(f"{path}: there are no vectors in this file")
        first = [nd.array(special[token]) if token in special
                 else init_unknown_vec(shape=self._vec_len) for token in self._special()]
        vectors = np.frombuffer(numbers, "float32").reshape(-1, self._vec_len)
        self._idx_to_vec = nd.array(np.concatenate([[each.asnumpy() for each in first], vectors]))

    def _special(self) -> list[Any]:
        """The tokens that are there before any file is read."""
        return [self._unknown_token, *(self._reserved_tokens or [])]

    @staticmethod
    def _values(path: str, number: int, token: str, texts: list[str]) -> list[float]:
        try:
            values = [float(text) for text in texts]
        except ValueError:
            values = []
        if not values:
            raise MXNetAssertionError(f"{path}, line {number}: a line must be a token and numbers; "
                                      f"got {shown(' '.join([token, *texts]))}")
        return values

    def _take_vocabulary(self, vocabulary: Any, embeddings: list[_TokenEmbedding]) -> None:
        """Have the tokens of a vocabulary, with the vectors of these embeddings side by side."""
        if not isinstance(vocabulary, Vocabulary):
            raise MXNetAssertionError(f"{type(self).__name__}: vocabulary must be a "
                                      f"text.vocab.Vocabulary; got {shown(vocabulary)}")
        tokens = list(vocabulary.idx_to_token)
        parts = []
        for each in embeddings:
            rows = [each.idx_to_vec[0:1]]
            if len(tokens) > 1:
                rows.append(each.get_vecs_by_tokens(tokens[1:]))
            parts.append(nd.concat(*rows, dim=0))
        self._idx_to_vec = nd.concat(*parts, dim=1)
        self._vec_len = self._idx_to_vec.shape[1]
        self._idx_to_token = tokens
        self._token_to_idx = dict(vocabulary.token_to_idx)
        self._unknown_token = vocabulary.unknown_token
        reserved = vocabulary.reserved_tokens
        self._reserved_tokens = None if reserved is None else list(reserved)


class _Pretrained(_TokenEmbedding):
    """An embedding of which MXNet's repository has files."""

    pretrained_archive_name_sha1: dict[str, str] = {}

    def __init__(self, pretrained_file_name: str, embedding_root: str | None,
                 init_unknown_vec: Callable[..., nd.NDArray], vocabulary: Vocabulary | None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._check_pretrained_file_names(pretrained_file_name)
        root = os.path.join(data_dir(), "embeddings") if embedding_root is None else embedding_root
        self._load_embedding(self._get_pretrained_file(root, pretrained_file_name), " ",
                             init_unknown_vec)
        if vocabulary is not None:
            self._take_vocabulary(vocabulary, [self])

    @classmethod
    def _get_download_file_name(cls, pretrained_file_name: str) -> str:
        """The archive that a file is in."""
        return FILES[cls.__name__.lower()][pretrained_file_name].archive


@register
class GloVe(_Pretrained):
    """GloVe's vectors of words. See `CustomEmbedding` for the arguments.

    pretrained_file_name: one of `get_pretrained_file_names("glove")`, fetched from MXNet's
    repository into the folder embedding_root (None: MXNET_HOME/embeddings).
    """

    def __init__(self, pretrained_file_name: str = "glove.840B.300d.txt",
                 embedding_root: str | None = None,
                 init_unknown_vec: Callable[..., nd.NDArray] = nd.zeros,
                 vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        super().__init__(pretrained_file_name, embedding_root, init_unknown_vec, vocabulary,
                         **kwargs)


@register
class FastText(_Pretrained):
    """fastText's vectors of words. See `CustomEmbedding` for the arguments.

    pretrained_file_name: one of `get_pretrained_file_names("fasttext")`, fetched from MXNet's
    repository into the folder embedding_root (None: MXNET_HOME/embeddings).
    """

    def __init__(self, pretrained_file_name: str = "wiki.simple.vec",
                 embedding_root: str | None = None,
                 init_unknown_vec: Callable[..., nd.NDArray] = nd.zeros,
                 vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        super().__init__(pretrained_file_name, embedding_root, init_unknown_vec, vocabulary,
                         **kwargs)


for _class in (GloVe, FastText):
    _files = FILES[_class.__name__.lower()]
    _class.pretrained_file_name_sha1 = {name: file.sha1 for name, file in _files.items()}
    _class.pretrained_archive_name_sha1 = {file.archive: file.archive_sha1
                                           for file in _files.values()}


class CustomEmbedding(_TokenEmbedding):
    """Vectors from a file of one's own: on each line a token and its numbers.

    elem_delim: what is between them. init_unknown_vec: init_unknown_vec(shape=vec_len) gives the
    vector of unknown tokens, unless the file has one of unknown_token. vocabulary: keep its tokens
    alone. kwargs: of Vocabulary.
    """

    def __init__(self, pretrained_file_path: Any, elem_delim: str = " ", encoding: str = "utf8",
                 init_unknown_vec: Callable[..., nd.NDArray] = nd.zeros,
                 vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._load_embedding(pretrained_file_path, elem_delim, init_unknown_vec, encoding)
        if vocabulary is not None:
            self._take_vocabulary(vocabulary, [self])


class CompositeEmbedding(_TokenEmbedding):
    """The tokens of a vocabulary, each with the vectors of all token_embeddings side by side."""

    def __init__(self, vocabulary: Vocabulary, token_embeddings: Any) -> None:
        super().__init__()
        embeddings = token_embeddings if isinstance(token_embeddings, list) else [token_embeddings]
        for each in embeddings:
            if not isinstance(each, _TokenEmbedding):
                raise MXNetAssertionError("CompositeEmbedding: token_embeddings must be embeddings "
                                          f"of tokens; got {shown(each)}")
        self._take_vocabulary(vocabulary, embeddings)
