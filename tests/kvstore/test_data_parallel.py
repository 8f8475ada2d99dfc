"""Four contexts that share a batch train as one device that has all of it."""

import numpy as np
import pytest
from kvstore.training import (
    LOSS,
    OPTIMIZERS,
    Run,
    assert_alike,
    assert_same_bits,
    batches,
    dense_net,
    words_net,
)
from module_cases import bound, mlp, params, train

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn

FOUR = [mx.cpu(k) for k in range(4)]
MODES = [{"kvstore": "device"}, {"kvstore": "local", "update_on_kvstore": False}]


@pytest.mark.parametrize("mode", MODES, ids=["in the store", "on each context"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("is_hybrid", [False, True])
def test_dense_networks(optimizer, mode, is_hybrid):
    run = Run(dense_net(), FOUR, optimizer, LOSS, **mode)
    single = Run(dense_net(), FOUR[:1], optimizer, LOSS)
    if is_hybrid:
        run.net.hybridize()
    for data, labels in batches():
        for each in (run, single):
            each.step(data, labels, 16)
    assert_alike(run, single)
    assert run.trainer._kvstore.type == mode["kvstore"]


@pytest.mark.parametrize("mode", MODES, ids=["in the store", "on each context"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_bit_equal_where_sums_run_in_the_same_order(optimizer, mode):
    """One device adds up the gradients of the four parts, in their order."""
    run = Run(dense_net(), FOUR, optimizer, LOSS, **mode)
    single = Run(dense_net(), FOUR[:1], optimizer, LOSS, grad_req="add")
    assert_same_bits(run, single)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("make", [
    lambda: nn.Embedding(40, 4, sparse_grad=True, prefix="words_"),
    lambda: gluon.contrib.nn.SparseEmbedding(40, 4, prefix="words_")])
@pytest.mark.parametrize("wanted", [None, True])
def test_sparse_embeddings(optimizer, make, wanted):
    run = Run(words_net(make()), FOUR, optimizer, LOSS, update_on_kvstore=wanted)
    single = Run(words_net(make()), FOUR[:1], optimizer, LOSS)
    for data, labels in batches(is_words=True):
        for each in (run, single):
            each.step(data, labels, 16)
    weight = run.params["net_words_weight" if "net_words_weight" in run.params else "words_weight"]
    assert all(grad.stype == "row_sparse" for grad in weight.list_grad())
    assert_alike(run, single)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("store", ["local", "device"])
def test_modules(optimizer, store):
    results = []
    for contexts in (FOUR, FOUR[:1]):
        module = bound(mx, mlp(mx), (8, 5), options={"context": contexts})
        module.init_optimizer(store, optimizer, OPTIMIZERS[optimizer])
        train(mx, module, [(8, 5)] * 5)
        results.append(params(module))
        copies = module._exec_group.param_arrays
        assert all((one.asnumpy() == its[0].asnumpy()).all() for its in copies for one in its)
    for name, values in results[0].items():
        np.testing.assert_allclose(values, results[1][name], rtol=1e-5, atol=1e-5)


def test_what_batch_norm_keeps(rng):
    """docs/kvstore.md: each context has its own moving averages; their mean is saved."""
    data = mx.nd.array(rng.standard_normal((16, 3)) * 2 + np.arange(16)[:, None])
    norms = []
    for contexts in (FOUR, FOUR[:1]):
        norm = nn.BatchNorm(in_channels=3, momentum=0)
        norm.initialize(ctx=contexts)
        trainer = gluon.Trainer(norm.collect_params(), "sgd")
        parts = gluon.utils.split_and_load(data, contexts)
        with autograd.record():
            outputs = [norm(part) for part in parts]
        autograd.backward(outputs)                  # moving averages are updated by it
        trainer.step(16)
        for part, mean, var in zip(parts, norm.running_mean.list_data(),
                                   norm.running_var.list_data(), strict=True):
            np.testing.assert_allclose(mean.asnumpy(), part.asnumpy().mean(0), rtol=1e-5)
            np.testing.assert_allclose(var.asnumpy(), part.asnumpy().var(0), rtol=1e-4)
        assert abs(outputs[-1].asnumpy().mean()) < 1e-5
        norms.append(norm)
    four, one = norms
    np.testing.assert_allclose(four.running_mean.reduced().asnumpy(),
                               one.running_mean.data().asnumpy(), rtol=1e-5)
    means = np.stack([mean.asnumpy() for mean in four.running_mean.list_data()])
    np.testing.assert_allclose(four.running_var.reduced().asnumpy() + means.var(0),
                               one.running_var.data().asnumpy(), rtol=1e-5)
