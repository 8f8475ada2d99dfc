"""Kernels are compiled once and stay on disk."""

import pytest

import mxlite as mx
from mxlite.cuda import compiler, libraries


def test_what_was_compiled_is_read_from_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("MXLITE_CUDA_CACHE", str(tmp_path / "new"))
    image = compiler.compiled("bytes", "bytes", 90)
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes() == image and path.name.startswith("bytes_bytes_")
    path.write_bytes(b"kept")
    assert compiler.compiled("bytes", "bytes", 90) == b"kept"


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MXLITE_CUDA_CACHE", str(tmp_path / "file"))
    assert compiler.compiled("bytes", "bytes", 90)


def test_errors():
    with pytest.raises(mx.MXNetError, match=r"kernels of wrong\.cu do not compile:\n[^$]*nonsense"):
        compiler.compiler().compile("nonsense;", "wrong.cu", ())
    with pytest.raises(mx.MXNetError, match=r"the source absent\.cu of mxlite's GPU kernels is mi"):
        compiler.source_of("absent.cu")


def test_without_nvrtc(monkeypatch):
    monkeypatch.setattr(compiler, "SONAMES", ("libabsent.so.1",))
    monkeypatch.setattr(libraries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NotImplementedError, match=r"run-time compiler: no libabsent\.so\.1; pip i"):
        compiler.compiler.__wrapped__()
