"""From the arguments of a call to (operator, inputs, runtime values): one way for nd, sym and F."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Sequence
from typing import Any

from ..base import MXNetTypeError, _Null
from ..wording import no_array, suggestion, users_level
from .schema import REQUIRED, Op, ScalarRef, unknown_keyword

Texts = tuple[tuple[str, str], ...]      # of a node: names and what they are set to


def bind(cls: type[Op], array: type | tuple[type, ...], args: Sequence[Any],
         kwargs: dict[str, Any]) -> tuple[Op, list[Any], list[Any]]:
    """(operator, inputs in order, runtime values) of a call; kwargs is used up.

    Raises MXNetTypeError for unknown, doubled, missing and misplaced arguments.
    """
    inputs, values = sort_arguments(cls, array, args, kwargs)
    scalars = _take_runtime(cls, values)
    op = cls.make(values)
    inputs = by_place(op, array, args, inputs)
    return op, _ordered_inputs(op, array, inputs), scalars


def sort_arguments(cls: type[Op], array: type | tuple[type, ...], args: Sequence[Any],
                   kwargs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(inputs, parameters) by name, as they were given; kwargs is used up. A parameter that is
    MXNet's `_Null` is not given."""
    inputs, rest = _positional_inputs(cls, array, args)
    values = _positional_params(cls, rest)
    for entry in cls.inputs:
        if entry.name in kwargs:
            given = kwargs.pop(entry.name)
            if entry.variadic and isinstance(given, (list, tuple)):
                inputs.update({f"{entry.name}{i}": item for i, item in enumerate(given)})
                continue
            if inputs.get(entry.name) is not None:
                raise MXNetTypeError(f"{cls.title}: got two values for '{entry.name}'")
            inputs[entry.name] = given
    for name, value in kwargs.items():
        if name in values:
            raise MXNetTypeError(f"{cls.title}: got two values for '{name}'")
        if name not in cls.params and name != "num_args":
            pass_over(cls, name)
            continue
        if value is not _Null:
            values[name] = value
    values.pop("num_args", None)
    return inputs, values


def passes_over(cls: type[Op]) -> bool:
    """Whether unknown keywords are passed over: operators without parameters do that in MXNet."""
    return bool(cls.inputs) and len(cls.params) == len(cls.named_params)


def pass_over(cls: type[Op], name: str) -> None:
    """Warn of an unknown keyword; raise where it is like a known one, or the operator has
    parameters. `ctx` is the usual one: zeros_like(x, ctx=x.context)."""
    known = [entry.name for entry in cls.inputs] + list(cls.params)
    if not passes_over(cls) or suggestion(name, [*known, "name", "out"]):
        raise unknown_keyword(cls, name)
    if name != "ctx":
        warnings.warn(f"{cls.title}: has no parameter {name!r}, which is passed over, as in MXNet; "
                      f"it takes {', '.join(known)}", stacklevel=users_level())


def out_by_place(cls: type[Op], array: type, args: Sequence[Any], out: Any,
                 ) -> tuple[Sequence[Any], Any]:
    """(arguments, out) where `out`, and a name, may follow all inputs and parameters, as in MXNet:
    exp(x, out), clip(x, 0, 1, out)."""
    places = len(cls.inputs) + len(cls.params) - len(cls.named_params)
    extra = args[places:]
    if not 1 <= len(extra) <= 2 or (cls.inputs and cls.inputs[0].variadic):
        return args, out
    if extra[0] is not None and not isinstance(extra[0], (array, list, tuple)):
        return args, out
    if extra[0] is not None and out is not None:
        raise MXNetTypeError(f"{cls.title}: got two values for 'out'")
    return args[:places], extra[0] if out is None else out


def by_place(op: Op, array: type | tuple[type, ...], args: Sequence[Any],
             inputs: dict[str, Any]) -> dict[str, Any]:
    """`inputs`, as `sort_arguments` returns them, in which arrays that were given by their place
    stand for what `op` takes, in order: a fourth one of RNN, in mode "gru", is sequence_length."""
    taken = [entry.name for entry in op.taken]
    if op.is_variadic or len(taken) == len(op.inputs):
        return inputs
    places = min(len(_positional_inputs(type(op), array, args)[0]), len(taken))
    return {taken[place] if place < places else name: given
            for place, (name, given) in enumerate(inputs.items())}


def attributes(cls: type[Op], values: dict[str, Any], num_inputs: int = 0) -> dict[str, str]:
    """The texts that a graph keeps of the parameters that were given: those of MXNet's JSON.

    values: by name, as `sort_arguments` returns them; num_inputs: of a variadic operator.
    """
    texts = {name: cls.params[name].text(value) for name, value in values.items()}
    if cls.is_variadic and cls.arity:
        texts[cls.arity] = str(num_inputs // cls.arrays_of_one)
    return texts


def from_attributes(cls: type[Op], texts: dict[str, str]) -> tuple[Op, list[float]]:
    """(operator, runtime values) that the texts of a graph's node say.

    The attributes of users, `__lr_mult__`, are passed over, and so is what MXNet writes besides:
    `num_args`, `ctx` of what has no inputs, `is_int` of numbers, anything where there are no
    parameters. Other unknown names raise MXNetTypeError.
    """
    given = tuple(texts.items())
    op, scalars = _read(cls, given) if cls.in_python else _remembered(cls, given)
    return op, list(scalars)


def _read(cls: type[Op], texts: Texts) -> tuple[Op, list[float]]:
    if passes_over(cls) or not cls.params:
        return cls.make({name: text for name, text in texts if name in cls.params}), []
    besides = {"num_args"} | ({"ctx"} if not cls.inputs else set()) | (
        {"is_int"} if "scalar" in cls.params else set())
    values: dict[str, Any] = {
        name: text for name, text in texts
        if (name in cls.params or name not in besides)
        and not (name.startswith("__") and name.endswith("__"))}
    scalars = _take_runtime(cls, values)
    return cls.make(values), scalars


# layers of a network are often alike
_remembered: Any = functools.lru_cache(maxsize=4096)(_read)


def _positional_inputs(cls: type[Op], array: Any,
                       args: Sequence[Any]) -> tuple[dict[str, Any], Sequence[Any]]:
    if cls.inputs and cls.inputs[0].variadic:
        entry = cls.inputs[0]
        if len(args) == 1 and isinstance(args[0], (list, tuple)):
            args = args[0]
        return {f"{entry.name}{i}": item for i, item in enumerate(args)}, ()
    count = min(len(cls.inputs), len(args))
    while count and not isinstance(args[count - 1], array) and args[count - 1] is not None \
            and cls.inputs[count - 1].optional:
        count -= 1          # optional inputs left out: parameters may follow at once
    names = [entry.name for entry in cls.inputs[:count]]
    return dict(zip(names, args, strict=False)), args[count:]


def _positional_params(cls: type[Op], rest: Sequence[Any]) -> dict[str, Any]:
    names = [name for name in cls.params if name not in cls.named_params]
    if len(rest) > len(names):
        raise MXNetTypeError(
            f"{cls.title}: takes at most {len(cls.inputs)} arrays and {len(names)} "
            f"parameters; got {len(rest) - len(names)} arguments too many")
    return {name: value for name, value in zip(names, rest, strict=False)
            if value is not _Null}


def _take_runtime(cls: type[Op], values: dict[str, Any]) -> list[Any]:
    scalars: list[Any] = []
    for name in cls.runtime_params:
        declared = cls.params[name]
        value = values.pop(name, declared.default)
        if value is REQUIRED:
            raise MXNetTypeError(f"{cls.title}: missing parameter '{name}'")
        scalars.append(value if isinstance(value, ScalarRef) else declared.parse(value, cls.name))
    scalars = [0.0 if value is None else value for value in scalars]
    if not any(isinstance(value, ScalarRef) for value in scalars):
        cls.check_runtime(cls.name, *scalars)
    return scalars


def _ordered_inputs(op: Op, array: Any, inputs: dict[str, Any]) -> list[Any]:
    """The inputs in the operator's order; raises if one is missing, unwanted or no array.

    Uses up `inputs`.
    """
    for name, given in inputs.items():
        if given is not None and not isinstance(given, array):
            raise MXNetTypeError(f"{op.title}: {name} must be an NDArray; got {no_array(given)}")
    if op.is_variadic:
        return list(inputs.values())
    ordered = []
    for entry in op.taken:
        given = inputs.pop(entry.name, None)
        if given is not None:
            ordered.append(given)
        elif not entry.optional:
            raise op.missing_input(entry)
    for entry in op.inputs:
        if inputs.get(entry.name) is not None:
            raise op.unwanted_input(entry)
    return ordered


def signature(cls: type[Op]) -> inspect.Signature:
    """The Python signature of the operator's function, inputs first, as in MXNet."""
    keyword: Any = inspect.Parameter.KEYWORD_ONLY
    positional: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = []
    optional = False
    for entry in cls.inputs:
        if entry.variadic:
            parameters.append(inspect.Parameter(entry.name, inspect.Parameter.VAR_POSITIONAL))
            positional = keyword
        else:
            optional = optional or entry.optional       # those behind must have a default, too
            default = None if optional else inspect.Parameter.empty
            parameters.append(inspect.Parameter(entry.name, positional, default=default))
    for name, declared in cls.params.items():
        default = declared.default
        if default is REQUIRED and not optional:
            default = inspect.Parameter.empty
        optional = optional or default is not inspect.Parameter.empty
        kind = keyword if name in cls.named_params else positional
        parameters.append(inspect.Parameter(name, kind, default=default))
    if not cls.inputs and "ctx" not in cls.params:
        parameters.append(inspect.Parameter("ctx", keyword, default=None))
    for name in ("out", "name"):
        if name not in cls.params:
            parameters.append(inspect.Parameter(name, keyword, default=None))
    return inspect.Signature(parameters)


def docstring(cls: type[Op]) -> str:
    """The class's docstring, then a line a parameter."""
    lines = [inspect.cleandoc(cls.__doc__ or cls.name), ""]
    if cls.params:
        lines.append("Parameters:")
    for name, declared in cls.params.items():
        default = "" if declared.default is REQUIRED else f", default {declared.default!r}"
        lines.append(f"    {name} ({declared.kind}{default}): {declared.help}".rstrip(": "))
    return "\n".join(lines).rstrip()
