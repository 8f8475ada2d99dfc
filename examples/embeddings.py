"""Cut a trained network at an inner layer, and compare pictures by the vectors that come out.

    python examples/embeddings.py               trains on digits, and finds each digit's nearest
    python examples/embeddings.py --prefix model/net --epoch 0 --layer fc1 --size 112 IMAGE ...
                                                a network of yours, model/net-symbol.json and
                                                model/net-0000.params: how alike are these images?
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from pathlib import Path

import numpy as np

import mxlite as mx

DIGITS = Path(__file__).parent / "data" / "mnist"
PREFIX, EPOCHS, LAYER = "digits", 4, "embedding"


class Embedder:
    """The part of a network up to one layer, as a function of arrays (N, C, H, W)."""

    def __init__(self, prefix: str, epoch: int, layer: str, shape: tuple[int, ...]) -> None:
        symbol, arg_params, aux_params = mx.model.load_checkpoint(prefix, epoch)
        inner = symbol.get_internals()[f"{layer}_output"]
        self.shape = shape
        self.module = mx.mod.Module(inner, label_names=None)
        self.module.bind([("data", (1, *shape))], for_training=False)
        self.module.set_params(arg_params, aux_params)         # those of later layers are left out

    def __call__(self, images: mx.nd.NDArray) -> np.ndarray:
        """The layer's outputs for `images`, as vectors of length 1: (N, D)."""
        self.module.forward(mx.io.DataBatch([images]), is_train=False)
        vectors = self.module.get_outputs()[0].asnumpy().reshape(len(images), -1)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def network() -> mx.sym.Symbol:
    """Ten digits by way of 32 numbers, the embedding."""
    x = mx.sym.var("data")
    for number, filters in enumerate((16, 32)):
        x = mx.sym.Convolution(x, num_filter=filters, kernel=(5, 5), name=f"conv{number}")
        x = mx.sym.Activation(mx.sym.BatchNorm(x, name=f"norm{number}"), act_type="relu")
        x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = mx.sym.FullyConnected(x, num_hidden=32, name=LAYER)
    x = mx.sym.FullyConnected(mx.sym.Activation(x, act_type="tanh"), num_hidden=10, name="digit")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def digits(part: str, **settings: object) -> mx.io.DataIter:
    """Batches of 100 digits of the sample: part "train" or "t10k"."""
    image, label = [str(DIGITS / f"{part}-{kind}-ubyte.gz") for kind in
                    ("images-idx3", "labels-idx1")]
    return mx.io.MNISTIter(image=image, label=label, batch_size=100, **settings)


def train(prefix: str, epochs: int) -> None:
    """Train the network, and write its checkpoint."""
    module = mx.mod.Module(network())
    module.fit(digits("train"), num_epoch=epochs, optimizer="adam", initializer=mx.init.Xavier(),
               optimizer_params={"learning_rate": 0.002},
               epoch_end_callback=mx.callback.do_checkpoint(prefix, epochs))


def compare_digits(epochs: int) -> None:
    """Train, load, cut, and see whether the nearest vectors are of the same digit."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = str(Path(folder) / PREFIX)
        train(prefix, epochs)
        embed = Embedder(prefix, epochs, LAYER, (1, 28, 28))
    batches = list(digits("t10k", shuffle=False))
    vectors = np.concatenate([embed(batch.data[0]) for batch in batches])
    labels = np.concatenate([batch.label[0].asnumpy() for batch in batches])
    likeness = vectors @ vectors.T
    is_same = labels[:, None] == labels
    is_other = ~np.eye(len(labels), dtype=bool)
    nearest = np.where(is_other, likeness, -2).argmax(axis=1)
    print(f"{len(labels)} digits that the network has not seen, as vectors of {vectors.shape[1]}")
    print(f"cosine of two: {likeness[is_same & is_other].mean():.2f} of the same digit, "
          f"{likeness[~is_same].mean():.2f} of others")
    print(f"nearest one is of the same digit: {100 * (labels == labels[nearest]).mean():.1f} %")


def compare_images(embed: Embedder, paths: list[Path]) -> None:
    """Print how alike the images are, from -1 to 1."""
    channels, height, width = embed.shape
    images = []
    for path in paths:
        image = mx.image.imread(str(path), flag=1 if channels == 3 else 0)
        images.append(mx.image.imresize(image, width, height).astype("float32"))
    batch = mx.nd.stack(*images).transpose((0, 3, 1, 2))
    vectors = embed(batch)
    for path, row in zip(paths, vectors @ vectors.T, strict=True):
        print(" ".join(f"{value:6.3f}" for value in row), path)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", nargs="*", type=Path, help="pictures to compare")
    parser.add_argument("--prefix", help="where the network is: PREFIX-symbol.json and so on")
    parser.add_argument("--epoch", type=int, default=0, help="of PREFIX-0000.params")
    parser.add_argument("--layer", default="fc1", help="whose outputs are the vectors")
    parser.add_argument("--size", type=int, default=112, help="height and width of its input")
    parser.add_argument("--channels", type=int, default=3, choices=(1, 3))
    parser.add_argument("--train-epochs", type=int, default=EPOCHS, help="for the digits")
    options = parser.parse_args()
    if bool(options.images) != bool(options.prefix):
        parser.error("--prefix and images go together")
    return options


def main() -> None:
    """Compare digits, or the images that are given."""
    options = arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mx.random.seed(1)
    if options.prefix is None:
        compare_digits(options.train_epochs)
        return
    shape = (options.channels, options.size, options.size)
    compare_images(Embedder(options.prefix, options.epoch, options.layer, shape), options.images)


if __name__ == "__main__":
    main()
