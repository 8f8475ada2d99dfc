"""What pickles of MXNet 1.x hold of an array: the bytes that stand for it in a `.params` file."""

from __future__ import annotations

from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..wording import shown
from .ndarray import NDArray
from .serialization import dump_one, load_array
from .sparse.arrays import BaseSparseNDArray


def get_state(self: NDArray) -> dict[str, Any]:
    """{"handle": bytes}: what MXNet pickles of an array."""
    return {"handle": bytearray(dump_one(self))}


def set_state(self: NDArray, state: Any) -> None:
    """Become the array of a state that MXNet pickled, {"handle": bytes}, on the current context.

    Raises MXNetTypeError for other states, MXNetValueError for damaged bytes and for an array of
    another storage type.
    """
    handle = state.get("handle") if isinstance(state, dict) else state
    if handle is None and isinstance(state, dict):
        return                                      # an array that nothing was put in
    if not isinstance(handle, (bytes, bytearray)):
        raise MXNetTypeError('NDArray.__setstate__: state must be {"handle": bytes}, as MXNet '
                             f"pickles it; got {shown(state)}")
    array = load_array(handle, "NDArray.__setstate__")
    if type(array) is not type(self) and not {array.stype, self.stype} == {"default"}:
        raise MXNetValueError(f"NDArray.__setstate__: the bytes hold a {array.stype} array, which "
                              f"no {type(self).__name__} can be")
    self._become(array)  # type: ignore[attr-defined]
    if isinstance(self, BaseSparseNDArray) and isinstance(array, BaseSparseNDArray):
        self._chunk = array._chunk


def add_methods(array_type: Any) -> None:
    """Give the NDArray class these methods."""
    array_type.__getstate__, array_type.__setstate__ = get_state, set_state
