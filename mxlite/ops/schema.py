"""How an operator is declared: `Op` and `register`. docs/architecture.md shows an example."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..base import MXNetError, MXNetIndexError, MXNetTypeError, MXNetValueError, _Null
from ..device.core import Operator, Prepared
from ..device.memory import Spec
from ..device.memory import spec as make_spec
from ..wording import suggestion
from . import dtype_rule, inference, wrong_indices
from .calls import HostCall as HostCall
from .calls import KernelCall as KernelCall
from .calls import ViewCall as ViewCall
from .calls import host as host
from .calls import kernel as kernel
from .calls import program as program
from .calls import transfer as transfer
from .calls import view as view
from .inputs import Input as Input
from .inputs import parse_inputs, taken_inputs
from .params import REQUIRED as REQUIRED
from .params import Param as Param
from .params import ScalarRef as ScalarRef
from .params import param as param
from .params import required as required
from .params import runtime as runtime
from .params import title_of as title_of

REGISTRY: dict[str, type[Op]] = {}      # every name and alias -> class
Declared = TypeVar("Declared", bound="Op")


class _Title:
    def __get__(self, op: Any, cls: Any) -> str:
        return title_of((op or cls).name)


class Op(Operator):
    """Base of all operators. An instance is the operator with its parameters."""

    name: str = ""
    title: Any = _Title()       # the name in errors
    aliases: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    params: dict[str, Param] = {}
    runtime_params: tuple[str, ...] = ()
    named_params: tuple[str, ...] = ()      # not taken by their place, where MXNet has `out`
    uses_train = False
    random: Any = False         # draws random numbers: no two calls are the same
    elementwise: Any = False    # an output's element comes from the inputs' at its place alone
    assigning = False           # the output is input 0 with some elements replaced
    written_period = 0          # of how many inputs the marks `!` are; 0: of all
    shape_is_free = False       # `prepare` reads no shapes of outputs: they may have other ones
    by_storage: Any = False     # also calls with dense inputs go to ndarray/sparse/
    writes_states = True        # calls write to the inputs marked `!`; False: their gradients do
    dtype_rule: Any = "T -> T"  # see dtype_rule.py
    completed_from_use: Any = False  # a 0 or -1 in the parameter `shape` is unknown in a graph
    hidden = False
    is_graph = False            # a graph of other operators: symbol/graph_op.py
    in_python = False           # `run_in_python` runs it; it is no step of a program
    in_files = True             # a node of it can be written to a file
    num_subgraphs = 0           # graphs that a node has: the bodies of control flow
    graph_name = ""             # MXNet's name in its JSON files; `name` where none is declared
    initializers: dict[str, str] = {}   # input -> the `__init__` that its variable gets in a graph
    num_outputs: Any = 1
    visible_outputs: Any = None
    named_outputs: tuple[str, ...] = ()     # MXNet's names, where it has some
    is_variadic = False
    arity = "num_args"          # MXNet's parameter for the number of arrays; "" where it has none
    arrays_of_one = 1           # arrays for each that `arity` counts
    least_arrays: Any = 1       # of a variadic operator
    taken: tuple[Input, ...] = ()   # the inputs of this instance; a condition that holds: required
    num_required = 0                # how many of them must be given
    _instances: dict[tuple[Any, ...], Op] = {}

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        # Whether a call gets a random key is said by the class: instances that alone are `random`
        # draw their numbers on the host.
        self._configure(self.uses_train, type(self).random is True, len(self.runtime_params),
                        bool(self.elementwise), self.assigning,
                        sum(1 << i for i in self.written_inputs()), self.written_period,
                        bool(self.by_storage))
        for position, name in enumerate(self.runtime_params):
            setattr(self, name, ScalarRef((("given", position),)))
        self.taken = taken_inputs(self.inputs, self)
        self.num_required = sum(not (entry.optional or entry.variadic) for entry in self.taken)
        self.check()

    def written_inputs(self) -> list[int]:
        """Which inputs a call writes to; where inputs come in groups, which of a group."""
        return [i for i, entry in enumerate(self.inputs) if entry.mutable and self.writes_states]

    @classmethod
    def make(cls, values: dict[str, Any]) -> Op:
        """The interned instance with these parameters (already without the runtime ones)."""
        parsed = {}
        for name, declared in cls.params.items():
            if declared.is_runtime:
                continue
            value = values.pop(name, _Null)
            if value is not _Null:
                parsed[name] = declared.parse(value, cls.name)
            elif declared.default is REQUIRED:
                raise MXNetTypeError(f"{cls.title}: missing parameter '{name}'")
            else:
                parsed[name] = declared.default
        if values:
            raise unknown_keyword(cls, next(iter(values)))
        key = tuple([_identity(value) for value in parsed.values()])
        instance = cls._instances.get(key)
        if instance is None:
            instance = cls(**parsed)
            if len(cls._instances) > 4096:
                cls._instances.clear()
            cls._instances[key] = instance
        return instance

    # What an operator declares ------------------------------------------------------------

    def check(self) -> None:
        """Raise if the parameters contradict each other."""

    @classmethod
    def check_runtime(cls, name: str, *values: float) -> None:
        """Raise if the runtime parameters contradict each other; name: how the caller calls it."""

    def infer_shape(self, *shapes: Any) -> list[Any]:
        """The outputs' shapes; default: one output, shaped like the first input."""
        return [shapes[0]]

    def infer_dtype(self, *dtypes: str) -> list[str]:
        """The outputs' dtypes; default: what `dtype_rule` says."""
        return dtype_rule.infer(self, dtypes)

    def output_ctx(self, specs: tuple[Spec, ...], ctx: Any) -> Any:
        """The context of the outputs: that of the inputs, or `ctx` where there are none."""
        if not specs:
            return ctx
        first = specs[0].ctx
        return first if all(spec.ctx == first for spec in specs) else first.computes_on

    def fill_shapes(self, inputs: inference.PartialShapes, outputs: inference.PartialShapes,
                    ) -> tuple[inference.PartialShapes, inference.PartialShapes]:
        """The shapes of inputs and outputs as far as they follow from what is known of them.

        Unknown lengths, and unknown shapes, are None. Default: all alike if `elementwise`; the
        first output like the first input, if infer_shape says so; else nothing follows.
        """
        if self.elementwise:
            return inference.all_alike(inputs, outputs)
        if inputs and type(self).infer_shape is Op.infer_shape:
            return inference.output_like_data(inputs, outputs)
        return inputs, outputs

    def fill_dtypes(self, inputs: inference.PartialDTypes, outputs: inference.PartialDTypes,
                    ) -> tuple[inference.PartialDTypes, inference.PartialDTypes]:
        """The dtypes, unknown ones (None) filled in; default: by `dtype_rule`."""
        return dtype_rule.fill(self, inputs, outputs)

    def prepare(self, inputs: Sequence[Spec], outputs: Sequence[Spec]) -> Any:
        """The kernel(...), view(...) or host(...) to run for these specs."""
        raise NotImplementedError

    def grad(self, F: Any, dy: list[Any], inputs: list[Any], outputs: list[Any]) -> list[Any]:
        """One gradient an input (None: there is none), made of `F` operators."""
        raise MXNetError(f"{self.title} has no gradient")

    def run_in_python(self, arrays: Sequence[Any], ctx: Any, kept: Any = None) -> list[Any]:
        """The outputs, as arrays, of an operator that is `in_python`, and records itself.

        kept: a dict for what stays from call to call of a bound graph; None: nothing does.
        """
        raise NotImplementedError

    # What the machinery asks ---------------------------------------------------------------

    def num_visible(self, num_outputs: int) -> int:
        """How many outputs the caller gets."""
        return num_outputs if self.visible_outputs is None else self.visible_outputs

    def settled(self, shape: Any) -> Op:
        """The instance to run, of one that is `completed_from_use`, once its shape is known."""
        values = {name: getattr(self, name) for name, declared in self.params.items()
                  if not declared.is_runtime}
        return type(self).make({**values, "shape": shape})

    def draws(self, train: bool) -> bool:
        """Whether calls in this mode draw random numbers."""
        return bool(self.random) and (train or not self.uses_train)

    def build(self, specs: tuple[Spec, ...], train: bool, ctx: Any) -> tuple[list[Spec], Prepared]:
        """Infer the outputs and prepare the call: what runs once for given specs."""
        if self.in_python:
            raise MXNetValueError(f"{self.title} runs only as a node of a graph, or by the "
                                  "function of mx.nd that is made for it")
        self._check_inputs(specs)
        ctx = self.output_ctx(specs, ctx)
        dtypes = self.infer_dtype(*[spec.dtype for spec in specs])
        shapes = self.infer_shape(*[spec.shape for spec in specs])
        outputs = [make_spec(shape, dtype, ctx)
                   for shape, dtype in zip(shapes, dtypes, strict=True)]
        extra = {"train": train} if self.uses_train else {}
        return outputs, self.prepare(specs, outputs, **extra).resolve(self.name, ctx)

    def check_count(self, count: int) -> None:
        """Raise if so many inputs are too few or too many."""
        taken = self.taken
        if count < self.num_required:
            raise self.missing_input(taken[count])
        if self.is_variadic:
            if not count:
                raise MXNetTypeError(f"{self.title}: needs at least one array")
        elif count > len(taken):
            if count <= len(self.inputs):
                raise self.unwanted_input(self.inputs[len(taken)])
            raise MXNetTypeError(f"{self.title}: takes {len(taken)} arrays; got {count}")

    def _check_inputs(self, specs: tuple[Spec, ...]) -> None:
        count = len(specs)
        self.check_count(count)
        for i, spec in enumerate(specs):
            if spec.ctx is not specs[0].ctx and spec.ctx.computes_on != specs[0].ctx.computes_on:
                names = self.input_names(count)
                raise MXNetValueError(
                    f"{self.title}: all arrays must be on one device; "
                    f"{names[0]} is on {specs[0].ctx}, {names[i]} on {spec.ctx}")

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

    def variable_names(self, count: int) -> list[str]:
        """What MXNet calls `count` inputs of a variadic operator in a graph."""
        return [f"arg{i}" for i in range(count)]

    def output_names(self) -> list[str]:
        """MXNet's names of all outputs that it counts, which may be more or fewer than ours.

        "output" of one; output0, output1, ... of several, unless it has names for them. The first
        of them are visible: see num_visible.
        """
        if self.named_outputs:
            return list(self.named_outputs)
        if self.num_outputs == 1:
            return ["output"]
        return [f"output{i}" for i in range(self.num_outputs)]

    # Errors -----------------------------------------------------------------------------------

    def shape_error(self, argument: str, rule: str, got: Any) -> MXNetError:
        """"FullyConnected: weight must have shape (4, 3); got (4, 5)"."""
        return MXNetValueError(f"{self.title}: {argument} must have shape {rule}; got {got}")

    def dtype_error(self, argument: str, rule: str, got: str) -> MXNetError:
        """"dot: rhs must have dtype float32, as lhs is; got float64"."""
        return MXNetTypeError(f"{self.title}: {argument} must have dtype {rule}; got {got}")

    def value_error(self, argument: str, rule: str, got: Any) -> MXNetError:
        """"Pooling: pad must be smaller than kernel; got (3, 3)"."""
        return MXNetValueError(f"{self.title}: {argument} must be {rule}; got {got!r}")

    def missing_input(self, entry: Input) -> MXNetError:
        """"FullyConnected: missing input 'bias', which it takes with no_bias=False"."""
        why = "" if entry.condition is None else (
            f", which it takes with {entry.condition[0]}={entry.condition[1]}")
        return MXNetTypeError(f"{self.title}: missing input '{entry.name}'{why}")

    def unwanted_input(self, entry: Input) -> MXNetError:
        """"LeakyReLU: input 'gamma' is only taken with act_type=prelu; got act_type=elu"."""
        assert entry.condition is not None
        parameter, value = entry.condition
        return MXNetTypeError(f"{self.title}: input '{entry.name}' is only taken with "
                              f"{parameter}={value}; got {parameter}={getattr(self, parameter)}")

    def axis_in(self, axis: int, ndim: int, argument: str = "axis") -> int:
        """`axis` as a number from 0 on; raises if it lies outside [-ndim, ndim)."""
        if not ndim:
            raise MXNetIndexError(f"{self.title}: an array of 0 dimensions has no axis; got "
                                  f"{argument} {axis}")
        if not -ndim <= axis < ndim:
            raise MXNetIndexError(
                f"{self.title}: {argument} must be in [{-ndim}, {ndim - 1}] "
                f"for an array of {ndim} dimensions; got {axis}")
        return axis % ndim

    def index_limits(self, specs: Sequence[Spec]) -> tuple[int, Any, Any]:
        """Where the indices are that a kernel checks: (number of the input, least, largest)."""
        raise NotImplementedError

    def index_message(self, specs: Sequence[Spec], values: Sequence[Any]) -> str:
        """What to say when the kernel met an index outside its axis.

        values: NumPy arrays of the inputs; None for those that NumPy cannot see.
        """
        at, low, high = self.index_limits(specs)
        names = self.input_names(len(specs))
        shapes = ", ".join(f"{name} {spec.shape}" for name, spec in zip(names, specs, strict=True))
        return wrong_indices.message(self.title, names[at], values[at], low, high) + f" ({shapes})"

    def value_message(self, specs: Sequence[Spec], values: Sequence[Any]) -> str:
        """What to say when the kernel met a value that it does not take; values: as above."""
        return f"{self.title}: an input holds a value that it does not take"

    def dense(self) -> Op:
        """The operator for dense arrays alone, whose gradients are dense."""
        return self

    def __repr__(self) -> str:
        values = [f"{name}={getattr(self, name)!r}" for name, declared in self.params.items()
                  if not declared.is_runtime and getattr(self, name) != declared.default]
        return f"{self.name}({', '.join(values)})"

    def __reduce__(self) -> Any:
        values = {name: getattr(self, name) for name, declared in self.params.items()
                  if not declared.is_runtime}
        return _remake, (self.name, values)


def _identity(value: Any) -> Any:
    """What tells parameters apart, also those that are equal: 1, 1.0 and True, 0.0 and -0.0."""
    has_float = type(value) is float or (type(value) is tuple and float in map(type, value))
    return type(value), repr(value) if has_float else value


def _remake(name: str, values: dict[str, Any]) -> Op:
    return REGISTRY[name].make(values)


@functools.cache
def _declared(base: type) -> dict[str, Param]:
    """The parameters that this very class declares."""
    params = {}
    for key, kind in inspect.get_annotations(base).items():
        declared = base.__dict__.get(key)
        if isinstance(declared, Param):
            declared.name = key
            declared.kind = kind if isinstance(kind, str) else kind.__name__
            params[key] = declared
    return params


def register(name: str, *aliases: str, inputs: str = "data", outputs: str = "",
             graph_name: str = "") -> Callable[[type[Declared]], type[Declared]]:
    """Class decorator: read the declaration and enter it into the table under its names.

    inputs: see inputs.py. outputs: MXNet's names of all outputs, where it has names of their own
    for them or counts other ones than this operator has. graph_name: the alias that MXNet writes
    into files, where it is not `name`.
    """

    def enter(cls: type[Declared]) -> type[Declared]:
        cls.name, cls.aliases, cls.graph_name = name, aliases, graph_name or name
        cls.hidden = name.startswith("_")
        cls.inputs = parse_inputs(inputs)
        cls.is_variadic = any(entry.variadic for entry in cls.inputs)
        cls.named_outputs = tuple(outputs.split())
        cls.params = {}
        for base in reversed(cls.__mro__[:cls.__mro__.index(Op)]):
            cls.params.update(_declared(base))
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
        f"{cls.title}: unknown parameter '{name}'; it takes {', '.join(known)}{near}")
