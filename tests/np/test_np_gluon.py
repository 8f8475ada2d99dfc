"""Gluon on mx.np's arrays: layers, losses, optimizers, metrics, files, initializers, utilities."""

import inspect
import struct

import numpy as onp
import pytest
from PIL import Image

import mxlite as mx
from mxlite import autograd, gluon, init, np, npx
from mxlite.gluon import nn, rnn
from mxlite.gluon.data.vision import transforms as T

LAYERS = [
    (lambda: nn.Conv1D(2, 3), (1, 2, 8)), (lambda: nn.Conv2D(2, 3), (1, 2, 8, 8)),
    (lambda: nn.Conv2DTranspose(2, 3), (1, 2, 8, 8)), (nn.MaxPool2D, (1, 2, 8, 8)),
    (nn.GlobalAvgPool2D, (1, 2, 8, 8)), (nn.BatchNorm, (2, 3, 4)), (nn.LayerNorm, (2, 3)),
    (nn.InstanceNorm, (2, 3, 4)), (lambda: nn.GroupNorm(2), (2, 4, 4)),
    (lambda: nn.Embedding(5, 3), (2, 3)), (nn.Flatten, (2, 3, 4)), (nn.PReLU, (2, 3)),
    (nn.ELU, (2, 3)), (nn.SELU, (2, 3)), (nn.GELU, (2, 3)), (nn.Swish, (2, 3)),
    (lambda: nn.HybridLambda("relu"), (2, 3)), (lambda: rnn.LSTM(4), (3, 2, 4)),
    (lambda: nn.HybridLambda(lambda F, x: F.np.exp(x) + F.npx.relu(x)), (2, 3))]


@pytest.mark.parametrize("make, shape", LAYERS)
def test_layers_compute_what_they_do_on_ndarrays(make, shape):
    values = onp.abs(onp.random.default_rng(0).normal(size=shape)).astype("float32")
    net = make()
    net.initialize(init.Uniform(0.5))
    x = np.array(values)
    x.attach_grad()
    with autograd.record():
        (net(x) ** 2).sum().backward()
    y = net(x)
    assert type(y) is np.ndarray and x.grad.shape == x.shape
    net.hybridize()
    assert type(net(x)) is np.ndarray
    onp.testing.assert_allclose(net(x).asnumpy(), y.asnumpy(), 1e-5, 1e-6)
    params = {name: param.data().asnumpy() for name, param in net.collect_params().items()}
    npx.reset_np()
    if "exp" not in inspect.getsource(make):
        old = make()
        old.initialize()
        old(mx.nd.array(values))
        for (_, param), value in zip(old.collect_params().items(), params.values(), strict=True):
            param.set_data(mx.nd.array(value))
        onp.testing.assert_allclose(old(mx.nd.array(values)).asnumpy(), y.asnumpy(), 1e-5, 1e-6)


@pytest.mark.parametrize("name", [
    name for name, cls in vars(gluon.loss).items()
    if inspect.isclass(cls) and issubclass(cls, gluon.loss.Loss) and name not in (
        "Loss", "CTCLoss", "TripletLoss", "CosineEmbeddingLoss")])
def test_losses(name):
    x = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    label = np.array([0, 2]) if name in ("SoftmaxCrossEntropyLoss", "SoftmaxCELoss") else x
    x.attach_grad()
    with autograd.record():
        loss = getattr(gluon.loss, name)()(x, label)
    loss.backward()
    npx.reset_np()
    old = getattr(gluon.loss, name)()(x.as_nd_ndarray(), label.as_nd_ndarray())
    assert type(loss) is np.ndarray and loss.shape == old.shape
    onp.testing.assert_array_equal(loss.asnumpy(), old.asnumpy())


@pytest.mark.parametrize("name", ["sgd", "nag", "adam", "adagrad", "adadelta", "rmsprop", "ftrl",
                                  "ftml", "signum", "adamax", "nadam", "dcasgd", "sgld", "lbsgd",
                                  "lars", "lamb"])
def test_optimizers(name):
    net = nn.Dense(2, in_units=3)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), name)
    before = net.weight.data().copy()
    for _ in range(2):
        with autograd.record():
            loss = (net(np.ones((4, 3))) ** 2).sum()
        loss.backward()
        trainer.step(4)
    assert type(net.weight.data()) is np.ndarray and (net.weight.data() != before).any()


def test_metrics():
    accuracy = mx.metric.Accuracy()
    accuracy.update([np.array([0, 1])], [np.array([[0.9, 0.1], [0.8, 0.2]])])
    assert accuracy.get()[1] == 0.5
    error = mx.metric.MAE()
    error.update([np.array([1, 2])], [np.array([2, 4])])
    assert error.get()[1] == 1.5


def test_a_network_is_exported_and_imported(tmp_path):
    class Net(nn.HybridBlock):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = nn.Dense(3)

        def hybrid_forward(self, F, x):
            return F.np.tanh(self.dense(x)).sum(axis=1) + F.np.mean(x) * x[:, 0]

    net = Net()
    net.initialize()
    net.hybridize()
    x = np.random.normal(size=(2, 4))
    y = net(x)
    files = net.export(str(tmp_path / "net"))
    back = gluon.SymbolBlock.imports(files[0], ["data"], files[1])
    assert type(back(x)) is np.ndarray and np.abs(back(x) - y).max() < 1e-6


def test_an_initializer_computes_with_np():
    class Far(init.Initializer):
        def _init_weight(self, name, data):
            data[:] = np.random.uniform(-10, 10, data.shape)
            data *= np.abs(data) >= 5

    net = nn.Dense(8, in_units=8)
    net.initialize(Far())
    values = net.weight.data().asnumpy()
    assert ((values == 0) | (abs(values) >= 5)).all() and (values == 0).any()


def test_outputs_that_are_ndarrays_raise():
    class Old(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return x.as_nd_ndarray()

    for hybrid in (False, True):
        net = Old()
        if hybrid:
            net.hybridize()
        with pytest.raises(TypeError, match=r"Old: inside npx.set_np\(\) the outputs of a block"):
            net(np.ones(2))
        with mx.np_array(False):
            assert type(net(np.ones(2))) is mx.nd.NDArray


def test_utilities():
    assert gluon.utils.clip_global_norm([np.ones(4)], 1.0) == 2
    parts = gluon.utils.split_and_load(np.ones((4, 2)), [mx.cpu(0), mx.cpu(1)])
    assert [type(part) for part in parts] == [np.ndarray] * 2 and parts[1].ctx == mx.cpu(1)
    assert type(gluon.utils.split_and_load(onp.ones((2, 2)), [mx.cpu()])[0]) is np.ndarray


def test_shapes_of_parameters_follow_from_np_functions():
    class Twice(nn.HybridBlock):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.w = self.params.get("w", shape=(0, 4), allow_deferred_init=True)

        def hybrid_forward(self, F, x, w):
            return F.np.dot(x, w) @ F.np.ones((4, 1)) + x.mean(axis=-1, keepdims=True)

    for hybrid in (False, True):
        net = Twice()
        net.initialize()
        if hybrid:
            net.hybridize()
        assert net(np.ones((2, 3))).shape == (2, 1) and net.w.shape == (3, 4)


def test_batches_of_worker_threads_and_transforms():
    data = gluon.data.ArrayDataset(np.arange(12).reshape(6, 2), onp.arange(6))
    for workers in (0, 2):
        batches = list(gluon.data.DataLoader(data, 3, num_workers=workers))
        assert [type(part) for part in batches[0]] == [np.ndarray] * 2
        assert batches[1][0].tolist() == [[6, 7], [8, 9], [10, 11]]


@pytest.mark.parametrize("make, shape", [
    (T.ToTensor, (3, 8, 8)), (lambda: T.Resize(4), (4, 4, 3)), (lambda: T.CenterCrop(4), (4, 4, 3)),
    (lambda: T.RandomResizedCrop(4), (4, 4, 3)), (T.RandomFlipLeftRight, (8, 8, 3)),
    (lambda: T.RandomColorJitter(0.1, 0.1, 0.1, 0.1), (8, 8, 3)), (lambda: T.Cast(), (8, 8, 3)),
    (lambda: T.Compose([T.Resize(4), T.ToTensor(), T.Normalize(0.5, 0.2)]), (3, 4, 4))])
def test_transforms_of_images(make, shape):
    image = np.random.uniform(0, 255, (8, 8, 3)).astype("uint8")
    y = make()(image)
    assert type(y) is np.ndarray and y.shape == shape


def test_unknown_lengths_are_minus_one_as_in_mxnet():
    dense, conv = gluon.nn.Dense(4, prefix="fc_"), gluon.nn.Conv2D(3, 2)
    assert dense.weight.shape == (4, -1) and conv.weight.shape == (3, -1, 2, 2)
    assert repr(dense) == "Dense(-1 -> 4, linear)"
    assert repr(dense.weight) == "Parameter fc_weight (shape=(4, -1), dtype=float32)"
    shared = gluon.nn.Dense(4, params=dense.params)
    dense.weight.shape = (4, 7)
    assert dense.weight.shape == shared.weight.shape == (4, 7)
    with pytest.raises(ValueError, match=r"is there with shape \(4, 7\); got \(3, 0\)"):
        gluon.nn.Dense(3, params=dense.params)
    conv.initialize()
    conv.hybridize()
    assert conv(mx.np.ones((1, 5, 4, 4))).shape == (1, 3, 3, 3) and conv.weight.shape[1] == 5


def test_images_are_arrays_of_mx_np(tmp_path):
    path = tmp_path / "classes" / "one" / "a.png"
    path.parent.mkdir(parents=True)
    pixels = onp.arange(60, dtype="uint8").reshape(4, 5, 3)
    Image.fromarray(pixels).save(path)
    image = mx.image.imread(str(path))
    images = [image, mx.image.imdecode(path.read_bytes()), mx.image.imresize(image, 5, 4),
              mx.image.fixed_crop(image, 0, 0, 5, 4), mx.image.HorizontalFlipAug(0)(image),
              gluon.data.vision.ImageFolderDataset(str(tmp_path / "classes"))[0][0]]
    for each in images:
        assert type(each) is mx.np.ndarray
        onp.testing.assert_array_equal(each.asnumpy(), pixels)
    scaled = (image.astype("float32") / 255 - mx.np.array([0.1, 0.2, 0.3])) * 2
    onp.testing.assert_allclose(scaled.asnumpy(), (pixels / 255 - [0.1, 0.2, 0.3]) * 2, rtol=1e-5,
                                atol=1e-6)


def test_labels_of_digits_are_arrays_of_mx_np(tmp_path):
    for name, magic, sizes in (("t10k-images-idx3-ubyte", 0x803, (3, 2, 2)),
                               ("t10k-labels-idx1-ubyte", 0x801, (3,))):
        values = onp.arange(onp.prod(sizes), dtype="uint8")
        (tmp_path / name).write_bytes(struct.pack(f">i{len(sizes)}i", magic, *sizes)
                                      + values.tobytes())
    digits = gluon.data.vision.MNIST(str(tmp_path), train=False)
    image, label = digits[1]
    assert type(image) is type(label) is type(digits[:][1]) is np.ndarray
    assert label.dtype == onp.int32 and digits[:][1].asnumpy().tolist() == [0, 1, 2]
    (images, labels), = gluon.data.DataLoader(digits, 3)
    assert type(labels) is np.ndarray and images.shape == (3, 2, 2, 1)
    npx.reset_np()
    assert type(gluon.data.vision.MNIST(str(tmp_path), train=False)[1][1]) is onp.int32
