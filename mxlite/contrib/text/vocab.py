"""`Vocabulary`: tokens and their numbers."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Hashable
from typing import Any

from ...base import MXNetAssertionError, MXNetValueError
from ...wording import shown


class Vocabulary:
    """Numbers tokens: 0 is unknown_token, then come reserved_tokens, then those of a counter.

    counter: a collections.Counter; the most frequent come first, and equally frequent ones in
    their own order. most_freq_count: take at most so many of them; min_freq: only those that came
    at least so often. Tokens are strings, or anything hashable and sortable.
    """

    def __init__(self, counter: Counter[Any] | None = None, most_freq_count: int | None = None,
                 min_freq: int = 1, unknown_token: Hashable = "<unk>",
                 reserved_tokens: list[Any] | None = None) -> None:
        if not min_freq > 0:
            raise MXNetAssertionError(f"Vocabulary: min_freq must be at least 1; got {min_freq}")
        reserved = [] if reserved_tokens is None else list(reserved_tokens)
        if unknown_token in reserved:
            raise MXNetAssertionError("Vocabulary: reserved_tokens must not have unknown_token; "
                                      f"{unknown_token!r} is in it")
        if len(set(reserved)) != len(reserved):
            raise MXNetAssertionError("Vocabulary: reserved_tokens must differ; got "
                                      f"{shown(reserved)}")
        self._unknown_token = unknown_token
        self._reserved_tokens = None if reserved_tokens is None else reserved
        self._idx_to_token: list[Any] = [unknown_token, *reserved]
        self._token_to_idx = {token: i for i, token in enumerate(self._idx_to_token)}
        if counter is not None:
            self._add_counted(counter, most_freq_count, min_freq)

    def _add_counted(self, counter: Counter[Any], most: int | None, least_frequency: int) -> None:
        if not isinstance(counter, Counter):
            raise MXNetAssertionError("Vocabulary: counter must be a collections.Counter; got "
                                      f"{shown(counter)}")
        frequent = sorted((token for token, count in counter.items() if count >= least_frequency
                           and token not in self._token_to_idx))
        frequent.sort(key=lambda token: counter[token], reverse=True)
        for token in frequent if most is None else frequent[:max(most, 0)]:
            self._add(token)

    def _add(self, token: Any) -> None:
        self._token_to_idx[token] = len(self._idx_to_token)
        self._idx_to_token.append(token)

    def __len__(self) -> int:
        return len(self._idx_to_token)

    @property
    def token_to_idx(self) -> dict[Any, int]:
        """{token: its number}."""
        return self._token_to_idx

    @property
    def idx_to_token(self) -> list[Any]:
        """The tokens in the order of their numbers."""
        return self._idx_to_token

    @property
    def unknown_token(self) -> Any:
        """What stands for all tokens that have no number; its own number is 0."""
        return self._unknown_token

    @property
    def reserved_tokens(self) -> list[Any] | None:
        """Tokens that have numbers in any case."""
        return self._reserved_tokens

    def to_indices(self, tokens: Any) -> Any:
        """The number of a token, or of each of a list; 0 for those that are not known."""
        if isinstance(tokens, list):
            return [self._token_to_idx.get(token, 0) for token in tokens]
        return self._token_to_idx.get(tokens, 0)

    def to_tokens(self, indices: Any) -> Any:
        """The token with a number, or those of a list of numbers."""
        if isinstance(indices, list):
            return [self._token(index) for index in indices]
        return self._token(indices)

    def _token(self, index: Any) -> Any:
        try:
            number = operator.index(index)
        except TypeError:
            number = -1
        if not 0 <= number < len(self):
            raise MXNetValueError(f"Vocabulary.to_tokens: an index must be an integer from 0 to "
                                  f"{len(self) - 1}; got {shown(index)}")
        return self._idx_to_token[number]
