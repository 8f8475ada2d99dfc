"""Casts, copies, and operators that only steer gradients."""

import pickle
import sys

import numpy as np
import pytest
from gradcheck import vjp_of

import mxlite as mx
from mxlite import autograd, nd


def test_gradient_stops(rng):
    x = rng.normal(size=4)
    assert not vjp_of(nd.BlockGrad, (0,))([x], x)[0].any()
    assert (vjp_of(nd.make_loss, (0,))([x], x)[0] == 1).all()
    np.testing.assert_array_equal(vjp_of(nd.identity, (0,))([x], x)[0], x)


def test_cast_passes_gradients_back_in_the_first_dtype():
    x = nd.array([1, 2], dtype="float64")
    x.attach_grad()
    with autograd.record():
        y = x.astype("float32") * 3
    y.backward()
    assert x.grad.dtype is np.float64 and x.grad.tolist() == [3, 3]


@pytest.mark.parametrize("normalization, want", [("null", 3.0), ("batch", 0.75), ("valid", 1.5)])
def test_make_loss_scales_its_gradient(normalization, want):
    x = nd.array([-1, 2, 0, 4])
    x.attach_grad()
    with autograd.record():
        y = nd.MakeLoss(x, 3.0, 0.0, normalization)
    y.backward()
    assert x.grad.tolist() == [want] * 4


def test_what_does_not_fit_an_integer_becomes_the_least():
    x = nd.array([np.nan, np.inf, -np.inf, 1e10, -1.9])
    assert x.astype("int32").tolist() == [-2**31] * 4 + [-1]
    assert x.astype("int64").tolist() == [-2**63] * 3 + [10**10, -1]
    assert x.astype("uint8").tolist()[:4] == [0] * 4


def test_cast_of_extremes():
    x = nd.array([np.nan, 3e38, -1.9, 1.9], dtype="float32")
    assert x.astype("int32").tolist()[2:] == [-1, 1]
    assert x.astype("bool").tolist() == [True, True, True, True]
    assert x.astype("float16").tolist()[1] == np.inf


@pytest.mark.parametrize("bits", [range(0, 65536, 1)])
def test_every_half_converts_exactly(bits):
    half = np.array(bits, dtype="u2").view("f2")
    wide = nd.array(half, dtype="float16").astype("float32").asnumpy()
    np.testing.assert_array_equal(wide, half.astype("f4"))
    back = nd.array(wide).astype("float16").asnumpy()
    np.testing.assert_array_equal(back[~np.isnan(half)], half[~np.isnan(half)])


def test_rounding_to_half_is_to_nearest_even(rng):
    x = np.concatenate([rng.normal(size=20000) * 10.0 ** rng.integers(-9, 6, 20000),
                        [65519.9, 65520, 5.9e-8, 2.9e-8]]).astype("f4")
    with np.errstate(over="ignore"):
        want = x.astype("f2")
    np.testing.assert_array_equal(nd.array(x).astype("float16").asnumpy(), want)


def test_bfloat16_without_ml_dtypes(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    data = nd.ones((2,), dtype="bfloat16") + 1
    assert data.astype("float32").asnumpy().tolist() == [2, 2]
    assert nd.array([1, 2]).astype("bfloat16").sum().astype("float32").asscalar() == 3
    assert data.dtype.__name__ == "bfloat16" and nd.ones(2, dtype=data.dtype).dtype is data.dtype
    assert repr(data) == "\n[2. 2.]\n<NDArray 2 @cpu(0)>"
    for call in (data.asnumpy, lambda: nd.array([1], dtype="bfloat16")):
        with pytest.raises(NotImplementedError, match=r"pip install ml-dtypes, or cast"):
            call()


@pytest.mark.parametrize("layer", [mx.gluon.rnn.LSTM(3), mx.gluon.nn.Dense(3)])
def test_layers_of_bfloat16_without_ml_dtypes(monkeypatch, layer, tmp_path):
    """Layers, files and pickles; values are those of float32, rounded."""
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    layer.initialize(mx.init.Constant(0.25))
    x = nd.ones((4, 2, 5))
    want = layer(x).asnumpy()
    layer.cast("bfloat16")
    got = layer(x.astype("bfloat16"))
    assert got.dtype.__name__ == "bfloat16"
    layer.save_parameters(str(tmp_path / "p"))
    for array in layer.collect_params().values():
        array.set_data(nd.zeros(array.shape, dtype="bfloat16"))
    layer.load_parameters(str(tmp_path / "p"))
    np.testing.assert_array_equal(layer(x.astype("bfloat16")).astype("float32").asnumpy(),
                                  got.astype("float32").asnumpy())
    again = pickle.loads(pickle.dumps(got))
    assert (again.astype("float32") == got.astype("float32")).asnumpy().all()
    np.testing.assert_allclose(got.astype("float32").asnumpy(), want, rtol=0.02)


def test_operators_without_parameters_pass_over_a_context():
    x = nd.array([1.0, 2])
    assert nd.zeros_like(x, ctx=x.context).tolist() == [0, 0]
    assert nd.square(x, ctx=mx.cpu(3)).ctx == mx.cpu() and nd.relu(data=x, ctx=None).size == 2
    assert mx.sym.square(mx.sym.var("x"), ctx=mx.cpu()).eval(x=x)[0].tolist() == [1, 4]
    with pytest.raises(TypeError, match="sum: unknown parameter 'ctx'"):
        nd.sum(x, ctx=mx.cpu())


@pytest.mark.parametrize("name, value", [("zeros_like", 0), ("ones_like", 1)])
def test_filled_arrays_of_another_dtype(name, value):
    x = nd.array([[2.5, 3]], dtype="float16")
    for dtype in ("int64", "float64", None):
        got = getattr(nd, name)(x, dtype=dtype)
        assert got.dtype == np.dtype(dtype or "float16") and got.asnumpy().tolist() == [[value] * 2]
    symbol = getattr(mx.sym, name)(mx.sym.var("x"), dtype="int32")
    assert symbol.infer_type(x="float32")[1] == [np.int32]
    assert symbol.eval(x=x)[0].dtype == np.int32
    out = nd.array([[7, 7]], dtype="float16")
    getattr(nd, name)(x, out)
    assert out.asnumpy().tolist() == [[value] * 2]
    rows = nd.zeros_like(x.tostype("row_sparse"), dtype="int32")
    assert rows.stype == "row_sparse" and rows.dtype == np.int32


def test_files_with_other_attributes_of_operators_without_parameters():
    text = mx.sym.zeros_like(mx.sym.var("x"), name="z").tojson()
    text = text.replace('"name": "z"', '"name": "z", "attrs": {"shape": "(2,)", "dtype": "int32"}')
    symbol = mx.sym.load_json(text)
    assert symbol.attr_dict()["z"]["shape"] == "(2,)"
    assert symbol.eval(x=nd.ones(3))[0].dtype == np.int32
