"""Calls of samples (tests/samples) in mxlite."""

from samples import outputs_of

import mxlite as mx


def arrays_of(sample, values, dtype="float64"):
    """The inputs of a call in `dtype`."""
    return [mx.nd.array(value, dtype=sample.dtype_of(i, dtype)) for i, value in enumerate(values)]


def function_of(sample):
    """The operator with the sample's parameters: arrays -> outputs."""
    return lambda *arrays: getattr(mx.nd, sample.op)(*arrays, **sample.params)


def mode_of(sample):
    """The mode in which it runs, as a context."""
    return mx.autograd.train_mode() if sample.train else mx.autograd.predict_mode()


def run(sample, arrays):
    """The outputs."""
    with mode_of(sample):
        return outputs_of(function_of(sample)(*arrays))


def forward_and_backward(sample, arrays, grad_req="write", heads=None):
    """The outputs, and after a backward the gradients of the sample's variables.

    heads: outputs -> their gradients; default: ones.
    """
    for i in sample.variables:
        if arrays[i].grad is None:
            arrays[i].attach_grad(grad_req)
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(function_of(sample)(*arrays))
    if sample.variables:
        mx.autograd.backward(outputs, heads(outputs) if heads else None, train_mode=sample.train)
    return outputs, [arrays[i].grad for i in sample.variables]
