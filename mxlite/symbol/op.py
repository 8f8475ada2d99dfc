"""All operators as functions of Symbols. The same names are in `mx.sym`."""

from .modules import operators_of as _operators_of

__getattr__, __dir__ = _operators_of(globals(), "")
