"""Products of matrices."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts


@converts("MatMul")
def _matmul(call: Call) -> Symbol:
    return multiplied(call, call.sym(0), call.sym(1), call.is_float())


def multiplied(call: Call, left: Symbol, right: Symbol, is_float: bool,
               places: tuple[int, int] = (0, 1)) -> Symbol:
    """The product of stacks of matrices, which are the inputs at these places of the node, or made
    of them."""
    ranks = [call.rank(place) for place in places]
    if ranks[1] <= 2:
        return sym.dot(left, right)
    stacks = [call.lengths(place)[:-2] for place in places]
    if is_float and ranks[0] == ranks[1] and stacks[0] == stacks[1]:
        return sym.batch_dot(left, right) if ranks[0] == 3 else sym.linalg.gemm2(left, right)
    return sym._internal._npi_matmul(left, right)


@converts("Gemm")
def _gemm(call: Call) -> Symbol:
    data, weight = call.sym(0), call.sym(1)
    alpha, beta = call.attr("alpha", 1.0), call.attr("beta", 1.0)
    turn_data, turn_weight = bool(call.attr("transA", 0)), bool(call.attr("transB", 0))
    if turn_data:
        data = sym.transpose(data, axes=(1, 0))
    rows = call.shape(1)[0 if turn_weight else 1]
    has_bias = call.has(2) and beta == 1.0 and alpha == 1.0 and call.shape(2) == (rows,)
    if turn_weight and rows is not None and (alpha == 1.0 or not has_bias):
        inputs = [data, weight, call.sym(2)] if has_bias else [data, weight]
        product = sym.FullyConnected(*inputs, num_hidden=rows, no_bias=not has_bias)
        if has_bias:
            return product
    else:
        product = sym.dot(data, weight, transpose_b=turn_weight)
    if alpha != 1.0:
        product = product * alpha
    if not call.has(2):
        return product
    bias = call.sym(2)
    return sym.broadcast_add(product, bias if beta == 1.0 else bias * beta)


@converts("Einsum")
def _einsum(call: Call) -> Symbol:
    equation = call.attr("equation").replace(" ", "")
    return sym._internal._npi_einsum(*call.syms(), subscripts=equation)


@converts("FC")
def _fully_connected(call: Call) -> Symbol:
    """Caffe2's: data of any rank by a weight (num_hidden, inputs)."""
    call.choice("axis", 1, 1)
    call.choice("axis_w", 1, 1)
    rows = call.fixed_shape(1, "the weight")[0]
    return sym.FullyConnected(call.sym(0), call.sym(1), call.sym(2), num_hidden=rows)


@converts("Det")
def _det(call: Call) -> Symbol:
    return sym.linalg.det(call.sym())
