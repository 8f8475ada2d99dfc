"""The checker sees wrong gradients."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second_order, check_vjp

from mxlite import autograd


def test_a_right_rule_passes(rng):
    check_vjp(np.sin, lambda dy, x: (dy * np.cos(x),), [rng.random((3, 4))], rng)


def test_a_wrong_rule_is_seen(rng):
    with pytest.raises(AssertionError, match="by differences"):
        check_vjp(np.sin, lambda dy, x: (dy * np.cos(x) * 1.01,), [rng.random((3, 4))], rng)


class Doubled(autograd.Function):
    """x^2 with a backward that is 1 % off."""

    def forward(self, x):
        self.save_for_backward(x)
        return x * x

    def backward(self, dy):
        return dy * self.saved_tensors[0] * 2.02


def test_a_wrong_function_is_seen(rng):
    with pytest.raises(AssertionError, match="by differences"):
        check_gradient(lambda x: Doubled()(x), [rng.random((3, 4)) + 1], rng)


def test_second_order_of_a_wrong_function_is_seen(rng):
    check_second_order(lambda x: x * x * x, [rng.random((3, 4)) + 1], rng)
    with pytest.raises(AssertionError, match="by differences"):
        check_second_order(lambda x: x * x * x.detach(), [rng.random((3, 4)) + 1], rng)
