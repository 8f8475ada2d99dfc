"""`MpiCommunicator`: arrays travel between processes by MPI."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..base import MXNetValueError
from ..device.context import cpu
from ..ndarray import NDArray
from ..ndarray.array import wrap_numpy
from ..ndarray.sparse.making import from_parts
from .communicator import Communicator, total_of
from .compression import TwoBit
from .world import World

PIECE = 1 << 26                 # elements that travel at once at most: MPI counts by 32-bit numbers


def bucket_bytes(num_workers: int) -> int:
    """How much is summed at once. Each worker sends two parts of it to every other one, parts that
    must not become so small that messages cost more than what is in them."""
    return max(4 << 20, num_workers * (256 << 10))


class MpiCommunicator(Communicator):
    """Between the processes of a World.

    A sum is done in parts: each worker gets its part of the numbers from all the others, adds them
    from left to right in the order of ranks, and sends the result to all. So all workers have the
    same bits, whatever their number of threads, and each sends 2 (n - 1) / n times the numbers, the
    least that n workers can do with.
    """

    def __init__(self, world: World, comm: Any = None) -> None:
        """comm: MPI's communicator, of a thread that may wait for ever; None: that of `world`."""
        self.world = world
        self.rank, self.num_workers = world.rank, world.size
        self.bucket_bytes = bucket_bytes(world.size)
        self._comm = world.comm if comm is None else comm
        self._finish = world.finish if comm is None else world.finish_some_time
        self._apart: list[MpiCommunicator] = []
        self._own_bytes = 0

    @property
    def bytes_sent(self) -> int:
        """To other workers, of values and numbers of rows, so far."""
        return self._own_bytes + sum(each.bytes_sent for each in self._apart)

    def reduce(self, groups: Sequence[Sequence[NDArray]]) -> list[NDArray]:
        """The sum of each group, over all workers. Raises ValueError where they do not have arrays
        of the same shapes, dtypes and storage types."""
        totals = super().reduce(groups)
        if self.num_workers == 1 or not totals:
            return totals
        self._agree("push", totals)
        sums = [total if total.stype == "default" else self._sum_rows(total) for total in totals]
        by_dtype: dict[str, list[int]] = {}
        for i, total in enumerate(totals):
            if total.stype == "default":
                by_dtype.setdefault(total._dtype_name, []).append(i)
        for dtype, places in by_dtype.items():
            numbers = _flat([totals[i] for i in places])
            summed = np.empty_like(numbers)
            for at in range(0, len(numbers), PIECE):
                self._sum_piece(numbers[at:at + PIECE], summed[at:at + PIECE], dtype)
            for i, array in zip(places, _split(summed, [totals[i] for i in places]), strict=True):
                sums[i] = array
        return sums

    def reduce_rounded(self, groups: Mapping[Any, Sequence[NDArray]], compression: TwoBit,
                       ) -> list[NDArray]:
        """As `reduce`; the sum of each worker is rounded, and travels in two bits a number."""
        if self.num_workers == 1:
            return super().reduce_rounded(groups, compression)
        totals = super().reduce(list(groups.values()))
        sent = [compression(key, [total])[0] for key, total in zip(groups, totals, strict=True)]
        self._agree("push", sent)
        signs = np.concatenate([_signs(each) for each in sent])
        summed = np.concatenate([self._sum_signs(signs[at:at + PIECE])
                                 for at in range(0, len(signs), PIECE)] or [signs.view(np.int8)])
        sums, at = [], 0
        for each in sent:
            part = summed[at:at + each.size].astype(np.float32).reshape(each.shape)
            sums.append((wrap_numpy(part, each.ctx, "float32") * compression.threshold)
                        .astype(each._dtype_name, copy=False))
            at += each.size
        return sums

    def from_root(self, values: Sequence[NDArray]) -> list[NDArray]:
        """The values of worker 0. Raises ValueError where others have other shapes or dtypes."""
        if self.num_workers == 1 or not values:
            return list(values)
        self._agree("init", values)
        return [self._from_root(value) for value in values]

    def barrier(self) -> None:
        """Wait until all workers have come here."""
        if self.num_workers > 1:
            self._finish(self._comm.Ibarrier(), "a barrier")

    def gather(self, numbers: Any) -> Any:
        """(workers, n): what all of them give, integers of shape (n,)."""
        return self._gather(numbers, "the other workers").reshape(self.num_workers, -1)

    def apart(self) -> MpiCommunicator | None:
        """One of another thread, where there are others to talk to and MPI allows threads."""
        mpi = self.world.mpi
        if self.num_workers == 1 or mpi.Query_thread() < mpi.THREAD_MULTIPLE:
            return None
        comm, request = self._comm.Idup()
        self._finish(request, "another communicator")
        self._apart.append(MpiCommunicator(self.world, comm))
        return self._apart[-1]

    def keep(self, channel: Any) -> None:
        """When the program ends, let the workers bring this early.Channel to its end together."""
        self.world.channels.append(channel)

    def wait(self, event: threading.Event, what: str) -> None:
        """Wait; raises MXNetError where another worker has died."""
        self.world.wait(event.is_set, what)

    # Steps ---------------------------------------------------------------------------------------

    def _agree(self, caller: str, arrays: Sequence[NDArray]) -> None:
        """Raise ValueError, everywhere, unless all workers have arrays of the same kind."""
        kinds = [(array.stype, array._dtype_name, array.shape) for array in arrays]
        crcs = self._gather(np.array([zlib.crc32(repr(kinds).encode())]), "the other workers")
        for rank, crc in enumerate(crcs):
            if crc != crcs[0]:
                shown = ", ".join(f"{stype} {dtype} {shape}" for stype, dtype, shape in kinds[:3])
                raise MXNetValueError(
                    f"KVStore.{caller}: all workers must give arrays of the same shapes, dtypes "
                    f"and storage types, in the same order; those of worker {rank} are not those "
                    f"of worker 0; worker {self.rank} has {len(kinds)}: {shown}"
                    f"{', ...' if len(kinds) > 3 else ''}")

    def _gather(self, numbers: Any, what: str) -> Any:
        """The numbers of all workers, who have the same count of them, one after the other."""
        gathered = np.empty(self.num_workers * len(numbers), numbers.dtype)
        self._own_bytes += numbers.nbytes * (self.num_workers - 1)
        self._finish(self._comm.Iallgather(numbers, gathered), what)
        return gathered

    def _gather_parts(self, mine: Any, gathered: Any, counts: Any, what: str) -> None:
        """Fill `gathered` with what all workers have, so many numbers each."""
        self._own_bytes += mine.nbytes * (self.num_workers - 1)
        kind = _mpi_type(self.world, mine.dtype)
        self._finish(self._comm.Iallgatherv([mine, kind], [gathered, counts, kind]), what)

    def _sum_piece(self, numbers: Any, summed: Any, dtype: str) -> None:
        size = self.num_workers
        edges = [len(numbers) * rank // size for rank in range(size + 1)]
        counts = [end - start for start, end in pairwise(edges)]
        mine = counts[self.rank]
        got = np.empty(size * mine, numbers.dtype)
        kind = _mpi_type(self.world, numbers.dtype)
        self._own_bytes += numbers.nbytes - mine * numbers.itemsize
        self._finish(self._comm.Ialltoallv(
            [numbers, counts, edges[:-1], kind],
            [got, [mine] * size, [mine * rank for rank in range(size)], kind]), "gradients")
        parts = [wrap_numpy(got[mine * rank:mine * (rank + 1)], cpu(), dtype)
                 for rank in range(size)]
        self._gather_parts(_bits(total_of(parts)), summed, counts, "sums of gradients")

    def _sum_rows(self, array: Any) -> NDArray:
        """The sum of row_sparse arrays: each worker gets the rows of all."""
        rows, indices = array._host_parts
        counts = self._gather(np.array([len(indices)]), "numbers of rows")
        length = int(np.prod(array.shape[1:]))
        bits = np.ascontiguousarray(rows).reshape(-1).view(f"u{rows.itemsize}")
        all_bits = np.empty(int(counts.sum()) * length, bits.dtype)
        all_indices = np.empty(int(counts.sum()), np.int64)
        self._gather_parts(np.ascontiguousarray(indices), all_indices, counts, "numbers of rows")
        self._gather_parts(bits, all_bits, counts * length, "rows of gradients")
        parts, start = [], 0
        for count in counts.tolist():
            its = all_bits[start * length:(start + count) * length].view(rows.dtype)
            parts.append(from_parts("row_sparse", array.shape,
                                    (its.reshape(count, *array.shape[1:]).copy(),
                                     all_indices[start:start + count].copy()),
                                    array.ctx, array._dtype_name))
            start += count
        return total_of(parts)

    def _sum_signs(self, signs: Any) -> Any:
        """The sums over all workers of -1, 0, 1, given as two bits in a byte."""
        size = self.num_workers
        share = -(-len(signs) // (4 * size)) * 4            # a part of each worker
        padded = np.zeros(share * size, np.uint8)
        padded[:len(signs)] = signs
        quads = padded.reshape(-1, 4)
        packed = quads[:, 0] | quads[:, 1] << 2 | quads[:, 2] << 4 | quads[:, 3] << 6
        got = np.empty_like(packed)
        self._own_bytes += (size - 1) * share // 4
        self._finish(self._comm.Ialltoall(packed, got), "gradients")
        codes = (got[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).reshape(size, share)
        kind = np.int8 if size < 128 else np.int32
        mine = (codes == 1).sum(0, dtype=kind) - (codes == 2).sum(0, dtype=kind)
        return self._gather(mine.astype(kind), "sums of gradients")[:len(signs)]

    def _from_root(self, value: Any) -> NDArray:
        array: NDArray = value
        if value.stype == "default":
            bits = _bits(value)
            if self.rank != 0:
                bits = np.empty_like(bits)
            self._send(bits)
            if self.rank != 0:
                array = wrap_numpy(bits.reshape(value.shape), value.ctx, value._dtype_name)
            return array
        parts = [np.ascontiguousarray(part) for part in value._host_parts]
        lengths = np.array([len(part) for part in parts])
        self._send(lengths)
        if self.rank != 0:
            parts = [np.empty((length, *part.shape[1:]), part.dtype)
                     for length, part in zip(lengths.tolist(), parts, strict=True)]
        for part in parts:
            self._send(part.reshape(-1).view(f"u{part.itemsize}"))
        if self.rank != 0:
            array = from_parts(value.stype, value.shape, tuple(parts), value.ctx,
                               value._dtype_name)
        return array

    def _send(self, numbers: Any) -> None:
        """Fill numbers with those of worker 0."""
        kind = _mpi_type(self.world, numbers.dtype)
        for at in range(0, len(numbers), PIECE):
            piece = numbers[at:at + PIECE]
            self._own_bytes += piece.nbytes if self.rank == 0 else 0
            self._finish(self._comm.Ibcast([piece, kind], 0), "values of worker 0")


def _bits(array: NDArray) -> Any:
    """The values of a dense array, (size,), as unsigned numbers of the same bits."""
    values = array._values().reshape(-1)
    return values.view(f"u{values.itemsize}")


def _flat(arrays: Sequence[NDArray]) -> Any:
    bits = [_bits(array) for array in arrays]
    return np.concatenate(bits) if len(bits) > 1 else bits[0]


def _split(numbers: Any, arrays: Sequence[NDArray]) -> list[NDArray]:
    """The numbers as arrays like these, one after the other."""
    made, at = [], 0
    for array in arrays:
        part = numbers[at:at + array.size].reshape(array.shape)
        made.append(wrap_numpy(part, array.ctx, array._dtype_name))
        at += array.size
    return made


def _signs(array: NDArray) -> Any:
    """1 for positive numbers, 2 for negative ones, 0."""
    values = array._values().reshape(-1)
    return (values > 0).view(np.uint8) | (values < 0).view(np.uint8) << 1


def _mpi_type(world: World, dtype: Any) -> Any:
    return {1: world.mpi.UINT8_T, 2: world.mpi.UINT16_T, 4: world.mpi.UINT32_T,
            8: world.mpi.UINT64_T}[dtype.itemsize]
