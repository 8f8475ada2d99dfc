"""Updates of AdamW and LAMB as `mx.nd.contrib` has them: rescale_grad may be a number, and several
weights are given list by list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import MXNetValueError
from ..ops.schema import REGISTRY
from .array import need_array
from .creation import full
from .function import OpFunction
from .ndarray import NDArray

Arrays = Sequence[NDArray]


def adamw_update(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, rescale_grad: Any,
                 lr: float, eta: float, beta1: float = 0.9, beta2: float = 0.999,
                 epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1,
                 out: NDArray | None = None, name: str | None = None, **kwargs: Any) -> NDArray:
    """weight - eta * (lr * mean / (sqrt(var) + epsilon) + wd * weight), mean and var being updated.

    rescale_grad: a number or an array (1,), the factor of the gradient; nothing changes where it
    is 0, infinite or NaN.
    """
    return _run("_adamw_update", [weight, grad, mean, var, _scale(weight, rescale_grad)], out,
                lr=lr, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
                clip_gradient=clip_gradient, **kwargs)


def mp_adamw_update(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray,
                    weight32: NDArray, rescale_grad: Any, lr: float, eta: float,
                    beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                    wd: float = 0, clip_gradient: float = -1, out: NDArray | None = None,
                    name: str | None = None, **kwargs: Any) -> NDArray:
    """adamw_update of weight32; the result is its value in 16 bits, the dtype of weight."""
    return _run("_mp_adamw_update",
                [weight, grad, mean, var, weight32, _scale(weight, rescale_grad)], out,
                lr=lr, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
                clip_gradient=clip_gradient, **kwargs)


def multi_adamw_update(weights: Arrays, grads: Arrays, mean: Arrays, var: Arrays,
                       rescale_grad: Any, lrs: Sequence[float], wds: Sequence[float],
                       etas: Sequence[float], out: Arrays | None = None, name: str | None = None,
                       size: int = 0, **kwargs: Any) -> Any:
    """adamw_update of several weights: lists of arrays and of numbers; size: how many, or all."""
    arrays = _interleaved("multi_adamw_update", size, weights, grads, mean, var)
    return _run("_multi_adamw_update", [*arrays, _scale(weights[0], rescale_grad)], out,
                lrs=lrs, wds=wds, etas=etas, num_weights=len(arrays) // 4, **kwargs)


def multi_mp_adamw_update(weights: Arrays, grads: Arrays, mean: Arrays, var: Arrays,
                          weights32: Arrays, rescale_grad: Any, lrs: Sequence[float],
                          wds: Sequence[float], etas: Sequence[float], out: Arrays | None = None,
                          name: str | None = None, size: int = 0, **kwargs: Any) -> Any:
    """mp_adamw_update of several weights: lists of arrays and of numbers; size: how many."""
    arrays = _interleaved("multi_mp_adamw_update", size, weights, grads, mean, var, weights32)
    return _run("_multi_mp_adamw_update", [*arrays, _scale(weights[0], rescale_grad)], out,
                lrs=lrs, wds=wds, etas=etas, num_weights=len(arrays) // 5, **kwargs)


def multi_lamb_update(weights: Arrays, grads: Arrays, mean: Arrays, var: Arrays,
                      step_count: Sequence[int], lrs: Sequence[float], wds: Sequence[float],
                      out: Arrays | None = None, num_tensors: int = 0, **kwargs: Any) -> Any:
    """LAMB's update of several weights: lists of arrays and of numbers.

    num_tensors: how many weights, or all.
    """
    arrays = _interleaved("multi_lamb_update", num_tensors, weights, grads, mean, var)
    return _run("_multi_lamb_update", arrays, out, learning_rates=lrs, wds=wds,
                step_count=step_count, num_tensors=len(arrays) // 4, **kwargs)


def multi_mp_lamb_update(weights: Arrays, grads: Arrays, mean: Arrays, var: Arrays,
                         weights32: Arrays, step_count: Sequence[int], lrs: Sequence[float],
                         wds: Sequence[float], out: Arrays | None = None, num_tensors: int = 0,
                         **kwargs: Any) -> Any:
    """multi_lamb_update of weights32, whose values in 16 bits are the results."""
    arrays = _interleaved("multi_mp_lamb_update", num_tensors, weights, grads, mean, var,
                          weights32)
    return _run("_multi_mp_lamb_update", arrays, out, learning_rates=lrs, wds=wds,
                step_count=step_count, num_tensors=len(arrays) // 5, **kwargs)


def _run(name: str, arrays: list[Any], out: Any, **params: Any) -> Any:
    return OpFunction(REGISTRY[name], name)(*arrays, out=out, **params)


def _scale(weight: Any, rescale_grad: Any) -> NDArray:
    """rescale_grad as an array on the context of the weight."""
    context = need_array(weight, "adamw_update", "weight").ctx
    if isinstance(rescale_grad, NDArray):
        return rescale_grad.as_in_context(context)
    return full((1,), rescale_grad, context)


def _interleaved(caller: str, count: int, *lists: Arrays) -> list[NDArray]:
    """The first `count` items of the lists, or all, in turn."""
    count = count or len(lists[0])
    if not count or any(len(each) != count for each in lists):
        raise MXNetValueError(f"{caller}: the lists must have {count or 'some'} arrays each; got "
                              f"{', '.join(str(len(each)) for each in lists)}")
    return [array for group in zip(*lists, strict=True) for array in group]
