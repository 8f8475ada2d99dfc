"""What the models share: features and output, and trained parameters for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ....base import MXNetValueError
from ....device.context import cpu
from ....wording import listing
from ...hybrid_block import HybridBlock
from ...nn import HybridSequential
from ..model_store import get_model_file

CPU = cpu()

# arguments that change shapes -> the value that the trained parameters are for
_TRAINED = {"classes": 1000, "thumbnail": False, "bn_size": 4}


class Classifier(HybridBlock):
    """Images (N, 3, H, W) -> scores (N, classes): output(features(x))."""

    features: HybridSequential
    output: HybridBlock

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """output(features(x))."""
        return self.output(self.features(x))


def chain(*blocks: HybridBlock) -> HybridSequential:
    """The blocks one after the other, without a prefix of their own."""
    sequence = HybridSequential(prefix="")
    sequence.add(*blocks)
    return sequence


def check_kind(caller: str, name: str, value: Any, kinds: Collection[Any]) -> Any:
    """`value`, if it is one of `kinds`; else raises MXNetValueError naming caller and argument."""
    if value not in kinds:
        raise MXNetValueError(f"{caller}: {name} must be {listing(list(kinds))}; got {value!r}")
    return value


def check_paired(caller: str, name: str, values: Sequence[int], layers: Sequence[int],
                 extra: int) -> None:
    """Raise MXNetValueError unless there are as many values as layers, and `extra` more."""
    if len(values) != len(layers) + extra:
        more = " and one more" * extra
        raise MXNetValueError(f"{caller}: {name} must have a number for each of layers{more}; got "
                              f"{len(values)} for {len(layers)} layers")


def finish(net: Any, name: str, pretrained: bool, ctx: Any, root: str | None,
           arguments: dict[str, Any]) -> Any:
    """`net`, with the trained parameters called `name` if they are wanted.

    arguments: what `net` was made with, besides; raises MXNetValueError, before anything is
    fetched, if the parameters are for other shapes.
    """
    if not pretrained:
        return net
    for key, trained in _TRAINED.items():
        if arguments.get(key, trained) != trained:
            raise MXNetValueError(
                f"{name}: the pretrained parameters are for {key}={trained}; got {key}="
                f"{arguments[key]!r}. For other classes make one net with pretrained=True, another "
                "without, and use the features of the first in the second: net.features = "
                "trained.features")
    net.load_parameters(get_model_file(name, root=root), ctx=ctx)
    return net
