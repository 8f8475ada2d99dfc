"""`mx.libinfo`: where compiled parts are, for programs written for MXNet."""

from __future__ import annotations

from importlib.util import find_spec

from .base import MXNetNotImplementedError, require_compiled

__version__ = "1.9.1"               # of the MXNet whose programs run here


def find_lib_path(prefix: str = "libmxnet") -> list[str]:
    """[the file of the kernels that run on every CPU]; they have MXNet's work, not its functions
    of C, whatever the prefix."""
    require_compiled("mxlite._kernels", "cpu_baseline")
    spec = find_spec("mxlite._kernels.cpu_baseline")
    assert spec is not None and spec.origin is not None
    return [spec.origin]


def find_include_path() -> str:
    """Raises: there are no headers of MXNet's here."""
    raise MXNetNotImplementedError(
        "libinfo.find_include_path: there is no C library of MXNet's here, and no headers of it; "
        "write the operator in Python with mx.operator.CustomOp, or add it to mxlite "
        "(docs/add_an_operator.md)")
