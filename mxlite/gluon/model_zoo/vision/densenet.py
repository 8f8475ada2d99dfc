"""DenseNet-BC (https://arxiv.org/abs/1608.06993)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import nn
from ...contrib.nn import HybridConcurrent, Identity
from .classifier import CPU, Classifier, chain, check_kind, finish

# layers -> channels of the first convolution, growth, layers of each dense block
densenet_spec = {121: (64, 32, [6, 12, 24, 16]),
                 161: (96, 48, [6, 12, 36, 24]),
                 169: (64, 32, [6, 12, 32, 32]),
                 201: (64, 32, [6, 12, 48, 32])}


class DenseNet(Classifier):
    """Layers that add to their input: (N, 3, H, W) -> (N, classes), for images of about 224 x 224.

    num_init_features: channels of the first convolution. growth_rate: channels that a layer adds.
    block_config: layers of each block; between blocks channels, height and width are halved.
    bn_size: channels inside a layer, as a multiple of growth_rate. dropout: of what a layer adds.
    """

    def __init__(self, num_init_features: int, growth_rate: int, block_config: Sequence[int],
                 bn_size: int = 4, dropout: float = 0, classes: int = 1000,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        channels = num_init_features
        with self.name_scope():
            self.features = chain(nn.Conv2D(channels, 7, 2, 3, use_bias=False), nn.BatchNorm(),
                                  nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))
            for number, count in enumerate(block_config, 1):
                if number > 1:
                    channels //= 2
                    self.features.add(chain(*_bn_relu_conv(channels, 1), nn.AvgPool2D(2, 2)))
                stage = nn.HybridSequential(prefix=f"stage{number}_")
                with stage.name_scope():
                    for _ in range(count):
                        stage.add(_layer(growth_rate, bn_size, dropout))
                self.features.add(stage)
                channels += count * growth_rate
            self.features.add(nn.BatchNorm(), nn.Activation("relu"), nn.AvgPool2D(7), nn.Flatten())
            self.output = nn.Dense(classes)


def _bn_relu_conv(channels: int, kernel: int) -> list[nn.HybridBlock]:
    return [nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2D(channels, kernel, padding=kernel // 2, use_bias=False)]


def _layer(growth_rate: int, bn_size: int, dropout: float) -> HybridConcurrent:
    """x and what is made of it, side by side."""
    layer = HybridConcurrent(axis=1, prefix="")
    added = chain(*_bn_relu_conv(bn_size * growth_rate, 1), *_bn_relu_conv(growth_rate, 3))
    if dropout:
        added.add(nn.Dropout(dropout))
    layer.add(Identity(), added)
    return layer


def get_densenet(num_layers: int, pretrained: bool = False, ctx: Any = CPU,
                 root: str | None = None, **kwargs: Any) -> DenseNet:
    """A DenseNet(..., **kwargs) of 121, 161, 169 or 201 layers.

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    check_kind("get_densenet", "num_layers", num_layers, densenet_spec)
    net = DenseNet(*densenet_spec[num_layers], **kwargs)
    return finish(net, f"densenet{num_layers}", pretrained, ctx, root, kwargs)


def densenet121(**kwargs: Any) -> DenseNet:
    """DenseNet of 121 layers; keywords are those of get_densenet."""
    return get_densenet(121, **kwargs)


def densenet161(**kwargs: Any) -> DenseNet:
    """DenseNet of 161 layers; keywords are those of get_densenet."""
    return get_densenet(161, **kwargs)


def densenet169(**kwargs: Any) -> DenseNet:
    """DenseNet of 169 layers; keywords are those of get_densenet."""
    return get_densenet(169, **kwargs)


def densenet201(**kwargs: Any) -> DenseNet:
    """DenseNet of 201 layers; keywords are those of get_densenet."""
    return get_densenet(201, **kwargs)
