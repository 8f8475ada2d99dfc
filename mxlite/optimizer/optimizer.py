"""`Optimizer`: learning rates, weight decay, counts of updates; and the registry of optimizers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import ndarray as nd
from ..arguments import NamesArguments, arguments_of, check_callable, check_class, unknown_argument
from ..base import MXNetError, MXNetTypeError, MXNetValueError, dtype_name, from_package
from ..lr_scheduler import LRScheduler
from ..ndarray.run import invoke_list
from ..ops.schema import REGISTRY as OPERATORS
from ..util import is_np_array
from ..wording import listing, suggestion
from .prepared import Prepared

_operators: dict[tuple[str, bool], Any] = {}


def run_update(name: str, arrays: list[nd.NDArray], *values: float, is_lazy: bool = True) -> None:
    """Run the operator `name` in place on arrays[0]; values: its runtime parameters in order.

    is_lazy: of a row_sparse gradient, update only the rows that it has.
    """
    op = _operators.get((name, is_lazy))
    if op is None:
        op = _operators[name, is_lazy] = OPERATORS[name].make({} if is_lazy
                                                              else {"lazy_update": False})
    invoke_list(op, arrays, list(values), arrays[0])


def bound(value: float | None) -> float:
    """A bound as the update operators take it: None, 0 and less are -1, for none."""
    return value if value is not None and value > 0 else -1.0


class ScheduledRateError(MXNetValueError, UserWarning):
    """A learning rate set where a scheduler decides on it; a UserWarning as in MXNet, which raises
    that."""


class ReplacedMethodError(MXNetError, DeprecationWarning):
    """A call of a method that another one replaces; a DeprecationWarning, as MXNet raises."""


class Optimizer(NamesArguments):
    """Base of all: override create_state(index, weight) and update(index, weight, grad, state).

    The gradient is multiplied by rescale_grad (None: 1, and a Module sets it to 1 / batch size),
    then cut to [-clip_gradient, clip_gradient] if clip_gradient is greater than 0. The
    learning rate is learning_rate or lr_scheduler(num_update), times the weight's lr_mult; weight
    decay is wd times its wd_mult. multi_precision keeps float32 masters of 16-bit weights.
    """

    opt_registry: dict[str, type] = {}
    _open_rescale_grad: float | None = None     # its value while it is left open
    aggregate_num = 0           # of how many weights `update` takes lists; 0: of one, not in a list

    def __init__(self, rescale_grad: float | None = None,
                 param_idx2name: dict[int, str] | None = None,
                 wd: float = 0.0, clip_gradient: float | None = None,
                 learning_rate: float | None = None, lr_scheduler: LRScheduler | None = None,
                 sym: Any = None, begin_num_update: int = 0, multi_precision: bool = False,
                 param_dict: dict[int, Any] | None = None, **unknown: Any) -> None:
        for name in unknown:
            raise unknown_argument(type(self).__name__, name, arguments_of(type(self)))
        if param_idx2name is not None and not (isinstance(param_idx2name, dict) and all(
                isinstance(name, str) for name in param_idx2name.values())):
            raise MXNetTypeError("Optimizer: param_idx2name must be a dict of numbers to names; "
                                 f"got {param_idx2name!r}")
        if sym is not None and not (hasattr(sym, "attr_dict") and hasattr(sym, "list_arguments")):
            raise MXNetTypeError(f"Optimizer: sym must be a Symbol; got {type(sym).__name__}")
        if lr_scheduler is not None:
            check_callable("Optimizer", "lr_scheduler", lr_scheduler)
        self._open_rescale_grad = 1.0 if rescale_grad is None else None
        self.rescale_grad = 1.0 if rescale_grad is None else rescale_grad
        self.lr_scheduler = lr_scheduler
        if lr_scheduler is None and learning_rate is None:
            learning_rate = 0.01
        self.lr = learning_rate
        if lr_scheduler is not None and learning_rate is not None:
            base_lr = getattr(lr_scheduler, "base_lr", learning_rate)
            if base_lr != learning_rate:
                warnings.warn(f"{type(self).__name__}: learning_rate={learning_rate} takes the "
                              f"place of the lr_scheduler's base_lr, {base_lr}", stacklevel=2)
            lr_scheduler.base_lr = learning_rate
        self.wd = wd
        self.clip_gradient = clip_gradient
        self.multi_precision = multi_precision
        self.begin_num_update = begin_num_update
        self.num_update = begin_num_update
        self._all_index_update_counts: dict[int, dict[Any, int]] = {0: {}}
        self._index_update_count = self._all_index_update_counts[0]
        self.idx2name = dict(param_idx2name or {})
        self.sym_info = () if sym is None else (sym.attr_dict(), sym.list_arguments())
        self.param_dict = param_dict or {}
        self.allow_np_array = is_np_array()             # MXNet's; states are as their weights
        self.set_lr_mult({})
        self.set_wd_mult({})

    @staticmethod
    def register(klass: type) -> type:
        """Class decorator: enter an optimizer under its name in lower case."""
        check_class("optimizer.register", klass)
        Optimizer.opt_registry[klass.__name__.lower()] = klass
        return klass

    @staticmethod
    def create_optimizer(name: str, **kwargs: Any) -> Optimizer:
        """The optimizer registered under `name`, made with these arguments."""
        known = Optimizer.opt_registry
        if not isinstance(name, str) or name.lower() not in known:
            raise MXNetValueError(f"optimizer must be {listing(sorted(known))}; "
                                  f"got {name!r}{suggestion(str(name).lower(), known)}")
        optimizer: Optimizer = known[name.lower()](**kwargs)
        return optimizer

    def _fill_rescale_grad(self, scale: float) -> bool:
        """Set rescale_grad to `scale` where it was neither given nor set since; whether it was."""
        if self.rescale_grad != self._open_rescale_grad:
            return False
        self.rescale_grad = self._open_rescale_grad = scale
        return True

    def prepare(self, net: Any, loss: Any) -> Prepared:
        """A `with` block in which `net.fit`, `evaluate` and `validate` use this optimizer and loss.

        net: a gluon.Block. loss: of gluon.loss.
        """
        return Prepared(self, net, loss)

    # Updates ------------------------------------------------------------------------------------

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """What the optimizer remembers about this weight: arrays, tuples of them, or None."""
        return None

    def create_state_multi_precision(self, index: Any, weight: nd.NDArray) -> Any:
        """(float32 master, its state) for a 16-bit weight with multi_precision, else the state."""
        if self._is_mixed(weight):
            master = weight.astype("float32")
            return (master, self.create_state(index, master))
        if weight._dtype_name == "float16":
            warnings.warn("Accumulating with float16 in optimizer can lead to poor accuracy or "
                          "slow convergence. Consider using multi_precision=True option of the "
                          "optimizer.", stacklevel=2)
        return self.create_state(index, weight)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """Change `weight` and `state` in place by the gradient."""
        raise NotImplementedError(f"{type(self).__name__} must override update")

    def update_multi_precision(self, index: Any, weight: nd.NDArray, grad: nd.NDArray,
                               state: Any) -> None:
        """As update; a 16-bit weight with multi_precision is updated through its master.

        All four may be lists, of several weights.
        """
        if isinstance(index, (list, tuple)):
            if self._takes_several() and not any(map(self._is_mixed, weight)):
                self.update(index, weight, grad, state)
                return
            for one in zip(index, weight, grad, state, strict=True):
                self.update_multi_precision(*one)
        elif self._is_mixed(weight):
            master, rest = state
            self.update(index, master, grad.astype("float32"), rest)
            weight[:] = master.astype(dtype_name(weight.dtype))
        else:
            self.update(index, weight, grad, state)

    def _takes_several(self) -> bool:
        """Whether `update` takes lists: where `aggregate_num` says so for this very method, not for
        one that a subclass has replaced."""
        if not self.aggregate_num or "aggregate_num" in vars(self):
            return bool(self.aggregate_num)
        return next("aggregate_num" in vars(klass) for klass in type(self).__mro__
                    if "aggregate_num" in vars(klass) or "update" in vars(klass))

    def _is_mixed(self, weight: nd.NDArray) -> bool:
        return self.multi_precision and weight._dtype_name in ("float16", "bfloat16")

    def _gradient(self, grad: nd.NDArray, decay: nd.NDArray | None = None) -> nd.NDArray:
        """The rescaled gradient, plus `decay`, cut to the bounds of clip_gradient."""
        grad = grad * self.rescale_grad
        if decay is not None:
            grad = grad + decay
        if self._clip > 0:
            grad = nd.clip(grad, -self._clip, self._clip)
        return grad

    @property
    def _clip(self) -> float:
        """clip_gradient as the update operators take it: -1 for none."""
        return bound(self.clip_gradient)

    # Learning rates and weight decay ------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The rate now, before the multipliers of weights."""
        if self.lr_scheduler is not None:
            return self.lr_scheduler(self.num_update)
        assert self.lr is not None
        return self.lr

    def set_learning_rate(self, lr: float) -> None:
        """Change the rate; raises where a scheduler decides on it."""
        if self.lr_scheduler is not None:
            raise ScheduledRateError("set_learning_rate: the optimizer has an lr_scheduler, "
                                     "which decides on the rate")
        self.lr = lr

    def set_lr_scale(self, args_lrscale: dict[Any, float]) -> None:
        """Raises DeprecationWarning, as in MXNet: set_lr_mult does that."""
        raise ReplacedMethodError("Optimizer.set_lr_scale: use set_lr_mult")

    def set_lr_mult(self, args_lr_mult: dict[Any, float]) -> None:
        """Multipliers of the learning rate by number or name of the weight."""
        self.lr_mult = {**self._attributes("__lr_mult__"), **args_lr_mult}

    def set_wd_mult(self, args_wd_mult: dict[Any, float]) -> None:
        """Multipliers of weight decay; 0 for names that end neither in _weight nor in _gamma."""
        free = {name: 0.0 for name in self.idx2name.values()
                if not name.endswith(("_weight", "_gamma"))}
        self.wd_mult = {**free, **self._attributes("__wd_mult__"), **args_wd_mult}

    def _attributes(self, key: str) -> dict[Any, float]:
        if not self.sym_info:
            return {}
        attrs, arguments = self.sym_info
        return {name: float(attrs[name][key]) for name in arguments
                if key in attrs.get(name, ())}

    def _set_current_context(self, device_id: int) -> None:
        """Count updates for this device from now on."""
        self._index_update_count = self._all_index_update_counts.setdefault(device_id, {})

    def _update_count(self, index: Any) -> None:
        """Count an update of a weight, or of those in a list, in `_index_update_count`."""
        if isinstance(index, (list, tuple)):
            for one in index:
                Optimizer._update_count(self, one)
            return
        counts = self._index_update_count
        count = counts[index] = counts.get(index, self.begin_num_update) + 1
        if count > self.num_update:
            self.num_update = count

    def _get_lrs(self, indices: Sequence[Any]) -> list[float]:
        """The learning rates of these weights now."""
        lr = self._rate_now()
        return [lr * self._factor(index, "lr_mult", self.lr_mult) for index in indices]

    def _get_lr(self, index: Any) -> float:
        if type(self)._get_lrs is not Optimizer._get_lrs:       # a subclass of users has its own
            return self._get_lrs((index,))[0]
        return self._rate_now() * self._factor(index, "lr_mult", self.lr_mult)

    def _get_wds(self, indices: Sequence[Any]) -> list[float]:
        """The weight decays of these weights."""
        return [self.wd * self._factor(index, "wd_mult", self.wd_mult) for index in indices]

    def _get_wd(self, index: Any) -> float:
        if type(self)._get_wds is not Optimizer._get_wds:
            return self._get_wds((index,))[0]
        return self.wd * self._factor(index, "wd_mult", self.wd_mult)

    def _rate_now(self) -> Any:
        return self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)

    def _factor(self, index: Any, attribute: str, given: dict[Any, float]) -> Any:
        """What the rate or the decay is multiplied by for a weight: its parameter's own attribute,
        or what was given by number or name."""
        if index in self.param_dict:
            return getattr(self.param_dict[index], attribute)
        if index in given:
            return given[index]
        return given.get(self.idx2name.get(index), 1.0)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "param_dict": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.param_dict = {}            # MXNet's files have none


register = Optimizer.register


def create(name: str, **kwargs: Any) -> Optimizer:
    """The optimizer registered under `name` ("sgd", "adam"), made with these arguments."""
    return Optimizer.create_optimizer(name, **kwargs)


@register
class Test(Optimizer):
    """weight = weight + rescale_grad * grad, for tests; the state is the new weight."""

    def create_state(self, index: Any, weight: nd.NDArray) -> nd.NDArray:
        """Zeros like the weight."""
        return nd.zeros_like(weight)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """Add the gradient."""
        weight += grad * self.rescale_grad
        state[:] = weight


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
