#!/usr/bin/env python3
"""Build, load and test the emulated CUDA driver. From Python: `import emulator; emulator.preload()`.

emulator.py build            compile the libraries into the cache, print where
emulator.py run COMMAND...   run a command with them in front of any real ones
emulator.py test [ARGS...]   the emulator's own tests (pytest arguments)
emulator.py clean            empty the cache
"""

import ctypes
import hashlib
import os
import pathlib
import re
import shutil
import sys
import tempfile

import emucc

HOME = emucc.HOME
LIBRARIES = {  # soname: sources; every one after the first is linked with the first
    "libcuda.so.1": [
        "driver/device.cpp",
        "driver/memory.cpp",
        "driver/stream.cpp",
        "driver/module.cpp",
    ],
    "libnvrtc.so.13": ["libs/nvrtc.cpp"],
    "libcublas.so.13": ["libs/cublas.cpp"],
}
FLAGS = "-std=c++17 -O3 -march=native -Wall -fmax-errors=9 -fPIC -shared -fvisibility=hidden".split()


def missing_calls():
    """C source: every function cuda.h declares, weak, answering CUDA_ERROR_NOT_SUPPORTED."""
    text = "#include <cuda.h>\n#include <cudaProfiler.h>\n"
    text = emucc.run(
        [*emucc.compiler(), "-E", "-P", "-x", "c++", *emucc.include_flags(), "-"], text
    )
    names = sorted(set(re.findall(r"\bCUresult\s+(cu[A-Z]\w*)\s*\(", text)) | set(pycuda_calls()))
    weak = '__attribute__((weak, visibility("default")))'
    return "int emu_missing(const char *);\n" + "".join(
        f'{weak} int {name}(void) {{ return emu_missing("{name}"); }}\n' for name in names
    )


def pycuda_calls():
    """Driver functions that an installed PyCUDA wants but a newer cuda.h may no longer declare."""
    import importlib.util

    spec = importlib.util.find_spec("pycuda")
    for library in pathlib.Path(spec.origin).parent.glob("_driver*.so") if spec else ():
        return {
            s.decode()
            for s in re.findall(rb"\0(cu[A-Z][A-Za-z0-9]+(?:_v\d)?)(?=\0)", library.read_bytes())
        }
    return set()


def build():
    """The folder of the libraries, compiled on first use."""
    stubs, include = missing_calls(), emucc.cuda_include()
    files = [p for f in ("driver", "libs", "include") for p in sorted((HOME / f).rglob("*.*"))]
    parts = [stubs, emucc.machine(), *FLAGS, str(HOME), str(include), *(p.read_text() for p in files)]
    out = emucc.cache_dir() / "lib" / hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    if not out.exists():
        out.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            compile_into(pathlib.Path(folder), stubs)
            try:
                os.rename(folder + "/lib", out)
            except OSError:  # another process was first
                if not out.exists():
                    raise
    return out


def compile_into(folder, stubs):
    """folder/lib: the libraries, and an `nvcc` for SourceModule."""
    lib, rest = folder / "lib", str(folder / "missing.o")
    lib.mkdir()
    emucc.run([*emucc.compiler(), *"-x c -w -O1 -fPIC -c - -o".split(), rest], stubs)
    flags = [*FLAGS, *emucc.include_flags(), f'-DEMUCC="{HOME / "emucc.py"}"']
    others = [rest, "-ldl", "-pthread"]
    for soname, files in LIBRARIES.items():
        sources = [str(HOME / f) for f in files]
        target = ["-o", str(lib / soname), f"-Wl,-soname,{soname}"]
        emucc.run([*emucc.compiler(), *flags, *sources, *others, *target])
        others = [str(lib / "libcuda.so.1")]
    nvcc = lib / "nvcc"
    nvcc.write_text(
        f'#!/bin/sh\nexport CUDA_HOME="{emucc.cuda_include().parent}"\n'
        f'exec "${{EMU_PYTHON:-{sys.executable}}}" "{HOME / "emucc.py"}" "$@"\n'
    )
    nvcc.chmod(0o755)


def preload():
    """Load the emulated libraries into this process, before pycuda is imported; returns their folder.

    Whoever then asks for libcuda.so.1, libcublas.so.13 ... by bare name gets these.
    """
    if "pycuda._driver" in sys.modules:
        raise RuntimeError("cuda_emulator: preload() comes too late, pycuda is already imported")
    folder = build()
    os.environ["EMU_PYTHON"] = sys.executable
    for soname in LIBRARIES:
        ctypes.CDLL(str(folder / soname), mode=ctypes.RTLD_GLOBAL)
    return folder


def environment():
    folder = str(build())
    found = {"EMU_PYTHON": sys.executable, "CUDA_HOME": str(emucc.cuda_include().parent)}
    for name in ("LD_LIBRARY_PATH", "PATH"):
        found[name] = os.pathsep.join(filter(None, (folder, os.environ.get(name))))
    return {**os.environ, **found}


def main(command="", *args):
    if command == "build":
        print(build())
    elif command == "run" and args:
        os.execvpe(args[0], args, environment())
    elif command == "test":
        pytest = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider"]
        os.execv(sys.executable, [*pytest, str(HOME / "tests"), *args])
    elif command == "clean":
        for ours in ("lib", "kernels", "headers-*"):
            for folder in emucc.cache_dir().glob(ours):
                shutil.rmtree(folder)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
