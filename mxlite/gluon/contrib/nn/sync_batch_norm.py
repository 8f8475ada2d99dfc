"""`SyncBatchNorm`: normalization by the statistics of a batch that several devices share."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

from .... import autograd
from .... import ndarray as nd
from ....arguments import check_count
from ....base import MXNetError, MXNetNotImplementedError
from ...nn import BatchNorm

WAIT = 60.0                     # seconds that a device waits for the others


class SyncBatchNorm(BatchNorm):
    """BatchNorm over axis 1 of the parts of a batch that `num_devices` devices have.

    In training with several devices their forward passes must run at the same time, each in a
    thread of its own that records, for each waits for the sums of the others; then
    autograd.backward gets the losses of all at once. Such a network cannot be hybridized. In
    prediction, and with one device (None), it is a BatchNorm.
    """

    def __init__(self, in_channels: int = 0, num_devices: int | None = None,
                 momentum: float = 0.9, epsilon: float = 1e-5, center: bool = True,
                 scale: bool = True, use_global_stats: bool = False,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 running_mean_initializer: Any = "zeros",
                 running_variance_initializer: Any = "ones", **kwargs: Any) -> None:
        super().__init__(1, momentum, epsilon, center, scale, use_global_stats, beta_initializer,
                         gamma_initializer, running_mean_initializer,
                         running_variance_initializer, in_channels, **kwargs)
        count = 1 if num_devices is None else check_count("SyncBatchNorm", "num_devices",
                                                          num_devices, 1)
        self._kwargs = {"eps": epsilon, "momentum": momentum, "fix_gamma": not scale,
                        "use_global_stats": use_global_stats, "ndev": count, "key": self.prefix}

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any,
                       running_var: Any) -> Any:
        """gamma * (x - mean) / sqrt(var + epsilon) + beta, by the statistics of all devices."""
        if (self._kwargs["ndev"] > 1 and isinstance(x, nd.NDArray) and autograd.is_training()
                and not self._kwargs["use_global_stats"]):
            return self._normalized(x, gamma, beta, running_mean, running_var)
        return F.contrib.SyncBatchNorm(x, gamma, beta, running_mean, running_var, name="fwd",
                                       **self._kwargs)

    def _normalized(self, x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any,
                    ) -> Any:
        meeting, channels = _meeting_of(self, self._kwargs["ndev"]), x.shape[1]
        axes, shape = (0, *range(2, x.ndim)), (1, channels, *[1] * (x.ndim - 2))
        values = x.astype(running_mean.dtype, copy=False)
        count = nd.full((1,), x.size // channels, ctx=x.ctx, dtype=values.dtype)
        sums = meeting.total(nd.concat(values.sum(axis=axes), count, dim=0))
        count = sums[channels:]
        mean = sums[:channels] / count
        centred = nd.broadcast_sub(values, mean.reshape(shape))
        var = meeting.total(nd.square(centred).sum(axis=axes)) / count
        momentum = self._kwargs["momentum"]
        mean, var = _Following(((running_mean, mean), (running_var, var)), momentum)(mean, var)
        factor = nd.rsqrt(var + self._kwargs["eps"])
        if not self._kwargs["fix_gamma"]:
            factor = factor * gamma
        centred = nd.broadcast_sub(values, mean.reshape(shape))
        result = nd.broadcast_add(nd.broadcast_mul(centred, factor.reshape(shape)),
                                  beta.reshape(shape))
        return result.astype(x.dtype, copy=False)


class _Following(autograd.Function):
    """The mean and the variance; in backward, as those of a BatchNorm, moving averages follow."""

    def __init__(self, pairs: Any, momentum: float) -> None:
        super().__init__()
        self.pairs = [(running, value.detach()) for running, value in pairs]
        self.momentum = momentum

    def forward(self, *values: Any) -> Any:
        """The values."""
        return values

    def backward(self, *gradients: Any) -> Any:
        """The gradients."""
        for running, value in self.pairs:
            running[:] = running * self.momentum + value * (1 - self.momentum)
        return gradients


class _Meeting:
    """Where threads, one a device, bring an array each and get the sum of all."""

    def __init__(self, layer: str, size: int) -> None:
        self.layer, self.size = layer, size
        self._lock = threading.Lock()
        self._arrays: list[Any] = []
        self._total: Any = None
        self._barrier = threading.Barrier(size, self._add_up, WAIT)

    def total(self, array: Any) -> Any:
        """The sum over all devices, on the context of `array`; gradients flow back to all."""
        if threading.active_count() < self.size:
            raise self._error(f"there are {self.size} devices, and no threads for them")
        with self._lock:
            self._arrays.append(array)
        try:
            self._barrier.wait()
        except threading.BrokenBarrierError:
            count = len(self._arrays)
            raise self._error(f"{count} of {self.size} devices came within {WAIT:g} s, or one of "
                              "them failed") from None
        return self._total.as_in_context(array.ctx)

    def _add_up(self) -> None:
        """Done by the last to come, before any goes on."""
        arrays = sorted(self._arrays, key=lambda array: array.ctx.device_id)
        self._arrays = []
        self._total = nd.add_n(*[array.as_in_context(arrays[0].ctx) for array in arrays])

    def _error(self, fault: str) -> MXNetError:
        return MXNetNotImplementedError(
            f"SyncBatchNorm: {self.layer}: {fault}; in training, the forward passes of all devices "
            "must run at the same time, each in a thread of its own")


_meetings: WeakKeyDictionary[SyncBatchNorm, _Meeting] = WeakKeyDictionary()
_meetings_lock = threading.Lock()


def _meeting_of(block: SyncBatchNorm, size: int) -> _Meeting:
    with _meetings_lock:
        meeting = _meetings.get(block)
        if meeting is None or meeting._barrier.broken:
            meeting = _meetings[block] = _Meeting(block.name, size)
        return meeting
