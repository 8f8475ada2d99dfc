"""`mx.kvstore.base`, MXNet's path of these names."""

from .creation import create as create
from .interface import KVStoreBase as KVStoreBase
from .interface import TestStore as TestStore
