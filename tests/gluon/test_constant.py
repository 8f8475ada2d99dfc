"""`Constant`: what graphs and files keep of its value."""

import gc
import json
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon

VALUE = np.arange(60_000, dtype="float32").reshape(3, 20_000)


class Added(gluon.HybridBlock):
    def __init__(self, value):
        super().__init__(prefix="net_")
        with self.name_scope():
            self.by = self.params.get_constant("by", value)

    def hybrid_forward(self, F, x, by):
        return F.broadcast_add(x, by)


def called(value=VALUE):
    net = Added(value)
    net.initialize()
    net.hybridize()
    net(mx.nd.zeros((1, value.shape[1])))
    return net


def test_files_have_the_value_among_the_parameters_alone(tmp_path):
    symbol, params = called().export(str(tmp_path / "net"))
    assert (tmp_path / "net-symbol.json").stat().st_size < 1000
    again = gluon.SymbolBlock.imports(symbol, ["data"], params)
    np.testing.assert_array_equal(again(mx.nd.ones((1, VALUE.shape[1]))).asnumpy(), VALUE + 1)


def test_a_module_finds_the_value_in_the_graph():
    net = called()                                      # which has to be there still
    graph = mx.sym.load_json(net(mx.sym.var("data")).tojson())
    module = mx.mod.Module(graph, label_names=None)
    module.bind([("data", (1, VALUE.shape[1]))], for_training=False)
    module.init_params()
    np.testing.assert_array_equal(module.get_params()[0]["net_by"].asnumpy(), VALUE)


def test_a_value_that_is_nowhere_is_named():
    text = json.dumps(["constantvalue", {"key": "0" * 32}])
    with pytest.raises(ValueError, match=r"ConstantValue: there is no Constant of the key '0+' in "
                       "this process; give the parameters that were saved with it"):
        mx.init.create(text)
    key = gluon.Constant("c", VALUE * 3).init.dumps()
    gc.collect()                                        # it is gone
    with pytest.raises(ValueError, match="ConstantValue: there is no Constant of the key"):
        mx.init.create(key)


def test_initializers_of_equal_values_are_equal():
    values = [VALUE, VALUE.copy(), VALUE.reshape(-1), mx.nd.array(VALUE, dtype="int32"), VALUE + 1]
    inits = [gluon.Constant("c", value).init for value in values]
    assert [init == inits[0] for init in inits] == [True, True, False, False, False]
    assert hash(inits[0]) == hash(inits[1]) and inits[0] != "zeros"
    assert repr(inits[3]) == "ConstantValue(shape=(3, 20000), dtype=int32)"
    copied = pickle.loads(pickle.dumps(gluon.Constant("c", VALUE)))
    copied.initialize()
    np.testing.assert_array_equal(copied.data().asnumpy(), VALUE)
