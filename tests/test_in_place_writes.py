"""Arrays that are written to between forward and backward: the right gradient, or an error.

Expected values are derivatives worked out by hand.
"""

import contextlib

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd

CHANGED = "written to after the operator had read or made it"
OTHER = "written inside autograd.record.. by way of another array"


def variable(*values):
    x = nd.array(values, dtype="float64")
    x.attach_grad()
    return x


def constant(*values):
    return nd.array(values, dtype="float64")


def add_in_place(b):
    b += 1


def set_whole(b):
    b[:] = 0


def set_item(b):
    b[1] = 0


def set_by_index_array(b):
    b[[0, 1]] = 0


def set_by_step(b):
    b[::2] = 0


def through_a_view(b):
    b[0:1][:] = 0


def through_a_reshape(b):
    b.reshape((1, -1))[0, 1] = 0


def through_a_detached(b):
    b.detach()[:] = 0


def copy_to(b):
    nd.zeros(2, dtype="float64").copyto(b)


def copy_from_another_device(b):
    nd.zeros(2, ctx=mx.cpu(1), dtype="float64").copyto(b)


def as_output(b):
    nd.exp(nd.zeros(2, dtype="float64"), out=b)


def as_own_output(b):
    nd.flip(b, axis=0, out=b)


def as_random_output(b):
    mx.random.uniform(shape=2, out=b)


def as_one_of_two_outputs(b):
    nd.split(nd.zeros((2, 2), dtype="float64"), num_outputs=2, axis=0, squeeze_axis=True,
             out=[b, nd.zeros(2, dtype="float64")])


def as_the_state_of_an_update(b):
    w = nd.ones(2, dtype="float64")
    nd.sgd_mom_update(w, w, b, lr=0.1, out=w)


def as_the_weight_of_an_update(b):
    nd.sgd_update(b, nd.ones(2, dtype="float64"), lr=0.1, out=b)


PARTIAL_WRITES = [set_item, set_by_step, through_a_view, through_a_reshape]
WHOLE_WRITES = [add_in_place, set_whole, set_by_index_array, through_a_detached, copy_to,
                copy_from_another_device, as_output, as_own_output, as_random_output,
                as_one_of_two_outputs, as_the_state_of_an_update, as_the_weight_of_an_update]
WRITES = PARTIAL_WRITES + WHOLE_WRITES


def assert_the_factor_is_lost(product):
    with pytest.raises(mx.MXNetError, match=f"backward: broadcast_mul needs rhs, .*{CHANGED}"):
        product.backward()


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_a_saved_input_that_is_written_to_raises(write):
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
    write(b)
    assert_the_factor_is_lost(y)


@pytest.mark.parametrize("pause", [contextlib.nullcontext, autograd.pause], ids=["", "paused"])
@pytest.mark.parametrize("write", PARTIAL_WRITES, ids=lambda write: write.__name__)
def test_a_saved_input_of_which_a_part_is_written_to_raises(write, pause):
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
        with pause():
            write(b)
    assert_the_factor_is_lost(y)


@pytest.mark.parametrize("pause", [contextlib.nullcontext, autograd.pause], ids=["", "paused"])
@pytest.mark.parametrize("write", WHOLE_WRITES, ids=lambda write: write.__name__)
def test_the_gradient_reads_what_was_there_before_a_write_to_the_whole(write, pause):
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
        with pause():
            write(b)
        second = b.tolist()
        z = x * b * 10
        with pause(), pause():
            write(b)
        y = y + z + x * b * 100
    y.backward()
    assert x.grad.tolist() == [old + 10 * new + 100 * last for old, new, last in
                               zip([5, 7], second, b.tolist(), strict=True)]


def test_a_saved_input_that_becomes_a_function_of_the_variable():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
        b *= x
        z = y + b * 10                              # 5 x + 50 x, 7 x + 70 x
        slope, = autograd.grad(z, [x], create_graph=True)
        total = slope * x
    total.backward()
    assert slope.tolist() == [55, 77] and x.grad.tolist() == [55, 77]


def test_a_normalized_weight_whose_vector_is_set_while_recording_pauses():
    u = gluon.Parameter("u", shape=(2,), grad_req="null", dtype="float64")
    u.initialize(mx.init.One())
    w = variable(2, 3)
    view = u.data().reshape((1, 2))
    with autograd.record():
        sigma = (w * u.data()).sum()
        y = w / sigma                               # dy0/dw = ((s - w0) / s^2, -w0 / s^2)
        with autograd.pause():
            u.set_data(w / 10)
        first = y[0]
    first.backward()
    np.testing.assert_allclose(w.grad.asnumpy(), [3 / 25, -2 / 25], rtol=1e-12)
    np.testing.assert_allclose(view.asnumpy(), [[0.2, 0.3]], rtol=1e-12)


def test_the_gradient_of_the_gradient_reads_what_was_there_before():
    w = variable(2)
    with autograd.record():
        y = w * w * w
        with autograd.pause():
            w[:] = 5
        slope, = autograd.grad(y, [w], create_graph=True)
        curvature = slope * 2
    curvature.backward()
    assert slope.tolist() == [12] and w.grad.tolist() == [24]


def test_what_was_there_before_is_kept_for_the_graphs_of_one_section():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
        with autograd.pause():
            b[:] = 1
    with autograd.record():
        z = x * b
        with autograd.pause():
            b[:] = 2
    z.backward()
    assert x.grad.tolist() == [1, 1]
    with pytest.raises(mx.MXNetError, match=CHANGED):
        y.backward()


def test_no_more_is_kept_than_a_few_small_copies():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        products = []
        for value in range(6):
            products.append(x * b)
            b[:] = value
        heads = [product.sum() for product in products]
    for head in heads[2:]:
        head.backward()
    assert x.grad.tolist() == [4, 4]
    for head in heads[:2]:
        with pytest.raises(mx.MXNetError, match=CHANGED):
            head.backward()
    large = nd.ones(1 << 18)                    # a megabyte
    larger = nd.ones((1 << 18) + 1)
    for array in (large, larger):
        array.attach_grad()
    with autograd.record():
        kept, lost = (large * large).sum(), (larger * larger).sum()
        with autograd.pause():
            large[:] = 3
            larger[:] = 3
    kept.backward()
    assert (large.grad == 2).asnumpy().all()
    with pytest.raises(mx.MXNetError, match=CHANGED):
        lost.backward()


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_a_saved_output_that_is_written_to_raises(write):
    x = variable(2, 3)
    with autograd.record():
        y = x.exp()
    write(y)
    with pytest.raises(mx.MXNetError, match=f"backward: exp needs its output.*{CHANGED}"):
        y.backward()


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_what_no_gradient_reads_may_be_written_to(write):
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x + b
        z = y * 3
    write(b)
    write(y)
    z.backward()
    assert x.grad.tolist() == [3, 3]


def test_a_write_before_the_call_or_after_backward_is_free():
    x, b = variable(2, 3), constant(0, 0)
    for value in (5, 7):
        b[:] = value
        with autograd.record():
            y = x * b
        y.backward()
        assert x.grad.tolist() == [value, value]
        x -= 0.1 * x.grad


def test_a_second_backward_after_an_update_raises():
    x = variable(2, 3)
    with autograd.record():
        y = x * x
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [4, 6]
    x -= 0.1 * x.grad
    with pytest.raises(mx.MXNetError, match=CHANGED):
        y.backward()


def test_the_gradient_of_the_gradient_reads_what_was_saved():
    x = variable(2, 3)
    with autograd.record():
        y = (x * x * x).sum()
        (slope,) = autograd.grad(y, x, create_graph=True)
    x[:] = 1
    with pytest.raises(mx.MXNetError, match=CHANGED):
        slope.backward()


def test_other_parts_of_the_memory_may_be_written_to():
    x, b = variable(2, 3), nd.array([[5, 7], [1, 2], [3, 4]], dtype="float64")
    with autograd.record():
        y = x * b[1]
    b[0] = 9
    b[2][:] = 9
    b[0:1] += 1
    for _ in range(20):
        b[2, 1] = 8
        b[0, 0] = 8
    y.backward()
    assert x.grad.tolist() == [1, 2]


def test_many_writes_are_remembered():
    x, b = variable(2, 3), nd.ones((40, 2), dtype="float64")
    with autograd.record():
        y = x * b[0]
    for i in range(40):
        b[i] = i + 5
    with pytest.raises(mx.MXNetError, match=CHANGED):
        y.backward()


def test_an_array_multiplied_in_place_was_read_before():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        b *= x
    with pytest.raises(mx.MXNetError, match="needs lhs"):
        b.backward()


def test_a_buffer_is_written_anew_in_each_graph():
    x, b = variable(2, 3), constant(0, 0)
    for i in range(3):
        with autograd.record():
            b[:] = x * i + 1
            y = (b * b).sum()
        y.backward()
        np.testing.assert_array_equal(x.grad.asnumpy(), 2 * i * (x.asnumpy() * i + 1))
    with autograd.record():
        z = x * b
    z.backward()                        # the spent graph that filled b ends there
    assert x.grad.tolist() == b.asnumpy().tolist() == [5, 7]
    b[:] = 5
    with autograd.record():
        z = x * b
    z.backward()
    assert x.grad.tolist() == [5, 5]


@pytest.mark.parametrize("view", [lambda b: b[0], lambda b: b[0:1], lambda b: b.reshape((-1,)),
                                  lambda b: b.detach()], ids=["row", "rows", "reshape", "detach"])
@pytest.mark.parametrize("made", ["inside", "outside"])
def test_memory_that_a_graph_wrote_through_a_view(view, made):
    x, b = variable(2, 3), nd.zeros((2, 2), dtype="float64")
    before = view(b)
    with autograd.record():
        target = before if made == "outside" else view(b)
        target[:] = x.sum() * 2
        right = (target * 3).sum()
        lost = (b * 3).sum() + x.sum()
    with pytest.raises(mx.MXNetError, match=OTHER):
        lost.backward(retain_graph=True)
    right.backward()
    assert x.grad.tolist() == [6 * target.size] * 2
    with autograd.record():             # the graph that wrote has been walked
        y = (b * x).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), b.asnumpy().sum(axis=0))


def test_views_read_memory_that_a_graph_wrote():
    x, b = variable(2, 3), nd.zeros((2, 2), dtype="float64")
    old_row, other = b[0], nd.zeros((3, 2), dtype="float64")
    with autograd.record():
        b[:] = x * 2
        new = b[0].sum()
        detached = (b.detach() * x).sum()
        old = (old_row * x).sum()
        other[0:1][:] = x
        apart = (other[2] * x).sum()
    new.backward(retain_graph=True)
    assert x.grad.tolist() == [2, 2]
    detached.backward(retain_graph=True)
    assert x.grad.tolist() == [8, 12]
    apart.backward(retain_graph=True)
    assert x.grad.tolist() == [0, 0]
    with pytest.raises(mx.MXNetError, match=OTHER):
        old.backward()


def test_memory_that_a_graph_wrote_is_written_again():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        view = b.reshape((2,))
        view[:] = x
        nd.broadcast_mul(b, constant(2, 2), out=b)
        y = (view * view).sum()
    with pytest.raises(mx.MXNetError, match=OTHER):
        y.backward()


@pytest.mark.parametrize("write", [set_whole, through_a_detached, copy_to])
def test_memory_that_a_graph_wrote_gets_values_without_a_gradient(write):
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        view = b.reshape((2,))
        view[:] = x
        with autograd.pause():
            write(b)
        lost = (view * view).sum()
        right = (b * x).sum()
    right.backward(retain_graph=True)
    assert x.grad.tolist() == b.tolist()
    with pytest.raises(mx.MXNetError, match=OTHER):
        lost.backward()


def test_memory_that_a_graph_wrote_gets_one_value_without_a_gradient():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        view = b.reshape((2,))
        view[:] = x
        b[1] = 4
        sums = [(view * view).sum(), (b * x).sum()]
    for y in sums:
        with pytest.raises(mx.MXNetError, match=OTHER):
            y.backward(retain_graph=True)


def test_batch_norm_moves_its_statistics_without_complaint():
    net = gluon.nn.BatchNorm()
    net.initialize()
    x = nd.array(np.random.RandomState(0).randn(4, 3))
    x.attach_grad()
    with autograd.record():
        loss = (net(x) ** 2).sum() + (net(x * 2) ** 2).sum()
    before = net.running_mean.data().asnumpy()
    loss.backward(retain_graph=True)
    assert abs(net.running_mean.data().asnumpy() - before).max() > 0
    loss.backward()
    with autograd.record(train_mode=False):
        loss = (x * net.running_mean.data()).sum()
    with autograd.record():
        other = net(x).sum()
    other.backward()
    with pytest.raises(mx.MXNetError, match=CHANGED):
        loss.backward()


def test_trainer_steps_between_graphs():
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(4, activation="relu"), gluon.nn.Dropout(0.5), gluon.nn.Dense(1))
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    x = nd.ones((2, 3))
    for _ in range(3):
        with autograd.record():
            loss = net(x).sum()
        loss.backward(retain_graph=True)
        trainer.step(1)
    with pytest.raises(mx.MXNetError, match="FullyConnected needs weight"):
        loss.backward()


def test_gradients_that_need_no_values_save_none():
    x = variable(2, 3)
    with autograd.record():
        y = x.sign() + x.floor() + x * 2
    x[:] = 0
    y.backward()
    assert x.grad.tolist() == [2, 2]


def test_asnumpy_is_a_copy():
    x, b = variable(2, 3), constant(5, 7)
    with autograd.record():
        y = x * b
    b.asnumpy()[:] = 0
    y.backward()
    assert x.grad.tolist() == [5, 7]


def test_items_may_be_set_to_what_was_computed_of_no_variable():
    x, w = nd.array([[1.0, 4, 2]] * 2), variable(2, 3, 4)
    with autograd.record():
        z = nd.zeros((2, 3), dtype="float64")
        z[1] = (x * 2)[0]
        z[0] = nd.argmax(x, axis=1)[0]
        y = (w * z).sum()
    y.backward()
    assert w.grad.tolist() == [3, 9, 5]
    with autograd.record(), pytest.raises(mx.MXNetError, match="a value that a gradient flows"):
        z[1] = w * 2
