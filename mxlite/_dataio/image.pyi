from collections.abc import Sequence
from typing import Any

Numbers = float | Sequence[float]

def resize(
    src: Any, dst: Any, interp: int = 1, part: tuple[int, int, int, int] | None = None
) -> None: ...
def pad(
    src: Any, dst: Any, top: int, left: int, mode: int = 0, values: Numbers = 0
) -> None: ...
def warp_affine(
    src: Any,
    dst: Any,
    matrix: Sequence[float],
    interp: int = 1,
    border: int = 0,
    values: Numbers = 0,
) -> None: ...
def flip(src: Any, dst: Any, upside_down: bool = False) -> None: ...
def rgb_to_hls(src: Any, dst: Any) -> None: ...
def hls_to_rgb(src: Any, dst: Any) -> None: ...
def rgb_to_gray(src: Any, dst: Any) -> None: ...
def to_chw(
    src: Any,
    dst: Any,
    mean: Any = 0,
    scale: Numbers = 1,
    shift: Numbers = 0,
    mirror: bool = False,
) -> None: ...
