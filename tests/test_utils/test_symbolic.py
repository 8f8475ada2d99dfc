"""Outputs, gradients and speed of Symbols."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu

A, B = np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]])
PRODUCT = np.array([[19.0, 22], [43, 50]])


def dot():
    return mx.sym.dot(mx.sym.Variable("lhs"), mx.sym.Variable("rhs"), name="product")


def two_outputs():
    x = mx.sym.Variable("x")
    return mx.sym.Group([mx.sym.square(x, name="square"), x * 3])


def batch_norm():
    return mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn", fix_gamma=False, eps=1e-3)


def test_simple_forward():
    np.testing.assert_array_equal(tu.simple_forward(dot(), lhs=A, rhs=B), PRODUCT)
    square, triple = tu.simple_forward(two_outputs(), mx.cpu(1), x=A)
    np.testing.assert_array_equal([square, triple], [A ** 2, A * 3])
    drop = mx.sym.Dropout(mx.sym.Variable("x"), p=0.5)
    ones = np.ones((100, 100))
    assert np.unique(tu.simple_forward(drop, x=ones)).tolist() == [1]
    assert np.unique(tu.simple_forward(drop, x=ones, is_train=True)).tolist() == [0, 2]


@pytest.mark.parametrize("location", [[A, B], (A, mx.nd.array(B)), {"rhs": B, "lhs": A}])
@pytest.mark.parametrize("expected", [[PRODUCT], {"product_output": mx.nd.array(PRODUCT)}])
def test_forward(location, expected):
    output, = tu.check_symbolic_forward(dot(), location, expected)
    np.testing.assert_array_equal(output.asnumpy(), PRODUCT)


def test_a_wrong_output_is_seen():
    with pytest.raises(AssertionError, match="EXPECTED_product_output and FORWARD_product_output"):
        tu.check_symbolic_forward(dot(), [A, B], [PRODUCT + np.eye(2)])
    tu.check_symbolic_forward(dot(), [A, B], [PRODUCT + np.eye(2)], atol=2)
    with pytest.raises(AssertionError, match=r"2 of 4 .*rtol=0, atol=0.5"):
        tu.check_symbolic_forward(dot(), [A, B], [PRODUCT + np.eye(2)], rtol=0, atol=0.5)
    with pytest.raises(AssertionError, match="FORWARD_"):
        tu.check_symbolic_forward(two_outputs(), [A], [A ** 2, A * 4])


@pytest.mark.parametrize(("dtype", "expected"), [(np.float16, np.float16), ("float64", np.float64),
                                                 ("asnumpy", np.float32)])
def test_dtypes_of_the_arrays(dtype, expected):
    output, = tu.check_symbolic_forward(dot(), [A.astype("float32"), B.astype("float32")],
                                        [PRODUCT], dtype=dtype)
    assert output.dtype == expected


def test_nan_and_auxiliary_states():
    x = np.array([[1.0, 2]] * 3)
    states = {"bn_moving_mean": np.array([1.0, 1]), "bn_moving_var": np.array([4.0, 1]) - 1e-3}
    expected = [[0, 1]] * 3
    point = {"x": x, "bn_gamma": np.ones(2), "bn_beta": np.zeros(2)}
    tu.check_symbolic_forward(batch_norm(), point, [expected], aux_states=states)
    tu.check_symbolic_forward(batch_norm(), [x, np.ones(2), np.zeros(2)], [expected],
                              aux_states=list(states.values()))
    point["x"] = x * np.nan
    with pytest.raises(AssertionError, match="6 of 6"):
        tu.check_symbolic_forward(batch_norm(), point, [x * np.nan], aux_states=states)
    tu.check_symbolic_forward(batch_norm(), point, [x * np.nan], aux_states=states, equal_nan=True)


HEAD = np.array([[1.0, 0], [2, -1]])
GRADS = {"lhs": HEAD @ B.T, "rhs": A.T @ HEAD}


@pytest.mark.parametrize("out_grads", [[HEAD], (mx.nd.array(HEAD),), {"product_output": HEAD}])
@pytest.mark.parametrize("grad_req", ["write", "add", ["add", "write"], {"lhs": "add",
                                                                          "rhs": "write"}])
def test_backward(out_grads, grad_req):
    grads = tu.check_symbolic_backward(dot(), [A, B], out_grads, GRADS, grad_req=grad_req,
                                       rtol=1e-4, atol=1e-4)
    assert set(grads) == {"lhs", "rhs"}
    if grad_req == "write":
        np.testing.assert_array_equal(grads["rhs"].asnumpy(), GRADS["rhs"])


def test_gradients_that_are_not_wanted_stay():
    tu.check_symbolic_backward(dot(), [A, B], [HEAD], GRADS, grad_req="null")
    tu.check_symbolic_backward(dot(), [A, B], [HEAD], list(GRADS.values()),
                               grad_req={"rhs": "write"})
    tu.check_symbolic_backward(dot(), [A, B], [HEAD], {"rhs": GRADS["rhs"]})


def test_a_wrong_gradient_is_seen():
    for grad_req in ("write", "add"):
        with pytest.raises(AssertionError, match="EXPECTED_rhs and BACKWARD_rhs differ in 2 of 4"):
            tu.check_symbolic_backward(dot(), [A, B], [HEAD], {**GRADS, "rhs": GRADS["rhs"]
                                                               + np.eye(2)}, grad_req=grad_req)


def test_a_loss_has_no_gradient_of_its_output():
    x = mx.sym.Variable("x")
    tu.check_symbolic_backward(mx.sym.make_loss(mx.sym.square(x)), [A], None, [2 * A])
    grads = tu.check_symbolic_backward(two_outputs(), [A], [A, mx.nd.array(B, dtype="float64")],
                                       [2 * A * A + 3 * B], dtype=np.float64)
    assert grads["x"].dtype == np.float64


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_gradients_have_the_dtypes_of_their_arguments(dtype):
    x, n = mx.nd.array(A, dtype=dtype), mx.nd.array([1, 2], dtype="int32")
    y = mx.sym.softmax(mx.sym.var("x"), mx.sym.var("n"), use_length=True)
    grads = tu.check_symbolic_backward(y, [x, n], [np.ones((2, 2))], [A * 0, np.zeros(2)],
                                       dtype="asnumpy")
    assert grads["x"].dtype == np.dtype(dtype) and grads["n"].dtype == np.int32


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: tu.check_symbolic_forward(dot(), [A], [A]), ValueError,
     r"check_symbolic_forward: location must have 2 entries, one for each of \['lhs', 'rhs'\];"),
    (lambda: tu.check_symbolic_forward(dot(), {"lhs": A}, [A]), ValueError,
     r"location must have the keys \['lhs', 'rhs'\]; got \['lhs'\]"),
    (lambda: tu.check_symbolic_forward(dot(), A, [A]), TypeError,
     r"location must be a list, in the order \['lhs', 'rhs'\], or a dict; got ndarray"),
    (lambda: tu.check_symbolic_forward(dot(), [A, B], [A, A]), ValueError,
     "expected must have 1 entries"),
    (lambda: tu.check_symbolic_forward(batch_norm(), [A, A[0], A[0]], [A], aux_states=[A[0]]),
     ValueError, "aux_states must have 2 entries"),
    (lambda: tu.check_symbolic_backward(dot(), [A, B], [HEAD], [A, B], grad_req="wrote"),
     ValueError, "grad_req of lhs must be 'write', 'add' or 'null'; got 'wrote'"),
    (lambda: tu.check_symbolic_backward(dot(), [A, B], [], [A, B]), ValueError,
     "Executor.backward: out_grads must hold .*; those of .*_output are missing"),
    (lambda: tu.check_symbolic_backward(dot(), [A, B], [HEAD, HEAD], [A, B]), UserWarning,
     "out_grads has 2 arrays, of which those behind the 1 of the outputs are not used"),
    (lambda: tu.check_symbolic_backward(dot(), [A, B], [HEAD], {"left": A}), ValueError,
     r"expected must have names of \['lhs', 'rhs'\] as keys; got 'left'"),
    (lambda: tu.check_speed(dot(), typ="half"), ValueError,
     "check_speed: typ must be 'whole' or 'forward'; got 'half'")])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_check_speed():
    calls = []

    class Counted:
        """A Symbol whose executor counts its runs."""

        def simple_bind(self, *args, **kwargs):
            executor = dot().simple_bind(*args, **kwargs)
            forward, backward = executor.forward, executor.backward
            executor.forward = lambda is_train: calls.append(is_train) or forward(is_train)
            executor.backward = lambda grads: calls.append("backward") or backward(grads)
            self.executor = executor
            return executor

    counted = Counted()
    assert 0 < tu.check_speed(counted, {"lhs": A, "rhs": B}, N=3) < 10
    assert calls == [True, "backward"] * 4
    np.testing.assert_array_equal(counted.executor.arg_dict["rhs"].asnumpy(), B)
    calls.clear()
    assert 0 < tu.check_speed(counted, N=2, typ="forward", lhs=(3, 4), rhs=(4, 2)) < 10
    assert calls == [False] * 3 and counted.executor.outputs[0].shape == (3, 2)
    assert np.std(counted.executor.arg_dict["lhs"].asnumpy()) > 0


def test_same_symbol_structure():
    def graph(*operators):
        text = json.dumps({"nodes": [{"op": op, "name": f"n{id(op)}"} for op in operators]})
        return SimpleNamespace(tojson=lambda: text)

    assert tu.same_symbol_structure(graph("null", "sqrt"), graph("null", "sqrt"))
    assert not tu.same_symbol_structure(graph("null", "sqrt"), graph("null", "square"))
    assert not tu.same_symbol_structure(graph("null", "sqrt"), graph("null", "sqrt", "sqrt"))
