"""SyncBatchNorm over contexts whose forward passes run in threads: a BatchNorm of all."""

import pickle
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn
from mxlite.gluon.contrib.nn import SyncBatchNorm, sync_batch_norm

TWO = [mx.cpu(0), mx.cpu(1)]


def in_threads(net, inputs, record=True):
    """[net(x) for x in inputs], each in a thread of its own."""
    results = [None] * len(inputs)

    def run(k):
        try:
            with autograd.record() if record else autograd.pause():
                results[k] = net(inputs[k])
        except mx.MXNetError as error:
            results[k] = error

    threads = [threading.Thread(target=run, args=(k,)) for k in range(len(inputs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def layer_of(kind, ctx, **kwargs):
    layer = kind(in_channels=3, prefix="bn_", **kwargs)
    layer.initialize(ctx=ctx)
    for param, values in ((layer.gamma, [1, 2, -1]), (layer.beta, [0.5, 0, 1])):
        if param.grad_req != "null":
            param.set_data(mx.nd.array(values))
    return layer


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2)])
@pytest.mark.parametrize("settings", [{}, {"scale": False, "center": False, "momentum": 0.5}])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_batch_norm_of_all(sizes, settings, dtype, rng):
    data = rng.standard_normal((sum(sizes), 3, 2, 2)) * 3 + 5
    factor = rng.standard_normal(data.shape)
    one, two = (layer_of(kind, ctx, **settings, **more) for kind, ctx, more in (
        (nn.BatchNorm, TWO[:1], {}), (SyncBatchNorm, TWO, {"num_devices": 2})))
    for layer in (one, two):
        layer.cast(dtype)

    def arrays(values):
        parts = np.split(values, [sizes[0]])
        return [mx.nd.array(part, ctx=ctx, dtype=dtype)
                for part, ctx in zip(parts, TWO, strict=True)]

    x = mx.nd.array(data, dtype=dtype)
    parts = arrays(data)
    for array in (x, *parts):
        array.attach_grad()
    for step in range(2):
        with autograd.record():
            y = one(x)
            loss = (y * mx.nd.array(factor, dtype=dtype)).sum()
        loss.backward()
        outputs = in_threads(two, parts)
        with autograd.record():
            losses = [(out * each).sum() for out, each in zip(outputs, arrays(factor), strict=True)]
        autograd.backward(losses)
        tolerance = {"rtol": 2e-4, "atol": 1e-4} if dtype == "float32" else {"rtol": 1e-9,
                                                                             "atol": 1e-9}
        for got, want in ((outputs, y), ([part.grad for part in parts], x.grad)):
            np.testing.assert_allclose(np.concatenate([each.asnumpy() for each in got]),
                                       want.asnumpy(), **tolerance)
        for name in ("gamma", "beta"):
            if getattr(one, name).grad_req != "null":
                total = sum(each.asnumpy() for each in getattr(two, name).list_grad())
                np.testing.assert_allclose(total, getattr(one, name).grad().asnumpy(), **tolerance)
        for name in ("running_mean", "running_var"):
            for each in getattr(two, name).list_data():
                np.testing.assert_allclose(each.asnumpy(), getattr(one, name).data().asnumpy(),
                                           rtol=1e-5)
        assert step == 1 or one.running_mean.data().asnumpy().all()


def test_a_network_trains_as_on_one_device(rng):
    data, results = rng.standard_normal((8, 5)).astype("f4"), []
    for contexts in (TWO, TWO[:1]):
        net = nn.Sequential(prefix="net_")
        norm = SyncBatchNorm(in_channels=4, num_devices=len(contexts), prefix="bn_")
        net.add(nn.Dense(4, in_units=5, prefix="a_"), norm, nn.Dense(1, in_units=4, prefix="b_"))
        net.initialize(ctx=contexts)
        for i, param in enumerate(net.collect_params(".*weight").values()):
            param.set_data(mx.nd.array(np.cos(np.arange(np.prod(param.shape)) + i)
                                       .reshape(param.shape)))
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
        for _ in range(3):
            outputs = in_threads(net, gluon.utils.split_and_load(data, contexts))
            with autograd.record():
                losses = [(out ** 2).sum() for out in outputs]
            autograd.backward(losses)
            trainer.step(8)
        results.append({name: param.reduced().asnumpy()
                        for name, param in net.collect_params().items()})
    for name, values in results[0].items():
        np.testing.assert_allclose(values, results[1][name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_prediction_needs_no_others():
    layer, x = layer_of(SyncBatchNorm, TWO, num_devices=4), mx.nd.ones((2, 3))
    want = layer_of(nn.BatchNorm, TWO)(x).asnumpy()
    assert (layer(x).asnumpy() == want).all()
    layer.hybridize()
    assert (layer(x).asnumpy() == want).all()
    fixed = layer_of(SyncBatchNorm, TWO, num_devices=4, use_global_stats=True)
    with autograd.record():
        assert (fixed(x).asnumpy() == want).all()
    assert json_attrs(layer)["ndev"] == "4"


def json_attrs(layer):
    return layer(mx.sym.var("data")).attr_dict()["bn_fwd"]


def test_one_after_the_other_raises_at_once():
    layer = layer_of(SyncBatchNorm, TWO, num_devices=1 + threading.active_count())
    with autograd.record(), pytest.raises(NotImplementedError, match=r"SyncBatchNorm: bn: there "
                                          r"are \d+ devices, and no .* in a thread of its own"):
        layer(mx.nd.ones((2, 3)))
    layer.hybridize()
    with autograd.record(), pytest.raises(NotImplementedError, match="ndev must be 1 in training"):
        layer(mx.nd.ones((2, 3)))


def test_one_that_fails_or_stays_away_does_not_keep_the_others(monkeypatch):
    monkeypatch.setattr(sync_batch_norm, "WAIT", 0.2)
    layer = layer_of(SyncBatchNorm, TWO, num_devices=2)
    x = [mx.nd.ones((2, 3), ctx=ctx) for ctx in TWO]
    error, = in_threads(layer, x[:1])
    assert "1 of 2 devices came within 0.2 s, or one of them failed" in str(error)
    outputs = in_threads(layer, x)                      # the next step meets anew
    assert [out.shape for out in outputs] == [(2, 3)] * 2
    assert [out.shape for out in in_threads(layer, x, record=False)] == [(2, 3)] * 2


def test_losses_must_go_back_together():
    layer = layer_of(SyncBatchNorm, TWO, num_devices=2)
    x = [mx.nd.ones((2, 3), ctx=ctx) for ctx in TWO]
    for each in x:
        each.attach_grad()
    outputs = in_threads(layer, x)
    outputs[0].backward()
    with pytest.raises(mx.MXNetError, match="retain_graph"):
        outputs[1].backward()


def test_it_is_copied_as_other_layers(tmp_path):
    layer = layer_of(SyncBatchNorm, TWO, num_devices=2)
    in_threads(layer, [mx.nd.ones((2, 3), ctx=ctx) for ctx in TWO])
    copy = pickle.loads(pickle.dumps(layer))
    assert (copy(mx.nd.ones((2, 3))).asnumpy() == layer(mx.nd.ones((2, 3))).asnumpy()).all()
