"""Losses: against numbers recorded from MXNet 1.9.1, gradients, shapes, errors."""

import json

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd
from mxlite.gluon import loss


def inputs():
    """The inputs of the recording, by name."""
    rng = np.random.RandomState(3)
    rng.randn(72)
    values = {"pred": rng.randn(4, 3), "classes": [0, 2, 1, 1], "dense": rng.rand(4, 3),
              "weight": rng.rand(4, 1), "sign": np.sign(rng.randn(4, 3)), "columns": [1, 2, 3],
              "positive": [[2, 3, 0.5]], "match": [1, -1, 1, -1]}
    values |= {"chance": 1 / (1 + np.exp(-values["pred"])), "size": np.abs(values["pred"]),
               "count": values["dense"] * 5 + 0.1}
    return {name: mx.nd.array(value) for name, value in values.items()} | {"None": None}


RECORDED = [        # loss, names of the inputs, MXNet 1.9.1's values
    (loss.L2Loss(), "pred, dense",
     [0.275572, 0.063551, 1.534718, 0.205722]),
    (loss.L2Loss(weight=0.3), "pred, dense, weight",
     [0.006087, 0.017014, 0.294747, 0.008846]),
    (loss.L1Loss(weight=2.0), "pred, dense",
     [1.40277, 0.617187, 3.189005, 1.085289]),
    (loss.SoftmaxCrossEntropyLoss(), "pred, classes",
     [2.276497, 1.390256, 0.117538, 0.652867]),
    (loss.SoftmaxCrossEntropyLoss(sparse_label=False), "pred, dense, weight",
     [0.259413, 1.153558, 2.679271, 0.140971]),
    (loss.SoftmaxCrossEntropyLoss(axis=0, batch_axis=1), "pred, columns",
     [0.791734, 1.22139, 2.116513]),
    (loss.SigmoidBCELoss(), "pred, dense",
     [0.499732, 0.810414, 0.975088, 0.710547]),
    (loss.SigmoidBCELoss(), "pred, dense, weight, positive",
     [0.054183, 0.770348, 0.936415, 0.118422]),
    (loss.SigmoidBCELoss(from_sigmoid=True), "chance, dense, None, positive",
     [0.735943, 0.863238, 1.462745, 0.826204]),
    (loss.KLDivLoss(), "pred, dense",
     [-2.365574, -1.444742, 0.255622, -1.090931]),
    (loss.KLDivLoss(from_logits=False), "pred, dense",
     [3.168591, 0.395024, 3.576843, -0.013422]),
    (loss.HuberLoss(rho=0.7), "pred, dense",
     [0.377758, 0.090787, 1.246695, 0.270245]),
    (loss.HingeLoss(), "pred, sign",
     [1.377111, 1.356764, 1.595809, 0.995091]),
    (loss.SquaredHingeLoss(margin=2), "pred, sign",
     [6.638278, 5.738048, 7.810215, 4.359063]),
    (loss.LogisticLoss(), "pred, sign",
     [1.008691, 0.909755, 1.152348, 0.736966]),
    (loss.LogisticLoss(label_format="binary"), "pred, dense",
     [0.499732, 0.810414, 0.975088, 0.710547]),
    (loss.PoissonNLLLoss(), "pred, dense",
     [1.648734]),
    (loss.PoissonNLLLoss(from_logits=False, compute_full=True), "size, count",
     [3.930175]),
    (loss.CosineEmbeddingLoss(margin=0.1), "pred, dense, match",
     [0.277556, 0.668986, 1.274668, 0.064819]),
    (loss.SDMLLoss(), "pred, dense",
     [0.138926, 0.497527, 1.228444, 0.096649]),
]


@pytest.mark.parametrize(("layer", "names", "want"), RECORDED,
                         ids=[f"{layer.name}({names})" for layer, names, _ in RECORDED])
def test_values_as_recorded_from_mxnet_and_gradients(layer, names, want):
    given = inputs()
    arguments = [given[name] for name in names.split(", ")]
    arguments[0].attach_grad()
    with autograd.record():
        out = layer(*arguments)
    out.backward()
    np.testing.assert_allclose(out.asnumpy().ravel(), want, rtol=2e-5, atol=2e-6)
    assert np.abs(arguments[0].grad.asnumpy()).max() > 0


def test_triplet_loss():
    given = inputs()
    near, far = given["pred"] + 0.1, given["pred"] - 0.5
    want = max(0, 3 * (0.1 ** 2 - 0.5 ** 2) + 1)
    np.testing.assert_allclose(loss.TripletLoss()(given["pred"], near, far).asnumpy(), [want] * 4,
                               rtol=1e-5)


def test_labels_of_another_shape_are_reshaped():
    out = loss.L2Loss()(mx.nd.array([[1], [2]]), mx.nd.array([1, 4]))
    assert out.asnumpy().tolist() == [0, 2]


def test_sample_weight_broadcasts():
    pred, label = mx.nd.ones((2, 3)), mx.nd.zeros((2, 3))
    out = loss.L1Loss()(pred, label, mx.nd.array([[0], [2]]))
    assert out.asnumpy().tolist() == [0, 2]


def test_repr_and_names():
    assert repr(loss.L2Loss()) == "L2Loss(batch_axis=0, w=1.0)"
    assert loss.SoftmaxCELoss is loss.SoftmaxCrossEntropyLoss


def test_misuse_is_named():
    with pytest.raises(TypeError, match="L1Loss: weight must be a number; got str"):
        loss.L1Loss(weight="1")
    with pytest.raises(ValueError, match="label_format must be 'signed' or 'binary'; got 'both'"):
        loss.LogisticLoss(label_format="both")


def test_poisson_loss_of_a_target_of_zero_is_finite():
    value = loss.PoissonNLLLoss(from_logits=False, compute_full=True)(
        mx.nd.array([1, 2]), mx.nd.array([0, 3]))
    stirling = 3 * np.log(3) - 3 + np.log(2 * np.pi * 3) / 2
    np.testing.assert_allclose(value.asscalar(), (1 + 2 - 3 * np.log(2) + stirling) / 2, 1e-6)


@pytest.mark.parametrize("label", [3, -1, float("nan")])
def test_labels_that_are_no_classes_are_named(label):
    pred, labels = mx.nd.ones((2, 3)), mx.nd.array([0, label])
    function = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    with pytest.raises(IndexError, match=rf"Loss: labels must be from 0 to 2, .*; got {label}"):
        function(pred, labels)
    weighted = function(pred, labels, mx.nd.array([[1], [0]])).asnumpy()
    np.testing.assert_allclose(weighted, [np.log(3), 0], rtol=1e-6)


def test_one_hot_labels_get_a_hint():
    with pytest.raises(ValueError, match=r"pred, \(2, 3\); if it .*sparse_label=False"):
        mx.gluon.loss.SoftmaxCrossEntropyLoss()(mx.nd.ones((2, 3)), mx.nd.ones((2, 3)))
    with pytest.raises(ValueError, match="pick: index must have shape"):
        mx.gluon.loss.SoftmaxCrossEntropyLoss()(mx.nd.ones((2, 3)), mx.nd.ones((3,)))


def test_what_losses_of_users_start_with_as_recorded_from_mxnet():
    values, column = mx.nd.array([[1, 2], [3, 4]]), mx.nd.array([[1], [0]])
    apply, like = loss._apply_weighting, loss._reshape_like
    assert apply(mx.nd, values) is values
    assert apply(mx.nd, values, 2.5, column).asnumpy().tolist() == [[2.5, 5], [0, 0]]
    assert apply(mx.nd, values, 0).asnumpy().tolist() == [[0, 0], [0, 0]]
    graph = apply(mx.sym, mx.sym.var("l"), 2.0, mx.sym.var("w"))
    assert [node["op"] for node in json.loads(graph.tojson())["nodes"]] == [
        "null", "null", "broadcast_mul", "_mul_scalar"]
    assert like(mx.nd, mx.nd.ones(4), values).shape == (2, 2)
    assert like(mx.sym, mx.sym.var("l"), mx.sym.var("w")).list_arguments() == ["l", "w"]
    ones = mx.np.ones((2, 2))
    assert isinstance(apply(mx.np, ones, 2.0, mx.np.ones((2, 1))), mx.np.ndarray)
    with pytest.raises(TypeError, match="_apply_weighting: weight must be a number; got str"):
        apply(mx.nd, values, "2")
