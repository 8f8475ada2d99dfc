# cython: language_level=3, boundscheck=False, wraparound=False
"""Python's operators on arrays: + - * / % ** comparisons and [], without a Python frame."""

import numbers

cimport cython

from libc.stdint cimport int64_t

from ..device.core cimport Operator, make_spec, mx_scalar
from .array cimport ArrayBase, flags, share
from .run cimport invoke

from ..base import MXNetError, MXNetIndexError

# Python's operators: name -> (array op array, array op scalar, scalar op array)
cdef Operator ADD, ADD_S, SUB, SUB_S, RSUB_S, MUL, MUL_S, DIV, DIV_S, RDIV_S, MOD, MOD_S, RMOD_S
cdef Operator POW, POW_S, RPOW_S, EQ, EQ_S, NE, NE_S, GT, GT_S, GE, GE_S, LT, LT_S, LE, LE_S
cdef object from_anything, get_item, set_item


def bind_operators(convert, getitem, setitem, dict table):
    """Called once by the package: what is behind + - * / and []."""
    global from_anything, get_item, set_item
    global ADD, ADD_S, SUB, SUB_S, RSUB_S, MUL, MUL_S, DIV, DIV_S, RDIV_S, MOD, MOD_S, RMOD_S
    global POW, POW_S, RPOW_S, EQ, EQ_S, NE, NE_S, GT, GT_S, GE, GE_S, LT, LT_S, LE, LE_S
    from_anything, get_item, set_item = convert, getitem, setitem
    ADD, ADD_S = table["broadcast_add"], table["_plus_scalar"]
    SUB, SUB_S, RSUB_S = table["broadcast_sub"], table["_minus_scalar"], table["_rminus_scalar"]
    MUL, MUL_S = table["broadcast_mul"], table["_mul_scalar"]
    DIV, DIV_S, RDIV_S = table["broadcast_div"], table["_div_scalar"], table["_rdiv_scalar"]
    MOD, MOD_S, RMOD_S = table["broadcast_mod"], table["_mod_scalar"], table["_rmod_scalar"]
    POW, POW_S, RPOW_S = table["broadcast_power"], table["_power_scalar"], table["_rpower_scalar"]
    EQ, EQ_S = table["broadcast_equal"], table["_equal_scalar"]
    NE, NE_S = table["broadcast_not_equal"], table["_not_equal_scalar"]
    GT, GT_S = table["broadcast_greater"], table["_greater_scalar"]
    GE, GE_S = table["broadcast_greater_equal"], table["_greater_equal_scalar"]
    LT, LT_S = table["broadcast_lesser"], table["_lesser_scalar"]
    LE, LE_S = table["broadcast_lesser_equal"], table["_lesser_equal_scalar"]


OPERATOR_NAMES = """broadcast_add _plus_scalar broadcast_sub _minus_scalar _rminus_scalar
    broadcast_mul _mul_scalar broadcast_div _div_scalar _rdiv_scalar broadcast_mod _mod_scalar
    _rmod_scalar broadcast_power _power_scalar _rpower_scalar broadcast_equal _equal_scalar
    broadcast_not_equal _not_equal_scalar broadcast_greater _greater_scalar
    broadcast_greater_equal _greater_equal_scalar broadcast_lesser _lesser_scalar
    broadcast_lesser_equal _lesser_equal_scalar""".split()


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


cdef object binary(Operator op, Operator scalar_op, ArrayBase a, object b, object out, bint flip):
    """a op b; with flip, b op a. scalar_op is the one for that side already."""
    if isinstance(b, ArrayBase):
        return two(op, <ArrayBase>b, a, out) if flip else two(op, a, <ArrayBase>b, out)
    if isinstance(b, (float, int, numbers.Number)):
        return with_scalar(scalar_op, a, b, out)
    if hasattr(b, "__array__"):
        if getattr(b, "ndim", 1) == 0:
            return with_scalar(scalar_op, a, float(b), out)
        b = from_anything(b, a.spec.ctx, a.spec.dtype)
        return two(op, <ArrayBase>b, a, out) if flip else two(op, a, <ArrayBase>b, out)
    return NotImplemented


@cython.no_gc
cdef class OperatorArray(ArrayBase):
    """An array with Python's operators."""

    __array_priority__ = 1000.0
    __array_ufunc__ = None

    def __add__(self, other):
        return binary(ADD, ADD_S, self, other, None, False)

    def __radd__(self, other):
        return binary(ADD, ADD_S, self, other, None, True)

    def __iadd__(self, other):
        return binary(ADD, ADD_S, self, other, self, False)

    def __sub__(self, other):
        return binary(SUB, SUB_S, self, other, None, False)

    def __rsub__(self, other):
        return binary(SUB, RSUB_S, self, other, None, True)

    def __isub__(self, other):
        return binary(SUB, SUB_S, self, other, self, False)

    def __mul__(self, other):
        return binary(MUL, MUL_S, self, other, None, False)

    def __rmul__(self, other):
        return binary(MUL, MUL_S, self, other, None, True)

    def __imul__(self, other):
        return binary(MUL, MUL_S, self, other, self, False)

    def __truediv__(self, other):
        return binary(DIV, DIV_S, self, other, None, False)

    def __rtruediv__(self, other):
        return binary(DIV, RDIV_S, self, other, None, True)

    def __itruediv__(self, other):
        return binary(DIV, DIV_S, self, other, self, False)

    def __mod__(self, other):
        return binary(MOD, MOD_S, self, other, None, False)

    def __rmod__(self, other):
        return binary(MOD, RMOD_S, self, other, None, True)

    def __imod__(self, other):
        return binary(MOD, MOD_S, self, other, self, False)

    def __pow__(self, other, modulo):
        return binary(POW, POW_S, self, other, None, False)

    def __rpow__(self, other, modulo):
        return binary(POW, RPOW_S, self, other, None, True)

    def __neg__(self):
        return with_scalar(MUL_S, self, -1.0, None)

    def __pos__(self):
        return self

    def __eq__(self, other):
        result = binary(EQ, EQ_S, self, other, None, False)
        return False if result is NotImplemented else result

    def __ne__(self, other):
        result = binary(NE, NE_S, self, other, None, False)
        return True if result is NotImplemented else result

    def __gt__(self, other):
        return binary(GT, GT_S, self, other, None, False)

    def __ge__(self, other):
        return binary(GE, GE_S, self, other, None, False)

    def __lt__(self, other):
        return binary(LT, LT_S, self, other, None, False)

    def __le__(self, other):
        return binary(LE, LE_S, self, other, None, False)

    def __hash__(self):
        return <Py_ssize_t><void *>self >> 4

    def __getitem__(self, key):
        cdef int64_t row, length
        if type(key) is int and self.spec.ndim > 1 and not flags().recording:
            length = self.spec.shape[0]
            row = key
            if row < -length or row >= length:
                raise MXNetIndexError(
                    f"index {key} is out of bounds for axis 0 of an array of shape "
                    f"{self.spec.shape}")
            row += length * (row < 0)
            return share(self, make_spec(self.spec.shape[1:], self.spec.dtype, self.spec.ctx),
                         row * (self.spec.nbytes // length))
        return get_item(self, key)

    def __setitem__(self, key, value):
        if flags().recording and self.node is not None and self.node.explicit:
            raise MXNetError("x[...] = value: an array that a gradient is asked for cannot be "
                             "written in place inside autograd.record()")
        set_item(self, key, value)
