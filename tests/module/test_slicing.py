"""How a batch is cut over contexts, and what does not fit."""

import numpy as np
import pytest
from module_cases import bound, mlp, wave

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.io import DataDesc
from mxlite.module.executor_group import contexts_of_groups
from mxlite.module.slicing import common_batch_size, split_batch


@pytest.mark.parametrize(("size", "loads", "want"), [
    (10, [1, 1], [(0, 5), (5, 10)]),
    (10, [1, 3], [(0, 2), (2, 10)]),                # 2.5 and 7.5: half to even
    (10, [1, 1, 1], [(0, 3), (3, 6), (6, 10)]),
    (11, [1, 1], [(0, 6), (6, 11)]),                # 5.5 twice is 6 twice
    (7, [0.5, 0.25], [(0, 5), (5, 7)]),
    (3, [1, 1, 1], [(0, 1), (1, 2), (2, 3)])])
def test_slices_as_in_mxnet(size, loads, want):
    assert [(part.start, part.stop) for part in split_batch(size, loads)] == want


@pytest.mark.parametrize(("size", "loads"), [(1, [1, 1]), (2, [1, 1, 1]), (10, [1, 100])])
def test_no_slice_may_be_empty(size, loads):
    with pytest.raises(ValueError, match=rf"a batch of {size} cannot be cut into {len(loads)} "):
        split_batch(size, loads)


def test_the_batch_size_is_that_of_all_inputs():
    assert common_batch_size([DataDesc("a", (3, 4)), DataDesc("b", (5, 3), layout="TN"),
                              DataDesc("c", (9,), layout="C")]) == 3
    assert common_batch_size([DataDesc("c", (9,), layout="C")]) is None
    with pytest.raises(ValueError, match=r"a has 3, b of shape \(4, 3\) has 4"):
        common_batch_size([DataDesc("a", (3, 4)), DataDesc("b", (4, 3))])
    with pytest.raises(ValueError, match=r"the layout 'TN' of b has its batch on axis 1.*\(4,\)"):
        common_batch_size([DataDesc("b", (4,), layout="TN")])


@pytest.mark.parametrize(("given", "want"), [
    (None, [None, None]),
    ({"a": "p"}, [{"a": "p"}, {"a": "p"}]),
    ({"a": ["p"], "b": ["q", "r"]}, [{"a": "p", "b": "q"}, {"a": "p", "b": "r"}]),
    ([{"a": "p"}, {"a": "q"}], [{"a": "p"}, {"a": "q"}])])
def test_contexts_of_groups(given, want):
    assert contexts_of_groups(given, 2) == want


@pytest.mark.parametrize(("given", "message"), [
    ([{}], "group2ctxs must have 2 dicts, one a context; got 1"),
    (3, "group2ctxs must be a dict or a list of dicts; got 3"),
    ({"a": ["p", "q", "r"]}, r"group2ctxs\['a'\] must have 1 or 2 contexts; got 3")])
def test_contexts_of_groups_that_do_not_fit(given, message):
    with pytest.raises(MXNetError, match=message):
        contexts_of_groups(given, 2)


def test_groups_lie_where_they_are_put():
    with mx.AttrScope(ctx_group="first"):
        a = mx.sym.Variable("a") * 2
    with mx.AttrScope(ctx_group="second"):
        symbol = a + mx.sym.Variable("b")
    module = mx.mod.Module(symbol, ["a", "b"], None, context=[mx.cpu(0)],
                           group2ctxs={"first": mx.cpu(1), "second": [mx.cpu(2)]})
    module.bind([("a", (2, 5)), ("b", (2, 5))], inputs_need_grad=True)
    module.init_params()
    module.forward(mx.io.DataBatch([mx.nd.ones((2, 5)), mx.nd.ones((2, 5))]), is_train=True)
    module.backward([mx.nd.ones((2, 5))])
    grads = module.get_input_grads()
    assert [grad.context for grad in grads] == [mx.cpu(1), mx.cpu(2)]
    assert [grad.asnumpy().mean() for grad in grads] == [2, 1]


def bind(shapes=(("data", (8, 5)),), labels=(("softmax_label", (8,)),), options=(), **kwargs):
    module = mx.mod.Module(mlp(mx), **dict(options))
    module.bind(shapes, labels, **kwargs)
    return module


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: mx.mod.Module(3), TypeError, "symbol must be a Symbol; got int"),
    (lambda: mx.mod.Module(mlp(mx), "data"), TypeError, r"the string 'data', perhaps \('data',\)"),
    (lambda: mx.mod.Module(mlp(mx), ["dta"]), ValueError,
     "data_names has 'dta'.*inputs seem to be data, softmax_label"),
    (lambda: mx.mod.Module(mlp(mx), fixed_param_names=["w"]), ValueError, "fixed_param_names has"),
    (lambda: mx.mod.Module(mlp(mx), state_names=["w"]), ValueError, "state_names has 'w'"),
    (lambda: mx.mod.Module(mlp(mx), work_load_list=[1, 2]), ValueError,
     "work_load_list must have 1 numbers, one a context; got 2"),
    (lambda: bind([("x", (8, 5))]), ValueError, "data_shapes must describe data.*describes x"),
    (lambda: bind([("data", mx.nd.ones((2,)))]), TypeError, "a shape being a tuple of integers"),
    (lambda: bind([("data", (8.0, 5))]), TypeError, r"'data' has \(8.0, 5\)"),
    (lambda: bind(labels=[("softmax_label", (4,))]), ValueError, "must have the same batch size"),
    (lambda: bind(grad_req="wrte"), MXNetError, "'wrte'"),
    (lambda: bind(grad_req=3), TypeError, "grad_req must be a string, a list or a dict; got 3"),
    (lambda: bind(grad_req=["write"]), ValueError, "grad_req must have 6 entries, for data, fc1"),
    (lambda: bind(for_training=False, inputs_need_grad=True), AssertionError, "needs for_training"),
    (lambda: bind(shared_module=mx.mod.Module(mlp(mx))), AssertionError, "module: call bind"),
    (lambda: bind().init_optimizer(), AssertionError, "init_optimizer: call init_params"),
    (lambda: mx.mod.Module(mlp(mx)).init_params(), AssertionError, "init_params: call bind"),
    (lambda: mx.mod.Module(mlp(mx)).get_params(), AssertionError, "get_params: call init_params"),
    (lambda: mx.mod.Module(mlp(mx)).data_shapes, AssertionError, "data_shapes: call bind"),
    (lambda: bound(mx, mlp(mx), (8, 5)).update(), AssertionError, "update: call init_optimizer"),
    (lambda: bound(mx, mlp(mx), (8, 5)).get_input_grads(), AssertionError, "inputs_need_grad=True"),
    (lambda: bound(mx, mlp(mx), (8, 5)).save_optimizer_states("x"), AssertionError, "init_optimiz"),
    (lambda: bound(mx, mlp(mx), (8, 5), for_training=False).backward(), MXNetError,
     "re-bind with for_training=True"),
    (lambda: bound(mx, mlp(mx), (8, 5)).forward(mx.io.DataBatch([])), ValueError,
     "the batch must have 1 data arrays, for data; got 0"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call()
    assert isinstance(raised.value, MXNetError)


def test_grad_req_may_name_arguments_of_other_networks():
    module = mx.mod.Module(mlp(mx))
    with pytest.warns(UserWarning, match="'fc1_wight'.*mean 'fc1_weight'") as seen:
        module.bind([("data", (8, 5))], [("softmax_label", (8,))], grad_req={"fc1_wight": "add"})
    assert seen[0].filename == __file__


def test_a_label_of_another_name_warns_when_binding():
    with pytest.warns(UserWarning, match="label_shapes must describe softmax_label.*describes y"):
        bind(labels=[("y", (8,))])


def test_a_metric_needs_label_shapes():
    module = bound(mx, mlp(mx), (8, 5))
    module.bind([("data", (8, 5))], force_rebind=True, for_training=False)
    module.forward(mx.io.DataBatch([mx.nd.array(wave((8, 5)))]))
    with pytest.raises(MXNetError, match="was bound without label_shapes"):
        module.update_metric(mx.metric.Accuracy(), [mx.nd.array(np.zeros(8))])
