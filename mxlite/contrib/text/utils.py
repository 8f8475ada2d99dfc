"""Counting tokens of texts."""

from __future__ import annotations

import re
from collections import Counter

from ...base import MXNetTypeError
from ...wording import shown


def count_tokens_from_str(source_str: str, token_delim: str = " ", seq_delim: str = "\n",
                          to_lower: bool = False, counter_to_update: Counter[str] | None = None
                          ) -> Counter[str]:
    """How often each token is in a text.

    token_delim, seq_delim: regular expressions for what is between tokens, and between sequences
    of them. to_lower: count in lower case. counter_to_update: add to this one, and return it.
    """
    if not isinstance(source_str, str):
        raise MXNetTypeError("count_tokens_from_str: source_str must be a string; got "
                             f"{shown(source_str)}")
    tokens = [token for token in re.split(f"{token_delim}|{seq_delim}", source_str) if token]
    counter: Counter[str] = Counter() if counter_to_update is None else counter_to_update
    counter.update([token.lower() for token in tokens] if to_lower else tokens)
    return counter
