"""Operators of mx.np that MXNet's files call by other names, or give other parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..ops.schema import REGISTRY, Op

Attributes = dict[str, Any]
# attributes of the file, number of inputs -> (our name, our attributes)
Rule = Callable[[Attributes, int], tuple[str, Attributes]]


def _without(attrs: Attributes, *names: str) -> Attributes:
    return {name: value for name, value in attrs.items() if name not in names}


def _integers(text: str) -> list[int]:
    """Those of "(3, 3)", or in a row those of "((1, 1), (0, 2))"."""
    if not re.fullmatch(r"[(\[][-\d\s,()\[\]]*[)\]]", text):
        raise ValueError(text)
    return [int(number) for number in re.findall(r"-?\d+", text)]


def _called(name: str, *left_out: str) -> Rule:
    return lambda attrs, _: (name, _without(attrs, *left_out))


def _eye(attrs: Attributes, _: int) -> tuple[str, Attributes]:
    rows = attrs.get("M", "0")
    return "_eye", {**_without(attrs, "ctx"), "M": "0" if rows == "None" else rows}


def _identity(attrs: Attributes, _: int) -> tuple[str, Attributes]:
    length = _integers(attrs["shape"])[0]
    return "_eye", {**_without(attrs, "ctx", "shape"), "N": str(length)}


def _norm(attrs: Attributes, _: int) -> tuple[str, Attributes]:
    """flag: -1 for what ord says; 2 for the nuclear norm, 0 for singular values; 1 and -2 for the
    root of the sum of squares."""
    order = {"-2": "None", "1": "None", "2": "nuc"}.get(attrs.get("flag", "-1"), attrs.get("ord"))
    return "_npi_norm", {**_without(attrs, "flag"), "ord": order or "2"}


def _pad(attrs: Attributes, _: int) -> tuple[str, Attributes]:
    value = attrs.get("constant_values", attrs.get("constant_value", "0"))
    width = str(tuple(_integers(attrs["pad_width"])))
    return "_npi_pad", {**_without(attrs, "reflect_type", "constant_value"), "pad_width": width,
                        "constant_values": value}


def _average(attrs: Attributes, inputs: int) -> tuple[str, Attributes]:
    attrs = _without(attrs, "returned", "weighted")
    return ("_npi_average" if inputs > 1 else "_npi_mean"), attrs


def _drawn(kind: str) -> Rule:
    """Draws of numbers; there is no operator here for those of arrays."""
    def rule(attrs: Attributes, inputs: int) -> tuple[str, Attributes]:
        if inputs:
            return f"_npi_{kind}", attrs
        size = attrs.get("size", "None")
        return f"_npi_exact_{kind}", {**_without(attrs, "ctx", "size"),
                                      "shape": "()" if size == "None" else size}

    return rule


def _on_host(function: str, **defaults: str) -> Rule:
    """What NumPy computes of one array; the parameters and their defaults are MXNet's."""
    def rule(attrs: Attributes, _: int) -> tuple[str, Attributes]:
        given = {name: attrs.get(name, text) for name, text in defaults.items()}
        values = ", ".join(f"{name!r}: {text if text[:1] not in 'LU' else repr(text)}"
                           for name, text in given.items())
        results = 1 + sum(given[name] == "True" for name in given if name.startswith("return_"))
        return "_npi_host", {
            **_without(attrs, *defaults), "function": function, "num_results": str(results),
            "arguments": f"((('array', 0),), {{{values}}})"}

    return rule


def _delete(attrs: Attributes, inputs: int) -> tuple[str, Attributes]:
    if inputs > 1 or "int_ind" not in attrs:
        return "_npi_delete", attrs
    place, axis = attrs["int_ind"], attrs.get("axis", "None")
    return "_npi_host", {**_without(attrs, "int_ind", "axis"), "function": "delete",
                         "arguments": f"((('array', 0), {place}, {axis}), {{}})"}


RULES: dict[str, Rule] = {
    "_np_copy": _called("_copy"), "_npx_relu": _called("relu"), "_npx_sigmoid": _called("sigmoid"),
    "_npi_arange": _called("_arange", "ctx"), "_npi_full_like": _called("_npi_full_like", "ctx"),
    "_npi_cholesky": _called("_linalg_potrf", "lower"), "_npi_hsplit": _called("_split_v2"),
    "_npi_eye": _eye, "_npi_identity": _identity, "_npi_norm": _norm, "_npi_pad": _pad,
    "_npi_average": _average, "_npi_uniform": _drawn("uniform"), "_npi_normal": _drawn("normal"),
    "_npi_unique": _on_host("unique", return_index="False", return_inverse="False",
                            return_counts="False", axis="None"),
    "_npi_eigvalsh": _on_host("linalg.eigvalsh", UPLO="L"), "_npx_nonzero": _on_host("places"),
    "_npi_delete": _delete,
}
# of operators that write one name: those to whose shapes () and 0 are not unknown
_EXACT = {"_full": "_np_full", "_random_randint": "_npi_exact_randint",
          "_linalg_det": "_npi_det", "_linalg_slogdet": "_npi_slogdet"}


def with_numpy_shapes(op: type[Op]) -> type[Op]:
    """The operator that one stands for in a graph whose shapes are NumPy's."""
    return REGISTRY[_EXACT[op.name]] if op.name in _EXACT else op


def read_as(name: str, attrs: Attributes, inputs: int) -> tuple[str, Attributes]:
    """Our name and attributes of a node in a file, which has so many inputs."""
    rule = RULES.get(name)
    if rule is None or (name == "_npi_norm" and "flag" not in attrs):
        return name, attrs
    try:
        return rule(attrs, inputs)
    except (KeyError, TypeError, ValueError, IndexError):
        return name, attrs                      # which are wrong, as the operator will say
