"""SequentialModule and modules in Python."""

import numpy as np
import pytest
from module_cases import batch, labels, wave

import mxlite as mx
from mxlite.base import MXNetError


def layer(name, source="data"):
    return mx.mod.Module(mx.sym.FullyConnected(mx.sym.Variable(source), num_hidden=3, name=name),
                         [source], None)


def loss(scores, target):
    return scores.asnumpy() - np.eye(3)[target.asnumpy().astype(int)]


def chain(second="fc2", meta=None, third=True):
    modules = mx.mod.SequentialModule().add(layer("fc1"))
    modules.add(layer(second, "x"), **(meta if meta is not None else {"auto_wiring": True}))
    if third:
        modules.add(mx.mod.PythonLossModule(grad_func=loss), take_labels=True, auto_wiring=True)
    return modules


def ready(**kwargs):
    modules = chain()
    modules.bind([("data", (4, 5))], [("softmax_label", (4,))], **kwargs)
    modules.init_params(mx.init.Constant(0.1))
    modules.init_optimizer(optimizer_params={"learning_rate": 0.1})
    return modules


def test_names_and_shapes():
    modules = chain()
    assert modules.data_names == ["data"] and modules.output_names == ["pyloss_output"]
    modules = ready()
    assert modules.data_shapes == [("data", (4, 5))]
    assert modules.label_shapes == [("softmax_label", (4,))]
    assert modules.output_shapes == [("pyloss_output", (4, 3))]
    assert list(modules.get_params()[0]) == ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]
    assert mx.mod.SequentialModule().data_names == mx.mod.SequentialModule().output_names == []


def test_gradients_go_through_the_chain():
    modules = ready(inputs_need_grad=True)
    first = batch(mx, (4, 5), 0)
    modules.forward_backward(first)
    args = {name: array.asnumpy().astype("f8") for name, array in modules.get_params()[0].items()}
    hidden = first.data[0].asnumpy() @ args["fc1_weight"].T + args["fc1_bias"]
    scores = hidden @ args["fc2_weight"].T + args["fc2_bias"]
    np.testing.assert_allclose(modules.get_outputs()[0].asnumpy(), scores, rtol=1e-5, atol=1e-6)
    slope = (scores - np.eye(3)[labels(4).astype(int)]) @ args["fc2_weight"] @ args["fc1_weight"]
    np.testing.assert_allclose(modules.get_input_grads()[0].asnumpy(), slope, rtol=1e-5, atol=1e-6)
    metric = mx.metric.Accuracy()
    modules.update_metric(metric, first.label)
    assert metric.get()[1] == (scores.argmax(1) == labels(4)).mean()


def test_batches_of_other_sizes():
    modules = ready()
    modules.forward(batch(mx, (2, 5), 0))
    assert modules.get_outputs()[0].shape == (2, 3)


def test_fit_and_score_of_a_chain():
    data = mx.io.NDArrayIter(wave((8, 5)), labels(8), batch_size=4)
    modules = chain()
    modules.fit(data, num_epoch=30, eval_metric="acc", optimizer_params={"learning_rate": 0.3},
                initializer=mx.init.Uniform(0.5))
    assert modules.predict(data).shape == (8, 3)
    assert modules.score(data, "acc")[0][1] > 0.5


def test_a_python_module_alone():
    class Double(mx.mod.PythonModule):
        def _compute_output_shapes(self):
            return [("twice", self._data_shapes[0][1])]

        def forward(self, data_batch, is_train=None):
            self._output = data_batch.data[0] * 2

        def get_outputs(self, merge_multi_context=True):
            return [self._output]

    module = Double(["data"], ["y"], ["twice"])
    module.bind([("data", (2, 1))], [("y", (2,))], for_training=False)
    module.init_params()
    module.init_optimizer()
    module.update()
    assert module.output_shapes == [("twice", (2, 1))] and module.get_params() == ({}, {})
    assert module.label_shapes == [("y", (2,))] and module.output_names == ["twice"]
    data = mx.io.NDArrayIter(np.array([[1], [2]], "f"), np.array([2, 5], "f"), 2, label_name="y")
    assert module.predict(data).asnumpy().tolist() == [[2], [4]]
    assert module.score(data, "mae") == [("mae", 0.5)]


def python_loss(**kwargs):
    module = mx.mod.PythonLossModule(**kwargs)
    module.bind([("data", (4, 3))], [("softmax_label", (4,))])
    return module


def bare(method, *args):
    return lambda: getattr(mx.mod.BaseModule(), method)(*args)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: chain(meta={"take_label": True}), AssertionError, "unknown argument 'take_label'"),
    (lambda: mx.mod.SequentialModule().bind([]), AssertionError, "it is empty"),
    (lambda: chain().bind([("data", (4, 5))], for_training=False, inputs_need_grad=True),
     AssertionError, "needs for_training=True"),
    (lambda: chain().bind([("data", (4, 5))], shared_module=3), AssertionError, "must be None"),
    (lambda: chain(meta={}).bind([("data", (4, 5))]), ValueError, "must describe x.*fc1_output"),
    (lambda: chain().forward(None), AssertionError, "SequentialModule.forward: call bind"),
    (lambda: mx.mod.PythonLossModule(data_names=["a", "b"]), AssertionError, "one name each"),
    (lambda: mx.mod.PythonLossModule(grad_func=3), TypeError, "must be a function; got int"),
    (lambda: python_loss().bind([("x", (4, 3))], force_rebind=True), AssertionError,
     "data_shapes must describe data; it describes x"),
    (lambda: python_loss().bind([("data", (4, 3))], grad_req="add", force_rebind=True),
     AssertionError, "grad_req must be 'write'; got 'add'"),
    (lambda: python_loss().backward([1]), AssertionError, "out_grads must be None"),
    (lambda: python_loss().backward(), NotImplementedError, "give a grad_func, or override"),
    (lambda: python_loss().update_metric(None, [], True), MXNetError, "pre_sliced must be False"),
    (lambda: mx.mod.PythonModule(["a"], [], ["b"]).bind([("a", (1,))]), NotImplementedError,
     "PythonModule must override _compute_output_shapes"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_two_parameters_of_one_name():
    modules = chain(second="fc1", third=False)
    modules.bind([("data", (4, 5))])
    with pytest.raises(AssertionError, match=r"'fc1_weight' is in module 1 \(Module\) and"):
        modules.init_params()


@pytest.mark.parametrize("call", [
    bare("bind", []), bare("init_params"), bare("get_params"), bare("init_optimizer"),
    bare("forward", None), bare("backward"), bare("update"), bare("get_outputs"),
    bare("get_input_grads"), bare("update_metric", None, []), bare("install_monitor", None),
    lambda: mx.mod.BaseModule().data_names, lambda: mx.mod.BaseModule().output_names,
    lambda: mx.mod.BaseModule().data_shapes, lambda: mx.mod.BaseModule().label_shapes,
    lambda: mx.mod.BaseModule().output_shapes])
def test_what_subclasses_override(call):
    with pytest.raises(NotImplementedError, match="BaseModule must override"):
        call()
