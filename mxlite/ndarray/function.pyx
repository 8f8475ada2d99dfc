# cython: language_level=3, boundscheck=False, wraparound=False
"""`mx.nd.<operator>`: the callables made from the table of operators."""

import types
from math import copysign

from ..device.core cimport MAX_SCALARS, Operator, mx_scalar
from .array cimport ArrayBase
from .run cimport fill_key, invoke

from ..ops.bind import bind, docstring, signature
from .run import EXACT, invoke_list


cdef class OpFunction:
    """An operator as a function of arrays; in a class, a method of its first array."""

    cdef readonly object op              # the Op class
    cdef readonly str __name__
    cdef readonly str module_name
    cdef dict known                      # keyword arguments -> Operator
    cdef int num_inputs, num_required
    cdef int num_key_words               # of scalars before the runtime parameters
    cdef bint is_plain                   # arrays first, not variadic, few runtime parameters
    cdef bint takes_ctx
    cdef tuple runtime                   # (name, default, whether it has bounds) of each

    def __init__(self, op, str name, str module="mxlite.ndarray"):
        self.op, self.__name__, self.module_name = op, name, module
        self.known = {}
        self.num_inputs = len(op.inputs)
        self.num_key_words = 2 if op.random is True else 0
        self.num_required = sum([not entry.optional for entry in op.inputs])
        self.takes_ctx = not op.inputs
        params = [op.params[name] for name in op.runtime_params]
        self.runtime = tuple([(each.name, each.default, each.has_bounds) for each in params])
        self.is_plain = bool(op.inputs) and not any([entry.variadic for entry in op.inputs])

    def __call__(self, *args, **kwargs):
        cdef Operator op
        cdef object out = None
        cdef int count = len(args), i
        cdef void *inputs[16]
        cdef mx_scalar scalars[MAX_SCALARS]
        if kwargs:
            out = kwargs.pop("out", None)
            if "name" not in self.op.params:
                kwargs.pop("name", None)
        if self.is_plain and self.num_required <= count <= self.num_inputs and count <= 16:
            for i in range(count):
                if not isinstance(args[i], ArrayBase):
                    return self.general(args, kwargs, out)
                inputs[i] = <void *>args[i]
            if self.runtime:
                rest = self.take_runtime(kwargs, scalars + self.num_key_words)
                op = None if rest is None else self.lookup(rest)
            else:
                op = self.lookup(kwargs)
            if op is not None:
                if op.needs_key:
                    fill_key(scalars)
                return invoke(op, inputs, count, scalars, out)
        return self.general(args, kwargs, out)

    cdef dict take_runtime(self, dict kwargs, mx_scalar *scalars):
        """The keyword arguments without the runtime parameters, whose values are written to
        `scalars`; None: use bind()."""
        cdef dict rest = dict(kwargs)
        cdef int i = 0
        for name, default, has_bounds in self.runtime:
            value = rest.pop(name, default)
            if has_bounds or type(value) is not float and (
                    type(value) is not int or not -EXACT <= value <= EXACT):
                return None
            scalars[i].f = value
            i += 1
        return rest

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
            operator = self.known.get(key)
        except TypeError:
            return None
        if operator is None:
            operator = self.op.make(dict(kwargs))
            if len(self.known) > 1024:
                self.known.clear()
            self.known[key] = operator
        return <Operator>operator

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
