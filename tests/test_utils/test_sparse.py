"""Random sparse arrays, and their parts."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu


def test_rows():
    array, (values, indices) = tu.rand_sparse_ndarray((1000, 2, 3), "row_sparse", density=0.3)
    np.testing.assert_array_equal(array.data.asnumpy(), values)
    assert values.dtype == np.float32 == array.dtype
    assert values.shape == (len(indices), 2, 3) and 200 < len(indices) < 400
    assert np.all(np.diff(indices) > 0) and indices[-1] < 1000
    assert 0 <= values.min() < 0.1 and 0.9 < values.max() <= 1


def test_given_rows_and_values():
    array, (values, indices) = tu.rand_sparse_ndarray(
        (4, 2), "row_sparse", rsp_indices=np.array([3, 0]), data_init=2, dtype="float64",
        modifier_func=lambda x: x + 1, ctx=mx.cpu(1))
    assert values.tolist() == [[3, 3], [3, 3]] and indices.tolist() == [3, 0]
    assert values.dtype == np.float64 and array.ctx == mx.cpu(1)
    array = tu.create_sparse_array((4, 2), "row_sparse", rsp_indices=[3, 0])
    assert array.indices.asnumpy().tolist() == [0, 3]
    for rows in (None, [1, 2]):
        array = tu.create_sparse_array_zd((4, 2), "row_sparse", density=1, rsp_indices=rows)
        assert array.indices.asnumpy().tolist() == (rows or [])


def test_elements_anywhere():
    array, parts = tu.rand_sparse_ndarray((50, 40), "csr", density=0.1)
    csr, (indptr, indices, data) = array.asscipy(), [part.asnumpy() for part in parts]
    assert csr.shape == (50, 40) and csr.nnz == 200 == len(data) == len(indices) == indptr[-1]
    assert csr.dtype == np.float32 and data.min() > 0 and data.max() <= 1
    assert csr.has_canonical_format                            # ascending columns, each once
    assert len(np.unique(np.diff(indptr))) > 3
    full = tu.create_sparse_array((3, 4), "csr", density=1, data_init=2,
                                  modifier_func=lambda x: -x)
    assert full.asnumpy().tolist() == [[-2] * 4] * 3
    assert tu.create_sparse_array_zd((3, 4), "csr", density=0).asscipy().nnz == 0
    assert tu.rand_ndarray((5, 6), "csr", density=1, dtype="float64").dtype == np.float64


def test_columns_in_no_order():
    csr = tu.create_sparse_array((5, 30), "csr", density=0.9, shuffle_csr_indices=True).asscipy()
    assert not csr.has_sorted_indices
    csr.sort_indices()
    assert csr.has_canonical_format
    before = csr.indices.copy()
    tu.shuffle_csr_column_indices(csr)
    assert not np.array_equal(csr.indices, before)
    for start, end in zip(csr.indptr, csr.indptr[1:], strict=False):
        assert sorted(csr.indices[start:end]) == before[start:end].tolist()


def test_rows_that_grow():
    csr, _ = tu.rand_sparse_ndarray((5, 16), "csr", density=0.5, distribution="powerlaw")
    counts = np.diff(csr.indptr)
    assert counts.tolist() == [2, 4, 8, 16, 10]                # MXNet 1.9.1: 2, 4, 8, 16, 10
    last = [csr.indices[end - 1] + 1 for end in csr.indptr[1:].astype(int).tolist()]
    assert last == counts.tolist()                             # the first columns, as there
    csr, _ = tu.rand_sparse_ndarray((4, 9), "csr", density=0.3, distribution="powerlaw")
    assert np.diff(csr.indptr).tolist() == [2, 4, 3, 1]


def test_a_random_density():
    sizes = {tu.rand_sparse_ndarray((10, 10), "csr")[0].asscipy().nnz for _ in range(10)}
    assert len(sizes) > 3


@pytest.mark.parametrize(("shape", "stype", "arguments", "message"), [
    ((2, 2), "coo", {}, "stype must be 'row_sparse' or 'csr'; got 'coo'"),
    ((2, 2), "csr", {"density": 1.5}, "density must be from 0 to 1; got 1.5"),
    ((2, 2), "csr", {"distribution": "normal"}, "must be 'uniform' or 'powerlaw'; got 'normal'"),
    ((2, 2), "row_sparse", {"distribution": "powerlaw"}, "must be 'uniform'; got 'powerlaw'"),
    ((2, 2, 2), "csr", {}, r"shape of a csr array must be 2 lengths .* got \(2, 2, 2\)"),
    ((0, 2), "csr", {}, r"2 lengths of at least 1; got \(0, 2\)"),
    ((2, 2), "row_sparse", {"rsp_indices": [0, 1, 2]}, "must be at most 2 numbers .* got 3"),
    ((4, 4), "csr", {"distribution": "powerlaw", "density": 0.3}, "2 elements a row; density 0.3 is"
                                                                  " 4 in 4 rows"),
    ((2, 8), "csr", {"distribution": "powerlaw", "density": 1}, "room for 6 elements in shape "
                                                                r"\(2, 8\); density 1 is 16")])
def test_errors(shape, stype, arguments, message):
    with pytest.raises(ValueError, match=f"rand_sparse_ndarray: .*{message}"):
        tu.rand_sparse_ndarray(shape, stype, **{"density": 0.5, **arguments})
