"""nd.contrib.foreach, while_loop and cond: what they compute, how it is nested, errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ndarray import NDArray

contrib = nd.contrib
X = np.arange(6.0).reshape(3, 2)


def data():
    return nd.array(X, dtype="float64")


def ones(*shape):
    return nd.ones(shape, dtype="float64")


def test_foreach_sums_up():
    outputs, states = contrib.foreach(lambda x, s: (x * 2, [s[0] + x]), data(), [ones(2)])
    np.testing.assert_array_equal(outputs.asnumpy(), X * 2)
    assert states[0].tolist() == [7, 10]


@pytest.mark.parametrize("body, kinds", [
    (lambda x, s: (x, s), (NDArray, NDArray)),
    (lambda x, s: ([x], s), (list, NDArray)),
    (lambda x, s: ((x, [x, s]), [s, s]), (list, list)),
    (lambda x, s: ([], s), (list, NDArray)),
])
def test_foreach_nests_outputs_as_the_body_does(body, kinds):
    outputs, states = contrib.foreach(lambda x, s: body(x, ones(2)), data(), ones(2))
    assert isinstance(outputs, kinds[0]) and isinstance(states, kinds[1])


def test_foreach_over_several_arrays_and_nested_states():
    outputs, states = contrib.foreach(
        lambda x, s: ([x[0] + x[1], s[1][0]], [s[0], [s[1][0] * 2]]),
        [data(), data() * 10], [ones(1), [ones(1)]])
    np.testing.assert_array_equal(outputs[0].asnumpy(), X * 11)
    assert outputs[1].tolist() == [[1], [2], [4]] and states[1][0].tolist() == [8]


@pytest.mark.parametrize("is_recorded", [False, True])
def test_items_of_one_axis_have_shape_1(is_recorded):
    with autograd.record() if is_recorded else autograd.pause():
        outputs, _ = contrib.foreach(lambda x, s: (x * 2, s), nd.array([1, 2, 3]), [])
    assert outputs.tolist() == [[2], [4], [6]]


def test_the_gradient_of_foreach():
    """y = sum over i of w^(i+1) x_i, by Horner's rule."""
    x, w = nd.array([[1.0], [2.0], [3.0]], dtype="float64"), nd.array([0.5], dtype="float64")
    x.attach_grad()
    w.attach_grad()
    with autograd.record():
        _, y = contrib.foreach(lambda item, s: ([], (s + item) * w), x, nd.zeros_like(w))
    y.backward()
    assert y.tolist() == [0.125 + 0.5 + 1.5]
    assert x.grad.tolist() == [[0.125], [0.25], [0.5]]
    assert w.grad.tolist() == [3 * 0.25 * 1 + 2 * 0.5 * 2 + 3]


def test_while_loop_fills_up_with_zeros():
    outputs, states = contrib.while_loop(
        lambda i, s: i < 4, lambda i, s: ([i + s], [i + 1, s + i]), (nd.array([1]), nd.array([0])),
        max_iterations=5)
    assert outputs[0].tolist() == [[1], [3], [6], [0], [0]]
    assert [state.tolist() for state in states] == [[4], [6]]


def test_while_loop_of_one_array_without_outputs():
    outputs, state = contrib.while_loop(lambda i: i < 3, lambda i: (None, i + 1), nd.zeros(1), 9)
    assert outputs == [] and state.tolist() == [3]


@pytest.mark.parametrize("limit, count", [(2, 2), (0, 0), (nd.array([1]), 1), (1.9, 1)])
def test_while_loop_ends_at_max_iterations(limit, count):
    outputs, state = contrib.while_loop(lambda i: True, lambda i: (i, [i + 1]), [nd.zeros(1)],
                                        limit)
    assert len(outputs) == count and state[0].tolist() == [count]


def test_the_gradient_of_while_loop():
    x = nd.array([2.0], dtype="float64")
    x.attach_grad()
    with autograd.record():
        powers, last = contrib.while_loop(lambda p: p < 10, lambda p: (p, [p * x]), [x * 1], 6)
        y = powers.sum() + last[0]
    y.backward()
    assert powers.tolist() == [[2], [4], [8], [0], [0], [0]] and last[0].tolist() == [16]
    assert x.grad.tolist() == [1 + 2 * 2 + 3 * 4 + 4 * 8]


@pytest.mark.parametrize("pred, want", [(nd.array([1]), 6), (nd.array([0]), 9), (True, 6)])
def test_cond_and_its_gradient(pred, want):
    x = nd.array([3])
    x.attach_grad()
    with autograd.record():
        y = contrib.cond(pred, lambda: x * 2, lambda: x * x)
    y.backward()
    assert y.tolist() == [want] and x.grad.tolist() == [2 if want == 6 else 6]


ERRORS = {
    "no array": (lambda: contrib.foreach(lambda x, s: (x, s), 3, []), TypeError,
                 r"foreach: data must be arrays \(NDArray\), in lists or alone; got int"),
    "no data": (lambda: contrib.foreach(lambda x, s: (x, s), [], []), ValueError,
                "foreach: data must hold at least one array; got none"),
    "lengths": (lambda: contrib.foreach(lambda x, s: (x, s), [ones(2), ones(3)], []), ValueError,
                "one length along axis 0; array 0 has 2, array 1 has 3"),
    "empty": (lambda: contrib.foreach(lambda x, s: (x, s), ones(0, 2), []), ValueError,
              r"at least one item along axis 0; got an array of shape \(0, 2\)"),
    "no pair": (lambda: contrib.foreach(lambda x, s: x, ones(2), []), TypeError,
                r"foreach: body must return a pair, \(outputs, states\); got a NDArray"),
    "three": (lambda: contrib.foreach(lambda x, s: (x, s, s), ones(2), []), TypeError,
              r"foreach: body must return a pair, \(outputs, states\); got a tuple of 3"),
    "no output": (lambda: contrib.foreach(lambda x, s: (None, s), ones(2), []), TypeError,
                  "foreach: the outputs of body must be arrays .* got NoneType"),
    "changing": (lambda: contrib.foreach(lambda x, s: ([x] * int(x.asscalar()), s),
                                         nd.array([1, 2]), []), ValueError,
                 "foreach: body must return as many outputs in every call; got 1 at first, then 2"),
    "missing limit": (lambda: contrib.while_loop(lambda i: i, lambda i: (i, i), ones(1)),
                      ValueError, "while_loop: max_iterations should be specified"),
    "limit": (lambda: contrib.while_loop(lambda i: i, lambda i: (i, i), ones(1), "x"), ValueError,
              "while_loop: max_iterations must be an integer; got 'x'"),
    "no variables": (lambda: contrib.while_loop(lambda: 1, lambda: 1, [], 2), ValueError,
                     "while_loop: loop_vars should contain at least one element"),
    "large condition": (lambda: contrib.while_loop(lambda i: i, lambda i: (i, i), ones(2), 2),
                        ValueError,
                        r"what cond returns must have one element; got an array of shape \(2,\)"),
    "variables": (lambda: contrib.while_loop(lambda i: i, lambda i: (i, [i, i]), ones(1), 2),
                  ValueError, "while_loop: func must return 1 loop_vars; got 2"),
    "outputs": (lambda: contrib.while_loop(
        lambda i: 1, lambda i: ([i] * int(i.asscalar()), i + 1), ones(1), 2), ValueError,
        "while_loop: func must return as many outputs in every call; got 1 at first, then 2"),
    "large pred": (lambda: contrib.cond(ones(2), lambda: 1, lambda: 2), ValueError,
                   r"cond: pred must have one element; got an array of shape \(2,\)"),
    "no pred": (lambda: contrib.cond(mx.sym.var("x"), lambda: 1, lambda: 2), TypeError,
                "cond: pred must be an array of one element, or a number; got Symbol"),
}


@pytest.mark.parametrize("title", ERRORS)
def test_errors(title):
    function, error, message = ERRORS[title]
    with pytest.raises(error, match=message) as info:
        function()
    assert isinstance(info.value, mx.MXNetError)
