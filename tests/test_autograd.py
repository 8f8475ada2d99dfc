"""autograd: recording, backward, grad, Function."""

import gc
import json
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.base import MXNetError
from mxlite.ops.schema import Op, kernel


def variable(values, grad_req="write", dtype="float64"):
    x = nd.array(values, dtype=dtype)
    x.attach_grad(grad_req)
    return x


def test_gradient_of_a_product():
    x, y = variable([1, 2]), variable([3, 4])
    with autograd.record():
        z = x * y + x
    z.backward()
    assert x.grad.tolist() == [4, 5] and y.grad.tolist() == [1, 2]


def test_gradient_of_a_broadcast_is_summed():
    x, b = variable([[1, 2], [3, 4]]), variable([10])
    with autograd.record():
        z = x * b
    z.backward()
    assert b.grad.tolist() == [10] and x.grad.tolist() == [[10, 10], [10, 10]]


def test_scopes_nest_and_restore():
    assert not autograd.is_recording() and not autograd.is_training()
    with autograd.record():
        assert autograd.is_recording() and autograd.is_training()
        with autograd.pause():
            assert not autograd.is_recording() and not autograd.is_training()
        with autograd.predict_mode():
            assert autograd.is_recording() and not autograd.is_training()
    with autograd.record(train_mode=False):
        assert autograd.is_recording() and not autograd.is_training()
    with autograd.train_mode():
        assert autograd.is_training() and not autograd.is_recording()
    assert autograd.set_recording(True) is False and autograd.set_recording(False) is True
    assert autograd.set_training(True) is False and autograd.set_training(False) is True


def test_scopes_restore_after_an_error():
    with pytest.raises(ZeroDivisionError), autograd.record():
        raise ZeroDivisionError
    assert not autograd.is_recording()


def test_recording_belongs_to_a_thread():
    seen = []
    with autograd.record():
        worker = threading.Thread(target=lambda: seen.append(autograd.is_recording()))
        worker.start()
        worker.join()
    assert seen == [False]


def test_grad_req_add_and_null():
    x, y = variable([1, 2], "add"), variable([1, 2], "null")
    for _ in range(3):
        with autograd.record():
            z = x * y * 2
        z.backward()
    assert x.grad.tolist() == [6, 12] and y.grad is None
    x.zero_grad()
    assert x.grad.tolist() == [0, 0]


def test_one_variable_used_often():
    x = variable([2])
    with autograd.record():
        y = x
        for _ in range(5):
            y = y + x * y
    y.backward()
    assert x.grad.asscalar() == pytest.approx((1 + 2) ** 5 + 2 * 5 * 3**4)


def test_head_gradient():
    x = variable([1, 2])
    with autograd.record():
        y = x * x
    y.backward(nd.array([10, 100], dtype="float64"))
    assert x.grad.tolist() == [20, 400]


def test_several_heads():
    x = variable([1, 2])
    with autograd.record():
        y, z = x * 2, x * x
    autograd.backward([y, z], [None, nd.array([1, 10], dtype="float64")])
    assert x.grad.tolist() == [4, 42]


def test_detach_and_blockgrad_stop_the_gradient():
    x = variable([3])
    with autograd.record():
        y = x.detach() * x + nd.BlockGrad(x * x)
    y.backward()
    assert x.grad.tolist() == [3]


def test_pause_leaves_no_trace():
    x = variable([3])
    with autograd.record():
        with autograd.pause():
            factor = x * x
        y = factor * x
    y.backward()
    assert x.grad.tolist() == [9]


def test_views_pass_gradients():
    x = variable([[1, 2], [3, 4]])
    with autograd.record():
        y = x.reshape((4,))[1:3] * nd.array([10, 100], dtype="float64")
        z = x[1] * 5
    autograd.backward([y, z])
    assert x.grad.tolist() == [[0, 10], [105, 5]]


def test_higher_orders():
    x = variable([0.5, -1.5])
    with autograd.record():
        y = x * x * x * x
        first = autograd.grad(y, x, create_graph=True)[0]
        second = autograd.grad(first, x, create_graph=True)[0]
        third = autograd.grad(second, x, create_graph=True)[0]
    third.backward()
    np.testing.assert_allclose(first.asnumpy(), 4 * x.asnumpy() ** 3)
    np.testing.assert_allclose(second.asnumpy(), 12 * x.asnumpy() ** 2)
    np.testing.assert_allclose(third.asnumpy(), 24 * x.asnumpy())
    np.testing.assert_allclose(x.grad.asnumpy(), [24, 24])


def test_grad_of_an_intermediate_array():
    x = variable([2])
    with autograd.record():
        y = x * x
        z = y * y
    assert autograd.grad(z, y)[0].tolist() == [8]
    assert x.grad.tolist() == [0]


def test_a_gradient_penalty():
    x, w = nd.array([1, 2, 3], dtype="float64"), variable([0.1, 0.2, 0.3])
    x.attach_grad()
    with autograd.record():
        y = (w * x * x).sum()
        slope = autograd.grad(y, x, create_graph=True)[0]
        penalty = (slope * slope).sum()
    penalty.backward()
    np.testing.assert_allclose(w.grad.asnumpy(), 2 * 4 * w.asnumpy() * x.asnumpy() ** 2)


def test_saved_outputs_survive_retained_graphs():
    x = variable([0.3])
    with autograd.record():
        y = x.exp()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), np.exp([0.3]))


def test_leaves_are_variables_where_nothing_else_is():
    x, w, b = nd.array([1, 2]), nd.array([2, 3]), nd.array([4])
    with autograd.record():
        z = (x * w + b).sum()
    z.backward()
    assert (x.grad.tolist(), w.grad.tolist(), b.grad.tolist()) == ([2, 3], [1, 2], [2])


def test_attached_variables_take_precedence():
    x, w = nd.array([1, 2]), nd.array([2, 3])
    w.attach_grad()
    with autograd.record():
        z = x * w
    z.backward()
    assert x.grad is None and w.grad.tolist() == [1, 2]


def test_mark_variables():
    x, g = nd.array([3.0]), nd.zeros((1,))
    autograd.mark_variables([x], [g])
    with autograd.record():
        y = x * x
    y.backward()
    assert g.tolist() == [6]


class Cube(autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        (x,) = self.saved_tensors
        return dy * 3 * x * x


def test_function_with_its_own_gradient():
    x = variable([2, -1])
    with autograd.record():
        y = Cube()(x) * 2
    y.backward()
    assert y.tolist() == [16, -2] and x.grad.tolist() == [24, 6]


def test_function_serves_one_call():
    cube = Cube()
    cube(nd.ones(1))
    with pytest.raises(ValueError, match="Cube: an instance serves one call"):
        cube(nd.ones(1))


def test_function_has_no_second_order():
    """As in MXNet; another way to the variable does not matter."""
    x = variable([2, -1])
    with autograd.record():
        first = autograd.grad(Cube()(x), x, create_graph=True, retain_graph=True)[0]
        both = autograd.grad(x * x, x, create_graph=True)[0]
    assert first.tolist() == [12, 3]
    with pytest.raises(mx.MXNetError, match="Cube has no second derivative"):
        first.backward()
    both.backward()
    assert x.grad.tolist() == [2, 2]


def test_a_function_without_inputs_or_gradients():
    class Constant(autograd.Function):
        def forward(self, *inputs):
            return nd.ones(2)

        def backward(self, dy):
            return None

    x = variable([2, -1])
    with autograd.record():
        assert Constant()().tolist() == [1, 1]
        y = Constant()(x)
        first = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
    x.grad[:] = 5
    y.backward()
    assert first.tolist() == x.grad.tolist() == [0, 0]


def test_function_must_return_fitting_gradients():
    class Short(Cube):
        def backward(self, dy):
            return dy[:1]

    x = variable([2, -1])
    with autograd.record():
        y = Short()(x)
    with pytest.raises(ValueError, match=r"Short.backward: gradient 0 must be .* shape \(2,\)"):
        y.backward()


@pytest.mark.parametrize(("forward", "backward", "message"), [
    ((), None, r"Answers.forward must return an array, or a tuple of at least one; got \(\)"),
    ([], None, r"Answers.forward must return an array, or a tuple of at least one; got \[\]"),
    (None, None, "Answers.forward: each output must be an NDArray; got NoneType"),
    (5, None, "Answers.forward: each output must be an NDArray; got int"),
    ((nd.ones(2), "a"), None, "Answers.forward: each output must be an NDArray; got str"),
    (nd.ones(2), 5, "Answers.backward: gradient 0 must be an NDArray; got int"),
    (nd.ones(2), [[1, 2]], "Answers.backward: gradient 0 must be an NDArray; got list"),
    (nd.ones(2), (), "Answers.backward must return 1 gradients, one an input; got 0"),
])
def test_answers_of_a_function_are_checked(forward, backward, message):
    class Answers(autograd.Function):
        def forward(self, x):
            return forward

        def backward(self, *out_grads):
            return backward

    x = variable([2, -1])
    with pytest.raises(MXNetError, match=message):
        with autograd.record():
            y = Answers()(x)
        y.backward()


def test_what_is_recorded_as_a_function_is_checked():
    x = variable([2, -1])
    with autograd.record():
        for inputs, outputs in [([x], []), ([x], [None]), ([None], [x * 2])]:
            with pytest.raises(MXNetError, match="record_function: "):
                autograd.tape.record_function(lambda grads: grads, inputs, outputs)


def test_backward_twice_names_retain_graph():
    x = variable([1])
    with autograd.record():
        y = x * x
    y.backward()
    with pytest.raises(mx.MXNetError, match="retain_graph=True"):
        y.backward()


def test_backward_of_what_was_not_recorded():
    with pytest.raises(mx.MXNetError, match=r"not computed inside autograd.record\(\)"):
        (variable([1]) * 2).backward()


def test_backward_checks_the_head_gradient():
    x = variable([1, 2])
    with autograd.record():
        y = x * x
    with pytest.raises(ValueError, match=r"gradient of head 0 must be like it, float64\[2\]"):
        y.backward(nd.ones((3,), dtype="float64"))


def test_backward_through_an_operator_without_gradient(register):
    @register("_test_rigid_copy")
    class RigidCopy(Op):
        def prepare(self, inputs, outputs):
            return kernel("copy", "bytes", nbytes=inputs[0].nbytes)

    x = variable([3, 1, 2])
    with autograd.record():
        y = nd.op._test_rigid_copy(x) * 2
    with pytest.raises(mx.MXNetError, match="backward: _test_rigid_copy has no gradient"):
        y.backward()


def test_in_place_writing_while_recording_is_refused():
    x = variable([1, 2])
    with autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        x += 1
    with autograd.record(), pytest.raises(mx.MXNetError, match="cannot be written in place"):
        x[:] = 1


def test_grad_req_is_checked():
    with pytest.raises(ValueError, match="grad_req must be 'write', 'add' or 'null'; got 'wrte'"):
        nd.ones(1).attach_grad("wrte")


def test_grad_of_an_unrelated_variable():
    x, y = variable([1]), variable([1])
    with autograd.record():
        z = x * 2
    with pytest.raises(mx.MXNetError, match="do not depend on variable 0"):
        autograd.grad(z, [y])


def test_a_long_chain_neither_overflows_nor_leaks():
    from mxlite.device import host

    x = variable([1.0])
    before = host.memory_info()["live"]
    with autograd.record():
        y = x
        for _ in range(100000):
            y = y + x
    y.backward()
    assert x.grad.tolist() == [100001]
    with autograd.record():
        y = x
        for _ in range(100000):
            y = y * x
    del y                        # never walked
    gc.collect()
    assert host.memory_info()["live"] <= before + 4096


def test_get_symbol_has_what_was_recorded():
    """Names, operators and parameters as MXNet 1.9.1 gives them for the same calls."""
    x, w, c = nd.ones((2, 3)), nd.ones((4, 3)), nd.ones((2, 4))
    x.attach_grad()
    w.attach_grad()
    with autograd.record():
        y = nd.FullyConnected(x, w, num_hidden=4, no_bias=True)
        half = nd.split(nd.softmax(y * 2 + c, axis=1), 2)[1]
    graph = autograd.get_symbol(half)
    assert graph.list_arguments() == ["var0", "var1", "null2"]
    assert graph.list_outputs() == ["node_4_output1"]
    nodes = [(node["op"], node.get("attrs", {})) for node in json.loads(graph.tojson())["nodes"]]
    assert [op for op, _ in nodes if op != "null"] == [
        "FullyConnected", "_mul_scalar", "broadcast_add", "softmax", "SliceChannel"]
    assert dict(nodes)["FullyConnected"] == {"no_bias": "True", "num_hidden": "4"}
    value = graph.eval(var0=x, var1=w, null2=c)[0]
    np.testing.assert_array_equal(value.asnumpy(), half.asnumpy())


def test_get_symbol_of_a_hybridized_block_has_its_nodes():
    net = mx.gluon.nn.Dense(2, in_units=3, activation="relu")
    net.initialize()
    net.hybridize()
    with autograd.record():
        y = net(nd.ones((1, 3))) + 1
    ops = [node["op"] for node in json.loads(autograd.get_symbol(y).tojson())["nodes"]]
    assert [op for op in ops if op != "null"] == ["FullyConnected", "Activation", "_plus_scalar"]


def test_get_symbol_of_what_has_no_graph():
    with pytest.raises(MXNetError, match=r"was not computed inside autograd\.record"):
        autograd.get_symbol(nd.ones((1,)))
    x = nd.ones((1,))
    x.attach_grad()
    with autograd.record():
        y = x * 2
    y.backward()
    with pytest.raises(MXNetError, match=r"released by backward\(\); pass retain_graph"):
        autograd.get_symbol(y)
    with autograd.record():
        whole = nd.zeros((1, 1))
        row = whole[0]
        row[:] = x
        z = whole * x
    with pytest.raises(MXNetError, match=r"get_symbol: .* of shape \(1, 1\) .* by way of another"):
        autograd.get_symbol(z)
    with pytest.raises(TypeError, match="get_symbol: x must be an NDArray"):
        autograd.get_symbol(3)


def test_fresh_gradients_are_told_and_set():
    x, y = mx.nd.ones(2), mx.nd.ones(2)
    for array in (x, y):
        array.attach_grad()
    assert not x._fresh_grad and not mx.nd.ones(2)._fresh_grad
    with mx.autograd.record():
        z = x * 2
    z.backward()
    assert x._fresh_grad and x._fresh_grad and not y._fresh_grad and not z._fresh_grad
    x._fresh_grad = False
    y._fresh_grad = True
    assert not x._fresh_grad and y._fresh_grad
    with pytest.raises(mx.MXNetError, match="_fresh_grad: the array must be a variable; call"):
        mx.nd.ones(2)._fresh_grad = True


def test_an_import_of_all_names_gives_ndarray():
    names = {}
    exec("from mxlite.autograd import *", names)
    assert names["NDArray"] is mx.nd.NDArray and names["record"] is mx.autograd.record


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("function", [
    lambda a, b: a + b, lambda a, b: a.reshape((-1,)) + b, lambda a, b: mx.nd.identity(a) - 0 + b])
def test_gradients_of_grad_are_arrays_of_their_own(function, create_graph):
    a, b, dy = [mx.nd.ones((3,)) for _ in range(3)]
    a.attach_grad()
    b.attach_grad()
    with mx.autograd.record():
        y = function(a, b)
        da, db, again = mx.autograd.grad(y, [a, b, b], dy, create_graph=create_graph)
    for array in (da, db):
        array[:] = 7
    assert again.asnumpy().tolist() == dy.asnumpy().tolist() == [1, 1, 1]


def test_gradients_that_are_copied_are_differentiated_again():
    a, b = mx.nd.array([2.0]), mx.nd.array([5.0])
    a.attach_grad()
    b.attach_grad()
    with mx.autograd.record():
        da, db = mx.autograd.grad(a * a + b * 0 + a * b, [a, b], create_graph=True)
        total = da * db
    total.backward()
    # da = 2a + b, db = a: (2a + b) a
    assert (a.grad.asscalar(), b.grad.asscalar()) == (13, 2)
