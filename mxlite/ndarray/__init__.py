"""`mx.nd`: arrays, the functions that make them, and every operator as a function."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any

from .. import ops as _ops  # noqa: F401  fills the table of operators
from ..base import MXNetNotImplementedError as _MXNetNotImplementedError
from ..ops.schema import REGISTRY as _REGISTRY
from ..wording import suggestion as _suggestion
from . import _internal as _internal
from . import array as _array
from . import contrib as contrib
from . import custom as _custom
from . import fluent as _fluent
from . import image as image
from . import indexing as _indexing
from . import integer_numbers as _integer_numbers
from . import linalg as linalg
from . import op as op
from . import operators as _operators
from . import pickled as _pickled
from . import random as random
from . import setting as _setting
from . import sparse as sparse
from . import utils as utils
from .arithmetic import add as add
from .arithmetic import divide as divide
from .arithmetic import equal as equal
from .arithmetic import greater as greater
from .arithmetic import greater_equal as greater_equal
from .arithmetic import lesser as lesser
from .arithmetic import lesser_equal as lesser_equal
from .arithmetic import logical_and as logical_and
from .arithmetic import logical_or as logical_or
from .arithmetic import logical_xor as logical_xor
from .arithmetic import maximum as maximum
from .arithmetic import minimum as minimum
from .arithmetic import modulo as modulo
from .arithmetic import multiply as multiply
from .arithmetic import not_equal as not_equal
from .arithmetic import power as power
from .arithmetic import subtract as subtract
from .arithmetic import true_divide as true_divide
from .creation import arange as arange
from .creation import concatenate as concatenate
from .creation import eye as eye
from .creation import full as full
from .creation import linspace as linspace
from .creation import moveaxis as moveaxis
from .creation import onehot_encode as onehot_encode
from .creation import ones as ones
from .creation import waitall as waitall
from .function import OpFunction as _OpFunction
from .histogram import histogram as histogram
from .ndarray import _DTYPE_MX_TO_NP as _DTYPE_MX_TO_NP
from .ndarray import _DTYPE_NP_TO_MX as _DTYPE_NP_TO_MX
from .ndarray import _GRAD_REQ_MAP as _GRAD_REQ_MAP
from .ndarray import NDArray as NDArray
from .ndarray import from_dlpack as from_dlpack
from .ndarray import from_numpy as from_numpy
from .pieces import split_v2 as split_v2
from .utils import array as array
from .utils import empty as empty
from .utils import load as load
from .utils import load_frombuffer as load_frombuffer
from .utils import save as save
from .utils import zeros as zeros

if _TYPE_CHECKING:
    from .op import *  # noqa: F403

Custom = _custom.call_custom

_array.set_dense_kind(NDArray)
_operators.take_operators(NDArray)
_operators.bind_indexing(lambda source, ctx, dtype: array(source, ctx=ctx, dtype=dtype),
                         _indexing.getitem, _setting.setitem,
                         _integer_numbers.run_with_number)
_fluent.add_methods(NDArray)
_pickled.add_methods(NDArray)


from . import numpy as numpy  # noqa: E402  the class of its arrays is one of those above
from . import numpy_extension as numpy_extension  # noqa: E402

np, npx = numpy, numpy_extension


def to_dlpack_for_read(data: NDArray) -> Any:
    """A DLPack capsule over the array's memory, by agreement only read; autograd does not see what
    is written there."""
    return _array.need_array(data, "to_dlpack_for_read", "data").to_dlpack_for_read()


to_dlpack_for_write = to_dlpack_for_read


def imdecode(str_img: bytes, clip_rect: Any = (0, 0, 0, 0), out: Any = None, index: int = 0,
             channels: int = 3, mean: Any = None) -> NDArray:
    """Raises, as MXNet's own does for every image: it is older than mx.image.imdecode."""
    raise _MXNetNotImplementedError(
        "nd.imdecode: it gave up its place to mx.image.imdecode(buf), whose images are uint8 of "
        "shape (height, width, channels); mx.image.fixed_crop cuts them, color_normalize takes a "
        "mean off, and transpose((2, 0, 1)) puts the channels first")


def __getattr__(name: str) -> Any:
    if name in _REGISTRY:
        function = globals()[name] = _OpFunction(_REGISTRY[name], name)
        return function
    if name == "CachedOp":              # of graphs, which are loaded when they are used
        function = globals()[name] = _import_module("mxlite.symbol.cached_op").CachedOp
        return function
    near = _suggestion(name, [*globals(), *_REGISTRY])
    raise AttributeError(f"module 'mxlite.ndarray' has no attribute {name!r}{near}")


def __dir__() -> list[str]:
    return sorted({*globals(), *op.__dir__()})
