"""Arrays of integers where a tuple is wanted: shapes, axes, sizes. NumPy's own results tell."""

import json

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon, nd
from mxlite.arguments import check_shape
from mxlite.base import MXNetError
from mxlite.ndarray.array import empty_array, sparse_array
from mxlite.ops.bind import attributes
from mxlite.ops.schema import REGISTRY

A = np.array
VALUES = np.arange(6, dtype="float32").reshape(2, 3)
X = nd.array(VALUES)
IMAGE = nd.array(np.arange(192).reshape(8, 8, 3), dtype="uint8")
transforms = gluon.data.vision.transforms


@pytest.mark.parametrize(("call", "want"), [
    (lambda: X.reshape(A([3, 2])), VALUES.reshape(3, 2)),
    (lambda: X.reshape(A([-1])), VALUES.ravel()),
    (lambda: X.reshape(shape=A([3, 2])), VALUES.reshape(3, 2)),
    (lambda: X.reshape(range(2, 4)), VALUES),
    (lambda: nd.reshape(X, shape=A([3, 2], "uint8")), VALUES.reshape(3, 2)),
    (lambda: nd.reshape(X, shape=nd.array([3, 2], dtype="int32")), VALUES.reshape(3, 2)),
    (lambda: X.transpose(A([1, 0])), VALUES.T),
    (lambda: X.transpose(axes=A([1, 0])), VALUES.T),
    (lambda: nd.transpose(X, axes=A([1, 0])), VALUES.T),
    (lambda: X.broadcast_to(A([2, 3])), VALUES),
    (lambda: nd.moveaxis(X, A([0, 1]), A([1, 0])), VALUES.T),
    (lambda: nd.sum(X, axis=A([0, 1])), VALUES.sum(keepdims=True).ravel()),
    (lambda: X.mean(A([1])), VALUES.mean(1)),
    (lambda: nd.sum(X, axis=A(1)), VALUES.sum(1)),
    (lambda: nd.slice(X, begin=A([0, 1]), end=A([2, 3])), VALUES[0:2, 1:3]),
    (lambda: X.tile(A([2, 1])), np.tile(VALUES, (2, 1))),
    (lambda: nd.zeros(A([2, 3])), np.zeros((2, 3))),
    (lambda: nd.ones(A([2, 3])), np.ones((2, 3))),
    (lambda: nd.full(A([2, 3]), 4), np.full((2, 3), 4)),
    (lambda: nd.zeros(A([], "int64")), np.zeros(())),
    (lambda: transforms.CenterCrop(A([4, 2]))(IMAGE), IMAGE.asnumpy()[3:5, 2:6]),
    (lambda: mx.image.center_crop(IMAGE, A([4, 2]))[0], IMAGE.asnumpy()[3:5, 2:6]),
    (lambda: mx.image.fixed_crop(IMAGE, 1, 2, 4, 3, size=A([4, 3])), IMAGE.asnumpy()[2:5, 1:5]),
])
def test_results(call, want):
    np.testing.assert_array_equal(call().asnumpy(), want)


@pytest.mark.parametrize(("call", "want"), [
    (lambda: nd.empty(A([2, 3])).shape, (2, 3)),
    (lambda: nd.random.uniform(shape=A([2, 3])).shape, (2, 3)),
    (lambda: nd.random.normal(0, 1, A([2, 3])).shape, (2, 3)),
    (lambda: nd.random.multinomial(nd.array([1.0]), shape=A([2])).shape, (2,)),
    (lambda: nd.Pooling(nd.zeros((1, 1, 4, 4)), kernel=A([2, 2]), stride=A([2, 2])).shape,
     (1, 1, 2, 2)),
    (lambda: gluon.nn.Conv2D(1, A([3, 2]), A([1, 2]))._kwargs["kernel"], (3, 2)),
    (lambda: gluon.Parameter("weight", shape=A([2, 3])).shape, (2, 3)),
    (lambda: mx.io.DataDesc("data", A([2, 3])).shape, (2, 3)),
    (lambda: transforms.Resize(A([4, 2]))(IMAGE).shape, (2, 4, 3)),
    (lambda: transforms.CropResize(0, 0, 4, 4, A([3, 2]))(IMAGE).shape, (2, 3, 3)),
    (lambda: transforms.RandomResizedCrop(A([4, 2]), scale=A([0.5, 1]))(IMAGE).shape, (2, 4, 3)),
    (lambda: mx.image.random_size_crop(IMAGE, A([4, 2]), A([0.5, 1]), A([1, 1]))[0].shape,
     (2, 4, 3)),
    (lambda: nd.image.normalize(nd.zeros((3, 2, 2)), A([0.1, 0.2, 0.3]), A([1, 1, 1])).shape,
     (3, 2, 2)),
])
def test_shapes(call, want):
    assert call() == want


@pytest.mark.parametrize(("length", "make"), list(enumerate([
    lambda shape: nd.sparse.csr_matrix(([1.0], [0], [0, *[1] * int(shape[0])]), shape=shape),
    lambda shape: nd.sparse.row_sparse_array((np.ones((1, shape[1])), [0]), shape=shape),
    lambda shape: nd.sparse.zeros("csr", shape),
    lambda shape: empty_array(shape, "float32", mx.cpu()),
    lambda shape: sparse_array(nd.sparse.CSRNDArray, shape, "float32", mx.cpu()),
], start=7919)))
def test_lengths_of_numpy_stay_out_of_the_shapes_of_others(length, make):
    """Shapes are kept once for all arrays: one of NumPy's integers would be in all of them."""
    array = make((np.int64(length), np.int32(3)))       # a shape that nothing else has
    assert json.dumps(array.shape) == json.dumps(nd.zeros((length, 3)).shape)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nd.sparse.csr_matrix(([1.0], [0], [0, 1]), shape=(1, "a")), "csr_matrix: shape must"),
    (lambda: nd.sparse.csr_matrix(([1.0], [0], [0, 1]), shape=(1, -2)), "csr_matrix: shape must"),
    (lambda: nd.sparse.row_sparse_array((np.ones((1, 2)), [0]), shape=(1.5, 2)),
     "row_sparse_array: shape must"),
])
def test_shapes_of_sparse_arrays_are_checked(make, message):
    with pytest.raises(MXNetError, match=message):
        make()


def test_in_a_hybrid_block_whose_shapes_are_inferred():
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.weight = self.params.get("weight", shape=(0, 3), allow_deferred_init=True)

        def hybrid_forward(self, F, x, weight):
            x = x.reshape(A([3, 2])).transpose(axes=A([1, 0])).reshape(shape=A([2, 3]))
            return F.elemwise_add(x, weight)

    net = Net()
    net.initialize()
    assert net(nd.ones((2, 3))).shape == net.weight.shape == (2, 3)


def test_attributes_of_a_graph_hold_a_text_that_is_read_again():
    texts = attributes(REGISTRY["Convolution"], {"kernel": A([3, 2])})
    assert texts == {"kernel": "[3, 2]"}
    assert REGISTRY["Convolution"].params["kernel"].parse(texts["kernel"], "op") == (3, 2)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nd.zeros(A([2.5, 2])), r"zeros: shape must be a tuple of integers; got \[2.5, 2.0\]"),
    (lambda: nd.zeros((2.5, 2)), r"zeros: shape must be a tuple of integers; got \(2.5, 2\)"),
    (lambda: nd.full(A([[2, 2]]), 1), r"full: shape must be a tuple of integers; got \[\[2, 2\]\]"),
    (lambda: nd.ones(A([True, True])), "ones: shape must be a tuple of integers; got"),
    (lambda: nd.empty("a"), "empty: shape must be a tuple of integers; got 'a'"),
    (lambda: X.reshape(A([[3, 2]])), "reshape: shape must be a tuple of integers; got"),
    (lambda: X.transpose(foo=(1, 0)), "transpose: unknown parameter 'foo'"),
    (lambda: nd.sum(X, axis=A([0.5])), r"sum: axis must be an integer, a tuple .*; got \[0.5\]"),
    (lambda: nd.moveaxis(X, A([0.5]), 0), "moveaxis: axes must be a tuple of integers; got"),
    (lambda: nd.topk(X, k=A([1, 2])), r"topk: k must be .*; got \[1, 2\]"),
    (lambda: nd.Activation(X, act_type=A([1, 2])), r"Activation: act_type must be .*; got \[1, 2"),
    (lambda: nd.random.uniform(shape=A([2, -1])), "random: shape must be an integer of at least 0"),
    (lambda: gluon.nn.Dense(A([3, 2])), "units must be an integer of at least 1; got ndarray of s"),
    (lambda: check_shape("Caller", "size", "2", 1), "Caller: size must be a tuple of .*; got '2'"),
    (lambda: check_shape("Caller", "size", 2.5, 1), "Caller: size must be a tuple of .*; got 2.5"),
])
def test_errors(call, message):
    with pytest.raises(MXNetError, match=message):
        call()
