from collections.abc import Callable
from typing import Any

from .image_records import ImageRecords

PREFIX: int

def most_labels(paths: list[str], offsets: Any) -> tuple[int, int]: ...

class DetectionRecords(ImageRecords):
    def __init__(
        self, paths: list[str], offsets: Any, settings: dict[str, Any], mean_image: Any,
        decode: Callable[[Any, int], Any], dtype: str, label_width: int, label_pad_width: int,
        label_pad_value: float, listed: Any, seed: int, threads: int, capacity: int,
    ) -> None: ...
