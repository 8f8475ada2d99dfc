# cython: language_level=3, boundscheck=False, wraparound=False
"""Python's operators on arrays: + - * / % ** comparisons and [], without a Python frame."""

import numbers

from numpy import integer as np_integer

cimport cython

from libc.stdint cimport int64_t

from ..device.core cimport Operator, mx_scalar
from ..device.memory cimport make_spec
from .array cimport ArrayBase, are_alike, are_dense, are_numpy, flags, is_numpy, share
from .run cimport has_graph, invoke

from ..base import MXNetError, MXNetIndexError, MXNetTypeError
from ..ops.python_operators import FORMS, NUMPY_FORMS
from ..ops.schema import REGISTRY


cdef extern from *:
    """
    static void mx_take_operators(PyTypeObject *kind, const PyTypeObject *base) {
      PyNumberMethods *to = kind->tp_as_number;
      const PyNumberMethods *from = base->tp_as_number;
      to->nb_add = from->nb_add;
      to->nb_subtract = from->nb_subtract;
      to->nb_multiply = from->nb_multiply;
      to->nb_true_divide = from->nb_true_divide;
      to->nb_floor_divide = from->nb_floor_divide;
      to->nb_remainder = from->nb_remainder;
      to->nb_power = from->nb_power;
      kind->tp_as_mapping->mp_subscript = base->tp_as_mapping->mp_subscript;
    }
    """
    void mx_take_operators(type kind, type base) noexcept
    long long PyLong_AsLongLongAndOverflow(object number, int *overflow) except? -1

cdef str MIXED = ("an NDArray of mx.nd and an array of mx.np are not mixed: x.as_np_ndarray() and "
                  "x.as_nd_ndarray() are x as the other kind, over the same memory")
cdef tuple FLOATING = ("float64", "float16", "bfloat16", "bool")


cdef class Trio:
    """What a Python operator runs: on two arrays, an array and a number, a number and an array."""
    cdef Operator arrays, scalar, reflected
    cdef str name
    cdef Trio numpy             # of arrays of mx.np, with integers
    cdef Trio fraction          # of arrays of mx.np, with other numbers


cdef Trio trio_of(object forms, dict params):
    cdef Trio self = Trio.__new__(Trio)
    self.arrays = REGISTRY[forms.array].make({})
    self.scalar, self.reflected = [REGISTRY[form].make(dict(params))
                                   for form in (forms.scalar, forms.reflected)]
    return self


cdef Trio trio(str name):
    cdef Trio self = trio_of(FORMS[name], {})
    self.name = FORMS[name].function
    if name in NUMPY_FORMS:
        self.numpy = trio_of(NUMPY_FORMS[name], {"is_int": True})
        self.fraction = trio_of(NUMPY_FORMS[name], {"is_int": False})
    return self


cdef Trio ADD = trio("add"), SUB = trio("sub"), MUL = trio("mul"), DIV = trio("div")
cdef Trio MOD = trio("mod"), FLOOR_DIV = trio("floor_div"), POWER = trio("power")
cdef Trio EQUAL = trio("equal")
cdef Trio NOT_EQUAL = trio("not_equal"), GREATER = trio("greater"), LESSER = trio("lesser")
cdef Trio GREATER_EQUAL = trio("greater_equal"), LESSER_EQUAL = trio("lesser_equal")
cdef object from_anything, get_item, set_item, run_with_number


def bind_indexing(convert, getitem, setitem, with_number):
    """Called once by the package: how other arrays become NDArrays, what is behind [], and what
    runs a scalar operator on an array of integers and any number."""
    global from_anything, get_item, set_item, run_with_number
    from_anything, get_item, set_item, run_with_number = convert, getitem, setitem, with_number


cdef inline object two(Operator op, ArrayBase a, ArrayBase b, object out):
    cdef void *inputs[2]
    inputs[0], inputs[1] = <void *>a, <void *>b
    return invoke(op, inputs, 2, NULL, out)


cdef inline object with_scalar(Operator op, ArrayBase a, double value, object out):
    cdef void *inputs[1]
    cdef mx_scalar scalar
    inputs[0] = <void *>a
    scalar.f = value
    return invoke(op, inputs, 1, &scalar, out)


cdef inline object with_number(Operator op, ArrayBase a, object b, object out):
    """With a Python or NumPy number. Small ones are exact in every dtype and fit into it."""
    cdef int overflow = 0
    cdef long long value
    if type(b) is int:
        value = PyLong_AsLongLongAndOverflow(b, &overflow)
        if overflow == 0 and (0 <= value <= 127 or (
                a.spec.itemsize > 1 and -2147483648 <= value <= 2147483647)):
            return with_scalar(op, a, <double>value, out)
    if a.spec.dtype == "float32" or a.spec.dtype in FLOATING or (
            type(b) is float and is_numpy(a)):
        return with_scalar(op, a, b, out)
    return run_with_number(op, a, b, out)


cdef object binary(Trio ops, ArrayBase a, object b, object out, bint is_reflected):
    """a op b; if reflected, b op a."""
    if isinstance(b, ArrayBase):
        if not are_dense(a, <ArrayBase>b):
            if not are_alike(a, <ArrayBase>b):
                raise MXNetTypeError(f"{ops.name}: {MIXED}")
            if is_numpy(a):
                ops = ops.numpy
        return (two(ops.arrays, <ArrayBase>b, a, out) if is_reflected
                else two(ops.arrays, a, <ArrayBase>b, out))
    if is_numpy(a):
        ops = (ops.fraction if type(b) is float or not isinstance(b, (int, np_integer))
               else ops.numpy)
    if isinstance(b, (float, int, numbers.Number)):
        return with_number(ops.reflected if is_reflected else ops.scalar, a, b, out)
    if hasattr(b, "__array__"):
        if getattr(b, "ndim", 1) == 0:
            return with_number(ops.reflected if is_reflected else ops.scalar, a, b.item(), out)
        b = from_anything(b, a.spec.ctx, a.spec.dtype)
        return (two(ops.arrays, <ArrayBase>b, a, out) if is_reflected
                else two(ops.arrays, a, <ArrayBase>b, out))
    return NotImplemented


cdef object is_unlike(Trio ops, ArrayBase a, object b, bint truth):
    """What comparing with something else is; a list of numbers would be an array in NumPy."""
    if is_numpy(a) and isinstance(b, (list, tuple)):
        raise MXNetTypeError(f"{ops.name}: x2 must be an array of mx.np; got {type(b).__name__}; "
                             "mx.np.array(x) makes an array of it")
    return truth


cdef object either(object a, Trio ops, object b):
    """a op b, where one of them is an array."""
    if are_dense(<ArrayBase>a, <ArrayBase>b):
        return two(ops.arrays, <ArrayBase>a, <ArrayBase>b, None)
    if are_numpy(<ArrayBase>a, <ArrayBase>b):
        return two(ops.numpy.arrays, <ArrayBase>a, <ArrayBase>b, None)
    if isinstance(a, ArrayBase):
        return binary(ops, <ArrayBase>a, b, None, False)
    return binary(ops, <ArrayBase>b, a, None, True)


@cython.no_gc
@cython.c_api_binop_methods(True)
cdef class OperatorArray(ArrayBase):
    """An array with Python's operators. `a` or `b` of two operands is the array, or both are."""

    __array_priority__ = 1000.0

    def __add__(a, b):
        return either(a, ADD, b)

    def __iadd__(self, other):
        return binary(ADD, self, other, self, False)

    def __sub__(a, b):
        return either(a, SUB, b)

    def __isub__(self, other):
        return binary(SUB, self, other, self, False)

    def __mul__(a, b):
        return either(a, MUL, b)

    def __imul__(self, other):
        return binary(MUL, self, other, self, False)

    def __truediv__(a, b):
        return either(a, DIV, b)

    def __itruediv__(self, other):
        return binary(DIV, self, other, self, False)

    def __floordiv__(a, b):
        return either(a, FLOOR_DIV, b)

    def __ifloordiv__(self, other):
        return binary(FLOOR_DIV, self, other, self, False)

    def __mod__(a, b):
        return either(a, MOD, b)

    def __imod__(self, other):
        return binary(MOD, self, other, self, False)

    def __pow__(a, b, modulo):
        return either(a, POWER, b)

    def __neg__(self):
        return with_scalar(MUL.numpy.scalar if is_numpy(self) else MUL.scalar, self, -1.0, None)

    def __pos__(self):
        return self

    def __eq__(self, other):
        result = binary(EQUAL, self, other, None, False)
        return is_unlike(EQUAL, self, other, False) if result is NotImplemented else result

    def __ne__(self, other):
        result = binary(NOT_EQUAL, self, other, None, False)
        return is_unlike(NOT_EQUAL, self, other, True) if result is NotImplemented else result

    def __gt__(self, other):
        return binary(GREATER, self, other, None, False)

    def __ge__(self, other):
        return binary(GREATER_EQUAL, self, other, None, False)

    def __lt__(self, other):
        return binary(LESSER, self, other, None, False)

    def __le__(self, other):
        return binary(LESSER_EQUAL, self, other, None, False)

    def __hash__(self):
        return <Py_ssize_t><void *>self >> 4

    def __getitem__(self, key):
        cdef int64_t row, length
        cdef ArrayBase view
        if type(key) is int and self.spec.ndim > 1 and not flags().recording:
            length = self.spec.shape[0]
            row = key
            if row < -length or row >= length:
                raise MXNetIndexError(
                    f"index {key} is out of bounds for axis 0 of an array of shape "
                    f"{self.spec.shape}")
            row += length * (row < 0)
            view = share(self, make_spec(self.spec.shape[1:], self.spec.dtype, self.spec.ctx),
                         row * (self.spec.nbytes // length))
            if self.node is not None:
                view.index = -1
            return view
        return get_item(self, key)

    def __setitem__(self, key, value):
        if flags().recording and has_graph(self):
            raise MXNetError("x[...] = value: an array that a gradient is asked for cannot be "
                             "written in place inside autograd.record()")
        set_item(self, key, value)


def take_operators(type kind):
    """Called once by the package for a class derived from OperatorArray, which leaves + - * / // %
    ** and [] as they are: they are its own then, and no call looks for methods such as `__add__`
    first. Python undoes it where such a method is set later, and in classes derived from it."""
    if not issubclass(kind, OperatorArray):
        raise MXNetTypeError(f"take_operators: kind must be derived from OperatorArray; got {kind}")
    mx_take_operators(kind, OperatorArray)
