from collections.abc import Callable
from typing import Any

from .crew import Batch, Crew

class TextBatch(Batch):
    rows: int
    pad: int
    def pairs(self, table: int, item: int) -> tuple[bytearray, bytearray, bytearray]: ...
    def __init__(self, data: Any, labels: Any, index: Any, tag: Any = None) -> None: ...

class TextRows(Crew):
    def __init__(
        self, format: str, tables: Any, dtype: str, round_batch: bool,
        explain: Callable[[str, list[int], bytes], Exception], threads: int, capacity: int,
        block: int, longest: int,
    ) -> None: ...
    def rewind(self) -> None: ...
