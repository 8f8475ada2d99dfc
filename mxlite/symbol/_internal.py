"""`mx.sym._internal`: the operators whose names begin with an underscore, as in MXNet."""

from .cached_op import inlined as _inlined
from .modules import operators_of as _operators_of

_CachedOp = _inlined
__getattr__, __dir__ = _operators_of(globals(), "", hidden=True)
