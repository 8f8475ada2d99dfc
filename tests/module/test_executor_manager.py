"""mx.executor_manager: slices of batches, and executors whose parameters programs update."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import executor_manager


def test_slices_follow_the_work_loads():
    cut = executor_manager._split_input_slice
    assert cut(10, [1, 1, 2]) == [slice(0, 2), slice(2, 4), slice(4, 10)]
    with pytest.raises(ValueError, match="a batch of 1 cannot be cut into 2 slices"):
        cut(1, [1, 1])


def test_names_must_differ():
    x = mx.sym.Variable("x")
    executor_manager._check_arguments(mx.sym.relu(x))
    with pytest.raises(ValueError, match=r"each argument must have a name of its own; 2 are .*'x'"):
        executor_manager._check_arguments(mx.sym.elemwise_add(x, mx.sym.Variable("x")))


def network():
    h = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc1")
    h = mx.sym.BatchNorm(mx.sym.Activation(h, act_type="tanh"), name="bn", fix_gamma=False)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(h, num_hidden=3, name="fc2"),
                                name="softmax")


def batches(length=8):
    data = np.sin(np.arange(5 * length)).reshape(length, 5).astype("float32")
    return mx.io.NDArrayIter(data, (np.arange(length) % 3).astype("float32"), length)


def manager_of(contexts=2, **kwargs):
    """(manager, parameters, states), with values of their own."""
    net = network()
    names = [name for name in net.list_arguments() if name not in ("data", "softmax_label")]
    manager = executor_manager.DataParallelExecutorManager(
        net, [mx.cpu(k) for k in range(contexts)], batches(), net.list_arguments(), names,
        net.list_auxiliary_states(), **kwargs)
    args = {name: mx.nd.array(np.cos(np.arange(arrays[0].size) + i).reshape(arrays[0].shape))
            for i, (name, arrays) in enumerate(zip(names, manager.param_arrays, strict=True))}
    states = {name: mx.nd.ones(arrays[0].shape)
              for name, arrays in zip(manager.aux_names, manager.aux_arrays, strict=True)}
    manager.set_params(args, states)
    return manager, args, states


# Sums recorded from MXNet 1.9.1: of the cross-entropy, the parameters, the states
SUMMED = [1.456826, 0.600593, -1.500672, -0.699232, -0.001388, 0.581165, 1.997735, 2.852153,
          3.659127]
RECORDED = {"store": SUMMED, "sum": SUMMED,
            "none": [1.350034, 0.889122, -1.523779, -1.307783, -0.215007, 0.581165, 1.997735,
                     2.865452, 3.643134]}


@pytest.mark.parametrize("mode", RECORDED)
def test_three_steps_as_recorded_from_mxnet(mode):
    """The update in the store; on each context by summed gradients; by its own ones."""
    manager, args, states = manager_of(work_load_list=[1, 3])
    optimizer = mx.optimizer.SGD(learning_rate=0.5, momentum=0.9, rescale_grad=1 / 8)
    updater, store = mx.optimizer.get_updater(optimizer), None
    if mode != "none":
        store = mx.kv.create("device")
        if mode == "store":
            store.set_optimizer(optimizer)
        mx.model._initialize_kvstore(store, manager.param_arrays, args, manager.param_names,
                                     mode == "store")
    metric = mx.metric.create("ce")
    for _ in range(3):
        for batch in batches():
            manager.load_data_batch(batch)
            manager.forward(is_train=True)
            manager.backward()
            if mode == "store":
                mx.model._update_params_on_kvstore(manager.param_arrays, manager.grad_arrays,
                                                   store, manager.param_names)
            else:
                mx.model._update_params(manager.param_arrays, manager.grad_arrays, updater, 2,
                                        store, manager.param_names)
            manager.update_metric(metric, batch.label)
    manager.copy_to(args, states)
    got = [metric.get()[1], *[array.asnumpy().sum() for array in [*args.values(),
                                                                  *states.values()]]]
    np.testing.assert_allclose(got, RECORDED[mode], rtol=1e-5, atol=2e-6)
    assert len(updater.states) == (0 if mode == "store" else 12)


def recurrent(length):
    net = mx.sym.SliceChannel(mx.sym.Variable("data"), num_outputs=length, axis=1)
    weight = mx.sym.Variable("w")
    steps = [mx.sym.FullyConnected(net[k], weight, num_hidden=3, no_bias=True)
             for k in range(length)]
    return mx.sym.SoftmaxOutput(mx.sym.add_n(*steps), name="softmax")


def sentences(length):
    batch = mx.io.DataBatch([mx.nd.ones((4, length))], [mx.nd.array([0, 1, 2, 0])],
                            bucket_key=length, provide_data=[("data", (4, length))],
                            provide_label=[("softmax_label", (4,))])
    batch.batch_size, batch.default_bucket_key = 4, length
    return batch


def test_buckets_share_parameters():
    manager = executor_manager.DataParallelExecutorManager(
        recurrent(3), [mx.cpu(0), mx.cpu(1)], sentences(3), ["data", "w", "softmax_label"], ["w"],
        [], sym_gen=recurrent)
    manager.set_params({"w": mx.nd.array([[1], [2], [3]])}, {})
    for length in (3, 2, 3):
        manager.load_data_batch(sentences(length))
        manager.forward(is_train=True)
        manager.backward()
        scores = np.exp(length * np.arange(1, 4))
        rows = np.tile(scores / scores.sum(), (2, 1))
        rows[[0, 1], [0, 1]] -= 1                       # of the first context: labels 0 and 1
        np.testing.assert_allclose(manager.grad_arrays[0][0].asnumpy()[:, 0],
                                   length * rows.sum(0), rtol=1e-5, atol=1e-6)
    assert list(manager.execgrp_bucket) == [3, 2]
    assert manager.curr_execgrp is manager.execgrp and manager.param_arrays == (
        manager.execgrp_bucket[2].param_arrays)
    with pytest.raises(NotImplementedError, match="executors of buckets cannot be watched"):
        manager.install_monitor(mx.mon.Monitor(1))


def test_a_monitor_watches():
    manager, _, _ = manager_of()
    monitor = mx.mon.Monitor(1, pattern="fc2.*output")
    manager.install_monitor(monitor)
    monitor.tic()
    manager.load_data_batch(next(batches()))
    manager.forward()
    assert [name for _, name, _ in monitor.toc()] == ["fc2_output"] * 2


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda m: m.forward(), mx.MXNetError, "Manager.forward: call load_data_batch first"),
    (lambda m: m.backward(), mx.MXNetError, "Manager.backward: call load_data_batch first"),
    (lambda m: m.execgrp.forward(), mx.MXNetError, "Group.forward: call load_data_batch first"),
    (lambda m: manager_of(work_load_list=[1]), ValueError, "must have 2 numbers, .*; got 1"),
])
def test_misuse_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call(manager_of()[0])
