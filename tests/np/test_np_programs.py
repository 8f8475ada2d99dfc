"""Programs in the style of textbooks on mx.np: each learns, its loss ends below a bound."""

from pathlib import Path

import pytest

import mxlite as mx
from mxlite import autograd, gluon, init, np, npx
from mxlite.gluon import nn, rnn

MNIST = str(Path(__file__).parents[2] / "examples/data/mnist")


def line(w, b, count, noise=0.01):
    """Points on a plane and their noisy heights, (count, n) and (count, 1)."""
    X = np.random.normal(0, 1, (count, len(w)))
    y = np.dot(X, w) + b
    y += np.random.normal(0, noise, y.shape)
    return X, y.reshape((-1, 1))


def blobs(classes, count, features=20):
    """Points around the centre of their class, and the classes, of dtype float32."""
    centres = np.random.normal(0, 2, (classes, features))
    y = np.random.randint(0, classes, count)
    return centres[y] + np.random.normal(0, 0.5, (count, features)), y.astype("float32")


def accuracy(y_hat, y):
    return float((y_hat.argmax(axis=1).astype("float32") == y.astype("float32")).mean())


def trained(net, loss, data, epochs, optimizer="sgd", **settings):
    """The loss over the data after some epochs; data: batches of (X, y)."""
    trainer = gluon.Trainer(net.collect_params(), optimizer, settings)
    for _ in range(epochs):
        for X, y in data:
            with autograd.record():
                value = loss(net(X), y)
            value.backward()
            trainer.step(len(X))
    return sum(float(loss(net(X), y).mean()) for X, y in data) / len(data)


def test_linear_regression_from_scratch():
    true_w, true_b = np.array([2, -3.4]), 4.2
    features, labels = line(true_w, true_b, 400)
    w, b = np.random.normal(0, 0.01, (2, 1)), np.zeros(1)
    w.attach_grad()
    b.attach_grad()
    for _ in range(3):
        order = np.arange(400)
        np.random.shuffle(order)
        for i in range(0, 400, 10):
            batch = order[i:i + 10]
            with autograd.record():
                loss = (np.dot(features[batch], w) + b - labels[batch]) ** 2 / 2
            loss.backward()
            for param in (w, b):
                param[:] = param - 0.05 * param.grad / 10
    assert float(np.abs(true_w - w.reshape(true_w.shape)).max()) < 0.02
    assert abs(true_b - float(b)) < 0.02


@pytest.mark.parametrize("hybrid", [False, True])
def test_linear_regression_with_gluon(hybrid):
    features, labels = line(np.array([2, -3.4]), 4.2, 400)
    data = gluon.data.DataLoader(gluon.data.ArrayDataset(features, labels), 10, shuffle=True)
    net = nn.HybridSequential()
    net.add(nn.Dense(1))
    if hybrid:
        net.hybridize()
    net.initialize(init.Normal(sigma=0.01))
    assert trained(net, gluon.loss.L2Loss(), data, 3, learning_rate=0.05) < 2e-4
    assert type(net[0].weight.data()) is type(net[0].weight.grad()) is np.ndarray
    assert net[0].bias.data()[0].shape == ()


def test_softmax_regression_from_scratch():
    X, y = blobs(4, 300)
    W, b = np.random.normal(0, 0.01, (20, 4)), np.zeros(4)
    W.attach_grad()
    b.attach_grad()

    def softmax(X):
        exp = np.exp(X - X.max(axis=1, keepdims=True))
        return exp / exp.sum(axis=1, keepdims=True)

    def cross_entropy(y_hat, y):
        return -np.log(y_hat[range(len(y_hat)), y])

    for _ in range(20):
        with autograd.record():
            loss = cross_entropy(softmax(np.dot(X, W) + b), y).mean()
        loss.backward()
        for param in (W, b):
            param -= 0.3 * param.grad
    assert float(loss) < 0.1 and accuracy(np.dot(X, W) + b, y) > 0.95


def test_softmax_regression_with_gluon():
    X, y = blobs(4, 300)
    net = nn.Sequential()
    net.add(nn.Dense(4))
    net.initialize(init.Normal(sigma=0.01))
    data = gluon.data.DataLoader(gluon.data.ArrayDataset(X, y), 30, shuffle=True)
    assert trained(net, gluon.loss.SoftmaxCrossEntropyLoss(), data, 5, learning_rate=0.1) < 0.1
    assert accuracy(net(X), y) > 0.95


@pytest.mark.parametrize("hybrid", [False, True])
def test_a_perceptron_with_dropout_and_weight_decay(hybrid):
    X, y = blobs(5, 400)
    net = nn.HybridSequential()
    net.add(nn.Dense(64, activation="relu"), nn.Dropout(0.2), nn.Dense(32, activation="relu"),
            nn.Dropout(0.5), nn.Dense(5))
    if hybrid:
        net.hybridize()
    net.initialize(init.Normal(sigma=0.1))
    data = gluon.data.DataLoader(gluon.data.ArrayDataset(X, y), 40, shuffle=True)
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    assert trained(net, loss, data, 6, learning_rate=0.2, wd=1e-4) < 0.1
    metric = mx.metric.Accuracy()
    metric.update([y], [net(X)])
    assert metric.get()[1] > 0.97


class Scaled(nn.HybridBlock):
    """A block that calls F.np and F.npx, and computes with a constant and a parameter."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rand = self.params.get_constant("rand", np.random.uniform(size=(20, 20)))
        self.scale = self.params.get("scale", shape=(20,), init=init.One())
        self.dense = nn.Dense(20, activation="relu")

    def hybrid_forward(self, F, x, rand, scale):
        x = self.dense(x)
        x = F.npx.relu(F.np.dot(x, rand) * 0.1 + 1)
        x = self.dense(x) * scale
        return (x - x.mean(axis=1, keepdims=True)) / (F.np.abs(x).max() + 1)


def test_a_block_of_np_functions_is_the_same_hybridized():
    net = Scaled()
    net.initialize()
    X = np.random.uniform(size=(2, 20))
    eager = net(X)
    with autograd.record():
        net(X).sum().backward()
    gradient = net.dense.weight.grad().copy()
    net.hybridize()
    assert type(net(X)) is np.ndarray
    assert np.abs(net(X) - eager).max() < 1e-6
    with autograd.record():
        (net(X) ** 2).sum().backward()
    assert net.dense.weight.grad().shape == gradient.shape


def test_lenet_reads_digits():
    def transform(image, label):
        return image.astype("float32").transpose(2, 0, 1) / 255, label

    digits = gluon.data.vision.MNIST(MNIST, train=False).take(1000)
    assert type(digits[0][0]) is np.ndarray and digits[0][0].shape == (28, 28, 1)
    data = gluon.data.DataLoader(digits.transform(transform), 50, num_workers=2)
    net = nn.HybridSequential()
    net.add(nn.Conv2D(6, 5, padding=2, activation="relu"), nn.AvgPool2D(2, 2),
            nn.Conv2D(16, 5, activation="relu"), nn.AvgPool2D(2, 2), nn.Dense(120, "relu"),
            nn.Dense(84, "relu"), nn.Dense(10))
    net.hybridize()
    net.initialize(init.Xavier())
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    assert trained(net, loss, data, 4, "adam", learning_rate=0.003) < 0.35


def test_a_recurrent_network_counts():
    """It tells how many of 6 steps were above 0."""
    X = np.random.normal(size=(6, 200, 1))
    y = (X > 0).sum(axis=(0, 2)).astype("float32").reshape(-1, 1)
    layer, dense = rnn.GRU(16), nn.Dense(1)
    layer.initialize()
    dense.initialize()
    trainer = gluon.Trainer({**layer.collect_params(), **dense.collect_params()}, "adam",
                            {"learning_rate": 0.02})
    loss_function = gluon.loss.L2Loss()
    for _ in range(200):
        with autograd.record():
            outputs = layer(X)
            loss = loss_function(dense(outputs[-1]), y).mean()
        loss.backward()
        trainer.step(1)
    assert type(outputs) is np.ndarray and float(loss) < 0.15


def test_parameters_are_saved_and_loaded(tmp_path):
    net = nn.Dense(3, in_units=2)
    net.initialize()
    net.save_parameters(str(tmp_path / "net.params"))
    other = nn.Dense(3, in_units=2)
    other.load_parameters(str(tmp_path / "net.params"))
    x = np.ones((1, 2))
    assert type(other.weight.data()) is np.ndarray
    assert (other(x) == net(x)).all()


def test_switched_off_again_gluon_makes_ndarrays():
    npx.reset_np()
    net = nn.Dense(1)
    net.initialize()
    assert type(net(mx.nd.ones((2, 3)))) is mx.nd.NDArray
    assert type(net.weight.data()) is mx.nd.NDArray
