"""`mx.executor`: MXNet's path of the Executor."""

from .symbol.executor import Executor as Executor
