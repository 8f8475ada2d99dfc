"""Comparing arrays: NDArrays, NumPy arrays, lists and numbers, in any mixture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ndarray import NDArray
from .defaults import get_atol, get_etol, get_rtol, get_tols

_TINY = 1e-20                   # so that an error has a size where both tolerances are 0


def values(array: Any) -> np.ndarray[Any, Any]:
    """`array` as a NumPy array."""
    return array.asnumpy() if isinstance(array, NDArray) else np.asarray(array)


class Comparison:
    """Two arrays, broadcast to one shape; `equal`: which elements are within the tolerances.

    That is |a - b| <= atol + rtol * |b|, or both are the same infinity, or NaN with `equal_nan`.
    Integers are compared exactly where the tolerances are 0, bools always.
    """

    def __init__(self, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool,
                 use_broadcast: bool = True) -> None:
        a, b = values(a), values(b)
        if a.dtype == b.dtype == np.bool_:
            rtol = atol = 0
        if not use_broadcast:
            checkShapes(a, b)
        try:
            self.a, self.b = np.broadcast_arrays(a, b)
        except ValueError:
            checkShapes(a, b)
        self.rtol, self.atol = rtol, atol
        if rtol == atol == 0 and a.dtype.kind in "biu" and b.dtype.kind in "biu":
            self.equal = self.a == self.b
        else:
            self.equal = np.isclose(_wide(self.a), _wide(self.b), rtol, atol, equal_nan)

    @property
    def num_wrong(self) -> int:
        """How many elements differ."""
        return self.equal.size - int(np.count_nonzero(self.equal))

    def largest(self, count: int) -> list[tuple[tuple[int, ...], float]]:
        """(index, error in units of the tolerance) of the worst elements, NaN before all."""
        wrong = np.flatnonzero(~self.equal)
        a, b = _wide(self.a.flat[wrong]), _wide(self.b.flat[wrong])
        with np.errstate(all="ignore"):
            errors = np.abs(a - b) / (self.atol + self.rtol * np.abs(b) + _TINY)
        order = np.argsort(np.where(np.isnan(errors), -np.inf, -errors), kind="stable")[:count]
        return [(tuple(map(int, np.unravel_index(wrong[i], self.a.shape))), float(errors[i]))
                for i in order]

    def message(self, names: Sequence[str], count: int) -> str:
        """What differs, where and how much; count: how many elements to list."""
        size = self.equal.size
        (index, error), *more = self.largest(max(count, 1))
        lines = [f"{names[0]} and {names[1]} differ in {self.num_wrong} of {size} elements "
                 f"({self.num_wrong / size:.2%}), by up to {error:g} times the tolerance "
                 f"(rtol={self.rtol:g}, atol={self.atol:g}).",
                 locationError(self.a, self.b, index, names, maxError=True)]
        lines += [f"{locationError(self.a, self.b, index, names)}, {error:g} times the tolerance"
                  for index, error in more]
        with np.printoptions(threshold=20, edgeitems=3, suppress=True):
            lines += [f"{name}: {array!r}" for name, array in zip(names, (self.a, self.b),
                                                                  strict=False)]
        return "\n".join(lines)


def _wide(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """In at least float64, where differences of all dtypes have room."""
    if array.dtype.kind == "c" or array.dtype == np.longdouble:
        return array
    return array.astype(np.float64)


def same(a: Any, b: Any) -> bool:
    """Whether shapes and all values are equal; NaN equals nothing."""
    return np.array_equal(values(a), values(b))


def checkShapes(a: Any, b: Any) -> None:
    """Raise AssertionError unless a and b have one shape."""
    if a.shape != b.shape:
        raise AssertionError(f"a.shape = {a.shape} and b.shape = {b.shape} are not equal")


def almost_equal(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                 equal_nan: bool = False, use_broadcast: bool = True) -> bool:
    """Whether |a - b| <= atol + rtol * |b| for all elements.

    rtol, atol: None for those of float64, 1e-5 and 1e-20. use_broadcast: False raises
    AssertionError for unequal shapes, as do shapes that cannot be broadcast.
    """
    return not Comparison(a, b, get_rtol(rtol), get_atol(atol), equal_nan, use_broadcast).num_wrong


def locationError(a: Any, b: Any, index: tuple[int, ...], names: Sequence[str],
                  maxError: bool = False) -> str:
    """The text "Location of error: (1, 0), a=1.00000000, b=2.00000000"."""
    def shown(value: Any) -> str:
        return str(value) if np.asarray(value).dtype.kind in "biuc" else f"{float(value):.8f}"

    return (f"Location of {'maximum ' if maxError else ''}error: {index}, "
            f"{names[0]}={shown(a[index])}, {names[1]}={shown(b[index])}")


def assert_almost_equal(a: Any, b: Any, rtol: Any = None, atol: Any = None,
                        names: Sequence[str] = ("a", "b"), equal_nan: bool = False,
                        use_broadcast: bool = True, mismatches: tuple[int, int] = (10, 10)) -> None:
    """Raise AssertionError unless |a - b| <= atol + rtol * |b| for all elements.

    a, b: NDArrays, NumPy arrays, lists or numbers, of shapes that can be broadcast; of one shape
        with use_broadcast=False.
    rtol, atol: a number, a dict of dtype -> number, or None for the defaults of the dtypes, of
        which the larger counts.
    names: what the message calls them. mismatches: how many elements it lists (the first).
    """
    rtol, atol = get_tols(a, b, rtol, atol)
    comparison = Comparison(a, b, rtol, atol, equal_nan, use_broadcast)
    if comparison.num_wrong:
        raise AssertionError(comparison.message(names, mismatches[0]))


def assert_allclose(a: Any, b: Any, rtol: Any = 1e-07, atol: Any = 0,
                    equal_nan: bool = True) -> None:
    """`assert_almost_equal` with the defaults of numpy.testing.assert_allclose."""
    assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(a: Any, b: Any, rtol: Any = None, atol: Any = None,
                                 etol: float | None = None, names: Sequence[str] = ("a", "b"),
                                 equal_nan: bool = False,
                                 mismatches: tuple[int, int] = (10, 10)) -> None:
    """`assert_almost_equal`, in which a share of `etol` of the elements may differ (None: 0)."""
    rtol, atol = get_tols(a, b, rtol, atol)
    comparison = Comparison(a, b, rtol, atol, equal_nan)
    if comparison.num_wrong > get_etol(etol) * comparison.equal.size:
        raise AssertionError(comparison.message(names, mismatches[0]))


def assert_almost_equal_ignore_nan(a: Any, b: Any, rtol: Any = None, atol: Any = None,
                                   names: Sequence[str] = ("a", "b")) -> None:
    """`assert_almost_equal` of the elements at which neither array is NaN; of one shape."""
    a, b = values(a).copy(), values(b).copy()
    checkShapes(a, b)
    ignored = np.isnan(a) | np.isnan(b)
    a[ignored] = b[ignored] = 0
    assert_almost_equal(a, b, rtol, atol, names)


def assert_exception(f: Callable[..., Any], exception_type: Any, *args: Any,
                     **kwargs: Any) -> None:
    """Raise AssertionError unless f(*args, **kwargs) raises an exception of this type."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{getattr(f, '__name__', f)} raised no {exception_type}")


def same_array(array1: NDArray, array2: NDArray) -> bool:
    """Whether two NDArrays are one piece of memory, seen with one shape and dtype."""
    return (array1._shares_memory(array2) and array1._address == array2._address
            and array1.shape == array2.shape and array1.dtype == array2.dtype)


def compare_ndarray_tuple(t1: Any, t2: Any, rtol: Any = None, atol: Any = None) -> None:
    """`assert_almost_equal` of arrays in nested tuples or lists, such as states of optimizers.

    Nothing is compared where either side is None. Raises AssertionError for unequal lengths.
    """
    if t1 is None or t2 is None:
        return
    if not isinstance(t1, (tuple, list)):
        assert_almost_equal(t1, t2, rtol=rtol, atol=atol)
        return
    if not isinstance(t2, (tuple, list)) or len(t1) != len(t2):
        found = len(t2) if isinstance(t2, (tuple, list)) else type(t2).__name__
        raise AssertionError(f"t2 must be a tuple of {len(t1)}, like t1; got {found}")
    for a, b in zip(t1, t2, strict=True):
        compare_ndarray_tuple(a, b, rtol, atol)
