"""The table: activations with parameters, and Dropout."""

from __future__ import annotations

import math

from .row import FLOATS, Count, Fields, Row, each, same, threads


def activations() -> dict[str, Row]:
    def items(fields: Fields) -> int:
        return threads(math.prod([fields[name] for name in "NCS"]))

    def draws(fields: Fields) -> int:
        return threads(-(-fields["mask_n"] // 64) * 16)

    def arrays(inputs: int) -> Count:
        return lambda fields: inputs + 1 + fields["has_gamma"]

    rows = {}
    for name in ("leaky", "elu", "selu", "gelu"):
        for prefix, inputs in (("", 1), ("grad_", 2)):
            rows[prefix + name] = Row("leaky_relu", FLOATS, "N C S has_gamma slope:d",
                                      arrays(inputs), items)
    for name, scalars in (("hard_sigmoid", 2), ("smooth_l1", 1)):
        rows[name] = Row("bend", FLOATS, "size", same(2), each("size"), same(scalars))
    rows["dropout"] = Row("dropout", FLOATS, "n mask_n ndim size:12 stride:12 keep:d", same(3),
                          lambda fields: threads(fields["n"]) if fields["ndim"] else 0, same(2),
                          first=draws)
    return rows
