"""group2ctx: parts of a graph on devices of their own, by the attribute ctx_group."""

import numpy as np
import pytest

import mxlite as mx

S, nd, cpu = mx.sym, mx.nd, mx.cpu
GROUPS = {"one": cpu(1), "two": cpu(2)}


def network():
    with mx.AttrScope(ctx_group="one"):
        hidden = S.tanh(S.FullyConnected(S.var("data"), num_hidden=4, name="fc1"), name="t")
    with mx.AttrScope(ctx_group="two"):
        return S.FullyConnected(hidden, num_hidden=2, name="fc2")


def filled(exe, rng):
    for array in exe.arg_arrays:
        array[:] = rng.normal(size=array.shape)
    return exe


def test_where_arrays_are():
    exe = network().simple_bind(cpu(0), data=(3, 5), group2ctx=GROUPS)
    places = {"data": 1, "fc1_weight": 1, "fc1_bias": 1, "fc2_weight": 2, "fc2_bias": 2}
    for arrays in (exe.arg_dict, exe.grad_dict):
        assert {name: array.context for name, array in arrays.items()} == {
            name: cpu(number) for name, number in places.items()}
    assert exe.forward()[0].context == cpu(2)


@pytest.mark.parametrize("grad_req", ["write", "add"])
def test_results_are_those_of_one_device(grad_req):
    results = []
    for groups in (None, GROUPS):
        exe = filled(network().simple_bind(cpu(0), grad_req, data=(3, 5), group2ctx=groups),
                     np.random.default_rng(1))
        for _ in range(2):
            y, = exe.forward(is_train=True)
            exe.backward(nd.ones((3, 2), y.context))
        results.append([array.asnumpy().tobytes() for array in (y, *exe.grad_arrays)])
    assert results[0] == results[1]


def test_gradients_of_heads_come_from_any_device():
    exe = filled(network().simple_bind(cpu(0), data=(3, 5), group2ctx=GROUPS),
                 np.random.default_rng(1))
    exe.forward(is_train=True)
    exe.backward([nd.ones((3, 2), cpu(0))])
    assert exe.grad_dict["fc2_bias"].asnumpy().tolist() == [3, 3]


def test_groups_without_a_use_are_passed_over():
    exe = network().simple_bind(cpu(0), data=(3, 5), group2ctx={**GROUPS, "three": cpu(3)})
    assert exe.arg_dict["data"].context == cpu(1)
    free = S.exp(S.var("x")).simple_bind(cpu(0), x=(2,), group2ctx=GROUPS)
    assert free.arg_dict["x"].context == cpu(0)


def test_bind_takes_arrays_where_they_are():
    names = network().list_arguments()
    shapes = dict(zip(names, network().infer_shape(data=(3, 5))[0], strict=True))
    args = {name: nd.ones(shapes[name], cpu(2 if name.startswith("fc2") else 1)) for name in names}
    exe = network().bind(cpu(0), args, group2ctx=GROUPS)
    np.testing.assert_allclose(exe.forward()[0].asnumpy(), 4 * np.tanh(6) + 1, 1e-6)


def test_monitors_and_inference():
    exe = network().simple_bind(cpu(0), data=(3, 5), group2ctx=GROUPS)
    seen = []
    exe.set_monitor_callback(lambda name, array: seen.append((name, array.context)))
    exe.forward()
    assert seen == [(b"fc1_output", cpu(1)), (b"t_output", cpu(1)), (b"fc2_output", cpu(2))]
    assert "runs node by node, on several devices" in exe.debug_str()


@pytest.mark.parametrize("groups, error, message", [
    ({"one": cpu(1)}, ValueError, "no context for the group 'two' of node 'fc2.*'; it has one"),
    ([GROUPS], TypeError, "group2ctx must be a dict of contexts by group; got"),
    ({"one": 3, "two": cpu(2)}, TypeError, "3")], ids=str)
def test_wrong_groups(groups, error, message):
    with pytest.raises(error, match=message):
        network().simple_bind(cpu(0), data=(3, 5), group2ctx=groups)


def test_outputs_read_before_forward_are_where_their_nodes_run():
    x = mx.sym.var("x")
    with mx.AttrScope(ctx_group="a"):
        first = x * 2
    with mx.AttrScope(ctx_group="b"):
        second = first * 3
    exe = mx.sym.Group([first, second]).simple_bind(
        mx.cpu(0), group2ctx={"a": mx.cpu(1), "b": mx.cpu(2)}, grad_req="null", x=(2,))
    want = [mx.cpu(1), mx.cpu(2)]                       # from MXNet 1.9.1
    assert [output.context for output in exe.outputs] == want
    exe.forward()
    assert [output.context for output in exe.outputs] == want
