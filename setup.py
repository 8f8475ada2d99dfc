"""Builds mxlite's extensions: the Cython modules, and the C kernels for each instruction set."""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from glob import glob

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_py import build_py

sys.path.insert(0, "tools")
from object_cache import BuildCached

DEBUG = os.environ.get("MXLITE_DEBUG")      # "memory", with arithmetic, or "races" of threads
WERROR = os.environ.get("MXLITE_WERROR") == "1"
X86 = platform.machine().lower() in ("x86_64", "amd64")

CC = os.environ.get("CC", sysconfig.get_config_var("CC")).split()[0]
IS_CLANG = "clang" in subprocess.run([CC, "--version"], capture_output=True, text=True).stdout

COMMON = ["-std=c11", "-g0", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast",
          "-fvisibility=hidden", "-pthread"]
LOOPS = ["-O3"]
# Long lists of small loops: gcc's -O3 takes up to twice the time and makes none of them faster.
ROWS = ["-O2"] if IS_CLANG else ["-O2", "-ftree-vectorize", "-fvect-cost-model=dynamic"]
# Loops with choices that stay the same all along: gcc would stamp out each one.
CHOICES = [] if IS_CLANG else ["-fno-unswitch-loops"]
NO_CONTRACTION = ["-ffp-contract=off"]
COLD = ["-O1"]           # Cython's code that -O2 makes no faster
FALLBACK = ["-O1"]       # PER_SET in the baseline of x86: few CPUs run it
WARNINGS = ["-Wall", "-Wextra", *(["-Werror"] if WERROR else [])]      # of C written by hand
SANITIZERS = {"memory": "address,undefined", "races": "thread"}
# With multiply-adds in all files, as in the optimized ones: kernels are compared to the last bit.
CONTRACTION = [] if IS_CLANG else ["-fexpensive-optimizations"]
SANITIZE = ([f"-fsanitize={SANITIZERS[DEBUG]}", "-fno-omit-frame-pointer", "-g", "-O1",
             *CONTRACTION] if DEBUG else [])
MACROS = [("MX_DEBUG", "1")] if DEBUG else []
ISA_FLAGS = {"baseline": []}
HAS_NARROW = False
if X86:
    # mx_cpu.h asks the CPU for each of these before a module is loaded; one more here is one more
    # there.  -march=... would let the compiler use what nobody has asked for.
    ISA_FLAGS["avx2"] = ["-mavx2", "-mfma", "-mf16c"]
    ISA_FLAGS["avx512"] = [*ISA_FLAGS["avx2"], "-mavx512f", "-mavx512bw", "-mavx512dq",
                           "-mavx512vl", "-mavx512cd", "-mbmi", "-mbmi2",
                           "-mtune=skylake-avx512", "-mprefer-vector-width=512"]
    NARROW = ["-mavx512vnni", "-mavx512bf16", "-mamx-tile", "-mamx-bf16", "-mamx-int8"]
    if subprocess.run([CC, *NARROW, "-E", "-x", "c", "-"], stdin=subprocess.DEVNULL,
                      capture_output=True).returncode == 0:
        HAS_NARROW = True
WANTED = os.environ.get("MXLITE_ISAS", ",".join(ISA_FLAGS)).split(",")
ISAS = [isa for isa in ISA_FLAGS if isa == "baseline" or isa in WANTED]

# The kernels' files, csrc/cpu/<name>.c. The baseline has all of them, AVX2 those that gain from it,
# AVX-512 those whose time is arithmetic, not memory. At import a CPU's best set comes first, and
# those below it fill in what it lacks.
ARITHMETIC = ("unary leaky_relu softmax gemm_micro gemm conv rnn integer_product "
              "integer_conv").split()
PER_SET = ARITHMETIC + (
    "cast binary compare where clip smooth_l1 hard_sigmoid add_n strided_copy reduce reduce_arg "
    "softmax_output softmax_cross_entropy regression_output batch_norm layer_norm lrn pooling "
    "resample dropout optimizer random ctc linalg_triangular linalg_lu linalg_reflect box_nms "
    "multibox proposal roi_align correlation bilinear_sampler sparse_dot rescale "
    "conv_last_depthwise").split()
ONCE = (
    "copy chain unary_integer binary_integer join pad fill index_take index_accumulate index_nd "
    "index_pick index_sequence random_sample gemm_naive conv_naive whole_arrays linalg_triangle "
    "box_pairs roi_pooling roi_deformable im2col deformable sparse_rows hawkes order "
    "calibrate cumsum").split()
# In each of the modules, without kernels of their own.
SHARED = ("module special row_finish conv_general conv_depthwise conv_pointwise conv_strided "
          "conv_winograd conv_last conv_depthwise_rows").split()
# A way of products and convolutions in the module for AVX-512, if the compiler knows AMX and kin.
NARROW_FILES = ("narrow_product narrow_gemm narrow_conv narrow_conv_weight "
                "narrow_integer").split() if HAS_NARROW else []
AS_ROWS = (
    "unary unary_integer binary binary_integer compare reduce leaky_relu layer_norm "
    "batch_norm optimizer cast conv_general conv_strided conv_depthwise conv_depthwise_rows "
    "row_finish gemm rnn random where roi_align bilinear_sampler linalg_reflect "
    "conv_last_depthwise reduce_arg roi_deformable ctc").split()
# Which boxes stay must not depend on the CPU: products and sums are rounded one by one.
AS_WRITTEN = ["box_nms", "multibox", "proposal"]
WITH_CHOICES = ["io/image/resize_u8.c"]
COLD_MODULES = (
    "mxlite.device.host mxlite.cuda.gpu mxlite.ndarray.gradient "
    "mxlite.ndarray.backward mxlite.ndarray.function mxlite.ndarray.sharing "
    "mxlite.ndarray.variable mxlite.device.program mxlite.device.core").split()

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


def cython_extension(name, *sources, flags=()):
    return Extension(
        name, [name.replace(".", "/") + ".pyx", *sources], include_dirs=["csrc/include"],
        define_macros=MACROS,
        extra_compile_args=[*COMMON, "-O2", *flags, *SANITIZE],
        extra_link_args=["-pthread", *SANITIZE])


def data_extension(name, *sources):
    """Of `io`; it takes neither the kernels nor NumPy."""
    return Extension(
        name, [name.replace(".", "/") + ".pyx", *sources],
        include_dirs=["io/include", "csrc/include"], define_macros=MACROS,
        extra_compile_args=[*COMMON, *LOOPS, *SANITIZE],
        extra_link_args=["-pthread", "-ldl", *SANITIZE])


def kernel_extension(isa):
    names = {"baseline": PER_SET + ONCE, "avx2": PER_SET, "avx512": ARITHMETIC}[isa]
    narrow = NARROW_FILES if isa == "avx512" else []
    tables = " ".join(f"TABLE({name})" for name in names)
    return Extension(
        f"mxlite._kernels.cpu_{isa}", [f"csrc/cpu/{name}.c" for name in [*names, *SHARED, *narrow]],
        include_dirs=["csrc/include", "csrc/cpu"],
        define_macros=[("MX_ISA", isa), ("MX_TABLES(TABLE)", tables),
                       *([("MX_HAS_NARROW", "1")] if narrow else [])],
        extra_compile_args=[*COMMON, *LOOPS, *ISA_FLAGS[isa], *SANITIZE],
        extra_link_args=["-pthread", "-lm", *SANITIZE])


EXTENSIONS = [
    cython_extension("mxlite.device.memory"),
    cython_extension("mxlite.device.host", "csrc/runtime/memory.c", "csrc/runtime/pool.c",
                     "csrc/runtime/threads.c", flags=LOOPS),
    cython_extension("mxlite.device.core"),
    cython_extension("mxlite.device.program"),
    cython_extension("mxlite.cuda.gpu"),
    cython_extension("mxlite.cuda.launching"),
    cython_extension("mxlite.ndarray.array"),
    cython_extension("mxlite.ndarray.gradient"),
    cython_extension("mxlite.ndarray.variable"),
    cython_extension("mxlite.ndarray.tape"),
    cython_extension("mxlite.ndarray.run"),
    cython_extension("mxlite.ndarray.operators"),
    cython_extension("mxlite.ndarray.walk"),
    cython_extension("mxlite.ndarray.backward"),
    cython_extension("mxlite.ndarray.function"),
    cython_extension("mxlite.ndarray.sharing"),
    data_extension("mxlite._dataio.buffer"),
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


class Build(BuildCached):
    def flags_of(self, ext, source):
        name = source.removeprefix("csrc/cpu/").removesuffix(".c")
        if X86 and ext.name.endswith("baseline") and name in [*PER_SET, *SHARED]:
            exact = NO_CONTRACTION if name in AS_WRITTEN else []
            return [*ext.extra_compile_args, *FALLBACK, *exact, *WARNINGS]
        if name in NARROW_FILES:
            return [*ext.extra_compile_args, *NARROW, *WARNINGS]
        if name in AS_WRITTEN:
            return [*ext.extra_compile_args, *NO_CONTRACTION, *WARNINGS]
        if name in AS_ROWS:
            return [*ext.extra_compile_args, *ROWS, *WARNINGS]
        if source in WITH_CHOICES:
            return [*ext.extra_compile_args, *CHOICES, *WARNINGS]
        if not source.startswith("build/cython"):
            return [*ext.extra_compile_args, *WARNINGS]
        if ext.name in COLD_MODULES or ext.name.startswith("mxlite._dataio"):
            return [*ext.extra_compile_args, *COLD]
        return ext.extra_compile_args


# The text of the GPU kernels, which users' machines compile: in a wheel all in one folder.
GPU_SOURCES = [*glob("csrc/cuda/*"), *glob("csrc/include/*"), *[f"csrc/cpu/{name}" for name in (
    "special.c", "reduce_float.h", "reduce_integer.h", "optimizer_rules.h", "leaky_relu_rows.h",
    "resample_band.h", "sampler_places_impl.h", "deformable_place.h", "roi_windows.h",
    "roi_windows_impl.h", "roi_align.h", "roi_taps_impl.h", "roi_moved.h", "roi_moved_impl.h",
    "rroi_samples_impl.h", "rnn.h", "rnn_rows_impl.h", "random_sample.h", "optimizer_master.h",
    "calibrate.h")], *[f"io/image/{name}" for name in (
        "hls.h", "multiversion.h", "weights.c", "weights.h")]]


class BuildPackage(build_py):
    def run(self):
        super().run()
        if not self.editable_mode:
            folder = f"{self.build_lib}/mxlite/cuda/source"
            os.makedirs(folder, exist_ok=True)
            for path in GPU_SOURCES:
                shutil.copy(path, folder)


setup(
    cmdclass={"build_ext": Build, "build_py": BuildPackage},
    ext_modules=[kernel_extension(isa) for isa in ISAS] + cythonize(
        EXTENSIONS, nthreads=0, force=bool(DEBUG), build_dir="build/cython",
        compiler_directives={
            "language_level": 3, "binding": True, "embedsignature": True,
            "boundscheck": bool(DEBUG), "wraparound": False, "initializedcheck": bool(DEBUG),
        }),
)
