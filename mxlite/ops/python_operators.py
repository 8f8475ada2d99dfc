"""Python's operators: the one table of what is behind `+`, `==` and the others."""

from __future__ import annotations

# symbol -> operators for (array, array), (array, number), (number, array)
PYTHON_OPERATORS: dict[str, tuple[str, str, str]] = {
    "+": ("broadcast_add", "_plus_scalar", "_plus_scalar"),
    "-": ("broadcast_sub", "_minus_scalar", "_rminus_scalar"),
    "*": ("broadcast_mul", "_mul_scalar", "_mul_scalar"),
    "/": ("broadcast_div", "_div_scalar", "_rdiv_scalar"),
    "%": ("broadcast_mod", "_mod_scalar", "_rmod_scalar"),
    "**": ("broadcast_power", "_power_scalar", "_rpower_scalar"),
    "==": ("broadcast_equal", "_equal_scalar", "_equal_scalar"),
    "!=": ("broadcast_not_equal", "_not_equal_scalar", "_not_equal_scalar"),
    ">": ("broadcast_greater", "_greater_scalar", "_lesser_scalar"),
    ">=": ("broadcast_greater_equal", "_greater_equal_scalar", "_lesser_equal_scalar"),
    "<": ("broadcast_lesser", "_lesser_scalar", "_greater_scalar"),
    "<=": ("broadcast_lesser_equal", "_lesser_equal_scalar", "_greater_equal_scalar"),
}
