"""SqueezeNet 1.0 and 1.1 (https://arxiv.org/abs/1602.07360)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent
from .classifier import CPU, Classifier, chain, check_kind, finish

_POOL = 0
# version -> channels and kernel of the first convolution; then a pooling, or the squeezed channels
# of a fire module, which expands them to 4 times as many, twice
_SPEC = {"1.0": (96, 7, [_POOL, 16, 16, 32, _POOL, 32, 48, 48, 64, _POOL, 64]),
         "1.1": (64, 3, [_POOL, 16, 16, _POOL, 32, 32, _POOL, 48, 48, 64, 64])}


class SqueezeNet(Classifier):
    """Fire modules: (N, 3, H, W) -> (N, classes), for images of about 224 x 224.

    version: '1.0', or '1.1', which needs 2.4 times less computation.
    """

    def __init__(self, version: str, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        channels, kernel, modules = _SPEC[check_kind("SqueezeNet", "version", version, _SPEC)]
        with self.name_scope():
            self.features = chain(nn.Conv2D(channels, kernel, 2), nn.Activation("relu"))
            for squeezed in modules:
                self.features.add(nn.MaxPool2D(3, 2, ceil_mode=True) if squeezed == _POOL
                                  else _fire(squeezed))
            self.features.add(nn.Dropout(0.5))
            self.output = chain(nn.Conv2D(classes, 1), nn.Activation("relu"), nn.AvgPool2D(13),
                                nn.Flatten())


def _fire(squeezed: int) -> nn.HybridSequential:
    squeeze = _conv(squeezed, 1)
    expand = HybridConcurrent(axis=1, prefix="")
    expand.add(_conv(4 * squeezed, 1), _conv(4 * squeezed, 3, padding=1))
    return chain(squeeze, expand)


def _conv(channels: int, kernel: int, padding: int = 0) -> nn.HybridSequential:
    return chain(nn.Conv2D(channels, kernel, padding=padding), nn.Activation("relu"))


def get_squeezenet(version: str, pretrained: bool = False, ctx: Any = CPU,
                   root: str | None = None, **kwargs: Any) -> SqueezeNet:
    """A SqueezeNet(version, **kwargs).

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    net = SqueezeNet(version, **kwargs)
    return finish(net, f"squeezenet{version}", pretrained, ctx, root, kwargs)


def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0; keywords are those of get_squeezenet."""
    return get_squeezenet("1.0", **kwargs)


def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1; keywords are those of get_squeezenet."""
    return get_squeezenet("1.1", **kwargs)
