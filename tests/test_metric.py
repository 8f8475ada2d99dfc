"""Metrics: against numbers recorded from MXNet 1.9.1, names, errors."""

import json
import math

import numpy as np
import pytest

import mxlite as mx
from mxlite import metric

LABELS = [[0, 1, 1, 0], [1, 1, 0, 0]]
SCORES = [[[0.9, 0.1], [0.3, 0.7], [0.6, 0.4], [0.2, 0.8]],
          [[0.4, 0.6], [0.3, 0.7], [0.6, 0.4], [0.7, 0.3]]]
NUMBERS = [[[1, 2], [3, 4]], [1, 5]]
GUESSES = [[[1.5, 2], [2, 7]], [2, 5.5]]

# MXNet 1.9.1: after both batches and the first again; then, reset locally, after the second:
# the local and the global value
CLASSES = [
    (metric.Accuracy(), [0.666667, 1.0, 0.75]),
    (metric.TopKAccuracy(2), [1.0, 1.0, 1.0]),
    (metric.F1(), [0.625, 1.0, 0.75]),
    (metric.F1(average="micro"), [0.666667, 1.0, 0.75]),
    (metric.MCC(), [0.25, 1.0, 0.5]),
    (metric.MCC(average="micro"), [0.333333, 1.0, 0.5]),
    (metric.Perplexity(), [1.901312, 1.543033, 1.804612]),
    (metric.Perplexity(0), [1.766332, 1.543033, 1.707647]),
    (metric.CrossEntropy(), [0.642544, 0.43375, 0.590346]),
    (metric.NegativeLogLikelihood(), [0.642544, 0.43375, 0.590346]),
]
REGRESSION = [
    (metric.MAE(), [1.0, 0.75, 0.9375]),
    (metric.MSE(), [1.916667, 0.625, 1.59375]),
    (metric.RMSE(), [1.330711, 0.790569, 1.195675]),
    (metric.PearsonCorrelation(), [0.880773, 1.0, 0.91058]),
    (metric.Loss(), [3.25, 3.75, 3.333333]),
]


def arrays(values):
    return [mx.nd.array(value) for value in values]


def three_values(tested, labels, preds):
    labels, preds = arrays(labels), arrays(preds)
    tested.update(labels, preds)
    tested.update(labels[:1], preds[:1])
    first = tested.get()[1]
    tested.reset_local()
    tested.update(labels[1:], preds[1:])
    return [first, tested.get()[1], tested.get_global()[1]]


@pytest.mark.parametrize(("tested", "want"), CLASSES, ids=lambda x: getattr(x, "name", ""))
def test_classes_as_recorded_from_mxnet(tested, want):
    assert three_values(tested, LABELS, SCORES) == pytest.approx(want, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("tested", "want"), REGRESSION, ids=lambda x: getattr(x, "name", ""))
def test_numbers_as_recorded_from_mxnet(tested, want):
    assert three_values(tested, NUMBERS, GUESSES) == pytest.approx(want, rel=1e-5, abs=1e-6)


def test_micro_pearson_takes_all_together():
    tested = metric.PearsonCorrelation(average="micro")
    tested.update(arrays(NUMBERS), arrays(GUESSES))
    want = np.corrcoef([1, 2, 3, 4, 1, 5], [1.5, 2, 2, 7, 2, 5.5])[0, 1]
    assert tested.get() == ("pearsonr", pytest.approx(want))


def test_accuracy_of_class_numbers_and_single_arrays():
    tested = metric.Accuracy()
    tested.update(mx.nd.array([0, 1, 2]), mx.nd.array([0, 1, 1]))
    assert tested.get() == ("accuracy", pytest.approx(2 / 3))
    assert str(tested) == f"EvalMetric: {{'accuracy': {2 / 3}}}"


def test_before_the_first_update_and_after_reset():
    tested = metric.MSE()
    assert math.isnan(tested.get()[1])
    tested.update(arrays(NUMBERS), arrays(GUESSES))
    tested.reset()
    assert math.isnan(tested.get()[1]) and math.isnan(tested.get_global()[1])


def test_composite():
    tested = metric.create(["mae", "mse"])
    tested.update(arrays(NUMBERS), arrays(GUESSES))
    assert tested.get() == (["mae", "mse"], [0.9375, 1.59375])
    assert tested.get_name_value()[0][0] == "mae"
    assert tested.get_metric(1).name == "mse"
    with pytest.raises(ValueError, match=r"index must be in \[0, 2\); got 2"):
        tested.get_metric(2)


def test_functions_of_numpy_arrays():
    tested = metric.np(lambda label, pred: float(np.abs(label - pred).sum()))
    tested.update(arrays(NUMBERS), arrays(GUESSES))
    assert tested.get() == ("custom(<lambda>)", 3.0)

    def right(label, pred):
        return (label == pred).sum(), label.size

    tested = metric.create(right)
    tested.update([mx.nd.array([1, 2])], [mx.nd.array([1, 3])])
    assert tested.get() == ("right", 0.5)


def test_update_dict_chooses_by_names():
    tested = metric.Accuracy(output_names=["a"], label_names=["b"])
    one, zero = mx.nd.array([1]), mx.nd.array([0])
    tested.update_dict({"b": one, "c": zero}, {"z": zero, "a": one})
    assert tested.get()[1] == 1


def test_config_makes_the_metric_again():
    config = metric.TopKAccuracy(3).get_config()
    assert config["metric"] == "TopKAccuracy" and config["top_k"] == 3


@pytest.mark.parametrize(("call", "message"), [
    (lambda: metric.Accuracy().update([mx.nd.ones((3,))], [mx.nd.ones((4, 2))]),
     r"Accuracy: .*got labels of shape \(3,\) and preds of shape \(4, 2\)"),
    (lambda: metric.MSE().update(mx.nd.ones((3,)), mx.nd.ones((4,))),
     r"MSE: one shape must broadcast to the other; got labels of shape \(3, 1\)"),
    (lambda: metric.Accuracy().update([mx.nd.ones((3,))], []),
     "Accuracy: labels and preds must be lists of one length; got 1 and 0"),
    (lambda: metric.F1().update(mx.nd.array([2]), mx.nd.ones((1, 2))), "F1: labels must be 0 or 1"),
    (lambda: metric.F1(average="all"), "average must be 'macro' or 'micro'; got 'all'"),
    (lambda: metric.TopKAccuracy(1), "top_k must be at least 2"),
    (lambda: metric.create("acuracy"), "got 'acuracy'; did you mean 'accuracy'"),
    (lambda: metric.check_label_shapes([1], []), "Shape of labels 1 does not match"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# labels and predictions of 2, 3 and 5 classes, and MXNet's value after each
PCC = [
    ([0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1],
     [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1], 0.8112457445926347),
    ([1, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0, 2, 1, 1, 1, 0, 1, 1],
     [2, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 2, 1, 0, 2, 1, 1, 1], 0.6229892709281989),
    ([0, 4, 3, 3, 1, 0, 0, 1, 2, 0, 3, 1, 1, 4, 0, 0, 3, 2, 3, 2],
     [1, 4, 3, 3, 1, 0, 4, 1, 2, 0, 4, 4, 1, 4, 1, 0, 3, 3, 0, 3], 0.5992972268614117),
]


def test_pcc():
    metric = mx.metric.create("pcc")
    assert np.isnan(metric.get()[1])
    for labels, guesses, want in PCC:
        scores = mx.nd.one_hot(mx.nd.array(guesses), 5)
        metric.update([mx.nd.array(labels)], [scores])
        assert metric.get() == ("pcc", pytest.approx(want))
        assert metric.sum_metric == pytest.approx(want * metric.num_inst)       # as MXNet's
        assert metric.global_sum_metric == pytest.approx(want * metric.global_num_inst)
    metric.reset_local()
    assert np.isnan(metric.get()[1]) and metric.get_global()[1] == pytest.approx(PCC[-1][2])
    metric.reset()
    labels, guesses, want = PCC[0]
    metric.update([mx.nd.array(labels)], [mx.nd.array(guesses)])        # class numbers
    assert metric.get()[1] == pytest.approx(want)
    assert want == pytest.approx(np.corrcoef(labels, guesses)[0, 1])
    metric.reset()
    metric.update([mx.nd.array([1, 1])], [mx.nd.array([1, 1])])
    assert np.isnan(metric.get()[1])
    with pytest.raises(ValueError, match="PCC: class numbers must be at least 0; got -1"):
        metric.update([mx.nd.array([-1])], [mx.nd.array([1])])
    with pytest.raises(ValueError, match=r"PCC: labels must be \(N,\) and preds \(N, C\)"):
        metric.update([mx.nd.array([1, 0])], [mx.nd.ones((3, 2))])


@pytest.mark.parametrize(("name", "arguments"), [
    ("acc", {"axis": 0}), ("f1", {"average": "micro"}), ("perplexity", {"ignore_label": -1}),
    ("mcc", {}), ("pcc", {}), ("loss", {"name": "mine"})])
def test_configs_make_the_metric_again(name, arguments):
    config = mx.metric.create(name, **arguments).get_config()
    for given in (config, json.dumps(config), json.dumps([name, arguments])):
        assert mx.metric.create(given).get_config() == config
        assert type(mx.metric.create(given)) is type(mx.metric.create(name))
    both = mx.metric.create([name, "mse"]).get_config()
    assert mx.metric.create(json.dumps(both)).get_config() == both
    assert config["metric"] == type(mx.metric.create(name)).__name__


def test_configs_that_are_none():
    for config in ('{"name": "acc"}', "[1", '["acc"]', {}):
        with pytest.raises(ValueError, match="metric: a config must be a dict with the key"):
            mx.metric.create(config)
    with pytest.raises(TypeError, match=r"cannot be given beside it; got \['axis'\]"):
        mx.metric.create({"metric": "acc"}, axis=1)
    with pytest.raises(ValueError, match="got 'acuracy'; did you mean 'accuracy'"):
        mx.metric.create({"metric": "acuracy"})


class Halves(metric.EvalMetric):
    """As users write metrics: sum_metric and num_inst alone."""

    def __init__(self):
        super().__init__("halves")

    def update(self, labels, preds):
        self.sum_metric += 3
        self.num_inst += 2


class OwnReset(Halves):
    """And with a reset that knows of no others."""

    def reset(self):
        self.num_inst = 0
        self.sum_metric = 0.0


class Global(metric.EvalMetric):
    """Keeps both."""

    def __init__(self):
        super().__init__("global", has_global_stats=True, factor=3)

    def update(self, labels, preds):
        self.sum_metric += 3
        self.num_inst += 2
        self.global_sum_metric += 30
        self.global_num_inst += 2


@pytest.mark.parametrize("klass", [Halves, OwnReset])
def test_metrics_of_users_without_global_statistics_give_their_own(klass):
    tested = klass()
    tested.update(None, None)
    assert tested.get_global() == ("halves", 1.5)
    assert tested.get_global_name_value() == [("halves", 1.5)]
    tested.reset_local()
    assert math.isnan(tested.get_global()[1])
    both = metric.create([tested, "loss"])
    both.update(None, mx.nd.ones(2))
    assert both.get_global() == (["halves", "loss"], [1.5, 1.0])


def test_metrics_of_users_with_global_statistics():
    tested = Global()
    tested.update(None, None)
    tested.reset_local()
    assert tested.get_global() == ("global", 15.0)
    assert tested.get_config() == {"factor": 3, "metric": "Global", "name": "global",
                                   "output_names": None, "label_names": None}


@pytest.mark.parametrize(("tested", "own"), [
    (metric.Accuracy(), {"axis": 1}), (metric.Perplexity(0), {"ignore_label": 0}),
    (metric.F1(), {}), (metric.MCC(), {}), (metric.CrossEntropy(), {"eps": 1e-12}),
    (metric.Perplexity(None, 1), {"ignore_label": None, "axis": 1}),
    (metric.F1(average="micro"), {"average": "micro"})])
def test_configs_have_what_mxnet_writes_and_what_makes_the_metric_again(tested, own):
    config = tested.get_config()
    assert {key: config[key] for key in own} == own
    assert set(config) - set(own) == {"metric", "name", "output_names", "label_names"}


def test_fit_logs_metrics_of_users(caplog):
    data = mx.io.NDArrayIter(np.ones((4, 2), "float32"), np.zeros(4, "float32"), 2)
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2),
                               name="softmax")
    with caplog.at_level("INFO"):
        mx.mod.Module(net).fit(data, eval_metric=OwnReset(), num_epoch=1)
    assert "Epoch[0] Train-halves=1.500000" in caplog.text


@pytest.mark.parametrize(("tested", "wide", "row"), [      # from MXNet 1.9.1
    (metric.MAE(), 4.0, 1.25), (metric.MSE(), 21.666666, 2.5),
    (metric.RMSE(), 4.6547465, 1.5811388)],
    ids=lambda x: getattr(x, "name", ""))
def test_distances_of_shapes_that_broadcast(tested, wide, row):
    label, pred = mx.nd.arange(4), mx.nd.arange(12).reshape((4, 3))
    for labels, preds, want in ((label, pred, wide), (pred, label, wide),
                                (label, label.reshape((1, 4)), row),
                                (label, label.reshape((4, 1, 1)), row)):
        tested.reset()
        tested.update([labels], [preds])
        assert tested.get()[1] == pytest.approx(want)


@pytest.mark.parametrize("tested", [*(each for each, _ in CLASSES), metric.PCC()],
                         ids=lambda x: x.name)
def test_values_are_of_numpy_and_print_as_numbers(tested):
    tested.reset()
    tested.update(arrays(LABELS), arrays(SCORES))
    for name, value in (tested.get(), tested.get_global()):
        assert isinstance(value, np.float64)
        assert value.item() == float(value) and value.round(3) == round(float(value), 3)
        assert repr((name, value)) == f"({name!r}, {float(value)!r})"
        assert f"{value} {value:.3f}" == f"{float(value)} {float(value):.3f}"


def test_values_of_numbers_are_of_numpy_too():
    for tested in (*(each for each, _ in REGRESSION), Halves(),
                   metric.PearsonCorrelation(average="micro")):
        tested.reset()
        tested.update(arrays(NUMBERS), arrays(GUESSES))
        assert isinstance(tested.get()[1], np.float64)
    assert json.dumps(tested.get()) == f'["pearsonr", {float(tested.get()[1])!r}]'


def test_pcc_without_global_stats_as_recorded_from_mxnet():
    batches = [[[0.9, 0.1], [0.1, 0.9], [0.8, 0.2]], [[0.9, 0.1], [0.1, 0.9], [0.2, 0.8]]]
    for has_global_stats, value in ((True, 0.5 ** 0.5), (False, math.nan)):
        tested = metric.PCC(has_global_stats=has_global_stats)
        for batch in batches:
            tested.update([mx.nd.array([0, 1, 1])], [mx.nd.array(batch)])
        assert tested.get()[1] == pytest.approx(0.5 ** 0.5)
        assert tested.get_global()[1] == pytest.approx(0.5 ** 0.5)
        tested.reset_local()
        np.testing.assert_allclose(tested.get_global()[1], value)


def test_what_micro_pearson_takes_together_is_forgotten():
    tested = metric.PearsonCorrelation(average="micro")
    tested.update([mx.nd.array([1, 2, 3])], [mx.nd.array([3, 2, 1])])
    tested.reset_micro()
    tested.update([mx.nd.array([1, 2, 3])], [mx.nd.array([1, 2, 4])])
    assert tested.get()[1] == pytest.approx(0.9819805060619655)
