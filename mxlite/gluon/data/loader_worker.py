"""What a worker process of the DataLoader does, from its start to its end."""

from __future__ import annotations

import pickle
import random
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

from ...base import MXNetTypeError
from ...device import host
from ...random import next_key, stream
from .loader_memory import Outbox, Parcel
from .making import GLOBALS, Maker, Order


class Failure(NamedTuple):
    """An error on its way to the parent."""

    error: bytes | None            # pickled; None where that cannot be done
    summary: str
    trace: str


def serve(connection: Connection, prefix: str, prepare: Callable[[], None] | None = None) -> None:
    """Receive a pickled Maker, acknowledge it with b"", then serve requests until the parent ends.

    prefix: of the names of this worker's segments of shared memory. prepare: called first.
    """
    if prepare is not None:
        prepare()
    signal.signal(signal.SIGINT, signal.SIG_IGN)       # Ctrl-C is for the parent, which ends us
    host.set_num_threads(1)                            # there are other workers for other cores
    outbox = Outbox(prefix)
    try:
        try:
            maker = pickle.loads(connection.recv_bytes())
        except EOFError:
            return
        except BaseException as error:
            connection.send_bytes(pickle.dumps(failure(error)))
            return
        connection.send_bytes(b"")
        while True:
            order = pickle.loads(connection.recv_bytes())
            connection.send_bytes(pickle.dumps(answer(maker, order, outbox)))
    except (EOFError, ConnectionError):
        pass                                           # the parent is gone
    finally:
        outbox.close()


def answer(maker: Maker, order: Order, outbox: Outbox) -> Parcel | Failure:
    """The batch of an order, or what went wrong."""
    with stream(*order.key, order.number, GLOBALS):
        seed = next_key()[0]
    random.seed(seed)
    np.random.seed(seed & 0xFFFFFFFF)
    try:
        batch = maker.make(order)
    except BaseException as error:
        return failure(error)
    try:
        return outbox.pack(batch)
    except Exception as error:
        return failure(MXNetTypeError(
            f"DataLoader: {order} holds what cannot be sent from a worker process: "
            f"{type(error).__name__}: {error}. Let batchify_fn return arrays, numbers, text, or "
            "lists, tuples and dicts of these; or use threads, thread_pool=True"))


def failure(error: BaseException) -> Failure:
    """An error as the parent can raise it: of the same type where that can be pickled."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    summary = f"{type(error).__name__}: {error}"
    try:
        pickled = pickle.dumps(error)
        if type(pickle.loads(pickled)) is not type(error):
            raise TypeError("it became another type")
    except Exception:
        return Failure(None, summary, trace)
    return Failure(pickled, summary, trace)


def raised(reply: Failure, pid: int | None) -> Any:
    """The error of a failure, for the parent to raise; its notes show where it came from."""
    from ...base import MXNetError

    error: BaseException
    try:
        error = pickle.loads(reply.error or b"")
    except Exception:
        error = MXNetError(f"DataLoader: a worker process raised {reply.summary}")
    error.add_note(f"DataLoader: in worker process {pid}:\n{reply.trace}")
    return error
