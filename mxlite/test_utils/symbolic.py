"""Checking Symbols: their outputs and gradients at a point, and their speed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..device.context import Context
from ..ndarray import NDArray
from ..wording import listing
from .compare import assert_almost_equal, values
from .defaults import default_context
from .sparse import create_sparse_array

_REQS = ["write", "add", "null"]


def by_name(caller: str, argument: str, names: Sequence[str], given: Any) -> dict[str, Any]:
    """`given`, a dict with these names as keys or a sequence in their order, as a dict in it."""
    if isinstance(given, Mapping):
        if set(given) != set(names):
            raise MXNetValueError(f"{caller}: {argument} must have the keys {list(names)}; "
                                  f"got {list(given)}")
        return {name: given[name] for name in names}
    if not isinstance(given, (list, tuple)):
        raise MXNetTypeError(f"{caller}: {argument} must be a list, in the order {list(names)}, "
                             f"or a dict; got {type(given).__name__}")
    if len(given) != len(names):
        raise MXNetValueError(f"{caller}: {argument} must have {len(names)} entries, one for each "
                              f"of {list(names)}; got {len(given)}")
    return dict(zip(names, given, strict=True))


def as_array(value: Any, ctx: Context, dtype: Any) -> Any:
    """An NDArray of these values; dtype "asnumpy": their own. NDArrays and None stay so."""
    if value is None or isinstance(value, NDArray):
        return value
    return nd.array(value, ctx=ctx, dtype=np.asarray(value).dtype if dtype == "asnumpy" else dtype)


def arrays_of(caller: str, sym: Any, location: Any, aux_states: Any, ctx: Context, dtype: Any
              ) -> tuple[dict[str, NDArray], dict[str, NDArray] | None]:
    """NDArrays for the arguments and the auxiliary states of a Symbol, by name."""
    args = by_name(caller, "location", sym.list_arguments(), location)
    if aux_states is not None:
        aux_states = by_name(caller, "aux_states", sym.list_auxiliary_states(), aux_states)
        aux_states = {name: as_array(values(value), ctx, dtype)
                      for name, value in aux_states.items()}
    return {name: as_array(value, ctx, dtype) for name, value in args.items()}, aux_states


def grad_reqs(caller: str, sym: Any, grad_req: Any) -> dict[str, str]:
    """What is done with each argument's gradient, by name: "null" for those a dict lacks."""
    names = sym.list_arguments()
    if isinstance(grad_req, str):
        grad_req = dict.fromkeys(names, grad_req)
    elif isinstance(grad_req, Mapping):
        grad_req = {name: grad_req.get(name, "null") for name in names}
    else:
        grad_req = by_name(caller, "grad_req", names, grad_req)
    for name, req in grad_req.items():
        if req not in _REQS:
            raise MXNetValueError(f"{caller}: grad_req of {name} must be {listing(_REQS)}; "
                                  f"got {req!r}")
    return grad_req


def assert_gradient(name: str, req: str, expected: Any, grad: Any, before: np.ndarray[Any, Any],
                    label: str, rtol: Any, atol: Any, equal_nan: bool = False) -> None:
    """Compare what `backward` left in `grad`, which held `before`, as `req` says."""
    if req == "null":
        expected = before
    elif req == "add":
        grad = values(grad) - before
    assert_almost_equal(expected, grad, rtol, atol, (f"{label}_{name}", f"BACKWARD_{name}"),
                        equal_nan)


def simple_forward(sym: Any, ctx: Context | None = None, is_train: bool = False,
                   **inputs: Any) -> Any:
    """The outputs of a Symbol for NumPy arrays given by name: a list of NumPy arrays, or the array
    itself where there is one."""
    ctx = ctx or default_context()
    executor = sym.bind(ctx, args={name: nd.array(value, ctx=ctx)
                                   for name, value in inputs.items()})
    outputs = [output.asnumpy() for output in executor.forward(is_train=is_train)]
    return outputs[0] if len(outputs) == 1 else outputs


def check_symbolic_forward(sym: Any, location: Any, expected: Any, rtol: Any = None,
                           atol: Any = None, aux_states: Any = None, ctx: Context | None = None,
                           equal_nan: bool = False, dtype: Any = np.float32) -> list[NDArray]:
    """Raise AssertionError unless the outputs of a Symbol are the expected ones; returns them.

    location, aux_states: values of all arguments and auxiliary states, expected: of all outputs;
    lists in the order of `list_arguments`, `list_auxiliary_states` and `list_outputs`, or dicts.
    dtype: that of the arrays that are made; "asnumpy" for that of each value.
    """
    caller, ctx = "check_symbolic_forward", ctx or default_context()
    args, states = arrays_of(caller, sym, location, aux_states, ctx, dtype)
    wanted = by_name(caller, "expected", sym.list_outputs(), expected)
    executor = sym.bind(ctx, args=args, aux_states=states, grad_req="null")
    executor.forward(is_train=False)
    for (name, value), output in zip(wanted.items(), executor.outputs, strict=True):
        assert_almost_equal(value, output, rtol, atol, (f"EXPECTED_{name}", f"FORWARD_{name}"),
                            equal_nan)
    return executor.outputs


def check_symbolic_backward(sym: Any, location: Any, out_grads: Any, expected: Any,
                            rtol: Any = None, atol: Any = None, aux_states: Any = None,
                            grad_req: Any = "write", ctx: Context | None = None,
                            grad_stypes: Mapping[str, str] | None = None, equal_nan: bool = False,
                            dtype: Any = np.float32) -> dict[str, NDArray]:
    """Raise AssertionError unless the gradients of a Symbol are the expected ones; returns them.

    location, aux_states, dtype: as `check_symbolic_forward`. out_grads: gradients of the outputs,
    a list or a dict, None for a loss. expected: those of the arguments, a list, or a dict of those
    to compare. grad_req: "write", "add" (to random values) or "null", for all, as a list or a
    dict. grad_stypes: storage of gradients, by argument.
    """
    caller, ctx = "check_symbolic_backward", ctx or default_context()
    args, states = arrays_of(caller, sym, location, aux_states, ctx, dtype)
    if isinstance(expected, (list, tuple)):
        expected = dict(zip(sym.list_arguments(), expected, strict=False))
    for name in expected:
        if name not in args:
            raise MXNetValueError(f"{caller}: expected must have names of {list(args)} as keys; "
                                  f"got {name!r}")
    reqs = grad_reqs(caller, sym, grad_req)
    before, grads = {}, {}
    for name in sorted(expected):
        before[name] = np.random.standard_normal(np.shape(expected[name]))
        grads[name] = as_array(before[name], ctx, args[name].dtype)
        before[name] = grads[name].asnumpy()
        stype = (grad_stypes or {}).get(name) or "default"
        if stype != "default":
            grads[name] = create_sparse_array(before[name].shape, stype, density=0.0)
            before[name] = np.zeros_like(before[name])
    executor = sym.bind(ctx, args=args, args_grad=grads, aux_states=states, grad_req=reqs)
    executor.forward(is_train=True)
    if out_grads is not None:
        if isinstance(out_grads, Mapping):
            out_grads = by_name(caller, "out_grads", sym.list_outputs(), out_grads).values()
        out_grads = [as_array(value, ctx, dtype) for value in out_grads]
    executor.backward(out_grads)
    for name, value in expected.items():
        assert_gradient(name, reqs[name], value, grads[name], before[name], "EXPECTED", rtol, atol,
                        equal_nan)
    return grads


def check_speed(sym: Any, location: Mapping[str, Any] | None = None, ctx: Context | None = None,
                N: int = 20, grad_req: Any = None, typ: str = "whole", **kwargs: Any) -> float:
    """Seconds that a run of a Symbol takes, the mean of N behind one that is not counted.

    location: name -> values of the arguments; None: random ones of the shapes in kwargs.
    typ: "whole", forward and backward, or "forward".
    """
    if typ not in ("whole", "forward"):
        raise MXNetValueError(f"check_speed: typ must be 'whole' or 'forward'; got {typ!r}")
    if location is not None:
        kwargs = {name: np.shape(value) for name, value in location.items()}
    executor = sym.simple_bind(ctx or default_context(), grad_req=grad_req or "write", **kwargs)
    for name, array in executor.arg_dict.items():
        if location is None:
            array[:] = np.random.standard_normal(array.shape)
        elif name in location:
            array[:] = location[name]

    def run() -> None:
        executor.forward(is_train=typ == "whole")
        if typ == "whole":
            executor.backward(executor.outputs)

    run()
    nd.waitall()
    start = time.perf_counter()
    for _ in range(N):
        run()
    nd.waitall()
    return (time.perf_counter() - start) / N


def same_symbol_structure(sym1: Any, sym2: Any) -> bool:
    """Whether two graphs have the same operators at the same places."""
    def operators(sym: Any) -> list[str]:
        return [node["op"] for node in json.loads(sym.tojson())["nodes"]]

    return operators(sym1) == operators(sym2)
