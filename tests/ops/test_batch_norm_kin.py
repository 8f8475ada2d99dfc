"""BatchNorm_v1, SyncBatchNorm and BatchNormWithReLU against BatchNorm, and what MXNet computes."""

import numpy as np
import pytest

import mxlite as mx

nd = mx.nd
V1, SYNC, RELU = nd.BatchNorm_v1, nd.contrib.SyncBatchNorm, nd.contrib.BatchNormWithReLU
KEY = {V1: {}, SYNC: {"key": "a"}, RELU: {}}


def run(function, train, **params):
    """Outputs, gradients and moving statistics for fixed inputs."""
    rng = np.random.default_rng(0)
    arrays = [nd.array(rng.standard_normal((2, 3, 4, 5))), nd.array([1.0, 2, 3]),
              nd.array([0.1, 0.2, 0.3])]
    states = [nd.array([0.5, 0.6, 0.7]), nd.array([1.0, 2, 3])]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record(train_mode=train):
        outputs = function(*arrays, *states, **params)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    heads = [nd.array(rng.standard_normal(out.shape)) for out in outputs]
    mx.autograd.backward(outputs, heads, train_mode=train)
    return [array.asnumpy() for array in (*outputs, *[a.grad for a in arrays], *states)]


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("params", [{}, {"fix_gamma": False, "momentum": 0.5, "eps": 1e-2},
                                    {"use_global_stats": True, "fix_gamma": False}], ids=str)
@pytest.mark.parametrize("function", [V1, SYNC])
def test_numbers_are_those_of_batch_norm(function, params, train):
    for got, want in zip(run(function, train, **params, **KEY[function]),
                         run(nd.BatchNorm, train, **params), strict=True):
        np.testing.assert_allclose(got, want, 1e-5, 1e-5)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("function", [V1, SYNC])
def test_the_third_output_is_the_variance(function, train):
    outputs = run(function, train, output_mean_var=True, **KEY[function])
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    mean, var = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if train else ([0.5, 0.6, 0.7], [1, 2, 3])
    np.testing.assert_allclose(outputs[1], mean, 1e-5, 1e-6)
    np.testing.assert_allclose(outputs[2], var, 1e-5)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("params", [{}, {"fix_gamma": False, "output_mean_var": True},
                                    {"use_global_stats": True, "fix_gamma": False},
                                    {"axis": -3, "fix_gamma": False}], ids=str)
def test_batch_norm_with_relu(params, train):
    def apart(*arrays, **given):
        out = nd.BatchNorm(*arrays, **given)
        return [nd.relu(out[0]), *out[1:]] if isinstance(out, list) else nd.relu(out)
    for got, want in zip(run(RELU, train, **params), run(apart, train, **params), strict=True):
        np.testing.assert_allclose(got, want, 1e-5, 1e-6)


@pytest.mark.parametrize("name, params", [
    ("BatchNorm_v1", {}), ("SyncBatchNorm", {"key": "b"}), ("BatchNormWithReLU", {})])
def test_graphs_name_states_as_mxnet(name, params):
    function = getattr(mx.sym, name, None) or getattr(mx.sym.contrib, name)
    node = function(mx.sym.var("x"), name="b", **params)
    assert node.list_arguments() == ["x", "b_gamma", "b_beta"]
    assert node.list_auxiliary_states() == ["b_moving_mean", "b_moving_var"]
    assert node.list_outputs() == ["b_output"]
    assert node.attr_dict()["b_moving_var"]["__init__"] == '["one", {}]'


def test_errors():
    x, v = nd.ones((2, 3, 4)), nd.ones((3,))
    with mx.autograd.train_mode(), pytest.raises(
            NotImplementedError, match=r"contrib.SyncBatchNorm: ndev must be 1 in training; got"):
        SYNC(x, v, v, v, v, key="a", ndev=2)
    assert (SYNC(x, v, v, v, v, key="a", ndev=2).asnumpy()
            == SYNC(x, v, v, v, v, key="a").asnumpy()).all()
    with pytest.raises(mx.MXNetError, match=r"contrib.SyncBatchNorm: missing parameter 'key'"):
        SYNC(x, v, v, v, v)
    with pytest.raises(mx.MXNetError, match=r"BatchNorm_v1: gamma must have shape \(3,\)"):
        V1(x, nd.ones((4,)), v, v, v)
