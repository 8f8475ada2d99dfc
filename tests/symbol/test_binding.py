"""bind, simple_bind, eval, reshape: the arrays an Executor gets, and what is refused."""

import numpy as np
import pytest

import mxlite as mx

S, nd, cpu = mx.sym, mx.nd, mx.cpu
a, b = S.var("a"), S.var("b")
fc = S.FullyConnected(S.var("data"), num_hidden=3, name="fc")
norm = S.BatchNorm(a, name="n", fix_gamma=False)


def numbers(*values, dtype="float32"):
    return nd.array(values, dtype=dtype)


# simple_bind

def test_simple_bind_makes_zeros():
    exe = S.SoftmaxOutput(fc, name="loss").simple_bind(cpu(), data=(2, 4))
    assert {name: array.shape for name, array in exe.arg_dict.items()} == {
        "data": (2, 4), "fc_weight": (3, 4), "fc_bias": (3,), "loss_label": (2,)}
    assert {name: array.shape for name, array in exe.grad_dict.items()} == {
        name: array.shape for name, array in exe.arg_dict.items()}
    for array in (*exe.arg_arrays, *exe.grad_arrays):
        assert array.dtype == np.float32 and not array.asnumpy().any()
    assert [y.shape for y in exe.outputs] == [(2, 3)] and list(exe.output_dict) == ["loss_output"]


@pytest.mark.parametrize("grad_req, wanted", [
    ("write", "data fc_weight fc_bias"), ("null", ""), ({"fc_weight": "write"}, "fc_weight"),
    (["null", "write", "add"], "fc_weight fc_bias"), ([], None)], ids=str)
def test_which_gradients_are_wanted(grad_req, wanted):
    if wanted is None:
        with pytest.raises(ValueError, match="must have 3 entries, one an argument; got 0"):
            fc.simple_bind(cpu(), grad_req, data=(2, 4))
        return
    exe = fc.simple_bind(cpu(), grad_req, data=(2, 4))
    assert [name for name, grad in exe.grad_dict.items() if grad is not None] == wanted.split()


def test_dtypes_follow_from_those_given():
    def dtypes(symbol, **kwargs):
        return [array.dtype.__name__ for array in symbol.simple_bind(
            cpu(), **kwargs).arg_arrays]

    assert dtypes(fc, data=(2, 4)) == ["float32"] * 3
    exe = fc.simple_bind(cpu(), type_dict={"data": "float16"}, data=(2, 4))
    assert [array.dtype for array in (*exe.arg_arrays, *exe.grad_arrays)] == [np.float16] * 6
    typed = S.FullyConnected(S.var("data", dtype="float64"), num_hidden=3, name="fc")
    assert dtypes(typed, data=(2, 4), type_dict={"fc_bias": "float64"}) == ["float64"] * 3
    states = norm.simple_bind(cpu(), type_dict={"a": "float16"}, a=(2, 3)).aux_arrays
    assert [state.dtype for state in states] == [np.float32] * 2


def test_unknown_names_are_passed_over():
    assert list(fc.simple_bind(cpu(), data=(2, 4), other=(5,), force_rebind=True).arg_dict) == [
        "data", "fc_weight", "fc_bias"]


def test_grad_req_may_name_arguments_of_other_networks():
    for bind in (lambda req: fc.simple_bind(cpu(), req, data=(2, 4)), lambda req: fc.bind(
            cpu(), {name: mx.nd.ones(shape) for name, shape in zip(
                fc.list_arguments(), fc.infer_shape(data=(2, 4))[0], strict=True)}, grad_req=req)):
        with pytest.warns(UserWarning, match="named 'dta'; did you mean 'data'") as seen:
            exe = bind({"dta": "write", "fc_weight": "null"})
        assert [warning.filename for warning in seen] == [__file__]
        assert not any(grad is not None for grad in exe.grad_arrays)


@pytest.mark.parametrize("kwargs, error, message", [
    ({}, RuntimeError, "do not follow from what is given; give them, too:\n  data: "),
    ({"data": (0, 4)}, RuntimeError, r"  data: \(None, 4\)"),
    ({"data": (2, 4), "fc_weight": (3, 5)}, RuntimeError,
     r"node 'fc': FullyConnected: weight must have shape \(3, 4\); got \(3, 5\)"),
    ({"data": 3}, TypeError, "simple_bind: the shape of data must be a tuple; got 3"),
    ({"data": (-5, 3)}, ValueError, r"0 or more, or -1; got \(-5, 3\)"),
    ({"data": (2, 4), "grad_req": "x"}, ValueError,
     "grad_req of 'data' must be one of null, write, add; got 'x'"),
    ({"data": (2, 4), "grad_req": 3}, TypeError, "a string, a list or a dict; got 3"),
    ({"data": (2, 4), "type_dict": {"data": "x"}}, TypeError, "dtype must be one of .*; got 'x'"),
    ({"data": (2, 4), "type_dict": {"data": "float16", "fc_weight": "float32"}}, RuntimeError,
     "weight must have dtype float16; got float32")], ids=str)
def test_simple_bind_refuses(kwargs, error, message):
    with pytest.raises(error, match=message):
        fc.simple_bind(cpu(), **kwargs)


# Sharing

def test_shared_arrays():
    names, buffers = ["fc_weight", "fc_bias"], {}
    exe = fc.simple_bind(cpu(), data=(4, 2), shared_buffer=buffers, shared_arg_names=names)
    assert sorted(buffers) == ["data", "grad of data"]
    other = fc.simple_bind(cpu(), data=(2, 2), shared_exec=exe, shared_buffer=buffers,
                           shared_arg_names=names)
    exe.arg_dict["fc_weight"][:] = 5
    exe.arg_dict["data"][:] = 4
    exe.grad_dict["fc_bias"][:] = 3
    assert (other.arg_dict["fc_weight"].asnumpy() == 5).all()
    assert (other.arg_dict["data"].asnumpy() == 4).all()
    assert (other.grad_dict["fc_bias"].asnumpy() == 3).all()
    assert other.forward()[0].asnumpy().tolist() == [[40.0] * 3] * 2


def test_states_are_shared_with_the_executor():
    exe = norm.simple_bind(cpu(), a=(2, 3))
    other = norm.simple_bind(cpu(), a=(4, 3), shared_exec=exe)
    exe.aux_dict["n_moving_mean"][:] = 7
    assert (other.aux_dict["n_moving_mean"].asnumpy() == 7).all()


def test_a_shared_array_has_to_fit():
    exe = fc.simple_bind(cpu(), data=(4, 2))
    with pytest.raises(ValueError, match=r"shared array fc_weight must be float32 of shape \(3, 3"):
        fc.simple_bind(cpu(), data=(2, 3), shared_exec=exe, shared_arg_names=["fc_weight"])


def test_equal_names_cannot_be_told_apart():
    exe = (S.var("a") + S.var("a")).simple_bind(cpu(), a=(2,))
    with pytest.raises(ValueError, match="several arguments named 'a'"):
        exe.arg_dict  # noqa: B018


# bind

def test_bind_shares_the_arrays():
    x, dx = numbers(2), numbers(0)
    for args, grads in (([x, numbers(3)], [dx, None]), ({"b": numbers(3), "a": x, "c": x},
                                                        {"a": dx})):
        exe = S.elemwise_mul(a, b).bind(cpu(), args, grads)
        exe.forward(is_train=True)
        exe.backward([numbers(1)])
        assert exe.outputs[0].asscalar() == 6 and dx.asscalar() == 3
        x[:] = 5
        assert exe.forward()[0].asscalar() == 15
        x[:], dx[:] = 2, 0


def test_gradients_of_null_stay():
    grads = [numbers(7), numbers(7)]
    exe = S.elemwise_mul(a, b).bind(cpu(), [numbers(2), numbers(3)], grads, {"a": "add"})
    exe.forward(is_train=True)
    exe.backward([numbers(1)])
    assert [grad.asscalar() for grad in exe.grad_arrays] == [10, 7]


@pytest.mark.parametrize("args, kwargs, error, message", [
    ([numbers(1)], {}, ValueError, "args must hold 2 arrays, for a, b; got 1"),
    ({"a": numbers(1)}, {}, ValueError, "args has no array for b"),
    ({"a": 1, "b": numbers(1)}, {}, TypeError, r"args\['a'\] must be an NDArray; got int"),
    (3, {}, TypeError, "args must be a list or a dict of NDArrays; got 3"),
    ([numbers(1), numbers(1)], {"args_grad": [numbers(1)]}, ValueError,
     "args_grad must hold 2 arrays"),
    ([numbers(1), numbers(1)], {"args_grad": [numbers(1), numbers(1, 2)]}, ValueError,
     r"args_grad\['b'\] must be like its argument, float32 of shape \(1,\); got float32 of shape"),
    ([numbers(1), numbers(1, 2)], {}, mx.MXNetError, r"rhs must have shape \(1,\), as lhs has"),
    ([numbers(1), numbers(1, dtype="int32")], {}, mx.MXNetError, "rhs must have dtype float32"),
    ([numbers(1), nd.ones((1,), cpu(1))], {}, mx.MXNetError,
     r"all arrays must be on cpu\(0\); b is on cpu\(1\)")], ids=str)
def test_bind_refuses(args, kwargs, error, message):
    with pytest.raises(error, match=message):
        S.elemwise_add(a, b).bind(cpu(), args, **kwargs)


@pytest.mark.parametrize("states, message", [
    (None, "aux_states must hold 2 arrays, for n_moving_mean, n_moving_var; got 0"),
    ({"n_moving_mean": nd.ones((3,))}, "aux_states has no array for n_moving_var"),
    ([nd.ones((3,)), nd.ones((4,))], r"moving_var must have shape \(3,\), .*; got \(4,\)")],
    ids=str)
def test_wrong_states(states, message):
    with pytest.raises(mx.MXNetError, match=message):
        norm.bind(cpu(), [nd.ones((2, 3)), nd.ones((3,)), nd.ones((3,))], aux_states=states)


def test_eval():
    arrays = {"a": numbers(1, 2), "b": numbers(3, 4)}
    assert (a + b).eval(**arrays, other=numbers(1))[0].asnumpy().tolist() == [4, 6]
    assert S.zeros((2,)).eval()[0].asnumpy().tolist() == [0, 0]
    there = {name: array.as_in_context(cpu(1)) for name, array in arrays.items()}
    assert (a + b).eval(ctx=cpu(1), **there)[0].context == cpu(1)
    states = {f"n_{name}": nd.ones((1,)) for name in ("gamma", "beta", "moving_mean", "moving_var")}
    np.testing.assert_allclose(norm.eval(a=nd.array([[3.0]]), **states)[0].asnumpy(), 3, 1e-3)
    with pytest.raises(ValueError, match="args has no array for b"):
        (a + b).eval(a=numbers(1))


# reshape

def bound():
    exe = fc.simple_bind(cpu(), data=(4, 2))
    exe.arg_dict["data"][:] = 3
    exe.arg_dict["fc_weight"][:] = 1
    return exe


def test_reshape_shares_memory():
    exe = bound()
    other = exe.reshape(data=(2, 2))
    other.arg_dict["data"][:] = 9
    assert exe.arg_dict["data"].asnumpy().tolist() == [[9, 9], [9, 9], [3, 3], [3, 3]]
    assert other.forward()[0].asnumpy().tolist() == [[18] * 3] * 2
    assert exe.forward()[0].shape == (4, 3)
    assert exe.reshape(data=(2, 1, 2)).arg_dict["data"].shape == (2, 1, 2)


def test_reshape_to_larger_ones():
    other = bound().reshape(data=(8, 2), allow_up_sizing=True)
    assert other.arg_dict["data"].shape == (8, 2) and other.grad_dict["data"].shape == (8, 2)
    assert (other.arg_dict["fc_weight"].asnumpy() == 1).all()


def test_reshape_of_arguments_that_are_not_named():
    assert bound().reshape(partial_shaping=True, data=(4, 1)).arg_dict["fc_weight"].shape == (3, 1)


@pytest.mark.parametrize("shapes, error, message", [
    ({"data": (8, 2)}, ValueError, r"the new shape \(8, 2\) of 'data' is larger than the old one"),
    ({"data": (4, 1)}, ValueError, "unspecified array 'fc_weight' changes from"),
    ({"other": (4, 1)}, RuntimeError, "Executor.reshape: the shapes of these variables do not"),
    ({"data": 3}, TypeError, "Executor.reshape: the shape of data must be a tuple; got 3")])
def test_reshape_refuses(shapes, error, message):
    with pytest.raises(error, match=message):
        bound().reshape(**shapes)
