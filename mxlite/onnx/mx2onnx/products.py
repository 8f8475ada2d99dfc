"""Matrix products, and those of attention."""

from __future__ import annotations

import math

from .call import Call
from .graph import Free, Length
from .pointwise import times
from .table import translation


def flipped(call: Call, name: str, ndim: int) -> str:
    """A stack of matrices, each transposed."""
    return call.transposed(name, [*range(ndim - 2), ndim - 1, ndim - 2])


@translation("dot")
def dot(call: Call) -> str:
    """As a product of two matrices, whose other axes are joined."""
    a, b = call.inputs
    lhs, rhs = a.name, b.name
    if call.op.transpose_a:
        lhs = call.transposed(lhs, [*range(1, a.ndim), 0])
    if call.op.transpose_b:
        rhs = call.transposed(rhs, [b.ndim - 1, *range(b.ndim - 1)])
    depth = a.shape[0 if call.op.transpose_a else -1]
    if a.ndim > 2 and b.ndim > 2:
        lhs = call.reshaped(lhs, (-1, depth))
    if b.ndim > 2:
        rest = b.shape[:-1] if call.op.transpose_b else b.shape[1:]
        rhs = call.reshaped(rhs, (depth, math.prod(call.fixed(rest))))
    made = call.add("MatMul", lhs, rhs)
    if b.ndim > 2 or a.ndim == b.ndim == 1:
        return call.reshaped(made, call.out.shape)
    return made


def product(call: Call, transpose_a: bool, transpose_b: bool) -> str:
    """The first two inputs, stacks of matrices, multiplied."""
    (a, b), ndims = call.inputs[:2], [array.ndim for array in call.inputs]
    lhs = flipped(call, a.name, ndims[0]) if transpose_a else a.name
    rhs = flipped(call, b.name, ndims[1]) if transpose_b else b.name
    return call.add("MatMul", lhs, rhs)


@translation("batch_dot")
def batch_dot(call: Call) -> str:
    return product(call, call.op.transpose_a, call.op.transpose_b)


@translation("_linalg_gemm2", "_linalg_gemm")
def gemm(call: Call) -> str:
    op = call.op
    if op.axis not in (-2, call.ndim - 2):
        raise call.refused(f"axis must be -2; got {op.axis}")
    made = product(call, op.transpose_a, op.transpose_b)
    made = made if op.alpha == 1 else times(call, made, op.alpha, call.dtype)
    if op.name == "_linalg_gemm2":
        return made
    added = call.inputs[2].name
    return call.add("Add", made, added if op.beta == 1 else times(call, added, op.beta,
                                                                  call.dtype))


@translation("_linalg_syrk")
def syrk(call: Call) -> str:
    turned = flipped(call, call.data, call.ndim)
    pair = (turned, call.data) if call.op.transpose else (call.data, turned)
    made = call.add("MatMul", *pair)
    return made if call.op.alpha == 1 else times(call, made, call.op.alpha, call.dtype)


@translation("_npi_matmul")
def matmul(call: Call) -> str:
    return call.add("MatMul", call.input_as(0, call.out.dtype), call.input_as(1, call.out.dtype))


@translation("_npi_einsum")
def einsum(call: Call) -> str:
    return call.add("Einsum", *[call.input_as(i, call.out.dtype) for i in range(len(call.inputs))],
                    equation=call.op.subscripts)


@translation("_triangle")
def triangle(call: Call) -> str:
    return call.add("Trilu", call.data, call.constant(call.op.k, "int64"), upper=int(call.op.upper))


@translation("khatri_rao")
def khatri_rao(call: Call) -> str:
    """Columns of the first matrix by those of the next, row by row."""
    made, rows = call.inputs[0].name, call.fixed(call.shape)[0]
    for array in call.inputs[1:]:
        more, columns = call.fixed(array.shape)
        rows *= more
        pair = call.add("Mul", call.expanded(made, 1), call.expanded(array.name, 0))
        made = call.reshaped(pair, (rows, columns))
    return made


# Attention: queries, keys and values lie interleaved in one array, head by head -------------------

def _parts(call: Call, i: int, count: int) -> list[str]:
    """The parts of the heads of an input (L, N, heads * count * D): (N * heads, L, D) each."""
    array, heads = call.inputs[i], call.op.heads
    length, batch, width = array.shape
    size = call.fixed((width,))[0] // (heads * count)
    apart = call.reshaped(array.name, (length, _times(batch, heads), count, size))
    apart = call.transposed(apart, (2, 1, 0, 3))
    if count == 1:
        return [call.squeezed(apart, 0)]
    parts = call.add_all("Split", count, apart, call.ints([1] * count), axis=0)
    return [call.squeezed(part, 0) for part in parts]


def _times(length: Length, factor: int) -> Length:
    if isinstance(length, Free):
        return Free(length.first * factor, length.second * factor)
    return length * factor


def _scores(call: Call, queries: str, keys: str, width: Length, count: int) -> str:
    size = call.fixed((width,))[0] // (call.op.heads * count)
    queries = times(call, queries, 1 / math.sqrt(max(size, 1)), call.dtype)
    return call.add("MatMul", queries, flipped(call, keys, 3))


def _mixed(call: Call, values: str) -> str:
    """attention @ values as (L, N, heads * D)."""
    made = call.add("MatMul", call.inputs[1].name, values)
    return call.reshaped(call.transposed(made, (1, 0, 2)), call.out.shape)


@translation("_contrib_interleaved_matmul_selfatt_qk")
def self_scores(call: Call) -> str:
    queries, keys, _ = _parts(call, 0, 3)
    return _scores(call, queries, keys, call.shape[2], 3)


@translation("_contrib_interleaved_matmul_selfatt_valatt")
def self_values(call: Call) -> str:
    return _mixed(call, _parts(call, 0, 3)[2])


@translation("_contrib_interleaved_matmul_encdec_qk")
def encoder_scores(call: Call) -> str:
    return _scores(call, _parts(call, 0, 1)[0], _parts(call, 1, 2)[0], call.shape[2], 1)


@translation("_contrib_interleaved_matmul_encdec_valatt")
def encoder_values(call: Call) -> str:
    return _mixed(call, _parts(call, 0, 2)[1])


@translation("_contrib_div_sqrt_dim")
def div_sqrt_dim(call: Call) -> str:
    size = call.fixed(call.shape[-1:])[0]
    return times(call, call.data, 1 / math.sqrt(max(size, 1)), call.dtype)
