"""WikiText under the module path that MXNet has; the classes stand on `contrib.text`, above Gluon,
which is loaded when one is used."""

import importlib
from typing import Any

_NAMES = ["WikiText2", "WikiText103"]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    package = __name__.partition(".")[0]
    return getattr(importlib.import_module(f"{package}.contrib.text.wikitext"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES})
