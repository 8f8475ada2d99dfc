"""Builds mxlite's extensions: the Cython modules, and the C kernels once per instruction set."""

import glob
import hashlib
import json
import os
import platform
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

DEBUG = os.environ.get("MXLITE_DEBUG") == "1"
WERROR = os.environ.get("MXLITE_WERROR") == "1"
X86 = platform.machine().lower() in ("x86_64", "amd64")

FLAGS = ["-std=c11", "-O3", "-g0", "-fno-math-errno", "-fno-trapping-math",
         "-ffp-contract=fast", "-fvisibility=hidden", "-pthread"]
STRICT = ["-Wall", "-Wextra", "-Werror"] if WERROR else []
SANITIZE = ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g", "-O1"] if DEBUG else []
MACROS = [("MX_DEBUG", "1")] if DEBUG else []
ISA_FLAGS = {"baseline": []}
if X86:
    ISA_FLAGS["avx2"] = ["-mavx2", "-mfma", "-mf16c"]
    ISA_FLAGS["avx512"] = ["-march=skylake-avx512", "-mprefer-vector-width=512"]
ISAS = os.environ.get("MXLITE_ISAS", ",".join(ISA_FLAGS)).split(",")

INCLUDE = ["csrc/include", numpy.get_include()]
KERNEL_FILES = (
    "module copy cast unary unary_integer binary binary_integer special choose "
    "strided_copy join pad fill index_take index_accumulate index_nd index_pick index_sequence "
    "reduce reduce_arg softmax softmax_output batch_norm layer_norm leaky_relu pooling "
    "dropout optimizer random random_sample gemm_micro gemm gemm_naive conv conv_naive "
    "depthwise")
RECORDIO_SOURCES = [f"io/recordio/{file}.c"
                    for file in "block file find_magic part reader writer".split()]
JPEG_SOURCES = [f"io/jpeg/{file}.c" for file in "decoder library orientation".split()]
IMAGE_SOURCES = [f"io/image/{file}.c" for file in (
    "colour flip jitter pad part planes resize resize_area resize_f32 resize_nearest "
    "resize_table resize_taps resize_u8 resize_whole resize_x86 rotate warp warp_pixels "
    "warp_table warp_x86 weights").split()]
RECORDS_SOURCES = [f"io/records/{file}.c"
                   for file in "colour decode geometry image read scan work workshop".split()]
DETECTION_SOURCES = [f"io/detection/{file}.c" for file in "boxes image plan widths work".split()]
TEXT_SOURCES = [f"io/text/{file}.c" for file in "csv decimal libsvm lines number work".split()]
KERNEL_SOURCES = [f"csrc/cpu/{file}.c" for file in KERNEL_FILES.split()]
HEADERS = sorted(glob.glob("csrc/include/*") + glob.glob("csrc/cpu/*.h"))


def cython_extension(name, *sources):
    return Extension(
        name, [name.replace(".", "/") + ".pyx", *sources], include_dirs=INCLUDE, depends=HEADERS,
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_23_API_VERSION"), *MACROS],
        extra_compile_args=[*FLAGS, *SANITIZE], extra_link_args=["-pthread", *SANITIZE])


def data_extension(name, *sources):
    """Of `io`; it takes neither the kernels nor NumPy."""
    return Extension(
        name, [name.replace(".", "/") + ".pyx", *sources],
        include_dirs=["io/include", "csrc/include"],
        depends=sorted(glob.glob("io/include/*") + glob.glob("io/*/*.h")),
        define_macros=MACROS, extra_compile_args=[*FLAGS, *SANITIZE],
        extra_link_args=["-pthread", "-ldl", *SANITIZE])


def kernel_extension(isa):
    return Extension(
        f"mxlite._kernels.cpu_{isa}", KERNEL_SOURCES, include_dirs=["csrc/include", "csrc/cpu"],
        depends=HEADERS, define_macros=[("MX_ISA", isa)],
        extra_compile_args=[*FLAGS, *ISA_FLAGS[isa], *STRICT, *SANITIZE],
        extra_link_args=["-pthread", "-lm", *SANITIZE])


EXTENSIONS = [
    cython_extension("mxlite.device.core", "csrc/runtime/pool.c", "csrc/runtime/threads.c"),
    cython_extension("mxlite.ndarray.array"),
    cython_extension("mxlite.ndarray.run"),
    cython_extension("mxlite.ndarray.operators"),
    cython_extension("mxlite.ndarray.plan"),
    cython_extension("mxlite.ndarray.tape"),
    cython_extension("mxlite.ndarray.backward"),
    cython_extension("mxlite.ndarray.function"),
    data_extension("mxlite._dataio.file"),
    data_extension("mxlite._dataio.recordio", *RECORDIO_SOURCES),
    data_extension("mxlite._dataio.jpeg", *JPEG_SOURCES),
    data_extension("mxlite._dataio.image", *IMAGE_SOURCES),
    data_extension("mxlite._dataio.crew", "io/pipeline/crew.c"),
    data_extension("mxlite._dataio.rows", "io/rows/rows.c"),
    data_extension("mxlite._dataio.text", *TEXT_SOURCES),
    data_extension("mxlite._dataio.image_records", *RECORDS_SOURCES, *IMAGE_SOURCES, *JPEG_SOURCES,
                   *RECORDIO_SOURCES),
    data_extension("mxlite._dataio.detection", *DETECTION_SOURCES, *RECORDS_SOURCES, *IMAGE_SOURCES,
                   *JPEG_SOURCES, *RECORDIO_SOURCES),
]


class BuildOnce(build_ext):
    """Compiles each file once for each set of flags, as many files at a time as there are CPUs.

    setuptools compiles the files of an extension one after another, and a file of several
    extensions once for each. Here extensions wait side by side for files that they share."""

    def build_extensions(self):
        self.check_extensions_list(self.extensions)
        with ThreadPoolExecutor(os.cpu_count()) as files, \
                ThreadPoolExecutor(len(self.extensions)) as extensions:
            compiler = CompileOnce(self.compiler.compile, files)
            self.compiler.compile = compiler.compile
            for built in [extensions.submit(self.build_extension, ext) for ext in self.extensions]:
                built.result()


class CompileOnce:
    """A compiler's `compile`, whose files are compiled by a pool of threads."""

    def __init__(self, compile_files, pool):
        self._compile_files = compile_files
        self._pool = pool
        self._objects = {}      # (file, flags) -> future of its object
        self._lock = Lock()

    def compile(self, sources, output_dir, macros, extra_postargs, **options):
        flags = json.dumps([macros, extra_postargs, options["include_dirs"]])
        folder = os.path.join(output_dir, hashlib.sha1(flags.encode()).hexdigest()[:8])

        def compile_one(source):
            return self._compile_files([source], output_dir=folder, macros=macros,
                                       extra_postargs=extra_postargs, **options)

        with self._lock:
            for source in sources:
                if (source, flags) not in self._objects:
                    self._objects[source, flags] = self._pool.submit(compile_one, source)
        return [object_ for source in sources for object_ in self._objects[source, flags].result()]


setup(
    cmdclass={"build_ext": BuildOnce},
    ext_modules=[kernel_extension(isa) for isa in ISAS] + cythonize(
        EXTENSIONS, nthreads=0, force=DEBUG, build_dir="build/cython",
        compiler_directives={
            "language_level": 3, "binding": True, "embedsignature": True,
            "boundscheck": DEBUG, "wraparound": False, "initializedcheck": DEBUG,
        }),
)
