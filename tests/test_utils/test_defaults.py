"""Defaults: the context, and tolerances by dtype."""

import ml_dtypes
import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu

# of MXNet 1.9.1: dtype -> (default_rtols, default_atols, default_numeric_eps)
FLOATS = {"float16": (1e-2, 1e-1, 0.015625), "float32": (1e-4, 1e-3, 0.001953125),
          "float64": (1e-5, 1e-20, 6.103515625e-05)}
INTEGERS = "bool int8 uint8 int32 uint32 int64 uint64".split()


def test_what_an_import_of_all_names_gives():
    names = {}
    exec("from mxlite.test_utils import *", names)
    assert names["mx"] is mx and names["np"] is np and names["npt"] is np.testing
    assert names["rnd"] is np.random and names["os"].path and names["sys"].path
    assert names["Context"] is mx.Context and names["array"] is mx.nd.array
    assert {"logging", "Features", "use_np", "environment", "assert_almost_equal"} <= set(names)


def test_the_default_context():
    assert tu.default_context() == tu.current_context() == mx.cpu()
    try:
        tu.set_default_context(mx.cpu(4))
        assert tu.default_context() == mx.nd.zeros(1).ctx == mx.cpu(4)
        with mx.cpu(1):
            assert tu.default_context() == mx.cpu(1)
    finally:
        tu.set_default_context(mx.cpu())


@pytest.mark.parametrize("dtype", FLOATS)
def test_tolerances_of_floats_are_those_of_mxnet(dtype):
    key = np.dtype(dtype)
    assert (tu.default_rtols()[key], tu.default_atols()[key],
            tu.default_numeric_eps()[key]) == FLOATS[dtype]
    assert (tu.get_rtol(None, key), tu.get_atol(None, dtype)) == FLOATS[dtype][:2]
    assert tu.get_tols(mx.nd.ones(2, dtype=dtype), np.ones(2, dtype), None,
                       None) == FLOATS[dtype][:2]


@pytest.mark.parametrize("dtype", [*INTEGERS, "int16", "uint16"])
def test_integers_are_exact(dtype):
    assert tu.get_tols(np.ones(2, dtype), np.ones(2, dtype), None, None) == (0, 0)


def test_bfloat16_is_between_float16_and_nothing():
    ones = mx.nd.ones(2, dtype="bfloat16")
    rtol, atol = tu.get_tols(ones, ones, None, None)
    assert tu.default_rtols()[np.dtype("float16")] < rtol < 0.1 and atol == 0.1
    assert tu.default_numeric_eps()[np.dtype(ml_dtypes.bfloat16)] == 2 ** -4


def test_defaults_for_nothing_are_those_of_float64():
    assert (tu.get_rtol(), tu.get_atol(), tu.get_etol()) == (1e-5, 1e-20, 0)
    assert (tu.get_rtol(3), tu.get_atol(4), tu.get_etol(0.5)) == (3, 4, 0.5)
    assert tu.default_dtype() is np.float32


def test_the_larger_tolerance_counts():
    half, single = mx.nd.ones(2, dtype="float16"), np.ones(2, "float32")
    assert tu.get_tols(half, single, None, None) == (1e-2, 1e-1)
    assert tu.get_tols(single, 1, None, None) == (1e-4, 1e-3)
    assert tu.get_tols([1.0], 2.0, None, None) == (1e-5, 1e-20)
    assert tu.get_tols(half, single, 0.5, np.float32(0.25)) == (0.5, 0.25)


@pytest.mark.parametrize("key", [np.dtype("float32"), np.float32, "float32"])
def test_tolerances_in_a_dict(key):
    half, single = np.ones(2, "float16"), np.ones(2, "float32")
    assert tu.get_tols(single, single, {key: 0.5}, {key: 0}) == (0.5, 0)
    assert tu.get_tols(half, half, {key: 0.5}, {key: 0}) == (1e-2, 1e-1)


def test_a_copy_of_the_defaults_is_given():
    tu.default_rtols()[np.dtype("float32")] = 5
    assert tu.default_rtols()[np.dtype("float32")] == 1e-4


def test_effective_dtype():
    assert tu.effective_dtype(mx.nd.ones(1, dtype="float16")) == np.dtype("float16")
    assert tu.effective_dtype(np.ones(1, "int8")) == np.dtype("int8")
    assert tu.effective_dtype(2) == np.dtype("int64")


def test_a_dtype_without_tolerance():
    with pytest.raises(TypeError, match="no default tolerance for dtype complex128, but for float"):
        tu.get_tols(np.ones(1, complex), np.ones(1), None, None)
    assert tu.almost_equal(np.ones(1, complex), np.ones(1))
