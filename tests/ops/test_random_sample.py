"""Distributions drawn by rejection or with arrays of parameters, multinomial draws, shuffling."""

import numpy as np
import pytest
from scipy import stats

import mxlite as mx
from mxlite import autograd
from mxlite.device import host

nd = mx.nd
SIZE = 100_000
ENOUGH = 1e-3      # the seeds are fixed: a p-value below this is a wrong distribution

# distribution, parameters, and the same from SciPy
CONTINUOUS = [
    ("exponential", {"lam": 2.5}, stats.expon(scale=0.4)),
    ("gamma", {"alpha": 0.4, "beta": 2.0}, stats.gamma(0.4, scale=2)),
    ("gamma", {"alpha": 3.0, "beta": 0.5}, stats.gamma(3, scale=0.5)),
    ("gamma", {"alpha": 50.0, "beta": 1.0}, stats.gamma(50)),
    ("uniform", {"low": -1.0, "high": 3.0}, stats.uniform(-1, 4)),
    ("normal", {"mu": 1.0, "sigma": 2.0}, stats.norm(1, 2)),
]
COUNTS = [
    ("poisson", {"lam": 0.7}, stats.poisson(0.7)),
    ("poisson", {"lam": 11.9}, stats.poisson(11.9)),
    ("poisson", {"lam": 12.5}, stats.poisson(12.5)),
    ("poisson", {"lam": 300.0}, stats.poisson(300)),
    ("negative_binomial", {"k": 4.0, "p": 0.3}, stats.nbinom(4, 0.3)),
    ("generalized_negative_binomial", {"mu": 3.0, "alpha": 0.5}, stats.nbinom(2, 0.4)),
]


def draws(name, params):
    """From the scalar form, and from the array form with the parameters in its second element."""
    if name not in ("uniform", "normal"):
        yield getattr(nd, f"_random_{name}")(shape=(SIZE,), dtype="float64", **params).asnumpy()
    arrays = {key: nd.array([1, value], dtype="float64") for key, value in params.items()}
    sampled = getattr(nd, f"sample_{name}")(**arrays, shape=(SIZE,))
    assert sampled.shape == (2, SIZE)
    yield sampled.asnumpy()[1]


@pytest.mark.parametrize(("name", "params", "law"), CONTINUOUS)
def test_continuous(name, params, law):
    for values in draws(name, params):
        assert stats.kstest(values, law.cdf).pvalue > ENOUGH


@pytest.mark.parametrize(("name", "params", "law"), COUNTS)
def test_counts(name, params, law):
    for values in draws(name, params):
        low, high = law.ppf(0.001), law.ppf(0.999)
        edges = np.arange(low, high + 1)
        seen = [(values <= low).sum(), *[(values == k).sum() for k in edges[1:-1]],
                (values >= high).sum()]
        chance = [law.cdf(low), *law.pmf(edges[1:-1]), 1 - law.cdf(high - 1)]
        assert stats.chisquare(seen, np.array(chance) * SIZE).pvalue > ENOUGH


def test_special_parameters():
    assert not nd._random_poisson(0.0, shape=(50,)).asnumpy().any()
    assert not nd._random_negative_binomial(3.0, 1.0, shape=(50,)).asnumpy().any()
    plain = nd._random_generalized_negative_binomial(2.0, 0.0, shape=(SIZE,)).asnumpy()
    np.testing.assert_allclose([plain.mean(), plain.var()], [2, 2], rtol=0.03)
    odd = nd.sample_gamma(nd.array([np.nan, -1, np.inf]), nd.ones((3,))).asnumpy()
    assert np.isnan(odd).all()
    assert np.isnan(nd.sample_poisson(nd.array([np.nan, -1, np.inf])).asnumpy()).all()


def test_parameters_of_float16():
    """They draw what the same numbers in float32 draw, and give float32 unless dtype says more."""
    drawn = []
    for dtype in ("float16", "float32"):
        mx.random.seed(5)
        arrays = [nd.array([1.5, 0.25], dtype=dtype) for _ in range(2)]
        drawn.append(nd.sample_normal(*arrays, shape=(50,), dtype="float32").asnumpy())
    np.testing.assert_array_equal(*drawn)
    assert nd.sample_poisson(arrays[0].astype("float16"), shape=(3,)).dtype == np.float32


def test_array_forms(rng):
    low = nd.array([[0, 10], [20, 30]])
    got = nd.random.uniform(low, low + 1, shape=(3, 4))
    assert got.shape == (2, 2, 3, 4)
    np.testing.assert_array_equal(np.floor(got.asnumpy()).max((2, 3)), low.asnumpy())
    assert nd.sample_normal(low, low).shape == (2, 2)
    assert nd.sample_normal(low, low, dtype="float64").dtype == np.float64
    with pytest.raises(ValueError, match=r"_sample_normal: sigma must have shape \(2, 2\), as mu"):
        nd.sample_normal(low, nd.ones((2,)))
    with pytest.raises(TypeError, match="_sample_gamma: beta must have dtype int32, as alpha is"):
        nd.sample_gamma(low.astype("int32"), low)
    with pytest.raises(TypeError, match="_sample_poisson: lam must have dtype other than bool"):
        nd.sample_poisson(low.astype("bool"))


@pytest.mark.parametrize("dtype", [
    "float16", "bfloat16", "int8", "uint8", "int32", "int64", "float32", "float64"])
def test_parameters_of_any_dtype(dtype):
    low = nd.array([[3, 100], [7, 9]]).astype(dtype)
    got = nd.sample_uniform(low, low + 1, shape=(50,))
    assert got.dtype == (np.float64 if dtype == "float64" else np.float32)
    np.testing.assert_array_equal(np.floor(got.asnumpy()).max(2), [[3, 100], [7, 9]])
    half = nd.sample_normal(low, low, shape=(5,), dtype="float16")
    assert half.dtype == np.float16 and half.shape == (2, 2, 5)
    mu, sigma = mx.sym.var("mu", dtype=dtype), mx.sym.var("sigma")
    both, (out,), _ = mx.sym.sample_normal(mu, sigma).infer_type()
    assert both == [low.dtype] * 2 and out == got.dtype


def test_the_same_on_any_number_of_threads():
    results = []
    for threads in (1, 3):
        host.set_num_threads(threads)
        mx.random.seed(5)
        results.append(nd.random.gamma(0.5, 2, shape=(5001,)).asnumpy())
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("shape, draws", [
    ((3,), ()), ((3,), (8,)), ((2, 3), (5, 2)), ((2, 2, 3), 4)])
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_gradient_of_log_probabilities(rng, shape, draws, dtype):
    values = rng.uniform(0.1, 1, shape)
    x = nd.array(values, dtype="float64")
    x.attach_grad()
    with autograd.record():
        drawn, logs = nd.random.multinomial(x, shape=draws or 1, get_prob=True, dtype=dtype)
        loss = logs * logs
    loss.backward()
    rows = drawn.asnumpy().astype(int).reshape(-1, drawn.size // (values.size // 3))
    want = np.zeros((len(rows), 3))
    for row, numbers in enumerate(rows):
        for number in numbers:
            p = values.reshape(-1, 3)[row, number]
            want[row, number] += 2 * np.log(p) / p
    np.testing.assert_allclose(x.grad.asnumpy(), want.reshape(shape), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float16", "float32", "float64"])
def test_multinomial(dtype):
    chances = np.array([[0.1, 0, 0.6, 0.3], [0, 1, 0, 0]])
    got, logs = nd.sample_multinomial(nd.array(chances), shape=(2, 10000), get_prob=True,
                                      dtype=dtype)
    assert got.shape == logs.shape == (2, 2, 10000)
    assert got.dtype == np.dtype(dtype)
    index = got.asnumpy().astype("int64")
    assert (index[1] == 1).all()
    seen = np.bincount(index[0].ravel(), minlength=4)
    assert seen[1] == 0
    assert stats.chisquare(seen[[0, 2, 3]], [2000, 12000, 6000]).pvalue > ENOUGH
    np.testing.assert_allclose(logs.asnumpy()[0], np.log(chances[0, index[0]]), rtol=1e-5)


def test_multinomial_forms():
    assert nd.random.multinomial(nd.array([0.5, 0.5])).shape == (1,)
    assert nd.random.multinomial(nd.array([[0.5, 0.5]] * 3)).shape == (3,)
    assert nd.random.multinomial(nd.array([[0.5, 0.5]] * 3), shape=5).shape == (3, 5)
    with pytest.raises(ValueError, match="sample_multinomial: data must hold probabilities"):
        nd.sample_multinomial(nd.array([0.5, -0.5]))
    with pytest.raises(ValueError, match=r"_sample_multinomial: data must have shape \(\*, K\)"):
        nd.sample_multinomial(nd.zeros((2, 0)))


@pytest.mark.parametrize("dtype", ["float32", "int8", "float64"])
def test_shuffle(dtype):
    rows = np.arange(300).reshape(100, 3) % 100
    got = nd.random.shuffle(nd.array(rows, dtype=dtype)).asnumpy()
    assert sorted(map(tuple, got.tolist())) == sorted(map(tuple, rows.tolist()))
    assert (got != rows).any()
    assert nd.random.shuffle(nd.zeros((0, 3))).shape == (0, 3)


def test_shuffle_orders_rows_of_any_size_alike():
    """By the seed and their number, as items of 4 and 8 bytes change places themselves."""
    orders = set()
    for dtype in ("int8", "float16", "float32", "float64"):
        for width in (1, 2, 3):
            mx.random.seed(5)
            rows = nd.arange(100).reshape((100, 1)).tile((1, width)).astype(dtype)
            got = nd.shuffle(rows).asnumpy()
            assert (got == got[:, :1]).all()
            orders.add(tuple(got[:, 0].astype(int).tolist()))
    order, = orders
    assert sorted(order) == list(range(100)) != list(order)


def test_shuffle_has_no_gradient():
    x = nd.ones((3, 2))
    x.attach_grad()
    with autograd.record():
        y = nd.shuffle(x) * 2
    with pytest.raises(mx.MXNetError, match="_shuffle has no gradient"):      # as in MXNet
        y.backward()


def test_shuffle_gives_every_order_alike():
    orders = [tuple(nd.shuffle(nd.arange(3)).asnumpy().astype(int)) for _ in range(1200)]
    _, seen = np.unique(orders, axis=0, return_counts=True)
    assert len(seen) == 6
    assert stats.chisquare(seen).pvalue > ENOUGH


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 3)])
def test_log_probabilities_of_draws_have_a_gradient(shape, rng):
    """dy / p at the class that was drawn, summed over the draws."""
    p = rng.uniform(0.25, 1, shape)
    data = nd.array(p, dtype="float64")
    data.attach_grad()
    with mx.autograd.record():
        drawn, logs = nd.random.multinomial(data, shape=(4, 5), get_prob=True)
    dy = rng.standard_normal(logs.shape)
    logs.backward(nd.array(dy, dtype="float64"))
    want = np.zeros(shape)
    for place in np.ndindex(drawn.shape):
        at = (*place[:len(shape) - 1], int(drawn.asnumpy()[place]))
        want[at] += dy[place] / p[at]
    np.testing.assert_allclose(data.grad.asnumpy(), want, rtol=1e-12, atol=1e-14)
