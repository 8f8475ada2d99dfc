"""Symbols: names, outputs, inputs, attributes, and what they are not. Names are MXNet 1.9.1's."""

import copy
import pickle

import numpy as np
import pytest

import mxlite as mx

S = mx.sym


@pytest.fixture(autouse=True)
def names():
    """Automatic names count from 0 in every test."""
    with mx.name.NameManager():
        yield


def network():
    fc = S.FullyConnected(S.var("data"), num_hidden=3, name="fc")
    return S.Activation(fc, act_type="relu", name="act")


a, b = S.var("a"), S.var("b")
NAMES = {
    "_plus0": lambda: a + b, "_plusscalar0": lambda: 1 + a, "_minus0": lambda: a - b,
    "_minusscalar0": lambda: a - 1, "_rminusscalar0": lambda: 1 - a, "_mul0": lambda: a * b,
    "_mulscalar0": lambda: -a, "_div0": lambda: a / b, "_divscalar0": lambda: a / 2,
    "_rdivscalar0": lambda: 2 / a, "_mod0": lambda: a % b, "_modscalar0": lambda: a % 2,
    "_rmodscalar0": lambda: 2 % a, "_power0": lambda: a ** b, "_powerscalar0": lambda: a ** 2,
    "_rpower_scalar0": lambda: 2 ** a, "_rpowerscalar0": lambda: S.power(2, a),
    "_equal0": lambda: a == b, "_equal_scalar0": lambda: a == 1, "_not_equal0": lambda: a != b,
    "_not_equal_scalar0": lambda: a != 1, "_greater0": lambda: a > b,
    "_greater_scalar0": lambda: a > 1, "_greater_equal0": lambda: a >= b,
    "_lesser0": lambda: a < b, "_lesser_scalar0": lambda: a < 1, "_lesser_equal0": lambda: a <= b,
    "_maximum0": lambda: S.maximum(a, b), "_maximumscalar0": lambda: S.maximum(a, 1),
    "_minimumscalar0": lambda: S.minimum(1, a), "_hypot0": lambda: S.hypot(a, b),
    "_hypotscalar0": lambda: S.hypot(a, 1), "abs0": lambda: abs(a), "sum0": lambda: a.sum(),
    "reshape0": lambda: a.reshape((2, 3)), "cast0": lambda: a.astype("int32"),
    "_zeros0": lambda: S.zeros((2,)), "_full0": lambda: S.full((2,), 3),
    "_arange0": lambda: S.arange(3), "split0": lambda: S.split(a, num_outputs=2),
    "slicechannel0": lambda: S.SliceChannel(a, num_outputs=2), "concat0": lambda: S.concat(a, b),
    "elementwisesum0": lambda: S.ElementWiseSum(a, b), "add_n0": lambda: S.add_n(a, b),
    "_split_v20": lambda: S.split_v2(a, 2), "crop0": lambda: S.crop(a, begin=(0,), end=(1,)),
    "_random_uniform0": lambda: S.random.uniform(0, 1, (2,)),
    "random_normal0": lambda: S.random_normal(0, 1, (2,)),
}


@pytest.mark.parametrize("name", NAMES)
def test_automatic_name(name):
    assert NAMES[name]().name == name


def test_a_function_of_two_numbers_is_a_number():
    assert (S.maximum(2, 3), S.minimum(2, 3), S.pow(2, 3), S.hypot(3, 4)) == (3, 2, 8, 5)


def test_prefix_comes_before_operators_names_but_not_variables():
    with mx.name.Prefix("p_"):
        assert (S.var("v").name, (a + b).name) == ("v", "p__plus0")
        assert S.FullyConnected(a, num_hidden=1, name="fc").list_inputs() == [
            "a", "p_fc_weight", "p_fc_bias"]


# Outputs and inputs

@pytest.mark.parametrize("make, outputs", [
    (lambda: S.exp(a, name="e"), ["e_output"]),
    (lambda: S.split(a, num_outputs=2, name="s"), ["s_output0", "s_output1"]),
    (lambda: S.split(a, num_outputs=1, name="s"), ["s_output0"]),
    (lambda: S.topk(a, name="t"), ["t_output"]),
    (lambda: S.topk(a, ret_typ="value", name="t"), ["t_output0"]),
    (lambda: S.topk(a, ret_typ="both", name="t"), ["t_output0", "t_output1"]),
    (lambda: S.sort(a, name="t"), ["t_output0"]),
    (lambda: S.Dropout(a, name="d"), ["d_output"]),
    (lambda: S.BatchNorm(a, name="n"), ["n_output"]),
    (lambda: S.BatchNorm(a, output_mean_var=True, name="n"), ["n_output", "n_mean", "n_var"]),
    (lambda: S.make_loss(a, name="l"), ["l_loss"])])
def test_output_names(make, outputs):
    assert make().list_outputs() == outputs


def test_inputs_depth_first_and_states_apart():
    net = S.BatchNorm(S.Convolution(S.var("x"), kernel=(1, 1), num_filter=2, name="c"), name="n")
    assert net.list_arguments() == ["x", "c_weight", "c_bias", "n_gamma", "n_beta"]
    assert net.list_auxiliary_states() == ["n_moving_mean", "n_moving_var"]
    assert net.list_inputs() == net.list_arguments() + net.list_auxiliary_states()
    assert (S.var("a") + S.var("a")).list_arguments() == ["a", "a"]
    assert (a + a).list_arguments() == ["a"]


def test_internals():
    every = network().get_internals()
    assert every.list_outputs() == ["data", "fc_weight", "fc_bias", "fc_output", "act_output"]
    assert len(every) == 5
    assert [part.name for part in every] == ["data", "fc_weight", "fc_bias", "fc", "act"]
    assert every["fc_output"].name == "fc" and every[2].name == "fc_bias"
    assert every[1:3].list_outputs() == ["fc_weight", "fc_bias"]
    assert every[::2].list_outputs() == ["data", "fc_bias", "act_output"]
    assert network()[0].name == "act"


@pytest.mark.parametrize("key, error, message", [
    ("fc_outputs", ValueError, "no output named 'fc_outputs'; did you mean 'fc_output'"),
    ("fc", ValueError, "no output named 'fc'$"),
    (-1, mx.MXNetError, "must be at least 0; got -1"),
    (5, IndexError, "Symbol group has 5 outputs; got the number 5"),
    (1.0, TypeError, "a number, a name or a slice; got 1.0"),
    (True, TypeError, "a number, a name or a slice; got True"),
    (slice(2, 2), TypeError, r"5 outputs, of which slice\(2, 2, None\) takes none")], ids=str)
def test_there_is_no_such_output(key, error, message):
    with pytest.raises(error, match=message):
        network().get_internals()[key]


def test_a_name_that_is_there_twice_picks_none():
    with pytest.raises(ValueError, match="there are 2 outputs named 'e_output'"):
        S.Group([S.exp(a, name="e"), S.exp(b, name="e")])["e_output"]


def test_children():
    assert network().get_children().list_outputs() == ["fc_output"]
    assert S.Group([network(), a + b]).get_children().list_outputs() == ["fc_output", "a", "b"]
    assert a.get_children() is None


def test_group():
    group = S.Group([a, S.Group([b, S.split(a, num_outputs=2, name="s")])])
    assert group.list_outputs() == ["a", "b", "s_output0", "s_output1"]
    assert group.name is None and repr(group) == "<Symbol group [a, b, s, s]>"
    assert S.Group([a]).name == "a" and repr(a) == "<Symbol a>"
    for symbols in ([], [1]):
        with pytest.raises(TypeError, match=r"takes a list of Symbols, at least one; got \["):
            S.Group(symbols)


# Attributes

def test_attributes_of_a_variable():
    with mx.AttrScope(ctx_group="g", __data__="x"):
        v = S.var("v", lr_mult=2, wd_mult=0.5, shape=(2, 0), dtype="float16", stype="row_sparse",
                  init="zeros", attr={"mood": "so"}, __other__=3)
    assert v.list_attr() == {
        "__ctx_group__": "g", "__data__": "x", "__dtype__": "2", "__init__": "zeros",
        "__lr_mult__": "2", "__other__": "3", "__shape__": "(2, 0)", "__storage_type__": "1",
        "__wd_mult__": "0.5", "ctx_group": "g", "lr_mult": "2", "mood": "so", "wd_mult": "0.5"}
    assert v.attr("lr_mult") == v.attr("__lr_mult__") == "2" and v.attr("nope") is None


def test_variables_of_an_operator_have_copies_of_its_attributes():
    with mx.AttrScope(ctx_group="g"):
        c = S.Convolution(S.var("x"), kernel=(3, 3), num_filter=2, name="c",
                          attr={"ctx_group": "h"}, lr_mult="1")
    of_c = {"__ctx_group__": "h", "__lr_mult__": "1", "ctx_group": "h", "kernel": "(3, 3)",
            "lr_mult": "1", "num_filter": "2"}
    assert c.attr_dict() == {"x": {"__ctx_group__": "g", "ctx_group": "g"}, "c": of_c,
                             "c_weight": of_c, "c_bias": of_c}


def test_operators_initialize_some_variables():
    assert S.LeakyReLU(a, act_type="prelu", name="p").attr_dict()["p_gamma"]["__init__"] == (
        '["Constant", {"value": 0.25}]')
    assert S.BatchNorm(a, name="n").attr_dict()["n_moving_var"]["__init__"] == '["one", {}]'


def test_a_group_has_no_attributes():
    group = S.Group([a, network()])
    assert group.list_attr() == {} and group.attr("act_type") is None
    with pytest.raises(mx.MXNetError, match="a group of several nodes has no attributes"):
        group._set_attr(__x__="1")


def test_set_attributes():
    act = network()
    assert act.infer_shape(data=(1, 2))[1] == [(1, 3)]
    act._set_attr(lr_mult="2", act_type="tanh")
    assert act.list_attr() == {"act_type": "tanh", "__lr_mult__": "2", "lr_mult": "2"}
    x = mx.nd.array([[1.0]])
    y, = act.eval(data=x, fc_weight=mx.nd.ones((3, 1)), fc_bias=mx.nd.zeros((3,)))
    np.testing.assert_allclose(y.asnumpy(), np.tanh(np.ones((1, 3))), 1e-6)
    a_variable = S.var("v")
    a_variable._set_attr(mood="so")
    assert a_variable.attr("mood") == "so"


def test_attributes_of_operators_become_strings():
    numbered = S.exp(a, name="e", attr={"__k__": [1, 2], "__n__": 3})
    assert numbered.attr_dict()["e"] == {"__k__": "[1, 2]", "__n__": "3"}       # as in MXNet
    normal = mx.init.Normal(0.5)
    dense = S.FullyConnected(a, num_hidden=2, no_bias=True, name="fc", attr={"__init__": normal})
    assert mx.init.create(dense.attr_dict()["fc_weight"]["__init__"]) == normal


@pytest.mark.parametrize("attrs, error, message", [
    ({"mood": "x"}, TypeError, "node 'act': Activation: unknown parameter 'mood'"),
    ({"act_type": "x"}, ValueError, "node 'act': Activation: act_type must be one of"),
    ({"__x__": 1}, TypeError, "attribute '__x__' must be a string; got 1"),
    ({"__x__": 1}, ValueError, "attribute '__x__' must be a string; got 1")])
def test_attributes_that_cannot_be_set_change_nothing(attrs, error, message):
    act = network()
    with pytest.raises(error, match=message):
        act._set_attr(lr_mult="2", **attrs)
    assert act.list_attr() == {"act_type": "relu"}


@pytest.mark.parametrize("call, error, message", [
    (lambda: S.var(1), TypeError, "name must be a string; got 1"),
    (lambda: S.var("v", foo="1"), ValueError, "name=foo is not supported"),
    (lambda: S.var("v", stype="x"), ValueError, "stype must be one of undefined, default"),
    (lambda: S.var("v", attr={"x": 1}), TypeError, "attribute 'x' must be a string; got 1"),
    (lambda: S.var("v", attr={"x": 1}), ValueError, "attribute 'x' must be a string; got 1"),
    (lambda: S.exp(a, attr="x"), TypeError, "attr must be a dict of strings; got 'x'"),
    (lambda: mx.AttrScope(x=1), TypeError, "AttrScope: x must be a string; got int"),
    (lambda: a.list_attr(recursive=True), DeprecationWarning, "Use attr_dict instead"),
    (lambda: S.var("v", shape="x").infer_shape(), mx.MXNetError, "its __shape__ 'x' is no shape"),
    (lambda: S.var("v", attr={"__dtype__": "99"}).infer_type(), mx.MXNetError,
     "its __dtype__ '99' is no dtype's number"),
    (lambda: S.var("v", attr={"__dtype__": "\u00b2"}).infer_type(), mx.MXNetError,
     "its __dtype__ '\u00b2' is no dtype's number")])
def test_wrong_attributes(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Copies and texts

@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy,
                                   lambda symbol: pickle.loads(pickle.dumps(symbol))])
def test_copies(again):
    act = network()
    other = again(act)
    assert other.tojson() == act.tojson()
    other._set_attr(act_type="tanh")
    assert act.attr("act_type") == "relu"


def test_debug_str():
    assert network().debug_str() == (
        "Symbol Outputs:\n\toutput[0]=act(0)\nVariable:data\nVariable:fc_weight\n"
        "Variable:fc_bias\n--------------------\nOp:FullyConnected, Name=fc\nInputs:\n"
        "\targ[0]=data(0)\n\targ[1]=fc_weight(0)\n\targ[2]=fc_bias(0)\nAttrs:\n\tnum_hidden=3\n"
        "--------------------\nOp:Activation, Name=act\nInputs:\n\targ[0]=fc(0)\nAttrs:\n"
        "\tact_type=relu\n")


# What Symbols are not

@pytest.mark.parametrize("call, error, message", [
    (lambda: bool(a), mx.base.NotImplementedForSymbol, r'"bool"\) is not implemented for Symbol'),
    (lambda: a.asnumpy(), mx.base.NotImplementedForSymbol, "Function asnumpy is not implemented"),
    (lambda: a.asscalar(), mx.base.NotImplementedForSymbol, "Function asscalar"),
    (lambda: a.backward(), mx.base.NotImplementedForSymbol, "Function backward"),
    (lambda: a.wait_to_read(), mx.base.NotImplementedForSymbol, "Function wait_to_read"),
    (lambda: a.gradient(["a"]), mx.base.NotImplementedForSymbol, "Function gradient"),
    (lambda: a.__iadd__(b), mx.base.NotImplementedForSymbol, "Function __iadd__"),
    (lambda: a.shape, AttributeError, "no attribute 'shape': it has no values"),
    (lambda: a.foo, AttributeError, "'Symbol' object has no attribute 'foo'$"),
    (lambda: hash(a), TypeError, "unhashable type: 'Symbol'"),
    (lambda: a == None, TypeError, "NoneType'> not supported"),     # noqa: E711
    (lambda: a + "x", TypeError, "'str'> not supported: a Symbol is combined with"),
    (lambda: S.sine, AttributeError, "has no attribute 'sine'; did you mean")])
def test_what_a_symbol_is_not(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_method_split_v2():
    parts = mx.sym.var("x").split_v2((1, 3), axis=1)
    x = mx.nd.array([[1, 2, 3, 4]])
    outputs = parts.bind(mx.cpu(), {"x": x}).forward()
    assert [y.asnumpy().tolist() for y in outputs] == [[[1]], [[2, 3]], [[4]]]
    assert len(mx.sym.var("x").split_v2(2, 0, True)) == 2


def test_backends_leave_a_graph_as_it_is():
    x = mx.sym.exp(mx.sym.var("x"))
    for backend in ("MKLDNN", "MKLDNN_QUANTIZE"):
        assert x.get_backend_symbol(backend) is x.optimize_for(backend) is x
    with pytest.warns(UserWarning, match="^Symbol.optimize_for: there is no backend 'TensorRT' "):
        assert x.optimize_for("TensorRT", ctx=mx.cpu()) is x
    with pytest.raises(mx.MXNetError, match=r"^Symbol.get_backend_symbol: backend must be 'MKLDNN' "
                                            "or 'MKLDNN_QUANTIZE', .*; got 'TensorRT'$"):
        x.get_backend_symbol("TensorRT")


@pytest.mark.parametrize("module", [mx.sym, mx.sym.op, mx.sym.contrib, mx.sym.image, mx.sym.linalg,
                                    mx.sym._internal, mx.nd, mx.nd.op, mx.nd.contrib, mx.np])
def test_modules_list_what_they_have(module):
    assert [name for name in dir(module) if not hasattr(module, name)] == []
    assert "operators_of" not in dir(module)


def test_functions_of_two_take_the_names_of_mxnet():
    x = mx.sym.var("x")
    for given, expected in ((mx.sym.maximum(left=x, right=2), 3),
                            (mx.sym.minimum(left=2, right=x), 2),
                            (mx.sym.hypot(left=x, right=4), 5), (mx.sym.pow(base=x, exp=2), 9),
                            (mx.sym.power(base=2, exp=x), 8)):
        assert given.eval(x=mx.nd.array([3]))[0].asscalar() == expected
    assert mx.sym.power(2, 3) == 8
    with pytest.raises(TypeError, match="rhs"):
        mx.sym.maximum(x, rhs=2)


def test_a_group_of_a_class():
    x = mx.sym.var("x")
    assert isinstance(mx.sym.Group([x, x], create_fn=mx.sym.np._Symbol), mx.sym.np._Symbol)
    assert not mx.nd.CachedOp(x * 2).is_np_sym and mx.nd.CachedOp(x.as_np_ndarray()).is_np_sym


def test_an_operator_that_has_the_name_of_its_input():
    scale = S.var("w", shape=(4, 1), init=mx.init.Constant(2.0))
    product = S.broadcast_mul(S.var("data"), scale, name="w", attr={"mood": "so"})
    assert product.attr_dict() == {"w": {"__shape__": "(4, 1)", "mood": "so",
                                         "__init__": '["constant", {"value": 2.0}]'}}
    module = mx.mod.Module(product, label_names=None)
    module.bind([("data", (4, 3))], for_training=False)
    module.init_params(mx.init.Xavier())
    assert module.get_params()[0]["w"].asnumpy().ravel().tolist() == [2] * 4    # as in MXNet
