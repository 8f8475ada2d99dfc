"""The operators. Importing this fills `schema.REGISTRY` and loads the CPU kernels."""

from ..device import core as _core
from . import (  # noqa: F401
    add_n,
    assign,
    binary,
    cast,
    clip,
    cumsum,
    hard_sigmoid,
    image,
    indexing,
    indexing_nd,
    indexing_numbers,
    init,
    matrix,
    optimizer_multi,
    optimizer_multi_adam,
    optimizer_ops,
    optimizer_steps,
    random,
    random_sample,
    reduce,
    sequence,
    shape,
    shape_broadcast,
    shape_join,
    shape_order,
    shape_pad,
    shape_slice,
    smooth_l1,
    sorting,
    transfer,
    unary,
    where,
    whole_arrays,
)
from .nn import (  # noqa: F401
    activation,
    batch_norm,
    convolution,
    dropout,
    fully_connected,
    layer_norm,
    leaky_relu,
    pooling,
    regression_output,
    softmax,
    softmax_output,
)

CPU = _core.load_cpu_kernels()
"""The instruction set that the CPU kernels were loaded for: baseline, avx2 or avx512."""
