"""Helpers around Gluon: splitting batches over contexts, clipping gradients, hooks, downloads."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import ndarray as nd
from ..arguments import check_count
from ..base import MXNetAssertionError, MXNetTypeError, MXNetValueError
from ..device.context import Context
from ..ndarray.numpy.switched import switched
from .download import check_sha1 as check_sha1
from .download import download as download
from .download import replace_file as replace_file
from .download import repo_file_url as _get_repo_file_url  # noqa: F401  GluonCV's and GluonNLP's
from .download import repo_url as _get_repo_url  # noqa: F401

_numbers = itertools.count()


class HookHandle:
    """Keeps a hook registered until `detach()`, or until the end of a `with` block."""

    def __init__(self, hooks: dict[int, Callable[..., Any]] | None = None,
                 hook: Callable[..., Any] | None = None) -> None:
        self._hooks: dict[int, Callable[..., Any]] | None = None
        self._number = next(_numbers)
        if hooks is not None:
            self.attach(hooks, hook)

    def attach(self, hooks_dict: dict[int, Callable[..., Any]], hook: Any) -> None:
        """Register a hook in this dict, by a number."""
        if not callable(hook):
            raise MXNetTypeError(f"hook must be callable; got {type(hook).__name__}")
        if self._hooks is not None:
            raise MXNetAssertionError("HookHandle.attach: this handle has a hook already")
        self._hooks = hooks_dict
        hooks_dict[self._number] = hook

    def detach(self) -> None:
        """Take the hook away."""
        if self._hooks is not None:
            self._hooks.pop(self._number, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.detach()


def indent(text: str, spaces: int = 2) -> str:
    """The text with all lines but the first moved to the right."""
    return text.replace("\n", "\n" + " " * spaces)


def brief_list(lst: Sequence[Any], limit: int = 7) -> str:
    """'a', 'b', ..., 'z': of more than `limit` items the first and last ones, `limit` together."""
    words = [f"'{item}'" for item in lst]
    if len(words) > limit:
        words[limit // 2:limit // 2 - limit] = ["..."]
    return ", ".join(words)


_indent, _brief_print_list = indent, brief_list         # MXNet's names


def shape_is_known(shape: tuple[int, ...] | None) -> bool:
    """Whether all lengths are there: 0 and -1 are unknown."""
    return shape is not None and all(length > 0 for length in shape)


def shapes_agree(one: Sequence[int] | None, other: Sequence[int] | None) -> bool:
    """Whether both may be shapes of one array; a length of 0 or -1, or a shape None, is unknown."""
    return one is None or other is None or (len(one) == len(other) and all(
        a == b or a <= 0 or b <= 0 for a, b in zip(one, other, strict=True)))


def split_data(data: nd.NDArray, num_slice: int, batch_axis: int = 0,
               even_split: bool = True) -> list[nd.NDArray]:
    """`num_slice` parts of `data` along `batch_axis`.

    If not even_split, the first ones may have one item more than the others, which may be empty.
    """
    num_slice = check_count("split_data", "num_slice", num_slice, 1)
    size = data.shape[batch_axis]
    if even_split and size % num_slice:
        raise MXNetValueError(
            f"split_data: data of shape {data.shape} cannot be split evenly into {num_slice} "
            f"parts along axis {batch_axis}; take a batch size that {num_slice} divides, or "
            "even_split=False")
    least, longer = divmod(size, num_slice)
    ends = [least * i + min(i, longer) for i in range(num_slice + 1)]
    if batch_axis == 0:
        return [data[a:b] for a, b in itertools.pairwise(ends)]
    return [nd.slice_axis(data, axis=batch_axis, begin=a, end=b)
            for a, b in itertools.pairwise(ends)]


def split_and_load(data: Any, ctx_list: Sequence[Context], batch_axis: int = 0,
                   even_split: bool = True) -> list[nd.NDArray]:
    """The parts of a batch, one on each context."""
    if not ctx_list:
        raise MXNetValueError("split_and_load: ctx_list must hold at least one context; got none")
    if not isinstance(data, nd.NDArray):
        data = switched(nd.array(data, ctx=ctx_list[0]))
    if len(ctx_list) == 1:
        return [data.as_in_context(ctx_list[0])]
    parts = split_data(data, len(ctx_list), batch_axis, even_split)
    return [part.as_in_context(ctx) for part, ctx in zip(parts, ctx_list, strict=True)]


def _stored(array: Any) -> Any:
    """The array, or the values that a sparse one stores."""
    return array if array.stype == "default" else array.data


def clip_global_norm(arrays: Sequence[nd.NDArray], max_norm: float,
                     check_isfinite: bool = True) -> Any:
    """Scale the arrays in place so that their joint 2-norm is at most max_norm; returns it.

    A norm that is not finite gives a warning, and numbers that are of no use. Without
    check_isfinite there is no warning, and the norm is returned as an array (1,).
    """
    if not arrays:
        raise MXNetValueError("clip_global_norm: arrays must not be empty")
    norm = math.sqrt(sum(float((_stored(array).astype("float64") ** 2).sum().asscalar())
                         for array in arrays))
    if check_isfinite and not math.isfinite(norm):
        warnings.warn("nan or inf is detected. Clipping results will be undefined.", stacklevel=2)
    scale = max_norm / (norm + 1e-8)
    if not scale >= 1:                  # NaN, too
        for array in arrays:
            array *= scale
    return norm if check_isfinite else nd.array([norm], ctx=arrays[0].ctx)
