"""How an operator is declared: `param`, `Op`, `register`. docs/architecture.md shows an example."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..base import (
    MXNetError,
    MXNetIndexError,
    MXNetTypeError,
    MXNetValueError,
    dtype_name,
    listing,
    suggestion,
)
from ..device import core
from ..device.core import Operator, Prepared, Spec

REQUIRED: Any = type("Required", (), {"__repr__": lambda self: "<required>"})()
REGISTRY: dict[str, type[Op]] = {}      # every name and alias -> class


@dataclass
class Param:
    """A parameter: its default, bounds and help; name and kind are read from the annotation."""

    default: Any = REQUIRED
    help: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] | None = None
    is_runtime: bool = False
    name: str = ""
    kind: str = ""

    def parse(self, value: Any, op: str) -> Any:
        """The typed value of `value`, which may be MXNet's text for it: "(3, 3)", "True"."""
        if value is None and (self.default is None or "None" in self.kind):
            return None
        if self.choices is not None and value in self.choices:
            return value
        try:
            parsed = PARSERS[self.kind.replace(" | None", "")](value)
        except (TypeError, ValueError, SyntaxError):
            if isinstance(value, str) and value == "None" and self.default is None:
                return None
            raise self.error(value, op) from None
        if parsed is None:
            return None
        if self.choices is not None and parsed not in self.choices:
            raise self.error(value, op)
        if (self.low is not None and parsed < self.low) or (
                self.high is not None and parsed > self.high):
            raise self.error(value, op)
        return parsed

    def error(self, value: Any, op: str) -> MXNetError:
        rule = KINDS.get(self.kind.replace(" | None", ""), self.kind)
        near = ""
        if self.choices is not None:
            rule = "one of " + listing(self.choices)
            near = suggestion(value, map(str, self.choices))
        elif self.low is not None and self.high is not None:
            rule = f"between {self.low} and {self.high}"
        elif self.low is not None:
            rule = f"at least {self.low}"
        elif self.high is not None:
            rule = f"at most {self.high}"
        return MXNetValueError(f"{op}: {self.name} must be {rule}; got {value!r}{near}")


def _literal(value: Any) -> Any:
    return ast.literal_eval(value.strip()) if isinstance(value, str) else value


def _integer(value: Any) -> int:
    value = _literal(value)
    if int(value) != value:
        raise ValueError(value)
    return int(value)


def _real(value: Any) -> float:
    return float(value)


def _boolean(value: Any) -> bool:
    value = _literal(value) if value not in ("true", "false") else value == "true"
    if value not in (0, 1):
        raise ValueError(value)
    return bool(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _shape(value: Any) -> tuple[int, ...]:
    value = _literal(value)
    if not isinstance(value, (tuple, list)):
        return (_integer(value),)
    return tuple([_integer(item) for item in value])


def _bounds(value: Any) -> tuple[int | None, ...]:
    value = _literal(value)
    if not isinstance(value, (tuple, list)):
        value = (value,)
    return tuple([None if item is None else _integer(item) for item in value])


def _axis(value: Any) -> int | tuple[int, ...] | None:
    value = _literal(value)
    if value is None:
        return None
    return _shape(value) if isinstance(value, (tuple, list)) else _integer(value)


def _floats(value: Any) -> tuple[float, ...]:
    value = _literal(value)
    return tuple([float(item) for item in value]) if isinstance(value, (tuple, list)) else (
        float(value),)


def _dtype(value: Any) -> str:
    try:
        return dtype_name(value)
    except MXNetTypeError:
        raise ValueError(value) from None


PARSERS: dict[str, Callable[[Any], Any]] = {
    "int": _integer, "float": _real, "bool": _boolean, "str": _text, "Shape": _shape,
    "Bounds": _bounds, "Axis": _axis, "Floats": _floats, "DType": _dtype, "Any": lambda value: value,
}
KINDS = {
    "int": "an integer", "float": "a number", "bool": "True or False", "str": "a string",
    "Shape": "a tuple of integers", "Bounds": "a tuple of integers or None",
    "Axis": "an integer, a tuple of integers or None", "Floats": "a tuple of numbers",
    "DType": "a dtype such as 'float32'",
}


def param(default: Any, help: str = "", **rules: Any) -> Any:
    """A parameter with a default. rules: low, high, choices."""
    return Param(default, help, **rules)


def required(help: str = "", **rules: Any) -> Any:
    """A parameter that every call must give."""
    return Param(REQUIRED, help, **rules)


def runtime(default: Any = REQUIRED, help: str = "", **rules: Any) -> Any:
    """A float that may change from call to call without a new prepared call: it is passed to the
    kernel in `scalars`, in the order of declaration. In `grad` it is a ScalarRef."""
    return Param(default, help, is_runtime=True, **rules)


class Input(NamedTuple):
    """An input: its name, and whether it is optional, variadic, written to."""

    name: str
    optional: bool
    variadic: bool
    mutable: bool


class ScalarRef:
    """A runtime parameter inside a gradient rule: a number to be known when the step runs."""

    __slots__ = ("evaluate",)

    def __init__(self, evaluate: Callable[[Sequence[float]], float]) -> None:
        self.evaluate = evaluate

    def _combine(self, other: Any, function: Callable[[float, float], float]) -> ScalarRef:
        if isinstance(other, ScalarRef):
            return ScalarRef(lambda s: function(self.evaluate(s), other.evaluate(s)))
        return ScalarRef(lambda s: function(self.evaluate(s), other))

    def __add__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> ScalarRef:
        return self._combine(other, lambda a, b: b / a)

    def __neg__(self) -> ScalarRef:
        return self._combine(0, lambda a, b: -a)

    __radd__ = __add__
    __rmul__ = __mul__


class KernelCall(NamedTuple):
    """What `prepare` returns: see `kernel`."""

    name: str
    dtype: str
    scratch: int
    work: float
    fields: dict[str, Any]

    def resolve(self, op: str, ctx: Any) -> Prepared:
        found = core.find_kernel(op, self.name, self.dtype, ctx)
        return core.prepared_kernel(found, dict(self.fields), self.scratch, self.work)


class ViewCall(NamedTuple):
    """What `prepare` returns for a view: see `view`."""

    offset: int

    def resolve(self, op: str, ctx: Any) -> Prepared:
        return core.prepared_view(self.offset)


class HostCall(NamedTuple):
    """What `prepare` returns for a NumPy function: see `host`."""

    function: Callable[..., None]

    def resolve(self, op: str, ctx: Any) -> Prepared:
        if not ctx.is_host:
            raise core.MXNetNotImplementedError(
                f"{op} has no {ctx.device_type} kernel; it runs on cpu")
        return core.prepared_host(self.function)


def kernel(name: str, dtype: str, scratch: int = 0, work: float = 0, **fields: Any) -> KernelCall:
    """A call of the kernel `<name>_<dtype>` with this descriptor.

    scratch: bytes of work memory, passed as the last pointer. work: rough cost in nanoseconds on
    one core, which decides whether the GIL is released.
    """
    return KernelCall(name, dtype, scratch, work, fields)


def view(offset: int = 0) -> ViewCall:
    """No kernel: the output shares the memory of input 0, `offset` bytes into it."""
    return ViewCall(offset)


def host(function: Callable[..., None]) -> HostCall:
    """A call of `function(*inputs, *outputs, *runtime values)` on NumPy arrays: writes outputs."""
    return HostCall(function)


class Op(Operator):
    """Base of all operators. An instance is the operator with its parameters."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    params: dict[str, Param] = {}
    runtime_params: tuple[str, ...] = ()
    uses_train = False
    random = False
    hidden = False
    num_outputs: Any = 1
    visible_outputs: Any = None
    _instances: dict[tuple[Any, ...], Op] = {}

    def __init__(self, **values: Any) -> None:
        self._configure(self.uses_train, self.random, len(self.runtime_params))
        for name, value in values.items():
            setattr(self, name, value)
        for position, name in enumerate(self.runtime_params):
            setattr(self, name, ScalarRef(lambda s, i=position: s[i]))  # type: ignore[misc]
        self.check()

    @classmethod
    def make(cls, values: dict[str, Any]) -> Op:
        """The interned instance with these parameters (already without the runtime ones)."""
        parsed = {}
        for name, declared in cls.params.items():
            if declared.is_runtime:
                continue
            if name in values:
                parsed[name] = declared.parse(values.pop(name), cls.name)
            elif declared.default is REQUIRED:
                raise MXNetTypeError(f"{cls.name}: missing parameter '{name}'")
            else:
                parsed[name] = declared.default
        if values:
            raise unknown_keyword(cls, next(iter(values)))
        key = tuple([(type(value), value) for value in parsed.values()])
        found = cls._instances.get(key)
        if found is None:
            found = cls(**parsed)
            if len(cls._instances) > 4096:
                cls._instances.clear()
            cls._instances[key] = found
        return found

    # What an operator declares ------------------------------------------------------------

    def check(self) -> None:
        """Raise if the parameters contradict each other."""

    def infer_shape(self, *shapes: Any) -> list[Any]:
        """The outputs' shapes; default: one output, shaped like the first input."""
        return [shapes[0]]

    def infer_dtype(self, *dtypes: str) -> list[str]:
        """The outputs' dtypes; default: all inputs must be equal, the outputs follow."""
        for given, dtype in zip(self.input_names(len(dtypes)), dtypes, strict=True):
            if dtype != dtypes[0]:
                raise self.dtype_error(given, f"{dtypes[0]}, as {self.input_names(1)[0]} is", dtype)
        return [dtypes[0]] * self.num_outputs

    def complete(self, *shapes: Any) -> list[Any]:
        """The inputs' shapes, with unknown ones (None) filled in from the others."""
        return list(shapes)

    def prepare(self, inputs: Sequence[Spec], outputs: Sequence[Spec]) -> Any:
        """The kernel(...), view(...) or host(...) to run for these specs."""
        raise NotImplementedError

    def grad(self, F: Any, dy: list[Any], inputs: list[Any], outputs: list[Any]) -> list[Any]:
        """One gradient an input (None: there is none), made of `F` operators."""
        raise MXNetError(f"{self.name} has no gradient")

    # What the machinery asks ---------------------------------------------------------------

    def num_visible(self, num_outputs: int) -> int:
        """How many outputs the caller gets."""
        return num_outputs if self.visible_outputs is None else self.visible_outputs

    def build(self, specs: tuple[Spec, ...], train: bool, ctx: Any) -> tuple[list[Spec], Prepared]:
        """Infer the outputs and prepare the call: what runs once for given specs."""
        self._check_inputs(specs)
        ctx = specs[0].ctx if specs else ctx
        dtypes = self.infer_dtype(*[spec.dtype for spec in specs])
        shapes = self.infer_shape(*[spec.shape for spec in specs])
        outputs = [core.spec(shape, dtype, ctx)
                   for shape, dtype in zip(shapes, dtypes, strict=True)]
        extra = {"train": train} if self.uses_train else {}
        return outputs, self.prepare(specs, outputs, **extra).resolve(self.name, ctx)

    def _check_inputs(self, specs: tuple[Spec, ...]) -> None:
        variadic = any(entry.variadic for entry in self.inputs)
        least = sum(not entry.optional and not entry.variadic for entry in self.inputs)
        if len(specs) < least:
            raise MXNetTypeError(f"{self.name}: missing input '{self.inputs[len(specs)].name}'")
        if variadic and not specs:
            raise MXNetTypeError(f"{self.name}: needs at least one array")
        if len(specs) > len(self.inputs) and not variadic:
            raise MXNetTypeError(
                f"{self.name}: takes {len(self.inputs)} arrays; got {len(specs)}")
        for given, spec in zip(self.input_names(len(specs)), specs, strict=True):
            if spec.ctx is not specs[0].ctx and spec.ctx != specs[0].ctx:
                raise MXNetValueError(
                    f"{self.name}: all arrays must be on one device; "
                    f"{self.input_names(1)[0]} is on {specs[0].ctx}, {given} on {spec.ctx}")

    def input_names(self, count: int) -> list[str]:
        """Names for `count` inputs; a variadic one gives data0, data1, ..."""
        names = []
        for entry in self.inputs:
            if entry.variadic:
                rest = count - len(self.inputs) + 1
                names += [f"{entry.name}{i}" for i in range(rest)]
            else:
                names.append(entry.name)
        return names[:count]

    # Errors -----------------------------------------------------------------------------------

    def shape_error(self, argument: str, rule: str, got: Any) -> MXNetError:
        """"FullyConnected: weight must have shape (4, 3); got (4, 5)"."""
        return MXNetValueError(f"{self.name}: {argument} must have shape {rule}; got {got}")

    def dtype_error(self, argument: str, rule: str, got: str) -> MXNetError:
        """"dot: rhs must have dtype float32, as lhs is; got float64"."""
        return MXNetTypeError(f"{self.name}: {argument} must have dtype {rule}; got {got}")

    def value_error(self, argument: str, rule: str, got: Any) -> MXNetError:
        """"Pooling: pad must be smaller than kernel; got (3, 3)"."""
        return MXNetValueError(f"{self.name}: {argument} must be {rule}; got {got!r}")

    def axis(self, axis: int, ndim: int, argument: str = "axis") -> int:
        """`axis` as a number from 0 on; raises if it lies outside [-ndim, ndim)."""
        if not -ndim <= axis < ndim:
            raise MXNetIndexError(
                f"{self.name}: {argument} must be in [{-ndim}, {ndim - 1}] "
                f"for an array of {ndim} dimensions; got {axis}")
        return axis % ndim

    def index_message(self, specs: Sequence[Spec]) -> str:
        """What to say when the kernel met an index outside its axis."""
        shapes = ", ".join(str(spec.shape) for spec in specs)
        return f"{self.name}: an index is out of range (shapes {shapes})"

    def __repr__(self) -> str:
        values = [f"{name}={getattr(self, name)!r}" for name, declared in self.params.items()
                  if not declared.is_runtime and getattr(self, name) != declared.default]
        return f"{self.name}({', '.join(values)})"

    def __reduce__(self) -> Any:
        values = {name: getattr(self, name) for name, declared in self.params.items()
                  if not declared.is_runtime}
        return _remake, (self.name, values)


def _remake(name: str, values: dict[str, Any]) -> Op:
    return REGISTRY[name].make(values)


def register(name: str, *aliases: str, inputs: str = "data") -> Callable[[type], type]:
    """Class decorator: read the declaration and enter it into the table under its names."""

    def enter(cls: type) -> type:
        cls.name, cls.aliases = name, aliases
        cls.hidden = name.startswith("_")
        cls.inputs = tuple([
            Input(word.strip("*?!"), "?" in word, "*" in word, "!" in word)
            for word in inputs.split()])
        cls.params = {}
        for base in reversed(cls.__mro__):
            for key, kind in base.__dict__.get("__annotations__", {}).items():
                declared = base.__dict__.get(key)
                if isinstance(declared, Param):
                    declared.name = key
                    declared.kind = kind if isinstance(kind, str) else kind.__name__
                    cls.params[key] = declared
        cls.runtime_params = tuple([key for key, value in cls.params.items() if value.is_runtime])
        cls._instances = {}
        for known in (name, *aliases):
            if known in REGISTRY:
                raise MXNetError(f"operator name {known!r} is taken by {REGISTRY[known]}")
            REGISTRY[known] = cls
        return cls

    return enter


def unknown_keyword(cls: type[Op], name: str) -> MXNetError:
    """The error for a keyword that the operator does not take."""
    known = [entry.name for entry in cls.inputs] + list(cls.params)
    near = suggestion(name, known)
    return MXNetTypeError(
        f"{cls.name}: unknown parameter '{name}'; it takes {', '.join(known)}{near}")
