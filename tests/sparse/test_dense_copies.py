"""Where there is no way for sparse arrays, dense copies are made, with a warning that names the
line."""

import warnings

import numpy as np
import pytest

import mxlite as mx

VALUES = np.array([[1, 0], [0, 0], [3, 4]], "float32")


def made(stype):
    return mx.nd.array(VALUES).tostype(stype)


def test_the_warning_names_operator_types_and_line():
    with pytest.warns(RuntimeWarning, match="^cos: there is no way to compute it of csr arrays;"
                      ) as caught:
        mx.nd.cos(made("csr"))
    assert caught[0].filename == __file__
    with pytest.warns(RuntimeWarning, match="^broadcast_power: .* csr, row_sparse arrays"):
        made("csr") ** made("row_sparse")


def test_a_line_warns_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            mx.nd.cos(made("csr"))
    assert len(caught) == 1


def test_it_can_be_silenced(monkeypatch):
    monkeypatch.setenv("MXNET_STORAGE_FALLBACK_LOG_VERBOSE", "0")
    assert (mx.nd.cos(made("csr")).asnumpy() == np.cos(VALUES)).all()


@pytest.mark.parametrize("stype", ["csr", "row_sparse"])
def test_results_go_to_sparse_out(stype):
    out = mx.nd.zeros((3, 2), stype=stype)
    assert mx.nd.broadcast_add(mx.nd.array(VALUES), mx.nd.ones((3, 2)), out=out) is out
    assert out.stype == stype and (out.asnumpy() == VALUES + 1).all()
    mx.nd.elemwise_sub(out, out, out=out)
    assert not out.asnumpy().any()


def test_random_numbers_go_to_sparse_out():
    dense, rows = mx.nd.zeros((9, 4)), mx.nd.zeros((9, 4), stype="row_sparse")
    for out in (dense, rows):
        mx.random.seed(3)
        mx.nd.random.normal(shape=(9, 4), out=out)
    assert (dense.asnumpy() == rows.asnumpy()).all() and rows.asnumpy().any()


def test_states_that_are_written_stay_sparse():
    weight, mom = made("row_sparse"), mx.nd.zeros((3, 2), stype="row_sparse")
    grad = mx.nd.ones((3, 2))
    with pytest.warns(RuntimeWarning, match="sgd_mom_update: there is no way"):
        mx.nd.sgd_mom_update(weight, grad, mom, out=weight, lr=0.5, momentum=0.9)
    assert weight.stype == mom.stype == "row_sparse"
    assert (weight.asnumpy() == VALUES - 0.5).all() and (mom.asnumpy() == -0.5).all()


def test_no_warning_where_the_result_is_dense_anyway():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (made("csr") + 1).stype == "default"
        assert (made("csr") + mx.nd.ones((3, 2))).stype == "default"
        dense = mx.nd.ones((3, 2))
        dense[:] = made("csr")
        assert (dense.asnumpy() == VALUES).all()
        assert mx.nd.where(made("csr"), mx.nd.ones((3, 2)), mx.nd.zeros((3, 2))).stype == "default"


def test_out_of_another_shape():
    with pytest.raises(ValueError, match=r"sin: out must have shape \(3, 2\); got \(2, 2\)"):
        mx.nd.sin(made("csr"), out=mx.nd.zeros((2, 2), stype="csr"))
    with pytest.raises(TypeError, match="sin: out must be an NDArray; got int"):
        mx.nd.sin(made("csr"), out=3)
    with pytest.raises(ValueError, match="sin: out must hold 1 arrays; got 2"):
        mx.nd.sin(made("csr"), out=[made("csr"), made("csr")])


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"elemwise_add: all arrays must have shape \(3, 2\)"):
        mx.nd.elemwise_add(made("csr"), mx.nd.zeros((2, 2), stype="csr"))


@pytest.mark.parametrize("stype", ["row_sparse", "csr"])
def test_copies_to_arrays_of_other_contexts_are_not_dense(stype):
    x = mx.nd.array([[0, 1], [0, 0], [2, 3]]).tostype(stype)
    y = mx.nd.sparse.zeros(stype, (3, 2), ctx=mx.cpu(1), dtype="float64")
    x.copyto(y)                     # without a warning
    assert y.ctx == mx.cpu(1) and y.stype == stype and y.dtype == np.float64
    assert (y.asnumpy() == x.asnumpy()).all()
    dense = mx.nd.zeros((3, 2), ctx=mx.cpu(1))
    x.copyto(dense)
    assert (dense.asnumpy() == x.asnumpy()).all()
