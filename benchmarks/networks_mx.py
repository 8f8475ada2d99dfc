"""Networks and graphs in MXNet's API, eager and hybridized: cases for cases_mx.py."""

import numpy as np

WORDS, LSTM_UNITS, STEPS, TEXTS = 1000, 200, 35, 32       # of a language model


def lenet(nn):
    """LeNet for 28 x 28 images, with tanh."""
    net = nn.HybridSequential()
    net.add(nn.Conv2D(20, 5, activation="tanh"), nn.MaxPool2D(2, 2),
            nn.Conv2D(50, 5, activation="tanh"), nn.MaxPool2D(2, 2),
            nn.Dense(500, activation="tanh"), nn.Dense(10))
    return net


def mlp(nn):
    """784-128-64-10."""
    net = nn.HybridSequential()
    net.add(nn.Dense(128, activation="relu"), nn.Dense(64, activation="relu"), nn.Dense(10))
    return net


def step_of(mx, net, data, hybridize):
    """One step of training, the network a graph or not."""
    net.initialize(mx.init.Xavier())
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    net(data)
    if hybridize:
        net.hybridize(static_alloc=True, static_shape=True)
        loss_of.hybridize(static_alloc=True, static_shape=True)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})
    label = mx.nd.array(np.arange(len(data)) % 10)

    def step():
        with mx.autograd.record():
            loss = loss_of(net(data), label)
        loss.backward()
        trainer.step(len(data))
    return step


def language_model(mx):
    """An LSTM of two layers between an embedding and a product."""
    nn, words, units = mx.gluon.nn, WORDS, LSTM_UNITS

    class Model(mx.gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            with self.name_scope():
                self.embedding = nn.Embedding(words, units)
                self.lstm = mx.gluon.rnn.LSTM(units, 2, input_size=units)
                self.top = nn.Dense(words, flatten=False, in_units=units)

        def hybrid_forward(self, F, x, h, c):
            y, states = self.lstm(self.embedding(x), [h, c])
            return self.top(y), states

    net = Model()
    net.initialize(mx.init.Xavier())
    return net


def language_step(mx, hybridize):
    """One step of training a language model, 32 texts of 35 words."""
    net, loss_of = language_model(mx), mx.gluon.loss.SoftmaxCrossEntropyLoss()
    if hybridize:
        net.hybridize(static_alloc=True, static_shape=True)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    text = np.random.default_rng(0).integers(0, WORDS, (STEPS + 1, TEXTS))
    data, label = mx.nd.array(text[:-1]), mx.nd.array(text[1:])
    state = mx.nd.zeros((2, TEXTS, LSTM_UNITS))

    def step():
        with mx.autograd.record():
            y, states = net(data, state, state)
            loss = loss_of(y, label)
        loss.backward()
        trainer.step(TEXTS)
        states[0].wait_to_read()
    return step


def graph_cases(mx, uniform):
    """name -> (function, calls a measurement); "graph" is the hybridized one."""
    nn = mx.gluon.nn

    class Chain(mx.gluon.HybridBlock):
        def hybrid_forward(self, F, x, y):
            return F.sqrt(F.abs(F.tanh(x * y + 1) * F.sigmoid(x - y)) + 1e-3) * x

    class Tiny(mx.gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            for _ in range(5):
                x = F.relu(x + 1.0)
            return x

    def called(block, *arrays):
        block.hybridize(static_alloc=True, static_shape=True)
        return lambda: block(*arrays)

    digits, points = uniform(64, 1, 28, 28), uniform(100, 784)
    images = uniform(4, 3, 112, 112)
    resnet = mx.gluon.model_zoo.vision.resnet18_v1
    return {
        "MLP step, graph": (step_of(mx, mlp(nn), points, True), 20),
        "LeNet step": (step_of(mx, lenet(nn), digits, False), 2),
        "LeNet step, graph": (step_of(mx, lenet(nn), digits, True), 2),
        "ResNet-18 step": (step_of(mx, resnet(classes=10), images, False), 1),
        "ResNet-18, graph": (step_of(mx, resnet(classes=10), images, True), 1),
        "LSTM step": (language_step(mx, False), 1),
        "LSTM step, graph": (language_step(mx, True), 1),
        "chain of 1M": (called(Chain(), uniform(1000000), uniform(1000000)), 10),
        "net of 10 ops": (called(Tiny(), uniform(10, 10)), 1000),
    }
