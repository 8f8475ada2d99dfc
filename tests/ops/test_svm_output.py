"""SVMOutput: labels that are no class, gradients from above, training, errors."""

import numpy as np
import pytest

import mxlite as mx


def gradient(data, label, head=None, **params):
    data = mx.nd.array(data)
    data.attach_grad()
    with mx.autograd.record():
        out = mx.nd.SVMOutput(data, mx.nd.array(label), **params)
    out.backward(head)
    return data.grad.asnumpy()


def test_a_label_that_is_no_class_is_on_the_wrong_side_of_all():
    """As MXNet 1.9.1 has it."""
    data = [[0.5, -0.5, -2], [0.5, -0.5, -2]]
    got = gradient(data, [7, -1], use_linear=True)
    np.testing.assert_array_equal(got, [[1, 1, 0], [1, 1, 0]])


def test_the_gradient_from_above_does_not_count():
    data, label = [[1.0, 2.0]], [1]
    np.testing.assert_array_equal(gradient(data, label, mx.nd.array([[0, 5]])),
                                  gradient(data, label))


def test_a_linear_classifier_learns(rng):
    centres = np.eye(3)[:, [0, 1]] * 4 - 1
    label = rng.integers(0, 3, 90)
    points = centres[label] + 0.4 * rng.standard_normal((90, 2))
    net = mx.sym.SVMOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3), name="svm")
    module = mx.mod.Module(net, label_names=["svm_label"])
    data = mx.io.NDArrayIter(points, label.astype("float32"), 30, label_name="svm_label")
    module.fit(data, num_epoch=20, optimizer_params={"learning_rate": 0.05})
    assert module.score(data, "acc")[0][1] > 0.97


@pytest.mark.parametrize(("shapes", "message"), [
    ([(3,), (1,)], r"data must have shape of at least 2 axes; got \(3,\)"),
    ([(3, 4), (4,)], r"label must have shape \(3,\); got \(4,\)")])
def test_wrong_shapes(shapes, message):
    with pytest.raises(ValueError, match=f"SVMOutput: {message}"):
        mx.nd.SVMOutput(*map(mx.nd.ones, shapes))
