"""Where the temporary arrays of a Program lie: offsets into one block, chosen by liveness."""

from __future__ import annotations

ALIGNMENT = 64


class Arena:
    """Hands out parts of a block that grows as needed; parts given back are used again.

    `size` is what the block must have, in bytes. Offsets are multiples of 64.
    """

    def __init__(self) -> None:
        self.size = 0
        self._gaps: list[tuple[int, int]] = []      # (begin, end), sorted, never adjacent

    def take(self, nbytes: int) -> int:
        """The offset of a part: of the smallest gap that holds it, else behind all others."""
        nbytes = _rounded(nbytes)
        fitting = [(end - begin, begin, end) for begin, end in self._gaps if end - begin >= nbytes]
        if fitting:
            _, begin, end = min(fitting)
            self._gaps.remove((begin, end))
            if begin + nbytes < end:
                self._insert(begin + nbytes, end)
            return begin
        begin = self.size
        if self._gaps and self._gaps[-1][1] == self.size:
            begin = self._gaps.pop()[0]             # the last gap grows
        self.size = begin + nbytes
        return begin

    def give(self, offset: int, nbytes: int) -> None:
        """Take a part back; what is taken later may lie there."""
        if nbytes:
            self._insert(offset, offset + _rounded(nbytes))

    def _insert(self, begin: int, end: int) -> None:
        gaps = sorted([*self._gaps, (begin, end)])
        self._gaps = gaps[:1]
        for begin, end in gaps[1:]:
            if begin == self._gaps[-1][1]:
                self._gaps[-1] = (self._gaps[-1][0], end)
            else:
                self._gaps.append((begin, end))


def _rounded(nbytes: int) -> int:
    return -(-nbytes // ALIGNMENT) * ALIGNMENT
