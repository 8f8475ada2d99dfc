"""Train LeNet on handwritten digits, save it, load it again, and draw what it sees.

    python examples/mnist_lenet.py                     the sample of 10,000 digits, about a minute
    python examples/mnist_lenet.py --data DIR          the full MNIST from its four idx files
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from mnist_picture import draw
from tqdm import tqdm

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn
from mxlite.gluon.data import DataLoader
from mxlite.gluon.data.vision import MNIST

SAMPLE = Path(__file__).parent / "data" / "mnist"


def lenet() -> nn.HybridSequential:
    """Two convolutions, each pooled by half, and two dense layers: (N, 1, 28, 28) -> (N, 10)."""
    net = nn.HybridSequential(prefix="lenet_")
    with net.name_scope():
        net.add(nn.Conv2D(20, kernel_size=5, activation="relu"),
                nn.MaxPool2D(pool_size=2, strides=2),
                nn.Conv2D(50, kernel_size=5, activation="relu"),
                nn.MaxPool2D(pool_size=2, strides=2),
                nn.Flatten(),
                nn.Dense(500, activation="relu"),
                nn.Dropout(0.5),
                nn.Dense(10))
    return net


def to_tensor(image: mx.nd.NDArray) -> mx.nd.NDArray:
    """uint8 (28, 28, 1) -> float32 (1, 28, 28) from 0 to 1."""
    return image.astype("float32").reshape((1, 28, 28)) / 255


def shifted(image: mx.nd.NDArray) -> mx.nd.NDArray:
    """As to_tensor, moved by up to two pixels: few digits then teach more."""
    canvas = np.zeros((1, 32, 32), "float32")
    canvas[0, 2:30, 2:30] = np.asarray(image)[..., 0]
    top, left = mx.random.numpy_generator().integers(0, 5, size=2)
    return mx.nd.array(canvas[:, top:top + 28, left:left + 28] / 255)


def train(net: nn.HybridSequential, data: DataLoader, epochs: int) -> list[float]:
    """Train with Adam, the rate falling along a cosine; returns the loss of every batch."""
    schedule = mx.lr_scheduler.CosineScheduler(epochs * len(data), base_lr=0.003, final_lr=1e-5)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"lr_scheduler": schedule})
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    losses = []
    for epoch in range(1, epochs + 1):
        metric = mx.metric.Accuracy()
        bar = tqdm(data, desc=f"epoch {epoch}/{epochs}", unit="batch", leave=epoch == epochs)
        for images, labels in bar:
            with autograd.record():
                output = net(images)
                loss = loss_fn(output, labels)
            loss.backward()
            trainer.step(len(images))
            metric.update(labels, output)
            losses.append(float(loss.mean().asscalar()))
            bar.set_postfix(loss=f"{losses[-1]:.4f}", accuracy=f"{metric.get()[1]:.4f}",
                            refresh=False)
    return losses


def predict(net: nn.HybridSequential, data: DataLoader) -> tuple[np.ndarray, np.ndarray]:
    """The predicted and the true digits, (N,) each."""
    outputs, labels = zip(*[(net(images), labels) for images, labels in data], strict=True)
    return (mx.nd.concat(*outputs, dim=0).argmax(axis=1).asnumpy().astype(int),
            mx.nd.concat(*labels, dim=0).asnumpy())


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of MNIST's idx files (default: a sample)")
    parser.add_argument("--epochs", type=int, help="passes over the training digits "
                        "(default: 10 for the sample, 5 for the full set)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--train-limit", type=int, help="use only so many training digits")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(),
                        help="folder for mnist_lenet.params and mnist_lenet.png (default: this)")
    return parser.parse_args()


def main() -> None:
    """Train, test, save, load, draw."""
    options = arguments()
    mx.random.seed(options.seed)
    folder = str(options.data or SAMPLE)
    epochs = options.epochs or (5 if options.data else 10)
    digits = MNIST(folder, train=True).take(options.train_limit).transform_first(shifted)
    test = MNIST(folder, train=False)
    train_data = DataLoader(digits, options.batch_size, shuffle=True)
    test_data = DataLoader(test.transform_first(to_tensor), 500)

    net = lenet()
    net.initialize(mx.init.Xavier())
    start = time.perf_counter()
    losses = train(net, train_data, epochs)
    seconds = time.perf_counter() - start

    options.out.mkdir(parents=True, exist_ok=True)
    file = str(options.out / "mnist_lenet.params")
    net.save_parameters(file)
    loaded = lenet()
    loaded.load_parameters(file)
    predicted, truth = predict(loaded, test_data)
    assert (predicted == predict(net, test_data)[0]).all(), "the loaded network differs"

    accuracy = float((predicted == truth).mean())
    print(f"{len(digits)} training digits, {epochs} epochs, {seconds:.1f} s")
    print(f"test accuracy: {accuracy:.4f} ({(predicted != truth).sum()} of {len(truth)} wrong)")
    picture = options.out / "mnist_lenet.png"
    images = np.stack([test[i][0].asnumpy()[..., 0] for i in range(len(test))])
    draw(picture, images, predicted, truth, losses, len(train_data),
         f"LeNet on MNIST: {100 * accuracy:.2f} % of {len(truth):,} test digits right")
    print(f"wrote {file} and {picture}")


if __name__ == "__main__":
    main()
