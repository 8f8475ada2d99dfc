"""`import mxnet` and its modules mean those of mxlite, once `install_as_mxnet` was called."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import mxlite

from ..libinfo import __version__ as VERSION  # what old libraries ask mxnet for
from .borrowed import lend


class _Mxnet(ModuleType):
    """The module `mxnet`: whatever mxlite has, under the version whose programs it runs."""

    __version__ = VERSION

    def __init__(self) -> None:
        super().__init__("mxnet", mxlite.__doc__)
        self.__path__: list[str] = []
        self.__all__ = [name for name in dir(mxlite) if not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        value = getattr(mxlite, name)
        if isinstance(value, ModuleType):
            lend(value)
            super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("__"):
            setattr(mxlite, name, value)        # a program that changes mxnet changes mxlite
        if name.startswith("__") or name in self.__dict__ or isinstance(value, ModuleType):
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self.__dict__.pop(name, None)
        if not name.startswith("__"):
            delattr(mxlite, name)       # what it loads when it is asked for is there again then

    def __dir__(self) -> list[str]:
        return dir(mxlite)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds mxnet.<module> where mxlite has <module>."""

    def __init__(self) -> None:
        self._own: dict[str, importlib.machinery.ModuleSpec | None] = {}

    def find_spec(self, fullname: str, path: Sequence[str] | None = None,
                  target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != "mxnet":
            return None
        if fullname != "mxnet" and not isinstance(_module(fullname), ModuleType):
            raise ModuleNotFoundError(
                f"mxlite has no module {fullname!r} of MXNet's (yet): `python -m mxlite.check` "
                "tells what of a program there is", name=fullname)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _Mxnet() if spec.name == "mxnet" else _module(spec.name)
        assert module is not None
        self._own[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        if isinstance(module, _Mxnet):
            importlib.import_module("multiprocessing.pool")     # MXNet has imported it: Sockeye
        else:                                                   # goes on with it unasked
            lend(module)
        spec = module.__spec__              # importlib has put the alias's there
        if spec is not None and self._own.get(spec.name) is not None:
            module.__spec__ = self._own[spec.name]
        if vars(module).get("mx") is mxlite:    # which test_utils gives to `import *`
            module.__dict__["mx"] = sys.modules["mxnet"]


def _module(name: str) -> ModuleType | None:
    """mxlite's module for this name of MXNet's, `mxnet.gluon.nn`; None if there is none."""
    own = "mxlite" + name.removeprefix("mxnet")
    try:
        return importlib.import_module(own)
    except ModuleNotFoundError as error:
        if error.name is None or not own.startswith(error.name):
            raise                               # something else that it needs
    parent, _, last = own.rpartition(".")
    try:
        value = getattr(importlib.import_module(parent), last, None)
    except ModuleNotFoundError:
        return None
    return value if isinstance(value, ModuleType) else None


def install_as_mxnet() -> None:
    """Let `import mxnet`, its submodules, and pickles that name its classes get mxlite's.

    mxnet.__version__ is then 1.9.1. Raises ImportError if the real mxnet was imported before.
    """
    known = sys.modules.get("mxnet")
    if known is not None and not isinstance(known, _Mxnet):
        raise ImportError("install_as_mxnet: another mxnet has been imported already; call it "
                          "before the first `import mxnet`", name="mxnet")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
