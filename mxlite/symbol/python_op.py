"""`PythonOp`, `NumpyOp` and `NDArrayOp`: operators as MXNet had them before CustomOp."""

from __future__ import annotations

import warnings
from itertools import count
from typing import Any

from ..ndarray.custom import CustomOp, CustomOpProp
from ..ndarray.custom_op import Custom
from .custom import custom
from .symbol import Symbol

_numbers = count()


class PythonOp:
    """Base of NumpyOp and NDArrayOp: an operator whose instance describes and computes.

    Deprecated; use CustomOp and CustomOpProp, whose graphs can be saved.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad
        warnings.warn(f"{type(self).__name__}: PythonOp has been deprecated. Please use CustomOp",
                      DeprecationWarning, stacklevel=2)

    def __call__(self, *args: Any, **kwargs: Any) -> Symbol:
        return self.get_symbol(*args, **kwargs)

    def get_symbol(self, *args: Any, **kwargs: Any) -> Symbol:
        """A node of this operator; inputs by position or name."""
        name = f"_{type(self).__name__}{next(_numbers)}"
        Custom.props[name] = lambda: _Description(self)
        return custom(*args, **kwargs, op_type=name)

    def list_arguments(self) -> list[str]:
        """The names of the inputs."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def infer_shape(self, in_shape: list[list[int]]) -> Any:
        """(shapes of inputs, of outputs) from those known of the inputs."""
        return in_shape, [in_shape[0]]

    def need_top_grad(self) -> bool:
        """Whether backward reads out_grad."""
        return self.need_top_grad_

    def forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        """Write the outputs. Default: the first input."""
        out_data[0][:] = in_data[0]

    def backward(self, out_grad: list[Any], in_data: list[Any], out_data: list[Any],
                 in_grad: list[Any]) -> None:
        """Write the gradients of the inputs. Default: 1."""
        in_grad[0][:] = 1.0

    def _forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        self.forward(in_data=in_data, out_data=out_data)

    def _backward(self, **arrays: list[Any]) -> None:
        self.backward(**arrays)


class NDArrayOp(PythonOp):
    """A PythonOp that computes with arrays."""

    def declare_backward_dependency(self, out_grad: list[int], in_data: list[int],
                                    out_data: list[int]) -> list[int]:
        """Which arrays backward reads, by these numbers."""
        return [*(out_grad if self.need_top_grad() else []), *in_data, *out_data]


class NumpyOp(PythonOp):
    """A PythonOp that computes with NumPy arrays."""

    def _forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        results = [array.asnumpy() for array in out_data]
        self.forward(in_data=[array.asnumpy() for array in in_data], out_data=results)
        for array, result in zip(out_data, results, strict=True):
            array[:] = result

    def _backward(self, **arrays: list[Any]) -> None:
        in_grad = arrays.pop("in_grad")
        results = [array.asnumpy() for array in in_grad]
        if not self.need_top_grad():
            arrays["out_grad"] = []
        self.backward(**{name: [array.asnumpy() for array in side]
                         for name, side in arrays.items()}, in_grad=results)
        for array, result in zip(in_grad, results, strict=True):
            array[:] = result


class _Description(CustomOpProp):
    """A PythonOp as a CustomOpProp."""

    def __init__(self, op: PythonOp) -> None:
        super().__init__(op.need_top_grad())
        self.op = op

    def list_arguments(self) -> list[str]:
        return self.op.list_arguments()

    def list_outputs(self) -> list[str]:
        return self.op.list_outputs()

    def infer_shape(self, in_shape: list[list[int]]) -> Any:
        return self.op.infer_shape(in_shape)

    def declare_backward_dependency(self, out_grad: list[int], in_data: list[int],
                                    out_data: list[int]) -> list[int]:
        if isinstance(self.op, NDArrayOp):
            return self.op.declare_backward_dependency(out_grad, in_data, out_data)
        return super().declare_backward_dependency(out_grad, in_data, out_data)

    def create_operator(self, ctx: Any, in_shapes: Any, in_dtypes: Any) -> CustomOp:
        return _Computation(self.op)


class _Computation(CustomOp):
    """A PythonOp as a CustomOp."""

    def __init__(self, op: PythonOp) -> None:
        self.op = op

    def forward(self, is_train: bool, req: list[str], in_data: list[Any], out_data: list[Any],
                aux: list[Any]) -> None:
        self.op._forward(in_data, out_data)

    def backward(self, req: list[str], out_grad: list[Any], in_data: list[Any],
                 out_data: list[Any], in_grad: list[Any], aux: list[Any]) -> None:
        self.op._backward(out_grad=out_grad, in_data=in_data, out_data=out_data, in_grad=in_grad)
