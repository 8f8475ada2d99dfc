"""Arrays of mx.nd and of mx.np do not meet: the error names function, argument and conversion."""

import pytest

import mxlite as mx
from mxlite import gluon, nd, np, npx

ADVICE = r"must be an array of mx\.np; got an NDArray of mx\.nd; x\.as_np_ndarray\(\) is it as"


@pytest.mark.parametrize("name, call", [
    ("add", lambda x, a: x + a), ("add", lambda x, a: a + x), ("subtract", lambda x, a: x - a),
    ("equal", lambda x, a: a == x), ("power", lambda x, a: x ** a),
    ("add", lambda x, a: x.__iadd__(a))])
def test_operators(name, call):
    with pytest.raises(TypeError, match=rf"^{name}: an NDArray of mx\.nd and an array of mx\.np "
                       r"are not mixed: x\.as_np_ndarray\(\) and x\.as_nd_ndarray\(\) are x"):
        call(np.ones((2, 2)), nd.ones((2, 2)))


@pytest.mark.parametrize("where, call", [
    ("add: x2", lambda x, a: np.add(x, a)), ("add: x1", lambda x, a: np.add(a, x)),
    ("power: x2", lambda x, a: np.power(2, a)), ("exp: x", lambda x, a: np.exp(a)),
    ("add: out", lambda x, a: np.add(x, x, out=a)), ("exp: out", lambda x, a: np.exp(x, out=(a,))),
    ("sum: out", lambda x, a: np.sum(x, axis=0, out=a[0])), ("sum: where", lambda x, a: np.sum(
        x, where=a)),
    ("clip: a_min", lambda x, a: np.clip(x, a, 2)), ("clip: a_max", lambda x, a: np.clip(x, 1, a)),
    ("matmul: b", lambda x, a: x @ a), ("dot: b", lambda x, a: x.dot(a)),
    ("bitwise_and: x2", lambda x, a: x.astype("int32") & a),
    (r"concatenate: seq\[1\]", lambda x, a: np.concatenate([x, a])),
    (r"stack: arrays\[0\]", lambda x, a: np.stack([a, x])),
    ("where: condition", lambda x, a: np.where(a, x, x)),
    ("split: ary", lambda x, a: np.split(a, 2)),
    ("take: argument indices", lambda x, a: np.take(x, nd.array([0]))),
    ("average: weights", lambda x, a: np.average(x, weights=a)),
    (r"einsum: operands\[1\]", lambda x, a: np.einsum("ij,jk", x, a)),
    ("norm: x", lambda x, a: np.linalg.norm(a)), ("normal: loc", lambda x, a: np.random.normal(a)),
    ("choice: a", lambda x, a: np.random.choice(a)),
    ("median: argument 0", lambda x, a: np.median(a)),
    ("isclose: argument 1", lambda x, a: np.isclose(x, a)),
    ("searchsorted: argument v", lambda x, a: np.searchsorted(x[0], v=a)),
    (r"linalg\.eigvals: argument 0", lambda x, a: np.linalg.eigvals(a)),
    ("relu: argument 0", lambda x, a: npx.relu(a)),
    ("batch_dot: argument 1", lambda x, a: npx.batch_dot(x[None], a.expand_dims(0)))])
def test_functions(where, call):
    with pytest.raises(TypeError, match=rf"^{where} {ADVICE}"):
        call(np.ones((2, 2)), nd.ones((2, 2)))


def test_symbols():
    a, x = mx.sym.Variable("a"), mx.sym.Variable("x").as_np_ndarray()
    advice = r"must be a Symbol of mx\.sym\.np; got a Symbol of mx\.sym; x\.as_np_ndarray\(\) is it"
    for where, call in (("exp: x", lambda: mx.sym.np.exp(a)), ("add: x2", lambda: x + a),
                        ("median: argument 0", lambda: mx.sym.np.median(a))):
        with pytest.raises(TypeError, match=f"^{where} {advice}"):
            call()


def test_what_takes_both():
    x, a = np.array([1, 2]), nd.array([3, 4])
    assert type(nd.dot(a, x)) is np.ndarray            # operators of mx.nd
    x[:] = a
    assert x.tolist() == [3, 4] and np.array([5, 6]).copyto(a).tolist() == [5, 6]
    assert x[nd.array([1])].tolist() == [4] and a[np.array([0])].tolist() == [5]
    net = gluon.nn.Dense(1)
    net.initialize()
    assert type(net(a.reshape((1, 2)))) is np.ndarray
    assert x.as_nd_ndarray().as_np_ndarray() is not None and np.array([a, a]).shape == (2, 2)
