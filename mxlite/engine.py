"""`mx.engine`: bulking, which immediate execution has no need of."""

from types import TracebackType

_size = 15


def set_bulk_size(size: int) -> int:
    """Remember a bulk size; returns the one before. Results and speed do not depend on it."""
    global _size
    before, _size = _size, size
    return before


class bulk:
    """A `with` block with a bulk size."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> None:
        self.size = set_bulk_size(self.size)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        set_bulk_size(self.size)
