"""Sharing memory with NumPy and other libraries."""

import struct

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">f2", ">i4", ">i8"])
def test_values_of_the_other_byte_order(dtype):
    """Converted wherever they are copied, refused where memory would be shared."""
    values = np.arange(3).astype(dtype)
    x, y = mx.nd.zeros(3), mx.nd.zeros((2, 3), dtype="int32")
    x[:], y[1], y[[0]] = values, values, values[None]
    for array in (mx.nd.array(values), mx.nd.array(values, dtype=values.dtype), x, y[0], y[1],
                  mx.nd.array([values])[0], mx.nd.from_numpy(values, zero_copy=False),
                  mx.nd.zeros(3) + values, mx.nd.arange(3)[values]):
        assert array.asnumpy().tolist() == [0, 1, 2] and array.dtype in (
            np.float32, np.int32, values.dtype.newbyteorder("="))
    with pytest.raises(ValueError, match=rf"from_numpy: ndarray must have the byte order of this "
                                         rf"machine .* got dtype '{dtype}'; pass zero_copy=False"):
        mx.nd.from_numpy(values)
    assert values.flags.writeable
    with pytest.raises(BufferError, match="native byte order"):
        mx.nd.from_dlpack(values)


def test_numpy_reads_without_a_copy():
    x = nd.arange(6).reshape((2, 3))
    view = np.asarray(x)
    x[0, 0] = 9
    assert view[0, 0] == 9 and view.shape == (2, 3)
    assert np.array(x, dtype="f8").dtype == np.float64
    with pytest.raises(ValueError, match="without a copy"):
        x.__array__("f8", copy=False)


def test_functions_of_numpy_that_are_operators():
    x, values = nd.array([1.0, 5, 9]), np.array([2.0, 5, 4], "float32")
    x.attach_grad()
    for function in (np.add, np.subtract, np.multiply, np.divide, np.floor_divide, np.remainder,
                     np.power, np.equal, np.not_equal, np.less, np.less_equal, np.greater,
                     np.greater_equal):
        for pair in ((x, values), (values, x), (x, nd.array(values)), (x, 2), (np.float64(2), x)):
            result = function(*pair)
            assert type(result) is nd.NDArray and np.allclose(
                result.asnumpy(), function(*[np.asarray(each, "float32") for each in pair]))
    with autograd.record():
        y = values * x + np.float64(3) * x
    y.backward()
    assert x.grad.asnumpy().tolist() == [5, 8, 7]


def test_other_functions_of_numpy():
    x = nd.array([1, 4, 9])
    assert np.sqrt(x).tolist() == [1, 2, 3] and type(np.sqrt(x)) is np.ndarray
    assert np.maximum(x, [5, 5, 5]).tolist() == [5, 5, 9]
    assert np.all(x == x) and not np.any(x > 9) and not np.isnan(x).any()
    assert np.add.reduce(x) == 14
    assert np.abs(nd.array([[0, -2]]).tostype("csr")).tolist() == [[0, 2]]
    values = np.ones(3)
    values += x
    assert values.tolist() == [2, 5, 10] and type(values) is np.ndarray
    for refused in (lambda: np.ones((3, 3)) @ x, lambda: np.add(x, x, out=nd.zeros(3))):
        with pytest.raises(TypeError, match="all returned NotImplemented"):
            refused()


def test_asnumpy_is_a_copy():
    x = nd.zeros((3,))
    x.asnumpy()[:] = 1
    assert x.asnumpy().max() == 0


def test_buffer_protocol():
    x = nd.array([[1, 2], [3, 4]], dtype="int32")
    view = memoryview(x)
    assert view.shape == (2, 2) and view.format == "i" and view.tolist() == [[1, 2], [3, 4]]
    view[0, 1] = 7
    assert x.asnumpy()[0, 1] == 7


def test_buffer_keeps_the_array_alive():
    view = memoryview(nd.full((1000,), 3))
    nd.full((1000,), 4)
    assert view[999] == 3


def test_from_numpy_shares_and_freezes():
    a = np.arange(4, dtype="f4")
    x = nd.from_numpy(a)
    x[0] = 5
    assert a[0] == 5 and not a.flags.writeable
    b = np.arange(4, dtype="f4")
    nd.from_numpy(b, zero_copy=False)[0] = 9
    assert b[0] == 0 and b.flags.writeable


def test_from_numpy_needs_contiguous_memory():
    with pytest.raises(ValueError, match="must be C-contiguous"):
        nd.from_numpy(np.zeros((4, 4), "f4").T[1:])
    with pytest.raises(TypeError, match=r"dtype must be one of .* got dtype\('complex64'\)"):
        nd.from_numpy(np.zeros(2, "c8"))


def test_dlpack_both_ways():
    x = nd.arange(6).reshape((2, 3))
    y = np.from_dlpack(x)
    x[1, 1] = 40
    assert y[1, 1] == 40
    z = nd.from_dlpack(np.arange(3, dtype="i4"))
    assert z.dtype is np.int32 and z.tolist() == [0, 1, 2]
    capsule = nd.to_dlpack_for_read(x)
    assert nd.from_dlpack(capsule).tolist() == x.tolist()


class Exporter:
    """Another library's array: memory that it gives by DLPack alone, versioned or as before 1.0."""

    def __init__(self, values, is_versioned=True):
        self.values, self.is_versioned = values, is_versioned

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options if self.is_versioned else {})

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


def test_memory_that_an_exporter_marks_read_only_is_not_written():
    constant = np.frombuffer(np.ones(3, "f4").tobytes(), "f4")
    marked = np.ones(3, "f4")
    marked.flags.writeable = False
    shared = nd.from_numpy(constant)
    capsule = constant.__dlpack__(max_version=(1, 0))
    for source in (constant, marked, Exporter(constant), Exporter(marked), shared, capsule):
        x = nd.from_dlpack(source)
        with pytest.raises(ValueError, match="in memory of NumPy that is read-only; use its copy"):
            x[:] = 5
        assert (x + 1).tolist() == [2, 2, 2] and not x.writable
    assert constant.tolist() == marked.tolist() == [1, 1, 1]


def test_memory_of_an_exporter_that_may_be_written_is_shared():
    values = np.ones(3, "f4")
    for number, source in enumerate([values, Exporter(values), Exporter(values, False),
                                     values.__dlpack__(), values.__dlpack__(max_version=(1, 0))]):
        nd.from_dlpack(source)[:] = number
        assert values.tolist() == [number] * 3
    columns = np.frombuffer(np.ones((3, 2), "f4").tobytes(), "f4").reshape(3, 2).T
    copy = nd.from_dlpack(Exporter(columns))         # not C-contiguous
    copy[:] = 2
    assert columns.min() == columns.max() == 1


def test_bfloat16_through_ml_dtypes():
    import ml_dtypes

    x = nd.array([1, 2.5, 3.140625], dtype="bfloat16")
    assert x.dtype is ml_dtypes.bfloat16
    assert x.astype("float32").tolist() == [1, 2.5, 3.140625]
    assert (x + x).asnumpy().astype("f4").tolist() == [2, 5, 6.28125]


def test_memory_is_given_back():
    from mxlite.device import host

    before = host.memory_info()["live"]
    x = nd.zeros((1 << 20,))
    assert host.memory_info()["live"] >= before + (4 << 20)
    del x
    assert host.memory_info()["live"] == before
    mx.cpu().empty_cache()
    assert host.memory_info()["cached"] == 0


@pytest.fixture
def mapped(tmp_path):
    np.arange(3, dtype="f4").tofile(tmp_path / "values")
    return np.memmap(tmp_path / "values", mode="r", dtype="f4")


def increment(x):
    x += 1


@pytest.mark.parametrize("write", [
    increment, lambda x: x.__setitem__(0, 1), lambda x: x[0:2].__setitem__(slice(None), nd.ones(2)),
    lambda x: nd.exp(nd.ones(3), out=x), lambda x: nd.ones(3).copyto(x.reshape((3,))),
    lambda x: nd.sgd_mom_update(nd.ones(3), nd.ones(3), x, lr=1),
])
def test_read_only_memory_is_only_read(mapped, write):
    for values in (mapped, np.frombuffer(np.arange(3, dtype="f4").tobytes(), "f4")):
        x = nd.from_numpy(values)
        with pytest.raises(ValueError, match=r"\w+: an array .* cannot be written to:.* read-only"):
            write(x)
        assert x.tolist() == [0, 1, 2] and (x + 1).tolist() == [1, 2, 3]
        y = x.copy()
        write(y)


def test_read_only_memory_is_handed_on_as_read_only(mapped):
    x = nd.from_numpy(mapped)
    assert not np.asarray(x).flags.writeable and memoryview(x).readonly
    assert not x._numpy_view().flags.writeable and np.array(x).flags.writeable
    with pytest.raises(TypeError, match="read-write bytes-like object, not NDArray"):
        struct.pack_into("f", x, 0, 1)
    assert x.tolist() == [0, 1, 2]


def test_memory_that_from_numpy_froze_can_be_wrapped_again():
    a = np.zeros(3, "f4")
    nd.from_numpy(a)
    x = nd.from_numpy(a)
    x += 1
    assert a.tolist() == [1, 1, 1] and not a.flags.writeable


def test_from_numpy_takes_numpy_arrays():
    with pytest.raises(TypeError, match="from_numpy: ndarray must be a NumPy array; got list"):
        nd.from_numpy([1])


def written_by_numpy(b):
    np.asarray(b)[:] = 9


def written_by_a_buffer(b):
    memoryview(b)[0] = memoryview(b)[1] = 9.0


def written_by_dlpack(b):
    nd.from_dlpack(b.to_dlpack_for_write())[:] = 9


@pytest.mark.parametrize("write", [written_by_numpy, written_by_a_buffer, written_by_dlpack])
def test_autograd_does_not_see_what_others_write(write):
    """As docs/differences.md says: the gradient is that of the new values."""
    x, b = nd.array([1, 2]), nd.array([3, 4])
    x.attach_grad()
    with autograd.record():
        y = x * b
    write(b)
    y.backward()
    assert x.grad.asnumpy().tolist() == [9, 9]


def test_autograd_does_not_see_two_arrays_over_one_of_numpy():
    shared = np.ones(2, "float32")
    first, second = nd.from_numpy(shared), nd.from_numpy(shared)
    x = nd.array([1, 2])
    x.attach_grad()
    with autograd.record():
        y = x * first
    second[:] = 5
    y.backward()
    assert x.grad.asnumpy().tolist() == [5, 5]


def test_from_numpy_makes_arrays_of_a_class():
    for zero_copy in (True, False):
        array = mx.nd.from_numpy(np.ones((2, 2), "float32"), zero_copy, array_cls=mx.np.ndarray)
        assert type(array) is mx.np.ndarray and array.sum().item() == 4
    with pytest.raises(TypeError, match=r"from_numpy: array_cls must be mx.nd.NDArray or .*; got"):
        mx.nd.from_numpy(np.ones(2, "float32"), array_cls=int)
