"""Every operator that `export_model` writes gives under ONNX Runtime what mxlite gives, over the
samples of tests/samples; others are refused by name."""

import numpy as np
import pytest
from onnx_runs import exported, inputs_of, parameters_of, ran
from sample_calls import arrays_of, run
from samples import SAMPLES

import mxlite as mx
from mxlite import onnx

SUPPORTED = set(onnx.get_operator_support())
USABLE = [sample for sample in SAMPLES
          if sample.inputs and not sample.train and "float32" in sample.dtypes]
# parameters of an operator with which it cannot be written, and the error
REFUSED = {
    "LeakyReLU": ({"act_type": "rrelu"}, "output 1 of node 'leakyrelu"),
    "LayerNorm": ({"output_mean_var": True}, r"output 1 of node '\w+' \(LayerNorm\) cannot be"),
    "GroupNorm": ({"output_mean_var": True}, r"output 1 of node '\w+' \(GroupNorm\) cannot be"),
    "_linalg_gemm2": ({"axis": 0}, "axis must be -2; got 0"),
    "_linalg_gemm": ({"axis": 1}, "axis must be -2; got 1"),
    "_linalg_sumlogdiag": ({}, r"does not know linalg\.extractdiag, of which it consists"),
    "_contrib_ROIAlign": ({"position_sensitive": True}, "position_sensitive must be False"),
    "_random_pdf_gamma": ({}, "does not know gammaln"),
    "_random_pdf_poisson": ({}, "does not know gammaln"),
    "_random_pdf_negative_binomial": ({}, "does not know gammaln"),
    "_random_pdf_generalized_negative_binomial": ({}, "does not know gammaln"),
    "_random_pdf_dirichlet": ({}, "does not know gammaln"),
}
RNN_LIMITS = "projection_size and lstm_state_clip_min must be None"


def refusal(sample):
    """What the error says, of a sample that is refused; else None."""
    if sample.op == "RNN" and {"projection_size", "lstm_state_clip_min"} & set(sample.params):
        return RNN_LIMITS
    wanted, message = REFUSED.get(sample.op, (None, None))
    if wanted is None or not wanted.items() <= dict(sample.params).items():
        return None
    return message


def drawn(sample):
    """The inputs of a call in float32."""
    return arrays_of(sample, sample.draw(np.random.default_rng(1)), "float32")


def assert_agree(found, wanted):
    """Shapes, dtypes and values."""
    for one, other in zip(found, wanted, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)


@pytest.mark.parametrize("sample", [each for each in USABLE
                                    if each.op in SUPPORTED and not refusal(each)], ids=str)
def test_models_of_samples(sample, tmp_path):
    arrays = drawn(sample)
    path = exported(sample, arrays, tmp_path / "model.onnx")
    found = ran(path, {name: array.asnumpy() for name, array in inputs_of(sample, arrays).items()})
    wanted = [array.asnumpy() for array in run(sample, arrays)]
    if sample.op == "_contrib_MultiBoxDetection":   # rows without a class come in any order
        found, wanted = [[np.where(rows[0][..., :1] < 0, -1, rows[0])] for rows in (found, wanted)]
    assert_agree(found, wanted)


@pytest.mark.parametrize("sample", [each for each in USABLE if refusal(each)], ids=str)
def test_settings_that_are_refused(sample, tmp_path):
    with pytest.raises(mx.MXNetError, match=refusal(sample)) as info:
        exported(sample, drawn(sample), tmp_path / "model.onnx")
    assert isinstance(info.value, NotImplementedError) and "export_model: " in str(info.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("op", sorted({each.op for each in USABLE} - SUPPORTED))
def test_operators_that_are_refused(op, tmp_path):
    sample = next(each for each in USABLE if each.op == op)
    with pytest.raises(NotImplementedError,
                       match=r"export_model: ONNX export does not know the operators .* \(node '"):
        exported(sample, drawn(sample), tmp_path / "model.onnx")


# With a free first axis ---------------------------------------------------------------------------

# operators that look at lengths which are free, and the error
FIXED = {
    "diag": "its lengths must be fixed; data has ", "khatri_rao": "its lengths must be fixed",
    "_contrib_index_array": "its lengths must be fixed; data has ",
    "_contrib_arange_like": "it needs an axis, and repeat=1",
}


def error_of(sample):
    """What the error says, of a sample that needs fixed lengths; else None."""
    if sample.op == "squeeze" and sample.shapes[0][0] == 1 and not sample.params:
        return "how many axes its result has depends"
    if sample.op == "_contrib_arange_like" and "axis" in sample.params:
        return None
    return FIXED.get(sample.op)


def repeated(sample, arrays):
    """The inputs with their first axis three times as long, where the first input's length is
    theirs; None where a call does not take them."""
    length = arrays[0].shape[0]
    longer = [mx.nd.concat(array, array, array, dim=0)
              if f"in{i}" not in parameters_of(sample, arrays) and array.shape[:1] == (length,)
              else array
              for i, array in enumerate(arrays)]
    try:
        return longer, [array.asnumpy() for array in run(sample, longer)]
    except mx.MXNetError:
        return None


@pytest.mark.parametrize("sample", [
    each for each in USABLE if each.op in SUPPORTED and not refusal(each) and each.shapes[0]
    and each.op != "_contrib_MultiBoxDetection"], ids=str)
def test_models_with_a_free_first_axis(sample, tmp_path):
    arrays = drawn(sample)
    longer = repeated(sample, arrays)
    length = arrays[0].shape[0]

    def free(array):
        return tuple([("n" if axis == 0 and n == length else n)
                      for axis, n in enumerate(array.shape)])

    if longer is None:
        with pytest.raises(mx.MXNetError, match="leave lengths free that the graph does not"):
            exported(sample, arrays, tmp_path / "model.onnx", free)
        return
    if error_of(sample):
        with pytest.raises(NotImplementedError, match=error_of(sample)):
            exported(sample, arrays, tmp_path / "model.onnx", free)
        return
    path = exported(sample, arrays, tmp_path / "model.onnx", free)
    arrays, wanted = longer
    feed = {name: array.asnumpy() for name, array in inputs_of(sample, arrays).items()}
    assert_agree(ran(path, feed), wanted)
