"""fit, score, predict: what they return, call and refuse."""

import sys

import numpy as np
import pytest
from module_cases import bound, labels, mlp, wave

import mxlite as mx
from mxlite.base import MXNetError


def iterator(count=10, size=4, **kwargs):
    return mx.io.NDArrayIter(wave((count, 5)), labels(count), batch_size=size, **kwargs)


def dropped():
    layer = mx.sym.Dropout(mx.sym.Variable("data"), p=0.5)
    module = mx.mod.Module(mx.sym.Group([layer, mx.sym.sum(layer, axis=1)]), label_names=None)
    module.bind([("data", (4, 5))])
    module.init_params()
    return module


def test_predict_of_an_array_is_a_prediction_and_a_copy():
    module = dropped()
    ones, twos = mx.nd.ones((4, 5)), np.full((4, 5), 2, "f")
    first, second = module.predict(ones), module.predict(twos)
    assert (first.asnumpy() == 1).all() and (second.asnumpy() == 2).all()
    both = module.predict(ones, always_output_list=True)
    assert [output.shape for output in both] == [(4, 5), (4,)]


def test_predict_of_an_iterator():
    module = dropped()
    data = mx.io.NDArrayIter(wave((10, 5)), batch_size=4)
    output, total = module.predict(data)
    np.testing.assert_allclose(output.asnumpy(), wave((10, 5)))
    np.testing.assert_allclose(total.asnumpy(), wave((10, 5)).sum(axis=1), rtol=1e-5)
    assert [[out.shape for out in outs] for outs in module.predict(data, merge_batches=False)] == [
        [(4, 5), (4,)], [(4, 5), (4,)], [(2, 5), (2,)]]
    assert module.predict(data, num_batch=1)[0].shape == (4, 5)
    assert module.predict(data, num_batch=0) == []
    every = list(module.iter_predict(data))         # each outputs of its own
    assert [number for _, number, _ in every] == [0, 1, 2]
    np.testing.assert_allclose(np.concatenate([outs[0].asnumpy() for outs, _, _ in every]),
                               wave((10, 5)))
    assert every[2][2].pad == 2


def test_one_output_is_an_array_or_a_list():
    module = bound(mx, mlp(mx), (4, 5))
    assert module.predict(iterator()).shape == (10, 3)
    assert [out.shape for out in module.predict(iterator(), always_output_list=True)] == [(10, 3)]


def test_score_goes_on_where_it_is_told_to():
    module, data = bound(mx, mlp(mx), (4, 5)), iterator(8)
    hits = module.predict(data).asnumpy().argmax(1) == labels(8)
    assert dict(module.score(data, ["acc", "ce"]))["accuracy"] == hits.mean()
    assert module.score(data, "acc", num_batch=1) == [("accuracy", hits[:4].mean())]
    data.reset()
    next(data)
    assert module.score(data, "acc", reset=False) == [("accuracy", hits[4:].mean())]


def test_callbacks_see_the_loop():
    seen = []

    def on_batch(param):
        names = param.locals
        seen.append((param.epoch, param.nbatch, names["data_batch"].data[0].shape,
                     names["self"] is module, names["train_data"] is data))

    module, data = mx.mod.Module(mlp(mx)), iterator()
    module.fit(data, num_epoch=2, batch_end_callback=[on_batch])
    assert seen == [(epoch, n, (4, 5), True, True) for epoch in (0, 1) for n in (0, 1, 2)]
    scored = []
    module.score(data, "acc", epoch=7, batch_end_callback=lambda param: scored.append(param[:2]),
                 score_end_callback=lambda param: scored.append(param[:2]))
    assert scored == [(7, 0), (7, 1), (7, 2), (7, 3)]


def test_log_of_fit(caplog):
    caplog.set_level("INFO")
    module = mx.mod.Module(mlp(mx))

    def forget(param):
        param.eval_metric.reset()           # what the log says does not depend on it

    module.fit(iterator(8), iterator(4), num_epoch=1, batch_end_callback=forget,
               optimizer_params={"learning_rate": 0.0})
    lines = [record.message for record in caplog.records]
    accuracy = dict(module.score(iterator(8), "acc"))["accuracy"]
    assert lines[0] == f"Epoch[0] Train-accuracy={accuracy:f}"
    assert lines[1].startswith("Epoch[0] Time cost=")
    assert lines[2].startswith("Epoch[0] Validation-accuracy=")


def test_monitor_in_fit(caplog):
    caplog.set_level("INFO")
    monitor = mx.mon.Monitor(2, pattern="fc2_output")
    mx.mod.Module(mlp(mx)).fit(iterator(12), num_epoch=1, monitor=monitor)
    lines = [record.message for record in caplog.records if "fc2_output" in record.message]
    assert len(lines) == 2 and lines[1].startswith("Batch:       3 fc2_output   ")


def test_an_epoch_end_callback_gets_the_parameters_of_now():
    sums = []
    module = mx.mod.Module(mlp(mx))
    module.fit(iterator(), num_epoch=2, optimizer_params={"learning_rate": 0.5},
               epoch_end_callback=lambda epoch, symbol, args, states: sums.append(
                   (epoch, symbol is module.symbol, states, args["fc1_weight"].asnumpy().sum())))
    assert [entry[:3] for entry in sums] == [(0, True, {}), (1, True, {})]
    assert sums[0][3] != sums[1][3]


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    module = mx.mod.Module(mlp(mx))
    module.fit(iterator(), num_epoch=1)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    module.bind([("data", (4, 5))], [("softmax_label", (4,))], force_rebind=True)
    module.score(iterator(), "acc")
    assert "Evaluating: 0batch" in capsys.readouterr().err


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda m: m.fit(iterator()), AssertionError, "specify number of epochs: num_epoch=10"),
    (lambda m: mx.mod.Module(mlp(mx)).fit(used_up(), num_epoch=1), ValueError,
     "no batches; an iterator that was used"),
    (lambda m: m.predict([1, 2]), TypeError, "must be a DataIter, an NDArray or a NumPy array"),
    (lambda m: mx.mod.Module(mlp(mx)).predict(iterator()), AssertionError, "predict: call bind"),
    (lambda m: mx.mod.Module(mlp(mx)).score(iterator(), "acc"), AssertionError, "score: call bind"),
    (lambda m: next(mx.mod.Module(mlp(mx)).iter_predict(iterator())), AssertionError,
     "iter_predict: call bind"),
    (lambda m: m.score(iterator(), "accu"), ValueError, "metric must be"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call(bound(mx, mlp(mx), (4, 5)))
    assert isinstance(raised.value, MXNetError)


def used_up():
    data = iterator()
    list(data)
    return data


def test_batches_with_different_numbers_of_outputs():
    class Odd(mx.mod.PythonModule):
        def forward(self, data_batch, is_train=None):
            self._count = getattr(self, "_count", 0) + 1

        def get_outputs(self, merge_multi_context=True):
            return [mx.nd.ones((4, 1))] * self._count

    module = Odd(["data"], [], [])
    module.binded = module.params_initialized = True
    with pytest.raises(ValueError, match="different numbers of outputs, as buckets may"):
        module.predict(iterator(8))


def test_callbacks_see_the_iterator_and_the_last_batch():
    data = mx.io.NDArrayIter(np.ones((6, 2), "float32"), np.zeros(6, "float32"), 2)
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2),
                               name="softmax")
    seen = []
    mx.mod.Module(net).fit(data, num_epoch=1, batch_end_callback=lambda param: seen.append(
        (param.locals["nbatch"], param.locals["end_of_batch"],
         param.locals["data_iter"] is data)))
    assert seen == [(0, False, True), (1, False, True), (2, True, True)]
