"""Settings and inputs of operators that no sample has: what ONNX Runtime makes of their models."""

import numpy as np
import pytest
from onnx import load
from onnx.reference import ReferenceEvaluator
from onnx_runs import ran

import mxlite as mx
from mxlite import nd, onnx

X, Y = mx.sym.var("x"), mx.sym.var("y")
RNG = np.random.default_rng(4)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def check(symbol, tmp_path, x, y=None, free=None, longer=None):
    """The model of a Symbol of x, or of x and y, gives what the Symbol gives; free: names of free
    lengths, with which it gets the `longer` inputs."""
    inputs = [np.asarray(each) for each in (x, y) if each is not None]
    path = onnx.export_model(symbol, {}, [each.shape for each in inputs],
                             [each.dtype for each in inputs], tmp_path / "net.onnx",
                             dynamic=free is not None, dynamic_input_shapes=free)
    feed = dict(zip("xy", longer or inputs, strict=False))
    wanted = symbol.eval(**{name: nd.array(value, dtype=value.dtype)
                            for name, value in feed.items()})
    for found, array in zip(ran(path, feed), wanted, strict=True):
        assert (found.shape, found.dtype) == (array.shape, np.dtype(array.dtype))
        np.testing.assert_allclose(found, array.asnumpy(), 1e-5, 1e-6)
    return load(path).graph


INTS = np.array([[-7, -3, 0], [2, 5, 9]], "int32")
CASES = {
    "Activation softmax": (mx.sym.Activation(X, act_type="softmax"), draw(3, 4)),
    "prelu, a row": (mx.sym.LeakyReLU(X, Y, act_type="prelu"), draw(2, 3, 4), draw(1, 3)),
    "prelu, a sample": (mx.sym.LeakyReLU(X, Y, act_type="prelu"), draw(2, 3, 4), draw(2, 3)),
    "take raise": (mx.sym.take(X, Y, mode="raise"), draw(4, 2), np.array([3, 0], "float32")),
    "ceil of integers": (mx.sym.ceil(X), INTS),
    "clip of integers": (mx.sym.clip(X, -2.5, 4.5), INTS),
    "clip by nothing": (mx.sym.clip(X, -np.inf, np.inf), draw(3)),
    "remainders of integers": (mx.sym.broadcast_mod(X, Y), INTS,
                               np.array([[3, -2, 4], [-3, 4, -5]], "int32")),
    "mod of integers": (X % 4, INTS), "sum of integers": (mx.sym.sum(X, axis=1), INTS),
    "lp pooling": (mx.sym.Pooling(X, kernel=(2, 2), stride=(2, 2), pool_type="lp", p_value=2),
                   draw(1, 2, 6, 6)),
    "global lp pooling": (mx.sym.Pooling(X, global_pool=True, pool_type="lp", p_value=2),
                          draw(1, 2, 6, 5)),
    "mean, full": (mx.sym.Pooling(X, kernel=(3, 3), stride=(2, 2), pool_type="avg",
                                  pooling_convention="full"), draw(1, 2, 6, 8)),
    "mean, full and padded": (mx.sym.Pooling(X, kernel=(3, 2), stride=(2, 2), pad=(1, 0),
                                             pool_type="avg", pooling_convention="full"),
                              draw(1, 2, 7, 7)),
    "mean, padding not counted": (mx.sym.Pooling(
        X, kernel=(3, 3), pad=(1, 1), pool_type="avg", count_include_pad=False), draw(1, 2, 5, 6)),
    "dot of stacks": (mx.sym.dot(X, Y), draw(2, 3, 4), draw(4, 5, 2)),
    "dot of stacks, turned": (mx.sym.dot(X, Y, transpose_b=True), draw(3, 4), draw(5, 2, 4)),
    "topk mask": (mx.sym.topk(X, k=2, ret_typ="mask"), np.array([[1, np.inf, 3]], "float32")),
    "split in one": (mx.sym.split(X, num_outputs=1, axis=1), draw(2, 3)),
    "slice of some axes": (mx.sym.slice(X, begin=(None, 1), end=(None, 3)), draw(2, 4, 2)),
    "slice of all": (mx.sym.slice(X, begin=(None,), end=(None,)), draw(2, 3)),
    "BatchNormWithReLU": (mx.sym.contrib.BatchNormWithReLU(
        X, Y, Y, mx.sym.BlockGrad(Y), mx.sym.BlockGrad(Y) + 1, fix_gamma=False), draw(2, 3, 4),
        np.array([0.5, 1.5, 0.25], "float32")),
    "a large eye": (mx.sym.broadcast_add(mx.sym.eye(300), X), draw(1)),
    "many numbers": (mx.sym.broadcast_add(mx.sym.arange(1e5), X), draw(1)),
    "many places": (mx.sym.contrib.arange_like(X), draw(300, 300)),
    "many zeros": (mx.sym.broadcast_add(mx.sym.zeros((300, 300)), X), draw(1)),
}


@pytest.mark.parametrize("case", CASES)
def test_settings(case, tmp_path):
    symbol, *inputs = CASES[case]
    check(symbol, tmp_path, *inputs)


def test_softmax_output_over_all_of_a_sample(tmp_path):
    data = draw(2, 3, 4)
    path = onnx.export_model(mx.sym.SoftmaxOutput(X, name="s"), {}, [data.shape], "float32",
                             tmp_path / "net.onnx")
    wanted = np.exp(data) / np.exp(data).sum(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(ran(path, {"x": data})[0], wanted, 1e-5)


def test_large_constants_of_one_value_are_nodes(tmp_path):
    for case, kinds in {"many zeros": ["Expand", "Add"], "a large eye": ["Add"]}.items():
        symbol, data = CASES[case]
        assert [node.op_type for node in check(symbol, tmp_path, data).node] == kinds


def test_free_lengths(tmp_path):
    lengths = np.array([2, 3], "int32")
    check(mx.sym.softmax(X, Y, use_length=True, axis=1), tmp_path, draw(2, 3), lengths,
          [("n", "t"), ("n",)], [draw(3, 5), np.array([5, 1, 2], "int32")])
    check(mx.sym.Crop(X, Y, offset=(1, 2)), tmp_path, draw(1, 1, 400, 600), draw(1, 1, 2, 3),
          [(1, 1, 400, 600), (1, 1, "h", "w")], [draw(1, 1, 400, 600), draw(1, 1, 4, 5)])
    for kind in ("max", "avg", "sum"):
        check(mx.sym.Pooling(X, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type=kind), tmp_path,
              draw(1, 1, 6, 8), None, [("n", 1, "h", "w")], [draw(2, 1, 9, 7)])
    with pytest.raises(NotImplementedError, match=r"MultiBoxPrior\): its lengths must be fixed; "
                       r"data has \(1, 2, \?, \?\), by dynamic_input_shapes"):
        check(mx.sym.contrib.MultiBoxPrior(X), tmp_path, draw(1, 2, 3, 3), None,
              [(1, 2, "h", "w")])
    y = mx.sym.var("x").as_np_ndarray()[0:2]
    with pytest.raises(NotImplementedError, match="what it does depends on lengths that dynamic"):
        check(y, tmp_path, draw(2, 3), None, [("n", 3)])


def test_shapes_that_do_not_follow(tmp_path):
    with pytest.raises(mx.MXNetError, match=r"export_model: the shape of node 'z' does not follow "
                       "from in_shapes and params"):
        onnx.export_model(mx.sym.Group([X, mx.sym.zeros((0, 3), name="z")]), {}, [(2,)])


def test_outputs_that_cannot_be_written_and_are_read(tmp_path):
    mean = mx.sym.LayerNorm(X, Y, Y, output_mean_var=True, name="norm")[1]
    with pytest.raises(NotImplementedError, match=r"export_model: output 1 of node 'norm' "
                       r"\(LayerNorm\) cannot be written; the first one can"):
        check(mean * 2, tmp_path, draw(2, 3), draw(3))


def test_random_uniform_numbers_and_those_like_an_array(tmp_path):
    for symbol, mean, low, high in [
            (mx.sym.broadcast_add(mx.sym.random.uniform(2, 4, shape=(90, 60)), 0 * X), 3, 2, 4),
            (mx.sym.random.uniform_like(X, low=2, high=4), 3, 2, 4),
            (mx.sym.random.normal_like(X, loc=3, scale=0.5), 3, 0, 6)]:
        path = onnx.export_model(symbol, {}, [(90, 60)], "float32", tmp_path / "net.onnx")
        values, = ran(path, {"x": np.zeros((90, 60), "float32")})
        assert values.mean() == pytest.approx(mean, abs=0.05)
        assert low <= values.min() < values.max() <= high and values.std() > 0.4


def test_bfloat16(tmp_path):
    """ONNX Runtime's CPU has little of it; the package onnx computes the model."""
    path = onnx.export_model((X + 1.5) * 2, {}, [(3,)], "bfloat16", tmp_path / "net.onnx")
    data = nd.array([1, -2, 0.5]).astype("bfloat16").asnumpy()
    found, = ReferenceEvaluator(path).run(None, {"x": data})
    assert found.astype("float32").tolist() == [5, -1, 4]


def test_arrays_without_elements(tmp_path):
    with mx.util.np_shape(True):
        x = mx.sym.var("x").as_np_ndarray()
        path = onnx.export_model(mx.sym.np.reshape(x, (3, 0)), {}, [(0, 3)], "float32",
                                 tmp_path / "net.onnx")
    assert ran(path, {"x": np.zeros((0, 3), "float32")})[0].shape == (3, 0)
