"""`mx.sym.contrib`: the operators whose full names begin with `_contrib_`."""

from .modules import operators_of

__getattr__, __dir__ = operators_of(globals(), "_contrib_")
