"""Optimizers' updates with a row_sparse gradient: only the rows that it has are updated."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetValueError
from ...device.memory import spec
from ...ops.schema import REGISTRY
from ..array import will_write_to
from ..ndarray import NDArray
from ..run import invoke_list
from .arrays import BaseSparseNDArray
from .dispatch import DENSE, Call, rule, run
from .kernels import run_kernel
from .making import from_parts


@rule("sgd_update", "sgd_mom_update", "adam_update", "ftrl_update")
def lazy_update(call: Call) -> Any:
    weight, grad, *states = call.arrays
    if grad.stype != "row_sparse":
        return None
    if call.op.name == "ftrl_update" and weight.stype == "default":     # of all rows, as in MXNet
        return None
    if not getattr(call.op, "lazy_update", True):
        return DENSE
    call.op.infer_shape(*[array.shape for array in call.arrays])
    weight = _target(call)
    rows, indices = grad._parts
    memory = [_memory(weight), rows, *[_memory(state) for state in states]]
    if weight.ctx.device_type == "gpu":
        _update_rows(call, grad, [array for array in memory if array is not rows])
        return weight
    memory.append(memory[0])
    size = int(np.prod(weight.shape[1:]))
    row = spec((size,), weight._dtype_name, weight.ctx)
    prepared = call.op.prepared([row] * len(call.arrays))
    fn, desc = prepared.addresses
    for array in memory:
        if array is not rows:
            will_write_to(array)
    values = np.array(call.values, np.float64)
    run_kernel(call.op.name, "rows_apart", "bytes", {
        "fn": fn, "inner": desc, "num_arrays": len(memory), "num_chosen": len(indices),
        "num_rows": weight.shape[0], "row_size": size, "row_bytes": [row.nbytes] * len(memory),
        "is_packed": [array is rows for array in memory]}, [indices, *memory],
        values.ctypes.data)
    return weight


@rule("_sparse_adagrad_update", "_contrib_group_adagrad_update")
def gathered_update(call: Call) -> Any:
    weight, grad, history = call.arrays
    op = call.op
    if op.name == "_sparse_adagrad_update" and call.values[2] != 0:
        raise MXNetValueError(f"{op.name}: wd must be 0; got {call.values[2]}")
    if grad.stype != "row_sparse":
        return DENSE
    op.infer_shape(weight.shape, grad.shape, history.shape)
    weight = _target(call)
    _update_rows(call, grad, [_memory(weight), _memory(history)])
    return weight


def _update_rows(call: Call, grad: Any, memory: list[NDArray]) -> None:
    """Update the rows that a row_sparse gradient has, of a weight and its states, by copies."""
    rows, indices = grad._parts
    if not len(indices):
        return
    chosen = [run("take", array, indices, axis=0) for array in memory]
    chosen[0] = call.run(chosen[0], rows, *chosen[1:])
    places = indices.reshape((1, -1))
    for array, part in zip(memory, chosen, strict=True):
        put = REGISTRY["_scatter_set_nd"].make({"shape": array.shape})
        invoke_list(put, [array, part, places], [], array)


def _target(call: Call) -> NDArray:
    """The array that is updated: the weight, or a copy where the result is asked for apart."""
    weight = call.arrays[0]
    return weight if call.out is weight else weight.copy()


def _memory(array: NDArray) -> NDArray:
    """The dense array with the rows of a weight or a state, all of which it is given if it is
    row_sparse."""
    if not isinstance(array, BaseSparseNDArray):
        return array
    if array.stype != "row_sparse":
        raise MXNetValueError(f"a weight and its states must be dense or row_sparse; got "
                              f"{array.stype!r}")
    if len(array._parts[1]) != array.shape[0]:
        full = from_parts("row_sparse", array.shape,
                          (array.asnumpy(), np.arange(array.shape[0], dtype=np.int64)), array.ctx,
                          array._dtype_name)
        array._chunk.parts = full._parts
    return array._parts[0]


