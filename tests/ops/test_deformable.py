"""DeformableConvolution and ModulatedDeformableConvolution: gradients, borders, errors."""

import numpy as np
import pytest
from gradcheck import check_gradient

import mxlite as mx

nd = mx.nd
plain, modulated = nd.contrib.DeformableConvolution, nd.contrib.ModulatedDeformableConvolution


def offsets(rng, shape):
    """Offsets that end within pixels, some of them outside the image."""
    return rng.integers(-2, 3, shape) + rng.uniform(0.2, 0.8, shape)


@pytest.mark.parametrize("groups, deformable", [(1, 1), (2, 1), (1, 2)])
@pytest.mark.parametrize("with_mask", [False, True])
def test_gradients(rng, groups, deformable, with_mask):
    options = {"kernel": (2, 3), "num_filter": 4, "num_group": groups, "pad": (1, 0),
               "num_deformable_group": deformable, "stride": (1, 2)}
    values = [rng.standard_normal((2, 4, 4, 6)), offsets(rng, (2, 12 * deformable, 5, 2))]
    values += [rng.uniform(0, 2, (2, 6 * deformable, 5, 2))] if with_mask else []
    values += [rng.standard_normal((4, 4 // groups, 2, 3)), rng.standard_normal(4)]
    function = modulated if with_mask else plain
    check_gradient(lambda *arrays: function(*arrays, **options), values, rng)


@pytest.mark.parametrize("function", [plain, modulated])
def test_offsets_of_0_give_the_convolution(rng, function):
    x, w, b = [nd.array(rng.standard_normal(shape)) for shape in ((2, 4, 7, 8), (6, 2, 3, 3), (6,))]
    options = {"kernel": (3, 3), "num_filter": 6, "num_group": 2, "pad": (1, 1), "stride": (2, 1)}
    moved = [nd.zeros((2, 18, 4, 8))] + ([nd.ones((2, 9, 4, 8))] if function is modulated else [])
    np.testing.assert_allclose(function(x, *moved, w, b, **options).asnumpy(),
                               nd.Convolution(x, w, b, **options).asnumpy(), 1e-5, 1e-5)


@pytest.mark.parametrize("at, plain_value, faded", [
    (-1.5, 0, 0), (-0.5, 0, 0.5), (0, 1, 1), (0.5, 1.5, 1.5), (1, 2, 2), (1.5, 2, 1), (2, 0, 0),
    (np.nan, 0, 0), (np.inf, 0, 0)])
def test_borders(at, plain_value, faded):
    """The pixels 1, 2 of one column, read at row `at`."""
    x, w = nd.array([[[[1.0], [2.0]]]]), nd.ones((1, 1, 1, 1))
    offset = nd.array([[[[at], [at - 1]], [[0.0], [0.0]]]])
    options = {"kernel": (1, 1), "num_filter": 1, "no_bias": True}
    assert plain(x, offset, w, **options).asnumpy().ravel().tolist() == [plain_value] * 2
    mask = nd.ones((1, 1, 2, 1))
    assert modulated(x, offset, mask, w, **options).asnumpy().ravel().tolist() == [faded] * 2


def test_an_infinite_pixel_reaches_only_what_reads_it():
    x, w = nd.array([[[[np.inf, 1.0, 2.0, 3.0]]]]), nd.ones((1, 1, 1, 1))
    offset = nd.array([[[[0.0, 0, 0, 9]], [[0.0, 1, 0, 0]]]])
    y = plain(x, offset, w, kernel=(1, 1), num_filter=1, no_bias=True).asnumpy().ravel()
    assert not np.isfinite(y[0]) and y[1:].tolist() == [2, 2, 0]


def test_float16_gradients_are_added_up_in_float32(rng):
    x = nd.ones((1, 1, 1, 1), dtype="float16")
    offset = nd.zeros((1, 2, 64, 64), dtype="float16")
    for i in range(64):         # all 4096 windows read the one pixel
        offset[0, 0, i] = -i
        offset[0, 1, :, i] = -i
    x.attach_grad()
    with mx.autograd.record():
        y = plain(nd.Pad(x, mode="constant", pad_width=(0, 0, 0, 0, 0, 63, 0, 63)), offset,
                  nd.ones((1, 1, 1, 1), dtype="float16"), kernel=(1, 1), num_filter=1,
                  no_bias=True)
    y.backward()
    assert (y.asnumpy() == 1).all() and x.grad.asnumpy().item() == 4096


def test_a_graph_infers_offset_mask_and_weight():
    node = mx.sym.contrib.ModulatedDeformableConvolution(
        mx.sym.var("x"), mx.sym.var("o"), mx.sym.var("m"), kernel=(3, 3), num_filter=4,
        num_deformable_group=2, num_group=2, name="d")
    args, outs, _ = node.infer_shape(x=(2, 4, 7, 8))
    assert dict(zip(node.list_arguments(), args, strict=True)) == {
        "x": (2, 4, 7, 8), "o": (2, 36, 5, 6), "m": (2, 18, 5, 6), "d_weight": (4, 2, 3, 3),
        "d_bias": (4,)}
    assert outs == [(2, 4, 5, 6)]


@pytest.mark.parametrize("shapes, options, message", [
    (((2, 4, 7), (2, 18, 5, 6), (4, 4, 3, 3)), {}, "data must have shape of 4 axes, NCHW"),
    (((2, 4, 7, 8), (2, 9, 5, 6), (4, 4, 3, 3)), {},
     r"offset must have shape \(2, 18, 5, 6\) for data \(2, 4, 7, 8\); got \(2, 9, 5, 6\)"),
    (((2, 4, 7, 8), (2, 18, 5, 6), (4, 2, 3, 3)), {}, r"weight must have shape \(4, 4, 3, 3\)"),
    (((2, 4, 2, 8), (2, 18, 0, 6), (4, 4, 3, 3)), {}, "data must have shape at least as large as"),
    (((2, 4, 7, 8), (2, 18, 5, 6), (4, 4, 3, 3)), {"num_deformable_group": 3},
     "with C a multiple of num_deformable_group 3"),
    (((2, 3, 7, 8), (2, 18, 5, 6), (4, 4, 3, 3)), {"num_group": 2}, "a multiple of num_group 2"),
    (((2, 4, 7, 8), (2, 18, 5, 6), (4, 4, 3, 3)), {"kernel": (3,)}, "kernel must be 2 integers"),
    (((2, 4, 7, 8), (2, 18, 5, 6), (4, 4, 3, 3)), {"layout": "NCW"}, "layout must be NCHW"),
    (((2, 4, 7, 8), (2, 18, 5, 6), (4, 4, 3, 3)), {"stride": (0, 1)}, "stride must be 2 integers"),
])
def test_errors(shapes, options, message):
    given = {"kernel": (3, 3), "num_filter": 4, "no_bias": True, **options}
    with pytest.raises(mx.MXNetError, match="contrib.DeformableConvolution: .*" + message):
        plain(*[nd.ones(shape) for shape in shapes], **given)
