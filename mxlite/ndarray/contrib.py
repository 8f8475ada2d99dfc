"""`mx.nd.contrib`: the operators whose full names begin with `_contrib_`."""

from types import FunctionType
from typing import Any

from ..device.context import current_context as current_context
from ..ops.schema import REGISTRY
from .control_flow import cond as cond
from .control_flow import foreach as foreach
from .control_flow import while_loop as while_loop
from .function import OpFunction
from .pieces import boolean_mask as boolean_mask
from .random import rand_zipfian as rand_zipfian
from .random import uniform as uniform
from .sparse.neighbors import (
    dgl_csr_neighbor_non_uniform_sample as dgl_csr_neighbor_non_uniform_sample,
)
from .sparse.neighbors import dgl_csr_neighbor_uniform_sample as dgl_csr_neighbor_uniform_sample
from .sparse.neighbors import dgl_graph_compact as dgl_graph_compact
from .sparse.neighbors import dgl_subgraph as dgl_subgraph
from .updates import adamw_update as adamw_update
from .updates import mp_adamw_update as mp_adamw_update
from .updates import multi_adamw_update as multi_adamw_update
from .updates import multi_lamb_update as multi_lamb_update
from .updates import multi_mp_adamw_update as multi_mp_adamw_update
from .updates import multi_mp_lamb_update as multi_mp_lamb_update

_PREFIX = "_contrib_"


def __getattr__(name: str) -> Any:
    if _PREFIX + name not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}")
    function = globals()[name] = OpFunction(REGISTRY[_PREFIX + name], name, __name__)
    return function


def __dir__() -> list[str]:
    functions = {name for name, value in globals().items()
                 if isinstance(value, FunctionType) and not name.startswith("_")}
    return sorted(functions | {
        name.removeprefix(_PREFIX) for name in REGISTRY if name.startswith(_PREFIX)})
