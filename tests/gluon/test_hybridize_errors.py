"""What hybridized blocks refuse: errors name the block, the input, and what to write instead."""

import pytest
from hybrid_blocks import Lambda, hybridized

import mxlite as mx
from mxlite import nd
from mxlite.gluon import nn


def with_a_variable(F, x):
    return x + (F.var("v") if F is mx.sym else 1)


x2 = nd.ones((2,))


@pytest.mark.parametrize("function, inputs, error, message", [
    (lambda F, x: x[0], [x2], mx.base.NotImplementedForSymbol,
     r"\[0\] of a Symbol takes one of its outputs, not elements"),
    (lambda F, x: x[0:1], [x2], mx.base.NotImplementedForSymbol, "not elements"),
    (lambda F, x: F.reshape(x, (x.shape[0], 1)), [x2], AttributeError,
     "no attribute 'shape': it has no values"),
    (lambda F, x: x if x.sum() > 0 else -x, [x2], mx.base.NotImplementedForSymbol,
     "cannot branch on values"),
    (lambda F, x: x.asnumpy(), [x2], mx.base.NotImplementedForSymbol, "Function asnumpy"),
    (lambda F, x: x + nd.ones((2,)), [x2], TypeError, "a Symbol is combined with Symbols and"),
    (lambda F, x: F.exp(nd.ones((2,))), [x2], TypeError, "exp: data must be a Symbol; got ND"),
    (lambda F, x: [x, 1], [x2], TypeError, "every output must be made with F of the inputs; got"),
    (lambda F, x: F.zeros((2,)), [x2], mx.MXNetError, "its outputs depend on none of its inputs"),
    (with_a_variable, [x2], mx.MXNetError, "has a variable 'v', which is neither an input nor a"),
    (lambda F, x, y: x + y, [x2, 1], ValueError, "must all be NDArrays; got int"),
    (lambda F, x, y: x + y, [x2, mx.sym.var("s")], ValueError, "must all be NDArrays; got Symbol"),
    (lambda F, x, y: x + y, [x2, nd.ones((2,), mx.cpu(1))], ValueError,
     r"must be on one device; got cpu\(0\) and cpu\(1\)"),
    (lambda F, x, y: x + y, [None, None], ValueError, "the first input must be an NDArray; got No"),
    (lambda F, x, y: F.dot(x, y), [nd.ones((2, 3)), nd.ones((2, 3))], mx.MXNetError,
     "node 'lambda.*_dot0': dot: ")])
def test_refused(function, inputs, error, message):
    with pytest.raises(error, match=message):
        hybridized(function)(*inputs)


@pytest.mark.parametrize("inputs", [[x2, mx.sym.var("s")], [mx.sym.var("s"), x2],
                                    [[x2], [mx.sym.var("s")]]], ids=str)
def test_arrays_and_symbols_do_not_mix_in_eager_blocks(inputs):
    with pytest.raises(ValueError, match="NDArrays alone, or Symbols alone; both are among them"):
        Lambda(lambda F, x, y: x)(*inputs)


@pytest.mark.parametrize("inputs, form", [
    ([x2, x2], r"\(x, x\)"), ([[x2, x2, x2]], r"\(\[x, x, x\]\)"), ([(x2, x2)], r"\(\(x, x\)\)")])
def test_inputs_stay_nested_as_they_were(inputs, form):
    block = hybridized(lambda F, xs: xs[0] + xs[1])
    block([x2, x2])
    with pytest.raises(ValueError, match=f"nested as {form}, but the graph was traced for"):
        block(*inputs)


def test_unknown_flags():
    with pytest.raises(TypeError, match="unknown flag 'static_aloc'; it takes"):
        nn.Dense(2).hybridize(static_aloc=True)
