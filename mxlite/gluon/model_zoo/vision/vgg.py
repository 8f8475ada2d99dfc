"""VGG (https://arxiv.org/abs/1409.1556), with batch normalization or without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....initializer import Xavier
from ... import nn
from .classifier import CPU, Classifier, chain, check_kind, check_paired, finish

# layers -> convolutions before each pooling, their channels
vgg_spec = {11: ([1, 1, 2, 2, 2], [64, 128, 256, 512, 512]),
            13: ([2, 2, 2, 2, 2], [64, 128, 256, 512, 512]),
            16: ([2, 2, 3, 3, 3], [64, 128, 256, 512, 512]),
            19: ([2, 2, 4, 4, 4], [64, 128, 256, 512, 512])}


class VGG(Classifier):
    """Stages of 3x3 convolutions and a pooling: (N, 3, H, W) -> (N, classes).

    layers: how many convolutions each stage has; filters: the channels of each stage.
    batch_norm: normalize after every convolution.
    """

    def __init__(self, layers: Sequence[int], filters: Sequence[int], classes: int = 1000,
                 batch_norm: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_paired("VGG", "filters", filters, layers, 0)
        with self.name_scope():
            self.features = chain()
            for count, channels in zip(layers, filters, strict=True):
                for _ in range(count):
                    self.features.add(nn.Conv2D(
                        channels, 3, padding=1, bias_initializer="zeros",
                        weight_initializer=Xavier("gaussian", "out", 2)))
                    if batch_norm:
                        self.features.add(nn.BatchNorm())
                    self.features.add(nn.Activation("relu"))
                self.features.add(nn.MaxPool2D(strides=2))
            for _ in range(2):
                self.features.add(_dense(4096, activation="relu"), nn.Dropout(0.5))
            self.output = _dense(classes)


def _dense(units: int, **kwargs: Any) -> nn.Dense:
    return nn.Dense(units, weight_initializer="normal", bias_initializer="zeros", **kwargs)


def get_vgg(num_layers: int, pretrained: bool = False, ctx: Any = CPU, root: str | None = None,
            **kwargs: Any) -> VGG:
    """A VGG(..., **kwargs) of 11, 13, 16 or 19 layers.

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    layers, filters = vgg_spec[check_kind("get_vgg", "num_layers", num_layers, vgg_spec)]
    name = f"vgg{num_layers}" + "_bn" * bool(kwargs.get("batch_norm"))
    return finish(VGG(layers, filters, **kwargs), name, pretrained, ctx, root, kwargs)


def vgg11(**kwargs: Any) -> VGG:
    """VGG of 11 layers; keywords are those of get_vgg."""
    return get_vgg(11, **kwargs)


def vgg13(**kwargs: Any) -> VGG:
    """VGG of 13 layers; keywords are those of get_vgg."""
    return get_vgg(13, **kwargs)


def vgg16(**kwargs: Any) -> VGG:
    """VGG of 16 layers; keywords are those of get_vgg."""
    return get_vgg(16, **kwargs)


def vgg19(**kwargs: Any) -> VGG:
    """VGG of 19 layers; keywords are those of get_vgg."""
    return get_vgg(19, **kwargs)


def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG of 11 layers with batch normalization; keywords are those of get_vgg."""
    return get_vgg(11, **{**kwargs, "batch_norm": True})


def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG of 13 layers with batch normalization; keywords are those of get_vgg."""
    return get_vgg(13, **{**kwargs, "batch_norm": True})


def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG of 16 layers with batch normalization; keywords are those of get_vgg."""
    return get_vgg(16, **{**kwargs, "batch_norm": True})


def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG of 19 layers with batch normalization; keywords are those of get_vgg."""
    return get_vgg(19, **{**kwargs, "batch_norm": True})
