"""Dense, Dropout, Embedding, Flatten and the layers made of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ... import ndarray as nd
from ...arguments import check_count
from ...base import AssertedValueError, MXNetValueError, WrongKindError, from_package
from ...wording import suggestion
from ..block import Block
from ..hybrid_block import HybridBlock
from .activations import Activation
from .norm_layers import BatchNorm as _BatchNorm  # noqa: F401  MXNet's base of BatchNorm


class Dense(HybridBlock):
    """y = activation(x @ weight.T + bias): x (N, *) -> (N, units).

    With flatten=False only the last axis counts: x (*, K) -> (*, units). weight is
    (units, in_units); in_units=0 waits for the first input.
    """

    def __init__(self, units: int, activation: str | None = None, use_bias: bool = True,
                 flatten: bool = True, dtype: Any = "float32", weight_initializer: Any = None,
                 bias_initializer: Any = "zeros", in_units: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        units = check_count("Dense", "units", units, 1)
        in_units = check_count("Dense", "in_units", in_units, 0)
        self._flatten = flatten
        with self.name_scope():
            self._units = units
            self._in_units = in_units
            self.weight = self.params.get("weight", shape=(units, in_units),
                                          init=weight_initializer, dtype=dtype,
                                          allow_deferred_init=True)
            self.bias = self.params.get("bias", shape=(units,), init=bias_initializer, dtype=dtype,
                                        allow_deferred_init=True) if use_bias else None
            self.act = None if activation is None else Activation(
                activation, prefix=activation + "_")

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        """FullyConnected(x, weight, bias), then the activation."""
        out = F.FullyConnected(x, weight, bias, num_hidden=self._units, no_bias=bias is None,
                               flatten=self._flatten, name="fwd")
        return out if self.act is None else self.act(out)

    def __repr__(self) -> str:
        out_units, in_units = self.weight.shape or (self._units, 0)
        act = self.act or "linear"
        return f"{type(self).__name__}({in_units or None} -> {out_units}, {act})"


class Dropout(HybridBlock):
    """In training, sets each element to 0 with probability `rate`, scales the rest by 1/(1-rate).

    axes: along these one decision serves all elements.
    """

    def __init__(self, rate: Any, axes: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(rate, str) or not 0 <= rate <= 1:
            raise MXNetValueError(f"Dropout: rate must be between 0 and 1; got {rate!r}")
        self._rate = rate
        self._axes = axes

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """Dropout(x)."""
        if self._rate > 0:
            return F.Dropout(x, p=self._rate, axes=self._axes, name="fwd")
        return F.identity(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p = {self._rate}, axes={self._axes})"


class Embedding(HybridBlock):
    """Row x[i] of weight (input_dim, output_dim) for every index: (*) -> (*, output_dim).

    sparse_grad: the gradient of weight is row_sparse, so that optimizers that are lazy update only
    the rows that were looked up.
    """

    def __init__(self, input_dim: int, output_dim: int, dtype: Any = "float32",
                 weight_initializer: Any = None, sparse_grad: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        input_dim = check_count("Embedding", "input_dim", input_dim, 1)
        output_dim = check_count("Embedding", "output_dim", output_dim, 1)
        self._kwargs = {"input_dim": input_dim, "output_dim": output_dim, "dtype": dtype,
                        "sparse_grad": sparse_grad}
        self.weight = self.params.get("weight", shape=(input_dim, output_dim),
                                      init=weight_initializer, dtype=dtype,
                                      allow_deferred_init=True,
                                      grad_stype="row_sparse" if sparse_grad else "default")

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        """Embedding(x, weight)."""
        return F.Embedding(x, weight, name="fwd", **self._kwargs)

    def __repr__(self) -> str:
        return "{}({input_dim} -> {output_dim}, {dtype})".format(
            type(self).__name__, **self._kwargs)


class Flatten(HybridBlock):
    """(N, *) -> (N, product of the rest)."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """Flatten(x)."""
        return F.Flatten(x)

    def __repr__(self) -> str:
        return type(self).__name__


class Lambda(Block):
    """A function as a block: a name in mx.nd, or function(*inputs)."""

    def __init__(self, function: str | Callable[..., Any], prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        self._func_name, self._func_impl = _named_function("Lambda", function)
        if isinstance(function, str):
            self._func_impl = getattr(nd, function)

    def forward(self, *args: Any) -> Any:
        """function(*args)."""
        assert self._func_impl is not None
        return self._func_impl(*args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_name})"


class HybridLambda(HybridBlock):
    """A function as a HybridBlock: a name in F, or function(F, *inputs)."""

    def __init__(self, function: str | Callable[..., Any], prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        self._func_name, self._func = _named_function("HybridLambda", function)

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        """function(F, x, *args)."""
        if self._func is None:
            return getattr(F, self._func_name)(x, *args)
        return self._func(F, x, *args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_name})"


def _named_function(layer: str, function: Any) -> tuple[str, Callable[..., Any] | None]:
    """(name, None) for the name of an operator, (name, function) for a function."""
    if isinstance(function, str):
        if not hasattr(nd, function):
            raise AssertedValueError(f"{layer}: function {function!r} is not in mx.nd"
                                     f"{suggestion(function, dir(nd))}")
        return function, None
    if not callable(function):
        raise WrongKindError(f"{layer}: function must be a name or callable; "
                             f"got {type(function).__name__}")
    return getattr(function, "__name__", type(function).__name__), function


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        return from_package(__name__, name)
