"""Random arrays shaped like others, Zipfian classes, and densities of what was drawn."""

import numpy as np
import pytest
from scipy import stats

import mxlite as mx

nd = mx.nd
SIZE = 100_000
ENOUGH = 1e-3      # the seeds are fixed: a p-value below this is a wrong distribution
LIKE = [
    ("exponential", {"lam": 2.5}, stats.expon(scale=0.4)),
    ("gamma", {"alpha": 3.0, "beta": 0.5}, stats.gamma(3, scale=0.5)),
    ("poisson", {"lam": 4.5}, stats.poisson(4.5)),
    ("negative_binomial", {"k": 4, "p": 0.3}, stats.nbinom(4, 0.3)),
    ("generalized_negative_binomial", {"mu": 3.0, "alpha": 0.5}, stats.nbinom(2, 0.4)),
]


@pytest.mark.parametrize(("name", "params", "law"), LIKE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_draws_like_an_array(name, params, law, dtype):
    data = nd.zeros((100, SIZE // 100), dtype=dtype)
    drawn = getattr(nd.random, f"{name}_like")(data, **params)
    assert drawn.shape == data.shape and drawn.dtype == data.dtype
    values = drawn.asnumpy().ravel()
    if name in ("exponential", "gamma"):
        assert stats.kstest(values, law.cdf).pvalue > ENOUGH
    else:
        error = 4 * law.std() / np.sqrt(SIZE)
        assert abs(values.mean() - law.mean()) < error
        assert values.var() == pytest.approx(law.var(), rel=0.05)
    mx.random.seed(3)
    with mx.name.NameManager():
        symbol = getattr(mx.sym.random, f"{name}_like")(mx.sym.var("x"), **params)
    assert symbol.list_outputs() == [f"{name}_like0_output"]
    bound, = symbol.bind(mx.cpu(), {"x": data}).forward()
    mx.random.seed(3)
    again = getattr(nd.random, f"{name}_like")(data, **params)
    np.testing.assert_array_equal(bound.asnumpy(), again.asnumpy())


@pytest.mark.parametrize(("name", "params", "message"), [
    ("exponential", {"lam": 0}, "lam must be above 0.*got 0"),
    ("gamma", {"beta": -1}, "beta must be above 0.*got -1"),
    ("poisson", {"lam": -1}, "lam must be at least 0; got -1"),
    ("negative_binomial", {"p": 1.5}, "p must be above 0 and at most 1; got 1.5"),
    ("generalized_negative_binomial", {"alpha": -1}, "alpha must be at least 0; got -1")])
def test_parameters_outside_the_domain(name, params, message):
    with pytest.raises(ValueError, match=f"random.{name}_like: {message}"):
        getattr(nd.random, f"{name}_like")(nd.ones((2,)), **params)


@pytest.mark.parametrize(("name", "law"), [
    ("normal", stats.norm(1.5, 0.7)), ("gamma", stats.gamma(1.5, scale=1 / 0.7)),
    ("negative_binomial", stats.nbinom(1.5, 0.7)), ("poisson", stats.poisson(1.5)),
    ("exponential", stats.expon(scale=1 / 1.5))])
def test_densities_are_those_of_scipy(name, law):
    """The parameters that MXNet 1.9.1 means: gamma has a rate here, p that of a success."""
    x = np.arange(6.0)[None] + (0 if hasattr(law.dist, "pmf") else 0.25)
    parameters = [nd.array([value], dtype="float64") for value in (1.5, 0.7)]
    parameters = parameters[:1] if name in ("poisson", "exponential") else parameters
    got = getattr(nd, f"random_pdf_{name}")(nd.array(x, dtype="float64"), *parameters)
    want = law.pmf(x) if hasattr(law.dist, "pmf") else law.pdf(x)
    np.testing.assert_allclose(got.asnumpy(), want, rtol=1e-12)


def test_counts_have_no_gradient():
    x, lam = nd.array([[0, 3]]), nd.array([2])
    x.attach_grad()
    lam.attach_grad()
    x.grad[:] = 7
    with mx.autograd.record():
        probability = nd.random_pdf_poisson(x, lam)
    probability.backward()
    assert not x.grad.asnumpy().any()
    np.testing.assert_allclose(lam.grad.asnumpy(), np.exp(-2) * (-1 + 8 / 6 * 0.5), rtol=1e-5)


@pytest.mark.parametrize(("name", "shapes", "message"), [
    ("poisson", [(3, 4), (2,)], r"lam must have shape \(3,\), as sample has \(3, 4\); got \(2,\)"),
    ("normal", [(3, 4), (3,), (3, 4)], r"sigma must have shape \(3,\), as sample has"),
    ("poisson", [(3,), (3, 1)], r"lam must have shape \(3,\)"),
    ("dirichlet", [(3, 4, 2), (3, 3)], r"alpha must have shape \(3, 2\), as sample has")])
def test_parameters_of_other_shapes(name, shapes, message):
    with pytest.raises(ValueError, match=f"_random_pdf_{name}: {message}"):
        getattr(nd, f"random_pdf_{name}")(*map(nd.ones, shapes))


def test_zipfian_classes():
    """P(k) = log((k + 2) / (k + 1)) / log(range_max + 1), and expectations are counts of it."""
    mx.random.seed(7)
    drawn, true, sampled = nd.contrib.rand_zipfian(nd.array([3, 0]), SIZE, 50)
    assert (drawn.dtype, true.dtype, sampled.dtype) == (np.int64, np.float64, np.float64)
    k = np.arange(50)
    chance = np.log((k + 2) / (k + 1)) / np.log(51)
    classes = drawn.asnumpy()
    assert classes.min() >= 0 and classes.max() < 50
    assert stats.chisquare(np.bincount(classes, minlength=50), chance * SIZE).pvalue > ENOUGH
    np.testing.assert_allclose(true.asnumpy(), chance[[3, 0]] * SIZE, rtol=1e-12)
    np.testing.assert_allclose(sampled.asnumpy(), chance[classes] * SIZE, rtol=1e-12)


def test_zipfian_classes_of_symbols():
    outputs = mx.sym.contrib.rand_zipfian(mx.sym.var("true"), 4, 5)
    drawn, true, sampled = mx.sym.Group(list(outputs)).bind(
        mx.cpu(), {"true": nd.array([3])}).forward()
    assert (drawn.asnumpy() < 5).all()
    chance = np.log((drawn.asnumpy() + 2) / (drawn.asnumpy() + 1)) / np.log(6)
    np.testing.assert_allclose(sampled.asnumpy(), chance * 4, rtol=1e-12)
    np.testing.assert_allclose(true.asnumpy(), [np.log(5 / 4) / np.log(6) * 4], rtol=1e-12)


def test_rand_zipfian_takes_arrays():
    with pytest.raises(TypeError, match="rand_zipfian: true_classes must be an NDArray"):
        nd.contrib.rand_zipfian([3], 4, 5)
    with pytest.raises(TypeError, match="rand_zipfian: true_classes must be a Symbol; got list"):
        mx.sym.contrib.rand_zipfian([3], 4, 5)


def test_unique_zipfian_classes():
    samples, tries = nd._internal._sample_unique_zipfian(range_max=20, shape=(30, 15))
    assert samples.dtype == tries.dtype == np.int64
    rows = samples.asnumpy()
    assert all(len(set(row)) == 15 for row in rows.tolist())
    assert rows.min() == 0 and rows.max() < 20
    assert (tries.asnumpy() > 15).all()
    first = nd._internal._sample_unique_zipfian(range_max=1000, shape=(2000, 1))[0].asnumpy()
    assert abs((first == 0).mean() - np.log(1.5) / np.log(1000)) < 0.02
    with pytest.raises(ValueError, match=r"shape must be \(rows, at most range_max = 3 classes\)"):
        nd._internal._sample_unique_zipfian(range_max=3, shape=(2, 4))
