"""`mx.sym.image`: the operators whose full names begin with `_image_`."""

from .modules import operators_of

__getattr__, __dir__ = operators_of(globals(), "_image_")
