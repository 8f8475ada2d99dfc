from collections.abc import Callable
from typing import Any

from .crew import Batch, Crew

def scan(path: str) -> memoryview: ...

class ImageBatch(Batch):
    def __init__(
        self, records: Any, epochs: Any, data: Any, labels: Any, ids: Any, doubtful: Any,
        tag: Any = None,
    ) -> None: ...

class ImageRecords(Crew):
    paths: list[str]
    def __init__(
        self, paths: list[str], offsets: Any, settings: dict[str, Any], mean_image: Any,
        decode: Callable[[Any, int], Any], dtype: str, label_width: int, listed: Any, seed: int,
        threads: int, capacity: int,
    ) -> None: ...
