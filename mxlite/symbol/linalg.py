"""`mx.sym.linalg`: the operators whose full names begin with `_linalg_`."""

from .modules import operators_of

__getattr__, __dir__ = operators_of(globals(), "_linalg_")
