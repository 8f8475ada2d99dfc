"""`mx.sym._internal`: the operators whose names begin with an underscore, as in MXNet."""

from .modules import operators_of

__getattr__, __dir__ = operators_of(globals(), "", hidden=True)
