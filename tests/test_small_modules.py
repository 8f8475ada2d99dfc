"""Small modules of MXNet's that libraries import: log, registry, libinfo, error, io.utils, ...;
values are those of MXNet 1.9.1 but for the texts of errors."""

import importlib
import logging
import os
import re

import numpy as np
import pytest

import mxlite as mx
from mxlite.io.utils import _getdata_by_idx, _has_instance, _init_data

ONES = mx.nd.ones((2, 2))


# mx.log ---------------------------------------------------------------------------------------

@pytest.fixture
def name(request):
    yield request.node.name
    logger = logging.getLogger(request.node.name)
    for handler in list(logger.handlers):
        handler.close()
        logger.removeHandler(handler)


def test_levels():
    levels = "DEBUG INFO WARNING ERROR CRITICAL NOTSET".split()
    assert [getattr(mx.log, level) for level in levels] == [10, 20, 30, 40, 50, 0]


def test_lines_of_a_logger(name, capsys):
    logger = mx.log.get_logger(name, level=mx.log.DEBUG)
    logger.propagate = False
    assert mx.log.get_logger(name, level=mx.log.ERROR) is logger and logger.level == mx.log.DEBUG
    for level in (10, 20, 25, 30, 40, 50):
        logger.log(level, "text %d", level)
    lines = capsys.readouterr().err.splitlines()
    assert [re.sub(r"\d{4} \d\d:\d\d:\d\d \d+ .*test_small_modules.py:test_lines_of_a_logger:\d+\]",
                   " PLACE ", line) for line in lines] == [
        "\x1b[34mD PLACE \x1b[0m text 10", "\x1b[32mI PLACE \x1b[0m text 20",
        "\x1b[32mU PLACE \x1b[0m text 25", "\x1b[31mW PLACE \x1b[0m text 30",
        "\x1b[31mE PLACE \x1b[0m text 40", "\x1b[31mC PLACE \x1b[0m text 50"]


def test_a_logger_with_a_file(name, tmp_path):
    path = str(tmp_path / "x.log")
    logger = mx.log.get_logger(name, filename=path, level=mx.log.INFO)
    logger.info("hello %d", 3)
    logger.debug("not this")
    assert (tmp_path / "x.log").read_text() == "hello 3\n"


def test_the_root_logger_is_left_as_it_is():
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    assert mx.log.get_logger(level=mx.log.DEBUG) is root
    assert (root.level, root.handlers) == before


def test_the_old_name_of_get_logger(name):
    with pytest.warns(DeprecationWarning, match="use get_logger"):
        assert mx.log.getLogger(name) is mx.log.get_logger(name)


# mx.registry ----------------------------------------------------------------------------------

class Thing:
    def __init__(self, a=1, b=2):
        self.a, self.b = a, b


@pytest.fixture(scope="module")
def create():
    alias = mx.registry.get_alias_func(Thing, "thing")

    @alias("other", "More")
    @mx.registry.get_register_func(Thing, "thing")
    class Foo(Thing):
        pass

    assert mx.registry.get_registry(Thing) == {"foo": Foo, "other": Foo, "more": Foo}
    return mx.registry.get_create_func(Thing, "thing")


@pytest.mark.parametrize(("args", "kwargs", "expected"), [
    (("foo",), {}, (1, 2)), (("FOO", 3), {}, (3, 2)), (("foo",), {"b": 5}, (1, 5)),
    (({"thing": "foo", "a": 9},), {}, (9, 2)), (('["foo", {"a": 4}]',), {}, (4, 2)),
    (('{"thing": "other", "b": 4}',), {}, (1, 4)), ((), {"thing": "foo", "a": 3}, (3, 2)),
])
def test_things_are_made(create, args, kwargs, expected):
    made = create(*args, **kwargs)
    assert type(made).__name__ == "Foo" and (made.a, made.b) == expected
    assert create(made) is made


@pytest.mark.parametrize(("args", "kwargs", "error", "message"), [
    (("fooo",), {}, ValueError, "thing must be 'foo', .*; got 'fooo'; did you mean 'foo'"),
    ((), {"a": 1}, KeyError, r"thing: a name must be given first, or as thing=; got \['a'\]"),
    ((Thing(), 3), {}, TypeError, r"thing: an object or a config has all arguments.*; got \[3\]"),
    ((3,), {}, TypeError, "thing must be 'foo', .*; got 3"),
    (({"a": 3},), {}, ValueError, "thing: a config must be a dict with the key 'thing'"),
    (("[1, 2]",), {}, ValueError, "thing: a config must be a dict"),
])
def test_what_cannot_be_made(create, args, kwargs, error, message):
    with pytest.raises(error, match=message):
        create(*args, **kwargs)


def test_names_that_are_taken_over(create):
    register = mx.registry.get_register_func(Thing, "thing")
    first = mx.registry.get_registry(Thing)["foo"]
    with pytest.raises(TypeError, match=r"thing\.register: only a subclass of Thing can be"):
        register(int)
    taking = type("Foo", (Thing,), {})
    with pytest.warns(UserWarning, match=r"thing.register: .*Foo takes the name 'foo' of .*Foo"):
        assert register(taking) is taking
    with pytest.warns(UserWarning):
        register(first)
    assert register(taking, "named") is mx.registry.get_registry(Thing)["named"]


def test_a_registry_is_a_copy_and_may_be_empty():
    mx.registry.get_registry(Thing)["planted"] = int
    assert "planted" not in mx.registry.get_registry(Thing)
    assert mx.registry.get_registry(int) == {}
    create = mx.registry.get_create_func(type("Empty", (), {}), "empty")
    with pytest.raises(ValueError, match="empty must be registered first; got 'x'"):
        create("x")


def test_the_registries_of_metrics_and_initializers_as_recorded_from_mxnet():
    metrics = mx.registry.get_registry(mx.metric.EvalMetric)
    assert set(metrics) >= set("""composite compositeevalmetric acc accuracy top_k_accuracy
        top_k_acc topkaccuracy f1 mcc perplexity mae mse rmse ce crossentropy nll_loss
        negativeloglikelihood pearsonr pearsoncorrelation pcc loss torch caffe
        custommetric""".split())
    assert metrics["acc"] is mx.metric.Accuracy
    assert set(mx.registry.get_registry(mx.init.Initializer)) >= set("""bilinear constant fusedrnn
        lstmbias msraprelu normal one ones orthogonal uniform xavier zero zeros""".split())
    mine = mx.registry.get_register_func(mx.metric.EvalMetric, "metric")(
        type("MineOfATest", (mx.metric.EvalMetric,), {}))
    assert isinstance(mx.metric.create("mineofatest", name="x"), mine)


# mx.libinfo, mx.error -------------------------------------------------------------------------

def test_where_the_library_is():
    (path,) = mx.libinfo.find_lib_path()
    assert os.path.isfile(path) and "cpu_baseline" in os.path.basename(path)
    assert mx.libinfo.find_lib_path("libmxnet") == [path]
    assert mx.libinfo.__version__ == "1.9.1"
    with pytest.raises(NotImplementedError, match="no C library of MXNet's here, and no headers"):
        mx.libinfo.find_include_path()


def test_classes_of_errors():
    assert mx.error.MXNetError is mx.MXNetError
    assert issubclass(mx.error.InternalError, mx.MXNetError)
    assert mx.error.register is mx.error.register_error
    assert mx.error.register(OSError) is OSError
    assert mx.error.register("Name")(OSError) is OSError
    assert mx.error.register("Name", OSError) is OSError


# Others ---------------------------------------------------------------------------------------

@pytest.mark.parametrize(("data", "expected"), [
    (ONES, {"data": (2, 2)}), (np.ones((2, 2), "int32"), {"data": (2, 2)}),
    ([ONES], {"data": (2, 2)}), ([ONES, ONES], {"_0_data": (2, 2), "_1_data": (2, 2)}),
    ({"b": ONES, "a": np.ones(3)}, {"a": (3,), "b": (2, 2)}),
])
def test_arrays_of_iterators(data, expected):
    pairs = _init_data(data, False, "data")
    assert {name: array.shape for name, array in pairs} == expected
    assert all(array.dtype == np.float32 for _, array in pairs)


def test_no_arrays_of_iterators():
    assert _init_data(None, True, "data") == [] == _init_data([], True, "data")
    for nothing in (None, []):
        with pytest.raises(ValueError, match="_init_data: data must have at least one array"):
            _init_data(nothing, False, "data")
    with pytest.raises(TypeError, match=r"_init_data: data must be an NDArray, .*of type str"):
        _init_data("text", True, "data")


def test_rows_of_iterators():
    pairs = [("a", mx.nd.array([[0, 1], [2, 3], [4, 5]])), ("b", mx.nd.arange(3))]
    taken = dict(_getdata_by_idx(pairs, np.array([2, 0])))
    assert taken["a"].asnumpy().tolist() == [[4, 5], [0, 1]]
    assert taken["b"].asnumpy().tolist() == [2, 0]
    assert _has_instance(pairs, mx.nd.NDArray) and not _has_instance(pairs, np.ndarray)


def test_an_old_decoder_says_what_to_use():
    with pytest.raises(NotImplementedError, match=r"nd.imdecode: .* mx.image.imdecode\(buf\)"):
        mx.nd.imdecode(b"\xff\xd8")


@pytest.mark.parametrize(("path", "package", "names"), [
    ("numpy.multiarray", "numpy", "ndarray array zeros concatenate sin"),
    ("symbol.symbol", "symbol", "Symbol var Variable Group load load_json zeros pow"),
    ("io.io", "io.utils", "_init_data"), ("ndarray.ndarray", "ndarray", "imdecode"),
])
def test_names_under_paths(path, package, names):
    module, package = (importlib.import_module(f"mxlite.{each}") for each in (path, package))
    for name in names.split():
        assert getattr(module, name) is getattr(package, name), name
    assert mx.np_symbol is mx.sym.np and mx.np.multiarray.ndarray is mx.np.ndarray
