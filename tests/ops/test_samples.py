"""Every operator over the table of samples: values, gradients, out=, threads, untouched inputs."""

from pathlib import Path

import numpy as np
import pytest
from gradcheck import check_gradient, check_second
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite.device import core
from mxlite.ops.schema import REGISTRY

TOLERANCE = {"float16": (2e-3, 1e-3), "float32": (1e-5, 2e-6), "float64": (1e-12, 1e-13)}
WITH_ORACLE = [sample for sample in SAMPLES if sample.oracle]
CHECKED = [sample for sample in SAMPLES if sample.gradient == "checked"]
SECOND = [sample for sample in CHECKED if sample.second]

# Operators that write to their inputs, and the file of their tests
UPDATES = ("sgd_update sgd_mom_update mp_sgd_update mp_sgd_mom_update nag_mom_update "
           "mp_nag_mom_update adam_update ftrl_update rmsprop_update rmspropalex_update "
           "signsgd_update signum_update").split()


def arrays_of(sample, values, dtype="float64"):
    return [mx.nd.array(value, dtype=sample.dtype_of(i, dtype)) for i, value in enumerate(values)]


def function_of(sample):
    return lambda *arrays: getattr(mx.nd, sample.op)(*arrays, **sample.params)


def run(sample, arrays):
    """The outputs, computed in the sample's mode."""
    with mx.autograd.train_mode() if sample.train else mx.autograd.predict_mode():
        return outputs_of(function_of(sample)(*arrays))


def forward_and_backward(sample, arrays, grad_req="write", passes=1):
    """Outputs and gradients of `passes` runs, as bytes comparable to the last bit."""
    for i in sample.variables:
        arrays[i].attach_grad(grad_req)
    for _ in range(passes):
        with mx.autograd.record(train_mode=sample.train):
            outputs = outputs_of(function_of(sample)(*arrays))
        if sample.variables:
            mx.autograd.backward(outputs, train_mode=sample.train)
    return ([y.asnumpy() for y in outputs], [arrays[i].grad.asnumpy() for i in sample.variables])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("sample", WITH_ORACLE, ids=str)
def test_forward(sample, dtype, rng):
    if dtype not in sample.dtypes:
        dtype = sample.dtypes[0]
    values = sample.draw(rng)
    made = run(sample, arrays_of(sample, values, dtype))
    wanted = sample.oracle(*values, **sample.params)
    wanted = wanted if isinstance(wanted, list) else [wanted]
    rtol, atol = TOLERANCE[dtype]
    for y, expected in zip(made, wanted, strict=True):
        assert y.shape == np.shape(expected)
        np.testing.assert_allclose(y.asnumpy().astype("float64"), np.asarray(expected, "float64"),
                                   rtol * sample.slack, atol * sample.slack)


@pytest.mark.parametrize("sample", CHECKED, ids=str)
def test_gradient(sample, rng):
    dtypes = [sample.dtype_of(i, "float64") for i in range(len(sample.inputs))]
    check_gradient(function_of(sample), sample.draw(rng), rng, sample.variables, sample.train,
                   dtypes)


@pytest.mark.parametrize("sample", SECOND, ids=str)
def test_second_order(sample, rng):
    def squared(*arrays):           # so that the gradient depends on the inputs in any case
        return [mx.nd.square(y) for y in outputs_of(function_of(sample)(*arrays))]

    check_second(squared, sample.draw(rng), rng, sample.variables, sample.train,
                 rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.variables], ids=str)
def test_grad_req_add_and_untouched_inputs(sample, rng):
    values = sample.draw(rng)
    arrays = arrays_of(sample, values)
    _, once = forward_and_backward(sample, arrays)
    again = arrays_of(sample, values)
    _, twice = forward_and_backward(sample, again, "add", passes=2)
    if not sample.aux:
        for one, two in zip(once, twice, strict=True):
            np.testing.assert_allclose(two, 2 * one, 1e-12, 1e-13)
    for i, (array, value) in enumerate(zip(arrays, values, strict=True)):
        if i not in sample.aux:
            np.testing.assert_array_equal(array.asnumpy(), value)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_threads_change_no_bit(sample, rng):
    values = sample.draw(rng)
    results = []
    for threads in (1, 2):
        core.set_num_threads(threads)
        arrays = arrays_of(sample, values, "float32")
        results.append(forward_and_backward(sample, arrays))
    for one, two in zip(*[outputs + grads for outputs, grads in results], strict=True):
        np.testing.assert_array_equal(one.view("u1") if one.size else one,
                                      two.view("u1") if two.size else two)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_out(sample, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    copies = [array.copy() for array in arrays]
    wanted = run(sample, arrays)
    given = [mx.nd.zeros(y.shape, dtype=y.dtype) for y in wanted]
    with mx.autograd.train_mode() if sample.train else mx.autograd.predict_mode():
        getattr(mx.nd, sample.op)(*copies, **sample.params,
                                  out=given if len(given) > 1 else given[0])
    for y, expected in zip(given, wanted, strict=True):
        np.testing.assert_array_equal(y.asnumpy(), expected.asnumpy())


def overlapping(array, shift):
    """(a copy of the array, other memory of its shape and dtype that begins `shift` elements
    behind the copy's): both are parts of one array."""
    base = mx.nd.zeros((array.size + abs(shift),), dtype=array.dtype)
    first, second = (0, shift) if shift >= 0 else (-shift, 0)
    one, other = [base[start:start + array.size].reshape(array.shape) for start in (first, second)]
    one[:] = array
    return one, other


def like_the_output(sample):
    """Which inputs have the shape of the only output, and may be it."""
    if sample.oracle is None or sample.aux or "dtype" in sample.params:
        return []
    values = sample.draw(np.random.default_rng(0))
    made = sample.oracle(*values, **sample.params)
    if isinstance(made, list) or np.ndim(made) == 0:
        return []
    return [i for i, value in enumerate(values)
            if np.size(made) and value.shape == np.shape(made)
            and sample.dtype_of(i, "float32") == "float32"]


@pytest.mark.parametrize("shift", [0, 1, -1])
@pytest.mark.parametrize("sample", [s for s in SAMPLES if like_the_output(s)], ids=str)
def test_out_over_an_input(sample, shift, rng):
    """Results are right where `out` is an input, or shares part of its memory."""
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    wanted, = run(sample, arrays)
    for i in like_the_output(sample):
        given, out = overlapping(arrays[i], shift)
        inputs = [given if k == i else other.copy() for k, other in enumerate(arrays)]
        with mx.autograd.train_mode() if sample.train else mx.autograd.predict_mode():
            getattr(mx.nd, sample.op)(*inputs, **sample.params, out=out)
        np.testing.assert_array_equal(out.asnumpy(), wanted.asnumpy())


def test_every_op_has_a_sample():
    """A public operator is in the table, or draws at random, or is an optimizer's update."""
    sampled = {REGISTRY[sample.op].name for sample in SAMPLES}
    public = {op.name for name, op in REGISTRY.items() if not name.startswith("_")}
    random = {op.name for op in REGISTRY.values() if op.random}
    assert public - sampled - random - set(UPDATES) == set()


def test_the_others_have_their_tests():
    folder = Path(__file__).parent
    updates = (folder / "test_optimizer_ops.py").read_text()
    assert [name for name in UPDATES if name not in updates] == []
    draws = "".join(path.read_text() for path in folder.glob("test_random*.py"))
    random = {op.name for op in REGISTRY.values() if op.random} - {"Dropout"}
    assert [name for name in random if name.split("_")[-1] not in draws] == []
