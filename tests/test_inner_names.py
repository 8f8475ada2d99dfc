"""MXNet's private names outside Gluon that programs import: results as recorded from MXNet
1.9.1."""

import ctypes

import pytest

import mxlite as mx
from mxlite import base
from mxlite.image.image import _get_interp_method
from mxlite.io import DataBatch, DataDesc
from mxlite.module import executor_group
from mxlite.module.base_module import _as_list, _check_input_names, _parse_data_desc

NET = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
HALVES = [slice(0, 2), slice(2, 4)]


# Modules --------------------------------------------------------------------------------------

def test_names_of_inputs():
    assert _check_input_names(NET, ["data"], "data", True) is None
    with pytest.raises(ValueError, match="data_names has 'dat', but the symbol has no argument"):
        _check_input_names(NET, ["dat"], "data", True)
    with pytest.warns(UserWarning, match="data_names has 'dat'"):
        _check_input_names(NET, ["dat"], "data", False)


def test_descriptions_of_inputs():
    data, label = [("data", (2, 3))], [("l", (2,))]
    described = _parse_data_desc(["data"], ["l"], data, label)
    assert described == (data, label) and isinstance(described[1][0], DataDesc)
    assert _parse_data_desc(["data"], ["l"], data, None) == (data, None)
    assert _parse_data_desc(["data"], ["l"], data, []) == (data, [])
    with pytest.raises(ValueError, match=r"data_shapes must describe data, .*; it describes dat"):
        _parse_data_desc(["data"], [], [("dat", (2, 3))], None)
    with pytest.warns(UserWarning, match="label_shapes must describe l"):
        _parse_data_desc(["data"], ["l"], data, [("m", (2,))])
    assert _as_list(3) == [3] and _as_list([1]) == [1]


def test_slices_of_a_batch():
    batch = DataBatch([mx.nd.arange(8).reshape((4, 2))], [mx.nd.arange(4)])
    data = [(part, mx.nd.zeros((2, 2))) for part in HALVES]
    label = [(part, mx.nd.zeros(2)) for part in HALVES]
    columns = [(slice(i, i + 1), mx.nd.zeros((4, 1))) for i in range(2)]
    whole = mx.nd.zeros((4, 2))
    executor_group._load_data(batch, [data], [0])
    executor_group._load_label(batch, [label], [0])
    executor_group._load_general(batch.data, [columns], [1])
    executor_group._load_data(batch, [whole], [0])
    values = [[array.asnumpy().ravel().tolist() for _, array in pairs]
              for pairs in (data, label, columns)]
    assert values == [[[0, 1, 2, 3], [4, 5, 6, 7]], [[0, 1], [2, 3]], [[0, 2, 4, 6], [1, 3, 5, 7]]]
    assert whole.asnumpy().tolist() == batch.data[0].asnumpy().tolist()
    executor_group._load_general([[mx.nd.ones(2), mx.nd.ones(2) * 5]], [label], [0])
    assert [array.asnumpy().tolist() for _, array in label] == [[1, 1], [5, 5]]


def test_outputs_of_contexts():
    two, row, column = mx.nd.ones((2, 2)), mx.nd.zeros((1, 2)), mx.nd.zeros((2, 1))
    merged = executor_group._merge_multi_context([[two, row], [two, column], [two, row]],
                                                 [0, 1, -1])
    assert [each.shape for each in merged] == [(3, 2), (2, 3), (2, 2)]


# Images, contexts, Symbols --------------------------------------------------------------------

@pytest.mark.parametrize(("given", "expected"), [
    ((0,), 0), ((1,), 1), ((9, (10, 10, 20, 20)), 2), ((9, (20, 20, 10, 10)), 3),
    ((9, (10, 20, 20, 10)), 1), ((9,), 2), ((2.0,), 2),
])
def test_ways_to_resize(given, expected):
    assert _get_interp_method(*given) == expected
    assert _get_interp_method(10) in range(5)


def test_no_ways_to_resize():
    for interp in (-1, "x"):
        with pytest.raises(ValueError, match="_get_interp_method: interp must be 0 to 4, 9"):
            _get_interp_method(interp)
    with pytest.raises(ValueError, match=r"_get_interp_method: sizes must be .*; got \(1, 2\)"):
        _get_interp_method(9, (1, 2))


def test_the_default_context():
    assert mx.Context._default_ctx.value == mx.cpu(0)
    try:
        mx.Context._default_ctx.value = mx.cpu(1)
        assert mx.current_context() == mx.cpu(1) == mx.nd.ones(1).ctx
    finally:
        mx.Context._default_ctx.value = mx.cpu(0)


def test_a_symbol_is_changed():
    total = mx.sym.var("a") + mx.sym.var("b")
    assert total._compose(name="q", a=mx.sym.var("z")) is None
    assert total.list_arguments() == ["z", "b"] and total.name == "q"
    with pytest.raises(TypeError, match="either as positional or keyword arguments, not both"):
        total._compose(mx.sym.var("p"), a=mx.sym.var("q"))
    for given, message in (({"nope": mx.sym.var("q")}, "no variable named 'nope'"),
                           ({"z": 1}, "z must be a Symbol; got int")):
        with pytest.raises(mx.MXNetError, match=message):
            total._compose(**given)
    assert total.list_arguments() == ["z", "b"]


# mx.base --------------------------------------------------------------------------------------

def test_classes_and_their_makers():
    class Meta(type):
        tag = 7

    class WithMeta(base.with_metaclass(Meta, dict)):
        number = 3

        @base.classproperty
        def doubled(cls):
            return cls.number * 2

    assert type(WithMeta) is Meta and WithMeta.__mro__ == (WithMeta, dict, object)
    assert WithMeta.doubled == WithMeta().doubled == 6 and WithMeta.tag == 7
    assert repr(base._Null) == "_Null" and isinstance(base._Null, base._NullType)
    assert issubclass(base.NotSupportedForSparseNDArray, mx.MXNetError)


def test_handles_are_pointers():
    for name in "NDArrayHandle SymbolHandle ExecutorHandle KVStoreHandle OpHandle".split():
        assert getattr(base, name) is ctypes.c_void_p
    assert not hasattr(base, "NothingHandle")


def test_folders_of_downloads(monkeypatch):
    monkeypatch.setenv("MXNET_HOME", "elsewhere")
    assert base.data_dir() == "elsewhere" and base.data_dir_default().endswith(".mxnet")


@pytest.mark.parametrize("name", ["_LIB", "check_call", "c_array", "mx_uint", "ctypes2buffer"])
def test_there_is_no_c_library(name):
    """It may be imported, as old programs do that use nothing of it."""
    part = getattr(base, name)
    for use in (lambda: part(3), lambda: part * 3, lambda: 3 * part, lambda: part[0]):
        with pytest.raises(NotImplementedError, match=f"^mxlite has no {name}, as it has no C "
                                                      "library of MXNet's: "):
            use()
    with pytest.raises(AttributeError, match=f"^mxlite has no {name}, as it has no C library"):
        part.MXGetVersion(None)
    assert not hasattr(part, "MXGetVersion")


def test_a_parameter_that_is_null_is_not_given():
    x, absent = mx.nd.ones((2, 3)), base._Null
    assert mx.nd.sum(x, axis=absent).asscalar() == mx.nd.sum(x, absent).asscalar() == 6
    assert mx.nd.sum(x, axis=1, keepdims=absent).shape == (2,)
    assert mx.nd.LeakyReLU(-x, slope=absent).asnumpy().max() == -0.25
    assert mx.nd.adam_update(x, x, x, x, lr=1, epsilon=absent).shape == (2, 3)
    graph = mx.sym.sum(mx.sym.var("x"), axis=absent, name="s")
    assert graph.tojson() == mx.sym.sum(mx.sym.var("x"), name="s").tojson()
    with pytest.raises(TypeError, match="sum: unknown parameter 'axes'"):
        mx.nd.sum(x, axes=absent)
