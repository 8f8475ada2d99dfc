"""`mx.nd.sparse`: sparse arrays, the functions that make them, and operators that know them."""

from typing import Any

from ...device.context import current_context as current_context
from ...ops.schema import REGISTRY
from ...wording import suggestion
from .. import arithmetic
from ..function import OpFunction
from ..ndarray import NDArray
from . import elementwise as _elementwise  # noqa: F401  the rules
from . import products as _products  # noqa: F401
from . import rows as _rows  # noqa: F401
from . import updates as _updates  # noqa: F401
from .arrays import BaseSparseNDArray as BaseSparseNDArray
from .arrays import CSRNDArray as CSRNDArray
from .arrays import NotSupportedForSparseNDArray as NotSupportedForSparseNDArray
from .arrays import RowSparseNDArray as RowSparseNDArray
from .creation import array as array
from .creation import csr_matrix as csr_matrix
from .creation import empty as empty
from .creation import row_sparse_array as row_sparse_array
from .creation import zeros as zeros

NAMES = """ElementWiseSum Embedding FullyConnected LinearRegressionOutput
    LogisticRegressionOutput MAERegressionOutput _contrib_round_ste _contrib_sign_ste abs
    adagrad_update adam_update add_n arccos arccosh arcsin arcsinh arctan arctanh broadcast_add
    broadcast_div broadcast_minus broadcast_mul broadcast_plus broadcast_sub cast_storage cbrt
    ceil clip concat cos cosh degrees dot elemwise_add elemwise_div elemwise_mul elemwise_sub
    exp expm1 fix floor ftrl_update gamma gammaln gs_retain log log10 log1p log2 make_loss mean
    negative norm radians relu retain rint round rsqrt sgd_mom_update sgd_update sigmoid sign
    sin sinh slice sqrt square stop_gradient sum tan tanh trunc where zeros_like""".split()
_OTHERS = {"retain": "_sparse_retain", "gs_retain": "_sparse_retain", "stop_gradient": "BlockGrad",
           "adagrad_update": "_sparse_adagrad_update"}


def _apply(function: str, operator: str, lhs: Any, rhs: Any) -> Any:
    if isinstance(lhs, NDArray) and isinstance(rhs, NDArray) and lhs.shape == rhs.shape:
        return OpFunction(REGISTRY[operator], operator)(lhs, rhs)
    return getattr(arithmetic, function)(lhs, rhs)


def add(lhs: Any, rhs: Any) -> Any:
    """lhs + rhs; arrays of one shape and storage type keep it."""
    return _apply("add", "elemwise_add", lhs, rhs)


def subtract(lhs: Any, rhs: Any) -> Any:
    """lhs - rhs; arrays of one shape and storage type keep it."""
    return _apply("subtract", "elemwise_sub", lhs, rhs)


def multiply(lhs: Any, rhs: Any) -> Any:
    """lhs * rhs; what one of the arrays does not store stays zero."""
    return _apply("multiply", "elemwise_mul", lhs, rhs)


def divide(lhs: Any, rhs: Any) -> Any:
    """lhs / rhs."""
    return _apply("divide", "elemwise_div", lhs, rhs)


def full_name(name: str) -> str:
    """What the table of operators calls an operator of NAMES."""
    return _OTHERS.get(name, name)


def __getattr__(name: str) -> Any:
    if name not in NAMES:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}"
                             + suggestion(name, NAMES))
    function = globals()[name] = OpFunction(REGISTRY[full_name(name)], name, __name__)
    return function


def __dir__() -> list[str]:
    return sorted({*globals(), *NAMES})
