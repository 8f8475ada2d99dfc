"""Deconvolution beyond the samples: against NumPy in float64, and as a convolution's gradient."""

import numpy as np
import pytest
from samples.image_layers import deconvolution

import mxlite as mx

nd = mx.nd
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-14}
CASES = [      # data, num_filter, options
    ((1, 1, 1, 1), 1, {"kernel": (1, 1)}),
    ((2, 3, 7, 9), 5, {"kernel": (3, 3), "pad": (1, 1)}),
    ((2, 16, 14, 15), 20, {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1)}),
    ((2, 16, 14, 15), 8, {"kernel": (2, 2), "stride": (2, 2)}),
    ((3, 20, 7, 8), 20, {"kernel": (3, 3), "stride": (2, 2), "num_group": 20, "adj": (1, 1)}),
    ((2, 6, 9), 4, {"kernel": (5,), "stride": (3,), "dilate": (2,), "num_group": 2}),
    ((2, 4, 3, 4, 5), 6, {"kernel": (3, 2, 3), "dilate": (2, 1, 1), "stride": (1, 2, 2),
                          "pad": (1, 0, 1), "num_group": 2}),
    ((2, 2, 3, 3), 3, {"kernel": (1, 1), "stride": (3, 2)}),
    ((1, 3, 4, 5), 2, {"kernel": (16, 12), "stride": (8, 6), "pad": (4, 3)}),
    ((2, 4, 3, 5), 4, {"kernel": (7, 9), "stride": (5, 4), "dilate": (2, 3), "num_group": 2}),
    ((3, 8, 1, 1), 6, {"kernel": (4, 4)}),      # windows reach far beyond data: col2im
    ((2, 8, 2, 3), 6, {"kernel": (5, 4), "pad": (1, 0), "num_group": 2}),
    ((2, 8, 2), 6, {"kernel": (9,), "stride": (2,), "dilate": (3,), "adj": (1,)}),
    ((0, 3, 4, 4), 2, {"kernel": (3, 3)}),
]


def weight_shape(shape, filters, options):
    return shape[1], filters // options.get("num_group", 1), *options["kernel"]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape, filters, options", CASES, ids=str)
def test_forward(rng, shape, filters, options, dtype):
    values = [rng.standard_normal(size).astype(dtype) for size in (
        shape, weight_shape(shape, filters, options), (filters,))]
    got = nd.Deconvolution(*[nd.array(value, dtype=dtype) for value in values],
                           num_filter=filters, no_bias=False, **options)
    want = deconvolution(*[value.astype("float64") for value in values], num_filter=filters,
                         **options)
    assert got.shape == want.shape
    size = max(1.0, np.abs(want).max(initial=0))
    np.testing.assert_allclose(got.asnumpy().astype("float64") / size, want / size, rtol=0,
                               atol=TOLERANCE[dtype])


@pytest.mark.parametrize("shape, filters, options", CASES[:-1], ids=str)
def test_it_is_the_transpose_of_a_convolution(rng, shape, filters, options):
    """<deconvolution(x, w), y> = <x, convolution(y, w)>."""
    x, w = [nd.array(rng.standard_normal(size), dtype="float64") for size in (
        shape, weight_shape(shape, filters, options))]
    out = nd.Deconvolution(x, w, num_filter=filters, **options)
    y = nd.array(rng.standard_normal(out.shape), dtype="float64")
    settings = {key: value for key, value in options.items() if key != "adj"}
    back = nd.Convolution(y, w, num_filter=shape[1], no_bias=True, **settings)
    np.testing.assert_allclose((out * y).sum().asscalar(), (x * back).sum().asscalar(), 1e-12)


def test_results_do_not_depend_on_threads(rng):
    from mxlite.device import host
    x = nd.array(rng.standard_normal((4, 32, 40, 40)))
    w, b = nd.array(rng.standard_normal((32, 24, 3, 3))), nd.array(rng.standard_normal((24,)))
    for array in (x, w, b):
        array.attach_grad()
    results = []
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        with mx.autograd.record():
            y = nd.Deconvolution(x, w, b, kernel=(3, 3), stride=(2, 2), num_filter=24,
                                 no_bias=False)
        y.backward()
        results.append([a.asnumpy().tobytes() for a in (y, x.grad, w.grad, b.grad)])
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("target, stride", [((8, 8), 2), ((7, 9), 2), ((1, 2), 2), ((4, 2), 1)])
def test_target_shape_says_the_spatial_shape(rng, target, stride):
    options = {"kernel": (3, 3), "stride": (stride, stride), "num_filter": 3}
    x, w = rng.standard_normal((1, 2, 4, 4)), rng.standard_normal((2, 3, 3, 3))
    got = nd.Deconvolution(nd.array(x, dtype="float64"), nd.array(w, dtype="float64"),
                           pad=(5, 5), target_shape=target, **options)
    assert got.shape == (1, 3, *target)
    np.testing.assert_allclose(got.asnumpy(), deconvolution(x, w, target_shape=target, **options),
                               rtol=1e-12, atol=1e-12)


def test_target_shape_of_zeros_is_not_given():
    y = nd.Deconvolution(nd.ones((1, 2, 4, 4)), nd.ones((2, 3, 3, 3)), kernel=(3, 3), pad=(1, 1),
                         num_filter=3, target_shape=(0, 0))
    assert y.shape == (1, 3, 4, 4)


def test_a_graph_infers_the_data_from_the_output():
    def data_of(out, **options):
        node = mx.sym.Deconvolution(mx.sym.var("x"), kernel=(3, 3), num_filter=6, **options)
        whole = mx.sym.Group([mx.sym.elemwise_add(node, mx.sym.var("same"))])
        return whole.infer_shape_partial(x=(2, 4, 0, 0), same=out)[0][0]
    assert data_of((2, 6, 8, 9)) == (2, 4, 6, 7)
    assert data_of((2, 6, 9, 11), stride=(2, 2)) == (2, 4, 4, 5)


def test_a_graph_knows_the_output_of_target_shape():
    node = mx.sym.Deconvolution(mx.sym.var("x"), kernel=(3, 3), num_filter=6, stride=(2, 2),
                                target_shape=(8, 8))
    assert node.infer_shape_partial(x=(0, 4, 0, 0))[1] == [(0, 6, 8, 8)]


@pytest.mark.parametrize("shapes, options, message", [
    (((2, 3, 8), (3, 5, 3, 3)), {}, r"data must have shape of 4 axes, NCHW; got \(2, 3, 8\)"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {}, r"weight must have shape \(3, 5, 3, 3\) .*; got \(5, 3"),
    (((2, 3, 0, 8), (3, 5, 3, 3)), {}, "data must have shape without empty axes but the batch's"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"stride": (1,)}, "stride must be 2 integers of at least 1"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"adj": (-1, 0)}, "adj must be 2 integers of at least 0"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"stride": (2, 2), "adj": (2, 1)},
     r"adj must be less than stride \(2, 2\); got \(2, 1\)"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"target_shape": (9, 9)},
     r"adj must be less than stride \(1, 1\) for target_shape \(9, 9\); got \(1, 1\)"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"target_shape": (11, 9)},
     r"target_shape must be at most \(10, 10\) for data of \(8, 8\); got \(11, 9\)"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"target_shape": (8, 0)},
     r"target_shape must be 2 integers of at least 1, as kernel has; got \(8, 0\)"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"pad": (5, 0)},
     r"pad must be such that something is left of \(10, 10\); got \(5, 0\)"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"num_group": 2}, "num_filter must be a multiple of num_group"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"num_group": 5}, "data must .*multiple of num_group 5"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"layout": "NCW"}, "layout must be NCHW or NHWC"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"kernel": (0, 3)}, "kernel must be 1 to 3 integers"),
    (((2, 3, 8, 8), (3, 5, 3, 3)), {"no_bias": False},
     "missing input 'bias', which it takes with no_bias"),
    (((2, 3, 8, 8), (3, 5, 3, 3), (4,)), {"no_bias": False}, r"bias must have shape \(5,\)"),
])
def test_errors(shapes, options, message):
    given = {"kernel": (3, 3), "num_filter": 5, **options}
    with pytest.raises(mx.MXNetError, match="Deconvolution: " + message):
        nd.Deconvolution(*[nd.ones(shape) for shape in shapes], **given)


def test_mxnets_unused_parameters_are_taken():
    y = nd.Deconvolution(nd.ones((1, 1, 2, 2)), nd.ones((1, 2, 2, 2)), (2, 2), (2, 2), (), (), (),
                         (), 2, 1, 256, True, "off", True, "NCHW", bias=None)
    assert y.shape == (1, 2, 4, 4) and (y.asnumpy() == 1).all()
