"""All operators as functions of Symbols. The same names are in `mx.sym`."""

from .modules import operators_of

__getattr__, __dir__ = operators_of(globals(), "")
