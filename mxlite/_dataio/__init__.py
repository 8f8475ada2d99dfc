"""The C readers and writers of data files, and their errors; neither arrays nor kernels."""

from ..base import require_compiled

require_compiled(__name__, "recordio")
del require_compiled
