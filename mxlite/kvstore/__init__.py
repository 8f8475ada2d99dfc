"""`mx.kv`: arrays under keys, which bring together what several devices compute (docs/kvstore.md).
"""

from . import base as base
from .creation import create as create
from .interface import KVStoreBase as KVStoreBase
from .interface import TestStore as TestStore
from .kvstore import KVStore as KVStore
from .kvstore_server import KVStoreServer as KVStoreServer

__all__ = ["KVStore", "KVStoreBase", "KVStoreServer", "create"]
