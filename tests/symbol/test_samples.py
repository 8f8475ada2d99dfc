"""Eager, bound and hybridized calls of every operator agree in every bit, over the samples."""

import numpy as np
import pytest
from sample_calls import arrays_of, forward_and_backward
from samples import SAMPLES, outputs_of

import mxlite as mx

WITH_INPUTS = [sample for sample in SAMPLES if sample.inputs]
DIFFERENTIABLE = [sample for sample in SAMPLES if sample.variables]
SECOND = [sample for sample in DIFFERENTIABLE if sample.second]


class Call(mx.gluon.HybridBlock):
    """An operator as a block. within: between others, which fuse with it where it is one of a
    kind that does."""

    def __init__(self, sample, within=False):
        super().__init__()
        self.sample, self.within = sample, within

    def hybrid_forward(self, F, x, *others):
        inputs = [x, *others]
        if self.within:
            inputs = [(x * 2 - x) * 1 if i in self.sample.variables else x
                      for i, x in enumerate(inputs)]
        outputs = getattr(F, self.sample.op)(*inputs, **self.sample.params)
        if not self.within:
            return outputs
        parts = list(outputs) if F is mx.sym else outputs_of(outputs)
        return [F.square(y) * 0.5 + y for y in parts]


def head_gradients(outputs):
    """Gradients for the outputs that tell their elements apart."""
    rng = np.random.default_rng(5)
    return [mx.nd.array(rng.normal(size=y.shape), dtype=y.dtype) for y in outputs]


def values_of(arrays):
    """The arrays' bits as NumPy arrays."""
    return [array.asnumpy() for array in arrays]


def assert_equal(found, wanted):
    """The same bits, NaNs too."""
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        assert one.tobytes() == other.tobytes()


def eager(sample, values, dtype):
    """Outputs, gradients and states after an eager call."""
    arrays = arrays_of(sample, values, dtype)
    mx.random.seed(3)
    outputs, grads = forward_and_backward(sample, arrays, heads=head_gradients)
    return values_of(outputs), values_of(grads), values_of(arrays[i] for i in sample.aux)


def bound(sample, values, dtype):
    """The same of an Executor."""
    variables = [mx.sym.var(f"x{i}") for i in range(len(values))]
    symbol = getattr(mx.sym, sample.op)(*variables, **sample.params)
    arrays = {f"x{i}": array for i, array in enumerate(arrays_of(sample, values, dtype))}
    grads = {f"x{i}": mx.nd.zeros_like(arrays[f"x{i}"]) for i in sample.variables}
    states = {name: arrays[name] for name in symbol.list_auxiliary_states()}
    args = {name: arrays[name] for name in symbol.list_arguments()}
    exe = symbol.bind(mx.cpu(), args, grads, "write", states)
    mx.random.seed(3)
    outputs = values_of(exe.forward(is_train=sample.train))
    if sample.variables:
        exe.backward(head_gradients(exe.outputs), is_train=sample.train)
    return (outputs, values_of(grads[f"x{i}"] for i in sample.variables),
            values_of(arrays[f"x{i}"] for i in sample.aux))


def block_called(sample, block, values, dtype):
    """The same of a block."""
    arrays = arrays_of(sample, values, dtype)
    for i in sample.variables:
        arrays[i].attach_grad()
    mx.random.seed(3)
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(block(*arrays))
    if sample.variables:
        mx.autograd.backward(outputs, head_gradients(outputs), train_mode=sample.train)
    return (values_of(outputs), values_of(arrays[i].grad for i in sample.variables),
            values_of(arrays[i] for i in sample.aux))


def hybridized(sample, **kwargs):
    """The operator as a hybridized block."""
    block = Call(sample, **kwargs)
    block.hybridize()
    return block


def assert_all_equal(found, wanted):
    """Outputs, gradients and states agree."""
    for one, other in zip(found, wanted, strict=True):
        assert_equal(one, other)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_bound(sample, rng):
    values = sample.draw(rng)
    for dtype in sample.dtypes:
        assert_all_equal(bound(sample, values, dtype), eager(sample, values, dtype))


@pytest.mark.parametrize("sample", WITH_INPUTS, ids=str)
def test_hybridized(sample, rng):
    values = sample.draw(rng)
    block = hybridized(sample)
    for dtype in sample.dtypes:
        assert_all_equal(block_called(sample, block, values, dtype), eager(sample, values, dtype))


@pytest.mark.parametrize("sample", DIFFERENTIABLE, ids=str)
def test_between_others(sample, rng):
    values = sample.draw(rng)
    for dtype in sample.dtypes[:2]:
        assert_all_equal(block_called(sample, hybridized(sample, within=True), values, dtype),
                         block_called(sample, Call(sample, within=True), values, dtype))


def second_order(sample, block, values, dtype="float64"):
    """The gradients of a weighted sum of the gradients of the squares of the outputs."""
    arrays = arrays_of(sample, values, dtype)
    variables = [arrays[i] for i in sample.variables]
    for array in variables:
        array.attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = [mx.nd.square(y) for y in outputs_of(block(*arrays))]
        firsts = mx.autograd.grad(outputs, variables, head_gradients(outputs), create_graph=True,
                                  train_mode=sample.train)
        total = mx.nd.add_n(*[(first * weight).sum() for first, weight in
                              zip(firsts, head_gradients(firsts), strict=True)])
    total.backward(train_mode=sample.train)
    return values_of(firsts), values_of(array.grad for array in variables)


@pytest.mark.parametrize("sample", SECOND, ids=str)
def test_second_order(sample, rng):
    values = sample.draw(rng)
    for found, wanted in zip(second_order(sample, hybridized(sample), values),
                             second_order(sample, Call(sample), values), strict=True):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, 1e-12, 1e-14)
