"""Arrays in a computation that is described, not run: what `F.op(x)` and `x + 1` mean there.

`Operand` is such an array, `Namespace` its `F`. trace.py makes gradients of them, placeholder.py
infers shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .python_operators import FORMS, Forms, reflected_method
from .schema import REGISTRY, Op


class Namespace:
    """`F.<operator>(...)` calls `apply`, which subclasses define."""

    def apply(self, cls: type[Op], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """The visible outputs of the operator `cls`: an Operand, or a list of them."""
        raise NotImplementedError

    def is_array(self, value: Any) -> bool:
        """Whether operators take this as an array."""
        return isinstance(value, Operand)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            op = REGISTRY[name]
        except KeyError:
            raise AttributeError(f"F has no operator {name!r}") from None
        return lambda *args, **kwargs: self.apply(op, args, kwargs)


class Operand:
    """Has Python's operators: with another Operand the broadcasting ones, else the scalar ones."""

    __slots__ = ("tracer",)

    def __init__(self, tracer: Namespace) -> None:
        self.tracer = tracer

    def __neg__(self) -> Any:
        return self * -1.0

    __hash__ = object.__hash__

    __mul__: Callable[[Any, Any], Any]      # made below with the others, and used above


def combine(forms: Forms, lhs: Any, rhs: Any) -> Any:
    """lhs and rhs, one an Operand and the other one, too, or a number, in one of these forms."""
    tracer = lhs.tracer if isinstance(lhs, Operand) else rhs.tracer
    if tracer.is_array(lhs) and tracer.is_array(rhs):
        return tracer.apply(REGISTRY[forms.array], (lhs, rhs), {})
    if tracer.is_array(lhs):
        return tracer.apply(REGISTRY[forms.scalar], (lhs,), {"scalar": rhs})
    return tracer.apply(REGISTRY[forms.reflected], (rhs,), {"scalar": lhs})


def _add_methods(forms: Forms) -> None:
    if forms.method:
        setattr(Operand, forms.method, lambda self, other: combine(forms, self, other))
    if reflected_method(forms):
        setattr(Operand, reflected_method(forms), lambda self, other: combine(forms, other, self))


for _forms in FORMS.values():
    _add_methods(_forms)
