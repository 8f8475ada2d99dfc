"""What is checked of the arguments of a call, and how they may be given."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from .base import MXNetTypeError, MXNetValueError, Shape
from .wording import listing, shown, suggestion


def listed(value: Any) -> Any:
    """An array that has axes, or a range, as a list; anything else as it is."""
    if isinstance(value, range):
        return list(value)
    if hasattr(value, "__array__") and not isinstance(value, type) and getattr(value, "ndim", None):
        return value.tolist() if hasattr(value, "tolist") else value
    return value


def one_or_several(values: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> Any:
    """What f(2, 3), f((2, 3)), f([2, 3]), f(array([2, 3])) and f(name=(2, 3)) have in common; the
    keyword is taken out of `kwargs`."""
    if name in kwargs:
        return kwargs.pop(name)
    if len(values) != 1 or type(values[0]) is int:
        return values
    first = values[0]
    if type(first) is not tuple:
        first = listed(first)
    return tuple(first) if isinstance(first, (tuple, list)) else values


def check_count(caller: str, name: str, value: Any, low: int, high: int = (1 << 63) - 1) -> int:
    """`value` as an int from `low` to `high`; raises MXNetValueError naming caller and argument."""
    try:
        count = low - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:                          # no integer
        count = low - 1
    if low <= count <= high:
        return count
    limits = f"of at least {low}" if count < low else f"of at most {high}"
    raise MXNetValueError(f"{caller}: {name} must be an integer {limits}; got {shown(value)}")


def check_choice(caller: str, name: str, value: Any, choices: Sequence[Any]) -> Any:
    """The one of `choices` that is equal to `value`; raises MXNetValueError."""
    try:
        return choices[choices.index(value)]
    except (ValueError, TypeError):            # it is none; or equality is no truth, as of arrays
        near = suggestion(value, map(str, choices)) if isinstance(value, str) else ""
        raise MXNetValueError(f"{caller}: {name} must be {listing(choices)}; got {shown(value)}"
                              f"{near}") from None


def check_shape(caller: str, name: str, value: Any, low: int, count: int = 0) -> Shape:
    """A tuple of ints of at least `low`, from several or one int; count: how many they must be,
    one int standing for all (0: any number). Raises MXNetValueError."""
    value = listed(value)
    if hasattr(value, "__index__") and not getattr(value, "ndim", 0):
        return (check_count(caller, name, value, low),) * (count or 1)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise MXNetValueError(f"{caller}: {name} must be a tuple of integers of at least {low}; "
                              f"got {shown(value)}")
    lengths = tuple(value)
    if count and len(lengths) != count:
        raise MXNetValueError(
            f"{caller}: {name} must be a number or a tuple of {count}; got {lengths}")
    return tuple([check_count(caller, name, length, low) for length in lengths])


def check_class(caller: str, value: Any) -> None:
    """Raise MXNetTypeError unless what is to be registered is a class."""
    if not isinstance(value, type):
        raise MXNetTypeError(f"{caller}: only a class can be registered; got {shown(value)}")


def check_callable(caller: str, name: str, value: Any) -> None:
    """Raise MXNetTypeError unless `value` can be called."""
    if not callable(value):
        raise MXNetTypeError(f"{caller}: {name} must be a function; got {shown(value)}")


def check_text(caller: str, name: str, value: Any) -> None:
    """Raise MXNetTypeError unless `value` is a string."""
    if not isinstance(value, str):
        raise MXNetTypeError(f"{caller}: {name} must be a string; got {shown(value)}")


def arguments_of(klass: type) -> list[str]:
    """The names that a class can be called with: those of its `__init__`, and of its bases' where
    that passes on what it does not know."""
    import inspect  # rare, and its import is not free

    names: dict[str, None] = {}
    for base in klass.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]  # type: ignore[misc]
        names |= {p.name: None for p in parameters
                  if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
        if all(p.kind is not p.VAR_KEYWORD for p in parameters):
            break
    return list(names)


def unknown_argument(caller: str, name: str, known: Sequence[str]) -> MXNetTypeError:
    """The error for a keyword that is none of the known: with the near name, or all of them."""
    near = suggestion(name, known) or f"; it takes {', '.join(known) or 'none'}"
    return MXNetTypeError(f"{caller}: unknown argument {name!r}{near}")


class NamesArguments:
    """Base of classes whose error for a keyword that `__init__` does not take has the near one."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            _check_keywords(cls, kwargs)
        make = super().__new__
        if make is not object.__new__:
            return make(cls, *args, **kwargs)
        if args and cls.__init__ is object.__init__:
            raise MXNetTypeError(f"{cls.__name__}: takes no arguments; got {len(args)}")
        return make(cls)


def _check_keywords(klass: Any, keywords: Iterable[str]) -> None:
    taken = _keywords_of(klass.__init__)
    if taken is None:
        return
    for name in keywords:
        if name not in taken:
            raise unknown_argument(klass.__name__, name, arguments_of(klass))


@lru_cache(maxsize=1024)
def _keywords_of(init: Any) -> frozenset[str] | None:
    """The keywords that an `__init__` takes; None: it decides by itself."""
    import inspect  # its import is not free

    if init is object.__init__:
        return frozenset()
    parameters = inspect.signature(init).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in parameters)


def named_config(kind: str, given: Any) -> tuple[str, dict[str, Any]] | None:
    """(name, arguments) of what `create` of a kind of object ("metric", "initializer") is given as
    a dict {kind: name, argument: value, ...}, or as JSON of such a dict or of [name, arguments];
    None if it is given otherwise. Raises MXNetValueError for other dicts and JSON."""
    import json

    config = given
    if isinstance(given, str) and given[:1] in ("[", "{"):
        try:
            config = json.loads(given)
        except ValueError:
            config = {}
        if isinstance(config, list) and len(config) == 2 and isinstance(config[1], dict):
            config = {**config[1], kind: config[0]}
        elif not isinstance(config, dict):
            config = {}
    if not isinstance(config, dict):
        return None
    if not isinstance(config.get(kind), str):
        raise MXNetValueError(f'{kind}: a config must be a dict with the key {kind!r}, or JSON of '
                              f'one or of ["name", {{"argument": value}}]; got {given!r}')
    arguments = dict(config)
    return arguments.pop(kind), arguments
