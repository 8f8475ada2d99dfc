"""MXNet's backends, libraries that ran parts of a graph: here there are none, and graphs stay as
they are. Executors and hybridized blocks make fewer and faster steps of them of their own accord.
"""

from __future__ import annotations

import warnings

OF_CPU = ("MKLDNN", "MKLDNN_QUANTIZE")      # whose work is done without them


def passed_over(caller: str, backend: str) -> None:
    """Warn that a graph stays as it is for a backend, unless that is the CPU's."""
    if backend not in OF_CPU:
        warnings.warn(f"{caller}: there is no backend {backend!r} here, and the graph stays as it "
                      "is: it runs with fewer and faster steps without one", stacklevel=3)
