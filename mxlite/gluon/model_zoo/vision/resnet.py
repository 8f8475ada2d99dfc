"""ResNet V1 (https://arxiv.org/abs/1512.03385) and V2 (https://arxiv.org/abs/1603.05027)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import nn
from ...hybrid_block import HybridBlock
from .classifier import CPU, Classifier, chain, check_kind, check_paired, finish
from .residual import BasicBlockV1, BasicBlockV2, BottleneckV1, BottleneckV2, conv3x3
from .residual import conv3x3 as _conv3x3  # noqa: F401  MXNet's name, which other zoos import

# layers -> kind of blocks, blocks of each stage, channels of the first convolution and the stages
resnet_spec = {18: ("basic_block", [2, 2, 2, 2], [64, 64, 128, 256, 512]),
               34: ("basic_block", [3, 4, 6, 3], [64, 64, 128, 256, 512]),
               50: ("bottle_neck", [3, 4, 6, 3], [64, 256, 512, 1024, 2048]),
               101: ("bottle_neck", [3, 4, 23, 3], [64, 256, 512, 1024, 2048]),
               152: ("bottle_neck", [3, 8, 36, 3], [64, 256, 512, 1024, 2048])}


class _ResNet(Classifier):
    """What both versions share: how they start, and their stages."""

    def _start(self, channels: int, thumbnail: bool) -> None:
        if thumbnail:
            self.features.add(conv3x3(channels))
        else:
            self.features.add(nn.Conv2D(channels, 7, 2, 3, use_bias=False), nn.BatchNorm(),
                              nn.Activation("relu"), nn.MaxPool2D(3, 2, 1))

    def _stages(self, block: Any, layers: Sequence[int],
                channels: Sequence[int]) -> None:
        """Each stage but the first halves height and width in its first block."""
        for number, count in enumerate(layers, 1):
            before, after = channels[number - 1:number + 1]
            stage = nn.HybridSequential(prefix=f"stage{number}_")
            with stage.name_scope():
                stage.add(block(after, 1 if number == 1 else 2, after != before,
                                in_channels=before, prefix=""))
                for _ in range(count - 1):
                    stage.add(block(after, 1, False, in_channels=after, prefix=""))
            self.features.add(stage)


class ResNetV1(_ResNet):
    """Residual blocks with a rectifier behind the sum: (N, 3, H, W) -> (N, classes).

    block: BasicBlockV1 or BottleneckV1. layers: blocks of each stage.
    channels: of the first convolution, and of each stage.
    thumbnail: start with a 3x3 convolution that keeps the size, for small images.
    """

    def __init__(self, block: Any, layers: Sequence[int], channels: Sequence[int],
                 classes: int = 1000, thumbnail: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_paired("ResNetV1", "channels", channels, layers, 1)
        with self.name_scope():
            self.features = chain()
            self._start(channels[0], thumbnail)
            self._stages(block, layers, channels)
            self.features.add(nn.GlobalAvgPool2D())
            self.output = nn.Dense(classes, in_units=channels[-1])


class ResNetV2(_ResNet):
    """Residual blocks with nothing behind the sum: (N, 3, H, W) -> (N, classes).

    block: BasicBlockV2 or BottleneckV2; the rest as for ResNetV1.
    """

    def __init__(self, block: Any, layers: Sequence[int], channels: Sequence[int],
                 classes: int = 1000, thumbnail: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_paired("ResNetV2", "channels", channels, layers, 1)
        with self.name_scope():
            self.features = chain(nn.BatchNorm(scale=False, center=False))
            self._start(channels[0], thumbnail)
            self._stages(block, layers, channels)
            self.features.add(nn.BatchNorm(), nn.Activation("relu"), nn.GlobalAvgPool2D(),
                              nn.Flatten())
            self.output = nn.Dense(classes, in_units=channels[-1])


resnet_net_versions: list[type[_ResNet]] = [ResNetV1, ResNetV2]
resnet_block_versions: list[dict[str, type[HybridBlock]]] = [
    {"basic_block": BasicBlockV1, "bottle_neck": BottleneckV1},
    {"basic_block": BasicBlockV2, "bottle_neck": BottleneckV2}]


def get_resnet(version: int, num_layers: int, pretrained: bool = False, ctx: Any = CPU,
               root: str | None = None, **kwargs: Any) -> Any:
    """A ResNetV1 or, with version=2, ResNetV2(..., **kwargs) of 18, 34, 50, 101 or 152 layers.

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    check_kind("get_resnet", "version", version, (1, 2))
    check_kind("get_resnet", "num_layers", num_layers, resnet_spec)
    kind, layers, channels = resnet_spec[num_layers]
    block: Any = resnet_block_versions[version - 1][kind]
    net: Any = resnet_net_versions[version - 1]
    return finish(net(block, layers, channels, **kwargs), f"resnet{num_layers}_v{version}",
                  pretrained, ctx, root, kwargs)


def resnet18_v1(**kwargs: Any) -> ResNetV1:
    """ResNet V1 of 18 layers; keywords are those of get_resnet."""
    return get_resnet(1, 18, **kwargs)


def resnet34_v1(**kwargs: Any) -> ResNetV1:
    """ResNet V1 of 34 layers; keywords are those of get_resnet."""
    return get_resnet(1, 34, **kwargs)


def resnet50_v1(**kwargs: Any) -> ResNetV1:
    """ResNet V1 of 50 layers; keywords are those of get_resnet."""
    return get_resnet(1, 50, **kwargs)


def resnet101_v1(**kwargs: Any) -> ResNetV1:
    """ResNet V1 of 101 layers; keywords are those of get_resnet."""
    return get_resnet(1, 101, **kwargs)


def resnet152_v1(**kwargs: Any) -> ResNetV1:
    """ResNet V1 of 152 layers; keywords are those of get_resnet."""
    return get_resnet(1, 152, **kwargs)


def resnet18_v2(**kwargs: Any) -> ResNetV2:
    """ResNet V2 of 18 layers; keywords are those of get_resnet."""
    return get_resnet(2, 18, **kwargs)


def resnet34_v2(**kwargs: Any) -> ResNetV2:
    """ResNet V2 of 34 layers; keywords are those of get_resnet."""
    return get_resnet(2, 34, **kwargs)


def resnet50_v2(**kwargs: Any) -> ResNetV2:
    """ResNet V2 of 50 layers; keywords are those of get_resnet."""
    return get_resnet(2, 50, **kwargs)


def resnet101_v2(**kwargs: Any) -> ResNetV2:
    """ResNet V2 of 101 layers; keywords are those of get_resnet."""
    return get_resnet(2, 101, **kwargs)


def resnet152_v2(**kwargs: Any) -> ResNetV2:
    """ResNet V2 of 152 layers; keywords are those of get_resnet."""
    return get_resnet(2, 152, **kwargs)
