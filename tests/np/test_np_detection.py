"""A small single shot detector on mx.np: anchors, targets, losses, and the boxes that it finds."""

import numpy as onp

from mxlite import autograd, gluon, init, np, npx
from mxlite.gluon import nn

SIDE, SIZES, RATIOS = 16, ([0.4, 0.5], [0.7, 0.8]), ([1, 2, 0.5], [1, 2, 0.5])
ANCHORS = 4                     # of a pixel: sizes + ratios - 1


def scenes(count, rng):
    """Images with one bright rectangle each, and its class and box, (count, 1, 5)."""
    images = rng.normal(0, 0.1, (count, 1, SIDE, SIDE))
    labels = onp.zeros((count, 1, 5))
    for image, label in zip(images, labels, strict=True):
        side = rng.integers(6, 11)
        left, top = rng.integers(0, SIDE - side + 1, 2)
        image[0, top:top + side, left:left + side] += 1
        label[0, 1:] = onp.array([left, top, left + side, top + side]) / SIDE
    return np.array(images, dtype="float32"), np.array(labels, dtype="float32")


def down(channels):
    block = nn.HybridSequential()
    block.add(nn.Conv2D(channels, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"),
              nn.MaxPool2D(2))
    return block


class TinySSD(nn.HybridBlock):
    """Two scales; anchors (1, A, 4), classes (N, A, 2), offsets (N, 4 A)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.base = nn.HybridSequential()
        self.base.add(down(8), down(16))
        self.next = down(16)
        self.classes = nn.HybridSequential()
        self.offsets = nn.HybridSequential()
        for _ in range(2):
            self.classes.add(nn.Conv2D(ANCHORS * 2, 3, padding=1))
            self.offsets.add(nn.Conv2D(ANCHORS * 4, 3, padding=1))

    def hybrid_forward(self, F, X):
        anchors, classes, offsets = [], [], []
        for i in range(2):
            X = self.base(X) if i == 0 else self.next(X)
            anchors.append(F.npx.multibox_prior(X, sizes=SIZES[i], ratios=RATIOS[i]))
            for parts, predicted in ((classes, self.classes[i](X)), (offsets, self.offsets[i](X))):
                parts.append(F.npx.batch_flatten(F.np.transpose(predicted, (0, 2, 3, 1))))
        classes = F.np.concatenate(classes, axis=1)
        return (F.np.concatenate(anchors, axis=1), F.npx.reshape(classes, (-2, -1, 2)),
                F.np.concatenate(offsets, axis=1))


def overlap(a, b):
    """Intersection over union of two boxes."""
    sides = onp.maximum(onp.minimum(a[2:], b[2:]) - onp.maximum(a[:2], b[:2]), 0)
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return sides.prod() / (sum(areas) - sides.prod())


def test_a_detector_finds_squares(rng):
    X, Y = scenes(64, rng)
    net = TinySSD()
    net.initialize(init.Xavier())
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    class_loss, box_loss = gluon.loss.SoftmaxCrossEntropyLoss(), gluon.loss.L1Loss()
    for _ in range(60):
        with autograd.record():
            anchors, classes, offsets = net(X)
            with autograd.pause():
                targets, masks, labels = npx.multibox_target(anchors, Y, classes.transpose(0, 2, 1))
            loss = (class_loss(classes, labels).mean()
                    + box_loss(offsets * masks, targets * masks).mean())
        loss.backward()
        trainer.step(1)
    assert type(loss) is np.ndarray and float(loss) < 0.1
    X, Y = scenes(16, rng)
    anchors, classes, offsets = net(X)
    found = npx.multibox_detection(npx.softmax(classes).transpose(0, 2, 1), offsets, anchors)
    best = found.asnumpy()[:, 0, 2:]
    assert onp.mean([overlap(box, label[0, 1:]) for box, label in zip(
        best, Y.asnumpy(), strict=True)]) > 0.6
