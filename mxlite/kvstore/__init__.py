"""`mx.kv`: arrays under keys, which bring together what several devices compute (docs/kvstore.md).
"""

from .base import KVStoreBase as KVStoreBase
from .base import TestStore as TestStore
from .base import create as create
from .kvstore import KVStore as KVStore
from .kvstore_server import KVStoreServer as KVStoreServer

__all__ = ["KVStore", "KVStoreBase", "KVStoreServer", "create"]
