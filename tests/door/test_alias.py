"""`import mxnet` gets mxlite: each case is a program of its own, run by a Python of its own."""

import subprocess
import sys

import pytest

from mxlite.check import check_file


def run(tmp_path, text, *options):
    script = tmp_path / "program.py"
    script.write_text(text)
    return subprocess.run([sys.executable, "-m", "mxlite.run", *options, str(script), "a", "--b"],
                          capture_output=True, text=True, check=False)


def output(tmp_path, text, *options):
    result = run(tmp_path, text, *options)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize("text, expected", [
    ("import mxnet as mx\nprint(mx.__version__, mx.nd.ones((2,)).sum().asscalar())", "1.9.1 2.0"),
    ("import sys\nprint(*sys.argv[1:], __name__)", "a --b __main__"),
    ("from mxnet import nd, gluon\nfrom mxnet.gluon import nn\nimport mxlite\n"
     "print(nd is mxlite.nd, nn is mxlite.gluon.nn, gluon.nn.Dense is nn.Dense)", "True True True"),
    ("import mxnet.ndarray as F\nimport mxnet.symbol\nprint(F.zeros((1,)).shape, "
     "mxnet.symbol.var('x').name)", "(1,) x"),
    ("from mxnet import *\nprint(nd.ones((1,)).shape, cpu(1))", "(1,) cpu(1)"),
    ("from mxnet.autograd import *\nfrom mxnet.initializer import *\n"
     "print(NDArray.__name__, record.__name__, Xavier.__name__)", "NDArray record Xavier"),
    ("import pickle, mxnet as mx\nfrom mxnet.metric import Accuracy\n"
     "text = pickle.dumps(Accuracy()).replace(b'mxlite.metric', b'mxnet.metric')\n"
     "print(type(pickle.loads(text)) is Accuracy)", None),
    ("import mxnet as mx\nfrom mxnet.test_utils import *\nimport mxnet\n"
     "print(mx is mxnet, mx.__version__, same(mx.nd.ones(1), mx.nd.ones(1)))", "True 1.9.1 True"),
    ("import mxnet.ndarray, mxlite.ndarray\nprint(mxlite.ndarray.__spec__.name)",
     "mxlite.ndarray"),
])
def test_programs(tmp_path, text, expected):
    if expected is not None:
        assert output(tmp_path, text) == expected.split()


def test_pickles_that_name_classes_of_mxnet(tmp_path):
    text = ("import pickle, mxnet.lr_scheduler\n"
            "text = b'cmxnet.lr_scheduler\\nFactorScheduler\\n.'\n"
            "print(pickle.loads(text) is mxnet.lr_scheduler.FactorScheduler)")
    assert output(tmp_path, text) == ["True"]


def test_removed_names_of_numpy_only_when_asked(tmp_path):
    text = "import numpy as np\nprint(hasattr(np, 'int'), hasattr(np, 'sometrue'))"
    assert output(tmp_path, text) == ["False", str(hasattr(__import__("numpy"), "sometrue"))]
    assert output(tmp_path, text, "--numpy-compat") == ["True", "True"]


LOADER = """
import mxnet as mx
import numpy as np
class Numbers(mx.gluon.data.Dataset):
    def __len__(self): return 2
    def __getitem__(self, i): return np.full((1,), i, {dtype})
if __name__ == "__main__":
    loader = mx.gluon.data.DataLoader(Numbers(), 2, num_workers=1, thread_pool=False)
    print(*[batch.asnumpy().ravel().tolist() for batch in loader], __name__)
"""


@pytest.mark.parametrize("dtype, options", [("'float32'", ()), ("np.float_", ("--numpy-compat",))])
def test_processes_that_a_program_spawns(tmp_path, dtype, options):
    assert output(tmp_path, LOADER.format(dtype=dtype), *options) == ["[0.0,", "1.0]", "__main__"]


def test_worker_processes_of_a_script_that_installs_the_alias_late(tmp_path):
    (tmp_path / "numbers_module.py").write_text(LOADER.format(dtype="'float32'"))
    (tmp_path / "program.py").write_text("""
if __name__ == "__main__":
    import mxlite
    mxlite.install_as_mxnet()
    from mxnet.gluon.data import DataLoader
    from numbers_module import Numbers
    loader = DataLoader(Numbers(), 2, num_workers=1, thread_pool=False)
    print(*[batch.asnumpy().ravel().tolist() for batch in loader])
""")
    result = subprocess.run([sys.executable, str(tmp_path / "program.py")], capture_output=True,
                            text=True, check=False)
    assert result.stdout == "[0.0, 1.0]\n", result.stderr


def test_a_module_that_there_is_not(tmp_path):
    result = run(tmp_path, "import mxnet.no_such_module")
    assert "ModuleNotFoundError: mxlite has no module 'mxnet.no_such_module'" in result.stderr


def test_a_real_mxnet_that_came_first(tmp_path):
    text = ("import sys, types\nsys.modules['mxnet'] = types.ModuleType("
            "'mxnet')\nimport mxlite\nmxlite.install_as_mxnet()")
    assert "another mxnet has been imported already" in run(tmp_path, text).stderr


def test_no_such_script(tmp_path):
    result = subprocess.run([sys.executable, "-m", "mxlite.run", str(tmp_path / "none.py")],
                            capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "there is no file" in result.stderr


def test_modules_run_too(tmp_path):
    (tmp_path / "user_module.py").write_text("import mxnet\nprint(mxnet.__version__, __name__)")
    result = subprocess.run([sys.executable, "-m", "mxlite.run", "-m", "user_module"], cwd=tmp_path,
                            capture_output=True, text=True, check=False)
    assert result.stdout.split() == ["1.9.1", "__main__"], result.stderr


SPAWNING = """
import multiprocessing
import mxnet as mx
from .numbers import ONE
def work(x):
    print("child", mx.nd.ones((2,)).sum().asscalar() + x, __name__, flush=True)
if __name__ == "__main__":
    import sys
    for how in ("spawn", "forkserver"):
        process = multiprocessing.get_context(how).Process(target=work, args=(ONE,))
        process.start()
        process.join()
        print(how, process.exitcode, sys.argv[1:], __package__)
"""


@pytest.mark.parametrize("name", ["user_package.program", "user_package"])
def test_processes_that_a_module_spawns(tmp_path, name):
    package = tmp_path / "user_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "numbers.py").write_text("ONE = 1")
    for module in ("program", "__main__"):
        (package / f"{module}.py").write_text(SPAWNING)
    result = subprocess.run([sys.executable, "-W", "error", "-m", "mxlite.run", "-m", name, "a"],
                            cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [line for how in ("spawn", "forkserver") for line in (
        "child 3.0 __mp_main__", f"{how} 0 ['a'] user_package")]


@pytest.mark.parametrize("name", ["no_such_module", "no_such.module", "json.tool.nothing"])
def test_no_such_module(tmp_path, name):
    result = subprocess.run([sys.executable, "-m", "mxlite.run", "-m", name], cwd=tmp_path,
                            capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert f"mxlite.run: there is no module '{name}' that can be run" in result.stderr


IMPORTED = """
from mxnet.gluon.loss import _apply_weighting, _reshape_like
from mxnet.log import get_logger, INFO
from mxnet.registry import get_register_func, get_alias_func, get_create_func, get_registry
from mxnet.libinfo import find_lib_path, __version__
from mxnet.error import InternalError, register_error
from mxnet.io.utils import _init_data, _has_instance, _getdata_by_idx
from mxnet.io.io import _init_data
from mxnet.numpy.multiarray import ndarray, array
from mxnet import np_symbol, log, registry, libinfo, error
from mxnet.symbol.symbol import Symbol, var, Group, load
from mxnet.ndarray import imdecode
from mxnet.module.base_module import _check_input_names, _parse_data_desc, _as_list
from mxnet.module.executor_group import _load_data, _load_label, _merge_multi_context
from mxnet.gluon.rnn.rnn_cell import _format_sequence, _get_begin_state
from mxnet.gluon.rnn.rnn_layer import _RNNLayer
from mxnet.gluon.data.dataset import _DownloadedDataset, _LazyTransformDataset
from mxnet.gluon.data.dataloader import _MultiWorkerIter
from mxnet.gluon.block import _flatten, _regroup
from mxnet.gluon.nn.basic_layers import _BatchNorm
from mxnet.gluon.model_zoo.vision.resnet import _conv3x3
from mxnet.gluon.parameter import tensor_types
from mxnet.gluon.utils import _indent, _brief_print_list
from mxnet.image.image import _get_interp_method
from mxnet.base import classproperty, _Null, NDArrayHandle, with_metaclass
from mxnet.metric import ndarray, math, OrderedDict
from mxnet.gluon.block import copy, json, Symbol, NDArray, is_np_array
from mxnet.gluon.data.dataloader import ForkingPickler, multiprocessing, ThreadPool
from mxnet.model import os, Uniform, Context, kvs
from mxnet.ndarray.ndarray import c_str, numeric_types, ctypes
from mxnet.optimizer.optimizer import logging, py_str, numpy
from mxnet.module.module import BaseModule, ctx
"""


def test_names_that_libraries_import(tmp_path):
    assert output(tmp_path, IMPORTED + "print(__version__, array([1]).shape)") == ["1.9.1", "(1,)"]


NAMES = """
import sys
assert "mxnet" not in sys.modules           # before it is imported
import multiprocessing, mxnet as mx
from unittest.mock import patch
from mxnet import metric, nd, sym
import mxlite
assert multiprocessing.pool                 # MXNet has imported it
assert metric.ndarray is mxlite.ndarray and metric.math.pi > 3 and mx.gluon.tensor_types
for module, name in [(mx, "os"), (nd, "json"), (sym, "copy"), (metric, "pickled"),
                     (mx.gluon.data.dataloader, "nothing"), (mx.context, "gpus")]:
    try:
        getattr(module, name)
    except AttributeError as error:
        print(type(error).__name__, str(error).split("attribute")[1].split()[0].strip(";"))
old = mx.sym
with patch.object(mx, "sym", wraps=mx.sym) as mocked:
    mx.sym.var("a")
    assert mxlite.sym is mocked
with patch("mxnet.viz") as mocked:
    assert mx.viz is mocked and mxlite.viz is mocked
assert mx.sym is mxlite.sym is old and mx.viz is mxlite.visualization
"""


def test_names_that_modules_import_for_themselves(tmp_path):
    names = ["os", "json", "copy", "pickled", "nothing", "gpus"]
    assert output(tmp_path, NAMES) == [word for name in names
                                       for word in ("AttributeError", f"'{name}'")]


def test_they_are_known_to_the_check(tmp_path):
    path = tmp_path / "library.py"
    path.write_text(IMPORTED)
    assert list(check_file(path)) == []


def test_parts_of_the_c_library_are_refused(tmp_path):
    """Where they are used: some programs only import them."""
    result = run(tmp_path, "from mxnet.base import _LIB, check_call\nprint(1)\ncheck_call(0)")
    assert result.stdout.split() == ["1"]
    assert "mxlite has no check_call, as it has no C library of MXNet's" in result.stderr
