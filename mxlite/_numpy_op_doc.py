"""Where MXNet documents its operators of mx.np; here each has the text and the signature of its
function: `_np_sum` those of np.sum."""

from typing import Any

from .numpy_op_signature import _get_builtin_op


def __getattr__(name: str) -> Any:
    function = _get_builtin_op(name)
    if function is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return function
