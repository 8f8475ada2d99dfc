"""Passes over the steps of a program: each takes steps and returns fewer or faster ones.

A step is `ops.trace.Step`; every slot is made by one step, or is an input. `optimized` applies all
passes in order.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..trace import Step, live
from .apart import apart
from .common import shared
from .fuse import fused
from .join import joined


def optimized(steps: Sequence[Step], outputs: Sequence[int],
              heads: Sequence[int] = ()) -> tuple[list[Step], list[int]]:
    """The steps to run, and the slots in which the outputs then are.

    heads: outputs that users get, each of which has memory of its own.
    """
    steps, outputs = shared(steps, outputs, heads)
    steps, _ = live(steps, outputs)
    return fused(joined(apart(steps, outputs), outputs), outputs), outputs
