"""The shapes of parameters that wait for them: a block runs once on placeholders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from .. import ndarray as nd
from .. import symbol as sym
from ..base import MXNetError, MXNetTypeError, dtype_name
from ..ndarray.custom import custom_call
from ..ndarray.function import OpFunction
from ..ops.inference import PartialShape, is_known
from ..ops.numpy.functions import FUNCTIONS as NUMPY_FUNCTIONS
from ..ops.numpy.functions import bound
from ..ops.numpy.functions.extension import NAMES as EXTENSIONS
from ..ops.numpy.functions.extension import extension
from ..ops.numpy.placeholder import NumpyPlaceholder
from ..ops.operands import combine
from ..ops.placeholder import Placeholder, ShapeTracer
from ..ops.python_operators import FORMS
from ..ops.schema import REGISTRY
from ..symbol.numpy.host import Host, host_node
from ..util import is_np_array
from .inference_loops import cond, foreach, while_loop
from .parameter import Parameter

LOOPS = {"foreach": foreach, "while_loop": while_loop, "cond": cond}
NUMPY_MODULES = {nd.np.__name__: "", nd.np.random.__name__: "random.",
                 nd.np.linalg.__name__: "linalg."}
FUNCTIONS = {forms.function: forms for forms in FORMS.values()}


class PlaceholderTracer(ShapeTracer):
    """What a run on placeholders shares: its nodes, and a placeholder for each parameter."""

    def __init__(self) -> None:
        super().__init__(nd.NDArray)
        self.F = PlaceholderModule(nd, self)
        self.parameters: dict[Parameter, Placeholder] = {}

    def parameter(self, param: Parameter) -> Placeholder:
        """The placeholder of `param`, with what is known of its shape."""
        if param not in self.parameters:
            param.var()         # in graphs, as in MXNet, with what was known before the inference
            shape: PartialShape = None
            if param.shape is not None:
                shape = tuple([n if n > 0 else None for n in param.shape])
            kind = NumpyPlaceholder if is_np_array() else Placeholder
            self.parameters[param] = kind(
                self, shape, dtype_name(param.dtype), f"Parameter '{param.name}'")
        return self.parameters[param]

    def kind_of(self, arrays: Sequence[Any]) -> type[Placeholder]:
        """That of mx.np's arrays, if one is among them."""
        if any(isinstance(item, nd.np.ndarray) for item in arrays):
            return NumpyPlaceholder
        return super().kind_of(arrays)

    def apply(self, cls: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """As ShapeTracer; what an operator without arrays makes follows the switch."""
        if cls.inputs or not is_np_array():
            return super().apply(cls, args, kwargs)
        kwargs.pop("ctx", None)
        made = super().apply(cls, args, kwargs)
        return NumpyPlaceholder(self, made.partial_shape, made.partial_dtype)

    has_memory = False

    def no_array(self, function: str, argument: str, value: Any) -> MXNetError:
        """The error for a value that is no array of mx.np."""
        return MXNetTypeError(f"{function}: {argument} must be an array of mx.np; "
                              f"got {type(value).__name__}")

    def check_arrays(self, function: str, args: Any, kwargs: Any) -> None:
        """Arrays that run say what they are."""

    def array(self, values: Any, dtype: str = "float32") -> NumpyPlaceholder:
        """Numbers as an array of mx.np; its values do not count here."""
        return NumpyPlaceholder(self, np.shape(values), dtype)

    def on_host(self, function: str, args: Any, kwargs: Any, narrow: bool = False) -> Any:
        """The results of a function that NumPy computes, whose shapes are not known before."""
        arrays, params = host_node(function, args, kwargs, narrow, self.is_array)
        return self.apply(Host, arrays, params)

    def inputs(self, args: Any) -> Any:
        """`args`, in which lists and tuples may be nested, with placeholders for arrays."""
        if isinstance(args, nd.NDArray):
            return self.placeholder(args)
        if isinstance(args, (list, tuple)):
            return type(args)([self.inputs(item) for item in args])
        return args

    def finish(self) -> None:
        """Give the parameters the shapes that were found."""
        self.infer()
        for param, placeholder in self.parameters.items():
            if is_known(placeholder.partial_shape):
                param.shape = placeholder.shape


class PlaceholderModule:
    """`mx.nd`, or a module in it such as `contrib`, whose operators take placeholders.

    What is no operator, and an operator called on arrays alone, works as in `mx.nd`; if graphs have
    it, too, as they have `zeros` and `arange` but not `array`, then placeholders are what it gives.
    """

    def __init__(self, module: ModuleType, tracer: PlaceholderTracer) -> None:
        self._module, self._tracer = module, tracer

    def __getattr__(self, name: str) -> Any:
        part = NUMPY_MODULES.get(self._module.__name__)
        if part is not None and part + name in NUMPY_FUNCTIONS:
            return bound(NUMPY_FUNCTIONS[part + name], self._tracer, "mxlite.numpy")
        if self._module is nd.npx and name in EXTENSIONS:
            return bound(extension(name), self._tracer, "mxlite.numpy_extension")
        value = getattr(self._module, name)
        if isinstance(value, ModuleType):
            return PlaceholderModule(value, self._tracer)
        if value is nd.Custom:
            return self._custom
        if value is nd.arange:
            return self._arange
        if name in LOOPS and value is getattr(nd.contrib, name):
            return LOOPS[name]
        forms = None if isinstance(value, OpFunction) else FUNCTIONS.get(name)
        is_operator = isinstance(value, OpFunction) or forms is not None
        if not is_operator and not (isinstance(value, FunctionType) and self._is_in_graphs(name)):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            if not is_operator or not _has_placeholder([args, *kwargs.values()]):
                return self._tracer.inputs(value(*args, **kwargs))
            if forms is not None:
                return combine(forms, *args)
            return self._tracer.apply(value.op, args, kwargs)

        return call if is_operator else wraps(value)(call)

    def _is_in_graphs(self, name: str) -> bool:
        """Whether mx.sym has this, too."""
        module: Any = sym
        for part in self._module.__name__.removeprefix(nd.__name__).split(".")[1:]:
            module = getattr(module, part, None)
        return hasattr(module, name)

    def _arange(self, start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1,
                infer_range: bool = False, ctx: Any = None, dtype: Any = None) -> Any:
        """nd.arange; with infer_range, as long as what reads it wants, which nd.arange is not."""
        if not infer_range:
            return self._tracer.inputs(nd.arange(start, stop, step, repeat, dtype=dtype))
        return self._tracer.apply(REGISTRY["_arange"], (), {
            "start": start, "stop": stop, "step": step, "repeat": repeat, "infer_range": True,
            **({} if dtype is None else {"dtype": dtype})})

    def _custom(self, *args: Any, name: str | None = None, out: Any = None, **kwargs: Any) -> Any:
        """nd.Custom, of which only shapes are asked."""
        if not _has_placeholder([args, *kwargs.values()]):
            return nd.Custom(*args, **kwargs)
        op, inputs, _ = custom_call((nd.NDArray, Placeholder), args, kwargs)
        return self._tracer.add(op, inputs)


def _has_placeholder(values: Any) -> bool:
    return any(isinstance(item, Placeholder) or (
        isinstance(item, (list, tuple)) and _has_placeholder(item)) for item in values)
