"""Whether a Symbol or a block computes the same in different ways: contexts, dtypes, compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import autograd
from .. import ndarray as nd
from ..base import MXNetValueError
from ..ndarray import NDArray
from .compare import assert_almost_equal, values
from .defaults import get_tols


def _narrower(*dtypes: Any) -> np.dtype[Any]:
    """The dtype of the fewest bytes, the first of those alike."""
    return min(map(np.dtype, dtypes), key=lambda dtype: dtype.itemsize)


def _check(what: str, arrays: Mapping[str, Any], truth: Mapping[str, Any], dtype: Any, rtol: Any,
           atol: Any, equal_nan: bool, raise_on_err: bool) -> None:
    """Compare arrays by name; dtype: the narrowest that the two runs compute in, whose tolerance
    counts for all of their arrays."""
    for name, array in arrays.items():
        true = truth.get(name)
        if array is None or true is None:
            continue
        narrow = np.zeros(0, _narrower(array.dtype, true.dtype, dtype))
        tolerances = get_tols(narrow, narrow, rtol, atol)
        try:
            assert_almost_equal(array, true, *tolerances, (name, f"{name} (expected)"), equal_nan)
        except AssertionError as error:
            if raise_on_err:
                raise AssertionError(f"{what}: {error}") from None
            print(f"{what}: {error}")


def _random_values(executor: Any, given: Mapping[str, Any], scale: float, use_uniform: bool,
                   rand_type: Any) -> dict[str, Any]:
    """Values of all arguments: those given, else random ones, in the order of the names."""
    drawn = {}
    for name, array in sorted(executor.arg_dict.items()):
        if name in given:
            drawn[name] = given[name]
        elif use_uniform:
            drawn[name] = np.random.uniform(-0.92 * scale, 0.92 * scale,
                                            array.shape).astype(rand_type)
        else:
            drawn[name] = np.random.normal(0, scale, array.shape).astype(rand_type)
    return drawn


def check_consistency(sym: Any, ctx_list: Sequence[Mapping[str, Any]], scale: float = 1.0,
                      grad_req: Any = "write", arg_params: Mapping[str, Any] | None = None,
                      aux_params: Mapping[str, Any] | None = None, rtol: Any = None,
                      atol: Any = None, raise_on_err: bool = True,
                      ground_truth: Mapping[str, Any] | None = None, equal_nan: bool = False,
                      use_uniform: bool = False, rand_type: Any = np.float64) -> dict[str, Any]:
    """Raise AssertionError unless a Symbol gives the same outputs and gradients for each entry of
    ctx_list; returns the values that were the truth, by name.

    sym: a Symbol, or one for each entry, with the same arguments and outputs.
    ctx_list: what `simple_bind` takes: {"ctx": mx.cpu(), "data": (2, 3), "type_dict": {"data":
        "float64"}}, for example. The first whose output has the widest dtype is the truth,
        unless ground_truth (name -> values of outputs and gradients) is given.
    scale, use_uniform, rand_type: how arguments are drawn that arg_params has not: normally
        distributed with this deviation, or uniform; rounded to rand_type.
    aux_params: values of auxiliary states (0). raise_on_err: False prints what differs.
    """
    syms = list(sym) if isinstance(sym, (list, tuple)) else [sym] * len(ctx_list)
    if len(ctx_list) < 2 or len(syms) != len(ctx_list):
        raise MXNetValueError(f"check_consistency: ctx_list must have at least 2 entries, as many "
                              f"as Symbols; got {len(ctx_list)} for {len(syms)}")
    for names in ("list_arguments", "list_outputs"):
        first = getattr(syms[0], names)()
        for other in syms[1:]:
            if getattr(other, names)() != first:
                raise MXNetValueError(f"check_consistency: {names}() must agree for all Symbols; "
                                      f"got {first} and {getattr(other, names)()}")
    executors = [each.simple_bind(grad_req=grad_req, **entry)
                 for each, entry in zip(syms, ctx_list, strict=True)]
    args = _random_values(executors[0], arg_params or {}, scale, use_uniform, rand_type)
    for executor in executors:
        for name, array in executor.arg_dict.items():
            array[:] = args[name]
        for name, array in executor.aux_dict.items():
            array[:] = (aux_params or {}).get(name, 0)
        for grad in executor.grad_arrays:
            if grad is not None:
                grad[:] = 0
        executor.forward(is_train=False)
    dtypes = [np.dtype(executor.outputs[0].dtype) for executor in executors]
    true = int(np.argmax([dtype.itemsize for dtype in dtypes]))
    others = [i for i in range(len(executors)) if ground_truth is not None or i != true]
    wider = [_narrower(dtypes[i], dtypes[true]) for i in range(len(dtypes))]

    def compare(phase: str, arrays: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        truth = dict(arrays(executors[true]) if ground_truth is None else ground_truth)
        for i in others:
            _check(f"{phase} with {ctx_list[i]} and {ctx_list[true]}", arrays(executors[i]), truth,
                   wider[i], rtol, atol, equal_nan, raise_on_err)
        return truth

    truth = compare("prediction", lambda executor: executor.output_dict)
    if grad_req == "null":
        return truth
    for executor in executors:
        executor.forward(is_train=True)
    heads = [output.astype(_narrower(*[executor.outputs[i].dtype for executor in executors]))
             for i, output in enumerate(executors[0].outputs)]
    for executor, entry in zip(executors, ctx_list, strict=True):
        executor.backward([nd.array(head.asnumpy(), ctx=entry.get("ctx"), dtype=output.dtype)
                           for head, output in zip(heads, executor.outputs, strict=True)])
    return compare("training", lambda executor: executor.output_dict | executor.grad_dict)


def check_gluon_hybridize_consistency(net_builder: Callable[..., Any], data_l: Sequence[NDArray],
                                      numpy_func: Callable[..., Any] | None = None,
                                      test_grad: bool = True, rtol: Any = 1E-4, atol: Any = 1E-4
                                      ) -> None:
    """Raise AssertionError unless a block gives the same outputs and gradients of its inputs
    hybridized and not, recorded and not.

    net_builder: net_builder(prefix="net_") makes the block, always with the same parameters'
    names. numpy_func: the outputs, too, are numpy_func(*NumPy arrays). test_grad: False leaves
    out recording.
    """
    params: dict[str, Any] = {}
    outputs, grads = [], []
    for hybridize in (False, True):
        for recorded in (False, True)[:2 if test_grad else 1]:
            net = net_builder(prefix="net_")
            net.initialize()
            if hybridize:
                net.hybridize()
            inputs = [data.copy() for data in data_l]
            for name, param in net.collect_params().items():
                if name in params:
                    param.set_data(nd.array(params[name], dtype=params[name].dtype))
            if recorded:
                for data in inputs:
                    data.attach_grad()
                with autograd.record():
                    output = net(*inputs)
                output.backward(output)
                grads.append([values(data.grad) for data in inputs])
            else:
                output = net(*inputs)
            params = params or {name: param.data().asnumpy()
                                for name, param in net.collect_params().items()}
            outputs.append(output.asnumpy())
    for output in outputs[1:]:
        assert_almost_equal(output, outputs[0], rtol, atol)
    for gradients in grads[1:]:
        for grad, first in zip(gradients, grads[0], strict=True):
            assert_almost_equal(grad, first, rtol, atol)
    if numpy_func is not None:
        assert_almost_equal(outputs[0], numpy_func(*map(values, data_l)), rtol, atol)
