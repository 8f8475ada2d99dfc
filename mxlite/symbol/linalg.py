"""`mx.sym.linalg`: the operators whose full names begin with `_linalg_`, and `dot`."""

from .modules import operators_of
from .op import dot as dot

__getattr__, __dir__ = operators_of(globals(), "_linalg_")
