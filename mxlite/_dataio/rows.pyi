from typing import Any

from .crew import Batch, Crew

class RowBatch(Batch):
    def __init__(
        self, samples: Any, data: Any, labels: Any, width: int, tag: Any = None
    ) -> None: ...

class Rows(Crew):
    def __init__(
        self, values: Any, labels: Any, scale: float, threads: int, capacity: int
    ) -> None: ...
