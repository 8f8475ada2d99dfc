"""Every operator over the table of samples: values, gradients, out=, untouched inputs."""

import numpy as np
import optimizer_calls
import pytest
from gradcheck import check_gradient, check_second
from sample_calls import arrays_of, forward_and_backward, function_of, mode_of, run
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite.ops.schema import REGISTRY

TOLERANCE = {"float16": (2e-3, 1e-3), "float32": (1e-5, 2e-6), "float64": (1e-12, 1e-13)}
WITH_ORACLE = [sample for sample in SAMPLES if sample.oracle]
CHECKED = [sample for sample in SAMPLES if sample.gradient == "checked"]
SECOND = [sample for sample in CHECKED if sample.second]


@pytest.mark.parametrize("sample, dtype", [
    (sample, dtype) for sample in WITH_ORACLE for dtype in sample.dtypes], ids=str)
def test_forward(sample, dtype, rng):
    values = sample.draw(rng)
    outputs = run(sample, arrays_of(sample, values, dtype))
    rtol, atol = TOLERANCE[dtype]
    for y, expected in zip(outputs, outputs_of(sample.oracle(*values, **sample.params)),
                           strict=True):
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
    for _ in range(2):
        _, twice = forward_and_backward(sample, again, "add")
    if not sample.aux:
        for one, two in zip(once, twice, strict=True):
            np.testing.assert_allclose(two.asnumpy(), 2 * one.asnumpy(), 1e-12, 1e-13)
    for i, (array, value) in enumerate(zip(arrays, values, strict=True)):
        if i not in sample.aux:
            np.testing.assert_array_equal(array.asnumpy(), value)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_out(sample, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    copies = [array.copy() for array in arrays]
    wanted = run(sample, arrays)
    outputs = [mx.nd.zeros(y.shape, dtype=y.dtype) for y in wanted]
    with mode_of(sample):
        getattr(mx.nd, sample.op)(*copies, **sample.params,
                                  out=outputs if len(outputs) > 1 else outputs[0])
    for y, expected in zip(outputs, wanted, strict=True):
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
    output = sample.oracle(*values, **sample.params)
    if isinstance(output, list) or np.ndim(output) == 0:
        return []
    return [i for i, value in enumerate(values)
            if np.size(output) and value.shape == np.shape(output)
            and sample.dtype_of(i, "float32") == "float32"]


@pytest.mark.parametrize("shift", [0, 1, -1])
@pytest.mark.parametrize("sample", [s for s in SAMPLES if like_the_output(s)], ids=str)
def test_out_over_an_input(sample, shift, rng):
    """Results are right where `out` is an input, or shares part of its memory."""
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    wanted, = run(sample, arrays)
    for i in like_the_output(sample):
        data, out = overlapping(arrays[i], shift)
        inputs = [data if k == i else other.copy() for k, other in enumerate(arrays)]
        with mode_of(sample):
            getattr(mx.nd, sample.op)(*inputs, **sample.params, out=out)
        np.testing.assert_array_equal(out.asnumpy(), wanted.asnumpy())


def test_every_op_has_a_sample():
    """A public operator is in the table, or draws at random (test_random.py) or updates weights
    or takes arrays as wholes (test_optimizer_ops.py and the like)."""
    sampled = {REGISTRY[sample.op].name for sample in SAMPLES}
    public = {op.name for name, op in REGISTRY.items() if not name.startswith("_")}
    random = {op.name for op in REGISTRY.values() if op.random}
    updates = {name for name in public if name.endswith("_update")}
    updates |= {name for name, *_ in optimizer_calls.CALLS} | {"mp_lamb_update_phase2"}
    assert public - sampled - random - updates == set()
