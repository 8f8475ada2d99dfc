# cython: language_level=3, boundscheck=False, wraparound=False
"""`mx.nd.<operator>`: the callables made from the table of operators."""

import types


from ..device.core cimport Operator
from .array cimport ArrayBase
from .run cimport invoke

from ..ops.bind import bind, docstring, signature
from .run import invoke_list

from math import copysign


cdef class OpFunction:
    """An operator as a function of arrays; in a class, a method of its first array."""

    cdef readonly object op              # the Op class
    cdef readonly str __name__
    cdef readonly str module_name
    cdef dict known                      # keyword arguments -> Operator
    cdef int num_inputs, num_required
    cdef bint is_plain                   # arrays first, no runtime parameters, not variadic
    cdef bint takes_ctx

    def __init__(self, op, str name, str module="mxlite.ndarray"):
        self.op, self.__name__, self.module_name = op, name, module
        self.known = {}
        self.num_inputs = len(op.inputs)
        self.num_required = sum([not entry.optional for entry in op.inputs])
        self.takes_ctx = not op.inputs
        self.is_plain = bool(op.inputs) and not op.runtime_params and not op.random and not any(
            [entry.variadic for entry in op.inputs])

    def __call__(self, *args, **kwargs):
        cdef Operator op
        cdef object out = None
        cdef int count = len(args)
        cdef void *inputs[16]
        if kwargs:
            out = kwargs.pop("out", None)
            if "name" not in self.op.params:
                kwargs.pop("name", None)
        if self.is_plain and self.num_required <= count <= self.num_inputs and count <= 16:
            for i in range(count):
                if not isinstance(args[i], ArrayBase):
                    return self.general(args, kwargs, out)
                inputs[i] = <void *>args[i]
            op = self.lookup(kwargs)
            if op is not None:
                return invoke(op, inputs, count, NULL, out)
        return self.general(args, kwargs, out)

    cdef Operator lookup(self, dict kwargs):
        """The operator for these keyword arguments if they came before; None: use bind()."""
        cdef tuple key
        for value in kwargs.values():
            if isinstance(value, ArrayBase):
                return None
            if type(value) is float and value == 0.0 and copysign(1.0, value) < 0:
                return None
        key = tuple(kwargs.items())
        try:
            found = self.known.get(key)
        except TypeError:
            return None
        if found is None:
            found = self.op.make(dict(kwargs))
            if len(self.known) > 1024:
                self.known.clear()
            self.known[key] = found
        return <Operator>found

    cdef object general(self, tuple args, dict kwargs, object out):
        ctx = None
        if self.takes_ctx:
            ctx = kwargs.pop("ctx", None)
            if ctx is not None:
                from ..device.context import as_context
                ctx = as_context(ctx)
        op, arrays, values = bind(self.op, ArrayBase, args, kwargs)
        return invoke_list(op, arrays, values, out, ctx)

    def __get__(self, instance, owner):
        return self if instance is None else types.MethodType(self, instance)

    @property
    def __signature__(self):
        return signature(self.op)

    @property
    def __doc__(self):
        return docstring(self.op)

    @property
    def __qualname__(self):
        return self.__name__

    def __repr__(self):
        return f"<function {self.module_name}.{self.__name__}>"

    def __reduce__(self):
        return _refer, (self.__name__, self.module_name)


def _refer(name, module):
    from ..ops.schema import REGISTRY
    return OpFunction(REGISTRY[name], name, module)
