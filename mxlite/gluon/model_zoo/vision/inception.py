"""Inception v3 (http://arxiv.org/abs/1512.00567)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent
from .classifier import CPU, Classifier, chain, finish


class _Split(list[Any]):
    """Branches whose outputs are joined along the channels.

    A branch is a list of parts, one after the other: a convolution as a tuple of channels, kernel,
    stride and padding; "avg" or "max", a pooling; another branch, or another _Split.
    """


def _a(channels: int) -> _Split:
    return _Split([
        [(64, 1)],
        [(48, 1), (64, 5, 1, 2)],
        [(64, 1), (96, 3, 1, 1), (96, 3, 1, 1)],
        ["avg", (channels, 1)]])


def _c(channels: int) -> _Split:
    row, column = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    return _Split([
        [(192, 1)],
        [(channels, 1), (channels, *row), (192, *column)],
        [(channels, 1), (channels, *column), (channels, *row), (channels, *column), (192, *row)],
        ["avg", (192, 1)]])


_B = _Split([
    [(384, 3, 2)],
    [(64, 1), (96, 3, 1, 1), (96, 3, 2)],
    ["max"]])
_D = _Split([
    [(192, 1), (320, 3, 2)],
    [(192, 1), (192, (1, 7), 1, (0, 3)), (192, (7, 1), 1, (3, 0)), (192, 3, 2)],
    ["max"]])
_CROSS = _Split([
    [(384, (1, 3), 1, (0, 1))],
    [(384, (3, 1), 1, (1, 0))]])
_E = _Split([
    [(320, 1)],
    [[(384, 1)], _CROSS],
    [[(448, 1), (384, 3, 1, 1)], _CROSS],
    ["avg", (192, 1)]])

# prefix and branches of the modules, in their order
_MODULES = {"A1_": _a(32), "A2_": _a(64), "A3_": _a(64), "B_": _B, "C1_": _c(128), "C2_": _c(160),
            "C3_": _c(160), "C4_": _c(192), "D_": _D, "E1_": _E, "E2_": _E}


class Inception3(Classifier):
    """Inception v3: (N, 3, H, W) -> (N, classes), for images of about 299 x 299."""

    def __init__(self, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = chain(
                _conv(32, 3, 2), _conv(32, 3), _conv(64, 3, 1, 1), nn.MaxPool2D(3, 2),
                _conv(80, 1), _conv(192, 3), nn.MaxPool2D(3, 2))
            for prefix, branches in _MODULES.items():
                self.features.add(_split(branches, prefix))
            self.features.add(nn.AvgPool2D(8), nn.Dropout(0.5))
            self.output = nn.Dense(classes)


def _conv(channels: int, kernel: Any, strides: int = 1, padding: Any = 0) -> nn.HybridSequential:
    return chain(nn.Conv2D(channels, kernel, strides, padding, use_bias=False),
                 nn.BatchNorm(epsilon=0.001), nn.Activation("relu"))


def _split(branches: _Split, prefix: str) -> HybridConcurrent:
    module = HybridConcurrent(axis=1, prefix=prefix)
    with module.name_scope():
        for branch in branches:
            module.add(_part(branch))
    return module


def _part(part: Any) -> Any:
    if part == "avg":
        return nn.AvgPool2D(3, 1, 1)
    if part == "max":
        return nn.MaxPool2D(3, 2)
    if isinstance(part, _Split):
        return _split(part, "")
    return _conv(*part) if isinstance(part, tuple) else chain(*map(_part, part))


def inception_v3(pretrained: bool = False, ctx: Any = CPU, root: str | None = None,
                 **kwargs: Any) -> Inception3:
    """An Inception3(**kwargs).

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    return finish(Inception3(**kwargs), "inceptionv3", pretrained, ctx, root, kwargs)
