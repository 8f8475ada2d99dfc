"""What operators say of themselves: names, the inputs an instance takes, and marks that are true.

Names and counts are compared with MXNet's (tools/record_mxnet_inference.py).
"""

import json
from pathlib import Path

import numpy as np
import pytest
from samples import SAMPLES, outputs_of

import mxlite as mx
from mxlite.ops.inputs import Input, parse_inputs
from mxlite.ops.schema import REGISTRY

RECORDING = json.loads((Path(__file__).parent.parent / "recordings/inference.json").read_text())


def operator(name, params):
    cls = REGISTRY[name]
    return cls.make({key: tuple(value) if isinstance(value, list) else value
                     for key, value in params.items()
                     if key != "num_args" and key not in cls.runtime_params})


# Names and counts -------------------------------------------------------------------------------

@pytest.mark.parametrize("name, params, inputs, auxiliary, outputs, total",
                         RECORDING["declarations"])
def test_names_and_counts_as_mxnet(name, params, inputs, auxiliary, outputs, total):
    op = operator(name, params)
    names = op.output_names()
    assert len(names) == total
    assert names[:op.num_visible(op.num_outputs)] == outputs
    taken = op.taken
    if not any(entry.variadic for entry in taken):
        assert [entry.name for entry in taken] == inputs
        assert [entry.name for entry in taken if entry.mutable] == auxiliary


@pytest.mark.parametrize("name, params, names, ours", [
    ("topk", {"ret_typ": "both"}, ["output0", "output1"], 3),
    ("InstanceNorm", {}, ["output", "mean", "var"], 1),
    ("L2Normalization", {}, ["output", "norm"], 1),
    ("_image_random_flip_left_right", {}, ["output"], 2),
    ("LeakyReLU", {"act_type": "rrelu"}, ["output", "mask"], 2),
    ("SliceChannel", {"num_outputs": 1}, ["output0"], 1),
])
def test_outputs_that_mxnet_counts_otherwise(name, params, names, ours):
    op = operator(name, params)
    assert (op.output_names(), op.num_outputs) == (names, ours)


@pytest.mark.parametrize("params, count", [
    ({"kernel": (2, 2)}, 2), ({"kernel": (2,), "layout": "NCW"}, 2),
    ({"kernel": (2, 2), "layout": "NHWC"}, 1), ({"global_pool": True}, 1),
    ({"kernel": (2, 2), "global_pool": True}, 2), ({"kernel": (2, 2), "pool_type": "sum"}, 1),
    ({"kernel": (2, 2), "pool_type": "avg"}, 1)])
def test_the_workspace_of_pooling(params, count):
    """What MXNet 1.9.1 counts in node_row_ptr, with oneDNN."""
    assert len(operator("Pooling", params).output_names()) == count


def test_inputs_are_parsed():
    assert parse_inputs("data weight bias[no_bias=False] state! rest? *more") == (
        Input("data", False, False, False), Input("weight", False, False, False),
        Input("bias", True, False, False, ("no_bias", "False")), Input("state", False, False, True),
        Input("rest", True, False, False), Input("more", False, True, False))
    with pytest.raises(ValueError, match=r"an input is declared as 'bias\[no_bias\]'"):
        parse_inputs("data bias[no_bias]")


def test_conditions_name_parameters_and_values():
    for cls in set(REGISTRY.values()):
        for entry in cls.inputs:
            if entry.condition is not None:
                param = cls.params[entry.condition[0]]
                assert str(param.parse(entry.condition[1], cls.name)) == entry.condition[1]


@pytest.mark.parametrize("name, params, taken", [
    ("FullyConnected", {"num_hidden": 4}, "data weight bias"),
    ("FullyConnected", {"num_hidden": 4, "no_bias": True}, "data weight"),
    ("LeakyReLU", {"act_type": "prelu"}, "data gamma"), ("LeakyReLU", {}, "data"),
    ("softmax", {"use_length": True}, "data length"), ("softmax", {}, "data"),
    ("SequenceLast", {"use_sequence_length": True}, "data sequence_length"),
])
def test_an_instance_takes_what_its_parameters_say(name, params, taken):
    entries = operator(name, params).taken
    assert " ".join(entry.name for entry in entries) == taken
    assert not any(entry.optional for entry in entries)


def test_missing_and_unwanted_inputs_by_keyword():
    x, w = mx.nd.ones((2, 3)), mx.nd.ones((4, 3))
    with pytest.raises(TypeError, match="FullyConnected: missing input 'bias', which it takes with "
                                        "no_bias=False"):
        mx.nd.FullyConnected(data=x, weight=w, num_hidden=4)
    with pytest.raises(TypeError, match="'bias' is only taken with no_bias=False; got no_bias=Tru"):
        mx.nd.FullyConnected(data=x, weight=w, bias=w, num_hidden=4, no_bias=True)
    with pytest.raises(TypeError, match="FullyConnected: missing input 'data'"):
        mx.nd.FullyConnected(weight=w, num_hidden=4, no_bias=True)


# Marks ------------------------------------------------------------------------------------------

def scalars_of(sample):
    cls = REGISTRY[sample.op]
    return {key: value for key, value in sample.params.items() if key not in cls.runtime_params}


def called(sample, arrays):
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(getattr(mx.nd, sample.op)(*arrays, **sample.params))
    return [np.array(output.asnumpy()) for output in outputs]


def drawn(sample, rng):
    return [mx.nd.array(value, dtype=sample.dtype_of(i, "float32"))
            for i, value in enumerate(sample.draw(rng))]


MARKED = [sample for sample in SAMPLES
          if operator(sample.op, scalars_of(sample)).elementwise and sample.shapes[0]
          and 0 not in sample.shapes[0] and len(set(sample.shapes)) == 1]


@pytest.mark.parametrize("sample", MARKED, ids=str)
def test_elementwise_is_true(sample, rng):
    """Another value at one place changes that place of the outputs alone."""
    arrays = drawn(sample, rng)
    before = called(sample, arrays)
    place = tuple(int(rng.integers(n)) for n in sample.shapes[0])
    for array in arrays:
        changed = np.array(array.asnumpy())
        changed[place] = changed[place] * 0.5 + 0.25
        array[:] = mx.nd.array(changed, dtype=array.dtype)
    for old, new in zip(before, called(sample, arrays), strict=True):
        old[place] = new[place]
        np.testing.assert_array_equal(old, new)


def test_elementwise_marks_are_tested():
    assert {sample.op for sample in MARKED} >= {
        "relu", "Activation", "LeakyReLU", "_plus_scalar", "elemwise_add", "add_n", "clip",
        "where", "zeros_like", "broadcast_add"}


def test_gradients_and_softmax_say_what_they_are():
    marks = {name: operator(name, params).elementwise for name, params in [
        ("_backward_tanh", {}), ("Cast", {"dtype": "int8"}), ("amp_cast", {"dtype": "float16"}),
        ("sgd_mom_update", {}), ("Activation", {"act_type": "softmax"}), ("softmax", {}),
        ("LeakyReLU", {"act_type": "prelu"}), ("Dropout", {}), ("sum", {})]}
    assert marks == {"_backward_tanh": True, "Cast": True, "amp_cast": True,
                     "sgd_mom_update": True, "Activation": False, "softmax": False,
                     "LeakyReLU": False, "Dropout": False, "sum": False}


def bits(outputs):
    return [output.tobytes() for output in outputs]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_calls_are_the_same_unless_random(sample, rng):
    arrays = drawn(sample, rng)
    values = [array.asnumpy() for array in arrays]
    mx.random.seed(3)
    first = called(sample, arrays)
    for array, value in zip(arrays, values, strict=True):
        array[:] = mx.nd.array(value, dtype=array.dtype)
    if not operator(sample.op, scalars_of(sample)).random:
        assert bits(called(sample, arrays)) == bits(first)
        return
    mx.random.seed(3)
    assert bits(called(sample, arrays)) == bits(first)


@pytest.mark.parametrize("name, params, shapes, train", [
    ("Dropout", {}, [(64,)], True), ("LeakyReLU", {"act_type": "rrelu"}, [(64,)], True),
    ("_random_uniform", {"shape": (64,)}, [], False), ("_shuffle", {}, [(64,)], False),
    ("_random_normal", {"shape": (64,)}, [], False), ("_random_gamma", {"shape": (64,)}, [], False),
    ("_random_poisson", {"shape": (64,)}, [], False),
    ("_random_exponential", {"shape": (64,)}, [], False),
    ("_sample_normal", {"shape": (64,)}, [(2,), (2,)], False),
    ("_sample_gamma", {"shape": (64,)}, [(2,), (2,)], False),
    ("_random_normal_like", {}, [(64,)], False),
    ("_image_random_brightness", {"min_factor": 0.5, "max_factor": 1.5}, [(4, 4, 3)], False),
])
def test_random_is_true(name, params, shapes, train, rng):
    """Two calls differ, and are equal after the same seed."""
    op = operator(name, params)
    assert op.random
    function = getattr(mx.nd, name)
    arrays = [mx.nd.array(-rng.random(shape) if name == "LeakyReLU" else rng.random(shape) + 0.5)
              for shape in shapes]

    def call():
        with mx.autograd.record(train_mode=train):
            return bits([y.asnumpy() for y in outputs_of(function(*arrays, **params))])

    mx.random.seed(5)
    first, second = call(), call()
    assert first != second
    mx.random.seed(5)
    assert call() == first


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_inputs_are_written_only_where_they_are_mutable(sample, rng):
    arrays = drawn(sample, rng)
    before = [array.asnumpy().tobytes() for array in arrays]
    for i in sample.variables:
        arrays[i].attach_grad()
    with mx.autograd.record(train_mode=sample.train):
        outputs = outputs_of(getattr(mx.nd, sample.op)(*arrays, **sample.params))
    if sample.variables:
        mx.autograd.backward(outputs, train_mode=sample.train)
    cls = REGISTRY[sample.op]
    written = [i for i, array in enumerate(arrays) if array.asnumpy().tobytes() != before[i]]
    allowed = [i for i, entry in enumerate(cls.inputs) if entry.mutable]
    assert set(written) <= set(allowed)
    assert set(sample.aux) <= set(allowed)


def test_what_is_mutable_is_written(rng):
    weight, grad, state = [mx.nd.array(rng.random((5,))) for _ in range(3)]
    before = state.asnumpy().copy()
    mx.nd.sgd_mom_update(weight, grad, state, lr=0.1, momentum=0.9, out=weight)
    assert (state.asnumpy() != before).all()
    assert [entry.name for entry in REGISTRY["sgd_mom_update"].inputs if entry.mutable] == ["mom"]
    assert [entry.name for entry in REGISTRY["BatchNorm"].inputs if entry.mutable] == [
        "moving_mean", "moving_var"]
