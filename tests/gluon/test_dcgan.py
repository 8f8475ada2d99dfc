"""A DCGAN (Radford et al. 2015): two networks that learn against each other, on Conv2DTranspose."""

import numpy as np

import mxlite as mx
from mxlite.gluon import nn

NOISE, BATCH = 8, 32


def generator():
    """(N, NOISE, 1, 1) -> images (N, 1, 16, 16) in [-1, 1]."""
    net = nn.HybridSequential()
    net.add(nn.Conv2DTranspose(32, 4, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2DTranspose(16, 4, 2, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
            nn.Conv2DTranspose(1, 4, 2, 1, activation="tanh"))
    return net


def discriminator():
    """Images -> scores (N, 1), high for those of the data."""
    net = nn.HybridSequential()
    net.add(nn.Conv2D(16, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2D(32, 4, 2, 1, use_bias=False), nn.BatchNorm(), nn.LeakyReLU(0.2),
            nn.Conv2D(1, 4), nn.Flatten())
    return net


def images(rng, count):
    """Bright discs near the middle, of different sizes."""
    y, x = np.mgrid[:16, :16] - 7.5
    middle = rng.normal(0, 0.5, (2, count, 1, 1))
    far = np.hypot(y - middle[0], x - middle[1])
    return mx.nd.array(np.tanh(rng.uniform(3, 5, (count, 1, 1)) - far)[:, None])


def test_generated_images_come_to_look_like_the_data(rng):
    mx.random.seed(5)
    make, judge = generator(), discriminator()
    for net in (make, judge):
        net.initialize(mx.init.Normal(0.05))
        net.hybridize()
    trainers = [mx.gluon.Trainer(net.collect_params(), "adam",
                                 {"learning_rate": 2e-3, "beta1": 0.5}) for net in (make, judge)]
    loss_of = mx.gluon.loss.SigmoidBinaryCrossEntropyLoss()
    real, fake = mx.nd.ones((BATCH, 1)), mx.nd.zeros((BATCH, 1))

    def noise():
        return mx.nd.random.normal(shape=(BATCH, NOISE, 1, 1))

    def distance():
        """Between the mean images of the data and of what is generated."""
        made = mx.nd.concat(*[make(noise()) for _ in range(4)], dim=0).asnumpy()
        return np.abs(made.mean(0) - images(rng, 512).asnumpy().mean(0)).mean()

    before = distance()
    for _ in range(120):
        data, made = images(rng, BATCH), make(noise())
        with mx.autograd.record():
            loss = loss_of(judge(data), real) + loss_of(judge(made), fake)
        loss.backward()
        trainers[1].step(BATCH)
        with mx.autograd.record():
            loss = loss_of(judge(make(noise())), real)
        loss.backward()
        trainers[0].step(BATCH)
    assert before > 0.6
    assert distance() < 0.15
