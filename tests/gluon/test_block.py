"""Blocks: names, registration, hooks, printing."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.base import MXNetError
from mxlite.gluon import nn
from mxlite.name import NameManager, Prefix


@pytest.fixture(autouse=True)
def fresh_names():
    with NameManager():
        yield


def mlp():
    net = nn.HybridSequential()
    with net.name_scope():
        net.add(nn.Dense(4, activation="relu"), nn.Dense(2))
    return net


class Pair(gluon.Block):
    """Two layers as attributes, one parameter of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.first = nn.Dense(3)
            self.second = nn.Dense(2)
            self.scale = self.params.get("scale", shape=(1,), init="ones")

    def forward(self, x):
        return self.second(self.first(x)) * self.scale.data()


def test_names_count_up_as_in_mxnet():
    assert nn.Dense(1).prefix == "dense0_"
    assert nn.Dense(1).name == "dense1"
    net = mlp()
    assert list(net.collect_params()) == [
        "hybridsequential0_dense0_weight", "hybridsequential0_dense0_bias",
        "hybridsequential0_dense1_weight", "hybridsequential0_dense1_bias"]
    assert net[0].act.name == "hybridsequential0_dense0_relu"


def test_layers_made_outside_a_name_scope_have_global_names():
    net = nn.Sequential()
    net.add(nn.Dense(1), nn.Conv2D(1, 1), nn.MaxPool2D())
    assert [child.prefix for child in net] == ["dense0_", "conv0_", "pool0_"]


def test_explicit_and_empty_prefixes():
    net = nn.Sequential(prefix="model_")
    with net.name_scope():
        net.add(nn.Dense(1, prefix="head_"))
        inner = nn.Sequential(prefix="")
        with inner.name_scope():
            inner.add(nn.Dense(1))
        net.add(inner)
    assert list(net.collect_params()) == [
        "model_head_weight", "model_head_bias", "model_dense0_weight", "model_dense0_bias"]


def test_name_manager_and_prefix():
    assert NameManager.current.get("given", "hint") == "given"
    with Prefix("net_") as names:
        assert NameManager.current is names
        assert names.get(None, "fc") == "net_fc0"
        assert names.get("given", "fc") == "net_given"


def test_collect_params_selects_by_regular_expression():
    net = mlp()
    assert list(net.collect_params(".*dense1_.*|.*bias")) == [
        "hybridsequential0_dense0_bias", "hybridsequential0_dense1_weight",
        "hybridsequential0_dense1_bias"]


def test_attributes_register_children_and_parameters():
    pair = Pair()
    assert list(pair.collect_params()) == [
        "pair0_scale", "pair0_dense0_weight", "pair0_dense0_bias", "pair0_dense1_weight",
        "pair0_dense1_bias"]
    pair.initialize()
    assert pair(mx.nd.ones((2, 5))).shape == (2, 2)


def test_attribute_of_another_kind_raises():
    pair = Pair()
    with pytest.raises(TypeError, match=r"Changing attribute type for first from Dense to int"):
        pair.first = 3
    with pytest.raises(MXNetError, match="Overriding Parameter attribute scale"):
        pair.scale = gluon.Parameter("other", shape=(1,))


def test_unregistered_container_warns():
    pair = Pair()
    pair.more = [nn.Dense(1)]
    with pytest.warns(UserWarning, match=r'"Pair.more" is an unregistered container'):
        pair.collect_params()


def test_hybrid_block_takes_only_hybrid_children():
    net = nn.HybridSequential()
    with pytest.raises(TypeError, match="must also be HybridBlock, but Lambda"):
        net.add(nn.Lambda("relu"))


def test_repr():
    assert repr(mlp()) == ("HybridSequential(\n  (0): Dense(None -> 4, Activation(relu))\n"
                           "  (1): Dense(None -> 2, linear)\n)")
    assert repr(Pair()) == ("Pair(\n  (first): Dense(None -> 3, linear)\n"
                            "  (second): Dense(None -> 2, linear)\n)")


def test_sequential_indexing_and_slices():
    net = mlp()
    part = net[1:]
    assert len(net) == 2 and len(part) == 1 and part[0] is net[1]
    assert type(part) is nn.HybridSequential


def test_hooks_run_in_order_and_detach():
    net, seen = nn.Dense(2, in_units=3), []
    net.initialize()
    before = net.register_forward_pre_hook(lambda block, args: seen.append(len(args)))
    after = net.register_forward_hook(lambda block, args, out: seen.append(out.shape))
    net(mx.nd.ones((1, 3)))
    assert seen == [1, (1, 2)]
    before.detach()
    after.detach()
    net(mx.nd.ones((1, 3)))
    assert len(seen) == 2


def test_apply_reaches_children_first():
    seen = []
    mlp().apply(lambda block: seen.append(type(block).__name__))
    assert seen == ["Activation", "Dense", "Dense", "HybridSequential"]


def test_sharing_parameters_by_params():
    first = nn.Dense(3, in_units=3)
    second = nn.Dense(3, in_units=3, params=first.params)
    first.initialize()
    assert second.weight is first.weight
    x = mx.nd.ones((1, 3))
    assert (first(x) == second(x)).asnumpy().all()


def test_share_parameters_by_structural_names():
    one, two = mlp(), mlp()
    one.initialize()
    two.share_parameters({"0.weight": one[0].weight, "0.bias": one[0].bias})
    assert two[0].weight is one[0].weight and two[1].weight is not one[1].weight
    with pytest.raises(MXNetError, match=r"'9.weight'"):
        two.share_parameters({"9.weight": one[0].weight})


@pytest.mark.parametrize(("wrong", "message"), [
    (5, "share_parameters: '1.weight' must be a Parameter; got 5"),
    (mx.nd.ones((2, 4)), r"share_parameters: '1.weight' must be a Parameter; got NDArray of shape"),
    (gluon.Parameter("w", shape=(2, 5)),
     r"share_parameters: '1.weight' must have shape \(2, 4\) \(0: unknown\); got \(2, 5\)"),
    (gluon.Parameter("w", shape=(2,)), r"must have shape \(2, 4\) \(0: unknown\); got \(2,\)"),
])
def test_parameters_that_cannot_be_shared_change_nothing(wrong, message):
    one, two = mlp(), mlp()
    for net in (one, two):
        net.initialize()
        net(mx.nd.ones((1, 3)))
    before = dict(two.collect_params().items())
    y = two(mx.nd.ones((1, 3))).asnumpy()
    with pytest.raises(MXNetError, match=message):
        two.share_parameters({"0.weight": one[0].weight, "1.weight": wrong})
    assert dict(two.collect_params().items()) == before
    np.testing.assert_array_equal(two(mx.nd.ones((1, 3))).asnumpy(), y)
    with pytest.raises(TypeError, match="shared must be a dict of Parameters by structural names"):
        two.share_parameters(5)


def test_parameters_of_unknown_shape_are_shared():
    one, two = mlp(), mlp()
    one.initialize()
    one(mx.nd.ones((1, 3)))
    two.share_parameters({"0.weight": one[0].weight, "1.bias": gluon.Parameter("b", shape=(0,))})
    assert two[0].weight is one[0].weight and two[1].bias.shape == (0,)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: Pair().register_child(5), "Pair: a child must be a Block; got 5"),
    (lambda: nn.Sequential().add(nn.Dense(1), "relu"), "Sequential: a child must be a Block; got"),
    (lambda: mlp().apply(5), "HybridSequential.apply: fn must be a function; got 5"),
])
def test_what_blocks_do_not_take(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_hybridized_blocks_use_the_parameters_that_they_share():
    one, two = mlp(), mlp()
    x = mx.nd.ones((1, 3))
    for net in (one, two):
        net.initialize(mx.init.Normal(1))
        net.hybridize()
        net(x)
    two.share_parameters({f"{i}.{name}": getattr(one[i], name)
                          for i in (0, 1) for name in ("weight", "bias")})
    np.testing.assert_array_equal(two(x).asnumpy(), one(x).asnumpy())


def test_hybridize_keeps_flags_and_names_unknown_ones():
    net = mlp()
    net.initialize()
    before = net(mx.nd.ones((1, 3)))
    net.hybridize(static_alloc=True)
    assert (net(mx.nd.ones((1, 3))) == before).asnumpy().all()
    with pytest.raises(TypeError, match=r"unknown flag 'static_aloc'.*did you mean 'static_alloc'"):
        net.hybridize(static_aloc=True)


def test_cast_changes_all_parameters():
    net = mlp()
    net.initialize()
    net.cast("float64")
    assert net(mx.nd.ones((1, 3), dtype="float64")).dtype == np.float64


def test_summary_of_a_hybridized_block_raises_and_leaves_no_hooks(capsys):
    net = nn.HybridSequential(prefix="net_")
    net.add(nn.Dense(4), nn.HybridSequential(prefix="inner_"))
    net[1].add(nn.Dense(2))
    net.initialize()
    net[1].hybridize()
    with pytest.raises(AssertionError, match=r"must not be hybridized.*; 'inner' is"):
        net.summary(mx.nd.ones((5, 3)))
    net.hybridize(False)
    net.summary(mx.nd.ones((5, 3)))
    assert capsys.readouterr().out.count("Dense-") == 2
    assert not any(block._forward_hooks for block in [net[0], net[1][0]])


def test_summary_prints_layers(capsys):
    net = mlp()
    net.initialize()
    net.summary(mx.nd.ones((5, 3)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == " " * 8 + "Layer (type)" + " " * 32 + "Output Shape" + " " * 9 + "Param #"
    assert [line.split()[0] for line in lines[3:7]] == [
        "Input", "Activation-1", "Dense-2", "Dense-3"]
    assert "   Total params: 26" in lines and "Unique parameters in model: 26" in lines


def test_wrong_input_names_the_layer():
    net = nn.Dense(2)
    net.initialize()
    with pytest.raises(TypeError, match="Dense: the first input must be an NDArray; got list"):
        net([1, 2])
