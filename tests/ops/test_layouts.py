"""Channels last: the numbers of channels first, on transposed data; see also the samples."""

import numpy as np
import pytest
from gradcheck import check_gradients
from samples.image_layers import channels_last
from samples.nn import convolution

import mxlite as mx
from mxlite.device import host

nd = mx.nd


def last(array):
    return nd.moveaxis(array, 1, -1)


def first(array):
    return nd.moveaxis(array, -1, 1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("op, size, options", [
    ("Convolution", (14, 15), {"kernel": (3, 3), "pad": (1, 1), "num_filter": 24}),
    ("Convolution", (14, 15), {"kernel": (1, 1), "stride": (2, 2), "num_filter": 8}),
    ("Convolution", (14, 15), {"kernel": (3, 3), "num_group": 8, "num_filter": 16}),
    ("Convolution", (14, 15), {"kernel": (3, 2), "num_group": 8, "num_filter": 8, "pad": (1, 1)}),
    ("Convolution", (14, 15), {"kernel": (3, 3), "num_group": 8, "num_filter": 8, "pad": (1, 4),
                               "stride": (2, 1), "dilate": (1, 2)}),
    ("Convolution", (19,), {"kernel": (3,), "num_group": 8, "num_filter": 8, "layout": "NWC"}),
    ("Convolution", (4, 5, 6), {"kernel": (2, 3, 2), "num_group": 8, "num_filter": 8,
                                "pad": (1, 1, 0), "stride": (1, 2, 1), "layout": "NDHWC"}),
    ("Deconvolution", (14, 15), {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1),
                                 "num_filter": 12, "num_group": 4}),
    ("Convolution", (9,), {"kernel": (3,), "num_filter": 4, "layout": "NWC"}),
    ("Deconvolution", (3, 4, 5), {"kernel": (2, 2, 2), "num_filter": 4, "layout": "NDHWC"}),
], ids=str)
def test_values_and_gradients_are_those_of_channels_first(rng, op, size, options, dtype):
    options = {"layout": "NHWC", **options}
    plain = {key: value for key, value in options.items() if key != "layout"}
    groups = options.get("num_group", 1)
    F = options["num_filter"]
    weight = (F, 8 // groups) if op == "Convolution" else (8, F // groups)
    arrays = [nd.array(rng.standard_normal(shape), dtype=dtype) for shape in (
        (2, 8, *size), (*weight, *options["kernel"]), (F,))]
    results = []
    for arranged, back, given in ((arrays, lambda x: x, plain),
                                  ([last(arrays[0]), last(arrays[1]), arrays[2].copy()], first,
                                   options)):
        for array in arranged:
            array.attach_grad()
        with mx.autograd.record():
            y = getattr(nd, op)(*arranged, no_bias=False, **given)
            loss = (y * y).sum()
        loss.backward()
        results.append([back(y), back(arranged[0].grad), back(arranged[1].grad),
                        arranged[2].grad])
    tolerance = {"float16": 2e-2, "float32": 1e-5, "float64": 1e-12}[dtype]
    for want, got in zip(*results, strict=True):
        want, got = want.asnumpy().astype("float64"), got.asnumpy().astype("float64")
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * np.abs(want).max())


CASES = [       # data with channels last, filters, options
    ((2, 9, 11, 5), 7, {"kernel": (3, 3), "pad": (1, 1)}),
    ((3, 30, 31, 4), 17, {"kernel": (3, 3), "stride": (2, 1), "pad": (5, 4)}),  # padding beyond it
    ((1, 12, 12, 300), 20, {"kernel": (3, 2)}),                 # lines longer than a block
    ((2, 9, 9, 100), 33, {"kernel": (3, 3), "pad": (1, 1)}),    # rows of taps longer than one
    ((2, 9, 10, 6), 12, {"kernel": (3, 3), "num_group": 3, "pad": (0, 1)}),
    ((2, 9, 10, 70), 70, {"kernel": (3, 3), "num_group": 70, "pad": (1, 1)}),   # a filter a channel
    ((2, 30, 31, 37), 37, {"kernel": (3, 4), "num_group": 37, "pad": (5, 4), "stride": (2, 1)}),
    ((1, 12, 13, 6), 6, {"kernel": (3, 3), "num_group": 6, "dilate": (2, 3), "stride": (1, 2),
                         "pad": (2, 0)}),
    ((2, 12, 13, 8), 4, {"kernel": (3, 3), "dilate": (2, 3), "stride": (1, 2), "pad": (2, 0)}),
    ((1, 20, 3), 40, {"kernel": (5,), "stride": (3,), "pad": (2,), "layout": "NWC"}),
    ((2, 5, 6, 7, 3), 5, {"kernel": (2, 3, 2), "pad": (1, 0, 1), "dilate": (2, 1, 1),
                          "stride": (1, 2, 1), "layout": "NDHWC"}),
    ((1, 64, 65, 16), 16, {"kernel": (3, 3)}),
    ((9, 160, 170, 5), 3, {"kernel": (3, 3), "pad": (1, 1)}),   # more copies than are made at once
    ((2, 4, 5, 3), 6, {"kernel": (4, 5)}),                      # the window is all of the data
]


def arrays_of(case, rng, dtype):
    shape, filters, options = case
    channels = shape[-1] // options.get("num_group", 1)
    values = [rng.uniform(-1, 1, size).astype(dtype)
              for size in (shape, (filters, *options["kernel"], channels), (filters,))]
    return values, {"layout": "NHWC", "num_filter": filters, "no_bias": False, **options}


@pytest.mark.parametrize("dtype, tolerance", [("float32", 2e-6), ("float64", 1e-14)])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_convolution_against_numpy(rng, case, dtype, tolerance):
    values, options = arrays_of(case, rng, dtype)
    got = nd.Convolution(*[nd.array(value, dtype=dtype) for value in values], **options)
    want = channels_last(convolution)(*[value.astype("float64") for value in values], **options)
    assert got.shape == want.shape
    size = max(1, np.abs(want).max())
    np.testing.assert_allclose(got.asnumpy() / size, want / size, rtol=0, atol=tolerance)


@pytest.mark.parametrize("case", CASES[:11], ids=str)
def test_derivatives_of_both_orders(rng, case):
    values, options = arrays_of(case, rng, "float64")
    check_gradients(lambda *arrays: nd.Convolution(*arrays, **options), values, rng)


@pytest.mark.parametrize("case", [CASES[1], CASES[6], CASES[11]], ids=str)
def test_results_do_not_depend_on_threads(rng, case):
    values, options = arrays_of(case, rng, "float32")
    arrays = [nd.array(value) for value in values]
    for array in arrays:
        array.attach_grad()
    results = []
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        with mx.autograd.record():
            y = nd.Convolution(*arrays, **options)
        y.backward()
        results.append([a.asnumpy().tobytes() for a in (y, *[array.grad for array in arrays])])
    assert results[0] == results[1] == results[2]


def test_infinity_reaches_only_its_windows():
    data = np.ones((1, 6, 40, 2), "float32")
    data[0, 2, 39, 1] = np.inf
    for pad, hits in (((1, 1), 6), ((0, 0), 3)):
        y = nd.Convolution(nd.array(data), nd.ones((3, 3, 3, 2)), no_bias=True, kernel=(3, 3),
                           num_filter=3, pad=pad, layout="NHWC").asnumpy()[0]
        assert (np.isinf(y).sum((0, 1)) == hits).all() and not np.isnan(y).any()


def test_a_graph_infers_weights_of_mxnets_order():
    x = mx.sym.var("x")
    for node, size, weight, out in (       # as MXNet infers them
            (mx.sym.Convolution(x, kernel=(3, 3), num_filter=6, num_group=2, layout="NHWC"),
             (1, 5, 6, 4), (6, 3, 3, 2), (1, 3, 4, 6)),
            (mx.sym.Deconvolution(x, kernel=(3, 3), num_filter=6, num_group=2, layout="NHWC"),
             (1, 5, 6, 4), (4, 3, 3, 3), (1, 7, 8, 6)),
            (mx.sym.Convolution(x, kernel=(3, 3, 3), num_filter=6, num_group=2, layout="NDHWC"),
             (1, 5, 6, 7, 4), (6, 3, 3, 3, 2), (1, 3, 4, 5, 6))):
        args, outs, _ = node.infer_shape(x=size)
        assert args[1] == weight and outs == [out]


def test_a_graph_infers_the_data_from_the_output():
    node = mx.sym.Convolution(mx.sym.var("x"), kernel=(3, 3), num_filter=6, layout="NHWC")
    whole = mx.sym.elemwise_add(node, mx.sym.var("same"))
    assert whole.infer_shape_partial(x=(0, 0, 0, 4), same=(2, 5, 6, 6))[0][0] == (2, 7, 8, 4)


@pytest.mark.parametrize("op, shapes, layout, message", [
    ("Convolution", ((1, 4, 4, 2), (3, 2, 3, 3)), "NHWC",
     r"weight must have shape \(3, 3, 3, 2\) for data \(1, 4, 4, 2\); got \(3, 2, 3, 3\)"),
    ("Convolution", ((1, 4, 2), (3, 3, 3, 2)), "NHWC", "data must have shape of 4 axes, NHWC; got"),
    ("Convolution", ((1, 4, 4, 2), (3, 3, 3, 2)), "NWC",
     "layout must be NCHW or NHWC for data of 4 axes; got 'NWC'"),
    ("Deconvolution", ((1, 4, 4, 2), (3, 2, 3, 3)), "NHWC",
     r"weight must have shape \(2, 3, 3, 3\) for data"),
    ("Deconvolution", ((1, 4, 4, 2), (2, 3, 3, 3)), "NCHWC", "layout must be one of"),
])
def test_errors(op, shapes, layout, message):
    with pytest.raises(mx.MXNetError, match=f"{op}: {message}"):
        getattr(nd, op)(*[nd.ones(shape) for shape in shapes], kernel=(3, 3), num_filter=3,
                        no_bias=True, layout=layout)
