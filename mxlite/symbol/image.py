"""`mx.sym.image`: the operators whose full names begin with `_image_`."""

from .modules import operators_of as _operators_of

__getattr__, __dir__ = _operators_of(globals(), "_image_")
