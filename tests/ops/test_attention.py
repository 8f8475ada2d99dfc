"""Products of attention: a whole layer of it, dtypes, errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.ndarray import contrib

HEADS = 2


def layer(F, x):
    """Attention of x (L, N, heads * 3 * D) to itself."""
    scores = F.contrib.interleaved_matmul_selfatt_qk(x, heads=HEADS)
    return F.contrib.interleaved_matmul_selfatt_valatt(x, F.softmax(scores), heads=HEADS)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_attention_head_by_head(dtype, rng):
    x = rng.standard_normal((5, 3, 24)).astype(dtype)
    out = layer(mx.nd, mx.nd.array(x, dtype=dtype))
    assert np.dtype(out.dtype) == dtype and out.shape == (5, 3, 8)
    for n in range(3):
        for h in range(HEADS):
            q, k, v = x[:, n].astype("float64").reshape(5, HEADS, 3, 4)[:, h].swapaxes(0, 1)
            raised = np.exp(q @ k.T / 2)
            want = raised / raised.sum(-1, keepdims=True) @ v
            np.testing.assert_allclose(out.asnumpy()[:, n, 4 * h:4 * h + 4], want, rtol=0,
                                       atol={"float16": 4e-3, "float32": 1e-6}.get(dtype, 1e-13))


def test_a_decoder_that_attends_to_its_own_input_agrees(rng):
    """Queries, and keys and values, in two arrays, are those of one."""
    parts = rng.standard_normal((5, 3, HEADS, 3, 4))
    both = mx.nd.array(parts.reshape(5, 3, 24))
    queries = mx.nd.array(parts[..., 0, :].reshape(5, 3, 8))
    keys_values = mx.nd.array(parts[..., 1:, :].reshape(5, 3, 16))
    scores = contrib.interleaved_matmul_encdec_qk(queries, keys_values, heads=HEADS)
    want = contrib.interleaved_matmul_selfatt_qk(both, heads=HEADS)
    np.testing.assert_array_equal(scores.asnumpy(), want.asnumpy())
    np.testing.assert_array_equal(
        contrib.interleaved_matmul_encdec_valatt(keys_values, scores, heads=HEADS).asnumpy(),
        contrib.interleaved_matmul_selfatt_valatt(both, scores, heads=HEADS).asnumpy())


@pytest.mark.parametrize(("name", "shapes", "message"), [
    ("selfatt_qk", [(4, 3, 10)],
     r"queries_keys_values must have shape \(length, batch, a multiple of 6\); got \(4, 3, 10\)"),
    ("selfatt_qk", [(4, 6)], r"queries_keys_values must have shape .*; got \(4, 6\)"),
    ("selfatt_valatt", [(4, 3, 12), (3, 4, 4)],
     r"attention must have shape \(6, 4, 4\); got \(3, 4, 4\)"),
    ("encdec_qk", [(4, 3, 6), (5, 3, 6)],
     r"keys_values must have shape \(length, 3, 12\), as queries have .*; got \(5, 3, 6\)"),
    ("encdec_qk", [(4, 3, 5), (5, 3, 10)], r"queries must have shape .*; got \(4, 3, 5\)"),
    ("encdec_valatt", [(5, 3, 12), (6, 4, 4)],
     r"attention must have shape \(6, length, 5\); got \(6, 4, 4\)")])
def test_wrong_shapes(name, shapes, message):
    function = getattr(contrib, f"interleaved_matmul_{name}")
    with pytest.raises(ValueError, match=f"contrib.interleaved_matmul_{name}: {message}"):
        function(*map(mx.nd.ones, shapes), heads=HEADS)


def test_heads_are_at_least_one():
    with pytest.raises(ValueError, match="selfatt_qk: heads must be at least 1; got 0"):
        contrib.interleaved_matmul_selfatt_qk(mx.nd.ones((2, 1, 3)), heads=0)


def test_a_scalar_has_no_last_axis():
    with mx.util.np_shape(True), pytest.raises(ValueError, match="data must have shape of at lea"):
        contrib.div_sqrt_dim(mx.nd.ones(()))
