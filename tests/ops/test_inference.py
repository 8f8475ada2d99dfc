"""Inference in both directions against what MXNet 1.9.1 infers (record_mxnet_inference.py)."""

import json
from pathlib import Path
from typing import Any

import pytest

from mxlite.base import MXNetError
from mxlite.ops.inference import infer_dtypes, infer_shapes, settled, text_of
from mxlite.ops.schema import REGISTRY, Op

RECORDING = json.loads((Path(__file__).parent.parent / "recordings/inference.json").read_text())

# Where mxlite answers otherwise on purpose, and why; docs/differences.md has most of these lines.
DIFFERENT = {
    ("shapes", "Concat"): "MXNet takes an unknown length for 0 when it adds lengths up",
    ("shapes", "Pad"): "the same",
    ("shapes", "broadcast_like"): "MXNet takes an unknown length for 1",
    ("shapes", "_linalg_makediag"): "MXNet takes an unknown length for 0",
    ("dtypes", "InstanceNorm"): "MXNet's takes float32 alone",
    ("dtypes", "IdentityAttachKLSparseReg"): "the same",
    ("dtypes", "_sample_uniform"): "MXNet's outputs are float32 where no dtype is given",
    ("dtypes", "_sample_normal"): "the same",
    ("dtypes", "_sample_poisson"): "the same",
    ("dtypes", "_sample_multinomial"): "MXNet lets the use of an output overrule the parameter",
    ("dtypes", "amp_multicast"): "MXNet does not wait for the dtypes of the other arrays",
    ("dtypes", "batch_take"): "MXNet's indices are int32; here of any dtype",
    ("dtypes", "_contrib_MultiBoxPrior"): "MXNet's takes float32 alone",
    ("dtypes", "_contrib_MultiBoxTarget"): "the same",
    ("dtypes", "_contrib_MultiBoxDetection"): "the same",
    ("dtypes", "_contrib_Proposal"): "the same",
    ("dtypes", "_contrib_MultiProposal"): "the same",
    ("dtypes", "Crop"): "MXNet's takes float32 alone",
    ("dtypes", "_image_resize"): "images are uint8 or float32",
    ("dtypes", "_image_random_brightness"): "images are uint8 or float32",
    ("shapes", "_contrib_quantized_concat"): "MXNet takes an unknown length for 0",
    ("dtypes", "_contrib_quantized_concat"): "MXNet takes an unknown dtype for uint8",
    ("dtypes", "_contrib_quantized_elemwise_add"): "the same",
    ("dtypes", "_contrib_quantized_act"): "uint8 stays uint8",
    ("dtypes", "_contrib_quantized_pooling"): "MXNet infers dtypes that it does not take",
    ("dtypes", "_contrib_quantized_flatten"): "the same",
}


def operator(name: str, params: dict[str, Any]) -> Op:
    """The instance that a recorded call is of."""
    cls = REGISTRY[name]
    values = {key: tuple(value) if isinstance(value, list) else value
              for key, value in params.items()
              if key != "num_args" and key not in cls.runtime_params}
    return cls.make(values)


def partial(shape: Any) -> Any:
    """A recorded shape, in which 0 is unknown, as mxlite has it."""
    return shape and tuple([n or None for n in shape])


def padded(op: Op, outputs: list[Any]) -> list[Any]:
    """The visible outputs, and nothing known of the hidden ones."""
    return outputs + [None] * (op.num_outputs - len(outputs))


def by_operator(kind: str) -> list[Any]:
    """The recorded answers, a test for each operator."""
    answers: dict[str, list[Any]] = {}
    for answer in RECORDING[kind]:
        answers.setdefault(answer[0], []).append(answer)
    return [pytest.param(group, id=name) for name, group in answers.items()]


def agrees(want: Any, got: Any) -> bool:
    """Whether all that MXNet knows of a shape is known here, and the same."""
    if want is None:
        return True
    return got is not None and len(got) == len(want) and all(
        n in (0, m) for m, n in zip(got, want, strict=True))


@pytest.mark.parametrize("answers", by_operator("shapes"))
def test_shapes_as_mxnet(answers):
    for name, params, inputs, outputs, want_inputs, want_outputs in answers:
        if want_inputs is None or ("shapes", name) in DIFFERENT:
            continue
        op = operator(name, params)
        got_inputs, got_outputs = infer_shapes(op, [partial(shape) for shape in inputs],
                                               padded(op, [partial(s) for s in outputs]))
        asked = f"{params} {inputs} {outputs}: {got_inputs} {got_outputs}"
        for want, got in zip([*want_inputs, *want_outputs],
                             [*got_inputs, *got_outputs[:len(outputs)]], strict=True):
            assert agrees(want, got), f"{asked}; MXNet: {want_inputs} {want_outputs}"


@pytest.mark.parametrize("answers", by_operator("dtypes"))
def test_dtypes_as_mxnet(answers):
    for name, params, inputs, outputs, want_inputs, want_outputs in answers:
        if want_inputs is None or ("dtypes", name) in DIFFERENT:
            continue
        op = operator(name, params)
        got_inputs, got_outputs = infer_dtypes(op, inputs, padded(op, outputs))
        asked = f"{params} {inputs} {outputs}: {got_inputs} {got_outputs}"
        for want, got in zip([*want_inputs, *want_outputs],
                             [*got_inputs, *got_outputs[:len(outputs)]], strict=True):
            assert want in (None, got), f"{asked}; MXNet: {want_inputs} {want_outputs}"


def test_the_recording_covers_the_operators():
    asked = {REGISTRY[answer[0]].name for kind in ("shapes", "dtypes")
             for answer in RECORDING[kind] if answer[4] is not None}
    assert len(asked) > 200
    assert len(RECORDING["shapes"]) > 2000 and len(RECORDING["dtypes"]) > 1500


_ = None
FC = ("FullyConnected", {"num_hidden": 4})


@pytest.mark.parametrize("call, inputs, outputs, message", [
    (FC, [(2, 3), _, _], [(3, 4)],
     r"FullyConnected: output must have shape \(2, 4\); got \(3, 4\)"),
    (FC, [(_, 3), (5, 3), _], [_],
     r"FullyConnected: weight must have shape \(4, 3\); got \(5, 3\)"),
    (FC, [(_, 3), (5, _), _], [_],
     r"FullyConnected: weight must have shape \(4, 3\); got \(5, \?\)"),
    (("elemwise_add", {}), [(2, _), (3, _)], [_],
     r"elemwise_add: rhs must have shape \(2, \?\); got \(3, \?\)"),
    (("elemwise_add", {}), [(2, _), _], [(3, _)],
     r"elemwise_add: output must have shape \(2, \?\); got \(3, \?\)"),
    (("relu", {}), [(2, _)], [(2,)], r"relu: output must have shape \(2, \?\); got \(2,\)"),
    (("transpose", {}), [(2, _)], [(_, 3)],
     r"transpose: output must have shape \(\?, 2\); got \(\?, 3\)"),
    (("_zeros", {"shape": (2, 3)}), [], [(2, 4)],
     r"_zeros: output must have shape \(2, 3\); got \(2, 4\)"),
    (("sgd_mom_update", {}), [(2, _), (_, 3), (2, 4)], [_],
     r"sgd_mom_update: mom must have shape \(2, 3\); got \(2, 4\)"),
    (("BatchNorm", {}), [(_, 3, _), (4,), _, _, _], [_] * 3,
     r"BatchNorm: gamma must have shape \(3,\); got \(4,\)"),
])
def test_contradicting_shapes(call, inputs, outputs, message):
    with pytest.raises(MXNetError, match=message):
        infer_shapes(operator(*call), inputs, outputs)


@pytest.mark.parametrize("call, inputs, outputs, message", [
    (("elemwise_add", {}), ["float16", "float32"], [_],
     "elemwise_add: rhs must have dtype float16, as lhs is; got float32"),
    (("relu", {}), ["float16"], ["float32"], "relu: output must have dtype float16; got float32"),
    (("Cast", {"dtype": "int8"}), [_], ["int32"], "Cast: output must have dtype int8; got int32"),
    (("where", {}), [_, "float16", "float32"], [_],
     "where: y must have dtype float16; got float32"),
    (("BatchNorm", {}), ["float16", "float16", _, _, _], [_] * 3,
     "BatchNorm: gamma must have dtype float32.*; got float16"),
    (("Activation", {"act_type": "relu"}), [_], ["int32"],
     "Activation: data must have dtype of floating point; got int32"),
])
def test_contradicting_dtypes(call, inputs, outputs, message):
    with pytest.raises(MXNetError, match=message):
        infer_dtypes(operator(*call), inputs, outputs)


@pytest.mark.parametrize("call, inputs, outputs, want", [
    (("sgd_update", {}), [(2, _), _], [(_, 3)], ([(2, 3)] * 2, [(2, 3)])),
    (("adam_update", {}), [_, _, (2, 3), _], [_], ([(2, 3)] * 4, [(2, 3)])),
    (("mp_sgd_mom_update", {}), [_] * 4, [(5,)], ([(5,)] * 4, [(5,)])),
    (("broadcast_mul", {}), [(_, 1, 4), (3, 1)], [_], ([(_, 1, 4), (3, 1)], [(_, 3, 4)])),
    (("_random_normal_like", {}), [_], [(2, 3)], ([(2, 3)], [(2, 3)])),
    (("_random_normal", {"shape": (0, 3)}), [], [(2, _)], ([], [(2, 3)])),
    (("_reshape_exact", {"shape": (2, 0)}), [_], [_], ([_], [(2, 0)])),
    (("Concat", {}), [(2, 3), (_, _)], [(_, 8)], ([(2, 3), (2, 5)], [(2, 8)])),
    (("SliceChannel", {"num_outputs": 2}), [_], [(2, 3), (_, 3)], ([(2, 6)], [(2, 3), (2, 3)])),
    (("slice_axis", {"axis": 0, "begin": 0, "end": 2}), [(_, 3)], [_], ([(_, 3)], [(2, 3)])),
    (("argmax", {"axis": 1}), [(_, 3)], [_], ([(_, 3)], [(_,)])),
    (("squeeze", {}), [(_, 1, 3)], [_], ([(_, 1, 3)], [_])),
])
def test_shapes_beyond_the_recording(call, inputs, outputs, want):
    assert infer_shapes(operator(*call), inputs, outputs) == want


def test_dtypes_beyond_the_recording():
    assert infer_dtypes(operator("mp_sgd_mom_update", {}), ["float16", _, _, _], [_]) == (
        ["float16", "float16", "float32", "float32"], ["float16"])
    assert infer_dtypes(operator("sgd_update", {}), [_, _], ["float64"]) == (
        ["float64"] * 2, ["float64"])
    assert infer_dtypes(operator("Embedding", {"input_dim": 3, "output_dim": 2}),
                        ["int32", "float16"], [_]) == (["int32", "float16"], ["float16"])


def test_operators_are_settled_with_the_shape_of_their_use():
    op = operator("_zeros", {"shape": (0, 3), "dtype": "int8"})
    other = settled(op, infer_shapes(op, [], [(2, _)])[1])
    assert (other.shape, other.dtype) == ((2, 3), "int8")
    assert settled(other, [(2, 3)]) is other
    relu = operator("relu", {})
    assert settled(relu, [(2, 3)]) is relu


def test_text_of_partial_shapes():
    assert [text_of(shape) for shape in (None, (), (2,), (_, 3))] == [
        "unknown", "()", "(2,)", "(?, 3)"]
