from collections.abc import Sequence
from typing import Any

from .core import Prepared
from .memory import Spec

SCALAR_CODE: tuple[str, ...]

class Program(Prepared):
    calls: list[Prepared]
    num_steps: int
    num_slots: int
    arena_size: int
    buffers: tuple[Spec, ...]
    results: tuple[tuple[int, int, int], ...]
    overlapping: tuple[int, ...]
    def describe(self) -> str: ...

def make_program(num_slots: int, steps: list[Any], inputs: Sequence[int],
                 outputs: Sequence[int]) -> Program: ...
