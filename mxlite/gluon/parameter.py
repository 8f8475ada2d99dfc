"""`Parameter`: an array that is learned, on one or several contexts."""

from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import autograd, initializer
from .. import ndarray as nd
from .. import symbol as sym
from ..arguments import NamesArguments, check_shape
from ..base import (
    DTYPES,
    AssertedValueError,
    MXNetError,
    MXNetTypeError,
    MXNetValueError,
    dtype_name,
    from_package,
)
from ..device.context import Context, as_context, contexts_of, cpu, current_context
from ..ndarray.array import need_array
from ..util import is_np_array, is_np_shape
from ..wording import listing, shown
from .parameter_names import ParameterNames
from .utils import shape_is_known

GRAD_REQS = ("write", "add", "null")
STYPES = ("default", "row_sparse", "csr")
tensor_types = (sym.Symbol, nd.NDArray)     # MXNet's


class DeferredInitializationError(MXNetError):
    """The parameter's shape is not known yet, so it has no array."""


class Parameter(ParameterNames, NamesArguments):
    """A named array with its gradient: shape, dtype, initializer, multipliers.

    Lengths of 0 in `shape` are unknown; with allow_deferred_init the array is made at the first
    forward pass. grad_req: 'write', 'add' or 'null'. lr_mult and wd_mult scale the optimizer's
    learning rate and weight decay. stype, grad_stype: storage types of the array, for which
    `row_sparse_data` then stands in for `data`, and of its gradient.
    """

    changes = 0         # grows whenever any parameter gets other arrays; blocks cache by it
    _is_plain = True    # `data` gives the array itself; not where a subclass makes something of it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._is_plain = cls.data is Parameter.data

    def __init__(self, name: str, grad_req: str = "write", shape: Any = None,
                 dtype: Any = "float32", lr_mult: float = 1.0, wd_mult: float = 1.0,
                 init: Any = None, allow_deferred_init: bool = False,
                 differentiable: bool = True, stype: str = "default",
                 grad_stype: str = "default") -> None:
        for argument, value in (("stype", stype), ("grad_stype", grad_stype)):
            if value not in STYPES:
                raise AssertedValueError(f"Parameter: {argument} must be {listing(STYPES)}; "
                                         f"got {value!r}")
        for argument, factor in (("lr_mult", lr_mult), ("wd_mult", wd_mult)):
            if not isinstance(factor, numbers.Real):
                raise MXNetTypeError(f"Parameter: {argument} must be a number; got {shown(factor)}")
        _check_init("Parameter", "init", init)
        _name_of_dtype("Parameter", dtype)
        self._stype, self._grad_stype = stype, grad_stype
        self._trainer: Any = None
        self.name = name
        self._shape = None if shape is None else check_shape("Parameter", "shape", shape, -1)
        self._dtype = dtype
        self.lr_mult = lr_mult
        self.wd_mult = wd_mult
        self.init = init
        self._allow_deferred_init = allow_deferred_init
        self._differentiable = differentiable
        self._grad_req = "null"
        self._by_context: dict[Context, nd.NDArray] | None = None
        self._only: nd.NDArray | None = None        # the array, where there is just one
        self._deferred: tuple[Any, list[Context], Any, nd.NDArray | None] | None = None
        self._var: Any = None
        self.grad_req = grad_req

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.name} (shape={self.shape}, dtype={self._dtype})"

    # Attributes -----------------------------------------------------------------------------

    @property
    def grad_req(self) -> str:
        """'write', 'add' or 'null': what backward() does with the gradient."""
        return self._grad_req

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req not in GRAD_REQS:
            raise AssertedValueError(f"Parameter '{self.name}': grad_req must be "
                                     f"{listing(GRAD_REQS)}; got {req!r}")
        if not self._differentiable:
            req = "null"
        if req != self._grad_req:
            self._grad_req = req
            self._attach_grad()
            Parameter.changes += 1

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape; unknown lengths are 0, and -1 where npx.set_np() makes 0 a length; None if
        nothing is known."""
        if is_np_shape() and self._shape is not None and 0 in self._shape:
            return tuple([length or -1 for length in self._shape])
        return self._shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        old = self._shape
        if shape is None and old is None:
            return
        shape = check_shape(f"Parameter '{self.name}'", "shape", shape, -1)
        if old is not None and (len(old) != len(shape) or any(
                a not in (0, -1, b) for a, b in zip(old, shape, strict=True))):
            raise AssertedValueError(
                f"Parameter '{self.name}' must have shape {old} (0: unknown); got {shape}")
        self._shape = shape

    @property
    def dtype(self) -> Any:
        """The dtype, as it was given."""
        return self._dtype

    @dtype.setter
    def dtype(self, dtype: Any) -> None:
        self.cast(dtype)

    @property
    def stype(self) -> str:
        """The storage type of the array: 'default', 'row_sparse' or 'csr'."""
        return self._stype

    @property
    def grad_stype(self) -> str:
        """The storage type of the gradient."""
        return self._grad_stype

    # Initialization ----------------------------------------------------------------------------

    def initialize(self, init: Any = None, ctx: Any = None, default_init: Any = None,
                   force_reinit: bool = False) -> None:
        """Make the array on the context(s): by `init`, else the own `init`, else default_init.

        Where the shape is unknown and deferring allowed, that is done at the first forward pass.
        The name of an initializer is looked up when it is done.
        """
        if self._by_context is not None and not force_reinit:
            warnings.warn(f"Parameter '{self.name}' is already initialized, ignoring. "
                          "Set force_reinit=True to re-initialize.", stacklevel=3)
            return
        _check_init(f"Parameter '{self.name}'", "init", init)
        _check_init(f"Parameter '{self.name}'", "default_init", default_init)
        if default_init is None:
            default_init = initializer.Uniform()
        if init is None:
            init = default_init if self.init is None else self.init
        contexts = contexts_of(ctx)
        if not shape_is_known(self._shape) and not self._allow_deferred_init:
            raise MXNetValueError(f"Cannot initialize Parameter '{self.name}' because it has "
                                  f"invalid shape: {self._shape}; lengths must be known")
        if shape_is_known(self._shape):
            self._make(init, contexts, default_init, None)
        else:
            self._set_arrays(None)
            self._deferred = (init, contexts, default_init, None)

    def _finish_deferred_init(self) -> None:
        """Make the arrays that wait for their shape."""
        if self._deferred is None:
            return
        if not shape_is_known(self._shape):
            raise MXNetValueError(
                f"Cannot initialize Parameter '{self.name}' because it has invalid shape: "
                f"{self._shape}. Please specify in_units, in_channels, etc for `Block`s.")
        self._make(*self._deferred)

    def _make(self, init: Any, contexts: list[Context], default_init: Any,
              data: nd.NDArray | None) -> None:
        """Make the arrays: of `data`, if that is there, else by the initializer."""
        name = dtype_name(self._dtype)
        with autograd.pause():
            if data is None:
                data = nd.zeros(self._shape, ctx=cpu(), dtype=name)
                if is_np_array() and self._stype == "default":
                    data = data.as_np_ndarray()
                desc = initializer.InitDesc(self.name, {"__init__": init})
                initializer.create(default_init)(desc, data)
            self._init_impl(data.astype(name, copy=False), contexts)
        self._deferred = None

    def _place(self, data: nd.NDArray, contexts: list[Context], is_ours: bool = False) -> None:
        """Have copies of `data` on the contexts, with fresh gradients; is_ours: on its own context
        `data` itself will do."""
        if data.stype != self._stype:
            data = data.tostype(self._stype)
        if is_np_array() and self._stype == "default":
            data = data.as_np_ndarray()
        self._set_arrays({ctx: data if is_ours and ctx == data.ctx else data.copyto(ctx)
                          for ctx in contexts})
        self._attach_grad()

    def _set_arrays(self, arrays: dict[Context, nd.NDArray] | None) -> None:
        self._by_context = arrays
        self._only = next(iter(arrays.values())) if arrays and len(arrays) == 1 else None
        Parameter.changes += 1

    def _attach_grad(self) -> None:
        """Make every array a variable of autograd, or no longer one."""
        if self._by_context is None:
            return
        if self._grad_req == "null":
            self._set_arrays({ctx: data.detach() for ctx, data in self._by_context.items()})
        for data in self._by_context.values():
            if self._grad_req != "null":
                data.attach_grad(self._grad_req, self._grad_stype)

    def reset_ctx(self, ctx: Any) -> None:
        """Move the parameter to these contexts."""
        contexts = contexts_of(ctx)
        if self._by_context is not None:
            with autograd.pause():
                self._place(self.reduced(), contexts)
        elif self._deferred is not None:
            init, _, default_init, data = self._deferred
            self._deferred = (init, contexts, default_init, data)
        else:
            raise MXNetValueError(f"Cannot reset context for Parameter '{self.name}' because it "
                                  "has not been initialized.")

    # Arrays ----------------------------------------------------------------------------------

    def data(self, ctx: Context | None = None) -> nd.NDArray:
        """The array on `ctx`; by default the only one, or that of the current context."""
        only = self._only
        if self._stype != "default":
            raise self._is_sparse_error("data", "row_sparse_data")
        if only is not None and (ctx is None or ctx is only.ctx or ctx == only.ctx):
            return only
        return self._arrays()[self._context(ctx)]

    def row_sparse_data(self, row_id: nd.NDArray) -> nd.NDArray:
        """The rows `row_id` (n,) of a row_sparse parameter, on the context of row_id; gradients
        flow from them to the parameter.

        Raises MXNetError unless a Trainer was made with the parameter.
        """
        ctx = need_array(row_id, "row_sparse_data", "row_id").ctx
        return self._rows(self._arrays()[self._context(ctx)], row_id, "row_sparse_data")

    def list_row_sparse_data(self, row_id: nd.NDArray) -> list[nd.NDArray]:
        """`row_sparse_data` on all contexts."""
        need_array(row_id, "list_row_sparse_data", "row_id")
        return [self._rows(array, row_id.as_in_context(array.ctx), "list_row_sparse_data")
                for array in self._arrays().values()]

    def _rows(self, array: nd.NDArray, row_id: nd.NDArray, caller: str) -> nd.NDArray:
        if self._stype != "row_sparse":
            raise MXNetError(f"Cannot return a copy of Parameter '{self.name}' via {caller}() "
                             f"because its storage type is {self._stype}. Please use data() "
                             "instead.")
        if self._trainer is None:
            raise MXNetError(f"Cannot get row_sparse data for Parameter '{self.name}' when no "
                             "Trainer is created with it.")
        retain: Any = nd.sparse.retain
        with autograd.record(autograd.is_training()):       # rows may be taken before a record()
            rows: nd.NDArray = retain(array, row_id.reshape((-1,)))
        return rows

    def _is_sparse_error(self, caller: str, other: str) -> MXNetError:
        return MXNetError(f"Cannot return a copy of Parameter '{self.name}' via {caller}() because "
                          f"its storage type is {self._stype}. Please use {other}() instead.")

    def _set_trainer(self, trainer: Any) -> None:
        """Note the Trainer, of which a sparse parameter may have just one."""
        if self._stype != "default" and self._trainer is not None and trainer is not None and (
                self._trainer is not trainer):
            raise MXNetError(f"Failed to set the trainer for Parameter '{self.name}' because it "
                             "was already set. More than one trainers for a "
                             f"{self._stype} Parameter is not supported.")
        self._trainer = trainer

    def grad(self, ctx: Context | None = None) -> nd.NDArray:
        """The gradient on `ctx`; by default as for `data`."""
        data = self._arrays()[self._context(ctx)]
        if self._grad_req == "null":
            raise MXNetError(f"Cannot get gradient array for Parameter '{self.name}' because "
                             "grad_req='null'")
        gradient = data.grad
        assert gradient is not None
        return gradient

    def list_data(self) -> list[nd.NDArray]:
        """The arrays on all contexts."""
        if self._stype != "default":
            raise self._is_sparse_error("list_data", "list_row_sparse_data")
        return list(self._arrays().values())

    def list_grad(self) -> list[nd.NDArray]:
        """The gradients on all contexts."""
        return [self.grad(ctx) for ctx in self._arrays()]

    def list_ctx(self) -> list[Context]:
        """The contexts the parameter is on, or will be on."""
        if self._by_context is None and self._deferred is not None:
            return self._deferred[1]
        return list(self._arrays())

    def _arrays(self) -> dict[Context, nd.NDArray]:
        if self._by_context is not None:
            return self._by_context
        if self._deferred is not None:
            raise DeferredInitializationError(
                f"Parameter '{self.name}' has not been initialized yet because initialization was "
                f"deferred: its shape is {self._shape}, and 0 is unknown. Pass one batch of data "
                "through the network before accessing it, or give in_units, in_channels, etc.")
        raise MXNetError(
            f"Parameter '{self.name}' has not been initialized: call initialize() first, on "
            "Block or Block.collect_params(), which has the parameters of nested blocks "
            "too, and not on Block.params, which has not.")

    def _context(self, ctx: Context | None) -> Context:
        arrays = self._arrays()
        if ctx is None:
            ctx = next(iter(arrays)) if len(arrays) == 1 else current_context()
        ctx = as_context(ctx)
        if ctx not in arrays:
            ctx = ctx.computes_on
        if ctx not in arrays:
            raise MXNetError(f"Parameter '{self.name}' was not initialized on context {ctx}. "
                             f"It was only initialized on {list(arrays)}.")
        return ctx

    def reduced(self) -> nd.NDArray:
        """The mean of the arrays on all contexts, on the CPU; the first, if they are sparse."""
        arrays = list(self._arrays().values())
        if len(arrays) == 1 or self._stype != "default":
            return arrays[0].detach().copyto(cpu())     # of its storage type
        total = np.mean([np.asarray(array, "float64") for array in arrays], axis=0)
        return nd.array(total, ctx=cpu(), dtype=arrays[0].dtype)

    def set_data(self, data: Any) -> None:
        """Set the values on all contexts, converted to the parameter's dtype; a waiting parameter
        takes its shape from them.

        Raises MXNetError before initialize(), MXNetValueError for values of another shape.
        """
        if not isinstance(data, nd.NDArray):
            data = nd.array(data, dtype=dtype_name(self._dtype))
        if self._by_context is None and self._deferred is None:
            self._arrays()
        self.shape = data.shape
        if self._by_context is None:
            init, contexts, default_init, _ = self._deferred  # type: ignore[misc]
            with autograd.pause():
                self._deferred = (init, contexts, default_init, data.copy())
            return
        for array in self._by_context.values():
            array[:] = data
        if self._trainer is not None and self._trainer._update_on_kvstore:
            self._trainer._reset_kvstore()

    def zero_grad(self) -> None:
        """Set the gradients to zeros."""
        if self._by_context is None or self._grad_req == "null":
            return
        for gradient in self.list_grad():
            gradient[:] = 0

    def cast(self, dtype: Any) -> None:
        """Convert the arrays, or what they will be, to another dtype."""
        name = _name_of_dtype(f"Parameter '{self.name}'", dtype)
        self._dtype = dtype
        if self._var is not None:       # graphs that were made of it have the new dtype, too
            self._var._set_attr(__dtype__=str(DTYPES[name][0]))
        if self._by_context is None:
            return
        with autograd.pause():
            self._set_arrays({ctx: data.astype(name) for ctx, data in self._by_context.items()})
        self._attach_grad()

    def var(self) -> Any:
        """A Symbol of this parameter, always the same, with its name, shape, dtype and factors."""
        if self._var is None:
            self._var = sym.var(self.name, shape=self.shape, dtype=self.dtype,
                                lr_mult=self.lr_mult, wd_mult=self.wd_mult, init=self.init,
                                stype=self.stype)
            if is_np_array():
                self._var = self._var.as_np_ndarray()
        return self._var

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_var": None, "_trainer": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._attach_grad()         # copies and pickles of arrays have no gradients


def _check_init(caller: str, name: str, init: Any) -> None:
    """Raise MXNetTypeError for what cannot be an initializer. What it is called is not looked up:
    it may be registered until arrays are made."""
    if init is not None and (isinstance(init, type)
                             or not (callable(init) or isinstance(init, (str, dict)))):
        raise MXNetTypeError(f"{caller}: {name} must be an initializer, such as mx.init.Zero(), "
                             f"its name or a function; got {shown(init)}")


def _name_of_dtype(caller: str, dtype: Any) -> str:
    """`dtype_name`, whose error begins with the caller here."""
    try:
        return dtype_name(dtype)
    except MXNetTypeError as error:
        raise MXNetTypeError(f"{caller}: {error}") from None


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
