"""mx.npx: operators under its names, reshaping by codes, files, switches and devices."""

import numpy as onp
import pytest

import mxlite as mx
from mxlite import autograd, gluon, np, npx

CALLS = {
    "relu": ((2, 3), {}), "sigmoid": ((2, 3), {}), "softmax": ((2, 3), {"axis": 0}),
    "log_softmax": ((2, 3), {}), "activation": ((2, 3), {"act_type": "tanh"}),
    "leaky_relu": ((2, 3), {"act_type": "elu"}), "batch_flatten": ((2, 3, 2), {}),
    "topk": ((2, 3), {"k": 2, "ret_typ": "value"}), "gamma": ((2, 3), {}), "gammaln": ((2, 3), {}),
    "erf": ((2, 3), {}), "smooth_l1": ((2, 3), {"scalar": 1.0}), "shape_array": ((2, 3), {}),
    "arange_like": ((2, 3), {"axis": 1}), "cast": ((2, 3), {"dtype": "int32"}),
    "pooling": ((1, 1, 4, 4), {"kernel": (2, 2), "pool_type": "max"}),
    "slice": ((3, 4), {"begin": (0, 1), "end": (2, 3)})}
OLD = {"activation": "Activation", "leaky_relu": "LeakyReLU", "batch_flatten": "Flatten",
       "cast": "Cast", "pooling": "Pooling"}


@pytest.mark.parametrize("name", CALLS)
def test_operators_are_those_of_nd(name, rng):
    shape, params = CALLS[name]
    values = rng.uniform(0.1, 2, shape).astype("float32")
    y = getattr(npx, name)(np.array(values), **params)
    old = (mx.nd.contrib.arange_like if name == "arange_like"
           else getattr(mx.nd, OLD.get(name, name)))
    assert type(y) is np.ndarray
    onp.testing.assert_array_equal(y.asnumpy(), old(mx.nd.array(values), **params).asnumpy())


def test_operators_of_several_arrays():
    x, w, b = np.ones((2, 3)), np.full((4, 3), 2), np.arange(4)
    assert npx.fully_connected(x, w, b, num_hidden=4).tolist() == [[6, 7, 8, 9]] * 2
    assert npx.fully_connected(x, w, num_hidden=4, no_bias=True, flatten=False).shape == (2, 4)
    image = np.ones((1, 1, 4, 4))
    y = npx.convolution(image, np.ones((2, 1, 3, 3)), np.zeros(2), kernel=(3, 3), num_filter=2)
    assert y.shape == (1, 2, 2, 2) and float(y.max()) == 9
    assert npx.deconvolution(image, np.ones((1, 1, 2, 2)), kernel=(2, 2), num_filter=1).shape == (
        1, 1, 5, 5)
    y = npx.batch_norm(image, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1))
    assert type(y) is np.ndarray and y.shape == image.shape
    y = npx.layer_norm(np.array([[1, 3]]), np.ones(2), np.zeros(2))
    onp.testing.assert_allclose(y.asnumpy(), [[-1, 1]], 1e-4)
    assert npx.embedding(np.array([1, 0]), w, input_dim=4, output_dim=3).shape == (2, 3)
    assert npx.one_hot(np.array([1, 0]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert npx.pick(np.array([[1, 2], [3, 4]]), np.array([1, 0])).tolist() == [2, 3]
    assert npx.batch_dot(np.ones((2, 1, 3)), np.ones((2, 3, 1))).tolist() == [[[3]], [[3]]]
    assert npx.reshape_like(np.arange(6), np.ones((2, 3))).shape == (2, 3)
    assert npx.gather_nd(np.array([[1, 2], [3, 4]]), np.array([[1], [0]])).tolist() == [3]
    masked = npx.sequence_mask(np.ones((2, 2)), np.array([1, 2]), use_sequence_length=True,
                               value=-1)
    assert masked.tolist() == [[1, 1], [-1, 1]]
    assert npx.nonzero(np.array([[0, 1], [2, 0]])).tolist() == [[0, 1], [1, 0]]


def test_dropout_and_gradients():
    x = np.ones((200,))
    assert (npx.dropout(x, p=0.5) == x).all()
    x.attach_grad()
    with autograd.record():
        y = npx.dropout(x, p=0.5)
    y.backward()
    assert {*y.tolist()} == {0, 2} and (x.grad == y).all()


@pytest.mark.parametrize("shape, codes, reverse, expected", [      # as MXNet 1.9.1
    ((2, 3, 5, 5), (-2, -1), False, (2, 75)), ((2, 3, 5, 5), (-2, -2, -1), False, (2, 3, 25)),
    ((5, 3, 4, 5), (-2, -1, -2), False, (5, 15, 4)), ((2, 3, 5, 4), (-1, -2, -2), False, (8, 3, 5)),
    ((2, 3, 5, 5), (-2, -2, -2, -2), False, (2, 3, 5, 5)), ((2, 1, 4, 5), (-2, -3, -2, -2), False,
                                                           (2, 4, 5)),
    ((1, 1, 4, 1), (-3, -3, -2, -2), False, (4, 1)), ((1, 1, 1, 1), (-3, -3, -3, -3), False, ()),
    ((2, 3, 5, 5), (-5, -2, -2), False, (6, 5, 5)), ((2, 3, 5, 5), (-5, -5), False, (6, 25)),
    ((2, 3, 5, 5), (-4,), False, (2, 3, 5, 5)), ((2, 3, 5, 5), (2, 3, -4), False, (2, 3, 5, 5)),
    ((2, 3, 5, 4), (-1, -2, -2), True, (6, 5, 4)), ((8, 3, 3, 3, 4, 4), (-6, 2, -1, -4), False,
                                                   (2, 4, 3, 3, 3, 4, 4)),
    ((3, 8), (-2, 2, 4, -6), True, (3, 2, 4)),
    ((8, 3, 2, 4, 8), (-4, -1, 2, -6), True, (8, 3, 2, 4, 4, 2))])
def test_reshape_by_codes(shape, codes, reverse, expected):
    assert npx.reshape(np.zeros(shape), codes, reverse=reverse).shape == expected


def test_reshape_refuses():
    for codes, message in (((-7,), "matched by the axes"), ((-3, -4), "length 1 on axis 0"),
                           ((-6, 3, 4), "two lengths after -6 that split 2"), ((5,), "of 6 items")):
        with pytest.raises(ValueError, match=message):
            npx.reshape(np.zeros((2, 3)), codes)


def test_files(tmp_path):
    path = str(tmp_path / "arrays")
    arrays = {"a": np.arange(3), "b": np.array(2), "c": np.zeros((0, 2), dtype="int32")}
    npx.save(path, arrays)
    back = npx.load(path)
    assert {name: x.tolist() for name, x in back.items()} == {
        name: x.tolist() for name, x in arrays.items()}
    assert all(type(x) is np.ndarray for x in back.values()) and back["b"].shape == ()
    npx.save(path, [arrays["a"]])
    assert npx.load(path)[0].tolist() == mx.nd.load(path)[0].tolist() == [0, 1, 2]
    onp.savez(path + ".npz", one=onp.ones(2))
    assert npx.load(path + ".npz")["one"].dtype == "float64"
    with pytest.raises(TypeError, match=r"save: arr must be an array of mx\.np, a list of them, "):
        npx.save(path, mx.nd.ones((2,)))


def test_switches_and_devices():
    assert npx.is_np_array() and npx.is_np_shape() and npx.cpu(0) == npx.current_context()
    assert npx.num_gpus() == mx.num_gpus() and npx.waitall() is None
    with npx.np_array(False), npx.np_shape(False):
        assert not npx.is_np_array() and not npx.is_np_shape()
    npx.reset_np()
    assert not npx.is_np_array()


def test_images():
    image = np.random.uniform(0, 255, (8, 6, 3)).astype("uint8")
    for y, shape in ((npx.image.to_tensor(image), (3, 8, 6)),
                     (npx.image.resize(image, (4, 5)), (5, 4, 3)),
                     (npx.image.center_crop(image, (4, 4))[0], (4, 4, 3)),
                     (npx.image.resize_short(image, 3), (4, 3, 3)),
                     (npx.image.flip_left_right(image), (8, 6, 3))):
        assert type(y) is np.ndarray and y.shape == shape
    assert npx.image.scale_down((6, 8), (12, 8)) == mx.image.scale_down((6, 8), (12, 8))
    assert len(npx.image.CreateAugmenter((3, 4, 4))) > 1 and "imread" in dir(npx.image)
    assert npx.image.copyMakeBorder(image, 1, 1, 0, 0).shape == (10, 6, 3)
    assert {*mx.image.__all__} <= {*dir(npx.image)}
    assert all(getattr(npx.image, name) is getattr(mx.image, name) for name in mx.image.__all__
               if name.endswith(("Aug", "Iter", "Augmenter")))
    with pytest.raises(AttributeError, match="no attribute 'resizee'; did you mean 'resize"):
        _ = npx.image.resizee


def test_images_in_blocks():
    """F.npx.image of arrays, of Symbols, and of placeholders while shapes are inferred."""
    class Prepared(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = gluon.nn.Dense(2)

        def hybrid_forward(self, F, x):
            return self.dense(F.npx.image.to_tensor(F.npx.image.crop(x, 1, 0, 4, 6)))

    image = np.random.uniform(0, 255, (2, 8, 6, 3)).astype("uint8")
    net = Prepared()
    net.initialize()
    expected = net(image).tolist()
    assert net.dense.weight.shape == (2, 3 * 6 * 4)
    net.hybridize()
    assert type(net(image)) is np.ndarray
    onp.testing.assert_allclose(net(image).asnumpy(), expected, 1e-5)
    assert "to_tensor" in dir(mx.sym.npx.image) and "image" in dir(mx.nd.npx)
