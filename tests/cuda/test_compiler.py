"""Kernels are compiled once and stay on disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mxlite as mx
from mxlite.cuda import compiler, kernels, libraries

ROOT = Path(__file__).parent.parent.parent


def test_what_was_compiled_is_read_from_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("MXLITE_CUDA_CACHE", str(tmp_path / "new"))
    image = compiler.compiled("bytes", "bytes", 90)
    (path,) = (tmp_path / "new").iterdir()
    assert path.read_bytes() == image and path.name.startswith("bytes_bytes_")
    path.write_bytes(b"kept")
    assert compiler.compiled("bytes", "bytes", 90) == b"kept"


def tool(*arguments, **environment):
    code = ("import conftest, runpy, sys; sys.argv = sys.argv[1:]; "
            "runpy.run_path(sys.argv[0], run_name='__main__')")
    return subprocess.run([sys.executable, "-c", code, str(ROOT / "tools/compile_gpu_kernels.py"),
                           *arguments], capture_output=True, text=True, cwd=Path(__file__).parent,
                          env={**os.environ, **environment})


def test_the_tool_compiles_what_the_first_use_looks_for(tmp_path, monkeypatch, gpu):
    done = tool("bytes", "triangle", MXLITE_CUDA_CACHE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    arch = mx.device.memory.device_of(gpu).arch
    assert done.stdout.startswith(f"2 files and dtypes for sm_{arch}: ")
    monkeypatch.setenv("MXLITE_CUDA_CACHE", str(tmp_path))
    monkeypatch.setattr(compiler.Compiler, "compile", lambda *args: pytest.fail("compiled twice"))
    assert compiler.compiled("bytes", "bytes", arch)
    assert tool("absent").stderr.splitlines()[-1].startswith(
        "compile_gpu_kernels.py: error: there is no absent.cu; there are accumulate add_n arg ")


def test_the_table_names_all_files():
    found = kernels.files()
    assert {source for source, _ in found} == {path.stem for path in ROOT.glob("csrc/cuda/*.cu")}
    assert len(found) == len(set(found)) and ("depthwise", "bf16") in found
    assert {source for source, _ in found[:8]} == {"unary", "binary"}


@pytest.mark.parametrize("name, fields", [
    ("order", {"outer": 1, "axis": 1 << 15, "inner": 1, "k": 1, "is_ascend": 1}),
    ("accumulate_rows", {"outer": 1, "K": 9, "M": 1 << 15, "inner": 1}),
    ("layer_norm_grad", {"A": 64, "B": 64, "C": 64, "over": 1, "stats": 0, "eps": 0.1}),
    ("softmax_output_grad", {"outer": 9, "axis": 9, "inner": 9, "has_dy": 0})])
def test_kernels_of_large_blocks_tell_the_compiler(name, fields):
    """Without, it may give each thread more registers than there are for so many."""
    stages = kernels.launch_of(kernels.ROWS[name], name, fields, "f32").stages
    large = [stage for stage in stages if stage.block > 256]
    assert large
    for stage in large:
        assert f"\nLARGE_KERNEL({stage.name}, " in compiler.source_of(f"{stage.source}.cu")


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
