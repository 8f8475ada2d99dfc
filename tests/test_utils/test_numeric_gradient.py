"""check_numeric_gradient: right gradients pass, planted wrong ones fail."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu
from mxlite.ops.schema import Op
from mxlite.ops.trace import composed


def dense():
    return mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=3, name="fc")


@pytest.fixture
def point(rng):
    return {"x": rng.standard_normal((2, 4)), "fc_weight": rng.standard_normal((3, 4)),
            "fc_bias": rng.standard_normal(3)}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_dtypes(point, dtype):
    small = {name: value * 0.2 for name, value in point.items()}     # float16 has few digits
    tu.check_numeric_gradient(dense(), small, dtype=dtype)


@pytest.mark.parametrize("grad_nodes", [None, ["x"], ("fc_weight", "x"), {
    "x": "add", "fc_weight": "null", "fc_bias": "write"}])
def test_which_gradients(point, grad_nodes):
    tu.check_numeric_gradient(dense(), list(point.values()), grad_nodes=grad_nodes,
                              dtype=np.float64, rtol=1e-6, atol=1e-6)


def test_all_outputs_are_checked(rng):
    x = mx.sym.Variable("x")
    tu.check_numeric_gradient(mx.sym.Group([mx.sym.square(x), mx.sym.sin(x)]),
                              [rng.standard_normal((2, 2))], dtype=np.float64, atol=1e-6)


def test_numeric_grad_is_that_of_the_sum(point):
    executor = dense().simple_bind(mx.cpu(), x=(2, 4), type_dict={"x": "float64"})
    grads = tu.numeric_grad(executor, point, eps=2 ** -10, dtype=np.float64)
    np.testing.assert_allclose(grads["x"], [point["fc_weight"].sum(0)] * 2, rtol=1e-8)
    np.testing.assert_allclose(grads["fc_weight"], [point["x"].sum(0)] * 3, rtol=1e-8)
    np.testing.assert_allclose(grads["fc_bias"], [2] * 3, rtol=1e-8)
    for name, value in point.items():
        np.testing.assert_array_equal(executor.arg_dict[name].asnumpy(), value)
    assert tu.numeric_grad(executor, point)["x"].dtype == np.float32


def test_integers_have_no_slope():
    x, i = mx.sym.Variable("x"), mx.sym.Variable("i")
    taken = mx.sym.take(x, i)
    executor = taken.bind(mx.cpu(), {"x": mx.nd.ones(3), "i": mx.nd.array([1, 1], dtype="int32")})
    grads = tu.numeric_grad(executor, {"x": np.ones(3), "i": np.array([1, 1], "int32")}, eps=0.5)
    assert grads["x"].tolist() == [0, 2, 0] and grads["i"].tolist() == [0, 0]
    tu.check_numeric_gradient(taken, {"x": mx.nd.ones(3), "i": mx.nd.array([1, 1], dtype="int32")},
                              grad_nodes=["x"])


def test_states_and_training(rng):
    norm = mx.sym.BatchNorm(mx.sym.Variable("x"), fix_gamma=False, name="bn")
    states = [np.zeros(2), np.ones(2)]
    values = [rng.standard_normal((6, 2)), np.ones(2), np.zeros(2)]
    options = {"dtype": np.float64, "rtol": 1e-4, "atol": 1e-4}
    tu.check_numeric_gradient(norm, values, states, **options)
    with pytest.raises(AssertionError, match="NUMERICAL_x and BACKWARD_x differ"):
        tu.check_numeric_gradient(norm, values, states, use_forward_train=False, **options)


@pytest.mark.parametrize("grad_req", ["write", "add"])
def test_a_wrong_gradient_is_seen(register, rng, grad_req):
    @register("planted_wrong_square", inputs="data")
    class Wrong(Op):
        """x * x, whose gradient lacks the 2."""

        elementwise = True

        def infer_shape(self, data):
            return [data]

        def prepare(self, inputs, outputs):
            return composed(lambda F, x: [F.square(x)], inputs)

        def grad(self, F, dy, inputs, outputs):
            return [dy[0] * inputs[0]]

    wrong = mx.sym.planted_wrong_square(mx.sym.Variable("x"))
    vars(mx.sym).pop("planted_wrong_square")
    with pytest.raises(AssertionError, match="NUMERICAL_x and BACKWARD_x differ in 4 of 4"):
        tu.check_numeric_gradient(wrong, [rng.random((2, 2)) + 1], grad_nodes={"x": grad_req})


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"grad_nodes": 3}, TypeError, "grad_nodes must be a list of arguments, .* got int"),
    ({"grad_nodes": ["y"]}, ValueError, r"grad_nodes must be names of \['x', 'fc_weight', "),
    ({"grad_nodes": {"x": "wrote"}}, ValueError, "grad_req of x must be 'write', .* got 'wrote'"),
    ({"numeric_eps": 1e-6}, ValueError, "numeric_eps must be at least 1e-5 for float32, .*got 1e")])
def test_errors(point, arguments, error, message):
    with pytest.raises(error, match=f"check_numeric_gradient: {message}"):
        tu.check_numeric_gradient(dense(), point, **arguments)
