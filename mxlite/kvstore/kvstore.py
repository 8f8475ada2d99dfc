"""`KVStore`: sums arrays of several devices under keys, and updates what it holds by the sums."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from .. import autograd
from .. import optimizer as opt
from ..base import MXNetKeyError, MXNetTypeError, MXNetValueError
from ..ndarray import NDArray
from ..ndarray.sparse.rows import rows_of
from .communicator import Communicator, moved
from .interface import STORES
from .optimized import OptimizedStore
from .pairs import Key, arrays_of, buckets_of, check_type, pairs_of, row_numbers


class KVStore(OptimizedStore):
    """Arrays under keys, which are all int or all str.

    `push` brings in arrays, one or one from each device, and stores their sum, or lets the updater
    change what is stored by it; `pull` writes what is stored to arrays, on any devices. Calls are
    done when they return, in their order: `priority` has no effect. `mx.kv.create` makes stores.
    """

    def __init__(self, name: str = "local", communicator: Communicator | None = None) -> None:
        if name not in STORES and communicator is None:
            raise MXNetValueError(f"KVStore: mx.kv.create makes stores; got {name!r}")
        super().__init__(name)
        self._communicator = Communicator() if communicator is None else communicator
        self._values: dict[Key, NDArray] = {}
        self._key_type: type | None = None
        self._warned: set[Key] = set()
        self._holders: dict[Key, weakref.ref[Any]] = {}         # whose arrays `_hold` stored

    # What is stored ------------------------------------------------------------------------------

    def init(self, key: Any, value: Any) -> None:
        """Store a copy of an array, or a list of them for a list of keys, that of worker 0.

        Raises ValueError for a key that is there already.
        """
        self._init("init", key, value)

    def _init(self, caller: str, key: Any, value: Any) -> None:
        pairs = self._pairs(caller, key, value, "value", is_new=True)
        for one, arrays in pairs.items():
            if len(arrays) > 1:
                raise MXNetValueError(f"KVStore.{caller}: key {one!r} must have one array; got "
                                      f"{len(arrays)}")
        values = self._communicator.from_root([arrays[0] for arrays in pairs.values()])
        with autograd.pause():
            for one, array in zip(pairs, values, strict=True):
                self._values[one] = array.copy()

    def _hold(self, holder: Any, keys: list[Key], arrays: list[NDArray],
              updater: opt.Updater | None = None) -> None:
        """Store these very arrays, which `updater` then changes, in place of those that the same
        holder, a Trainer or the like, had there; they get the values of worker 0.

        Raises ValueError for keys that are there already, but are not the holder's.
        """
        for key in keys:
            check_type("init", key, self._key_type or type(keys[0]))
            owner = self._holders[key]() if key in self._holders else None
            if owner not in (None, holder) or (key in self._values and key not in self._holders):
                raise MXNetValueError(f"KVStore: key {key!r} is there already; parameters of "
                                      "another Trainer or Module need another store")
        values = self._communicator.from_root(arrays)
        for key, array, value in zip(keys, arrays, values, strict=True):
            self._communicator.broadcast(value, [array])
            self._values[key] = array
            self._holders[key], self._updaters[key] = weakref.ref(holder), updater
        if keys:
            self._key_type = type(keys[0])
            self._updater = updater or self._updater

    @property
    def _sums_early(self) -> bool:
        """Whether sums may be made before they are pushed (early.py)."""
        return self.num_workers > 1 and self._compression is None

    def _holds(self, key: Key, array: NDArray | None = None) -> bool:
        """Whether the key is there, with this very array if one is given."""
        return key in self._values and (array is None or self._values[key] is array)

    def push(self, key: Any, value: Any, priority: int = 0) -> None:
        """Bring in an array, or a list of one from each device; for a list of keys, a list of such.

        Without an updater their sum is stored. Shapes must be that of what is stored.
        """
        pairs = self._pairs("push", key, value, "value")
        self._push(pairs)

    def _push(self, pairs: dict[Key, list[NDArray]],
              sums: Mapping[Key, NDArray] = MappingProxyType({})) -> None:
        """sums: those of some of the keys, which have been made already."""
        for key, arrays in pairs.items():
            self._check_shapes("push", key, arrays)
            if any(array.stype == "csr" for array in arrays):
                raise MXNetTypeError(f"KVStore.push: arrays of key {key!r} must be dense or "
                                     "row_sparse; got 'csr'")
        rest = {key: arrays for key, arrays in pairs.items() if key not in sums}
        with autograd.pause():
            totals = dict(zip(rest, self._totals(rest), strict=True)) if rest else {}
            for key, arrays in pairs.items():
                total = totals[key] if key in totals else sums[key]
                self._change(key, total, total is arrays[0])

    def _totals(self, pairs: dict[Key, list[NDArray]]) -> list[NDArray]:
        """The sums of what is pushed; rounded, if they are to be."""
        if self._compression is not None:
            return self._communicator.reduce_rounded(pairs, self._compression)
        return self._communicator.reduce(list(pairs.values()))

    def _change(self, key: Key, total: NDArray, is_given: bool = False) -> None:
        """Store the sum, or a copy if it is an array of the caller's; or let the updater change by
        it what is stored."""
        updater = self._updaters.get(key, self._updater)
        if updater is None:
            self._values[key] = total.copy() if is_given else total
            return
        stored = self._values[key]
        name: Any = key
        if isinstance(key, str) and not isinstance(updater, opt.Updater):
            name = key.encode()
        updater(name, moved(total, stored.ctx), stored)

    def pull(self, key: Any, out: Any = None, priority: int = 0, ignore_sparse: bool = True,
             ) -> None:
        """Write what is stored to `out`, an array or a list of them; for a list of keys, a list.

        Arrays may have other dtypes, which the values are cast to. With ignore_sparse, sparse ones
        are left as they are, as `row_sparse_pull` is for them.
        """
        self._pull("pull", self._pairs("pull", key, out, "out"), ignore_sparse)

    def _pull(self, caller: str, pairs: dict[Key, list[NDArray]], ignore_sparse: bool,
              shares: bool = False) -> None:
        for key, arrays in pairs.items():
            outputs = [array for array in arrays
                       if array.stype == "default" or not ignore_sparse]
            if len(outputs) < len(arrays) and key not in self._warned:
                self._warned.add(key)
                warnings.warn(f"KVStore.{caller}: sparse arrays of key {key!r} are left as they "
                              "are; pull(ignore_sparse=False) or row_sparse_pull writes to them",
                              RuntimeWarning, stacklevel=4 if caller == "pushpull" else 3)
            self._check_shapes(caller, key, outputs)
            with autograd.pause():
                self._communicator.broadcast(self._values[key], outputs, shares)

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """`push`, then `pull` to `out`, or to `value` itself."""
        self._push_pull(key, value, value if out is None else out, True)

    def _push_pull(self, key: Any, value: Any, out: Any, ignore_sparse: bool,
                   sums: Mapping[Key, NDArray] = MappingProxyType({})) -> None:
        """pushpull; of a Trainer or Module without ignore_sparse, when outputs may share memory."""
        values = self._pairs("pushpull", key, value, "value")
        outputs = values if out is value else self._pairs("pushpull", key, out, "out")
        for caller_pairs in (values, outputs):
            for one, arrays in caller_pairs.items():
                self._check_shapes("pushpull", one, arrays)
        for keys in buckets_of(values, self._communicator.bucket_bytes):
            self._push({one: values[one] for one in keys}, sums)
            self._pull("pushpull", {one: outputs[one] for one in keys}, ignore_sparse,
                       not ignore_sparse and out is not value)

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """`init`, then `pull`."""
        outputs = self._pairs("broadcast", key, out, "out", is_new=True)
        self._init("broadcast", key, value)
        self._pull("broadcast", outputs, True)

    def row_sparse_pull(self, key: Any, out: Any = None, priority: int = 0, row_ids: Any = None,
                        ) -> None:
        """Write some rows of what is stored, which must be row_sparse, to row_sparse arrays.

        row_ids: the numbers of the rows, in any order, for each array of `out`, which may be a list
        as in `pull`; one array of numbers serves a whole list. `out` then has just these rows, of
        zeros where nothing is stored. The array that is stored itself, as a Module's or Trainer's
        are, has all its rows already, and keeps them.
        """
        pairs = self._pairs("row_sparse_pull", key, out, "out")
        ids = [row_ids] if isinstance(row_ids, NDArray) else row_ids
        if isinstance(key, (list, tuple)) and not (isinstance(ids, (list, tuple))
                                                   and len(ids) == 1 < len(key)):
            numbers = pairs_of("KVStore.row_sparse_pull", key, ids, "row_ids")
        else:
            given = arrays_of("KVStore.row_sparse_pull", ids, "row_ids")
            numbers = dict.fromkeys(pairs, given)
        for one, outputs in pairs.items():
            self._pull_rows(one, outputs, numbers[one])

    def _pull_rows(self, key: Key, outputs: list[NDArray], ids: list[NDArray]) -> None:
        stored = self._values[key]
        for array, what in ((stored, "what is stored"), *[(each, "out") for each in outputs]):
            if array.stype != "row_sparse":
                raise MXNetTypeError(f"KVStore.row_sparse_pull: {what} for key {key!r} must be "
                                     f"row_sparse; got {array.stype!r}")
        self._check_shapes("row_sparse_pull", key, outputs)
        if len(ids) not in (1, len(outputs)):
            raise MXNetValueError(f"KVStore.row_sparse_pull: key {key!r} must have one array of "
                                  f"row_ids, or one for each of {len(outputs)} arrays; got "
                                  f"{len(ids)}")
        with autograd.pause():
            chosen = [row_numbers(key, each, stored.shape[0]) for each in ids]
            rows: dict[int, NDArray] = {}
            for k, output in enumerate(outputs):
                if output is not stored:
                    which = k if len(chosen) > 1 else 0
                    if which not in rows:
                        rows[which] = self._rows(key, chosen[which])
                    self._communicator.broadcast(rows[which], [output])

    def _rows(self, key: Key, chosen: Any) -> NDArray:
        """Rows of what is stored, which are ascending."""
        rows: NDArray = rows_of(self._values[key], chosen)
        return rows

    # Workers -------------------------------------------------------------------------------------

    @property
    def rank(self) -> int:
        """The number of this worker, from 0 on."""
        return self._communicator.rank

    @property
    def num_workers(self) -> int:
        """How many workers, processes that train together, there are."""
        return self._communicator.num_workers

    def _in_any_worker(self, flag: bool) -> bool:
        """Whether some worker says so; all ask at the same point."""
        return bool(self._communicator.gather(np.array([flag], np.int64)).any())

    def _barrier(self) -> None:
        """Wait until all workers have come here."""
        self._communicator.barrier()

    # Checks --------------------------------------------------------------------------------------

    def _pairs(self, caller: str, key: Any, value: Any, argument: str, is_new: bool = False,
               ) -> dict[Key, list[NDArray]]:
        """`pairs_of`, with keys of the store's type, which are there, or, with is_new, not yet."""
        pairs = pairs_of(f"KVStore.{caller}", key, value, argument)
        key_type = self._key_type or (str if isinstance(next(iter(pairs), 0), str) else int)
        for one in pairs:
            check_type(caller, one, key_type)
            if is_new and one in self._values:
                raise MXNetValueError(f"KVStore.{caller}: key {one!r} is there already; init or "
                                      "broadcast it once")
            if not is_new and one not in self._values:
                raise MXNetKeyError(f"KVStore.{caller}: there is no key {one!r}; init it first")
        self._key_type = key_type
        return pairs

    def _check_shapes(self, caller: str, key: Key, arrays: list[NDArray]) -> None:
        shape = self._values[key].shape
        for array in arrays:
            if array.shape != shape:
                raise MXNetValueError(f"KVStore.{caller}: key {key!r} has an array of shape "
                                      f"{shape}; got {array.shape}")
