"""Where NVIDIA's libraries are found: in NVIDIA's packages, and what the extras name."""

import ctypes
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mxlite.cuda import blas, compiler, libraries

ROOT = Path(__file__).parent.parent.parent


def build(path, source, *flags):
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-xc", "-", "-shared", "-fPIC",
                    f"-Wl,-soname,{path.name}", "-o", str(path), "-xnone", *flags],
                   input=source, text=True, check=True)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `nvidia` with a library that needs another one beside it."""
    folder = tmp_path / "nvidia/cu13/lib"
    folder.mkdir(parents=True)
    build(folder / "libtoy-part.so.7", "int answer(void) { return 42; }")
    build(folder / "libtoy.so.7", "int answer(void); int ask(void) { return answer(); }",
          str(folder / "libtoy-part.so.7"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nvidia", raising=False)


def test_a_library_of_a_package(package):
    with pytest.raises(OSError, match=r"^no libtoy\.so\.8$"):
        libraries.load(("libtoy.so.8",), "libtoy-part.so.*")
    assert libraries.load(("libtoy.so.8", "libtoy.so.7"), "libtoy-part.so.*").ask() == 42
    assert ctypes.CDLL("libtoy.so.7").ask() == 42          # is loaded: its name is enough now


def test_extras_bring_what_is_looked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for version, suffix in ((12, "-cu12"), (13, "")):
        names = [text.split(">")[0] for text in extras[f"cuda{version}"]]
        assert names == [f"nvidia-cublas{suffix}", f"nvidia-cuda-nvrtc{suffix}"]
        assert f"libnvrtc.so.{version}" in compiler.SONAMES
        assert f"libcublas.so.{version}" in blas.SONAMES
