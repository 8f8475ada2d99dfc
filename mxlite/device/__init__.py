"""Devices: contexts, memory, and the table of kernels."""

from ..base import require_compiled

require_compiled(__name__, "core")
del require_compiled
