"""What MXNet calls the inner parts of a Parameter: GluonCV, GluonNLP and Horovod know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import autograd
from .. import ndarray as nd
from ..base import MXNetError
from .agreement import load_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..device.context import Context


class ParameterNames:
    """MXNet's private names for what `Parameter` has."""

    if TYPE_CHECKING:
        name: str
        _by_context: dict[Context, nd.NDArray] | None
        _deferred: tuple[Any, list[Context], Any, nd.NDArray | None] | None
        _grad_req: str

        def _arrays(self) -> dict[Context, nd.NDArray]: ...
        def _attach_grad(self) -> None: ...
        def _context(self, ctx: Context | None) -> Context: ...
        def _place(self, data: nd.NDArray, contexts: list[Context],
                   is_ours: bool = ...) -> None: ...
        def _set_arrays(self, arrays: dict[Context, nd.NDArray] | None) -> None: ...
        def list_grad(self) -> list[nd.NDArray]: ...
        def reduced(self) -> nd.NDArray: ...

    @property
    def _data(self) -> list[nd.NDArray] | None:
        """The arrays on all contexts, of any storage type, or None."""
        return None if self._by_context is None else list(self._by_context.values())

    @_data.setter
    def _data(self, arrays: Sequence[nd.NDArray] | None) -> None:
        self._set_arrays(None if arrays is None else {array.ctx: array for array in arrays})

    @property
    def _grad(self) -> list[nd.NDArray] | None:
        """The gradients on all contexts, or None."""
        if self._by_context is None or self._grad_req == "null":
            return None
        return self.list_grad()

    @_grad.setter
    def _grad(self, gradients: Sequence[nd.NDArray] | None) -> None:
        if gradients is not None:       # arrays that were another Parameter's bring theirs along
            new = [pair for pair in zip(self._data or (), gradients, strict=True)
                   if pair[0].grad is not pair[1]]
            for array, gradient in new:
                autograd.mark_variables([array], [gradient], self._grad_req)

    @property
    def _ctx_list(self) -> list[Context] | None:
        """The contexts of `_data`, or None. What it is set to follows from `_data`, too."""
        return None if self._by_context is None else list(self._by_context)

    @_ctx_list.setter
    def _ctx_list(self, contexts: Any) -> None:
        pass

    @property
    def _ctx_map(self) -> list[list[int | None]] | None:
        """[places in `_data` by the GPU's number, places by the CPU's number], or None."""
        if self._by_context is None:
            return None
        places: list[list[int | None]] = [[], []]
        for place, ctx in enumerate(self._by_context):
            row = places[ctx.device_typeid & 1]
            row.extend([None] * (ctx.device_id + 1 - len(row)))
            row[ctx.device_id] = place
        return places

    @_ctx_map.setter
    def _ctx_map(self, places: Any) -> None:
        pass

    @property
    def _deferred_init(self) -> tuple[Any, ...]:
        """(init, contexts, default_init, data) of a parameter that waits for its shape, else ()."""
        return self._deferred or ()

    @_deferred_init.setter
    def _deferred_init(self, waiting: tuple[Any, ...]) -> None:
        self._deferred = waiting or None  # type: ignore[assignment]

    def _reduce(self) -> nd.NDArray:
        """`reduced`: the mean of the arrays on all contexts."""
        return self.reduced()

    def _check_and_get(self, arr_list: Sequence[nd.NDArray] | None, ctx: Any) -> Any:
        """Of `_data` or `_grad`, the array on ctx; ctx=list: all of them.

        Raises DeferredInitializationError or MXNetError where there are none.
        """
        contexts = list(self._arrays())
        if arr_list is None:
            raise MXNetError(f"Parameter '{self.name}' has no such arrays; its grad_req is "
                             f"{self._grad_req!r}")
        return arr_list if ctx is list else arr_list[contexts.index(self._context(ctx))]

    def _init_impl(self, data: nd.NDArray, ctx_list: Sequence[Context]) -> None:
        """Have copies of `data` on the contexts, with gradients; the end of every initialization,
        which Horovod wraps on the Parameters themselves."""
        with autograd.pause():
            self._place(data, list(ctx_list))

    def _init_grad(self) -> None:
        """Have fresh gradients, of zeros, where grad_req asks for any."""
        self._attach_grad()

    def _load_init(self, data: nd.NDArray, ctx: Any, cast_dtype: bool = False,
                   dtype_source: str = "current") -> None:
        """Take values from a file, and be initialized by them.

        ctx: where; None: where the parameter is, or is to be. cast_dtype: convert, to the 'current'
        dtype or to the 'saved' one, as dtype_source says.
        """
        load_array(self, data, ctx, cast_dtype, dtype_source)
