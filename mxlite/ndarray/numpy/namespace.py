"""The namespace `F` that mx.np's functions call operators in, for arrays."""

from __future__ import annotations

from typing import Any

from ...base import INTEGERS, MXNetError, MXNetTypeError
from ...device.context import as_context
from ...ops.schema import REGISTRY
from ...wording import no_array
from ..array import ArrayBase, of_kind
from ..function import OpFunction
from ..integer_numbers import run_with_number
from ..run import invoke_list


class ArrayNamespace:
    """`F.<operator>(...)` runs it; what an operator without arrays makes is of the class `kind`."""

    has_memory = True                       # whether out= can be written

    def __init__(self) -> None:
        self.kind: type = ArrayBase         # the class of mx.np's arrays, once it is there

    def is_array(self, value: Any) -> bool:
        """Whether functions take this as an array."""
        return isinstance(value, self.kind)

    def no_array(self, function: str, argument: str, value: Any) -> MXNetError:
        """The error for a value that is no array of mx.np."""
        if isinstance(value, ArrayBase):
            got = "an NDArray of mx.nd; x.as_np_ndarray() is it as an array of mx.np"
        else:
            got = no_array(value).replace("mx.nd.array(x) makes an NDArray",
                                          "mx.np.array(x) makes an array")
        return MXNetTypeError(f"{function}: {argument} must be an array of mx.np; got {got}")

    def check_arrays(self, function: str, args: Any, kwargs: Any) -> None:
        """Raise if an NDArray of mx.nd is among the arguments."""
        for name, value in (*enumerate(args), *kwargs.items()):
            if isinstance(value, ArrayBase) and not isinstance(value, self.kind):
                raise self.no_array(function, f"argument {name}", value)

    def with_large(self, operator: str, x: Any, value: int, out: Any) -> Any:
        """An operator on an array and an integer beyond int32."""
        op = REGISTRY[operator].make({"is_int": True})
        if x._dtype_name in INTEGERS:
            return run_with_number(op, x, value, out)
        return invoke_list(op, [x], [float(value)], out)

    def __getattr__(self, name: str) -> Any:
        if name not in REGISTRY:
            raise AttributeError(f"F has no operator {name!r}")
        op = REGISTRY[name]
        function: Any = OpFunction(op, name, "mxlite.numpy")
        if not op.inputs:
            function = self._maker(op)
        self.__dict__[name] = function
        return function

    def _maker(self, op: Any) -> Any:
        def make(ctx: Any = None, out: Any = None, **params: Any) -> Any:
            runtime = [params.pop(each) for each in op.runtime_params]
            result = invoke_list(op.make(params), [], runtime, out,
                                 None if out is not None else as_context(ctx))
            return result if out is not None else of_kind(result, self.kind)

        return make


F = ArrayNamespace()
