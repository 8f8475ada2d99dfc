"""Sparse arrays: how they are made, what they hold, copies, conversions and indexing."""

import copy
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite.ndarray.sparse import CSRNDArray, NotSupportedForSparseNDArray, RowSparseNDArray

VALUES = np.array([[1, 0, 2], [0, 0, 0], [3, 0, 0], [0, 0, 5]], "float32")
KINDS = {"csr": CSRNDArray, "row_sparse": RowSparseNDArray}


def made(stype, values=VALUES):
    return mx.nd.array(values).tostype(stype)


def test_parts():
    csr, rows = made("csr"), made("row_sparse")
    assert csr.data.asnumpy().tolist() == [1, 2, 3, 5]
    assert csr.indices.asnumpy().tolist() == [0, 2, 0, 2]
    assert csr.indptr.asnumpy().tolist() == [0, 2, 2, 3, 4]
    assert rows.indices.asnumpy().tolist() == [0, 2, 3]
    assert rows.data.asnumpy().tolist() == VALUES[[0, 2, 3]].tolist()
    assert csr.indices.dtype == csr.indptr.dtype == rows.indices.dtype == np.int64
    csr.data[:] = 7                     # a copy, as in MXNet
    assert (csr.asnumpy() == VALUES).all()


@pytest.mark.parametrize("stype", KINDS)
def test_what_they_are(stype):
    x = made(stype)
    assert type(x) is KINDS[stype] and isinstance(x, mx.nd.NDArray)
    assert (x.stype, x.shape, x.ndim, len(x), x.dtype) == (stype, (4, 3), 2, 4, np.float32)
    assert repr(x) == f"\n<{type(x).__name__} 4x3 @cpu(0)>"
    assert (np.asarray(x) == VALUES).all()
    x.check_format()
    x.check_format(full_check=False)
    with pytest.raises(BufferError, match="no memory of its shape"):
        memoryview(x)


@pytest.mark.parametrize("stype", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "int8", "int64"])
def test_copies_and_conversions(stype, dtype):
    x = made(stype).astype(dtype)
    assert x.dtype == np.dtype(dtype) and x.astype(dtype, copy=False) is x
    for twin in (x.copy(), x.copyto(mx.cpu(0)), copy.deepcopy(x), pickle.loads(pickle.dumps(x)),
                 x.tostype(stype), mx.nd.array(x), mx.nd.sparse.array(x), x.detach()):
        assert (twin.stype, twin.dtype, twin.shape) == (stype, x.dtype, x.shape)
        assert (twin.asnumpy() == VALUES).all()
    assert x.as_in_context(mx.cpu(0)) is x and x.as_in_context(mx.cpu(1)).ctx == mx.cpu(1)
    dense = x.tostype("default")
    assert type(dense) is mx.nd.NDArray and (dense.asnumpy() == VALUES).all()


@pytest.mark.parametrize("stype", KINDS)
def test_writing_replaces_all(stype):
    x, dense = mx.nd.zeros((4, 3), stype=stype), mx.nd.ones((4, 3))
    twin = x.detach()
    for source in (made(stype), mx.nd.array(VALUES), VALUES, made("csr").tostype("default")):
        x[:] = 0
        assert not x.asnumpy().any()
        x[:] = source
        assert (x.asnumpy() == VALUES).all() and (twin.asnumpy() == VALUES).all()
    assert x.copyto(dense) is dense and (dense.asnumpy() == VALUES).all()
    mx.nd.elemwise_add(x, x, out=x)
    assert x.stype == stype and (x.asnumpy() == 2 * VALUES).all()
    x += x
    assert (twin.asnumpy() == 4 * VALUES).all()


def test_numbers_fill_the_rows():
    x = mx.nd.zeros((2, 3), stype="row_sparse")
    x[:] = 2
    assert x.asnumpy().tolist() == [[2] * 3] * 2 and x.indices.asnumpy().tolist() == [0, 1]
    with pytest.raises(ValueError, match="Assigning a number to a CSRNDArray"):
        mx.nd.zeros((2, 3), stype="csr")[:] = 2


def test_csr_from_parts_and_places():
    from_parts = mx.nd.sparse.csr_matrix(([1, 2, 3], [0, 2, 1], [0, 2, 2, 3]))
    assert from_parts.shape == (3, 3) and from_parts.dtype == np.float32
    assert from_parts.asnumpy().tolist() == [[1, 0, 2], [0, 0, 0], [0, 3, 0]]
    places = mx.nd.sparse.csr_matrix((np.array([1.0, 2, 3]), ([1, 0, 1], [1, 1, 1])), shape=(2, 2))
    assert places.dtype == np.float64 and places.asnumpy().tolist() == [[0, 2], [0, 4]]
    assert mx.nd.sparse.csr_matrix((2, 3)).asnumpy().tolist() == [[0] * 3] * 2
    assert mx.nd.sparse.csr_matrix(VALUES.tolist()).asnumpy().tolist() == VALUES.tolist()


def test_row_sparse_from_parts():
    x = mx.nd.sparse.row_sparse_array(([[1, 2], [3, 4]], [1, 3]))
    assert x.shape == (4, 2) and x.asnumpy().tolist() == [[0, 0], [1, 2], [0, 0], [3, 4]]
    x = mx.nd.sparse.row_sparse_array((np.ones((2, 3, 2), "int32"), [0, 4]), shape=(6, 3, 2))
    assert x.dtype == np.int32 and x.asnumpy()[4].tolist() == [[1, 1]] * 3
    assert mx.nd.sparse.row_sparse_array((2, 3)).asnumpy().tolist() == [[0] * 3] * 2


def test_scipy_both_ways():
    scipy = pytest.importorskip("scipy.sparse")
    matrix = scipy.csr_matrix((np.array([1.0, 2, 3, 4]), [2, 0, 2, 1], [0, 3, 4]), shape=(2, 3))
    for x in (mx.nd.array(matrix), mx.nd.sparse.array(matrix), mx.nd.sparse.csr_matrix(matrix)):
        assert x.dtype == np.float64 and x.indices.asnumpy().tolist() == [0, 2, 1]
        assert (x.asnumpy() == matrix.toarray()).all()
        assert (x.asscipy() != matrix).nnz == 0


@pytest.mark.parametrize("stype", KINDS)
def test_empty_and_zeros(stype):
    for x in (mx.nd.zeros((0, 3), stype=stype), mx.nd.sparse.empty(stype, (4, 3), dtype="int32"),
              mx.nd.empty((4, 3), stype=stype), mx.nd.zeros_like(made(stype))):
        assert x.stype == stype and not x.asnumpy().any() and x.data.shape[0] == 0
        x.check_format()


def test_indexing_of_csr():
    x = made("csr")
    assert x[:] is x
    for key in (0, -1, slice(1, 3), slice(2, None), slice(0, 9), slice(3, 1)):
        rows = VALUES[key] if isinstance(key, slice) else VALUES[key][None]
        assert type(x[key]) is CSRNDArray and (x[key].asnumpy() == rows).all()
        x[key].check_format()


@pytest.mark.parametrize(("stype", "key", "message"), [
    ("csr", 4, "x.4.: the array has 4 rows"), ("csr", (1, 2), "Multi-dimension indexing"),
    ("csr", slice(0, 4, 2), "only supports continuous slicing on axis 0"),
    ("csr", None, "must be an integer or a slice"),
    ("row_sparse", 1, "RowSparseNDArray only supports .:. for __getitem__; got 1"),
])
def test_keys_that_are_refused(stype, key, message):
    with pytest.raises(ValueError, match=message):
        made(stype)[key]
    with pytest.raises(NotImplementedError, match=r"only supports \[:\] for assignment"):
        made(stype)[key] = VALUES


SPARSE = mx.nd.sparse


@pytest.mark.parametrize(("call", "message"), [
    (lambda: SPARSE.zeros("sparse", (2, 2)), "got unknown storage type 'sparse'"),
    (lambda: SPARSE.zeros("csr", (2,)), "the shape of a csr array must have two axes; got .2,."),
    (lambda: SPARSE.csr_matrix((2, 2), shape=(3, 2)), "shape must be that of arg1, .2, 2.; got"),
    (lambda: SPARSE.csr_matrix(VALUES, shape=(3, 2)), "shape must be that of arg1, .4, 3.; got"),
    (lambda: SPARSE.csr_matrix([1, 2]), "should be 2 Dimensional. Current shape is .2,."),
    (lambda: SPARSE.csr_matrix(([], [], [0, 0])), "shape must be given"),
    (lambda: SPARSE.csr_matrix(([1], [0, 1], [0, 2])), "must be equally long; got 1 and 2"),
    (lambda: SPARSE.csr_matrix(([[1]], [0], [0, 1])), "must have one axis, and shape two"),
    (lambda: SPARSE.csr_matrix(([1], ([0, 1], [0]))), "data, rows and columns must be equally"),
    (lambda: SPARSE.csr_matrix(([], ([], []))), "shape must be given"),
    (lambda: SPARSE.csr_matrix(([1], ([2], [0])), shape=(2, 2)), "must be inside .2, 2."),
    (lambda: SPARSE.csr_matrix((1, 2, 3, 4.5)), "got one of 4"),
    (lambda: SPARSE.csr_matrix(made("row_sparse")), "a row_sparse array cannot become csr"),
    (lambda: SPARSE.row_sparse_array(made("csr")), "a csr matrix cannot become row_sparse"),
    (lambda: SPARSE.row_sparse_array(([], [])), "shape must be given"),
    (lambda: SPARSE.row_sparse_array(([1], [2], 3.5)), "must be a shape or .data, indices."),
    (lambda: SPARSE.row_sparse_array(([[1, 2]], [1]), shape=(3, 3)), "data must have shape"),
    (lambda: SPARSE.array(VALUES), "source_array must be sparse; use mx.nd.array"),
    (lambda: SPARSE.array([[1]]), "must be a csr, row_sparse or scipy.sparse matrix; got list"),
    (lambda: made("csr").tostype("row_sparse"), "from csr to row_sparse is not supported"),
    (lambda: mx.nd.ones((3,)).tostype("csr"), "should be 2 Dimensional"),
    (lambda: mx.nd.ones((3, 3)).tostype("rows"), "stype must be one of 'default', 'row_sparse'"),
    (lambda: made("csr").copyto(mx.nd.zeros((4, 3), stype="row_sparse")), "must be 'default' or"),
    (lambda: made("csr").copyto(3), "other must be an NDArray or a Context; got int"),
    (lambda: made("csr").__setitem__(slice(None), np.ones((2, 2))), "must have shape .4, 3.; got"),
    (lambda: made("csr").reshape((3, 4)), "CSRNDArray has no such method; use tostype"),
    (lambda: made("row_sparse").__dlpack__(), "RowSparseNDArray has no such method"),
    (lambda: mx.nd.sparse.retain(mx.nd.ones((2, 2)), mx.nd.array([0])), "data must be row_sparse"),
    (lambda: made("row_sparse").retain(mx.nd.array([[0]])), r"must have shape \(n,\); got \(1, 1"),
    (lambda: mx.nd.contrib.getnnz(mx.nd.ones((2, 2))), "getnnz: data must be csr; got 'default'"),
    (lambda: mx.nd.contrib.getnnz(made("csr"), axis=0), "axis must be None or 1; got 0"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


def test_copying_to_itself_warns():
    x = made("csr")
    with pytest.warns(RuntimeWarning, match="copy an array to itself"):
        x.copyto(x)


def test_not_supported_has_a_class_of_its_own():
    with pytest.raises(NotSupportedForSparseNDArray):
        made("csr").reshape((3, 4))


@pytest.mark.parametrize(("parts", "message"), [
    (([7, 8, 9], [0, 2, 1], [0, 5, 2, 3]), "indptr must not descend"),
    (([7, 8, 9], [2, 1, 1], [0, 2, 2, 3]), "the indices of a row must ascend"),
    (([7, 8, 9], [1, 2, 1], [0, 2, 2, 4]), "indptr must go from 0 to 3"),
    (([7, 8, 9], [0, 9, 1], [0, 2, 2, 3]), "indices must be from 0 to 3; got 9"),
    (([7, 8, 9], [0, 2, 1], [0, 3]), "indptr must have 3 . 1 entries"),
])
def test_check_format_of_csr(parts, message):
    x = mx.nd.sparse.csr_matrix(parts, shape=(3, 4))
    with pytest.raises(ValueError, match=message):
        x.check_format()


@pytest.mark.parametrize("stype", KINDS)
def test_values_of_arrays_with_wrong_indices(stype):
    x = (mx.nd.sparse.row_sparse_array(([[1, 2]], [7]), shape=(3, 2)) if stype == "row_sparse"
         else mx.nd.sparse.csr_matrix(([1, 2], [0, 9], [0, 1, 2]), shape=(2, 4)))
    with pytest.raises(ValueError, match=f"a {stype} array of shape .* indices must be from 0 to"):
        x.asnumpy()


@pytest.mark.parametrize(("indices", "message"), [
    ([1, 4], "indices must be from 0 to 2; got 4"), ([1, 0], "indices must ascend"),
    ([1, -2], "from 0 to 2; got -2")])
def test_check_format_of_row_sparse(indices, message):
    x = mx.nd.sparse.row_sparse_array(([[1, 2], [3, 4]], indices), shape=(3, 2))
    with pytest.raises(ValueError, match=message):
        x.check_format()


def test_scaled_by_rows_and_columns():
    x = made("csr")
    for other in (np.full((4, 1), 4), np.full((1, 3), 4), np.full((4, 3), 4)):
        dense = mx.nd.array(other)
        for result, want in ((mx.nd.broadcast_mul(x, dense), VALUES * 4),
                             (mx.nd.broadcast_div(x, dense), VALUES / 4)):
            assert result.stype == "csr" and (result.asnumpy() == want).all()


def test_size_counts_zeros_and_csr_takes_zero():
    x = made("csr")
    assert x.size == 12
    x[:] = 0
    assert not x.asnumpy().any()


def test_functions_of_the_module():
    x, y = made("csr"), made("csr")
    assert mx.nd.sparse.add(x, y).stype == mx.nd.sparse.subtract(x, y).stype == "csr"
    assert (mx.nd.sparse.multiply(x, 2).asnumpy() == 2 * VALUES).all()
    assert (mx.nd.sparse.divide(x, 2).asnumpy() == VALUES / 2).all()
    assert mx.nd.sparse.concat(x, y, dim=0).shape == (8, 3)
    assert "retain" in dir(mx.nd.sparse) and "dot" in dir(mx.sym.sparse)
    for module in (mx.nd.sparse, mx.sym.sparse):
        with pytest.raises(AttributeError, match="has no operator 'retian'; did you mean"):
            _ = module.retian


def test_counts_of_values():
    x = made("csr")
    assert mx.nd.contrib.getnnz(x).asnumpy().tolist() == [4]
    assert mx.nd.contrib.getnnz(x, axis=1).asnumpy().tolist() == [2, 0, 1, 1]


def test_retain_takes_rows_once_and_ignores_others():
    x = mx.nd.sparse.retain(made("row_sparse"), mx.nd.array([2, 0, 2, 1, 9]))
    assert x.indices.asnumpy().tolist() == [0, 2]
    assert (x.asnumpy() == VALUES * [[1], [0], [1], [0]]).all()


def test_retain_has_two_names():
    x = mx.nd.array([[1], [2], [3]]).tostype("row_sparse")
    kept = mx.nd.sparse.gs_retain(x, mx.nd.array([0, 2]))
    assert kept.stype == "row_sparse" and kept.asnumpy().tolist() == [[1], [0], [3]]


@pytest.mark.parametrize("stype", KINDS)
def test_straight_through_functions_keep_the_storage_type(stype):
    for name, values in (("_contrib_round_ste", VALUES), ("_contrib_sign_ste", np.sign(VALUES))):
        y = getattr(mx.nd.sparse, name)(made(stype))
        assert y.stype == stype and (y.asnumpy() == values).all()       # as in MXNet


@pytest.mark.filterwarnings("ignore:.*dense copies are made")
@pytest.mark.parametrize("stype, c, kept", [("csr", 0, "csr"), ("csr", 1, "default"),
                                            ("row_sparse", 0, "default")])
def test_a_quadratic_function_of_csr_is_csr_where_it_has_no_constant(stype, c, kept):
    y = mx.nd.contrib.quadratic(made(stype), a=2, b=3, c=c)
    assert y.stype == kept              # as in MXNet
    assert (y.asnumpy() == 2 * VALUES ** 2 + 3 * VALUES + c).all()


@pytest.mark.parametrize(("data", "want"), [                # from MXNet 1.9.1
    ([1, 2], "int64"), ([1.0, 2.0], "float64"), (np.array([1, 2], "int32"), "int32"),
    (np.array([1, 2], "float64"), "float64"), (mx.nd.array([1, 2], dtype="uint8"), "uint8")])
def test_the_dtype_of_values_with_places_is_that_of_the_data(data, want):
    matrix = SPARSE.csr_matrix((data, ([0, 1], [1, 0])), shape=(2, 2))
    assert matrix.dtype == np.dtype(want)
    assert matrix.asnumpy().tolist() == [[0, 1], [2, 0]]
    assert SPARSE.csr_matrix((data, ([0, 1], [1, 0])), dtype="float16").dtype == np.float16
