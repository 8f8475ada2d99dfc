"""Names that modules of MXNet have because they import them for themselves. Programs import some of
them from there: GluonTS `from mxnet.metric import ndarray`."""

from __future__ import annotations

import importlib
from contextlib import suppress
from types import ModuleType
from typing import Any

# Of Python's and NumPy's: by themselves; their names in MXNet; names in them
_MODULES = frozenset("""array atexit bisect bz2 collections contextlib copy ctypes errno functools
    gzip hashlib inspect json logging math multiprocessing numbers numpy os pickle platform re
    shutil signal struct sys tarfile threading time traceback uuid warnings weakref
    zipfile""".split())
_RENAMED = {"np": "numpy", "onp": "numpy", "nd": "mxlite.ndarray", "sym": "mxlite.symbol",
            "mx": "mxlite", "opt": "mxlite.optimizer", "ctx": "mxlite.context",
            "init": "mxlite.initializer", "kvs": "mxlite.kvstore", "ag": "mxlite.autograd"}
_OTHERS = {name: place for place, names in {
    "collections": "OrderedDict namedtuple defaultdict", "contextlib": "contextmanager",
    "ctypes": "CFUNCTYPE POINTER Structure c_bool c_char c_char_p c_int c_void_p pointer",
    "functools": "reduce", "math": "cos floor pi", "multiprocessing": "current_process",
    "multiprocessing.pool": "ThreadPool", "numbers": "Number", "threading": "Lock",
}.items() for name in names.split()}

# Of MXNet's, where they are found
_PLACES = {name: place for place, names in {
    "": "base context contrib image libinfo ndarray recordio registry symbol",
    "attribute": "AttrScope", "name": "NameManager", "runtime": "Features", "executor": "Executor",
    "base": """NDArrayHandle SymbolHandle ExecutorHandle KVStoreHandle OpHandle ProfileHandle
        RecordIOHandle DataIterHandle DLPackHandle CudaKernelHandle CudaModuleHandle MXCallbackList
        NotImplementedForSymbol c_array c_array_buf c_handle_array c_str c_str_array check_call
        classproperty ctypes2buffer ctypes2numpy_shared integer_types mx_float mx_int mx_int64
        mx_real_t mx_uint numeric_types py_str string_types with_metaclass""",
    "util": """get_cuda_compute_capability is_np_array is_np_shape np_array np_shape set_module
        set_np wrap_np_binary_func wrap_np_unary_func""",
    "context": "Context cpu current_context gpu", "io": "DataBatch DataDesc DataIter",
    "executor_manager": "DataParallelExecutorManager", "initializer": "Uniform",
    "ndarray": "CachedOp NDArray from_numpy maximum multiply zeros",
    "ndarray.sparse": "CSRNDArray", "symbol": "Symbol load_json",
    "metric": "CompositeEvalMetric EvalMetric", "module": "BaseModule BucketingModule Module",
    "gluon": "Block HybridBlock ParameterDict", "gluon.parameter": "tensor_types",
    "gluon.nn": "BatchNorm HybridSequential LeakyReLU Sequential",
    "gluon.rnn": "BidirectionalCell HybridRecurrentCell SequentialRNNCell",
    "gluon.utils": "check_sha1 replace_file split_and_load",
    "gluon.contrib.estimator": "BatchBegin BatchEnd EpochBegin EpochEnd TrainBegin TrainEnd",
}.items() for name in names.split()}

# In these every name is an operator's or of MXNet's interface
_NAMESPACES = ("mxlite", "mxlite.ndarray", "mxlite.symbol", "mxlite.numpy",
               "mxlite.numpy_extension")
_FILES = ("mxlite.ndarray.ndarray", "mxlite.ndarray.utils", "mxlite.ndarray.sparse",
          "mxlite.symbol.symbol", "mxlite.numpy.multiarray")


def borrowed(module: ModuleType, name: str) -> Any:
    """What MXNet's module of this name has imported so; raises AttributeError."""
    place = ".".join(filter(None, ["mxlite", _PLACES.get(name, "")]))
    if not _borrows(module.__name__) or (name in _PLACES and place == module.__name__):
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
    if name in _RENAMED or name in _MODULES:
        return importlib.import_module(_RENAMED.get(name, name))
    if name in _OTHERS:
        return getattr(importlib.import_module(_OTHERS[name]), name)
    if name in _PLACES:
        return getattr(importlib.import_module(place), name)
    raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")


def _borrows(module: str) -> bool:
    return module in _FILES or not any(
        module == space or (space != "mxlite" and module.startswith(space + "."))
        for space in _NAMESPACES)


def lend(module: ModuleType) -> None:
    """Let a module have these names, too."""
    own = vars(module).get("__getattr__")
    if hasattr(own, "lends") or not _borrows(module.__name__):
        return

    def __getattr__(name: str) -> Any:
        if own is not None:
            with suppress(AttributeError):
                return own(name)
        try:
            return borrowed(module, name)
        except AttributeError:
            if own is None:
                raise
        return own(name)                    # which says it better

    vars(__getattr__)["lends"] = True
    vars(module)["__getattr__"] = __getattr__
