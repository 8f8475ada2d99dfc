"""Whole programs: small ones of the kinds that users write, and the examples."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
SAMPLE = ROOT / "examples" / "data" / "mnist"


def test_implicit_leaves_and_second_order():
    x, w, b = mx.nd.array([1, 2]), mx.nd.array([2, 3]), mx.nd.array([4])
    with autograd.record():
        z = mx.nd.sum(x * w + b)
    z.backward()
    assert z.asscalar() == 16
    assert [a.grad.asnumpy().tolist() for a in (x, w, b)] == [[2, 3], [1, 2], [2]]
    x.attach_grad()
    with autograd.record():
        slope = autograd.grad(x * x * x, [x], create_graph=True, retain_graph=True)[0]
    slope.backward()
    assert x.grad.asnumpy().tolist() == [6, 12]


def test_regression_by_hand_and_a_loss_outside_record():
    data = mx.nd.random.uniform(-1, 1, shape=(100, 1))
    labels = 3 * data + 0.5
    weight, bias = mx.nd.random.uniform(-1, 1, shape=(1, 1)), mx.nd.zeros((1,))
    loss_fn = gluon.loss.L2Loss()
    with autograd.record():
        predicted = weight * data + bias
    with pytest.raises(mx.base.MXNetError, match=r"autograd\.record\(\)"):
        loss_fn(predicted, labels).backward()
    weight.attach_grad()
    bias.attach_grad()
    for _ in range(200):
        with autograd.record():
            loss = loss_fn(weight * data + bias, labels)
        loss.backward()
        weight -= 0.5 * weight.grad / len(data)
        bias -= 0.5 * bias.grad / len(data)
    assert abs(weight.asscalar() - 3) < 0.05 and abs(bias.asscalar() - 0.5) < 0.05


def test_linear_regression_in_gluon():
    x = mx.nd.random.normal(shape=(500, 2))
    y = mx.nd.dot(x, mx.nd.array([[2], [-3.4]])) + 4.2
    net = nn.Sequential()
    net.add(nn.Dense(1))
    net.initialize(mx.init.Zero())
    loss_fn = gluon.loss.L2Loss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    batches = gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), batch_size=10, shuffle=True)
    for _ in range(4):
        for data, label in batches:
            with autograd.record():
                loss = loss_fn(net(data), label)
            loss.backward()
            trainer.step(10)
    np.testing.assert_allclose(net[0].weight.data().asnumpy(), [[2, -3.4]], atol=1e-2)
    assert abs(net[0].bias.data().asscalar() - 4.2) < 1e-2


def test_classifier_with_softmax_as_activation(rng):
    labels = rng.integers(0, 3, 300)
    x = mx.nd.array(rng.normal(size=(3, 5))[labels] * 3 + rng.normal(size=(300, 5)))
    y = mx.nd.array(labels)
    net = nn.Sequential()
    net.add(nn.Dense(3, activation="softmax"))
    net.initialize()
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    for _ in range(20):
        with autograd.record():
            loss = loss_fn(net(x), y)
        loss.backward()
        trainer.step(300)
    probabilities = net(x)
    np.testing.assert_allclose(probabilities.sum(axis=1).asnumpy(), 1, rtol=1e-5)
    metric = mx.metric.Accuracy()
    metric.update(y, probabilities)
    assert metric.get()[1] > 0.8


def test_multilayer_perceptron_on_digits():
    net = nn.Sequential()
    with net.name_scope():
        net.add(nn.Dense(64, activation="relu"), nn.Dense(10))
    net.initialize(mx.init.Xavier())
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.003})
    digits = gluon.data.vision.MNIST(str(SAMPLE)).take(3000).transform(
        lambda image, label: (image.astype("float32") / 255, label))
    for _ in range(3):
        metric = mx.metric.Accuracy()
        for data, label in gluon.data.DataLoader(digits, batch_size=50, shuffle=True):
            with autograd.record():
                output = net(data)
                loss = loss_fn(output, label)
            loss.backward()
            trainer.step(len(data))
            metric.update(label, output)
    assert metric.get()[1] > 0.88


def test_module_by_hand_and_by_fit(rng):
    data, label = mx.sym.Variable("data"), mx.sym.Variable("label")
    hidden = mx.sym.FullyConnected(data, mx.sym.Variable("w"), mx.sym.Variable("b"), num_hidden=32)
    hidden = mx.sym.Activation(hidden, act_type="relu")
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, num_hidden=10), label)
    y = rng.integers(0, 10, 1000)
    x = rng.normal(size=(10, 50))[y] + rng.normal(size=(1000, 50))
    batches = mx.io.NDArrayIter(x, y, 100, shuffle=True, label_name="label")
    module = mx.mod.Module(net, label_names=("label",))
    module.bind([("data", (100, 50))], [("label", (100,))])
    module.init_params()
    module.init_optimizer("local", "sgd", {"learning_rate": 0.1})
    metric = mx.metric.create("acc")
    for _ in range(8):
        batches.reset()
        metric.reset()
        for batch in batches:
            module.forward(batch, is_train=True)
            module.update_metric(metric, batch.label)
            module.backward()
            module.update()
    assert metric.get()[1] > 0.95
    batches.reset()
    another = mx.mod.Module(net, label_names=("label",))
    another.fit(batches, optimizer=mx.optimizer.SGD(learning_rate=0.1), num_epoch=8)
    batches.reset()
    assert dict(another.score(batches, "acc"))["accuracy"] > 0.95


def test_binary_classifier_in_prepared_fits():
    mx.random.seed(0)
    net = nn.Sequential()
    net.add(nn.Dense(2, activation="relu"))
    net.add(nn.Dense(1, activation="sigmoid"))
    loss_fn = gluon.loss.SigmoidBinaryCrossEntropyLoss(from_sigmoid=True)
    optimizer = gluon.optimizer.SGD(learning_rate=0.5)
    batch = mx.io.MXDataBatch((mx.nd.array([[1, 2], [2, 3]]), mx.nd.array([[0], [1]])))
    losses = []
    for _ in range(10):
        with optimizer.prepare(net, loss_fn):
            net.fit(batch, num_epochs=1)
        losses.append(net.validate(batch)[0])
    assert losses[-1] < losses[0]


def test_convolutions_fit_digits():
    mx.random.seed(0)
    net = nn.Sequential()
    net.add(nn.Conv2D(8, 3, activation="relu"))
    net.add(nn.MaxPool2D(2, 2))
    net.add(nn.Dense(10, activation="softmax"))
    digits = mx.vision.MNIST(str(SAMPLE), train=True).take(5000)
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss(from_logits=False)
    net.fit(digits, num_epochs=2, loss_fn=loss_fn, optimizer=gluon.optimizer.Adam(),
            batch_size=25)
    assert net.evaluate(mx.vision.MNIST(str(SAMPLE), train=False))[0] > 0.85


def test_recurrent_network_fits_sums():
    mx.random.seed(0)
    net = nn.Sequential()
    net.add(gluon.rnn.RNN(64, 2, layout="NTC"))
    net.add(nn.Dense(10))
    x = mx.nd.random.normal(shape=(64, 12, 8))
    batch = mx.io.MXDataBatch((x, x.sum(axis=(1, 2)) > 0))
    net.fit(batch, num_epochs=30, loss_fn=gluon.loss.SoftmaxCrossEntropyLoss(),
            optimizer=gluon.optimizer.Adam())
    assert net.evaluate(batch)[0] > 0.9


class CollaborativeFiltering(gluon.HybridBlock):
    """Ratings are products of an embedding of the user and one of the item."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.users = nn.Embedding(30, 6)
            self.items = nn.Embedding(20, 6)

    def hybrid_forward(self, F, users, items):
        return F.linalg.dot(self.users(users), self.items(items).T)


@pytest.mark.parametrize("hybridize", [True, False])
def test_recommender(hybridize, rng):
    model = CollaborativeFiltering()
    model.initialize(mx.init.Normal(0.1))
    if hybridize:
        model.hybridize()
    ratings = mx.nd.array(rng.normal(size=(30, 3)) @ rng.normal(size=(3, 20)))
    users, items = mx.nd.arange(30), mx.nd.arange(20)
    trainer = gluon.Trainer(model.collect_params(), "adam", {"learning_rate": 0.05})
    loss_fn = gluon.loss.L2Loss()
    for _ in range(200):
        with autograd.record():
            loss = loss_fn(model(users, items), ratings)
        loss.backward()
        trainer.step(30)
    assert mx.nd.sqrt(mx.nd.mean(mx.nd.square(model(users, items) - ratings))).asscalar() < 0.2


def test_lenet_example_trains_saves_and_draws(tmp_path):
    from PIL import Image

    script = [sys.executable, str(ROOT / "examples" / "mnist_lenet.py"), "--train-limit", "2000"]
    done = subprocess.run([*script, "--epochs", "2", "--out", str(tmp_path)], text=True,
                          capture_output=True, cwd=ROOT, env=ENVIRONMENT, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "epoch 2/2: 100%" in done.stderr
    accuracy = float(done.stdout.split("test accuracy: ")[1].split()[0])
    assert accuracy > 0.85
    assert "lenet_conv0_weight" not in mx.nd.load(str(tmp_path / "mnist_lenet.params"))
    with Image.open(tmp_path / "mnist_lenet.png") as picture:
        assert picture.size == (1200, 640) and len(picture.getcolors(1 << 24)) > 50


def test_image_example_packs_augments_and_learns():
    script = [sys.executable, str(ROOT / "examples" / "image_records.py"), "--count", "200"]
    done = subprocess.run([*script, "--epochs", "8"], text=True, capture_output=True, cwd=ROOT,
                          env=ENVIRONMENT, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "epoch 8/8: " in done.stderr
    assert float(done.stdout.split("%")[0]) > 55               # of three shapes


def test_sample_is_cut_from_the_first_digits(tmp_path):
    from mxlite.io.idx import read_idx, write_idx

    names = [f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k")
             for kind in ("images-idx3", "labels-idx1")]
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in names:
        values = np.arange(10500 * 4, dtype="uint8").reshape(10500, 2, 2)
        write_idx(str(source / name), values if "images" in name else values[:, 0, 0])
    subprocess.run([sys.executable, str(ROOT / "tools" / "cut_mnist_sample.py"), str(source),
                    str(target)], check=True, cwd=ROOT, env=ENVIRONMENT, capture_output=True,
                   timeout=60)
    assert [len(read_idx(str(target / name), 3 if "images" in name else 1))
            for name in names] == [10000, 10000, 2000, 2000]
