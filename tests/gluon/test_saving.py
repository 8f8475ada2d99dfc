"""Parameters in files: every kind of names, dtypes, errors with the names that differ."""

import gc

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.device import host
from mxlite.gluon import nn


def mlp(units=2, **kwargs):
    net = nn.HybridSequential(**kwargs)
    with net.name_scope():
        net.add(nn.Dense(4, in_units=3), nn.Dense(units, in_units=4))
    return net


@pytest.fixture
def net():
    network = mlp()
    network.initialize(mx.init.Normal(1))
    return network


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "net.params")


def assert_same(one, two):
    for a, b in zip(one.collect_params().values(), two.collect_params().values(), strict=True):
        assert (a.data().asnumpy() == b.data().asnumpy()).all()


def test_round_trip_under_structural_names(net, file):
    net.save_parameters(file)
    assert sorted(mx.nd.load(file)) == ["0.bias", "0.weight", "1.bias", "1.weight"]
    other = mlp()
    other.load_parameters(file)
    assert_same(net, other)


def test_loading_completes_deferred_parameters(net, file):
    net.save_parameters(file)
    other = nn.HybridSequential()
    other.add(nn.Dense(4), nn.Dense(2))
    other.initialize()
    other.load_parameters(file)
    assert_same(net, other)


@pytest.mark.parametrize("name", ["{0}", "arg:{0}", "aux:{0}"])
def test_full_names_of_another_net_with_markers(net, file, name):
    mx.nd.save(file, {name.format(key): param.data() for key, param in
                      net.collect_params().items()})
    other = mlp()
    other.load_parameters(file)
    assert_same(net, other)


def test_names_without_the_prefix(net, file):
    net.collect_params().save(file, strip_prefix=net.prefix)
    assert "dense0_weight" in mx.nd.load(file)
    other = mlp()
    other.load_parameters(file)
    assert_same(net, other)
    net.collect_params().load(file, restore_prefix=net.prefix)


def test_a_single_layer(file):
    one, two = nn.Dense(2, in_units=3), nn.Dense(2, in_units=3)
    one.initialize(mx.init.Normal(1))
    one.save_parameters(file)
    two.load_parameters(file)
    assert_same(one, two)


def test_missing_parameter_prints_the_difference(net, file):
    mx.nd.save(file, {"0.weight": net[0].weight.data(), "0.bais": net[0].bias.data()})
    with pytest.raises(MXNetError, match=r"Parameter '0.bias' is missing in file") as error:
        net.load_parameters(file)
    assert "only in the network (3 of 4): '0.bias', '1.weight', '1.bias'" in str(error.value)
    assert "(1 of 2): '0.bais'" in str(error.value)
    with pytest.raises(MXNetError, match=r"'0.bais' of file .* is not in this network"):
        net.load_parameters(file, allow_missing=True)
    net.load_parameters(file, allow_missing=True, ignore_extra=True)


def test_nothing_is_loaded_from_a_file_of_which_a_name_does_not_fit(net, file):
    mx.nd.save(file, {"0.weight": mx.nd.ones((4, 3)), "0.bias": mx.nd.ones(4),
                      "other": mx.nd.ones(1)})
    before = {name: param.data().asnumpy() for name, param in net.collect_params().items()}
    with pytest.raises(MXNetError, match=r"'other' of file .* is not in this network"):
        net.load_parameters(file, allow_missing=True)
    renamed = dict(zip(before, mx.nd.load(file).values(), strict=False))
    with pytest.raises(MXNetError, match=r"'other' of the dict is not in this network"):
        net.collect_params().load_dict({**renamed, "other": mx.nd.ones(1)}, allow_missing=True)
    for name, param in net.collect_params().items():
        np.testing.assert_array_equal(param.data().asnumpy(), before[name])


def test_parameters_are_in_memory_once(tmp_path):
    """And their gradients: no copies are left over from reading the file."""
    net = nn.HybridSequential()
    net.add(*[nn.Dense(1024, in_units=1024) for _ in range(4)])
    net.initialize()
    net.hybridize()
    net(mx.nd.zeros((1, 1024)))
    assert net.export(str(tmp_path / "net")) == (str(tmp_path / "net-symbol.json"),
                                                 str(tmp_path / "net-0000.params"))
    del net
    gc.collect()
    mx.cpu().empty_cache()
    live = host.memory_info()["live"]
    loaded = mx.gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), ["data"],
                                          str(tmp_path / "net-0000.params"))
    now, one = host.memory_info(), 4 * 1024 * 1024
    assert len(loaded.collect_params()) == 8
    assert now["live"] - live < 9 * one and now["cached"] < one


def test_missing_file_is_named(net):
    with pytest.raises(ValueError, match=r"there is no file '/no/such\.params'"):
        net.load_parameters("/no/such.params")


def test_other_shape_is_named(net, file):
    net.save_parameters(file)
    with pytest.raises(ValueError, match=r"dense1_weight' must have shape \(5, 4\).*got \(2, 4\)"):
        mlp(5).load_parameters(file)


def test_other_dtype_needs_cast_dtype(net, file):
    net.cast("float64")
    net.save_parameters(file)
    other = mlp()
    with pytest.raises(TypeError, match=r"must have dtype float32.*float64.*cast_dtype=True"):
        other.load_parameters(file)
    other.load_parameters(file, cast_dtype=True)
    assert other[0].weight.data().dtype == np.float32
    other.load_parameters(file, cast_dtype=True, dtype_source="saved")
    assert other[0].weight.data().dtype == np.float64
    with pytest.raises(ValueError, match="dtype_source must be 'current' or 'saved'; got 'both'"):
        other.load_parameters(file, cast_dtype=True, dtype_source="both")


def test_deduplicate_writes_shared_parameters_once(file):
    def tied():
        net = nn.HybridSequential()
        net.add(nn.Dense(3, in_units=3))
        net.add(nn.Dense(3, in_units=3, params=net[0].params))
        return net

    net, other = tied(), tied()
    net.initialize(mx.init.Normal(1))
    net.save_parameters(file, deduplicate=True)
    assert sorted(mx.nd.load(file)) == ["0.bias", "0.weight"]
    other.load_parameters(file)
    assert_same(net, other)


def test_loading_on_a_context(net, file):
    net.save_parameters(file)
    other = mlp()
    other.load_parameters(file, ctx=mx.cpu(1))
    assert other[0].weight.list_ctx() == [mx.cpu(1)]


def test_old_names_warn(net, file):
    with pytest.warns(DeprecationWarning, match="Please use save_parameters"):
        net.save_params(file)
    with pytest.warns(DeprecationWarning, match="Please use load_parameters"):
        net.load_params(file)


def test_save_params_has_full_names_as_symbol_blocks_read_them(tmp_path):
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Dense(2, in_units=1), nn.BatchNorm(in_channels=2))
    net.initialize()
    file = str(tmp_path / "net.params")
    with pytest.warns(DeprecationWarning, match="save_params is deprecated"):
        net.save_params(file)
    assert sorted(mx.nd.load(file)) == [            # as of MXNet 1.9.1
        "batchnorm0_beta", "batchnorm0_gamma", "batchnorm0_running_mean",
        "batchnorm0_running_var", "dense0_bias", "dense0_weight"]
    bare = nn.HybridSequential(prefix="")
    with bare.name_scope():
        bare.add(nn.Dense(2, in_units=1))
    bare.initialize()
    with pytest.warns(DeprecationWarning, match="save_params is deprecated"):
        bare.save_params(file)
    block = mx.gluon.SymbolBlock(bare(mx.sym.var("data")), mx.sym.var("data"))
    block.load_parameters(file)
    x = mx.nd.ones((1, 1))
    assert (block(x) == bare(x)).asnumpy().all()


class Headed(nn.HybridBlock):
    """A graph of another network, whose parameters have a number in their names, and a layer."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            back = nn.HybridSequential()
            with back.name_scope():
                back.add(nn.Dense(3, in_units=2), nn.BatchNorm(in_channels=3))
            data = mx.sym.var("data")
            self.back = nn.SymbolBlock(back(data), data, params=back.collect_params())
            self.out = nn.Dense(1, in_units=3)

    def hybrid_forward(self, F, x):
        return self.out(self.back(x))


def test_graphs_in_a_block_are_named_without_what_their_names_share(file):
    net, twin = Headed(), Headed()
    net.initialize()
    net.save_parameters(file)
    assert list(mx.nd.load(file)) == [
        "back.dense0_weight", "back.dense0_bias", "back.batchnorm0_gamma", "back.batchnorm0_beta",
        "back.batchnorm0_running_mean", "back.batchnorm0_running_var", "out.weight", "out.bias"]
    twin.load_parameters(file)
    x = mx.nd.ones((2, 2))
    assert (twin(x) == net(x)).asnumpy().all()


@pytest.mark.parametrize("bias, names", [(True, ["weight", "bias"]), (False, [""])])
def test_a_graph_alone_is_named_without_what_its_names_share(file, bias, names):
    data = mx.sym.var("data")
    graph = mx.sym.FullyConnected(data, num_hidden=3, no_bias=not bias, name="fc")
    net, twin = (nn.SymbolBlock(graph, data) for _ in range(2))
    net.initialize()
    x = mx.nd.ones((2, 2))
    y = net(x)
    net.save_parameters(file)
    assert list(mx.nd.load(file)) == names
    twin.load_parameters(file)
    assert (twin(x) == y).asnumpy().all()


def test_a_graph_of_a_row_sparse_variable_has_a_dense_parameter():
    data, weight = mx.sym.var("data"), mx.sym.var("weight", stype="row_sparse", shape=(3, 2))
    net = nn.SymbolBlock(mx.sym.dot(data, weight), data)
    net.initialize(mx.init.One())
    assert net.collect_params()["weight"].stype == "default"
    assert net(mx.nd.ones((1, 3))).tolist() == [[3, 3]]
