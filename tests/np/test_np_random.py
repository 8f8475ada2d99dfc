"""np.random and npx.random: distributions, shapes, dtypes, gradients, and what they refuse."""

import numpy as onp
import pytest
from scipy import stats

import mxlite as mx
from mxlite import autograd, gluon, np, npx

COUNT = 20000
DISTRIBUTIONS = [
    ("uniform", (-1.0, 3.0), stats.uniform(-1, 4)), ("normal", (1.0, 2.0), stats.norm(1, 2)),
    ("lognormal", (0.5, 0.4), stats.lognorm(0.4, scale=onp.exp(0.5))),
    ("exponential", (2.0,), stats.expon(scale=2)), ("gamma", (2.0, 3.0), stats.gamma(2, scale=3)),
    ("beta", (2.0, 3.0), stats.beta(2, 3)), ("chisquare", (3.0,), stats.chi2(3)),
    ("weibull", (1.5,), stats.weibull_min(1.5)), ("pareto", (3.0,), stats.lomax(3)),
    ("power", (2.5,), stats.powerlaw(2.5)), ("rayleigh", (2.0,), stats.rayleigh(scale=2)),
    ("gumbel", (1.0, 2.0), stats.gumbel_r(1, 2)), ("logistic", (1.0, 2.0), stats.logistic(1, 2))]


@pytest.mark.parametrize("as_arrays", [False, True])
@pytest.mark.parametrize("name, parameters, expected", DISTRIBUTIONS)
def test_distributions(name, parameters, expected, as_arrays):
    given = [np.array(p) for p in parameters] if as_arrays else parameters
    drawn = getattr(np.random, name)(*given, size=(COUNT,))
    assert drawn.dtype == "float32" and drawn.shape == (COUNT,) and type(drawn) is np.ndarray
    assert stats.kstest(drawn.asnumpy(), expected.cdf).pvalue > 1e-4


@pytest.mark.parametrize("size, shape", [
    (None, ()), ((), ()), (3, (3,)), ((2, 3), (2, 3)), ((4, 0, 5), (4, 0, 5))])
@pytest.mark.parametrize("name, parameters, _", DISTRIBUTIONS)
def test_shapes(name, parameters, _, size, shape):
    function = getattr(np.random, name)
    assert function(*parameters, size=size).shape == shape
    arrays = [np.full((1,) * len(shape), p) for p in parameters]
    assert function(*arrays, size=size).shape == shape


def test_parameters_are_broadcast():
    assert np.random.normal(np.zeros((3, 1)), np.ones(2)).shape == (3, 2)
    assert np.random.gamma(np.ones((3, 1)), np.ones(2), size=(4, 3, 2)).shape == (4, 3, 2)
    assert npx.random.normal_n(np.zeros(3), np.ones((2, 1)), batch_shape=(5,)).shape == (5, 2, 3)
    assert npx.random.uniform_n(0.0, 1.0, batch_shape=(5, 2)).shape == (5, 2)
    assert np.random.uniform(dtype="float64").dtype == "float64"


@pytest.mark.parametrize("draw", [np.random.uniform, np.random.normal, np.random.gamma])
def test_dtypes_of_draws_whose_parameters_are_arrays(draw):
    one, two = np.array([1, 2]), np.array([[1], [2]])
    for dtype in ("float16", "float32", "float64"):
        assert draw(one, two, dtype=dtype).dtype == draw(1, two, dtype=dtype).dtype == dtype
    assert np.random.uniform_n(one, 3, batch_shape=2, dtype="float16").dtype == "float16"


def test_integers():
    drawn = np.random.randint(2, 7, (5000,)).asnumpy()
    assert drawn.dtype == "int64" and set(drawn.tolist()) == {2, 3, 4, 5, 6}
    assert np.random.randint(5).shape == () and np.random.randint(3, size=2).shape == (2,)
    assert np.random.randint(0, 9, 3, dtype="int32").dtype == "int32"
    assert np.random.rand(2, 3).shape == np.random.randn(2, 3).shape == (2, 3)


def test_the_seed_repeats():
    npx.random.seed(3)
    first = np.random.normal(size=5)
    npx.seed(3)
    assert (np.random.normal(size=5) == first).all()
    assert (np.random.normal(size=5) != first).any()


def test_choice():
    assert set(np.random.choice(3, 100).asnumpy().tolist()) == {0, 1, 2}
    assert sorted(np.random.choice(6, 6, replace=False).asnumpy().tolist()) == [*range(6)]
    items = np.array([10, 20, 30])
    p = [0.7, 0.3, 0.0]
    drawn = np.random.choice(items, (5000,), p=p).asnumpy()
    assert set(drawn.tolist()) == {10, 20} and abs((drawn == 10).mean() - 0.7) < 0.03
    kept = np.random.choice(3, 2, replace=False, p=np.array(p)).asnumpy()
    assert sorted(kept.tolist()) == [0, 1]
    assert np.random.choice(5).shape == ()
    assert np.random.randint(255, 256, dtype="uint8").item() == 255
    with pytest.raises(ValueError, match="choice: 4 items cannot be chosen of 3 without replace"):
        np.random.choice(3, 4, replace=False)
    with pytest.raises(ValueError, match=r"choice: p must have shape \(3,\), a number for each"):
        np.random.choice(3, 4, p=[0.5, 0.5])
    with pytest.raises(ValueError, match="a must be a number, or an array with an axis; got one"):
        np.random.choice(np.array(3))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: np.random.choice(3, 5, p=[-1, 1, 1]),
     r"choice: p must hold numbers of at least 0; got -1\.0"),
    (lambda: np.random.choice(3, 5, p=[float("nan"), 1, 0]), "at least 0; got nan"),
    (lambda: np.random.choice(np.arange(3), 5, p=np.array([0, 0, 0])),
     r"choice: p must sum up to 1; got 0\.0"),
    (lambda: np.random.choice(3, 5, p=[0.1, 0.1, 0.1]), r"must sum up to 1; got 0\.3"),
    (lambda: np.random.choice(3, 2, replace=False, p=[0.9, 0.9, 0.1]), r"up to 1; got 1.8"),
    (lambda: np.random.multinomial(3, [0.5, -0.5, 1]),
     r"multinomial: pvals must hold numbers of at least 0; got -0\.5"),
    (lambda: np.random.multinomial(3, [float("nan"), 1]), "pvals .* at least 0; got nan"),
    (lambda: np.random.multinomial(-3, [0.5, 0.5]), "n must be an integer of at least 0; got -3"),
    (lambda: np.random.multinomial(3, [[0.5, 0.5]]),
     r"pvals must have one dimension; got shape \(1, 2\)"),
    (lambda: np.random.beta(-1, 1), "beta: a must be above 0; got -1"),
    (lambda: np.random.chisquare(np.array([1, -2])), "chisquare: df must be above 0; got -2"),
    (lambda: np.random.lognormal(0, -1), "lognormal: sigma must be at least 0; got -1"),
    (lambda: np.random.permutation(-5), "permutation: x must be an integer of at least 0; got -5"),
])
def test_impossible_probabilities_and_counts(call, message):
    with pytest.raises(ValueError, match=message):
        call()


class Choice(gluon.HybridBlock):
    """Items of its first input; the second one: probabilities."""

    def __init__(self, size, replace):
        super().__init__()
        self.size, self.replace = size, replace

    def hybrid_forward(self, F, items, p=None):
        return F.np.random.choice(items, self.size, self.replace, p)


@pytest.mark.parametrize("p", [None, (0.1, 0.4, 0.0, 0.5)])
def test_choice_in_graphs(p):
    items, weights = np.array([1, 2, 3, 4]), () if p is None else (np.array(p),)
    many, few, one = Choice((40, 50), True), Choice(3, False), Choice((), True)
    for net in (many, few, one):
        net.hybridize()
    drawn = many(items, *weights).asnumpy()
    share = [(drawn == i).mean() for i in (1, 2, 3, 4)]
    assert drawn.shape == (40, 50) and abs(onp.subtract(share, p or [0.25] * 4)).max() < 0.05
    orders = {tuple(few(items, *weights).tolist()) for _ in range(40)}
    assert {len(set(order)) for order in orders} == {3} and len(orders) > 3
    assert p is None or {frozenset(order) for order in orders} == {frozenset((1, 2, 4))}
    assert one(items, *weights).shape == ()
    few = Choice(5, False)
    few.hybridize()
    with pytest.raises(ValueError, match=r"begin:end must be a range within axis 0 of length 4"):
        few(items, *weights)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9, 5000])
def test_places_of_probabilities(rng, length):
    p = rng.integers(0, 8, length) / 8                          # whose sums are exact
    u = rng.integers(0, 64 * length, (3, 500)) / 64
    found = mx.nd._internal._npi_places_of(np.array(u), np.array(p))
    assert found.dtype == "int64"
    expected = onp.minimum(onp.searchsorted(onp.cumsum(p), u, side="right"), length - 1)
    onp.testing.assert_array_equal(found.asnumpy(), expected)


def test_choice_of_very_many():
    """In a table of all draws and items this would take 40 GB."""
    length = 100_000
    p = onp.zeros(length)
    p[[3, 70_000]] = 0.25, 0.75
    drawn = np.random.choice(length, length, p=np.array(p)).asnumpy()
    assert set(drawn) == {3, 70_000} and (drawn == 3).mean() == pytest.approx(0.25, abs=0.01)
    counts = np.random.multinomial(100_000, np.array(p[2:5] * 4), size=2).asnumpy()
    assert counts.tolist() == [[0, 100_000, 0]] * 2


def test_orders():
    x = np.arange(10)
    np.random.shuffle(x)
    assert sorted(x.asnumpy().tolist()) == [*range(10)]
    moved = np.random.permutation(np.arange(20).reshape(10, 2)).asnumpy()
    assert (moved[:, 1] == moved[:, 0] + 1).all() and len({*moved[:, 0].tolist()}) == 10


def test_counts_of_outcomes():
    counts = np.random.multinomial(5000, [0.2, 0.3, 0.5], size=(2,)).asnumpy()
    assert counts.shape == (2, 3) and counts.dtype == "int64" and (counts.sum(1) == 5000).all()
    assert abs(counts / 5000 - [0.2, 0.3, 0.5]).max() < 0.04
    with pytest.raises(ValueError, match="pvals must sum up to at most 1"):
        np.random.multinomial(3, [0.9, 0.5])


def test_vectors_of_a_normal_distribution():
    mean, cov = np.array([1, -1]), np.array([[2, 0.5], [0.5, 1]])
    drawn = np.random.multivariate_normal(mean, cov, (20000,)).asnumpy()
    assert abs(drawn.mean(0) - [1, -1]).max() < 0.05
    assert abs(onp.cov(drawn.T) - cov.asnumpy()).max() < 0.08


def test_bernoulli():
    assert abs(float(npx.random.bernoulli(0.3, size=(5000,)).mean()) - 0.3) < 0.03
    assert npx.random.bernoulli(logit=np.zeros(3), dtype="int32").dtype == "int32"
    with pytest.raises(ValueError, match="one of prob and logit must be given; got both"):
        npx.random.bernoulli(0.5, 0.5)
    for wrong in (1.5, np.array([0.5, -1])):
        with pytest.raises(ValueError, match="bernoulli: prob must be between 0 and 1"):
            npx.random.bernoulli(wrong)


@pytest.mark.parametrize("call, error", [
    (lambda: np.random.normal(0, -1), "normal: scale must be at least 0; got -1"),
    (lambda: np.random.gamma(np.zeros(2)), "gamma: shape must be above 0; got 0"),
    (lambda: np.random.weibull(0), "weibull: a must be above 0; got 0"),
    (lambda: np.random.normal(np.ones(2), size=()), r"normal: size must be a shape to which those "
     r"of the parameters, \[\(2,\)\], broadcast; got \(\)"),
    (lambda: np.random.beta(np.ones(2), np.ones((3, 1)), (2,)), "beta: size must be a shape to wh"),
    (lambda: np.random.uniform(size=-2), "uniform: size must be made of lengths; got -2"),
    (lambda: np.random.randint(3, 3), "randint: low must be a number below high"),
    (lambda: np.random.randint(0, 300, dtype="uint8"), "randint: numbers from 0 to 299 are not all "
     "of dtype uint8"),
    (lambda: np.random.randint(-129, 0, dtype="int8"), "from -129 to -1 are not all of dtype int8"),
    (lambda: np.random.choice(4, 3, False, np.array([0.5, 0, 0.5, 0])), "choice: 3 items cannot be "
     "chosen without replace where p is above 0 for 2")])
def test_wrong_values(call, error):
    with pytest.raises(ValueError, match=error):
        call()


@pytest.mark.parametrize("call, error", [
    (lambda: np.random.normal("a"), "normal: loc must be an array of mx.np; got str"),
    (lambda: np.random.uniform(size="a"), "uniform: size must be made of integers; got 'a'"),
    (lambda: np.random.normal(size=(2, 1.5)), "normal: size must be made of integers; got"),
    (lambda: np.random.beta(1, 2, dtype="int8"), "beta: dtype must be of floating point; got int8"),
    (lambda: np.random.uniform(dtype="int32"), "dtype must be of floating point; got int32")])
def test_wrong_types(call, error):
    with pytest.raises(TypeError, match=error):
        call()


def test_gradients_reach_the_parameters():
    loc, scale = np.zeros(3), np.ones(3)
    loc.attach_grad()
    scale.attach_grad()
    with autograd.record():
        y = np.random.normal(loc, scale, (2, 3))
    y.backward()
    assert loc.grad.tolist() == [2, 2, 2]
    onp.testing.assert_allclose(scale.grad.asnumpy(), y.asnumpy().sum(0), 1e-6)


def test_in_graphs():
    class Noisy(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return x + F.np.random.normal(x, 1.0) + F.np.random.uniform(size=(2, 1))

    net = Noisy()
    net.hybridize()
    x = np.zeros((2, 300))
    first, second = net(x), net(x)
    assert (first != second).all() and abs(float(first.mean()) - 0.5) < 0.7
    mx.random.seed(1)
    again = net(x)
    mx.random.seed(1)
    assert (net(x) == again).all()
