"""Where NVIDIA's libraries are: loaded, on the system's path, or in NVIDIA's packages."""

from __future__ import annotations

import ctypes
import importlib.util
from pathlib import Path


def load(sonames: tuple[str, ...], needs: str) -> ctypes.CDLL:
    """What is loaded or on the system's path first, then that of NVIDIA's package, `nvidia/*/lib`.

    needs: a pattern of libraries beside it that it does not find by itself. Raises OSError where
    there is none.
    """
    for soname in sonames:
        try:
            return ctypes.CDLL(soname)
        except OSError:
            pass
    spec = importlib.util.find_spec("nvidia")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        for soname in sonames:
            for path in Path(root).glob(f"*/lib/{soname}"):
                for part in path.parent.glob(needs):
                    ctypes.CDLL(str(part))
                return ctypes.CDLL(str(path))
    raise OSError(f"no {sonames[0]}")
