"""CTCLoss: labels that do not fit, special values, dtypes of labels, errors."""

import numpy as np
import pytest

import mxlite as mx


def loss_and_gradient(data, label, *lengths, **options):
    data = mx.nd.array(data, dtype="float64")
    data.attach_grad()
    with mx.autograd.record():
        loss = mx.nd.CTCLoss(data, mx.nd.array(label), *map(mx.nd.array, lengths), **options)
    loss.backward()
    return loss.asnumpy(), data.grad.asnumpy()


def test_labels_that_do_not_fit_have_no_loss_and_no_gradient(rng):
    """Two equal labels need a blank between them: [2, 2, 2] five steps."""
    data = rng.standard_normal((4, 2, 4))
    loss, gradient = loss_and_gradient(data, [[2, 2, 2], [1, 2, 1]])
    assert loss[0] == 0 and loss[1] > 0
    assert not gradient[:, 0].any() and gradient[:, 1].all()


def test_steps_behind_the_length_have_no_gradient(rng):
    data = rng.standard_normal((5, 2, 3))
    changed = data.copy()
    changed[3:, 0] = rng.standard_normal((2, 3))
    label, lengths = [[1, 2], [1, 1]], [3, 5]
    loss, gradient = loss_and_gradient(data, label, lengths, use_data_lengths=True)
    again, _ = loss_and_gradient(changed, label, lengths, use_data_lengths=True)
    np.testing.assert_array_equal(loss, again)
    assert not gradient[3:, 0].any() and gradient[:3, 0].all() and gradient[:, 1].all()


def recursion(data, label):
    """The loss of one sample, by the forward recursion on logarithms."""
    logs = data - np.logaddexp.reduce(data, axis=1, keepdims=True)
    states = [0, *np.ravel([(k, 0) for k in label])]
    alpha, paths = np.full(len(states), -np.inf), []
    alpha[:2] = 0
    for step in logs:
        before = alpha
        if paths:
            ways = [before, np.r_[-np.inf, before[:-1]], np.r_[-np.inf, -np.inf, before[:-2]]]
            closed = [i for i in range(len(states)) if i < 2 or states[i] in (0, states[i - 2])]
            ways[2][closed] = -np.inf
            alpha = np.logaddexp.reduce(ways)
        alpha = alpha + step[states]
        paths.append(alpha)
    return -np.logaddexp(alpha[-1], alpha[-2])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 1000.0])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_likely_and_hopeless_labels(scale, count, rng):
    """Losses of many thousands, whose probabilities no number holds; gradients by differences."""
    data = scale * rng.standard_normal((40, 1, 6))
    label = rng.integers(1, 6, (1, count))
    loss, gradient = loss_and_gradient(data, label)
    np.testing.assert_allclose(loss, recursion(data[:, 0], label[0]), rtol=1e-13)
    way = rng.standard_normal(data.shape)
    ahead, behind = (recursion((data + h * way)[:, 0], label[0]) for h in (1e-4, -1e-4))
    np.testing.assert_allclose((gradient * way).sum(), (ahead - behind) / 2e-4, rtol=1e-6,
                               atol=1e-6 * max(1, scale))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scores_that_are_no_numbers_give_none(value, rng):
    data = rng.standard_normal((6, 2, 4))
    data[2, 1, 3] = value
    loss, gradient = loss_and_gradient(data, [[1, 2], [1, 2]])
    assert np.isfinite(loss[0]) and np.isnan(loss[1])
    assert np.isfinite(gradient[:, 0]).all() and np.isnan(gradient[:, 1]).all()


def test_no_labels_are_blanks_alone(rng):
    data = rng.standard_normal((4, 1, 3))
    logs = data - np.log(np.exp(data).sum(-1, keepdims=True))
    loss, _ = loss_and_gradient(data, [[0, 0]])
    np.testing.assert_allclose(loss, -logs[:, 0, 0].sum(), rtol=1e-12)
    assert loss_and_gradient(data, [[1]], [0], [0], use_data_lengths=True,
                             use_label_lengths=True)[0] == 0


def test_long_sequences_do_not_underflow(rng):
    """Scores of 30 against every label: the logarithm is of the order of -30 a label."""
    data = np.zeros((2000, 1, 3))
    data[:, 0, 0] = 30
    label = np.tile([1, 2], 200)[None]
    loss, gradient = loss_and_gradient(data, label)
    assert 10_000 < loss[0] < 30 * 400 and np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient.sum(-1), 0, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32", "int64", "uint8", "int8"])
def test_labels_and_lengths_of_any_dtype(dtype, rng):
    data = mx.nd.array(rng.standard_normal((4, 2, 3)))
    options = {"use_data_lengths": True, "use_label_lengths": True}
    arrays = [[[1, 2], [2, 1]], [4, 3], [2, 1]]
    want = mx.nd.CTCLoss(data, *[mx.nd.array(array) for array in arrays], **options)
    got = mx.nd.CTCLoss(data, *[mx.nd.array(array, dtype=dtype) for array in arrays], **options)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got.asnumpy(), want.asnumpy())


@pytest.mark.parametrize("module", [mx.nd, mx.sym])
def test_lengths_of_labels_alone(module, rng):
    data = rng.standard_normal((4, 2, 3)).astype("float32")
    arrays = [mx.nd.array(data), mx.nd.array([[0, 1], [1, 1]]), mx.nd.array([1, 2])]
    names = ["data", "label", "label_lengths"]
    given = dict(zip(names, arrays if module is mx.nd else map(mx.sym.var, names), strict=True))
    loss = module.CTCLoss(**given, use_label_lengths=True, blank_label="last")
    if module is mx.sym:
        loss, = loss.bind(mx.cpu(), dict(zip(names, arrays, strict=True))).forward()
    want = mx.nd.CTCLoss(arrays[0], mx.nd.array([[0, -1], [1, 1]]), blank_label="last")
    np.testing.assert_array_equal(loss.asnumpy(), want.asnumpy())


def test_names():
    x, label = mx.nd.ones((3, 1, 2)), mx.nd.ones((1, 1))
    for function in (mx.nd.ctc_loss, mx.nd.contrib.ctc_loss, mx.nd.contrib.CTCLoss):
        assert function(x, label).asscalar() == mx.nd.CTCLoss(x, label).asscalar()
    symbol = mx.sym.contrib.CTCLoss(name="x", use_label_lengths=True)
    assert symbol.list_arguments() == ["x_data", "x_label", "x_label_lengths"]
    assert symbol.list_outputs() == ["x_output0"]


@pytest.mark.parametrize(("shapes", "message"), [
    ([(4, 3), (3, 2)], r"data must have shape \(T, N, C\) with C of at least 1; got \(4, 3\)"),
    ([(4, 3, 0), (3, 2)], r"data must have shape \(T, N, C\) with C of at least 1"),
    ([(4, 3, 5), (2, 2)], r"label must have shape \(3, L\), L at most 4, .*; got \(2, 2\)"),
    ([(4, 3, 5), (3, 5)], r"label must have shape \(3, L\), L at most 4, .*; got \(3, 5\)"),
    ([(4, 3, 5), (3, 2), (2,)], r"data_lengths must have shape \(3,\); got \(2,\)")])
def test_wrong_shapes(shapes, message):
    with pytest.raises(ValueError, match=f"CTCLoss: {message}"):
        mx.nd.CTCLoss(*map(mx.nd.ones, shapes), use_data_lengths=len(shapes) > 2)


@pytest.mark.parametrize("label", [3, -1, float("nan")])
def test_labels_that_are_no_classes(label):
    with pytest.raises(IndexError, match=rf"label must be from 0 to 2, .*; got {label} at \(1, 0"):
        mx.nd.CTCLoss(mx.nd.ones((4, 2, 3)), mx.nd.array([[1, 0], [label, 0]]))


@pytest.mark.parametrize(("lengths", "message"), [
    (([5, 4], [1, 2]), r"data_lengths must be from 0 to 4; got 5 at \(0,\)"),
    (([4, -1], [1, 2]), r"data_lengths must be from 0 to 4; got -1 at \(1,\)"),
    (([4, 4], [1, 3]), r"label_lengths must be from 0 to 2; got 3 at \(1,\)")])
def test_lengths_outside_the_arrays(lengths, message):
    with pytest.raises(ValueError, match=f"CTCLoss: {message}"):
        mx.nd.CTCLoss(mx.nd.ones((4, 2, 3)), mx.nd.ones((2, 2)), *map(mx.nd.array, lengths),
                      use_data_lengths=True, use_label_lengths=True)


def test_the_gradient_names_bad_labels_too():
    with pytest.raises(IndexError, match="CTCLoss: label must be from 0 to 2"):
        mx.nd._internal._backward_CTCLoss(mx.nd.ones((4, 1, 3)), mx.nd.array([[3]]),
                                          mx.nd.ones((1,)))
