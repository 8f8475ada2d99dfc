"""The same computation in different dtypes, contexts and ways."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu

CTX_LIST = [{"ctx": mx.cpu(i), "x": (3, 4), "type_dict": {"x": dtype}}
            for i, dtype in enumerate(["float32", "float64", "float16"])]


def dense(scale=1.0):
    x = mx.sym.Variable("x") * scale
    return mx.sym.FullyConnected(x, num_hidden=2, name="fc")


def test_dtypes_agree():
    truth = tu.check_consistency(dense(), CTX_LIST)
    assert set(truth) == {"fc_output", "x", "fc_weight", "fc_bias"}
    assert truth["fc_output"].dtype == np.float64 and truth["x"].shape == (3, 4)


@pytest.mark.parametrize("options", [
    {"grad_req": "add"}, {"grad_req": "null"}, {"use_uniform": True, "scale": 0.1},
    {"grad_req": {"x": "write", "fc_weight": "null", "fc_bias": "add"}},
    {"arg_params": {"x": np.ones((3, 4))}, "rand_type": np.float16}])
def test_options(options):
    tu.check_consistency(dense(), CTX_LIST, **options)


def test_given_values_are_used():
    values = {"x": np.ones((3, 4)), "fc_weight": np.full((2, 4), 0.5), "fc_bias": np.zeros(2)}
    truth = tu.check_consistency(dense(), CTX_LIST, arg_params=values)
    assert truth["fc_output"].asnumpy().tolist() == [[2, 2]] * 3
    assert truth["fc_bias"].asnumpy().tolist() == [6, 6]           # the outputs are their gradients
    norm = mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn")
    truth = tu.check_consistency(norm, CTX_LIST[:2], arg_params={"x": np.ones((3, 4))}, aux_params={
        "bn_moving_var": np.ones(4)}, grad_req="null")
    assert np.abs(truth["bn_output"].asnumpy() - 1).max() < 5


def test_what_differs_is_seen(capsys):
    syms = [dense(), dense(1.5), dense()]
    with pytest.raises(AssertionError, match=r"prediction with .*float32.*: fc_output and fc_output"
                                             r" \(expected\) differ in"):
        tu.check_consistency(syms, CTX_LIST)
    tu.check_consistency(syms, CTX_LIST, raise_on_err=False)
    assert "training with {'ctx': cpu(0)" in capsys.readouterr().out


def test_a_gradient_that_differs_is_seen():
    x = mx.sym.Variable("x")
    same_value = [mx.sym.BlockGrad(x) + 0 * x, x]
    same_value = [mx.sym.identity(each, name="out") for each in same_value]
    with pytest.raises(AssertionError, match=r"training with .*: x and x \(expected\) differ"):
        tu.check_consistency(same_value, CTX_LIST[:2])


def test_a_given_truth():
    values = {"x": np.ones((3, 4)), "fc_weight": np.full((2, 4), 0.5), "fc_bias": np.zeros(2)}
    truth = {"fc_output": np.full((3, 2), 2.0), "fc_bias": np.full(2, 6.0)}
    assert tu.check_consistency(dense(), CTX_LIST, arg_params=values, ground_truth=truth) == truth
    truth["fc_bias"] = np.full(2, 7.0)
    with pytest.raises(AssertionError, match=r"training with .*: fc_bias and fc_bias \(expected"):
        tu.check_consistency(dense(), CTX_LIST, arg_params=values, ground_truth=truth)


def test_errors():
    for syms, ctx_list, found in ((dense(), CTX_LIST[:1], "1 for 1"),
                                  ([dense()], CTX_LIST, "3 for 1")):
        with pytest.raises(ValueError, match=f"ctx_list must have at least 2 ent.*got {found}"):
            tu.check_consistency(syms, ctx_list)
    other = mx.sym.FullyConnected(mx.sym.Variable("y"), num_hidden=2, name="fc")
    with pytest.raises(ValueError, match=r"list_arguments\(\) must agree .* got \['x', .*\['y', "):
        tu.check_consistency([dense(), other], CTX_LIST[:2])


def two_layers(prefix, hybrid=True):
    net = (mx.gluon.nn.HybridSequential if hybrid else mx.gluon.nn.Sequential)(prefix=prefix)
    with net.name_scope():
        net.add(mx.gluon.nn.Dense(3, activation="tanh"), mx.gluon.nn.Dense(2))
    return net


def test_hybridized_blocks_agree(rng):
    data = mx.nd.array(rng.standard_normal((2, 4)))
    tu.check_gluon_hybridize_consistency(two_layers, [data])
    assert data.grad is None
    tu.check_gluon_hybridize_consistency(lambda prefix: mx.gluon.nn.LeakyReLU(0.5, prefix=prefix),
                                         [data], lambda x: np.where(x > 0, x, 0.5 * x))
    with pytest.raises(AssertionError, match="of 8 elements"):
        tu.check_gluon_hybridize_consistency(
            lambda prefix: mx.gluon.nn.LeakyReLU(0.5, prefix=prefix), [data], np.abs)


class Turning(mx.gluon.HybridBlock):
    """Whose factor, in outputs or in gradients alone, is another one once it is hybridized."""

    def __init__(self, in_gradient, prefix):
        super().__init__(prefix=prefix)
        self.in_gradient, self.factor = in_gradient, 1

    def hybridize(self, active=True, **kwargs):
        self.factor = 2

    def forward(self, x):
        return x * self.factor - (x * (self.factor - 1)).detach() if self.in_gradient else \
            x * self.factor


def test_blocks_that_disagree(rng):
    data = [mx.nd.array(rng.standard_normal((2, 4)))]
    for in_gradient in (False, True):
        def builder(prefix, in_gradient=in_gradient):
            return Turning(in_gradient, prefix)

        with pytest.raises(AssertionError, match="differ in 8 of 8"):
            tu.check_gluon_hybridize_consistency(builder, data)
    tu.check_gluon_hybridize_consistency(builder, data, test_grad=False)
