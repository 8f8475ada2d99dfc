"""Executor: forward, backward, outputs, states, monitors, as in MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx

S, nd, cpu = mx.sym, mx.nd, mx.cpu
a, b = S.var("a"), S.var("b")
product = S.elemwise_mul(a, b, name="m")
e = S.exp(a, name="e")


def numbers(*values, dtype="float32"):
    return nd.array(values, dtype=dtype)


def bound(symbol, grad_req="write"):
    """On a = 2, b = 3, with gradients that are 7."""
    names = symbol.list_arguments()
    args = [numbers({"a": 2, "b": 3}[name]) for name in names]
    return symbol.bind(cpu(), args, [numbers(7) for _ in names], grad_req)


def gradients(symbol, out_grads=None, grad_req="write", is_train=True, times=1):
    exe = bound(symbol, grad_req)
    exe.forward(is_train=is_train)
    for _ in range(times):
        exe.backward(out_grads)
    return [grad.asscalar() for grad in exe.grad_arrays]


# Forward

def test_outputs_are_overwritten_by_the_next_forward():
    exe = bound(a + b)
    y, = exe.forward()
    before = exe.outputs[0]
    exe.arg_dict["a"][:] = 10
    exe.forward()
    assert y.asscalar() == before.asscalar() == 13


@pytest.mark.parametrize("part", [
    lambda y: y[0:1], lambda y: y.reshape((1, 1)), lambda y: y.detach(),
    lambda y: np.from_dlpack(y), memoryview], ids=["slice", "shape", "detach", "dlpack", "buffer"])
def test_what_shares_memory_with_outputs_is_overwritten_too(part):
    exe = bound(a + b)
    kept = part(exe.forward()[0])
    exe.arg_dict["a"][:] = 10
    exe.forward()
    assert np.ravel(kept.asnumpy() if isinstance(kept, nd.NDArray) else kept) == [13]


def test_outputs_that_nobody_holds_are_not_copied():
    """They then lie where the graph made them: by turns in two places."""
    exe = bound(a + b)
    places = [exe.forward()[0]._address for _ in range(4)]
    assert places[0] == places[2] != places[1] == places[3]
    held = exe.outputs
    places = [exe.forward()[0]._address for _ in range(3)]
    assert {held[0]._address} == set(places)


def test_outputs_before_the_first_forward():
    exe = bound(a + b)
    y = exe.outputs[0]
    assert y.shape == (1,)
    exe.forward()
    assert y.asscalar() == 5


@pytest.mark.parametrize("value", [numbers(5), np.array([5.0]), numbers(5, dtype="int32")], ids=str)
def test_forward_copies_what_is_given_by_name(value):
    exe = bound(a + b)
    assert exe.forward(a=value)[0].asscalar() == 8
    assert exe.arg_dict["a"].asscalar() == 5 and exe.arg_dict["a"].dtype == np.float32


@pytest.mark.parametrize("kwargs, error, message", [
    ({"q": numbers(1)}, TypeError, "Unknown argument q"),
    ({"a": numbers(1, 2)}, ValueError, r"Argument a, need: \(1,\), received: \(2,\)"),
    ({"a": np.ones((2, 1))}, ValueError, r"need: \(1,\), received: \(2, 1\)"),
    ({"a": 1}, TypeError, "Executor.forward: a must be an NDArray; got int")], ids=str)
def test_forward_refuses(kwargs, error, message):
    with pytest.raises(error, match=message):
        bound(a + b).forward(**kwargs)


def test_training_and_inference():
    x = nd.ones((50, 50))
    exe = S.Dropout(a, p=0.5).bind(cpu(), [x])
    assert exe.forward(is_train=False)[0].asnumpy().tolist() == x.asnumpy().tolist()
    assert set(np.unique(exe.forward(is_train=True)[0].asnumpy())) == {0, 2}


# Backward

@pytest.mark.parametrize("symbol, kwargs, expected", [
    (product, {"out_grads": [numbers(1)]}, [3, 2]),
    (product, {"out_grads": numbers(10)}, [30, 20]),
    (product, {"out_grads": {"m_output": numbers(1)}}, [3, 2]),
    (product, {"out_grads": [numbers(2, dtype="float64")]}, [6, 4]),
    (product, {"out_grads": [numbers(1)], "is_train": False}, [3, 2]),
    (product, {"out_grads": [numbers(1)], "times": 2}, [3, 2]),
    (product, {"out_grads": [numbers(1)], "grad_req": "add"}, [10, 9]),
    (product, {"out_grads": [numbers(1)], "grad_req": "add", "times": 2}, [13, 11]),
    (product, {"out_grads": [numbers(1)], "grad_req": {"a": "add", "b": "write"}}, [10, 2]),
    (S.BlockGrad(a) + b, {"out_grads": [numbers(1)]}, [0, 1]),
    (S.BlockGrad(a) + b, {"out_grads": [numbers(1)], "grad_req": "add"}, [7, 8]),
    (S.MakeLoss(a * b), {}, [3, 2]), (S.make_loss(a * b), {}, [3, 2]),
    (S.MakeLoss(a * b), {"out_grads": [numbers(100)]}, [3, 2]),
    (S.Group([S.MakeLoss(a * b), S.BlockGrad(a + b)]), {}, [3, 2]),
    (S.Group([product, S.BlockGrad(a)]), {"out_grads": [numbers(1), numbers(5)]}, [3, 2]),
    (S.Group([product, product]), {"out_grads": [numbers(1), numbers(10)]}, [33, 22]),
    (S.Group([a, product]), {"out_grads": [numbers(1), numbers(1)]}, [4, 2])], ids=str)
def test_gradients(symbol, kwargs, expected):
    assert gradients(symbol, **kwargs) == expected


def test_backward_runs_forward_where_there_was_none():
    exe = bound(product)
    exe.backward([numbers(1)])
    assert [grad.asscalar() for grad in exe.grad_arrays] == [3, 2]


@pytest.mark.parametrize("is_train", [True, False])
def test_gradients_are_those_of_what_forward_drew(is_train):
    exe = S.Dropout(a, p=0.5, mode="always").simple_bind(cpu(), a=(64,))
    exe.arg_dict["a"][:] = 1
    y = exe.forward(is_train=is_train)[0].asnumpy()
    exe.backward(nd.ones(64), is_train=is_train)
    assert set(y) == {0, 2} and exe.grad_dict["a"].asnumpy().tolist() == y.tolist()


def test_backward_without_gradients_does_nothing():
    exe = product.bind(cpu(), [numbers(2), numbers(3)])
    exe.forward(is_train=True)
    exe.backward([numbers(1)])
    assert exe.grad_arrays == [None, None]


@pytest.mark.parametrize("symbol, out_grads, error, message", [
    (product, None, mx.MXNetError, "outputs that are no losses; those of m_output are missing"),
    (S.Group([S.MakeLoss(a * b, name="l"), e]), None, mx.MXNetError,
     "no losses; those of e_output are missing"),
    (S.Group([S.MakeLoss(a * b, name="l"), e]), [numbers(1)], mx.MXNetError,
     "no losses; those of e_output are missing"),
    (S.Group([product, e]), numbers(1), mx.MXNetError, "those of e_output are missing"),
    (product, {"q": numbers(1)}, KeyError, "no output named 'q'"),
    (product, {"m_outputs": numbers(1)}, KeyError, "did you mean 'm_output'"),
    (S.Group([product, e]), {"m_output": numbers(1)}, ValueError, "those of e_output are missing"),
    (product, [1], TypeError, r"out_grads\['m_output'\] must be an NDArray; got int"),
    (product, [], ValueError, "those of m_output are missing"),
    (product, [numbers(1, 2)], mx.MXNetError, "the gradient of head 0 must be like it")], ids=str)
def test_backward_refuses(symbol, out_grads, error, message):
    exe = bound(symbol)
    exe.forward(is_train=True)
    with pytest.raises(error, match=message):
        exe.backward(out_grads)


@pytest.mark.parametrize("out_grads", [
    [numbers(5), numbers(7)], [numbers(5), numbers(7), numbers(9)],
    {"m_output": numbers(5), "e_output": numbers(7)}])
def test_losses_need_no_out_grads(out_grads):
    loss = S.MakeLoss(a * 3, name="l")
    exe = bound(S.Group([product, e, loss]))
    exe.forward(is_train=True)
    exe.backward(out_grads)
    values = {name: array.asscalar() for name, array in exe.arg_dict.items()}
    want = 5 * values["b"] + 7 * np.exp(values["a"]) + 3
    assert exe.grad_dict["a"].asscalar() == pytest.approx(want)
    assert exe.grad_dict["b"].asscalar() == 5 * values["a"]


def test_one_array_is_the_out_grad_of_the_first_output():
    exe = bound(S.Group([product, S.MakeLoss(a * 3), S.BlockGrad(b)]))
    exe.forward(is_train=True)
    exe.backward(numbers(5))
    assert exe.grad_dict["a"].asscalar() == 5 * exe.arg_dict["b"].asscalar() + 3


def test_more_out_grads_than_outputs():
    exe = bound(product)
    exe.forward(is_train=True)
    with pytest.warns(UserWarning, match="2 arrays, of which those behind the 1 of") as seen:
        exe.backward([numbers(1), numbers(7)])
    assert seen[0].filename == __file__
    assert [grad.asscalar() for grad in exe.grad_arrays] == [3, 2]


def test_losses_do_not_look_at_out_grads():
    loss = S.SoftmaxOutput(S.FullyConnected(S.var("data"), num_hidden=3, name="fc"), name="loss")
    exe = loss.simple_bind(cpu(), data=(2, 4))
    exe.arg_dict["data"][:] = 1
    exe.arg_dict["fc_weight"][:] = nd.arange(12).reshape((3, 4))
    exe.arg_dict["loss_label"][:] = numbers(0, 1)
    for out_grads in (None, [nd.full((2, 3), 5)]):
        exe.forward(is_train=True)
        exe.backward(out_grads)
        np.testing.assert_allclose(exe.grad_dict["data"].asnumpy(), [[8] * 4, [4] * 4], 1e-6)
        np.testing.assert_allclose(exe.grad_dict["fc_bias"].asnumpy(), [-1, -1, 2], 1e-6)
        assert exe.grad_dict["loss_label"].asnumpy().tolist() == [0, 0]


@pytest.mark.parametrize("shape, means", [
    ((2, 3), ([0.75, 1.25, 1.75], [1.125, 1.875, 2.625])),
    ((2, 3, 2, 2), ([3.75, 5.75, 7.75], [5.625, 8.625, 11.625]))], ids=str)
def test_moving_statistics_change_in_backward(shape, means):
    norm = S.BatchNorm(a, name="n", momentum=0.5)
    exe = norm.simple_bind(cpu(), a=shape)
    exe.arg_dict["a"][:] = nd.arange(int(np.prod(shape))).reshape(shape)
    mean = exe.aux_dict["n_moving_mean"]
    exe.forward(is_train=True)
    assert mean.asnumpy().tolist() == [0, 0, 0]
    for expected in means:
        exe.backward([nd.ones(shape)])
        np.testing.assert_allclose(mean.asnumpy(), expected, 1e-6)
    exe.forward(is_train=False)
    exe.backward([nd.ones(shape)])
    np.testing.assert_allclose(mean.asnumpy(), means[-1], 1e-6)


# Parameters

def test_copy_params_from():
    exe = S.BatchNorm(a, name="n").simple_bind(cpu(), a=(2, 3))
    exe.copy_params_from({"n_gamma": numbers(1, 2, 3, dtype="int32")},
                         {"n_moving_mean": numbers(4, 5, 6)})
    assert exe.arg_dict["n_gamma"].asnumpy().tolist() == [1, 2, 3]
    assert exe.arg_dict["n_gamma"].dtype == np.float32
    assert exe.aux_dict["n_moving_mean"].asnumpy().tolist() == [4, 5, 6]
    exe.copy_params_from({"q": numbers(1)}, {"r": numbers(1)}, allow_extra_params=True)


@pytest.mark.parametrize("params, error, message", [
    (({"n_gama": numbers(1)},), ValueError, '"n_gama" that is not in the arguments; did you mean'),
    (({}, {"q": numbers(1)}), ValueError, '"q" that is not in the auxiliary states'),
    (({"n_gamma": numbers(1)},), ValueError, r"n_gamma must have shape \(3,\); got \(1,\)"),
    (({"n_gamma": np.ones(3)},), TypeError, "n_gamma must be an NDArray; got ndarray")], ids=str)
def test_copy_params_from_refuses(params, error, message):
    with pytest.raises(error, match=message):
        S.BatchNorm(a, name="n").simple_bind(cpu(), a=(2, 3)).copy_params_from(*params)


# Monitors

def seen(symbol, monitor_all=False, backward=False, **shapes):
    exe = symbol.simple_bind(cpu(), **shapes)
    names = []
    exe.set_monitor_callback(lambda name, array: names.append((name, array.shape)), monitor_all)
    exe.forward(is_train=True)
    if backward:
        exe.backward()
    return names


def test_monitor():
    loss = S.SoftmaxOutput(S.FullyConnected(S.var("data"), num_hidden=3, name="fc"), name="loss")
    outputs = [(b"fc_output", (2, 3)), (b"loss_output", (2, 3))]
    assert seen(loss, data=(2, 4)) == outputs
    assert seen(loss, backward=True, data=(2, 4)) == [
        *outputs, (b"loss_backward_output0", (2, 3)), (b"loss_backward_output1", (2,)),
        (b"fc_backward_output0", (2, 4)), (b"fc_backward_output1", (3, 4)),
        (b"fc_backward_output2", (3,))]
    assert seen(loss, True, data=(2, 4)) == [
        (b"data", (2, 4)), (b"fc_data", (2, 4)), (b"fc_weight", (3, 4)), (b"fc_weight", (3, 4)),
        (b"fc_bias", (3,)), (b"fc_bias", (3,)), (b"fc_output", (2, 3)), (b"loss_data", (2, 3)),
        (b"loss_label", (2,)), (b"loss_label", (2,)), (b"loss_output", (2, 3))]


@pytest.mark.parametrize("symbol, inputs", [
    (S.tanh(e, name="n"), ["n_input0"]), (S.Activation(e, act_type="relu", name="n"), ["n_input0"]),
    (S.softmax(e, name="n"), ["n_data"]), (S.Dropout(e, name="n"), ["n_data"]),
    (S.one_hot(e, depth=3, name="n"), ["n_indices"]), (S.cumsum(e, name="n"), ["n_a"]),
    (S.elemwise_add(e, e, name="n"), ["n_lhs", "n_rhs"]),
    (S.concat(e, e, dim=0, name="n"), ["n_arg0", "n_arg1"]),
    (S.add_n(e, e, e, name="n"), ["n_arg0", "n_arg1", "n_arg2"])], ids=str)
def test_names_of_inputs_for_monitors(symbol, inputs):
    names = [name.decode() for name, _ in seen(symbol, True, a=(2, 3))]
    first = names.index("e_output") + 1
    assert names[first:first + len(inputs)] == inputs and names[first + len(inputs)] == "n_output"


def test_monitors_see_hidden_outputs():
    net = S.Dropout(S.BatchNorm(a, name="n"), name="d")
    assert [name for name, _ in seen(net, a=(2, 3))] == [
        b"n_output", b"n_mean", b"n_var", b"d_output", b"d_mask"]


def test_a_monitor_goes_on_with_other_shapes():
    names = []
    exe = e.simple_bind(cpu(), a=(2,))
    exe.set_monitor_callback(lambda name, array: names.append((name, array.shape)), True)
    exe.reshape(a=(5,), allow_up_sizing=True).forward()
    assert names == [(b"a", (5,)), (b"e_input0", (5,)), (b"e_output", (5,))]


def test_a_monitor_changes_no_gradient():
    exe = bound(product)
    exe.set_monitor_callback(lambda name, array: None)
    exe.forward(is_train=True)
    exe.backward([numbers(1)])
    assert [grad.asscalar() for grad in exe.grad_arrays] == [3, 2]


# What is run

def internals(exe):
    return len(exe.get_optimized_symbol().get_internals())


def test_equal_nodes_are_one(monkeypatch):
    double = (a + b) + (a + b)
    exe = double.simple_bind(cpu(), a=(2,), b=(2,))
    assert internals(exe) == 4
    monkeypatch.setenv("MXNET_ELIMINATE_COMMON_EXPR", "0")
    assert internals(exe) == 4 and internals(double.simple_bind(cpu(), a=(2,), b=(2,))) == 5


@pytest.mark.parametrize("symbol, count", [
    (S.Group([a * b, a * b]), 4), (S.Dropout(a) + S.Dropout(a), 4),
    (S.random.normal(shape=(2,)) + S.random.normal(shape=(2,)), 3), ((a + 1) + (a + 2), 4)],
    ids=str)
def test_nodes_that_stay(symbol, count):
    exe = symbol.simple_bind(cpu(), **dict.fromkeys(symbol.list_arguments(), (2,)))
    assert internals(exe) == count


def test_debug_str():
    text = bound(product).debug_str()
    assert "Op:elemwise_mul, Name=m" in text
    assert text.splitlines()[-2].startswith("Total 1 MB allocated")
