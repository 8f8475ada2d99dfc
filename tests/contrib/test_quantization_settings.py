"""mx.contrib.quantization: what it refuses, and the histograms that it collects."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.contrib import quantization
from mxlite.contrib.quantization.collectors import HistogramCollector, MinMaxCollector

sym = mx.sym


def test_histograms_grow():
    rng = np.random.default_rng(0)
    small, large = rng.uniform(-1, 1, 500), rng.uniform(-3, 3, 500)
    counts, edges = np.histogram(small, bins=11, range=(-1, 1))
    joined = quantization.combine_histogram((counts, edges, -1.0, 1.0, 1.0), large, -3.0, 3.0, 3.0)
    step = 2 / 11
    assert joined[0].sum() == 1000 and len(joined[0]) == 11 + 2 * (int(2 // step) + 1)
    np.testing.assert_allclose(np.diff(joined[1]), step)
    both, _ = np.histogram(np.concatenate([small, large]), joined[1])
    np.testing.assert_array_equal(joined[0], both)
    assert joined[2:4] == (-3.0, 3.0)
    again = quantization.combine_histogram(joined, small, -1.0, 1.0, 1.0)
    assert again[0].sum() == 1500 and again[4] == joined[4]
    zeros = (np.eye(11, dtype=int)[5] * 7, np.linspace(0, 0, 12), 0.0, 0.0, 0.0)
    assert quantization.combine_histogram(zeros, small, -1.0, 1.0, 1.0)[0].sum() == 507


@pytest.mark.parametrize("settings, message", [
    ({"calib_mode": "best"}, "calib_mode must be one of 'none', 'naive', 'entropy'; got 'best'"),
    ({"calib_mode": "naive"}, "calib_data must be a DataIter with calib_mode='naive'"),
    ({"quantized_dtype": "int4"}, "quantized_dtype must be one of 'int8', 'uint8', 'auto'"),
    ({"quantize_mode": "some"}, "quantize_mode must be one of 'full', 'smart'; got 'some'"),
    ({"quantize_granularity": "row"}, "quantize_granularity must be one of 'tensor-wise'"),
    ({"excluded_sym_names": "c1"}, "excluded_sym_names must be a list of names; got str"),
    ({"excluded_op_names": ("Concat",)}, "excluded_op_names must be a list of names; got tuple"),
    ({"ctx": [mx.cpu()]}, "ctx must be one Context"),
])
def test_settings_that_models_refuse(model, settings, message):
    with pytest.raises(mx.MXNetError, match=message):
        quantization.quantize_model(*model[:3], **{"calib_mode": "none", **settings})


@pytest.mark.parametrize("call, message", [
    (lambda net: quantization.quantize_net_v2(net), "calib_data or data_shapes must be given"),
    (lambda net: quantization.quantize_net_v2(net, calib_data=[]), "calib_data has no batches"),
    (lambda net: quantization.quantize_net_v2(net, calib_mode="naive",
                                              data_shapes=[(1, 1, 16, 16)]),
     "calib_data must be given with calib_mode='naive'"),
    (lambda net: quantization.quantize_net_v2(net, calib_mode="customize",
                                              calib_data=[mx.nd.zeros((1, 1, 16, 16))]),
     "LayerOutputCollector must be given with calib_mode='customize'"),
    (lambda net: quantization.quantize_net_v2(sym.var("data")), "network must be a HybridBlock"),
    (lambda net: quantization.calib_graph(sym.var("data"), {}, {}, None, "none"),
     "calib_mode must be 'naive', 'entropy' or 'customize'; got 'none'"),
])
def test_refusals(lenet, call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call(lenet[0])


def test_histograms_have_a_middle():
    with pytest.raises(mx.MXNetError, match="num_bins must be odd; got 10"):
        HistogramCollector(10)


@pytest.mark.parametrize("num_bins", ["x", -3, 0, 2.5])
def test_numbers_of_bins_are_checked(num_bins):
    with pytest.raises(ValueError, match="HistogramCollector: num_bins must be an integer of at"):
        HistogramCollector(num_bins=num_bins)


@pytest.mark.parametrize("collector", [MinMaxCollector, HistogramCollector])
@pytest.mark.parametrize(("values", "message"), [
    ([[1, np.nan]], r"an array of shape \(1, 2\) with 1 that are not, such as nan"),
    ([[-np.inf, np.inf]], r"an array of shape \(1, 2\) with 2 that are not, such as -inf"),
    (np.zeros((0, 2)), r"an array of shape \(0, 2\) with none"),
])
def test_layers_whose_ranges_cannot_be_known_are_named(collector, values, message):
    collector = collector(include_layer=["conv"])
    collector.collect("other", mx.nd.array(values))
    collector.collect(b"conv", mx.nd.array([[-1, 3]]))
    with pytest.raises(ValueError, match=f"Collector: layer 'conv' must give finite .* {message}"):
        collector.collect("conv", mx.nd.array(values))
    (range_,) = collector.ranges("int8").values()
    assert np.isfinite(range_).all()


def test_calibration_by_what_is_not_finite_raises(lenet):
    data = mx.nd.full((1, 1, 16, 16), np.nan)
    for mode in ("naive", "entropy"):
        with pytest.raises(ValueError, match=r"Collector: layer '.*' must give finite numbers"):
            quantization.quantize_net_v2(lenet[0], calib_mode=mode, calib_data=[data])
