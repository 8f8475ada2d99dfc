"""Learning rate schedules, against numbers recorded from MXNet 1.9.1."""

import pytest

import mxlite as mx
from mxlite import lr_scheduler

RECORDED = [        # the rate after 0, 1, ..., 9 updates
    (lr_scheduler.FactorScheduler(3, 0.5, base_lr=1.0),
     [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
    (lr_scheduler.FactorScheduler(3, 0.5, base_lr=1.0, warmup_steps=4, warmup_begin_lr=0.1),
     [0.1, 0.325, 0.55, 0.775, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
    (lr_scheduler.MultiFactorScheduler([2, 5], 0.1, base_lr=1.0),
     [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]),
    (lr_scheduler.PolyScheduler(8, 1.0, 2, 0.1, 2, 0.05),
     [0.05, 0.525, 1.0, 0.725, 0.5, 0.325, 0.2, 0.125, 0.1, 0.1]),
    (lr_scheduler.CosineScheduler(8, 1.0, 0.1, 2, 0.05, "constant"),
     [0.05, 0.05, 1.0, 0.939711, 0.775, 0.55, 0.325, 0.160289, 0.1, 0.1]),
]


@pytest.mark.parametrize(("schedule", "want"), RECORDED, ids=lambda x: type(x).__name__)
def test_ten_updates_as_recorded_from_mxnet(schedule, want):
    assert [schedule(n) for n in range(10)] == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lr_scheduler.FactorScheduler(0), "step must be at least 1; got 0"),
    (lambda: lr_scheduler.FactorScheduler(1, 2), "factor must be at most 1.*got 2"),
    (lambda: lr_scheduler.MultiFactorScheduler([5, 5]), r"an increasing list.*got \[5, 5\]"),
    (lambda: lr_scheduler.PolyScheduler(0), "PolyScheduler: max_update must be an integer"),
    (lambda: lr_scheduler.CosineScheduler(5, warmup_steps=5),
     "max_update must not be warmup_steps, .*; both are 5"),
    (lambda: lr_scheduler.LRScheduler(warmup_mode="fast"), "warmup_mode must be 'linear' or"),
    (lambda: lr_scheduler.LRScheduler(0.1, 1, 0.2), "warmup_begin_lr must be at most base_lr"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("kind", [lr_scheduler.CosineScheduler, lr_scheduler.PolyScheduler])
def test_a_warm_up_that_ends_after_max_update_leads_to_base_lr(kind):
    schedule = kind(max_update=3, warmup_steps=5, base_lr=1.0)
    want = [0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1]                      # from MXNet 1.9.1
    assert [schedule(i) for i in range(8)] == pytest.approx(want)


def test_a_learning_rate_that_takes_the_place_of_base_lr_is_told():
    schedule = lr_scheduler.FactorScheduler(1, base_lr=0.1)
    with pytest.warns(UserWarning, match="SGD: learning_rate=0.5 takes the place of the "
                                         "lr_scheduler's base_lr, 0.1"):
        optimizer = mx.optimizer.SGD(learning_rate=0.5, lr_scheduler=schedule)
    assert schedule.base_lr == optimizer.learning_rate == 0.5


def test_a_learning_rate_that_is_base_lr_or_none_warns_of_nothing():
    for rate in (0.1, None):
        schedule = lr_scheduler.FactorScheduler(1, base_lr=0.1)
        mx.optimizer.SGD(learning_rate=rate, lr_scheduler=schedule)
        assert schedule.base_lr == 0.1
