"""Models that are written as ONNX and read again: what the graph gives is what it gave."""

import numpy as np
import pytest
from exported_networks import BLOCKS, exported, image
from onnx_runs import exported as exported_sample
from onnx_runs import inputs_of
from sample_calls import arrays_of, run
from samples import SAMPLES

import mxlite as mx
from mxlite import nd, onnx
from mxlite.contrib.onnx import get_model_metadata, import_model, import_to_gluon

# what is read as other operators than it was written from, or not at all
UNREAD = {"_contrib_box_nms", "_contrib_MultiBoxDetection"}     # NonMaxSuppression
LAYERS = [sample for sample in SAMPLES if sample.op in set(onnx.get_operator_support()) - UNREAD
          and sample.op in ("Convolution", "Deconvolution", "Pooling", "BatchNorm", "LayerNorm",
                            "FullyConnected", "RNN", "softmax", "LeakyReLU", "take", "pick",
                            "topk", "slice", "Pad", "UpSampling", "_contrib_BilinearResize2D")
          and not sample.train and "float32" in sample.dtypes]
REFUSED = ("rrelu", "output_mean_var", "projection_size", "lstm_state_clip")


@pytest.mark.parametrize("network", BLOCKS, ids=lambda network: network.__name__)
def test_networks(network, tmp_path):
    _, shape = network(mx)
    files = exported(mx, network, tmp_path)
    path = onnx.export_model(*map(str, files), [shape], "float32", tmp_path / "net.onnx")
    data = image(mx, shape)
    before = mx.gluon.SymbolBlock.imports(str(files[0]), ["data"], str(files[1]))(data)
    after = import_to_gluon(path, mx.cpu())(data)
    np.testing.assert_allclose(after.asnumpy(), before.asnumpy(), 1e-5, 1e-6)
    metadata = get_model_metadata(path)
    assert metadata["input_tensor_data"] == [("data", shape, 1)]
    assert [each[1] for each in metadata["output_tensor_data"]] == [before.shape]
    params = {**import_model(path)[1], **import_model(path)[2]}
    kept = {name.split(":")[1]: array for name, array in nd.load(str(files[1])).items()}
    assert {name for name in kept if "running" in name} <= set(import_model(path)[2])
    for name in set(kept) & set(params):
        np.testing.assert_array_equal(params[name].asnumpy(), kept[name].asnumpy())


@pytest.mark.parametrize("sample", [each for each in LAYERS if not any(
    word in str(each) for word in REFUSED)], ids=str)
def test_layers(sample, tmp_path):
    arrays = arrays_of(sample, sample.draw(np.random.default_rng(2)), "float32")
    path = exported_sample(sample, arrays, tmp_path / "model.onnx")
    symbol, args, auxs = import_model(path)
    inputs = inputs_of(sample, arrays)
    names = symbol.list_arguments()
    executor = symbol.bind(mx.cpu(), {**args, **{name: array for name, array in inputs.items()
                                                 if name in names}},
                           aux_states={**auxs, **{name: inputs[name] for name in (
                               symbol.list_auxiliary_states()) if name in inputs}})
    for found, wanted in zip(executor.forward(), run(sample, arrays), strict=True):
        assert found.shape == wanted.shape and found.dtype == wanted.dtype
        np.testing.assert_allclose(found.asnumpy(), wanted.asnumpy(), 1e-4, 1e-5)
