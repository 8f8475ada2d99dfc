"""`AsyncKVStore`: workers that do not wait for each other, 'dist_async'."""

from __future__ import annotations

import threading
import time
from typing import Any

from ..base import MXNetError
from ..ndarray import NDArray
from ..ndarray.array import wrap_numpy
from ..ndarray.sparse.making import from_parts
from .communicator import Communicator
from .kvstore import KVStore
from .mpi import MpiCommunicator
from .pairs import Key

REQUEST, REPLY = 1, 2           # tags
IDLE = 2e-3                     # seconds between looks for requests, when there have been none


class AsyncKVStore(KVStore):
    """What is stored is worker 0's; each push changes it at once, whatever the others do.

    A thread of worker 0 does what the other workers ask for, one after the other. They have copies,
    which a pull brings up to date. What is pushed goes to the updater, without which nothing can be
    pushed; that of worker 0 counts, with its states. `init`, `broadcast` and `set_optimizer` wait
    for all workers.
    """

    def __init__(self, name: str, communicator: MpiCommunicator) -> None:
        super().__init__(name, communicator)
        self._world = communicator.world
        self._lock = threading.RLock()
        self._local = Communicator()              # sums over contexts alone
        self._num_left = self.num_workers - 1
        if self.num_workers == 1:
            return
        mpi = self._world.mpi
        if mpi.Query_thread() < mpi.THREAD_MULTIPLE:
            raise MXNetError(f"kvstore: {name!r} needs an MPI that several threads may call "
                             "(MPI_THREAD_MULTIPLE); 'dist_sync' does not")
        self._comm = self._world.comm.Dup()
        if self.rank == 0:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()
        self._world.at_end(self._leave)

    _sums_early = False

    # What is stored ------------------------------------------------------------------------------

    def _init(self, caller: str, key: Any, value: Any) -> None:
        super()._init(caller, key, value)
        self._communicator.barrier()            # nobody asks for it before it is there

    def _hold(self, holder: Any, keys: list[Key], arrays: list[NDArray], updater: Any = None,
              ) -> None:
        """Store copies, as what is stored changes at any time."""
        copies = [array.copy() for array in arrays]
        super()._hold(holder, keys, copies, updater)
        for array, copy in zip(arrays, copies, strict=True):
            self._local.broadcast(copy, [array])
        self._communicator.barrier()

    def _holds(self, key: Key, array: NDArray | None = None) -> bool:
        return key in self._values

    def _totals(self, pairs: dict[Key, list[NDArray]]) -> list[NDArray]:
        totals = self._local.reduce(list(pairs.values()))
        if self._compression is None:
            return totals
        return [self._compression(key, [total])[0]
                for key, total in zip(pairs, totals, strict=True)]

    def _change(self, key: Key, total: NDArray, is_given: bool = False) -> None:
        if self.rank != 0:
            self._ask("push", key, _packed(total))
            return
        with self._lock:
            if self._updaters.get(key, self._updater) is None:
                raise MXNetError(f"KVStore.push: {self.type!r} updates what is stored by each push;"
                                 " worker 0 must have called set_optimizer first")
            super()._change(key, total, is_given)

    def _pull(self, caller: str, pairs: dict[Key, list[NDArray]], ignore_sparse: bool,
              shares: bool = False) -> None:
        if self.rank != 0:
            for key, array in zip(pairs, self._ask("pull", list(pairs)), strict=True):
                self._values[key] = _unpacked(array, self._values[key])
        with self._lock:
            super()._pull(caller, pairs, ignore_sparse)

    def _rows(self, key: Key, chosen: Any) -> NDArray:
        if self.rank != 0:
            return _unpacked(self._ask("rows", key, chosen), self._values[key])
        with self._lock:
            return super()._rows(key, chosen)

    def _in_any_worker(self, flag: bool) -> bool:
        """What this one says, as none waits for the others."""
        return flag

    def _set_updater(self, updater: Any) -> None:
        super()._set_updater(updater)
        self._communicator.barrier()

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """As in KVStore; only worker 0 has states."""
        self._check_root("save_optimizer_states")
        with self._lock:
            super().save_optimizer_states(fname, dump_optimizer)

    def load_optimizer_states(self, fname: Any) -> None:
        """As in KVStore; only worker 0 has states."""
        self._check_root("load_optimizer_states")
        with self._lock:
            super().load_optimizer_states(fname)

    def _check_root(self, caller: str) -> None:
        if self.rank != 0:
            raise MXNetError(f"KVStore.{caller}: only worker 0 of {self.type!r} has the states of "
                             f"the optimizer; this is worker {self.rank}")

    # Messages ------------------------------------------------------------------------------------

    def _ask(self, *request: Any) -> Any:
        """What worker 0 answers."""
        sent = self._comm.isend(request, 0, REQUEST)
        found: list[Any] = []

        def has_reply() -> bool:
            message = self._comm.improbe(0, REPLY)
            if message is not None:
                found.append(message)
            return bool(found)

        self._world.wait(has_reply, f"an answer of worker 0 to {request[0]}")
        is_done, answer = found[0].recv()
        self._world.finish(sent, "a message")
        if not is_done:
            raise MXNetError(f"worker 0: {answer}")
        return answer

    def _serve(self) -> None:
        """Answer the other workers until all have left."""
        status = self._world.mpi.Status()
        replies: list[Any] = []
        last = time.monotonic()
        while self._num_left or replies:
            replies = [each for each in replies if not each.Test()]
            message = self._comm.improbe(tag=REQUEST, status=status)
            if message is None:
                time.sleep(IDLE if time.monotonic() - last > 0.1 else 1e-4)
                continue
            last, source = time.monotonic(), status.source
            try:
                reply = True, self._answer(*message.recv())
            except Exception as error:
                reply = False, f"{type(error).__name__}: {error}"
            replies.append(self._comm.isend(reply, source, REPLY))

    def _answer(self, name: str, *arguments: Any) -> Any:
        if name == "leave":
            self._num_left -= 1
            return None
        with self._lock:
            if name == "push":
                key, packed = arguments
                return self._change(key, _unpacked(packed, self._values[key]))
            if name == "rows":
                return _packed(self._rows(*arguments))
            return [_packed(self._values[key], True) for key in arguments[0]]

    def _leave(self) -> None:
        if self.rank == 0:
            self._world.wait(lambda: not self._thread.is_alive(), "the last pushes of all workers")
        else:
            self._ask("leave")


def _packed(array: Any, is_copied: bool = False) -> Any:
    """(storage type, dtype, arrays of NumPy); copied, if the array may change meanwhile."""
    parts = [array._values()] if array.stype == "default" else array._host_parts
    parts = [part.copy() if is_copied else part for part in parts]
    return array.stype, array._dtype_name, parts


def _unpacked(packed: Any, like: NDArray) -> NDArray:
    """An array of the shape and on the context of another one."""
    stype, dtype, parts = packed
    if stype == "default":
        return wrap_numpy(parts[0], like.ctx, dtype)
    array: NDArray = from_parts(stype, like.shape, tuple(parts), like.ctx, dtype)
    return array
