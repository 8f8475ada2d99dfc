"""Functions that NumPy computes, as nodes of graphs: Python runs them, and shapes follow then."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ...base import MXNetTypeError
from ...ndarray.numpy import array, interoperability
from ...ndarray.numpy.switched import as_np
from ...ops.schema import Op, param, register, required
from ..compose import call
from .namespace import F

_SEVERAL = {"linalg.eig": 2, "linalg.qr": 2, "linalg.lstsq": 4, "frexp": 2, "modf": 2, "divmod": 2,
            "histogram": 2}


@register("_npi_host", inputs="*data")
class Host(Op):
    """A function of NumPy, by name; `arguments` is Python's text of its arguments, in which
    ("array", i) stands for array i."""

    in_python = True
    arity = ""
    function: str = required("its name in numpy")
    arguments: str = required("the text of (args, kwargs)")
    num_results: int = param(1, "how many outputs", low=1)
    narrow: bool = param(False, "make the result float32")

    @property
    def num_outputs(self) -> int:
        return self.num_results

    def infer_shape(self, *shapes: Any) -> list[Any]:
        return [None] * self.num_results

    def infer_dtype(self, *dtypes: str) -> list[Any]:
        return [None] * self.num_results

    def fill_shapes(self, inputs: Any, outputs: Any) -> Any:
        return inputs, outputs

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        return inputs, outputs

    def run_in_python(self, arrays: Any, ctx: Any, kept: Any = None) -> list[Any]:
        args, kwargs = _filled(ast.literal_eval(self.arguments), [as_np(each) for each in arrays])
        result = interoperability.on_host(self.function, args, kwargs, self.narrow)
        results = list(result) if self.num_results > 1 else [result]
        return [_as_array(each) for each in results]


def _as_array(value: Any) -> Any:
    """A result as an array: NumPy's numbers, too."""
    return value if hasattr(value, "_spec") else array(value)


def _filled(value: Any, arrays: Any) -> Any:
    """The arguments with the arrays in their places."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "array":
        return arrays[value[1]]
    if isinstance(value, (list, tuple)):
        return type(value)([_filled(item, arrays) for item in value])
    if isinstance(value, dict):
        return {key: _filled(item, arrays) for key, item in value.items()}
    return value


def _emptied(value: Any, arrays: list[Any], is_array: Callable[[Any], bool]) -> Any:
    """The arguments with marks in place of Symbols, which go into `arrays`."""
    if is_array(value):
        arrays.append(value)
        return ("array", len(arrays) - 1)
    if isinstance(value, (list, tuple)):
        return type(value)([_emptied(item, arrays, is_array) for item in value])
    if isinstance(value, dict):
        return {key: _emptied(item, arrays, is_array) for key, item in value.items()}
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return getattr(value, "__name__", value) if isinstance(value, type) else value


def host_node(function: str, args: Any, kwargs: Any, narrow: bool,
              is_array: Callable[[Any], bool]) -> tuple[list[Any], dict[str, Any]]:
    """The inputs and parameters of Host for a call of the function."""
    arrays: list[Any] = []
    text = repr(_emptied((tuple(args), kwargs), arrays, is_array))
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise MXNetTypeError(f"{function}: in a graph its arguments must be Symbols, numbers, "
                             f"texts and lists of them; got {text}") from None
    if not arrays:
        raise MXNetTypeError(f"{function}: in a graph it needs a Symbol among its arguments")
    count = _SEVERAL.get(function, 1)
    if function == "unique":
        count += sum(bool(kwargs.get(name)) for name in (
            "return_index", "return_inverse", "return_counts")) + sum(map(bool, args[1:4]))
    return arrays, {"function": function, "arguments": text, "num_results": count,
                    "narrow": narrow}


def on_host(function: str, args: Any, kwargs: Any, narrow: bool = False) -> Any:
    """A node of the function."""
    arrays, params = host_node(function, args, kwargs, narrow, F.is_array)
    result = call(Host, function.replace(".", "_"), arrays, params)
    return result if params["num_results"] == 1 else list(result)


F.__dict__["on_host"] = on_host
