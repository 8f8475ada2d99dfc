"""mx.runtime: features, under MXNet's names."""

import subprocess
import sys

import pytest

import mxlite as mx
from mxlite.device import core

# the names that MXNet 1.9.1's feature_list() gives, in its order
NAMES = """CUDA CUDNN NCCL CUDA_RTC TENSORRT CPU_SSE CPU_SSE2 CPU_SSE3 CPU_SSE4_1 CPU_SSE4_2
    CPU_SSE4A CPU_AVX CPU_AVX2 OPENMP SSE F16C JEMALLOC BLAS_OPEN BLAS_ATLAS BLAS_MKL BLAS_APPLE
    LAPACK MKLDNN OPENCV CAFFE PROFILER DIST_KVSTORE CXX14 INT64_TENSOR_SIZE SIGNAL_HANDLER DEBUG
    TVM_OP""".split()


def test_names_are_those_of_mxnet():
    assert [feature.name for feature in mx.runtime.feature_list()] == NAMES
    assert list(mx.runtime.Features()) == NAMES


def test_there_is_one_dictionary_of_features():
    features = mx.runtime.Features()
    assert mx.runtime.Features() is features is mx.runtime.Features.instance
    assert all(features[name].name == name for name in features)


def test_what_is_there():
    features = mx.runtime.Features()
    assert features.is_enabled("opencv") is True and features.is_enabled("INT64_TENSOR_SIZE")
    assert not features.is_enabled("CUDA") and not features.is_enabled("MKLDNN")
    assert features.is_enabled("CPU_AVX2") == (core.load_cpu_kernels() != "baseline")


def test_instruction_sets_are_those_in_use():
    code = ("import mxlite as mx; f = mx.runtime.Features();"
            "print(f.is_enabled('CPU_AVX2'), f.is_enabled('CUDA'))")
    result = subprocess.run([sys.executable, "-c", code], env={"MXLITE_CPU": "baseline"}, text=True,
                            check=True, capture_output=True, cwd=mx.__path__[0] + "/..")
    assert result.stdout.split() == ["False", "False"]


def test_text():
    features = mx.runtime.Features()
    assert repr(features["OPENCV"]) == "✔ OPENCV" and repr(features["CUDA"]) == "✖ CUDA"
    assert repr(features).startswith("[✖ CUDA, ✖ CUDNN, ")


def test_unknown_features_raise():
    features = mx.runtime.Features()
    with pytest.raises(RuntimeError, match="there is no feature 'cpu_avx3'; did you mean 'CPU_AV"):
        features.is_enabled("cpu_avx3")
    with pytest.raises(mx.MXNetError, match="no feature 'hexagon'; there are CUDA, CUDNN, "):
        features.is_enabled("hexagon")
