"""`KVStoreServer`, which MXNet starts in processes of its own; here there are no such processes."""

from __future__ import annotations

from typing import Any

from ..base import MXNetNotImplementedError


class KVStoreServer:
    """What MXNet's parameter servers run. Raises NotImplementedError, as there are none here."""

    def __init__(self, kvstore: Any) -> None:
        raise MXNetNotImplementedError("KVStoreServer: no process is a parameter server here; "
                                       "workers sum gradients among themselves")
