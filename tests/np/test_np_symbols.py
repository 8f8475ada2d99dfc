"""Functions of mx.np in graphs: a hybridized block computes what it does eagerly; shapes of
placeholders; mx.sym.np itself."""

import numpy as onp
import pytest
from np_expressions import Evaluated, arrays, is_for_graphs
from np_lists import CHECKED, COMPUTED, ITEMS

import mxlite as mx
from mxlite import np, npx
from mxlite.gluon import nn


@pytest.mark.parametrize("expression", [
    e for e in CHECKED + ITEMS + COMPUTED if is_for_graphs(e)])
def test_graphs_compute_what_arrays_do(expression, rng):
    names = arrays(rng, np, "float32")
    net = Evaluated(expression, list(names))
    eager = net(*names.values())
    net.infer_shape(*names.values())                # runs it on placeholders
    net.hybridize()
    y = net(*names.values())
    assert type(y) is np.ndarray and y.shape == eager.shape and y.dtype == eager.dtype
    onp.testing.assert_allclose(y.asnumpy(), eager.asnumpy(), 1e-6, 1e-7)


@pytest.mark.parametrize("key", [
    "x[0]", "x[1:]", "x[:, -1]", "x[..., 0]", "x[None, 1]", "x[::-1, ::2]", "x[0:0]", "x[-1, 0, 1]",
    "x[()]"])
def test_indices_in_graphs(key, rng):
    values = rng.normal(size=(2, 3, 4)).astype("float32")
    net = nn.HybridLambda(lambda F, x: eval(key, {"x": x}) * 2)
    net.hybridize()
    expected = eval(key, {"x": values}) * 2
    y = net(np.array(values))
    assert y.shape == expected.shape
    onp.testing.assert_array_equal(y.asnumpy(), expected)


def test_indices_that_are_refused():
    x = mx.sym.var("x").as_np_ndarray()
    with pytest.raises(TypeError, match=r"an index of an array of .* is made of integers"):
        x[[0, 1]]
    with pytest.raises(IndexError, match=r"index \[0,0\] does not fit an array of shape \(2,\)"):
        x[0, 0].eval(x=np.ones(2))
    with pytest.raises(IndexError, match="index 5 is out of bounds for an axis of length 2"):
        x[5].eval(x=np.ones(2))


def test_kinds_of_symbols():
    old = mx.sym.var("x")
    x = old.as_np_ndarray()
    assert type(x + x) is type(mx.sym.np.exp(x)) is type(mx.sym.npx.relu(x)) is type(x)
    assert type(x.as_nd_ndarray() + old) is mx.sym.Symbol and old.as_nd_ndarray() is old
    assert x.as_np_ndarray() is x and type(x.T) is type(x) is type(-x) is type(x @ x)
    assert type(mx.sym.np.zeros((2,))) is type(x)
    assert mx.sym.np.zeros((0, 2)).eval()[0].shape == (0, 2)
    assert "exp" in dir(mx.sym.np) and "relu" in dir(mx.sym.npx) and "inv" in dir(mx.sym.np.linalg)
    with pytest.raises(TypeError, match=r"exp: x must be .* mx\.sym\.np; got a Symbol of mx"):
        mx.sym.np.exp(old)
    with pytest.raises(TypeError, match=r"relu: argument 0 must be a Symbol of mx\.sym\.np"):
        mx.sym.npx.relu(old)
    with pytest.raises(AttributeError, match="no attribute 'expp'; did you mean 'exp"):
        _ = mx.sym.np.expp


def test_shapes_and_dtypes_are_inferred():
    a, b = [mx.sym.var(name).as_np_ndarray() for name in "ab"]
    y = mx.sym.np.dot(a, b).sum(axis=0) > 1
    with mx.np_shape():
        assert y.infer_shape(a=(2, 3), b=(3, 4))[1] == [(4,)]
        assert y.infer_shape_partial(a=(2, 3), b=(-1, 4))[0] == [(2, 3), (3, 4)]
    assert y.infer_type(a="float32", b="float32")[1] == [onp.bool_]
    assert (a + b).infer_type(a="int32", b="float16")[1] == [onp.float16]


def test_files_of_graphs():
    a, b = [mx.sym.var(name).as_np_ndarray() for name in "ab"]
    y = mx.sym.np.maximum(a * 2.5, b).mean(axis=1, keepdims=True)
    back = mx.sym.load_json(y.tojson())
    values = {"a": np.ones((2, 2)), "b": np.full((2, 1), 3)}
    assert back.eval(**values)[0].tolist() == y.eval(**values)[0].tolist() == [[3], [3]]


def test_functions_that_numpy_computes_stand_in_graphs():
    net = nn.HybridLambda(lambda F, x: F.np.unique(x) + 1)
    net.hybridize()
    assert net(np.array([3, 1, 3])).tolist() == [2, 4]
    net = nn.HybridLambda(lambda F, x: F.np.linalg.matrix_power(x, 2))
    net.hybridize()
    assert net(np.array([[1, 1], [0, 1]])).tolist() == [[1, 2], [0, 1]]
    x = mx.sym.var("x").as_np_ndarray()
    with pytest.raises(TypeError, match="in a graph its arguments must be Symbols, numbers, texts"):
        mx.sym.np.apply_along_axis(lambda v: v, 0, x)
    with pytest.raises(TypeError, match="unique: in a graph it needs a Symbol among its arguments"):
        mx.sym.np.unique([1, 2])


def test_constraints():
    assert bool(npx.constraint_check(np.array([True, True]) > 0))
    net = nn.HybridLambda(lambda F, x: x * F.npx.constraint_check(x > 0, "x is not above 0"))
    for hybrid in (False, True):
        net.hybridize(hybrid)
        assert net(np.ones(2)).tolist() == [1, 1]
        with pytest.raises(ValueError, match="x is not above 0"):
            net(np.array([1, -1]))


def test_numbers_and_lists_where_a_graph_needs_arrays():
    x = mx.sym.var("x").as_np_ndarray()
    y = mx.sym.np.take(x, 1)
    assert y.bind(mx.cpu(), {"x": np.array([3, 5, 7])}).forward()[0].item() == 5
    for make in (lambda: mx.sym.np.take(x, [0, 1]), lambda: mx.sym.np.ediff1d(x, to_begin=[1])):
        with pytest.raises(TypeError, match=r"a graph has no values, such as \[.*\]: it must be a "
                                            r"Symbol of mx\.sym\.np, an input of the graph"):
            make()


def test_arrays_without_axes_or_items_in_files():
    """MXNet, too, writes `_full` and `_random_randint`, where () is unknown in other graphs."""
    a = mx.sym.var("a").as_np_ndarray()
    for y, shape in ((mx.sym.np.full((), 3.5) + a, (2,)), (mx.sym.np.full((0, 2), 3.5) + a, (0, 2)),
                     (mx.sym.np.take(a, 1), ()), (mx.sym.np.where(True, a, 7), (2,)),
                     (mx.sym.np.percentile(a, 50), ()), (mx.sym.np.random.randint(1, 2, ()), ())):
        back = mx.sym.load_json(y.tojson())
        assert back.tojson() == y.tojson()
        values = {"a": np.array([1, 2])} if y.list_arguments() else {}
        found, = back.eval(**values)
        assert found.shape == shape and found.tolist() == y.eval(**values)[0].tolist()
    assert '"_random_randint"' in mx.sym.np.random.randint(1, 2, ()).tojson()


def test_bits_of_truths():
    class Between(nn.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = nn.Dense(3, use_bias=False)

        def hybrid_forward(self, F, x):
            mask = ~((x > 1) & (x < 4) | (x == 5)) ^ (x > 100)
            return self.dense(F.np.where(mask, x, 0))

    x = np.array([[1, 2, 3], [4, 5, 6]])
    net = Between()
    net.initialize(mx.init.One())
    expected = [[1] * 3, [10] * 3]
    assert net(x).tolist() == expected
    net.hybridize()
    assert net(x).tolist() == expected
    a = mx.sym.var("a").as_np_ndarray()
    assert (1 & a).eval(a=np.array([3, 4], dtype="int32"))[0].tolist() == [1, 0]
    with pytest.raises(TypeError, match=r"bitwise_and: x2 must be a Symbol of mx\.sym\.np"):
        a & "a"
