# cython: language_level=3, boundscheck=False, wraparound=False
"""`mx.nd.<operator>`: the callables made from the table of operators."""

import types
from math import copysign

from ..device.core cimport MAX_SCALARS, Operator, mx_scalar
from .array cimport ArrayBase, is_numpy
from .run cimport fill_key, invoke

from ..base import EXACT
from ..ops.bind import bind, docstring, out_by_place, passes_over, signature
from ..ops.numpy.functions.table import without_first
from .run import invoke_list


cdef class Named:
    """Base: a function with a name in a module; in a class, a method."""

    cdef readonly str __name__, module_name

    def __get__(self, instance, owner):
        return self if instance is None else types.MethodType(self, instance)

    @property
    def __qualname__(self):
        return self.__name__

    def __repr__(self):
        return f"<function {self.module_name}.{self.__name__}>"


cdef class OpFunction(Named):
    """An operator as a function of arrays; in a class, a method of its first array."""

    cdef readonly object op              # the Op class
    cdef dict known                      # keyword arguments -> Operator
    cdef Operator unparametrized         # that of no keyword arguments, once it was called
    cdef int num_inputs, num_required
    cdef int num_key_words               # of scalars before the runtime parameters
    cdef bint passes_over                # unknown keywords, see bind.py
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
        self.passes_over = passes_over(op)
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
            if kwargs and self.passes_over:
                return self.general(args, kwargs, out)
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
        if not kwargs:
            if self.unparametrized is None:
                self.unparametrized = self.op.make({})
            return self.unparametrized
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
        args, out = out_by_place(self.op, ArrayBase, args, out)
        op, arrays, values = bind(self.op, ArrayBase, args, kwargs)
        return invoke_list(op, arrays, values, out, ctx)

    @property
    def __signature__(self):
        return signature(self.op)

    @property
    def __doc__(self):
        return docstring(self.op)

    def __reduce__(self):
        return _refer, (self.__name__, self.module_name)


cdef bint is_plain_value(object value):
    """Whether the value may be part of a key: equal values of one type mean the same."""
    cdef type kind = type(value)
    if kind is float:
        return value != 0.0 or copysign(1.0, value) > 0
    if kind is tuple:
        for item in <tuple>value:
            if type(item) is not int:
                return False
        return True
    return kind is int or kind is str or kind is bool or kind is type or value is None


cdef class NumpyFunction(Named):
    """A function of mx.np, or in a class a method: calls that come to one operator on the very
    arrays that are given run it without Python, once that is known of the other arguments."""

    cdef readonly object function       # function(F, *args, **kwargs)
    cdef object watched                 # watched(function, args, kwargs, is_kept)
    cdef dict known                     # (number of arrays, other arguments) -> (Operator, values)

    def __init__(self, function, watched, str name, str module):
        self.function, self.watched, self.known = function, watched, {}
        self.__name__, self.module_name = name, module

    def __call__(self, *args, **kwargs):
        cdef int count = 0, i
        cdef void *inputs[4]
        cdef mx_scalar scalars[MAX_SCALARS]
        cdef Py_ssize_t given = len(args)
        cdef list rest
        while count < given and count < 4 and isinstance(args[count], ArrayBase):
            inputs[count] = <void *>args[count]
            count += 1
        if count == 0:
            return self.watched(self.function, args, kwargs, False)[0]
        if kwargs or count < given:
            rest = list(args[count:])
            for name, value in kwargs.items():
                rest.append(name)
                rest.append(value)
            for value in rest:
                if not is_plain_value(value):
                    return self.watched(self.function, args, kwargs, False)[0]
            key = (count, given, tuple(rest), tuple([type(value) for value in rest]))
        else:
            key = count
        found = self.known.get(key)
        if found is not None:
            i = 0
            for value in <tuple>(<tuple>found)[1]:
                scalars[i].f = value
                i += 1
            for i in range(count):
                if not is_numpy(<ArrayBase>inputs[i]):
                    return self.watched(self.function, args, kwargs, False)[0]
            return invoke(<Operator>(<tuple>found)[0], inputs, count, scalars, None)
        result, op, values = self.watched(self.function, args, kwargs, True)
        if op is not None:
            if len(self.known) > 1024:
                self.known.clear()
            self.known[key] = (op, values)
        return result

    @property
    def __signature__(self):
        return without_first(self.function)

    @property
    def __doc__(self):
        return self.function.__doc__

    def __reduce__(self):
        return _refer_numpy, (self.__name__, self.module_name)


def _refer_numpy(name, module):
    import importlib
    return getattr(importlib.import_module(module), name)


def _refer(name, module):
    from ..ops.schema import REGISTRY
    return OpFunction(REGISTRY[name], name, module)
