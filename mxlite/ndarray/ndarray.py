"""NDArray: the array with MXNet's methods. Its hot half is array.pyx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import one_or_several
from ..base import (
    MXNetTypeError,
    MXNetValueError,
    WrongKindError,
    bfloat16,
    dtype_name,
    from_package,
)
from ..device.context import Context, as_context
from ..ops.schema import REGISTRY
from . import backward, numpy_functions, sharing, tape
from .array import empty_array, share_array, wrap_numpy, zeros_like
from .function import OpFunction
from .host_values import from_bytes, shown_dtype
from .mxnet_codes import _DTYPE_MX_TO_NP as _DTYPE_MX_TO_NP
from .mxnet_codes import _DTYPE_NP_TO_MX as _DTYPE_NP_TO_MX
from .mxnet_codes import _GRAD_REQ_MAP as _GRAD_REQ_MAP
from .operators import OperatorArray
from .setting import write_whole
from .variable import gradient_of, has_fresh_gradient, mark_variable, set_fresh_gradient

DLPACK_CPU = 1
py_slice = slice                    # MXNet's names in this module, which code outside it imports
_STORAGE_TYPE_STR_TO_ID = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}


class NDArray(OperatorArray):
    """An n-dimensional array on a device.

    Always contiguous in memory. The method `reshape` and leading-axis slices share memory with
    their source; other indexing copies, and so do operators. Methods that name an operator
    (`x.sum(axis=1)`) are documented there.
    """

    __slots__ = ()
    _result_kind: type[NDArray]         # the class of results of operators on arrays of this class
    _picked_shape: tuple[int, ...] = (1,)       # of an item that an index picks

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if args == (None,) and not kwargs:          # as pickles of MXNet do, before __setstate__
            return empty_array((0,), "float32", as_context(None), cls)
        raise MXNetTypeError(f"{cls.__name__} cannot be called; mx.nd.array(values), "
                             "mx.nd.zeros(shape) and kin make arrays")

    def __init__(self, *args: Any) -> None:
        """Nothing: `__new__` says what can be called."""

    # What it is -----------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        """The NumPy type of the elements, such as numpy.float32."""
        return shown_dtype(self._dtype_name)

    @property
    def stype(self) -> str:
        """The storage type: 'default', which means dense."""
        return "default"

    @property
    def T(self) -> NDArray:
        """The array with its axes reversed."""
        return self if self.ndim < 2 else self.transpose()  # type: ignore[attr-defined]

    @property
    def handle(self) -> int:
        """The address of the first element."""
        return self._address

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.shape))
        array = self.astype("float32") if self.dtype is bfloat16 else self     # no ml-dtypes
        return f"\n{array.asnumpy()!s}\n<{type(self).__name__} {shape} @{self.ctx}>"

    def __bool__(self) -> bool:
        if self.size == 1:
            return bool(self.asscalar())
        if self.size == 0:
            return False
        raise MXNetValueError(
            f"the truth of an array of shape {self.shape} is ambiguous; use .any() of asnumpy()")

    def __iter__(self) -> Iterator[NDArray]:
        if self.ndim == 0:
            raise MXNetTypeError("an array of no dimensions cannot be iterated over")
        return (self[i] for i in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self._values() == value))

    def __abs__(self) -> NDArray:
        return self.abs()  # type: ignore[attr-defined]

    def __matmul__(self, other: NDArray) -> NDArray:
        return self.dot(other)  # type: ignore[attr-defined]

    def __div__(self, other: Any) -> NDArray:       # Python 2's names, which MXNet has
        return self / other

    def __rdiv__(self, other: Any) -> NDArray:
        result: NDArray = other / self
        return result

    def __idiv__(self, other: Any) -> NDArray:
        self /= other
        return self

    def __invert__(self) -> NDArray:
        return self.logical_not()  # type: ignore[attr-defined]

    def __float__(self) -> float:
        return float(self._number("float"))

    def __int__(self) -> int:
        return int(self._number("int"))

    def _number(self, caller: str) -> Any:
        if self.size != 1:
            raise WrongKindError(f"{caller}: only an array of one element can become a number; its "
                                 f"shape is {self.shape}")
        return self.asscalar()

    def __index__(self) -> int:
        if self.size == 1 and self._dtype_name.startswith(("int", "uint")):
            return int(self.asscalar())
        raise MXNetTypeError(
            f"only an integer array of one element can be an index; got {self._spec}")

    # Out to the host --------------------------------------------------------------------------

    def asscalar(self) -> Any:
        """The value of an array of one element, as a NumPy scalar."""
        if self.size != 1:
            raise MXNetValueError(
                f"asscalar: the array must hold one element; its shape is {self.shape}")
        return self.asnumpy()[(0,) * self.ndim]

    def item(self) -> Any:
        """The value of an array of one element, as a Python number."""
        return self.asscalar().item()

    def tolist(self) -> list[Any]:
        """The values as nested lists."""
        return self._values().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """np.asarray(x): a NumPy array over the same memory, if that can be.

        What NumPy writes there, autograd does not see: a gradient that reads the old values is then
        computed from the new ones. So it is with memoryview(x) and DLPack. asnumpy() copies.
        """
        view = self._numpy_view() if copy is False else self._values()
        if dtype is not None and view.dtype != np.dtype(dtype):
            if copy is False:
                raise MXNetValueError(f"a {self._dtype_name} array is no {dtype} without a copy")
            return view.astype(dtype)
        return view.copy() if copy else view

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """np.add(x, y): the operator x + y; np.exp(x), where NumPy computes: a NumPy array."""
        return numpy_functions.call(function, method, inputs, kwargs)

    def __dlpack__(self, **options: Any) -> Any:
        """A DLPack capsule over the same memory; autograd does not see what is written there.

        stream=: of CUDA, for an array on a GPU: it waits for the values; None: the default stream.
        """
        if self._spec.device.is_host:
            return self._numpy_view().__dlpack__(**options)
        return sharing.exported(self, **options)

    def __dlpack_device__(self) -> tuple[int, int]:
        if self._spec.device.is_host:
            return DLPACK_CPU, 0
        kind, number = sharing.kind_of(self)
        return kind, number

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """The memory of an array on a GPU; its `stream` has to be waited for. Others have none."""
        interface: dict[str, Any] = sharing.interface_of(self)
        return interface

    def to_dlpack_for_read(self) -> Any:
        """A DLPack capsule over the same memory, by agreement only read, when its values are there;
        autograd does not see what is written there."""
        self.wait_to_read()
        return self.__dlpack__() if self._spec.device.is_host else self.__dlpack__(stream=-1)

    to_dlpack_for_write = to_dlpack_for_read

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (self._bytes(), self.shape, self._dtype_name, str(self.ctx))

    # Copies and conversions ---------------------------------------------------------------------

    def copy(self) -> NDArray:
        """A copy on the same device."""
        return _COPY(self)

    def __copy__(self) -> NDArray:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> NDArray:
        return self.copy()

    def copyto(self, other: NDArray | Context) -> NDArray:
        """Copy the values into `other` (cast to its dtype), or to a new array on a context."""
        if isinstance(other, (Context, str)):
            return _TRANSFER(self, ctx=as_context(other))
        if not isinstance(other, NDArray):
            raise MXNetTypeError(
                f"copyto: other must be an NDArray or a Context; got {type(other).__name__}")
        if other.shape != self.shape:
            raise MXNetValueError(
                f"copyto: other must have shape {self.shape}; got {other.shape}")
        return write_whole(other, self)

    def as_in_context(self, context: Context) -> NDArray:
        """The array on `context`: itself if it is there already."""
        context = as_context(context)
        return self if self.ctx == context else _TRANSFER(self, ctx=context)

    def as_in_ctx(self, ctx: Context) -> NDArray:
        """The same: `as_in_context`."""
        return self.as_in_context(ctx)

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """The values in another dtype; with copy=False itself where the dtype fits already."""
        name = dtype_name(dtype)
        if not copy and name == self._dtype_name:
            return self
        return _CAST(self, dtype=name)

    def asnative(self) -> NDArray:
        """The array itself (there is one kind of NDArray)."""
        return self

    as_nd_ndarray = asnative

    def tostype(self, stype: str) -> NDArray:
        """A copy in another storage type: 'default', 'row_sparse', or 'csr' of a matrix."""
        return _function("cast_storage")(self, stype=stype)

    # Shapes -------------------------------------------------------------------------------------

    def reshape(self, *shape: Any, **kwargs: Any) -> NDArray:
        """A view of another shape: reshape(2, -1), reshape((0, -3)), with MXNet's codes.

        0 keeps a length, -1 infers one, -2 copies the rest, -3 merges two, -4 splits one.
        """
        return _RESHAPE(self, shape=one_or_several(shape, kwargs, "shape"), **kwargs)

    def expand_dims(self, axis: int, inplace: bool = False) -> NDArray:
        """The array with a new axis of length 1 at `axis`: a copy, or a view if inplace."""
        return self._reshaped("expand_dims", inplace, axis=axis)

    def flatten(self, inplace: bool = False) -> NDArray:
        """The array (N, ...) as (N, the rest joined): a copy, or a view if inplace."""
        return self._reshaped("Flatten", inplace)

    def squeeze(self, axis: Any = None, inplace: bool = False) -> NDArray:
        """The array without its axes of length 1, or without those named: a copy, or a view if
        inplace."""
        return self._reshaped("squeeze", inplace, axis=axis)

    def _reshaped(self, name: str, inplace: bool, **params: Any) -> NDArray:
        if not inplace:
            return _function(name)(self, **params)
        shape, = REGISTRY[name].make(params).infer_shape(self.shape)
        return _function("_reshape_exact")(self, shape=shape)

    def broadcast_to(self, shape: Any) -> NDArray:
        """The array repeated along axes of length 1 to reach `shape`."""
        return _function("broadcast_to")(self, shape=shape)

    def broadcast_like(self, other: NDArray) -> NDArray:
        """The array repeated along axes of length 1 to reach the shape of `other`."""
        return _function("broadcast_like")(self, other)

    def transpose(self, *axes: Any, **kwargs: Any) -> NDArray:
        """The axes in another order, transpose(1, 0) or axes=(1, 0); reversed where none is given.
        """
        return _function("transpose")(self, axes=one_or_several(axes, kwargs, "axes"), **kwargs)

    def slice(self, begin: Any, end: Any, step: Any = ()) -> NDArray:
        """See mx.nd.slice."""
        return _function("slice")(self, begin=begin, end=end, step=step)

    def slice_assign(self, rhs: NDArray, begin: Any, end: Any, step: Any = ()) -> NDArray:
        """Write rhs, of its shape, to the part that `slice` takes; returns this array."""
        return _function("_slice_assign")(self, rhs, begin=begin, end=end, step=step, out=self)

    def slice_assign_scalar(self, value: float, begin: Any, end: Any, step: Any = ()) -> NDArray:
        """Write a number to the part that `slice` takes; returns this array."""
        return _function("_slice_assign_scalar")(
            self, scalar=value, begin=begin, end=end, step=step, out=self)

    def split_v2(self, indices_or_sections: Any, axis: int = 0,
                 squeeze_axis: bool = False) -> list[NDArray]:
        """As mx.nd.split_v2."""
        from .pieces import split_v2
        return split_v2(self, indices_or_sections, axis, squeeze_axis)

    def _slice(self, start: int, stop: int) -> NDArray:
        return self[start:stop]

    def _at(self, index: int) -> NDArray:
        return self[index]

    # Autograd -----------------------------------------------------------------------------------

    @property
    def grad(self) -> NDArray | None:
        """The gradient that backward() filled; None where none was asked for."""
        return gradient_of(self)

    @property
    def _fresh_grad(self) -> bool:
        """Whether backward() has filled the gradient since a Trainer used it, or this was set."""
        return has_fresh_gradient(self)

    @_fresh_grad.setter
    def _fresh_grad(self, fresh: bool) -> None:
        set_fresh_gradient(self, fresh)

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Make the array a variable: backward() fills its `grad`.

        grad_req: 'write' replaces the gradient, 'add' sums it up, 'null' wants none. stype: the
        storage type of `grad`: 'default', 'row_sparse' or 'csr'; by default that of the array.
        """
        stype = self.stype if stype is None else stype
        if stype not in _STORAGE_TYPE_STR_TO_ID or stype == "undefined":
            raise MXNetValueError("attach_grad: stype must be 'default', 'row_sparse' or 'csr'; "
                                  f"got {stype!r}")
        if stype == "default" == self.stype:
            gradient = zeros_like(self)
        else:
            with tape.Scope(0, -1):
                gradient = _function("_zeros_of_storage")(self, stype=stype)
        mark_variable(self, gradient, grad_req)

    def zero_grad(self) -> None:
        """Set the gradient to zeros."""
        if self.grad is not None:
            self.grad[...] = 0

    def detach(self) -> NDArray:
        """The same memory, without the history that gradients flow through."""
        return share_array(self, self.shape)

    def backward(self, out_grad: NDArray | None = None, retain_graph: bool = False,
                 train_mode: bool = True) -> None:
        """Fill the gradients of the variables this array was computed from.

        out_grad: gradient of this array, of its shape; ones by default. retain_graph: keep the
        graph for another backward.
        """
        backward.backward([self], [out_grad], retain_graph, train_mode)

    # Waiting: on the CPU everything is done when a call returns ----------------------------------

    def wait_to_read(self) -> None:
        """Return when the values are there, which on the CPU they are. Raises as `mx.nd.waitall`.
        """
        self._spec.device.synchronize()

    wait_to_write = wait_to_read


NDArray._result_kind = NDArray
_COPY, _TRANSFER, _CAST, _RESHAPE = [
    OpFunction(REGISTRY[name], name) for name in (
        "_copy", "_CrossDeviceCopy", "Cast", "_reshape_view")]
_functions: dict[str, OpFunction] = {}


def _function(name: str) -> OpFunction:
    if name not in _functions:
        _functions[name] = OpFunction(REGISTRY[name], name)
    return _functions[name]


def _unpickle(data: bytes, shape: tuple[int, ...], dtype: str, ctx: str) -> NDArray:
    array: NDArray = from_bytes(data, shape, dtype, as_context(ctx))
    return array


def from_numpy(ndarray: np.ndarray[Any, Any], zero_copy: bool = True,
               array_cls: type = NDArray) -> Any:
    """An array over the memory of a C-contiguous NumPy array (a copy with zero_copy=False).

    array_cls: its class, mx.nd.NDArray or mx.np.ndarray.

    As in MXNet, the NumPy array becomes read-only when its memory is shared. Memory that NumPy may
    not write to, such as a file mapped with mode="r", is only read: writing to the result raises
    MXNetValueError. Of two results over one NumPy array, autograd does not see that what is written
    through one changes the other.
    """
    if not isinstance(ndarray, np.ndarray):
        raise MXNetTypeError(
            f"from_numpy: ndarray must be a NumPy array; got {type(ndarray).__name__}")
    name = dtype_name(ndarray.dtype)
    if not (isinstance(array_cls, type) and issubclass(array_cls, NDArray)):
        raise MXNetTypeError("from_numpy: array_cls must be mx.nd.NDArray or mx.np.ndarray; got "
                             f"{array_cls!r}")
    if not zero_copy:
        ndarray = np.array(ndarray, ndarray.dtype.newbyteorder("="), order="C")
        array = wrap_numpy(ndarray, as_context("cpu"), name)
    elif not ndarray.dtype.isnative:
        raise MXNetValueError("from_numpy: ndarray must have the byte order of this machine to "
                              f"share its memory; got dtype {ndarray.dtype.str!r}; pass "
                              "zero_copy=False")
    elif not ndarray.flags.c_contiguous:
        raise MXNetValueError("from_numpy: ndarray must be C-contiguous to share its memory; "
                              "pass zero_copy=False or np.ascontiguousarray(ndarray)")
    else:
        array = wrap_numpy(ndarray, as_context("cpu"), name, not _may_be_written(ndarray))
        ndarray.flags.writeable = False
    return array if array_cls is NDArray else array.as_np_ndarray()


def _may_be_written(array: np.ndarray[Any, Any]) -> bool:
    """Whether the memory can be written to, although the array may be set to read-only."""
    was = array.flags.writeable
    try:
        array.flags.writeable = True
    except ValueError:
        return False
    array.flags.writeable = was
    return True


def from_dlpack(dlpack: Any) -> NDArray:
    """An array over the memory of a DLPack object, such as a tensor of PyTorch, or of an object
    that has `__cuda_array_interface__`; on a GPU where that memory is there.

    Work on a GPU waits for the other library's stream, and what is dropped here for ours. Memory of
    a GPU must be C-contiguous, else ValueError; of the CPU it is copied where it is not. Memory of
    the CPU that the exporter marks read-only (DLPack 1.0) is not written to: that raises. Autograd
    does not see what the other library writes there: a gradient that reads the old values is then
    computed from the new ones.
    """
    if _is_of_gpu(dlpack):
        shared: NDArray = sharing.imported(dlpack, "from_dlpack")
        return shared
    exporter = _Exporter(dlpack)
    array = np.from_dlpack(exporter)
    is_read_only = exporter.says_what_is_read_only and not array.flags.writeable
    if not array.flags.c_contiguous:
        array, is_read_only = np.ascontiguousarray(array), False
    return wrap_numpy(array, as_context("cpu"), dtype_name(array.dtype), is_read_only)


def _is_of_gpu(shared: Any) -> bool:
    if hasattr(shared, "__dlpack_device__"):
        return int(shared.__dlpack_device__()[0]) == sharing.CUDA
    return hasattr(shared, "__cuda_array_interface__") \
        or sharing.capsule_device(shared) == sharing.CUDA


class _Exporter:
    """What gives NumPy memory of the CPU: an object that has `__dlpack__`, or a bare capsule."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.says_what_is_read_only = False     # older capsules cannot; NumPy takes all for such

    def __dlpack__(self, **options: Any) -> Any:
        capsule = self.source
        if hasattr(capsule, "__dlpack__"):
            capsule = capsule.__dlpack__(**options)
        self.says_what_is_read_only = sharing.is_versioned(capsule)
        return capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        if hasattr(self.source, "__dlpack_device__"):
            kind, number = self.source.__dlpack_device__()
            return kind, number
        return DLPACK_CPU, 0


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
