"""MobileNet (https://arxiv.org/abs/1704.04861) and MobileNetV2 (https://arxiv.org/abs/1801.04381)."""

from __future__ import annotations

from typing import Any

from ....base import MXNetValueError
from ... import nn
from ...hybrid_block import HybridBlock
from .classifier import CPU, Classifier, chain, finish

# channels and stride of the depthwise separable convolutions of MobileNet
_SEPARABLE = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
              (1024, 2), (1024, 1)]
# expansion, channels, how many, and stride of the first, for the bottlenecks of MobileNetV2
_BOTTLENECKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                (6, 160, 3, 2), (6, 320, 1, 1)]


class RELU6(HybridBlock):
    """x between 0 and 6."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """clip(x, 0, 6)."""
        return F.clip(x, 0, 6, name="relu6")


class LinearBottleneck(HybridBlock):
    """Expand, filter each channel, and reduce without an activation.

    (N, in_channels, H, W) -> (N, channels, H / stride, W / stride), with x added where shapes
    agree. t: the expansion.
    """

    def __init__(self, in_channels: int, channels: int, t: int, stride: int,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_shortcut = stride == 1 and in_channels == channels
        inner = in_channels * t
        with self.name_scope():
            self.out = nn.HybridSequential()
            self.out.add(*_conv(inner, act=RELU6), *_depthwise(inner, stride, RELU6),
                         *_conv(channels))

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """out(x), and x added."""
        out = self.out(x)
        return F.elemwise_add(out, x) if self.use_shortcut else out


class MobileNet(Classifier):
    """Depthwise separable convolutions: (N, 3, H, W) -> (N, classes).

    multiplier: of all numbers of channels, at least 1/32.
    """

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        channels = _scaled("MobileNet", multiplier, 32)
        with self.name_scope():
            self.features = chain(*_conv(channels, 3, 2, act=_relu))
            for base, stride in _SEPARABLE:
                self.features.add(*_depthwise(channels, stride, _relu))
                channels = int(base * multiplier)
                self.features.add(*_conv(channels, act=_relu))
            self.features.add(nn.GlobalAvgPool2D(), nn.Flatten())
            self.output = nn.Dense(classes)


class MobileNetV2(Classifier):
    """Inverted residuals with linear bottlenecks: (N, 3, H, W) -> (N, classes).

    multiplier: of all numbers of channels, at least 1/16; the last 1280 are not made fewer.
    """

    def __init__(self, multiplier: float = 1.0, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _scaled("MobileNetV2", multiplier, 16)
        channels = int(32 * multiplier)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="features_")
            with self.features.name_scope():
                self.features.add(*_conv(channels, 3, 2, act=RELU6))
                for t, base, count, stride in _BOTTLENECKS:
                    for number in range(count):
                        before, channels = channels, int(base * multiplier)
                        self.features.add(LinearBottleneck(before, channels, t,
                                                           1 if number else stride))
                self.features.add(*_conv(int(1280 * max(multiplier, 1.0)), act=RELU6),
                                  nn.GlobalAvgPool2D())
            self.output = nn.HybridSequential(prefix="output_")
            with self.output.name_scope():
                self.output.add(nn.Conv2D(classes, 1, use_bias=False, prefix="pred_"),
                                nn.Flatten())


def _conv(channels: int, kernel: int = 1, stride: int = 1, groups: int = 1,
          act: Any = None) -> list[HybridBlock]:
    blocks = [nn.Conv2D(channels, kernel, stride, kernel // 2, groups=groups, use_bias=False),
              nn.BatchNorm()]
    return blocks if act is None else [*blocks, act()]


def _depthwise(channels: int, stride: int, act: Any) -> list[HybridBlock]:
    return _conv(channels, 3, stride, channels, act)


def _relu() -> nn.Activation:
    return nn.Activation("relu")


def _scaled(network: str, multiplier: float, least: int) -> int:
    """least * multiplier, which must be 1 or more."""
    if not multiplier * least >= 1:
        raise MXNetValueError(f"{network}: multiplier must be at least 1/{least}, so that every "
                              f"layer has a channel; got {multiplier}")
    return int(least * multiplier)


def get_mobilenet(multiplier: float, pretrained: bool = False, ctx: Any = CPU,
                  root: str | None = None, **kwargs: Any) -> MobileNet:
    """A MobileNet(multiplier, **kwargs).

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file. There
        are some for the multipliers 1.0, 0.75, 0.5 and 0.25.
    """
    net = MobileNet(multiplier, **kwargs)
    return finish(net, f"mobilenet{_text(multiplier)}", pretrained, ctx, root, kwargs)


def get_mobilenet_v2(multiplier: float, pretrained: bool = False, ctx: Any = CPU,
                     root: str | None = None, **kwargs: Any) -> MobileNetV2:
    """A MobileNetV2(multiplier, **kwargs).

    pretrained: as for get_mobilenet.
    """
    net = MobileNetV2(multiplier, **kwargs)
    return finish(net, f"mobilenetv2_{_text(multiplier)}", pretrained, ctx, root, kwargs)


def _text(multiplier: float) -> str:
    """"1.0", "0.75": as names of trained parameters have it."""
    return str(float(multiplier))


def mobilenet1_0(**kwargs: Any) -> MobileNet:
    """MobileNet; keywords are those of get_mobilenet."""
    return get_mobilenet(1.0, **kwargs)


def mobilenet0_75(**kwargs: Any) -> MobileNet:
    """MobileNet with 3/4 of the channels; keywords are those of get_mobilenet."""
    return get_mobilenet(0.75, **kwargs)


def mobilenet0_5(**kwargs: Any) -> MobileNet:
    """MobileNet with half of the channels; keywords are those of get_mobilenet."""
    return get_mobilenet(0.5, **kwargs)


def mobilenet0_25(**kwargs: Any) -> MobileNet:
    """MobileNet with a quarter of the channels; keywords are those of get_mobilenet."""
    return get_mobilenet(0.25, **kwargs)


def mobilenet_v2_1_0(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2; keywords are those of get_mobilenet_v2."""
    return get_mobilenet_v2(1.0, **kwargs)


def mobilenet_v2_0_75(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2 with 3/4 of the channels; keywords are those of get_mobilenet_v2."""
    return get_mobilenet_v2(0.75, **kwargs)


def mobilenet_v2_0_5(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2 with half of the channels; keywords are those of get_mobilenet_v2."""
    return get_mobilenet_v2(0.5, **kwargs)


def mobilenet_v2_0_25(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2 with a quarter of the channels; keywords are those of get_mobilenet_v2."""
    return get_mobilenet_v2(0.25, **kwargs)
