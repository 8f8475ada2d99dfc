"""Where MXNet keeps the signatures of its built-in operators of mx.np; here functions have them."""

from typing import Any

from . import numpy, numpy_extension

_PREFIXES = {"_np_": numpy, "_npx_": numpy_extension}


def _get_builtin_op(op_name: str) -> Any:
    """The function of an operator "_np_sum" or "_npx_relu"; None: it stands for none."""
    for prefix, module in _PREFIXES.items():
        if op_name.startswith(prefix):
            return getattr(module, op_name.removeprefix(prefix), None)
    return None
