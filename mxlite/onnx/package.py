"""The package onnx, which only those need who exchange models: `pip install mxlite[onnx]`."""

from __future__ import annotations

import importlib.util


def check_installed(caller: str) -> None:
    """Raise ImportError where the package onnx is not installed."""
    if importlib.util.find_spec("onnx") is None:
        raise ImportError(f"{caller} needs the package onnx, which is not installed; "
                          "pip install onnx, or mxlite[onnx]")
