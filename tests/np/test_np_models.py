"""Models in the style of textbooks on mx.np: recurrent, residual, attention, embeddings."""

import math

import numpy as onp

from mxlite import autograd, gluon, init, np, npx
from mxlite.gluon import nn, rnn


def learned(net, inputs, y, loss, steps, rate=0.01):
    """The mean loss after some steps of Adam on all data."""
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": rate})
    for _ in range(steps):
        with autograd.record():
            value = loss(net(*inputs), y).mean()
        value.backward()
        trainer.step(1)
    return float(value)


def test_a_recurrent_network_from_scratch():
    """It predicts the next letter of a text that repeats."""
    text = np.array(([0, 1, 2, 3, 1, 0] * 20)[:61], dtype="int32")
    inputs, targets = npx.one_hot(text[:60].reshape(6, 10), 4), text[1:61].reshape(6, 10)
    shapes = {"W_xh": (4, 32), "W_hh": (32, 32), "b_h": (32,), "W_hq": (32, 4), "b_q": (4,)}
    params = {name: np.random.normal(scale=0.1, size=shape) for name, shape in shapes.items()}
    for param in params.values():
        param.attach_grad()

    def run(X, H):
        outputs = []
        for step in X.transpose(1, 0, 2):
            H = np.tanh(np.dot(step, params["W_xh"]) + np.dot(H, params["W_hh"]) + params["b_h"])
            outputs.append(np.dot(H, params["W_hq"]) + params["b_q"])
        return np.concatenate(outputs, axis=0), H

    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(60):
        with autograd.record():
            y_hat, _ = run(inputs, np.zeros((6, 32)))
            loss = loss_function(y_hat, targets.T.reshape(-1)).mean()
        loss.backward()
        norm = math.sqrt(sum(float((param.grad ** 2).sum()) for param in params.values()))
        for param in params.values():
            if norm > 1:
                param.grad[:] *= 1 / norm
            param -= 1.0 * param.grad
    assert float(loss) < 0.35


class LanguageModel(nn.Block):
    """The next letter from rnn.LSTM, whose state goes on from batch to batch."""

    def __init__(self, letters, **kwargs):
        super().__init__(**kwargs)
        self.letters, self.rnn, self.dense = letters, rnn.LSTM(24), nn.Dense(letters)

    def forward(self, inputs, state):
        Y, state = self.rnn(npx.one_hot(inputs.T, self.letters), state)
        return self.dense(Y.reshape(-1, Y.shape[-1])), state


def test_a_language_model_of_lstm():
    """What follows `a` depends on the letter before it."""
    text = np.array([0, 1, 2, 3, 1, 0] * 40, dtype="int32").reshape(4, 60)
    net = LanguageModel(4)
    net.initialize(init.Xavier())
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.02})
    loss_function = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(12):
        state = net.rnn.begin_state(batch_size=4)
        for i in range(0, 50, 10):
            with autograd.record():
                state = [each.detach() for each in state]
                y_hat, state = net(text[:, i:i + 10], state)
                loss = loss_function(y_hat, text[:, i + 1:i + 11].T.reshape(-1)).mean()
            loss.backward()
            gluon.utils.clip_global_norm([p.grad() for p in net.collect_params().values()], 1)
            trainer.step(1)
    assert [each.shape for each in state] == [(1, 4, 24)] * 2 and type(state[0]) is np.ndarray
    assert float(loss) < 0.1


class Residual(nn.HybridBlock):
    def __init__(self, channels, use_conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(channels, 3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(channels, 3, padding=1)
        self.conv3 = nn.Conv2D(channels, 1, strides=strides) if use_conv else None
        self.bn1, self.bn2 = nn.BatchNorm(), nn.BatchNorm()

    def hybrid_forward(self, F, X):
        Y = F.npx.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        return F.npx.relu(Y + X)


def test_a_residual_network():
    """It tells horizontal from vertical stripes."""
    values = onp.random.default_rng(1).normal(0, 0.3, (64, 1, 8, 8)).astype("float32")
    values[:32, :, ::2] += 1
    values[32:, :, :, ::2] += 1
    X, y = np.array(values), np.concatenate([np.zeros(32), np.ones(32)])
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), Residual(4),
            Residual(8, use_conv=True, strides=2), nn.GlobalAvgPool2D(), nn.Dense(2))
    net.initialize(init.Xavier())
    net.hybridize()
    assert learned(net, [X], y, gluon.loss.SoftmaxCrossEntropyLoss(), 25) < 0.2


class Attention(nn.HybridBlock):
    """Dot products of queries and keys, masked behind the valid lengths."""

    def hybrid_forward(self, F, query, key, value, valid_len):
        scores = F.npx.batch_dot(query, key, transpose_b=True) / 4.0
        scores = F.np.swapaxes(F.npx.sequence_mask(
            F.np.swapaxes(scores, 1, 2), valid_len, use_sequence_length=True, value=-1e6, axis=1),
            1, 2)
        return F.npx.batch_dot(F.npx.softmax(scores), value)


class Encoder(nn.HybridBlock):
    """A Transformer's block on embedded tokens and positions; a class from the mean."""

    def __init__(self, size=16, length=6, **kwargs):
        super().__init__(**kwargs)
        self.embedding, self.attention = nn.Embedding(6, size), Attention()
        self.query, self.key, self.value, self.out = [
            nn.Dense(size, flatten=False, use_bias=False) for _ in range(4)]
        self.ffn1, self.ffn2 = nn.Dense(32, flatten=False, activation="relu"), nn.Dense(
            size, flatten=False)
        self.norm1, self.norm2, self.head = nn.LayerNorm(), nn.LayerNorm(), nn.Dense(2)
        angles = np.arange(length).reshape(-1, 1) / np.power(1000, np.arange(0, size, 2) / size)
        position = np.zeros((1, length, size))
        position[:, :, 0::2] = np.sin(angles)
        position[:, :, 1::2] = np.cos(angles)
        self.position = self.params.get_constant("position", position)

    def hybrid_forward(self, F, tokens, valid_len, position):
        X = self.embedding(tokens) * 4.0 + position
        Y = self.attention(self.query(X), self.key(X), self.value(X), valid_len)
        X = self.norm1(X + self.out(Y))
        return self.head(self.norm2(X + self.ffn2(self.ffn1(X))).mean(axis=1))


def test_a_transformer_encoder():
    """It tells whether token 5 is among the valid ones."""
    tokens = np.random.randint(0, 6, (128, 6))
    valid = np.full((128,), 6)
    y = (tokens == 5).any(axis=1).astype("float32")
    net = Encoder()
    net.initialize(init.Xavier())
    eager = net(tokens, valid)
    net.hybridize()
    assert np.abs(net(tokens, valid) - eager).max() < 1e-5
    assert learned(net, [tokens, valid], y, gluon.loss.SoftmaxCrossEntropyLoss(), 40) < 0.2


def test_word2vec_with_negative_sampling():
    """Words of one half of the vocabulary stand together."""
    centres = np.random.randint(0, 20, (400, 1))
    half = centres // 10 * 10
    near = np.random.randint(0, 10, (400, 2)) + half
    far = np.random.randint(0, 10, (400, 4)) + (10 - half)
    contexts = np.concatenate([near, far], axis=1)
    labels = np.concatenate([np.ones((400, 2)), np.zeros((400, 4))], axis=1)
    words, others = nn.Embedding(20, 8), nn.Embedding(20, 8)
    net = nn.HybridSequential()
    net.add(words, others)
    net.initialize(init.Normal(0.1))
    loss_function = gluon.loss.SigmoidBCELoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.05})
    for _ in range(40):
        with autograd.record():
            v, u = words(centres), others(contexts)
            pred = npx.batch_dot(v, np.swapaxes(u, 1, 2))
            loss = loss_function(pred.reshape(labels.shape), labels).mean()
        loss.backward()
        trainer.step(1)
    assert float(loss) < 0.1
    W = words.weight.data()
    cosine = np.dot(W, W[0]) / np.sqrt(np.sum(W * W, axis=1) * np.sum(W[0] * W[0]) + 1e-9)
    assert {*npx.topk(cosine, k=10, ret_typ="indices").astype("int32").tolist()} == {*range(10)}


class Factors(nn.Block):
    """Ratings as products of factors of users and of items, and their biases."""

    def __init__(self, size, users, items, **kwargs):
        super().__init__(**kwargs)
        self.P, self.Q = nn.Embedding(users, size), nn.Embedding(items, size)
        self.user_bias, self.item_bias = nn.Embedding(users, 1), nn.Embedding(items, 1)

    def forward(self, user, item):
        outputs = (self.P(user) * self.Q(item)).sum(axis=1) + np.squeeze(
            self.user_bias(user)) + np.squeeze(self.item_bias(item))
        return outputs.flatten()


def test_matrix_factorization():
    one, two = np.random.normal(size=(12, 2)), np.random.normal(size=(10, 2))
    ratings = np.dot(one, two.T)
    users, items = [grid.reshape(-1) for grid in np.meshgrid(np.arange(12), np.arange(10),
                                                             indexing="ij")]
    net = Factors(4, 12, 10)
    net.initialize(init.Normal(0.1))
    assert learned(net, [users, items], ratings.reshape(-1), gluon.loss.L2Loss(), 150, 0.05) < 0.05


def test_anchors_and_their_overlap():
    """Anchor boxes around pixels, and how much they overlap a box."""
    boxes = npx.multibox_prior(np.zeros((1, 3, 2, 2)), sizes=[0.5, 0.25], ratios=[1, 2])
    assert type(boxes) is np.ndarray and boxes.shape == (1, 12, 4)
    label = np.array([[[0, 0.05, 0.05, 0.5, 0.5]]])
    offsets, mask, classes = npx.multibox_target(boxes, label, np.zeros((1, 2, 12)))
    assert [type(x) for x in (offsets, mask, classes)] == [np.ndarray] * 3
    assert {*classes.reshape(-1).tolist()} == {0, 1} and float(mask.sum()) >= 4
