"""Maps read at places of a grid, and compared: edges, recorded from MXNet 1.9.1, and errors."""

import numpy as np
import pytest
from samples import maps

import mxlite as mx
from mxlite import nd

NAN, INF = float("nan"), float("inf")
X = nd.arange(16).reshape((1, 1, 4, 4))
AFFINE = {"transform_type": "affine", "target_shape": (2, 3)}


def read(x, y, data=X):
    grid = nd.array([[[x], [y]]])
    return nd.BilinearSampler(data, grid).asnumpy().ravel()


def test_sampler_at_the_edges():
    np.testing.assert_allclose(read([-1.75, 1.5, -1.5, 1], [0, 0, 0, 1]), [0, 2.25, 1.5, 15])
    assert read([INF, -INF, 1e30], [0, 0, 0]).tolist() == [0, 0, 0]      # NaN in MXNet 1.9.1
    assert np.isnan(read([NAN, 0], [0, NAN])).all()


def test_a_place_outside_takes_nothing_of_the_map():
    data = X * INF
    assert read([-3, 3], [0, 0], data).tolist() == [0, 0]
    data = X.copy()
    data.attach_grad()
    with mx.autograd.record():
        out = nd.BilinearSampler(data, nd.array([[[[-3.0]], [[0.0]]]]))
    out.backward(nd.array([[[[NAN]]]]))
    assert not data.grad.asnumpy().any()


def test_grids_of_one_row():
    """A length of one has no place from -1 to 1, in MXNet either."""
    grid = nd.GridGenerator(nd.array([[1, 0, 0, 0, 1, 0]]), transform_type="affine",
                            target_shape=(1, 2))
    assert np.isnan(grid.asnumpy()).all()
    grid = nd.GridGenerator(nd.zeros((1, 2, 1, 2)), transform_type="warp").asnumpy()
    assert grid[0, 0].tolist() == [[-1, 1]] and np.isnan(grid[0, 1]).all()


def test_identity_and_turns():
    quarter = nd.array([[0, -1, 0, 1, 0, 0]])
    kinds = {"transform_type": "affine", "sampler_type": "bilinear", "target_shape": (4, 4)}
    out = nd.SpatialTransformer(X, nd.array([[1, 0, 0, 0, 1, 0]]), **kinds)
    np.testing.assert_allclose(out.asnumpy(), X.asnumpy(), 1e-6, 1e-6)
    out = nd.SpatialTransformer(X, quarter, **kinds)
    np.testing.assert_allclose(out.asnumpy()[0, 0], np.rot90(X.asnumpy()[0, 0]), 1e-5, 1e-5)


def test_transformer_is_sampler_of_grid(rng):
    data, loc = nd.array(rng.standard_normal((2, 3, 5, 6))), nd.array(rng.uniform(-1, 1, (2, 6)))
    grads = []
    for function in (
            lambda: nd.SpatialTransformer(data, loc, sampler_type="bilinear", **AFFINE),
            lambda: nd.BilinearSampler(data, nd.GridGenerator(loc, **AFFINE))):
        data.attach_grad()
        loc.attach_grad()
        with mx.autograd.record():
            out = function()
        out.backward()
        grads.append([out.asnumpy(), data.grad.asnumpy(), loc.grad.asnumpy()])
    for one, other in zip(*grads, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_gradients_of_16_bits_are_summed_in_float32(dtype):
    """All of 600 places read one pixel."""
    data, grid = nd.ones((1, 1, 3, 3), dtype=dtype), nd.zeros((1, 2, 20, 30), dtype=dtype)
    data.attach_grad()
    with mx.autograd.record():
        out = nd.BilinearSampler(data, grid)
    out.backward()
    assert data.grad.asnumpy()[0, 0, 1, 1] == 600


def test_correlation_of_distances_has_a_slope_at_zero():
    """As MXNet's: that of data1 is 1 there, that of data2 -1."""
    a, b = nd.ones((1, 1, 1, 1)), nd.ones((1, 1, 1, 1))
    a.attach_grad()
    b.attach_grad()
    with mx.autograd.record():
        out = nd.Correlation(a, b, max_displacement=0, is_multiply=False)
    out.backward()
    assert (a.grad.asscalar(), b.grad.asscalar()) == (1, -1)


def test_wide_correlation(rng):
    """Rows of more places than are added up at once."""
    a, b = rng.standard_normal((2, 1, 3, 4, 150))
    params = {"max_displacement": 2, "pad_size": 2, "stride2": 2}
    out = nd.Correlation(nd.array(a, dtype="float64"), nd.array(b, dtype="float64"), **params)
    np.testing.assert_allclose(out.asnumpy(), maps.correlation(a, b, **params), 1e-12, 1e-13)


TRANSFORM = {"transform_type": "affine", "sampler_type": "bilinear", "target_shape": (2, 2)}


@pytest.mark.parametrize("op, inputs, params, message", [
    ("BilinearSampler", (nd.ones((1, 4, 4)), X), {}, r"data must have shape \(N, C, H, W\)"),
    ("BilinearSampler", (X, X), {}, r"grid must have shape \(1, 2, OH, OW\) with OH, OW above 0"),
    ("GridGenerator", (X,), AFFINE, r"data must have shape \(N, 6\); got \(1, 1, 4, 4\)"),
    ("GridGenerator", (nd.ones((1, 6)),), {"transform_type": "affine"},
     r"target_shape must be \(height, width\), both above 0; got \(0, 0\)"),
    ("GridGenerator", (X,), {"transform_type": "warp"}, r"data must have shape \(N, 2, H, W\)"),
    ("GridGenerator", (X,), {"transform_type": "turn"}, "transform_type must be one of 'affine'"),
    ("SpatialTransformer", (nd.ones((1, 6)), X), TRANSFORM, r"data must have shape \(N, C, H, W\)"),
    ("SpatialTransformer", (X, nd.ones((2, 6))), TRANSFORM, r"loc must have shape \(1, 6\)"),
    ("SpatialTransformer", (X, nd.ones((1, 6))), {**TRANSFORM, "target_shape": (2, 0)},
     "target_shape must be"),
    ("Correlation", (nd.ones((1, 4)), X), {}, r"data1 must have shape \(N, C, H, W\)"),
    ("Correlation", (X, nd.ones((1, 1, 4, 5))), {}, r"data2 must have shape \(1, 1, 4, 4\), as"),
    ("Correlation", (X, X), {"kernel_size": 2}, "kernel_size must be an odd number; got 2"),
    ("Correlation", (X, X), {"max_displacement": 2},
     r"data1 must have shape .* W above 4, so that a patch and its moves fit; got \(1, 1, 4, 4\)"),
    ("Correlation", (X, X), {"stride2": 0}, "stride2 must be at least 1"),
])
def test_errors(op, inputs, params, message):
    with pytest.raises(mx.base.MXNetError, match=f"{op}: {message}"):
        getattr(nd, op)(*inputs, **params)
