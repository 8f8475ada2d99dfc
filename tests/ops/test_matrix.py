"""dot, batch_dot, FullyConnected: against float64 NumPy, packed kernels against naive ones."""

import numpy as np
import pytest
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host
from mxlite.ndarray.function import OpFunction
from mxlite.ops import matrix
from mxlite.ops.schema import Op, param

nd = mx.nd
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-14}
SIZES = [      # M, N, K: tiles and blocks whole, cut, single; several tasks; nothing;
    # few rows, rows of B that need not be packed, or just do; an A that stays as a whole
    (1, 1, 1), (10, 10, 10), (14, 32, 384), (15, 33, 385), (5, 7, 800), (100, 130, 60),
    (29, 600, 70), (530, 40, 90), (200, 300, 400), (3, 4, 0), (0, 4, 3), (3, 0, 4),
    (1, 40, 300), (4, 7, 101), (5, 70, 128), (12, 21, 389), (9, 1024, 60), (20, 208, 400),
    (40, 200, 770), (40, 203, 150),
    (530, 610, 300), (520, 70, 401), (300, 530, 500),     # several tiles share what is packed
]
FLAGS = [(False, False), (True, False), (False, True), (True, True)]


@pytest.fixture
def naive(register):
    """lhs @ rhs + bias by the naive kernel."""
    @register("_test_gemm_naive", inputs="lhs rhs bias")
    class NaiveProduct(Op):
        transpose_a: bool = param(False)
        transpose_b: bool = param(False)

        def infer_shape(self, lhs, rhs, bias):
            return [(lhs[1] if self.transpose_a else lhs[0], bias[0])]

        def prepare(self, inputs, outputs):
            M, N = outputs[0].shape
            return matrix.gemm(inputs[0].dtype, M, N, inputs[0].size // M, self.transpose_a,
                               self.transpose_b, has_bias=True, name="gemm_naive")

    return OpFunction(NaiveProduct, "naive")


def array(values, dtype):
    return nd.array(values, dtype=dtype)


def close(got, want, dtype):
    """Equal but for rounding, taken relative to the largest value."""
    got, want = got.asnumpy().astype("float64"), np.asarray(want, "float64")
    assert got.shape == want.shape
    size = max(1.0, np.abs(want).max(initial=0))
    np.testing.assert_allclose(got / size, want / size, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("flags", FLAGS, ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_dot_of_matrices(rng, size, flags, dtype):
    M, N, K = size
    a = rng.standard_normal((K, M) if flags[0] else (M, K)).astype(dtype)
    b = rng.standard_normal((N, K) if flags[1] else (K, N)).astype(dtype)
    want = (a.T if flags[0] else a).astype("float64") @ (b.T if flags[1] else b).astype("float64")
    close(nd.dot(array(a, dtype), array(b, dtype), *flags), want, dtype)


@pytest.mark.parametrize("dtype", [*TOLERANCE, "bfloat16"])
@pytest.mark.parametrize("flags", FLAGS, ids=str)
def test_naive_kernel_agrees(rng, flags, dtype, naive):
    M, N, K = 31, 45, 50
    a = array(rng.standard_normal((K, M) if flags[0] else (M, K)), dtype)
    b = array(rng.standard_normal((N, K) if flags[1] else (K, N)), dtype)
    got = naive(a, b, nd.zeros((N,), dtype=dtype), transpose_a=flags[0], transpose_b=flags[1])
    tolerance = {"float16": 2e-3, "bfloat16": 1e-2}.get(dtype, 1e-5)
    np.testing.assert_allclose(got.astype("float64").asnumpy(),
                               nd.dot(a, b, *flags).astype("float64").asnumpy(),
                               rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_integers_wrap_around(rng, dtype):
    a, b = rng.integers(0, 100, (7, 20)).astype(dtype), rng.integers(0, 100, (20, 9)).astype(dtype)
    np.testing.assert_array_equal(nd.dot(array(a, dtype), array(b, dtype)).asnumpy(), a @ b)


@pytest.mark.parametrize("lhs, rhs, flags, axes", [
    ((2, 3, 4), (4, 5, 6), (False, False), (2, 0)),
    ((4, 2, 3), (4, 5, 6), (True, False), (0, 0)),
    ((2, 3, 4), (5, 6, 4), (False, True), (2, 2)),
    ((4, 2, 3), (5, 6, 4), (True, True), (0, 2)),
    ((4,), (4, 5), (False, False), (0, 0)),
    ((3, 4), (4,), (False, False), (1, 0)),
    ((4,), (5, 4), (False, True), (0, 1)),
], ids=str)
def test_dot_of_other_axes(rng, lhs, rhs, flags, axes):
    a, b = rng.standard_normal(lhs), rng.standard_normal(rhs)
    close(nd.dot(array(a, "float64"), array(b, "float64"), *flags), np.tensordot(a, b, axes),
          "float64")
    check_gradients(lambda x, y: nd.dot(x, y, *flags), [a, b], rng)


def test_dot_of_vectors_has_one_element(rng):
    a, b = rng.standard_normal(50), rng.standard_normal(50)
    close(nd.dot(array(a, "float64"), array(b, "float64")), [a @ b], "float64")
    check_gradients(nd.dot, [a, b], rng)


@pytest.mark.parametrize("flags", FLAGS, ids=str)
def test_batch_dot(rng, flags):
    a = rng.standard_normal((2, 3, 9, 20) if flags[0] else (2, 3, 20, 9))
    b = rng.standard_normal((2, 3, 70, 9) if flags[1] else (2, 3, 9, 70))
    want = (a.swapaxes(2, 3) if flags[0] else a) @ (b.swapaxes(2, 3) if flags[1] else b)
    close(nd.batch_dot(array(a, "float32"), array(b, "float32"), *flags), want, "float32")
    check_gradients(lambda x, y: nd.batch_dot(x, y, *flags), [a[0], b[0]], rng)


@pytest.mark.parametrize("flatten", [True, False])
@pytest.mark.parametrize("no_bias", [True, False])
@pytest.mark.parametrize("shape", [(6, 5), (2, 3, 5), (4,)], ids=str)
def test_fully_connected(rng, shape, no_bias, flatten):
    x = rng.standard_normal(shape)
    rows = x.reshape(shape[0], -1) if flatten else x
    w, b = rng.standard_normal((7, rows.shape[-1])), rng.standard_normal(7)
    given = [x, w] if no_bias else [x, w, b]
    options = {"num_hidden": 7, "no_bias": no_bias, "flatten": flatten}
    for dtype in TOLERANCE:
        got = nd.FullyConnected(*[array(value, dtype) for value in given], **options)
        close(got, rows @ w.T + (0 if no_bias else b), dtype)
    check_gradients(lambda *arrays: nd.FullyConnected(*arrays, **options), given, rng)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("M, K, N", [(300, 700, 500), (100, 784, 128), (129, 512, 97),
                                     (530, 401, 610)])
def test_results_do_not_depend_on_threads(rng, M, K, N, dtype):
    """Every number of threads cuts the result in another way, through edges of other widths."""
    a = array(rng.standard_normal((M, K)), dtype)
    b = array(rng.standard_normal((N, K)), dtype)
    results = set()
    for threads in (1, 2, 3, 5, 8):
        host.set_num_threads(threads)
        results.add(nd.dot(a, b, transpose_b=True).asnumpy().tobytes())
    assert len(results) == 1


def test_nan_and_infinity_stay_in_their_row():
    a = np.ones((20, 40))
    a[3, 5], a[7, 1] = np.nan, np.inf
    got = nd.dot(array(a, "float32"), nd.ones((40, 33))).asnumpy()
    assert np.isnan(got[3]).all() and np.isposinf(got[7]).all()
    assert (np.delete(got, [3, 7], 0) == 40).all()


@pytest.mark.parametrize("at", [0, 37, 99])
def test_nan_and_infinity_of_few_rows(at):
    a, b = np.ones((2, 101)), np.ones((9, 101))
    a[0, at], b[4, 100 - at] = np.nan, np.inf
    got = nd.dot(array(a, "float32"), array(b, "float32"), transpose_b=True).asnumpy()
    assert np.isnan(got[0]).all() and np.isposinf(got[1, 4])
    assert (np.delete(got[1], 4) == 101).all()


@pytest.mark.parametrize("call, message", [
    (lambda: nd.dot(nd.ones((2, 3)), nd.ones((4, 5))),
     r"dot: rhs must have shape \(3, \.\.\.\) to match lhs \(2, 3\); got \(4, 5\)"),
    (lambda: nd.dot(nd.ones((2,)), nd.ones((2,)), transpose_a=True), "dot: transpose_a and"),
    (lambda: nd.dot(nd.ones((2, 3)), nd.ones((3, 5), dtype="float64")),
     "dot: rhs must have dtype float32, as lhs is; got float64"),
    (lambda: nd.batch_dot(nd.ones((2, 3)), nd.ones((3, 5))), "batch_dot: lhs .*at least 3 axes"),
    (lambda: nd.batch_dot(nd.ones((2, 3, 4)), nd.ones((2, 5, 6))),
     r"batch_dot: rhs must have shape \(2, 4, N\) to match lhs \(2, 3, 4\); got \(2, 5, 6\)"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 5)), nd.ones((4,)), num_hidden=4),
     r"FullyConnected: weight must have shape \(4, 3\).*got \(4, 5\)"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), nd.ones((5,)), num_hidden=4),
     r"FullyConnected: bias must have shape \(4,\); got \(5,\)"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), num_hidden=4),
     "FullyConnected: missing input 'bias', which it takes with no_bias=False"),
    (lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 3)), num_hidden=0),
     "FullyConnected: num_hidden must be at least 1; got 0"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("M, K", [(1, 1), (1, 23), (1, 24), (1, 5000), (3, 71), (3, 72), (7, 900)])
@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True), (True, True)])
def test_few_rows_times_a_column(rng, dtype, M, K, turned):
    a, b = rng.normal(size=(2, M, K)).astype(dtype), rng.normal(size=(2, K, 1)).astype(dtype)
    expected = a.astype("float64") @ b.astype("float64")
    left, right = [
        nd.array(np.ascontiguousarray(x.transpose(0, 2, 1) if is_turned else x), dtype=dtype)
        for x, is_turned in zip((a, b), turned, strict=True)]
    options = {"transpose_a": turned[0], "transpose_b": turned[1]}
    scale = np.abs(a).astype("float64") @ np.abs(b).astype("float64") * {
        "float16": 2e-3, "float32": 1e-6, "float64": 1e-14}[dtype]
    got = nd.batch_dot(left, right, **options).asnumpy()
    assert (np.abs(got - expected) <= scale).all()
    got = nd.dot(left[0], right[0], **options).asnumpy()
    assert (np.abs(got - expected[0]) <= scale[0]).all()
