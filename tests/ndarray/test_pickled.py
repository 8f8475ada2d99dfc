"""Pickles that MXNet wrote, and the state of an array in them."""

import base64
import io
import pickle
import subprocess
import sys

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

# pickle.dumps([array], 2) of MXNet 1.9.1, in base 85
RECORDED = {
    "dense": (
        "fC61{0Ap=<Ze?^XZe(F{a$$KcZe(F{a$$K2PDDX+a$$K2aRE++aRO3t1ATD>SOx$90BB)uWNc+|1!G@dVs&Y"
        "3bZKs1UkYM*bY)?3a$$K2aRy^wV{c?-V{-~+Zewp`WeRZzSTX<r0K<vHy26vgxc~qF00IC200IC20000000R"
        "I300000009610000000jU5009C61O*0h2v`OH003-ZbZKreaS4WT3Q}<kg>ej0aSd}~VJ-"),
    "csr": (
        "fC61{0Ap=<Ze?^XZe(F{a$$Kcb8umDb7cxcQ&LVuL2`0oc?xj>PK9v-QgH))aRgWf0001JVQyq>WpM>#UteN"
        "%X>4?9ZeL#tVtI6BVRCX|c?xj`V_#!$WMyM>3T19%Z)9Z(aR*q50002PiNm_Wlf$_J000010000200000000"
        "02000020000000002000000000100000000000000600001000030000000006000010000200000000000K"
        "$Mj0000$00000000000RR91000000ssI2000000RR91000000000000000aR^uj0001NVRUJ3F>wioaSBp#3"
        "x#nEQgID)Vqq="),
    "rows": (
        "fC61{0Ap=<Ze?^XZe(F{a$$Kcb8umDb7cxrZ+BC0VRCb2PDDX+a$$K2aRE++aRO3t1ATD>SOx$90BB)uWNc+"
        "|1!G@dVs&Y3bZKs1UkYM*bY)?3a$$K2aRy^wV{c?-V{-~+Zewp`WeRZzSYZGF0K<vHy26vgxd8wG00IC2000"
        "000000000IC20000000IC200IC20000000IC20000000961000000000000sa60096100961000000000000"
        "02OfIk2L000000040aSOx$90Bm7&X>Kub35IbBQgI7~aST#%4Rc~)E&"),
    "number": (
        "fC61{0Ap=<Ze?^XZe(F{a$$KcZe(F{a$$K2PDDX+a$$K2aRE++aRO3t1ATD>SOx$90BB)uWNc+|1!G@dVs&Y"
        "3bZKs1UkYM*bY)?3a$$K2aRy^wV{c?-V{-~+Zewp`WeRZzSReoZ0K<yIy26vgxc~qF000000096100000000"
        "000000WKye6I1^@s6Y+-b1ZZUBQhH(l~aSMfU3{r6ob7EmG"),
}
VALUES = {"dense": ("int8", [[1, 2, 3], [4, 5, 6]]), "csr": ("float32", [[0, 1], [2, 0]]),
          "rows": ("float32", [[0, 1], [0, 0]]), "number": ("float32", 2.5)}
STYPES = {"csr": "csr", "rows": "row_sparse"}


class AsMXNet(pickle.Unpickler):
    """Finds MXNet's classes where mxlite has them, as mxlite.install_as_mxnet() does."""

    def find_class(self, module, name):
        return super().find_class(module.replace("mxnet", "mxlite"), name)


@pytest.mark.parametrize("name", RECORDED)
def test_arrays_that_mxnet_pickled(name):
    x, = AsMXNet(io.BytesIO(base64.b85decode(RECORDED[name]))).load()
    dtype, values = VALUES[name]
    assert type(x) is {"csr": nd.sparse.CSRNDArray, "row_sparse": nd.sparse.RowSparseNDArray}.get(
        STYPES.get(name), nd.NDArray)
    assert (x.stype, x.dtype, x.tostype("default").tolist()) == (
        STYPES.get(name, "default"), np.dtype(dtype), values)
    assert ((x + x).asnumpy() == 2 * np.array(values)).all()


def test_a_pickle_in_a_program_for_mxnet(tmp_path):
    (tmp_path / "net.pkl").write_bytes(base64.b85decode(RECORDED["dense"]))
    program = ("import mxlite; mxlite.install_as_mxnet(); import pickle; "
               "print(pickle.load(open('net.pkl', 'rb'))[0].asnumpy().sum())")
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=tmp_path,
                          capture_output=True, text=True, check=True)
    assert done.stdout == "21\n"


@pytest.mark.parametrize("stype", ["default", "csr", "row_sparse"])
def test_a_state_goes_round(stype):
    x, y = nd.array([[0, 1], [2, 0]], dtype="float64").tostype(stype), nd.zeros((3,))
    y = y if stype == "default" else type(x)(None)
    y.__setstate__(x.__getstate__())
    assert y.stype == stype and y.dtype == np.float64 and (y.asnumpy() == x.asnumpy()).all()
    y[:] = 0
    assert not y.asnumpy().any() and x.asnumpy().any()


def test_the_state_of_a_gpu_array():
    """Of arange(1): it goes to the current context, as from MXNet without GPUs."""
    state = bytes.fromhex(
        "c9fa93f90000000001000000010000000000000002000000000000000000000000000000")
    x = nd.ones((2,))
    x.__setstate__({"handle": bytearray(state)})
    assert x.tolist() == [0] and x.ctx == mx.cpu()


def test_an_array_of_nothing():
    for kind in (nd.NDArray, nd.sparse.CSRNDArray, nd.sparse.RowSparseNDArray):
        x = kind(None)
        x.__setstate__({"handle": None})
        assert type(x) is kind and x.size == 0 and x.asnumpy().size == 0


def test_wrong_states():
    x, csr = nd.ones((2,)), nd.array([[0, 1]]).tostype("csr")
    for state in (None, 3):
        with pytest.raises(TypeError, match=r"state must be .*, as MXNet pickles it; got"):
            x.__setstate__(state)
    with pytest.raises(TypeError, match=r"state must be .*; got {'handle': 'text'}"):
        x.__setstate__({"handle": "text"})
    with pytest.raises(ValueError, match="hold a csr array, which no NDArray can be"):
        x.__setstate__(csr.__getstate__())
    with pytest.raises(ValueError, match="__setstate__: at byte 0 an array"):
        x.__setstate__({"handle": b""})
    with pytest.raises(ValueError, match="the end of the array was expected; found 1 bytes more"):
        x.__setstate__({"handle": x.__getstate__()["handle"] + b"1"})
    assert x.tolist() == [1, 1]
