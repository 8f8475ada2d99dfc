"""Networks with sparse gradients learn."""

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn


class Factors(gluon.HybridBlock):
    """A rating is the product of the factors of a user and of an item, and their biases."""

    def __init__(self, num_users, num_items, size):
        super().__init__()
        with self.name_scope():
            self.users = nn.Embedding(num_users, size + 1, sparse_grad=True)
            self.items = nn.Embedding(num_items, size + 1, sparse_grad=True)

    def hybrid_forward(self, F, user, item):
        users, items = self.users(user), self.items(item)
        product = F.sum(F.slice_axis(users, axis=1, begin=1, end=None)
                        * F.slice_axis(items, axis=1, begin=1, end=None), axis=1)
        return (product + F.slice_axis(users, axis=1, begin=0, end=1).reshape((-1,))
                + F.slice_axis(items, axis=1, begin=0, end=1).reshape((-1,)))


def test_matrix_factorization():
    """The ratings that are left out are predicted: the RMSE is a tenth of their deviation."""
    mx.random.seed(0)
    rng = np.random.RandomState(0)
    ratings = rng.randn(120, 3) @ rng.randn(3, 80) + 3
    user, item = np.nonzero(rng.rand(*ratings.shape) < 0.5)
    held = rng.rand(len(user)) < 0.1
    train = gluon.data.DataLoader(gluon.data.ArrayDataset(
        user[~held].astype("float32"), item[~held].astype("float32"),
        ratings[user[~held], item[~held]].astype("float32")), 256, shuffle=True)
    net, loss_of = Factors(120, 80, 3), gluon.loss.L2Loss()
    net.initialize(mx.init.Normal(0.1))
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.03})
    for _ in range(40):
        for users, items, wanted in train:
            with autograd.record():
                loss = loss_of(net(users, items), wanted)
            loss.backward()
            trainer.step(len(wanted))
    assert net.users.weight.grad().stype == "row_sparse"
    found = net(mx.nd.array(user[held]), mx.nd.array(item[held])).asnumpy()
    error = found - ratings[user[held], item[held]]
    assert np.std(ratings) > 1.5
    assert np.sqrt(np.mean(error ** 2)) < 0.15


def test_linear_classifier_of_csr_batches():
    """A weight of 10,000 features, of which each sample has five."""
    mx.random.seed(1)
    rng = np.random.RandomState(1)
    columns = np.sort(rng.choice(10000, (600, 5)), axis=1)
    columns += np.arange(5)
    signs = np.where(rng.rand(10005) < 0.5, -1.0, 1.0)
    labels = (signs[columns].sum(axis=1) > 0).astype("float32")
    csr = mx.nd.sparse.csr_matrix((np.ones(3000, "float32"), columns.reshape(-1),
                                   np.arange(0, 3001, 5)), shape=(600, 10005))
    weight = mx.nd.zeros((10005, 1))
    weight.attach_grad(stype="row_sparse")
    optimizer = mx.optimizer.AdaGrad(learning_rate=0.5)
    state, loss_of = optimizer.create_state(0, weight), gluon.loss.SigmoidBCELoss()
    for _ in range(3):
        for batch in mx.io.NDArrayIter(csr, labels, 50):
            with autograd.record():
                loss = loss_of(mx.nd.dot(batch.data[0], weight), batch.label[0]).mean()
            loss.backward()
            assert weight.grad.indices.size <= 250
            optimizer.update(0, weight, weight.grad, state)
    predicted = mx.nd.dot(csr, weight).asnumpy()[:, 0] > 0
    assert (predicted == labels).mean() > 0.97
