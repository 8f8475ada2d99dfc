"""Operators that users write in Python: `CustomOp` computes, `CustomOpProp` describes.

A call makes a CustomOp of its own, so that what `forward` keeps in `self` is there in `backward`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..base import MXNetTypeError, MXNetValueError
from ..wording import no_array, suggestion
from .custom_op import Custom
from .ndarray import NDArray
from .run import with_casts


class CustomOp:
    """Base of what computes; one is made by CustomOpProp.create_operator for each call."""

    def forward(self, is_train: bool, req: list[str], in_data: list[NDArray],
                out_data: list[NDArray], aux: list[NDArray]) -> None:
        """Write the outputs: self.assign(out_data[0], req[0], value). Nothing here is recorded."""

    def backward(self, req: list[str], out_grad: list[NDArray], in_data: list[NDArray],
                 out_data: list[NDArray], in_grad: list[NDArray], aux: list[NDArray]) -> None:
        """Write the gradients of the inputs: self.assign(in_grad[0], req[0], value)."""

    def assign(self, dst: NDArray, req: str, src: Any) -> None:
        """Write src into dst as req says: "write", "inplace", "add", or not at all: "null"."""
        if req in ("write", "inplace"):
            dst[:] = src
        elif req == "add":
            dst[:] += src


class CustomOpProp:
    """Base of the description of an operator: names, shapes, dtypes; parameters come as strings.

    need_top_grad: whether backward reads out_grad, which a loss does not.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> list[str]:
        """The names of the inputs."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the inputs that forward writes to."""
        return []

    def infer_shape(self, in_shape: list[list[int]]) -> Any:
        """(shapes of inputs, of outputs, of auxiliary states) from those known of the inputs.

        The last may be left out where there are no states. In a graph 0 is an unknown length and []
        an unknown shape. Default: all outputs are like the first input.
        """
        return in_shape, (in_shape[0],) * len(self.list_outputs()), ()

    def infer_type(self, in_type: list[Any]) -> Any:
        """The same for dtypes, NumPy's; None is an unknown one. Default: the first input's."""
        return (in_type, [in_type[0]] * len(self.list_outputs()),
                [in_type[0]] * len(self.list_auxiliary_states()))

    def infer_storage_type(self, in_stype: list[str]) -> Any:
        """The same for storage types, "default", "csr" and "row_sparse"; asked where an input is
        sparse. The second list is that of out_data. Default: dense ones."""
        return (in_stype, ["default"] * len(self.list_outputs()),
                ["default"] * len(self.list_auxiliary_states()))

    def infer_storage_type_backward(self, ograd_stype: list[str], in_stype: list[str],
                                    out_stype: list[str], igrad_stype: list[str],
                                    aux_stype: list[str]) -> Any:
        """The same for backward. The fourth list is that of in_grad."""
        return tuple(["default"] * len(stypes) for stypes in (
            ograd_stype, in_stype, out_stype, igrad_stype, aux_stype))

    def declare_backward_dependency(self, out_grad: list[int], in_data: list[int],
                                    out_data: list[int]) -> list[int]:
        """Which arrays backward reads, by these numbers: the others need not be kept."""
        return [*(out_grad if self.need_top_grad_ else []), *in_data, *out_data]

    def create_operator(self, ctx: Any, in_shapes: list[list[int]],
                        in_dtypes: list[int]) -> CustomOp:
        """The CustomOp for a call; in_dtypes: MXNet's numbers of dtypes. States come last."""
        return CustomOp()


Prop = TypeVar("Prop", bound=type)


def register(reg_name: str) -> Callable[[Prop], Prop]:
    """Class decorator: a CustomOpProp becomes `mx.nd.Custom(..., op_type=reg_name)`."""
    if not isinstance(reg_name, str) or not reg_name:
        raise MXNetTypeError(f"register: reg_name must be a string, @mx.operator.register("
                             f"\"name\"); got {reg_name!r}")

    def enter(prop_cls: Prop) -> Prop:
        if not isinstance(prop_cls, type):
            raise MXNetTypeError("register: what is registered must be a subclass of CustomOpProp; "
                                 f"got {prop_cls!r}")
        if reg_name in Custom.props:
            warnings.warn(f"register: the operator {reg_name!r} replaces one of this name",
                          stacklevel=2)
        Custom.props[reg_name] = prop_cls
        return prop_cls

    return enter


def custom_call(array: Any, args: Sequence[Any], kwargs: dict[str, Any],
                may_lack: bool = False) -> tuple[Custom, list[Any], dict[str, str]]:
    """(operator, inputs, texts of parameters) of a call of Custom.

    array: the class of inputs, or a tuple of classes. may_lack: inputs that are missing are None.
    """
    named = {key: kwargs.pop(key) for key in [*kwargs] if isinstance(kwargs[key], array)}
    texts = {key: str(value) for key, value in kwargs.items()}
    op = Custom.make(texts)
    names = [entry.name for entry in op.inputs]
    if len(args) > len(names):
        raise MXNetTypeError(f"Custom '{op.op_type}': takes {len(names)} arrays, "
                             f"{', '.join(names)}; got {len(args)}")
    for value in args:
        if not isinstance(value, array):
            kind = array[0] if isinstance(array, tuple) else array
            raise MXNetTypeError(f"Custom '{op.op_type}': each input must be an {kind.__name__}; "
                                 f"got {no_array(value)}")
    inputs = dict(zip(names, args, strict=False))
    for name, value in named.items():
        if name not in names:
            raise MXNetTypeError(f"Custom '{op.op_type}': there is no input {name!r}; there are "
                                 f"{', '.join(names)}{suggestion(name, names)}")
        if name in inputs:
            raise MXNetTypeError(f"Custom '{op.op_type}': got two values for '{name}'")
        inputs[name] = value
    for name in names:
        if name not in inputs and not may_lack:
            raise MXNetTypeError(f"Custom '{op.op_type}': missing input '{name}'")
    return op, [inputs.get(name) for name in names], texts


def call_custom(*data: NDArray, op_type: str = "", out: Any = None, name: str | None = None,
                **kwargs: Any) -> Any:
    """An operator registered by mx.operator.register: its outputs, an array or a list of them.

    data: the arrays, in the order of list_arguments and list_auxiliary_states; they may be given by
    name, too. Other keywords are the parameters of the CustomOpProp, as strings. What the user's
    code raises comes out as it is, and is an MXNetError, too.
    """
    op, arrays, _ = custom_call(NDArray, data, {**kwargs, "op_type": op_type})
    for array in arrays:
        if array.ctx.computes_on != arrays[0].ctx.computes_on:
            raise MXNetValueError(f"Custom '{op.op_type}': all arrays must be on one device; "
                                  f"got {arrays[0].ctx} and {array.ctx}")
    results = op.run_in_python(with_casts(op, arrays)[1], None)
    if out is not None:
        targets = list(out) if isinstance(out, (list, tuple)) else [out]
        if len(targets) != len(results):
            raise MXNetValueError(f"Custom '{op.op_type}': out must hold {len(results)} arrays; "
                                  f"got {len(targets)}")
        results = [result.copyto(target) for result, target in zip(results, targets, strict=True)]
    return results[0] if len(results) == 1 else results
