"""Learning rates as functions of the number of updates done, with an optional warm-up."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from .arguments import NamesArguments, check_count
from .base import AssertedValueError, MXNetValueError
from .wording import listing


class LRScheduler(NamesArguments):
    """Base: `scheduler(num_update)` is the learning rate after so many updates.

    Over the first `warmup_steps` updates the rate goes from warmup_begin_lr to base_lr
    ('linear'), or stays at warmup_begin_lr ('constant').
    """

    def __init__(self, base_lr: float = 0.01, warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        check_count("lr_scheduler", "warmup_steps", warmup_steps, 0)
        if warmup_begin_lr > base_lr:
            raise MXNetValueError(f"lr_scheduler: warmup_begin_lr must be at most base_lr, "
                                  f"{base_lr}; got {warmup_begin_lr}")
        if warmup_mode not in ("linear", "constant"):
            raise MXNetValueError(f"lr_scheduler: warmup_mode must be "
                                  f"{listing(['linear', 'constant'])}; got {warmup_mode!r}")
        self.base_lr = base_lr
        self.warmup_steps = warmup_steps
        self.warmup_begin_lr = warmup_begin_lr
        self.warmup_final_lr = base_lr
        self.warmup_mode = warmup_mode

    def get_warmup_lr(self, num_update: int) -> float:
        """The rate after `num_update` updates of the warm-up."""
        if self.warmup_mode == "constant":
            return self.warmup_begin_lr
        rise = self.warmup_final_lr - self.warmup_begin_lr
        return self.warmup_begin_lr + rise * num_update / self.warmup_steps

    def __call__(self, num_update: int) -> float:
        raise NotImplementedError


class FactorScheduler(LRScheduler):
    """base_lr times `factor` once every `step` updates, never below `stop_factor_lr`."""

    def __init__(self, step: int, factor: float = 1, stop_factor_lr: float = 1e-8,
                 base_lr: float = 0.01, warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        if step < 1:
            raise MXNetValueError(f"FactorScheduler: step must be at least 1; got {step}")
        _check_factor("FactorScheduler", factor)
        self.step = step
        self.factor = factor
        self.stop_factor_lr = stop_factor_lr
        self.count = 0

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr = max(self.base_lr * self.factor, self.stop_factor_lr)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """base_lr times `factor` after each of the numbers of updates in `step`, an increasing list."""

    def __init__(self, step: Sequence[int], factor: float = 1, base_lr: float = 0.01,
                 warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        step = list(step)
        if not step or step[0] < 1 or any(
                b <= a for a, b in itertools.pairwise(step)):
            raise AssertedValueError("MultiFactorScheduler: step must be an increasing list of "
                                     f"integers of at least 1; got {step}")
        _check_factor("MultiFactorScheduler", factor)
        self.step = step
        self.factor = factor
        self.count = 0
        self.cur_step_ind = 0

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while self.cur_step_ind < len(self.step) and num_update > self.step[self.cur_step_ind]:
            self.count = self.step[self.cur_step_ind]
            self.cur_step_ind += 1
            self.base_lr *= self.factor
        return self.base_lr


class _Decay(LRScheduler):
    """From base_lr at the end of the warm-up down to final_lr at max_update, by a curve; after a
    warm-up that ends later than max_update the rate stays at base_lr."""

    def __init__(self, max_update: int, base_lr: float, final_lr: float, warmup_steps: int,
                 warmup_begin_lr: float, warmup_mode: str) -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        name = type(self).__name__
        check_count(name, "max_update", max_update, 1)
        if max_update == warmup_steps:
            raise MXNetValueError(f"{name}: max_update must not be warmup_steps, which leaves no "
                                  f"update to go down; both are {max_update}")
        self.base_lr_orig = base_lr
        self.max_update = max_update
        self.final_lr = final_lr
        self.max_steps = max_update - warmup_steps

    def curve(self, done: float) -> float:
        """How much of base_lr - final_lr is left when `done`, in [0, 1], lies behind."""
        raise NotImplementedError

    def __call__(self, num_update: int) -> float:
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        if num_update <= self.max_update:
            left = self.curve((num_update - self.warmup_steps) / self.max_steps)
            self.base_lr = self.final_lr + (self.base_lr_orig - self.final_lr) * left
        return self.base_lr


class PolyScheduler(_Decay):
    """final_lr + (base_lr - final_lr) * (1 - done) ** pwr, done going from 0 to 1."""

    def __init__(self, max_update: int, base_lr: float = 0.01, pwr: float = 2, final_lr: float = 0,
                 warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self.power = pwr

    def curve(self, done: float) -> float:
        """(1 - done) ** pwr."""
        return (1 - done) ** self.power


class CosineScheduler(_Decay):
    """final_lr + (base_lr - final_lr) * (1 + cos(pi * done)) / 2, done going from 0 to 1."""

    def __init__(self, max_update: int, base_lr: float = 0.01, final_lr: float = 0,
                 warmup_steps: int = 0, warmup_begin_lr: float = 0,
                 warmup_mode: str = "linear") -> None:
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)

    def curve(self, done: float) -> float:
        """(1 + cos(pi * done)) / 2."""
        return (1 + math.cos(math.pi * done)) / 2


def _check_factor(name: str, factor: float) -> None:
    if factor > 1:
        raise MXNetValueError(f"{name}: factor must be at most 1, so that the rate falls; "
                              f"got {factor}")
