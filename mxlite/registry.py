"""`mx.registry`: tables of classes by name, one a base class, for factories of users' own."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .arguments import check_class, check_text, named_config
from .base import AssertedTypeError, AssertedValueError, MXNetKeyError, MXNetTypeError
from .wording import listing, suggestion

_TABLES: dict[type, dict[str, type]] = {}


def get_registry(base_class: type) -> dict[str, type]:
    """A copy of the table of a base class: {name in lower case: class}."""
    return dict(_TABLES.get(base_class, {}))


def get_register_func(base_class: type, nickname: str) -> Callable[..., type]:
    """A class decorator that enters subclasses of base_class; nickname: "metric", say."""
    table = _TABLES.setdefault(base_class, {})

    def register(klass: type, name: str | None = None) -> type:
        _check_subclass(f"{nickname}.register", klass, base_class)
        name = klass.__name__ if name is None else name
        check_text(f"{nickname}.register", "name", name)
        key = name.lower()
        if key in table and table[key] is not klass:
            warnings.warn(f"{nickname}.register: {_path(klass)} takes the name {key!r} of "
                          f"{_path(table[key])}", stacklevel=2)
        table[key] = klass
        return klass

    register.__doc__ = f"Class decorator: enter a {nickname} under its name in lower case."
    return register


def get_alias_func(base_class: type, nickname: str) -> Callable[..., Callable[[type], type]]:
    """A maker of class decorators that enter subclasses of base_class under more names."""
    register = get_register_func(base_class, nickname)

    def alias(*aliases: str) -> Callable[[type], type]:
        for name in aliases:
            check_text(f"{nickname}.alias", "a name", name)

        def enter(klass: type) -> type:
            for name in aliases:
                register(klass, name)
            return klass

        return enter

    alias.__doc__ = f"Class decorator: enter a {nickname} under these names."
    return alias


def get_create_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """A function that makes an object of its name and arguments, or of a config of them.

    It takes an object of base_class, which it returns; a name and arguments; a dict
    {nickname: name, argument: value, ...}, or JSON of one or of ["name", {argument: value}].
    """
    table = _TABLES.setdefault(base_class, {})

    def create(*args: Any, **kwargs: Any) -> Any:
        if not args and nickname not in kwargs:
            raise MXNetKeyError(f"{nickname}: a name must be given first, or as {nickname}=; got "
                                f"{sorted(kwargs) or 'nothing'}")
        name = args[0] if args else kwargs.pop(nickname)
        rest = args[1:]
        config = None if isinstance(name, base_class) else named_config(nickname, name)
        if (config or isinstance(name, base_class)) and (rest or kwargs):
            raise MXNetTypeError(f"{nickname}: an object or a config has all arguments, others "
                                 f"cannot be given beside it; got {[*rest, *kwargs]}")
        if isinstance(name, base_class):
            return name
        if config:
            return create(config[0], **config[1])
        known = listing(sorted(table)) if table else "registered first"
        if not isinstance(name, str):
            raise AssertedTypeError(f"{nickname} must be {known}; got {name!r}")
        if name.lower() not in table:
            raise AssertedValueError(f"{nickname} must be {known}; got {name!r}"
                                  f"{suggestion(name.lower(), table)}")
        return table[name.lower()](*rest, **kwargs)

    create.__doc__ = f"A {nickname} from itself, or from its name or config."
    return create


def _check_subclass(caller: str, klass: Any, base_class: type) -> None:
    check_class(caller, klass)
    if not issubclass(klass, base_class):
        raise MXNetTypeError(f"{caller}: only a subclass of {base_class.__name__} can be "
                             f"registered; got {klass!r}")


def _path(klass: type) -> str:
    return f"{klass.__module__}.{klass.__qualname__}"
