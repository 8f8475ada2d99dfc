"""AlexNet (https://arxiv.org/abs/1404.5997)."""

from __future__ import annotations

from typing import Any

from ... import nn
from .classifier import CPU, Classifier, chain, finish


class AlexNet(Classifier):
    """Five convolutions and three dense layers: (N, 3, H, W), H, W >= 63 -> (N, classes)."""

    def __init__(self, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = chain(
                nn.Conv2D(64, 11, 4, 2, activation="relu"),
                nn.MaxPool2D(3, 2),
                nn.Conv2D(192, 5, padding=2, activation="relu"),
                nn.MaxPool2D(3, 2),
                nn.Conv2D(384, 3, padding=1, activation="relu"),
                nn.Conv2D(256, 3, padding=1, activation="relu"),
                nn.Conv2D(256, 3, padding=1, activation="relu"),
                nn.MaxPool2D(3, 2),
                nn.Flatten(),
                nn.Dense(4096, activation="relu"),
                nn.Dropout(0.5),
                nn.Dense(4096, activation="relu"),
                nn.Dropout(0.5))
            self.output = nn.Dense(classes)


def alexnet(pretrained: bool = False, ctx: Any = CPU, root: str | None = None,
            **kwargs: Any) -> AlexNet:
    """An AlexNet(**kwargs).

    pretrained: with trained parameters, on the context ctx, from `root`; see get_model_file.
    """
    return finish(AlexNet(**kwargs), "alexnet", pretrained, ctx, root, kwargs)
