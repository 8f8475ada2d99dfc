"""Small operators of contrib and their like: dtypes, special values, gradients, errors."""

import numpy as np
import pytest
from gradcheck import check_gradients

import mxlite as mx
from mxlite.ndarray import contrib

nd = mx.nd


def test_khatri_rao_has_gradients(rng):
    values = [rng.standard_normal(shape) for shape in ((2, 3), (4, 3), (2, 3))]
    check_gradients(nd.khatri_rao, values, rng)
    check_gradients(lambda x: nd.khatri_rao(x, x), values[:1], rng)
    assert nd.khatri_rao(nd.ones((2, 1), dtype="int32")).dtype == np.int32


def test_khatri_rao_of_other_columns():
    with pytest.raises(ValueError, match=r"khatri_rao: arg1 must have shape \(rows, 3\); got"):
        nd.khatri_rao(nd.ones((2, 3)), nd.ones((2, 2)))
    with pytest.raises(ValueError, match=r"khatri_rao: arg0 must have shape \(rows, N\); got"):
        nd.khatri_rao(nd.ones((2,)))


@pytest.mark.parametrize(("dtypes", "narrow", "want"), [
    (("float16", "float32"), False, ("float32", "float32")),
    (("float16", "float32"), True, ("float16", "float16")),
    (("float16", "int32"), False, ("float16", "int32")),
    (("float16", "float64"), False, ("float16", "float64")),
    (("float32", "float64"), True, ("float32", "float64"))])
def test_multicast_dtypes_as_in_mxnet(dtypes, narrow, want):
    arrays = [nd.array([1, 2], dtype=dtype) for dtype in dtypes]
    for array in arrays[:1]:
        array.attach_grad()
    with mx.autograd.record():
        outputs = nd.amp_multicast(*arrays, num_outputs=2, cast_narrow=narrow)
        total = outputs[0].sum() * 2
    total.backward()
    assert tuple(np.dtype(y.dtype).name for y in outputs) == want
    assert arrays[0].grad.dtype == arrays[0].dtype
    assert arrays[0].grad.asnumpy().tolist() == [2, 2]
    with pytest.raises(ValueError, match="num_outputs must be the number of arrays, 2; got 3"):
        nd.amp_multicast(*arrays, num_outputs=3)


def test_quadratic_of_integers():
    """As MXNet 1.9.1: the whole part of 1.5 x^2 + 2 x + 3."""
    x = nd.array([[0, 0, 1], [2, -1, 0]], dtype="int32")
    out = contrib.quadratic(x, a=1.5, b=2, c=3)
    assert out.dtype == np.int32 and out.asnumpy().tolist() == [[3, 3, 6], [13, 2, 3]]


def test_gradients_that_are_no_derivatives(rng):
    x = nd.array(rng.standard_normal(5))
    x.attach_grad()
    with mx.autograd.record():
        y = contrib.gradientmultiplier(x, scalar=-2) * contrib.sign_ste(x) * contrib.round_ste(x)
    y.backward()
    v = x.asnumpy()
    want = -2 * np.sign(v) * np.rint(v) + v * np.rint(v) + v * np.sign(v)
    np.testing.assert_allclose(x.grad.asnumpy(), want, rtol=1e-6)


def test_allclose():
    x = nd.array([1, np.inf, np.nan])
    assert contrib.allclose(x, x).asscalar() == 1
    assert contrib.allclose(x, x, equal_nan=False).asscalar() == 0
    y = nd.array([1.01, np.inf, np.nan])
    assert [contrib.allclose(x, y, rtol=rtol).asscalar() for rtol in (1e-3, 0.1)] == [0, 1]
    assert contrib.allclose(nd.array([200], dtype="uint8"),
                            nd.array([201], dtype="uint8"), atol=2).asscalar() == 1
    with pytest.raises(ValueError, match=r"b must have shape \(3,\), as a has; got \(2,\)"):
        contrib.allclose(x, nd.ones((2,)))


def test_arange_like_of_dtypes_and_axes():
    x = nd.zeros((2, 3), dtype="int32")
    assert contrib.arange_like(x).dtype == np.int32
    assert contrib.arange_like(x, axis=-2).asnumpy().tolist() == [0, 1]
    assert contrib.arange_like(nd.zeros((0, 3))).shape == (0, 3)
    with pytest.raises(IndexError, match=r"axis must be in \[-2, 1\] .*; got 2"):
        contrib.arange_like(x, axis=2)


def test_histogram():
    x = nd.array([0, 1, 2, 5, 5, -1, np.nan])
    counts, bounds = nd.histogram(x, bins=5, range=(0, 5))
    assert counts.dtype == np.int64 and counts.asnumpy().tolist() == [1, 1, 1, 0, 2]
    assert bounds.dtype == np.float32 and bounds.asnumpy().tolist() == [0, 1, 2, 3, 4, 5]
    counts, bounds = nd.histogram(x[:6], bins=5)
    assert counts.asnumpy().tolist() == [2, 1, 1, 0, 2]
    np.testing.assert_allclose(bounds.asnumpy(), [-1, 0.2, 1.4, 2.6, 3.8, 5], rtol=1e-6)
    assert nd.histogram(x, nd.array([0, 1, 5]))[0].asnumpy().tolist() == [1, 4]
    assert nd.histogram(nd.array([2, 2]), 3)[1].asnumpy().tolist() == pytest.approx(
        [1.5, 11 / 6, 13 / 6, 2.5])


def test_bins_of_integers_have_their_true_width():
    counts, bounds = nd.histogram(nd.array([0, 1], dtype="int32"), 3, (0, 2))
    assert counts.asnumpy().tolist() == [1, 1, 0] and bounds.asnumpy().tolist() == [0, 0, 1, 2]


def test_histogram_of_symbols():
    x, bounds = mx.sym.var("x"), mx.sym.var("bounds")
    values = {"x": nd.array([0, 1, 2, 5]), "bounds": nd.array([0, 1, 5])}
    counts = mx.sym.histogram(x, bounds)[0].bind(mx.cpu(), values).forward()[0]
    assert counts.asnumpy().tolist() == [1, 3]
    counts = mx.sym.histogram(x, 2, (0, 4))[0].bind(mx.cpu(), values).forward()[0]
    assert counts.asnumpy().tolist() == [2, 1]
    with pytest.raises(ValueError, match="histogram: range must be given for a Symbol"):
        mx.sym.histogram(x, 3)
    with pytest.raises(ValueError, match="bins must be an integer or a Symbol; got list"):
        mx.sym.histogram(x, [0, 1])


@pytest.mark.parametrize(("call", "message"), [
    (lambda x: nd.histogram(x, [0, 1]), "bins must be an integer or an NDArray; got list"),
    (lambda x: nd.histogram(nd.zeros((0,))), "range must be given where there are no values"),
    (lambda x: nd.histogram(x, 0, (0, 1)), "bin_cnt must be at least 1; got 0"),
    (lambda x: nd.histogram(x, 2, (1, 0)), r"range must be \(lower bound, upper bound\)"),
    (lambda x: nd.histogram(x, nd.array([2, 1])), "_histogram: bins must be ascending"),
    (lambda x: nd.histogram(x, nd.ones((1,))), r"bins must have shape \(n,\), n at least 2; got"),
    (lambda x: nd._internal._histogram(x, bin_cnt=3), "range must be given with bin_cnt, and")])
def test_histograms_that_there_are_not(call, message):
    with pytest.raises(ValueError, match=message):
        call(nd.array([1, 2]))


def test_count_sketch_of_places_outside():
    with pytest.raises(IndexError, match="must be from 0 to 1; got 2 at"):
        contrib.count_sketch(nd.ones((2, 3)), nd.array([0, 2, 1]), nd.ones((3,)), out_dim=2)
    with pytest.raises(ValueError, match=r"h must have shape \(3,\) or \(1, 3\); got \(2,\)"):
        contrib.count_sketch(nd.ones((2, 3)), nd.ones((2,)), nd.ones((3,)), out_dim=2)


def test_transforms_undo_each_other(rng):
    x = rng.standard_normal((3, 7))
    back = contrib.ifft(contrib.fft(nd.array(x, dtype="float64"))) / 7
    np.testing.assert_allclose(back.asnumpy(), x, rtol=0, atol=1e-14)
    with pytest.raises(ValueError, match=r"contrib.ifft: data must have shape \(\*, 2 n\); got"):
        contrib.ifft(nd.ones((2, 3)))


@pytest.mark.parametrize("way", ["eager", "symbol"])
def test_sparse_regularization_as_in_mxnet(way):
    """Values of MXNet 1.9.1: backward moves the average, forward does not."""
    x = nd.array([[0.25, 0.5, 0.75], [0.5, 0.25, 0.375]])
    dy, average = nd.array([[1, 2, 3], [4, 5, 6]]), nd.array([0.5, 0.25, 0.125])
    options = {"penalty": 0.5, "sparseness_target": 0.25, "momentum": 0.75}
    if way == "eager":
        x.attach_grad()
        with mx.autograd.record():
            y = nd.IdentityAttachKLSparseReg(x, average, **options)
        assert average.asnumpy().tolist() == [0.5, 0.25, 0.125]
        y.backward(dy)
        gradient = x.grad
    else:
        symbol = mx.sym.IdentityAttachKLSparseReg(mx.sym.var("x"), name="k", **options)
        assert symbol.list_auxiliary_states() == ["k_moving_avg"]
        gradient = nd.zeros((2, 3))
        executor = symbol.bind(mx.cpu(), {"x": x}, {"x": gradient}, aux_states=[average])
        y = executor.forward(is_train=True)[0]
        executor.backward(dy)
    np.testing.assert_array_equal(y.asnumpy(), x.asnumpy())
    np.testing.assert_allclose(gradient.asnumpy(), [[1.4392157, 2.0772946, 2.9564626],
                                                    [4.4392157, 5.077295, 5.9564624]], rtol=1e-6)
    np.testing.assert_allclose(average.asnumpy(), [0.46875, 0.28125, 0.234375], rtol=1e-6)


def test_sparse_regularization_of_other_shapes():
    with pytest.raises(ValueError, match=r"moving_avg must have shape \(3,\); got \(2,\)"):
        nd.IdentityAttachKLSparseReg(nd.ones((2, 3)), nd.ones((2,)))
    with pytest.raises(ValueError, match=r"data must have shape \(N, C, \*\); got \(2,\)"):
        nd.IdentityAttachKLSparseReg(nd.ones((2,)), nd.ones((2,)))


def test_operators_made_of_others_are_named_in_errors():
    with pytest.raises(IndexError, match=r"^contrib\.count_sketch: indices must be from 0 to 2; "
                                         r"got 9 at \(0,\)"):
        nd.contrib.count_sketch(nd.ones((2, 3)), nd.array([9, 0, 1]), nd.ones(3), out_dim=3)
