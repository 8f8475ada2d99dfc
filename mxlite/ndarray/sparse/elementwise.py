"""Rules of operators that work element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetValueError
from ...ops.schema import REGISTRY
from ..array import wrap_numpy
from ..ndarray import NDArray
from ..run import invoke_list
from .arrays import BaseSparseNDArray
from .dispatch import DENSE, Call, dense_of, rule, run
from .making import converted, from_parts, make
from .parts import empty_parts, rows_of_csr, spread, union_of

# f(0) = 0, so that the result has the zeros of the array
KEEPS_ZEROS = """abs arcsin arcsinh arctan arctanh cbrt ceil degrees expm1 fix floor log1p negative
    radians relu rint round sign sin sinh sqrt square tan tanh trunc _contrib_round_ste
    _contrib_sign_ste""".split()
_COMPARISONS = {
    "_equal_scalar": lambda s: s == 0, "_not_equal_scalar": lambda s: s != 0,
    "_greater_scalar": lambda s: s < 0, "_greater_equal_scalar": lambda s: s <= 0,
    "_lesser_scalar": lambda s: s > 0, "_lesser_equal_scalar": lambda s: s >= 0}


def with_values(array: BaseSparseNDArray, values: NDArray) -> Any:
    """An array with other values at the same places."""
    return make(array.stype, array.shape, (values, *array._parts[1:]))


@rule(*KEEPS_ZEROS, recorded=True)
def keep_zeros(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray):
        return DENSE
    if call.op.name == "square":
        call.gradients = lambda dy: [run("elemwise_mul", _times(x, 2.0), dy)]
    elif call.op.name == "negative":
        call.gradients = lambda dy: [run("negative", dy)]
    return with_values(x, call.run(x._parts[0]))


@rule("_copy", "_copyto", "BlockGrad", "make_loss", "Cast", recorded=True)
def copy(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray):
        return DENSE
    if call.op.name in ("_copy", "_copyto"):
        call.gradients = lambda dy: [dy]
    elif call.op.name == "BlockGrad":
        call.gradients = lambda dy: [None]
    elif call.op.name == "Cast":
        call.gradients = lambda dy: [dy.astype(x._dtype_name)]
    return with_values(x, call.run(x._parts[0]))


@rule("zeros_like", recorded=True)
def zeros_like(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray):
        return DENSE
    call.gradients = lambda dy: [None]
    result = zeros_of(x, x.stype)
    return result if call.op.dtype is None else result.astype(call.op.dtype)


@rule("_zeros_of_storage")
def zeros_of_storage(call: Call) -> Any:
    x, = call.arrays
    return DENSE if call.op.stype == "default" else zeros_of(x, call.op.stype)


def zeros_of(x: NDArray, stype: str) -> Any:
    """Zeros of the same shape, dtype and context."""
    if stype == "csr" and x.ndim != 2:
        raise MXNetValueError(f"a csr array must have two axes; got shape {x.shape}")
    return from_parts(stype, x.shape, empty_parts(stype, x.shape, x.dtype), x.ctx, x._dtype_name)


@rule("cast_storage", recorded=True)
def cast_storage(call: Call) -> Any:
    call.gradients = lambda dy: [dy]
    return converted(call.arrays[0], call.op.stype)


# With numbers -------------------------------------------------------------------------------------

def _times(x: NDArray, factor: float) -> NDArray:
    return invoke_list(REGISTRY["_mul_scalar"].make({}), [x], [factor])


@rule("_mul_scalar", "_div_scalar", recorded=True)
def scaled(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray):
        return DENSE
    op, values = call.op, call.values
    call.gradients = lambda dy: [invoke_list(op, [dy], values)]
    return with_values(x, call.run(x._parts[0]))


@rule("_plus_scalar", "_minus_scalar", recorded=True)
def moved(call: Call) -> Any:
    x, = call.arrays
    if call.values[0] or not isinstance(x, BaseSparseNDArray):
        return DENSE
    call.gradients = lambda dy: [dy]
    return with_values(x, call.run(x._parts[0]))


@rule("_scatter_plus_scalar", "_scatter_minus_scalar", recorded=True)
def scatter(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray):
        return DENSE
    plain = REGISTRY[call.op.name.replace("_scatter", "")].make({})
    call.gradients = lambda dy: [dy]
    return with_values(x, invoke_list(plain, [x._parts[0]], call.values))


@rule(*_COMPARISONS)
def compared(call: Call) -> Any:
    x, = call.arrays
    if not isinstance(x, BaseSparseNDArray) or _COMPARISONS[call.op.name](call.values[0]):
        return None
    return with_values(x, call.run(x._parts[0]))


@rule("clip")
def clip(call: Call) -> Any:
    x, = call.arrays
    low, high = call.values
    if not isinstance(x, BaseSparseNDArray) or not low <= 0 <= high:
        return None
    return with_values(x, call.run(x._parts[0]))


@rule("_contrib_quadratic")
def quadratic(call: Call) -> Any:
    x, = call.arrays
    if x.stype != "csr":
        return None
    return DENSE if call.values[2] else with_values(x, call.run(x._parts[0]))


# Two arrays ---------------------------------------------------------------------------------------

def _check_shapes(call: Call) -> None:
    first = call.arrays[0].shape
    for i, array in enumerate(call.arrays[1:], 1):
        if array.shape != first:
            raise MXNetValueError(f"{call.op.name}: all arrays must have shape {first}, as the "
                                  f"first has; input {i} has {array.shape}")


def combined(call: Call) -> Any:
    """The operator on all that one of two arrays of a storage type stores."""
    lhs, rhs = call.arrays
    left, right = lhs._host_parts, rhs._host_parts
    indices, at_left, at_right = union_of(lhs.stype, lhs.shape, left, right)
    count = len(indices[0])
    pair = [wrap_numpy(spread(parts[0], places, count), lhs.ctx, lhs._dtype_name)
            for parts, places in ((left, at_left), (right, at_right))]
    values = call.run(*pair)
    return make(lhs.stype, lhs.shape,
                (values, *[wrap_numpy(each, lhs.ctx, "int64") for each in indices]))


@rule("elemwise_add", "elemwise_sub", recorded=True)
def added(call: Call) -> Any:
    _check_shapes(call)
    sign = call.op.name == "elemwise_sub"
    if call.stypes[0] != call.stypes[1]:
        return DENSE if "default" in call.stypes else None
    call.gradients = lambda dy: [dy, run("negative", dy) if sign else dy]
    return combined(call)


@rule("_maximum", "_minimum", "_hypot")
def joined(call: Call) -> Any:
    _check_shapes(call)
    return combined(call) if call.stypes[0] == call.stypes[1] else None


def _at_places(sparse: BaseSparseNDArray, dense: NDArray) -> NDArray:
    """The values of a dense array where the sparse one stores some."""
    values, indices = dense._values(), sparse._host_parts[1]
    chosen = (values[indices] if sparse.stype == "row_sparse"
              else values[rows_of_csr(sparse._host_parts[2]), indices])
    return wrap_numpy(np.ascontiguousarray(chosen), dense.ctx, dense._dtype_name)


@rule("elemwise_mul", recorded=True)
def multiplied(call: Call) -> Any:
    _check_shapes(call)
    lhs, rhs = call.arrays
    if "row_sparse" in call.stypes and "csr" in call.stypes:
        return None
    call.gradients = lambda dy: [
        run("elemwise_mul", dy, rhs) if call.wanted[0] else None,
        run("elemwise_mul", dy, lhs) if call.wanted[1] else None]
    if call.stypes[0] == call.stypes[1]:
        return combined(call)
    if isinstance(lhs, BaseSparseNDArray):
        return with_values(lhs, call.run(lhs._parts[0], _at_places(lhs, rhs)))
    return with_values(rhs, call.run(_at_places(rhs, lhs), rhs._parts[0]))


@rule("elemwise_div")
def divided(call: Call) -> Any:
    _check_shapes(call)
    return None if call.stypes.count("csr") == 2 or {"row_sparse", "csr"} <= {*call.stypes} \
        else DENSE


@rule("_scatter_elemwise_div")
def scatter_div(call: Call) -> Any:
    _check_shapes(call)
    lhs, rhs = call.arrays
    if lhs.stype != "row_sparse":
        return None
    return with_values(lhs, run("elemwise_div", lhs._parts[0], _at_places(lhs, dense_of(rhs))))


@rule("broadcast_add", "broadcast_sub")
def broadcast_added(call: Call) -> Any:
    return DENSE if sorted(call.stypes) == ["csr", "default"] else None


@rule("broadcast_mul", "broadcast_div")
def broadcast_scaled(call: Call) -> Any:
    lhs, rhs = call.arrays
    if call.stypes != ["csr", "default"] or rhs.ndim > 2:
        return None
    if call.op.infer_shape(lhs.shape, rhs.shape)[0] != lhs.shape:
        return None
    wide = np.broadcast_to(rhs._values(), lhs.shape)
    rows, columns = rows_of_csr(lhs._host_parts[2]), lhs._host_parts[1]
    other = wrap_numpy(np.ascontiguousarray(wide[rows, columns]), rhs.ctx, rhs._dtype_name)
    name = call.op.name.replace("broadcast", "elemwise")
    return with_values(lhs, run(name, lhs._parts[0], other))


@rule("add_n", recorded=True)
def add_n(call: Call) -> Any:
    _check_shapes(call)
    kinds = {*call.stypes}
    if kinds == {"row_sparse"}:
        total = call.arrays[0]
        for array in call.arrays[1:]:
            total = run("elemwise_add", total, array)
        count = len(call.arrays)
        call.gradients = lambda dy: [dy] * count
        return total if len(call.arrays) > 1 else converted(total, "row_sparse")
    return None


@rule("_contrib_getnnz")
def getnnz(call: Call) -> Any:
    x, = call.arrays
    if x.stype != "csr":
        raise MXNetValueError(f"getnnz: data must be csr; got {x.stype!r}")
    indptr = x._host_parts[2]
    counts = np.diff(indptr) if call.op.axis == 1 else indptr[-1:].copy()
    call.gradients = lambda dy: [None]
    return wrap_numpy(counts, x.ctx, "int64")
