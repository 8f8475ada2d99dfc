"""Normalization layers."""

from __future__ import annotations

from typing import Any

from ...base import MXNetValueError, dtype_name
from ..hybrid_block import HybridBlock


class _Norm(HybridBlock):
    """What they share: gamma and beta (C,), C the length of x along `axis`."""

    _axis: int
    _kwargs: dict[str, Any]
    gamma: Any
    beta: Any

    def _scales(self, in_channels: int, scale: bool, center: bool, gamma_initializer: Any,
                beta_initializer: Any) -> None:
        self.gamma = self.params.get(
            "gamma", grad_req="write" if scale else "null", shape=(in_channels,),
            init=gamma_initializer, allow_deferred_init=True, differentiable=scale)
        self.beta = self.params.get(
            "beta", grad_req="write" if center else "null", shape=(in_channels,),
            init=beta_initializer, allow_deferred_init=True, differentiable=center)

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self._kwargs.items())
        return f"{type(self).__name__}({values}, in_channels={self._channels_shown()})"

    def _channels_shown(self) -> int | None:
        return self.gamma.shape[0]


class BatchNorm(_Norm):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, mean and var over all axes but `axis`.

    In training mean and var are the batch's, and running_mean and running_var follow them by
    running = momentum * running + (1 - momentum) * batch; otherwise, or with use_global_stats,
    they are the running ones. scale=False fixes gamma at 1, center=False beta at its start.
    """

    def __init__(self, axis: int = 1, momentum: float = 0.9, epsilon: float = 1e-5,
                 center: bool = True, scale: bool = True, use_global_stats: bool = False,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 running_mean_initializer: Any = "zeros",
                 running_variance_initializer: Any = "ones", in_channels: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._axis = axis
        self._kwargs = {"axis": axis, "eps": epsilon, "momentum": momentum,
                        "fix_gamma": not scale, "use_global_stats": use_global_stats}
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer)
        self.running_mean = self.params.get(
            "running_mean", grad_req="null", shape=(in_channels,), init=running_mean_initializer,
            allow_deferred_init=True, differentiable=False)
        self.running_var = self.params.get(
            "running_var", grad_req="null", shape=(in_channels,),
            init=running_variance_initializer, allow_deferred_init=True, differentiable=False)

    def cast(self, dtype: Any) -> None:
        """Convert the parameters; for 16 bits they stay in float32, as statistics need it."""
        super().cast("float32" if dtype_name(dtype) in ("float16", "bfloat16") else dtype)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any,
                       running_var: Any) -> Any:
        """BatchNorm(x, gamma, beta, running_mean, running_var)."""
        return F.BatchNorm(x, gamma, beta, running_mean, running_var, name="fwd", **self._kwargs)

    def _channels_shown(self) -> int | None:
        return self.gamma.shape[0] or None


class BatchNormReLU(BatchNorm):
    """relu(BatchNorm(x)): the values and parameters of a BatchNorm, then the larger of 0 and it."""

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any,
                       running_var: Any) -> Any:
        """relu(BatchNorm(x, gamma, beta, running_mean, running_var))."""
        return F.contrib.BatchNormWithReLU(x, gamma, beta, running_mean, running_var, name="fwd",
                                           **self._kwargs)


class LayerNorm(_Norm):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, mean and var along `axis` alone."""

    def __init__(self, axis: int = -1, epsilon: float = 1e-5, center: bool = True,
                 scale: bool = True, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", in_channels: int = 0,
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._axis = axis
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any) -> Any:
        """LayerNorm(x, gamma, beta)."""
        return F.LayerNorm(x, gamma, beta, axis=self._axis, eps=self._kwargs["eps"])


class InstanceNorm(_Norm):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, mean and var of each sample's channel."""

    def __init__(self, axis: int = 1, epsilon: float = 1e-5, center: bool = True,
                 scale: bool = False, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._axis = axis
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any) -> Any:
        """InstanceNorm(x, gamma, beta), the channels on axis 1."""
        eps = self._kwargs["eps"]
        if self._axis == 1:
            return F.InstanceNorm(x, gamma, beta, eps=eps, name="fwd")
        swapped = F.InstanceNorm(x.swapaxes(1, self._axis), gamma, beta, eps=eps, name="fwd")
        return swapped.swapaxes(1, self._axis)


class GroupNorm(_Norm):
    """gamma * (x - mean) / sqrt(var + epsilon) + beta, mean and var of each group of channels.

    x (N, C, *spatial), of whose C channels num_groups equal groups are made; gamma and beta
    (num_groups,).
    """

    def __init__(self, num_groups: int = 1, epsilon: float = 1e-5, center: bool = True,
                 scale: bool = True, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", prefix: str | None = None,
                 params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        if num_groups < 1:
            raise MXNetValueError(f"GroupNorm: num_groups must be at least 1; got {num_groups}")
        self._kwargs = {"eps": epsilon, "num_groups": num_groups, "center": center, "scale": scale}
        self._scales(num_groups, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any) -> Any:
        """GroupNorm(x, gamma, beta)."""
        return F.GroupNorm(x, gamma, beta, num_groups=self._kwargs["num_groups"],
                           eps=self._kwargs["eps"])

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self._kwargs.items())
        return f"{type(self).__name__}({values})"
