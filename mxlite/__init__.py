"""mxlite: Apache MXNet 1.x made anew. `import mxlite as mx` and go on.

Names are resolved when they are first used, so that a part of the package (`mxlite.recordio`, say)
can be imported without the rest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_MODULES = {
    "nd": ".ndarray", "ndarray": ".ndarray", "autograd": ".autograd", "sym": ".symbol",
    "symbol": ".symbol", "executor": ".executor", "executor_manager": ".executor_manager",
    "gluon": ".gluon", "optimizer": ".optimizer", "opt": ".optimizer", "init": ".initializer",
    "initializer": ".initializer", "metric": ".metric", "lr_scheduler": ".lr_scheduler",
    "random": ".random", "rnd": ".random", "base": ".base", "name": ".name",
    "attribute": ".attribute", "context": ".context", "engine": ".engine", "device": ".device",
    "ops": ".ops", "recordio": ".recordio", "io": ".io", "image": ".image", "img": ".image",
    "contrib": ".contrib", "util": ".util", "runtime": ".runtime", "test_utils": ".test_utils",
    "mod": ".module", "module": ".module", "model": ".model", "callback": ".callback",
    "monitor": ".monitor", "mon": ".monitor", "operator": ".operator", "library": ".library",
    "rnn": ".rnn", "rtc": ".rtc", "kv": ".kvstore", "kvstore": ".kvstore", "profiler": ".profiler",
    "np": ".numpy", "numpy": ".numpy", "npx": ".numpy_extension",
    "numpy_extension": ".numpy_extension", "visualization": ".visualization",
    "viz": ".visualization", "vision": ".gluon.data.vision", "log": ".log",
    "registry": ".registry", "libinfo": ".libinfo", "error": ".error",
    "np_symbol": ".symbol.numpy", "onnx": ".onnx",
}
_NAMES = {
    "Context": ".context", "cpu": ".context", "gpu": ".context", "cpu_pinned": ".context",
    "current_context": ".context", "num_gpus": ".context", "gpu_memory_info": ".context",
    "MXNetError": ".base", "AttrScope": ".attribute", "Symbol": ".symbol",
    "install_as_mxnet": ".door",
    **dict.fromkeys(["is_np_array", "is_np_shape", "np_array", "np_shape", "set_np_shape",
                     "use_np", "use_np_array", "use_np_shape"], ".util"),
}

if TYPE_CHECKING:
    from . import (
        attribute,
        autograd,
        base,
        callback,
        context,
        contrib,
        engine,
        error,
        executor,
        executor_manager,
        gluon,
        image,
        initializer,
        io,
        kvstore,
        libinfo,
        library,
        log,
        lr_scheduler,
        metric,
        model,
        module,
        monitor,
        name,
        ndarray,
        numpy,
        numpy_extension,
        onnx,
        operator,
        optimizer,
        profiler,
        random,
        recordio,
        registry,
        rnn,
        rtc,
        runtime,
        symbol,
        test_utils,
        util,
        visualization,
    )
    from . import image as img
    from . import initializer as init
    from . import kvstore as kv
    from . import module as mod
    from . import monitor as mon
    from . import ndarray as nd
    from . import numpy as np
    from . import numpy_extension as npx
    from . import optimizer as opt
    from . import random as rnd
    from . import symbol as sym
    from . import visualization as viz
    from .attribute import AttrScope
    from .base import MXNetError
    from .context import (
        Context,
        cpu,
        cpu_pinned,
        current_context,
        gpu,
        gpu_memory_info,
        num_gpus,
    )
    from .door import install_as_mxnet
    from .gluon.data import vision
    from .symbol import Symbol
    from .symbol import numpy as np_symbol
    from .util import (
        is_np_array,
        is_np_shape,
        np_array,
        np_shape,
        set_np_shape,
        use_np,
        use_np_array,
        use_np_shape,
    )

    __all__ = [
        "AttrScope", "Context", "MXNetError", "Symbol", "attribute", "autograd", "base", "callback",
        "context", "contrib", "cpu", "cpu_pinned", "current_context", "engine", "error", "executor",
        "executor_manager", "gluon", "gpu", "gpu_memory_info", "image", "img", "init",
        "initializer", "install_as_mxnet", "io", "is_np_array", "is_np_shape", "kv", "kvstore",
        "libinfo", "library", "log", "lr_scheduler", "metric", "mod", "model", "module", "mon",
        "monitor", "name", "nd", "ndarray", "np", "np_array", "np_shape", "np_symbol", "npx",
        "num_gpus", "numpy", "numpy_extension", "onnx", "operator", "opt", "optimizer",
        "profiler", "random", "recordio", "registry", "rnd", "rnn", "rtc", "runtime",
        "set_np_shape", "sym", "symbol", "test_utils", "use_np", "use_np_array", "use_np_shape",
        "util", "vision", "visualization", "viz",
    ]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = importlib.import_module(_MODULES[name], __name__)
    elif name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name], __name__), name)
    else:
        from .wording import suggestion

        near = suggestion(name, [*_MODULES, *_NAMES])
        raise AttributeError(f"module 'mxlite' has no attribute {name!r}{near}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_NAMES})
