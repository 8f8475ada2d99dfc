"""Random numbers: Philox word by word, distributions against their closed forms, Dropout."""

import numpy as np
import pytest
from sample_calls import arrays_of, run
from samples.large import LARGE
from scipy import stats

import mxlite as mx
from mxlite.device import host
from mxlite.ops.schema import REGISTRY

nd = mx.nd
SIZE = 200_000
RANDOM = [sample for sample in LARGE      # those of images: test_random_image.py
          if REGISTRY[sample.op].random is True and not sample.op.startswith("_image_")]
ENOUGH = 1e-3      # the seeds are fixed: a p-value below this is a wrong distribution


def philox(seed, stream, blocks):
    """Philox4x32-10 in plain integers: words (4, blocks)."""
    counter = [np.arange(blocks, dtype="uint64"), np.zeros(blocks, "uint64"),
               np.full(blocks, stream, "uint64"), np.zeros(blocks, "uint64")]
    mask, key = np.uint64(0xFFFFFFFF), [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0, p1 = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
        shift = np.uint64(32)
        counter = [(p1 >> shift) ^ counter[1] ^ np.uint64(key[0]), p1 & mask,
                   (p0 >> shift) ^ counter[3] ^ np.uint64(key[1]), p0 & mask]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(counter)


def test_philox_is_philox():
    known = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]      # of an all-zero key and counter
    assert philox(0, 0, 1)[:, 0].tolist() == known


def test_uniform_is_made_of_philox_words():
    seed = 0x123456789ABCDEF
    mx.random.seed(seed)
    got = nd.random.uniform(shape=(256,)).asnumpy()
    words = philox(seed, 1, 64).reshape(4, 4, 16).transpose(1, 0, 2).reshape(-1)
    np.testing.assert_array_equal(got, (words >> np.uint64(8)).astype("float32") / 2 ** 24)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform(dtype):
    values = nd.random.uniform(-1, 3, shape=(SIZE,), dtype=dtype).asnumpy()
    assert values.dtype == np.dtype(dtype)
    assert -1 <= values.min() < values.max() < 3
    if dtype != "float16":
        assert stats.kstest(values.astype("float64"), stats.uniform(-1, 4).cdf).pvalue > ENOUGH
        assert stats.chisquare(np.histogram(values, 64, (-1, 3))[0]).pvalue > ENOUGH


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_normal(dtype):
    values = nd.random.normal(1, 2, shape=(SIZE,), dtype=dtype).asnumpy().astype("float64")
    z = (values - 1) / 2
    np.testing.assert_allclose([z.mean(), z.std(), stats.skew(z), stats.kurtosis(z)],
                               [0, 1, 0, 0], atol=0.03)
    assert 4 < np.abs(z).max() < 7
    if dtype != "float16":
        assert stats.kstest(z, stats.norm.cdf).pvalue > ENOUGH
    for lag in (1, 16, 32, 64):
        assert abs(np.corrcoef(z[lag:], z[:-lag])[0, 1]) < 0.01


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_randint(dtype):
    values = nd.random.randint(-3, 7, shape=(SIZE,), dtype=dtype).asnumpy()
    assert values.dtype == np.dtype(dtype)
    assert sorted(set(values.tolist())) == list(range(-3, 7))
    assert stats.chisquare(np.bincount(values + 3)).pvalue > ENOUGH
    wide = nd.random.randint(-2 ** 31, 2 ** 31 - 1, shape=(1000,), dtype=dtype).asnumpy()
    assert np.abs(wide.astype("float64")).max() > 2 ** 30


def test_seed_repeats_and_calls_differ():
    draws = []
    for _ in range(2):
        mx.random.seed(7)
        draws.append([nd.random.normal(shape=(50,)).asnumpy() for _ in range(2)])
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.intersect1d(*draws[0]).size
    mx.random.seed(8)
    assert not np.intersect1d(nd.random.normal(shape=(50,)).asnumpy(), draws[0][0]).size


def test_every_random_operator_is_drawn():
    operators = {op.name for op in REGISTRY.values() if op.random is True}
    operators = {name for name in operators         # and np/test_np_random
                 if not name.startswith(("_image_", "_npi_"))}
    assert operators == {REGISTRY[sample.op].name for sample in RANDOM}


@pytest.mark.parametrize("sample", RANDOM, ids=str)
def test_every_random_operator_draws_by_the_seed(sample, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    mx.random.seed(7)
    first, second = [run(sample, arrays)[0].asnumpy() for _ in range(2)]
    assert (first != second).any()
    mx.random.seed(7)
    np.testing.assert_array_equal(run(sample, arrays)[0].asnumpy(), first)


@pytest.mark.parametrize("name", ["uniform", "normal"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_on_any_number_of_threads(name, dtype):
    draws = []
    for threads in (1, 3):
        host.set_num_threads(threads)
        mx.random.seed(3)
        draws.append(getattr(nd.random, name)(shape=(70001,), dtype=dtype).asnumpy())
    np.testing.assert_array_equal(*draws)
    mx.random.seed(3)
    part = getattr(nd.random, name)(shape=(1001,), dtype=dtype).asnumpy()
    np.testing.assert_array_equal(part, draws[0][:1001])


def test_forms_of_the_call():
    assert nd.random.uniform(shape=(2, 3)).shape == (2, 3)
    assert nd.random_uniform(0, 1, (2, 3)).dtype == np.float32
    assert nd.random.normal(shape=(0, 3)).shape == (0, 3)
    out = nd.zeros((4, 5), dtype="float64")
    nd.random.uniform(5, 6, out=out, shape=(4, 5), dtype="float64")
    assert 5 <= out.asnumpy().min() < out.asnumpy().max() < 6
    like = nd.random.normal_like(out, 100, 1)
    assert like.shape == (4, 5)
    assert like.dtype == np.float64
    assert like.asnumpy().min() > 90


def test_dropout_in_training(rng):
    values = rng.uniform(1, 2, (300, 400)).astype("float32")
    x = nd.array(values)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.Dropout(x, p=0.25)
    kept = y.asnumpy() != 0
    np.testing.assert_allclose(kept.mean(), 0.75, atol=0.01)
    np.testing.assert_allclose(kept.mean(0).std(), (0.1875 / 300) ** 0.5, rtol=0.2)
    np.testing.assert_allclose(y.asnumpy(), values * kept / 0.75, rtol=1e-6)
    y.backward(x)
    np.testing.assert_allclose(x.grad.asnumpy(), values * kept / 0.75, rtol=1e-6)


def test_dropout_otherwise():
    x = nd.ones((100,))
    x.attach_grad()
    assert nd.Dropout(x).asnumpy().tolist() == [1] * 100
    with mx.autograd.record(train_mode=False):
        y = nd.Dropout(x)
    y.backward()
    assert x.grad.asnumpy().tolist() == [1] * 100
    assert sorted(set(nd.Dropout(x, mode="always").asnumpy())) == [0, 2]
    with mx.autograd.train_mode():
        assert nd.Dropout(x, p=0).asnumpy().tolist() == [1] * 100
        assert nd.Dropout(x, p=1).asnumpy().tolist() == [0] * 100
        assert nd.Dropout(nd.ones((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), (-1,)])
def test_dropout_of_whole_axes(dtype, axes):
    x = nd.ones((20, 30, 40), dtype=dtype)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.Dropout(x, p=0.5, axes=axes)
    y.backward()
    got = y.asnumpy()
    first = got.max(axes, keepdims=True)
    np.testing.assert_array_equal(got, np.broadcast_to(first, got.shape))
    assert sorted(set(first.ravel().tolist())) == [0, 2]
    np.testing.assert_array_equal(x.grad.asnumpy(), got)


def test_out_decides_shape_and_dtype():
    out = nd.zeros((3, 5), dtype="float64")
    assert nd.random.uniform(1, 2, out=out) is out
    assert out.asnumpy().min() >= 1


def test_refuses():
    with pytest.raises(ValueError, match="randint: low must be below high"):
        nd.random.randint(5, 5, shape=(3,))
    with pytest.raises(TypeError, match="_random_uniform: dtype must have dtype float16 or"):
        nd.random.uniform(shape=(3,), dtype="int32")
    with pytest.raises(ValueError, match="scale must be at least 0; got -1"):
        nd.random.normal(0, -1, shape=(3,))
    with pytest.raises(ValueError, match="Dropout: p must be between 0 and 1; got 2"):
        nd.Dropout(nd.ones((3,)), p=2)
    with pytest.raises(TypeError, match="Dropout: data must have dtype of floating point"):
        nd.Dropout(nd.ones((3,), dtype="int32"))
    with pytest.raises(IndexError, match="Dropout: axes must be in"):
        nd.Dropout(nd.ones((3,)), axes=(1,))
