"""`Rules`: which dtype each operator computes in, and the casts that its inputs need for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...base import MXNetTypeError, MXNetValueError
from ...ndarray.ndarray import NDArray
from ...ndarray.run import invoke_list
from ...ops.cast import AMP_FLOATS
from ...ops.placeholder import Placeholder, ShapeTracer
from ...ops.schema import REGISTRY, Op
from ...symbol.graph import Entry, Node
from ...wording import suggestion
from . import lists

TARGETS = ("float16", "bfloat16")
WIDEST = "widest"
CAST, MULTICAST = REGISTRY["amp_cast"], REGISTRY["amp_multicast"]


class Rules:
    """Mixed precision with a target dtype, "float16" or "bfloat16".

    low, float32: names of the operators that compute in the target dtype and in float32;
    conditional: (operator, parameter, values) of those that do in float32 where the parameter has
    one of the values. None: MXNet's lists, without what the others of these arguments name.
    low_argument: what the caller's argument for `low` is called.
    Raises MXNetValueError for other dtypes, names that no operator has, and those named twice;
    MXNetTypeError for what is no list.
    """

    def __init__(self, caller: str, target_dtype: Any, low: Any = None, float32: Any = None,
                 conditional: Any = None, low_argument: str = "target_dtype_ops") -> None:
        self.caller = caller
        self.target = target_of(caller, target_dtype)
        self.dtypes: dict[type[Op], str] = {}       # or WIDEST
        self.conditions: dict[type[Op], list[tuple[str, list[str]]]] = {}
        given = {name: names for name, names in (
            (low_argument, low), ("fp32_ops", float32),
            ("conditional_fp32_ops", conditional)) if names is not None}
        self._add(lists.WIDEST.split(), WIDEST)
        if low is None:
            self._add(lists.LOW.split(), self.target)
        if float32 is None:
            self._add(lists.FLOAT32.split(), "float32")
        owners: dict[type[Op], str] = {}
        for argument, names in given.items():
            for op in self._operators(argument, names):
                if owners.setdefault(op, argument) != argument:
                    raise MXNetValueError(f"{caller}: an operator must be in one list; "
                                          f"{op.name} is in {owners[op]} and in {argument}")
                self.dtypes.pop(op, None)
        self._add(low or (), self.target)
        self._add(float32 or (), "float32")
        for name, parameter, values in lists.CONDITIONAL if conditional is None else conditional:
            if REGISTRY[name] not in owners or conditional is not None:
                self.conditions.setdefault(REGISTRY[name], []).append(
                    (parameter, [str(value) for value in values]))

    def _add(self, names: Iterable[str], dtype: str) -> None:
        self.dtypes.update({REGISTRY[name]: dtype for name in names})

    def _operators(self, argument: str, names: Any) -> list[type[Op]]:
        """The operators of a list that was given, which may be triples."""
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise MXNetTypeError(f"{self.caller}: {argument} must be a list; got {names!r}")
        found = []
        for entry in names:
            name = entry
            if argument == "conditional_fp32_ops":
                if not isinstance(entry, (tuple, list)) or len(entry) != 3 or not isinstance(
                        entry[2], (tuple, list)):
                    raise MXNetTypeError(
                        f"{self.caller}: {argument} must hold triples of an operator, a parameter "
                        f"and a list of its values; got {entry!r}")
                name = entry[0]
            if name not in REGISTRY:
                raise MXNetValueError(f"{self.caller}: {argument} must hold names of operators; "
                                      f"got {name!r}{suggestion(str(name), REGISTRY)}")
            if argument == "conditional_fp32_ops" and entry[1] not in REGISTRY[name].params:
                raise MXNetValueError(
                    f"{self.caller}: {argument}: {name} has no parameter {entry[1]!r}"
                    f"{suggestion(str(entry[1]), REGISTRY[name].params)}")
            found.append(REGISTRY[name])
        return found

    def dtype_for(self, op: Op) -> str | None:
        """What an operator computes in: a dtype, WIDEST, or None: in that of what it is given."""
        if op.num_subgraphs:
            return "float32"
        for parameter, values in self.conditions.get(type(op), ()):
            if str(getattr(op, parameter)) in values:
                return "float32"
        return self.dtypes.get(type(op))

    def casts(self, op: Op, dtypes: Sequence[str | None]) -> list[str | None] | None:
        """What each input of these dtypes, None for unknown ones, is cast to: a dtype, WIDEST, or
        None: it stays as it is. None where all do, as they do beside float64."""
        wanted = self.dtype_for(op)
        if wanted is None or "float64" in dtypes:
            return None
        places = [i for i, dtype in enumerate(dtypes) if not _is_state(op, i)
                  and dtype in (None, *AMP_FLOATS)]
        if wanted == WIDEST:
            found = {dtypes[i] for i in places}
            if None in found and "float32" not in found:
                wanted = WIDEST
            elif len(found) < 2:
                return None
            else:
                wanted = "float32"
        places = [i for i in places if dtypes[i] != wanted]
        if not places or (wanted == WIDEST and len(places) < 2):
            return None
        return [wanted if i in places else None for i in range(len(dtypes))]

    def cast_arrays(self, op: Op, arrays: Sequence[NDArray]) -> list[NDArray] | None:
        """The inputs of a call, cast; None where they stay as they are, as they do beside sparse
        arrays."""
        casts = self.casts(op, [array._dtype_name for array in arrays])
        if casts is None or any(array.stype != "default" for array in arrays):
            return None
        return [array if dtype is None else invoke_list(CAST.make({"dtype": dtype}), [array], ())
                for array, dtype in zip(arrays, casts, strict=True)]

    def cast_placeholders(self, tracer: ShapeTracer, op: Op,
                          inputs: list[Placeholder]) -> list[Placeholder]:
        """The inputs of a node whose shape is inferred, cast."""
        casts = self.casts(op, [item.partial_dtype for item in inputs])
        if casts is None or WIDEST in casts:
            return inputs
        return [item if dtype is None else tracer.add(CAST.make({"dtype": dtype}), [item])
                for item, dtype in zip(inputs, casts, strict=True)]

    def cast_inputs(self, node: Node) -> None:
        """Put casts before the inputs of a new node, whose dtypes are not known."""
        casts = self.casts(node.operator, [None] * len(node.inputs))
        if casts is not None:
            node.inputs = cast_entries(node.inputs, casts, cast_to)


def _is_state(op: Op, i: int) -> bool:
    """Whether input i is written to by calls, or by their gradients."""
    return i < len(op.taken) and op.taken[i].mutable


def target_of(caller: str, dtype: Any) -> str:
    """"float16" or "bfloat16" of a dtype, or its name."""
    name = getattr(dtype, "__name__", None) or str(dtype)
    if name not in TARGETS:
        raise MXNetValueError(f"{caller}: target_dtype must be 'float16' or 'bfloat16'; "
                              f"got {dtype!r}")
    return name


def cast_to(source: Entry, dtype: str) -> Entry:
    """A node that casts the entry to a dtype, named as in MXNet: "fc1_output_amp_cast_float32"."""
    if source.node.op is CAST and source.node.attrs["dtype"] == dtype:
        return source
    name = f"{source.name}_amp_cast_{dtype}"
    return Entry(Node(CAST, name, {"dtype": dtype}, [source]), 0)


def cast_entries(inputs: Sequence[Entry], casts: Sequence[str | None],
                 cast: Callable[[Entry, str], Entry]) -> list[Entry]:
    """The inputs of a node as `Rules.casts` says; cast: casts one of them to a dtype."""
    if WIDEST not in casts:
        return [entry if dtype is None else cast(entry, dtype)
                for entry, dtype in zip(inputs, casts, strict=True)]
    made = iter(_multicast([entry for entry, dtype in zip(inputs, casts, strict=True) if dtype]))
    return [next(made) if dtype else entry for entry, dtype in zip(inputs, casts, strict=True)]


def _multicast(sources: Sequence[Entry]) -> list[Entry]:
    """What casts all the entries to the widest dtype among them: one node."""
    name = f"{sources[0].name}_amp_multicast"
    node = Node(MULTICAST, name, {"num_outputs": str(len(sources))}, sources)
    return [Entry(node, i) for i in range(len(sources))]
