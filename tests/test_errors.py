"""What mxlite says to mistakes: operator, argument, rule, value, and the near name."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon, nd

CASES = [
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 5)), nd.ones(4), num_hidden=4),
     ValueError, r"FullyConnected: weight must have shape \(4, 3\).*; got \(4, 5\)"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), num_hidden=4),
     mx.MXNetError, "FullyConnected: .*bias"),
    (lambda: nd.Convolution(nd.ones((1, 1, 5, 5)), nd.ones((2, 1, 3, 3)), no_bias=True,
                            num_filter=2, kernel=(3, 3), strid=(1, 1)),
     TypeError, "Convolution: unknown parameter 'strid'; .* did you mean 'stride'"),
    (lambda: nd.Convolution(nd.ones((1, 1, 5, 5)), nd.ones((2, 1, 3, 3)), no_bias=True,
                            num_filter=0, kernel=(3, 3)),
     ValueError, "Convolution: num_filter must be at least 1; got 0"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), num_hidden=2), TypeError,
     "FullyConnected: missing input 'weight'"),
    (lambda: nd.one_hot(nd.ones(2)), TypeError, "one_hot: missing parameter 'depth'"),
    (lambda: nd.sum(nd.ones((2, 3)), axis=2), IndexError,
     r"sum: axis must be in \[-2, 1\] for an array of 2 dimensions; got 2"),
    (lambda: nd.broadcast_maximum(nd.ones(2), nd.ones(2), rsh=1), TypeError,
     "broadcast_maximum: unknown parameter 'rsh'; it takes lhs, rhs; did you mean 'rhs'"),
    (lambda: mx.sym.random.randn(2, data=mx.sym.ones((2,))), TypeError,
     "_random_normal: unknown parameter 'data'"),
    (lambda: nd.exp([1, 2]), TypeError, "exp: data must be an .*; got list"),
    (lambda: nd.exp(nd.ones(1), 3), TypeError,
     "exp: takes at most 1 arrays and 0 parameters; got 1 arguments too many"),
    (lambda: nd.exp(nd.ones(1), nd.ones(1), out=nd.ones(1)), TypeError,
     "exp: got two values for 'out'"),
    (lambda: nd.exp(nd.ones(1), data=nd.ones(1)), TypeError, "exp: got two values for 'data'"),
    (lambda: nd.exp(nd.ones(2), out=nd.ones(3)), ValueError,
     r"exp: out must have shape \(2,\); got \(3,\)"),
    (lambda: nd.exp(nd.ones(2), out=nd.ones(2, dtype="float64")), TypeError,
     "exp: out must have dtype float32; got float64"),
    (lambda: nd.exp(nd.ones(2), out=3), TypeError, "exp: out must be an NDArray; got int"),
    (lambda: nd.zeros((2, -1)), ValueError, "zeros: shape must be .* at least 0; got -1"),
    (lambda: nd.ones(2).astype("floot32"), TypeError,
     "dtype must be one of .* got 'floot32'; did you mean 'float32'"),
    (lambda: nd.fully_connected, AttributeError, "has no attribute 'fully_connected'"),
    (lambda: nd.softmx, AttributeError, "has no attribute 'softmx'; did you mean 'softmax'"),
    (lambda: mx.glon, AttributeError, "has no attribute 'glon'; did you mean 'gluon'"),
    (lambda: nd.ones((2, 3))[5], IndexError, r"index 5 is out of bounds .* shape \(2, 3\)"),
    (lambda: nd.Reshape(nd.ones((2, 3)), shape=(4, 2)), ValueError, "Reshape: "),
    (lambda: nd.concat(nd.ones((2, 3)), nd.ones((2, 4)), dim=0), ValueError, "Concat: "),
    (lambda: nd.dot(nd.ones((2, 3)), nd.ones((2, 3))), ValueError, "dot: "),
    (lambda: nd.random.randint(5, 5), ValueError, "low must be below high; got 5 and 5"),
    (lambda: mx.random.seed("x"), ValueError, "seed: seed_state must be an integer; got 'x'"),
]


@pytest.mark.parametrize("mistake, kind, message", CASES, ids=[case[2][:40] for case in CASES])
def test_mistakes_are_named(mistake, kind, message):
    with pytest.raises(kind, match=message) as caught:
        mistake()
    if kind is not AttributeError:
        assert isinstance(caught.value, mx.MXNetError)


def test_mxnets_texts_for_parameters_are_understood():
    x = nd.ones((1, 1, 4, 4))
    by_text = nd.Pooling(x, kernel="(2, 2)", stride="[2,2]", pool_type="max", global_pool="False")
    assert by_text.shape == nd.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max").shape
    assert nd.sum(nd.ones((2, 3)), axis="1", keepdims="True").shape == (2, 1)


def test_parameters_stay_positional_in_mxnets_order():
    assert nd.clip(nd.array([1, 5]), 2, 3).tolist() == [2, 3]
    assert nd.sum(nd.ones((2, 3)), 1, True).shape == (2, 1)


def test_functions_show_real_signatures():
    import inspect

    parameters = inspect.signature(nd.Convolution).parameters
    assert list(parameters)[:6] == ["data", "weight", "bias", "kernel", "stride", "dilate"]
    assert parameters["num_group"].default == 1
    assert "data (N, C" in nd.Convolution.__doc__
    assert nd.Convolution.__name__ == "Convolution"
    assert str(inspect.signature(nd.concat)).startswith("(*data")


@pytest.mark.parametrize("call, message", [
    (lambda x, v: mx.nd.relu(v), "relu: data must be an NDArray; got ndarray; mx.nd.array"),
    (lambda x, v: mx.nd.dot(x, v), "dot: rhs must be an NDArray; got ndarray; mx.nd.array"),
    (lambda x, v: mx.nd.concat(x, v), "Concat: data1 must be an NDArray; got ndarray; mx.nd.ar"),
    (lambda x, v: mx.nd.relu(x, out=v), "relu: out must be an NDArray; got ndarray; mx.nd.array"),
    (lambda x, v: mx.nd.relu([1, 2]), "relu: data must be an NDArray; got list; mx.nd.array"),
    (lambda x, v: mx.nd.relu("x"), "relu: data must be an NDArray; got str$"),
    (lambda x, v: mx.gluon.nn.Dense(2)(v), "Dense: the first input must be an NDArray; got ndar"),
])
def test_what_is_no_array_is_named_with_the_remedy(call, message):
    with pytest.raises(TypeError, match=message):
        call(mx.nd.ones((2, 3)), np.ones((2, 3), "float32"))


def trained_dense(in_units=2):
    net = gluon.nn.Dense(2, in_units=in_units, prefix="dense_")
    net.initialize()
    return net


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    ones = mx.nd.ones((2, 2))
    mx.nd.save(str(folder / "one.params"), {"weight": ones})
    mx.nd.save(str(folder / "double.params"), {"weight": ones.astype("float64"),
                                               "bias": ones[0].astype("float64")})
    mx.nd.save(str(folder / "prefix.params"), {"dense_weight": ones})
    mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2).save(str(folder / "net.json"))
    return folder


def conflicting(_):
    params = gluon.ParameterDict("x_")
    params.get("w", shape=(2,))
    params.get("w", shape=(3,))


def twice(_):
    class Same(mx.autograd.Function):
        def forward(self, x):
            return x * 1

        def backward(self, dy):
            return dy

    same = Same()
    same(nd.ones(2))
    same(nd.ones(2))


@pytest.mark.parametrize("mistake", [           # MXNet raises AssertionError at each
    lambda files: trained_dense().load_parameters(str(files / "one.params")),
    lambda files: trained_dense(3).load_parameters(str(files / "one.params"), allow_missing=True),
    lambda files: trained_dense().load_parameters(str(files / "double.params")),
    lambda files: trained_dense().collect_params().load(str(files / "prefix.params")),
    lambda files: gluon.ParameterDict("dense_").load(str(files / "prefix.params")),
    lambda files: trained_dense().collect_params().load(str(files / "prefix.params"),
                                                        restore_prefix="x_"),
    lambda _: trained_dense().weight.set_data(nd.ones((3, 3))), conflicting,
    lambda files: gluon.SymbolBlock.imports(str(files / "net.json"), ["nope"]),
    lambda _: mx.metric.create("nope"), lambda _: mx.metric.create(3),
    lambda _: mx.init.create("nope"),
    lambda _: mx.init.Load({"a": nd.ones(2)})("b", nd.ones(2)),
    lambda _: mx.init.Load({"b": nd.ones(3)})("b", nd.ones(2)),
    lambda _: gluon.data.ArrayDataset([1, 2], [1]),
    lambda _: gluon.loss.CTCLoss(layout="X"), lambda _: gluon.loss.CTCLoss(label_layout="X"),
    lambda _: mx.lr_scheduler.MultiFactorScheduler([]), lambda _: gluon.nn.HybridLambda("nope"),
    lambda _: gluon.nn.Lambda("nope"), lambda _: mx.contrib.text.embedding.create("zz"), twice,
    lambda _: gluon.Trainer([], mx.optimizer.SGD(), {"learning_rate": 1})])
@pytest.mark.parametrize("kind", [AssertionError, mx.MXNetError])
def test_assertions_of_mxnet_are_caught_as_such(mistake, kind, files):
    with pytest.raises(kind):
        mistake(files)


def called_with_numpy():
    net = trained_dense()
    net.hybridize()
    net(np.ones((1, 2)))


@pytest.mark.parametrize("mistake", [           # MXNet raises ValueError at each
    lambda: gluon.nn.HybridSequential().add(gluon.nn.Sequential()),
    lambda: gluon.nn.HybridLambda(3), lambda: gluon.Trainer([1], "sgd"),
    lambda: gluon.Trainer(1, "sgd"), lambda: mx.AttrScope(a=1), lambda: nd.save("x", 3),
    called_with_numpy, lambda: nd.ones(3)[1.0], lambda: nd.ones(3)["x"],
    lambda: nd.ones(3).__setitem__("x", 1)])
@pytest.mark.parametrize("kind", [ValueError, mx.MXNetError])
def test_value_errors_of_mxnet_are_caught_as_such(mistake, kind):
    with pytest.raises(kind):
        mistake()


@pytest.mark.parametrize("call", [
    lambda: nd.broadcast_mul(nd.ones(2), nd.ones(2) * 3, axis=-1),
    lambda: mx.sym.broadcast_mul(mx.sym.var("a"), mx.sym.var("b"), axis=-1).eval(
        a=nd.ones(2), b=nd.ones(2) * 3)[0]])
def test_keywords_of_operators_without_parameters_are_passed_over(call):
    with pytest.warns(UserWarning, match="broadcast_mul: has no parameter 'axis', which is passed "
                      "over, as in MXNet; it takes lhs, rhs") as warned:
        assert call().tolist() == [3, 3]
    assert [each.filename for each in warned] == [__file__]
