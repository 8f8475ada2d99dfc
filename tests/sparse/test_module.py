"""A Module of a row_sparse parameter on csr batches."""

import numpy as np

import mxlite as mx


def regression():
    x = mx.sym.var("data", stype="csr")
    v = mx.sym.var("v", shape=(20, 1), init=mx.init.Uniform(0.1), stype="row_sparse")
    return mx.sym.LinearRegressionOutput(mx.sym.dot(x, v), mx.sym.var("label"), name="out")


def test_a_parameter_keeps_its_storage_type(tmp_path):
    rng = np.random.RandomState(0)
    x, truth = rng.rand(128, 20) * (rng.rand(128, 20) < 0.2), rng.rand(20, 1)
    data = mx.io.NDArrayIter(mx.nd.array(x).tostype("csr"), {"label": mx.nd.array(x @ truth)},
                             batch_size=32)
    module = mx.mod.Module(regression(), ["data"], ["label"])
    module.bind(data.provide_data, data.provide_label)
    module.init_params()
    start = module.get_params()[0]["v"]
    assert start.stype == "row_sparse" and 0 < np.abs(start.asnumpy()).max() <= 0.1
    module.init_optimizer(optimizer_params={"learning_rate": 0.5})
    for _ in range(60):
        data.reset()
        for batch in data:
            module.forward_backward(batch)
            module.update()
    learnt = module.get_params()[0]["v"]
    assert learnt.stype == "row_sparse"
    np.testing.assert_allclose(learnt.asnumpy(), truth, atol=0.1)
    module.save_checkpoint(str(tmp_path / "net"), 1)
    loaded = mx.mod.Module.load(str(tmp_path / "net"), 1, data_names=["data"],
                                label_names=["label"])
    loaded.bind(data.provide_data, data.provide_label, for_training=False)
    assert loaded.score(data, "mse") == module.score(data, "mse")


def test_two_contexts_and_the_rows_of_a_batch():
    """As on one context; that the caller names the rows of a batch makes no difference."""
    rng = np.random.RandomState(1)
    x, target = rng.rand(64, 20) * (rng.rand(64, 20) < 0.2), rng.rand(64, 1)
    results = []

    def rows(batch):
        return {"v": batch.data[0].indices}

    for contexts, store in ((1, "local"), (2, "device"), (2, mx.kv.create("local"))):
        data = mx.io.NDArrayIter(mx.nd.array(x).tostype("csr"), {"label": mx.nd.array(target)},
                                 batch_size=16)
        module = mx.mod.Module(regression(), ["data"], ["label"],
                               context=[mx.cpu(k) for k in range(contexts)])
        module.fit(data, eval_metric="mse", kvstore=store, initializer=mx.init.One(), num_epoch=2,
                   arg_params={"v": mx.nd.ones((20, 1))}, optimizer="adam",
                   sparse_row_id_fn=rows if contexts > 1 else None)
        results.append(module.get_params()[0]["v"])
        assert all(grad.stype == "row_sparse" for grad in module._exec_group.grad_arrays[0])
    for result in results[1:]:
        assert result.stype == "row_sparse"
        np.testing.assert_allclose(result.asnumpy(), results[0].asnumpy(), rtol=1e-5)


def test_contexts_share_rows_only_while_a_store_updates():
    data = mx.io.NDArrayIter(mx.nd.ones((8, 20)).tostype("csr"), {"label": mx.nd.ones((8, 1))}, 8)
    module = mx.mod.Module(regression(), ["data"], ["label"], context=[mx.cpu(0), mx.cpu(1)])
    module.bind(data.provide_data, data.provide_label)
    module.init_params(mx.init.One())
    first, second = module._exec_group.param_arrays[0]
    for store, shares in (("device", True), (None, False)):
        module.init_optimizer(store, optimizer_params={"learning_rate": 0.01}, force_init=True)
        module.forward_backward(next(data))
        data.reset()
        before = first.asnumpy()
        module.update()
        assert first._parts[0]._shares_memory(second._parts[0]) is shares
        # 8 samples of (sum of w - 1), on one context 4 of them
        slope = (before.sum() - 1) * (8 if shares else 4) / 8
        for array in (first, second):
            np.testing.assert_allclose(array.asnumpy(), before - 0.01 * slope, rtol=1e-4,
                                       atol=1e-6)
