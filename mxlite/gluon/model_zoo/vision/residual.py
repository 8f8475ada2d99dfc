"""The blocks that ResNets are made of: (N, C, H, W) -> (N, channels, H / stride, W / stride)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...hybrid_block import HybridBlock
from .classifier import chain


def conv3x3(channels: int, stride: int = 1, in_channels: int = 0) -> nn.Conv2D:
    """A 3x3 convolution without a bias that only its stride makes smaller."""
    return nn.Conv2D(channels, 3, stride, 1, use_bias=False, in_channels=in_channels)


def _conv1x1(channels: int, stride: int = 1, in_channels: int = 0) -> nn.Conv2D:
    return nn.Conv2D(channels, 1, stride, use_bias=False, in_channels=in_channels)


class _BlockV1(HybridBlock):
    """relu(shortcut(x) + body(x))."""

    body: nn.HybridSequential
    downsample: nn.HybridSequential | None

    def _shortcut(self, channels: int, stride: int, downsample: bool, in_channels: int) -> None:
        self.downsample = chain(_conv1x1(channels, stride, in_channels),
                                nn.BatchNorm()) if downsample else None

    def _branches(self, x: Any) -> tuple[Any, Any]:
        """shortcut(x), body(x)."""
        body = self.body(x)
        return x if self.downsample is None else self.downsample(x), body


class BasicBlockV1(_BlockV1):
    """Two 3x3 convolutions: relu(x + body(x)).

    downsample: a convolution fits x to the sum, where `stride` or the channels change.
    in_channels: those of x; 0 waits for the first input.
    """

    def __init__(self, channels: int, stride: int, downsample: bool = False,
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.body = chain(
            conv3x3(channels, stride, in_channels), nn.BatchNorm(), nn.Activation("relu"),
            conv3x3(channels, 1, channels), nn.BatchNorm())
        self._shortcut(channels, stride, downsample, in_channels)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """relu(x + body(x))."""
        shortcut, body = self._branches(x)
        return F.Activation(shortcut + body, act_type="relu")


class BottleneckV1(_BlockV1):
    """A 3x3 convolution on a quarter of the channels, between 1x1 ones: relu(body(x) + x).

    The arguments are those of BasicBlockV1.
    """

    def __init__(self, channels: int, stride: int, downsample: bool = False,
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        inner = channels // 4
        self.body = chain(
            nn.Conv2D(inner, 1, stride), nn.BatchNorm(), nn.Activation("relu"),
            conv3x3(inner, 1, inner), nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2D(channels, 1), nn.BatchNorm())
        self._shortcut(channels, stride, downsample, in_channels)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """relu(body(x) + x)."""
        shortcut, body = self._branches(x)
        return F.Activation(body + shortcut, act_type="relu")


class BasicBlockV2(HybridBlock):
    """Two 3x3 convolutions, normalized before: conv(...) + x.

    The arguments are those of BasicBlockV1; downsample takes what is normalized.
    """

    def __init__(self, channels: int, stride: int, downsample: bool = False,
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bn1 = nn.BatchNorm()
        self.conv1 = conv3x3(channels, stride, in_channels)
        self.bn2 = nn.BatchNorm()
        self.conv2 = conv3x3(channels, 1, channels)
        self.downsample = _conv1x1(channels, stride, in_channels) if downsample else None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """conv2(relu(bn2(conv1(relu(bn1(x)))))) + x."""
        y = F.Activation(self.bn1(x), act_type="relu")
        shortcut = x if self.downsample is None else self.downsample(y)
        y = F.Activation(self.bn2(self.conv1(y)), act_type="relu")
        return self.conv2(y) + shortcut


class BottleneckV2(HybridBlock):
    """A 3x3 convolution on a quarter of the channels, between 1x1 ones: conv(...) + x.

    The arguments are those of BasicBlockV2.
    """

    def __init__(self, channels: int, stride: int, downsample: bool = False,
                 in_channels: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        inner = channels // 4
        self.bn1 = nn.BatchNorm()
        self.conv1 = _conv1x1(inner)
        self.bn2 = nn.BatchNorm()
        self.conv2 = conv3x3(inner, stride, inner)
        self.bn3 = nn.BatchNorm()
        self.conv3 = _conv1x1(channels)
        self.downsample = _conv1x1(channels, stride, in_channels) if downsample else None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """conv3(relu(bn3(conv2(relu(bn2(conv1(relu(bn1(x))))))))) + x."""
        y = F.Activation(self.bn1(x), act_type="relu")
        shortcut = x if self.downsample is None else self.downsample(y)
        y = F.Activation(self.bn2(self.conv1(y)), act_type="relu")
        y = F.Activation(self.bn3(self.conv2(y)), act_type="relu")
        return self.conv3(y) + shortcut
