"""From a folder of images to a trained network: im2rec packs them, ImageRecordIter augments them.

    python examples/image_records.py                  shapes that are drawn here, under a minute
    python examples/image_records.py --images DIR     your own: DIR/<class>/<image>.jpg
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tqdm import tqdm

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn
from mxlite.tools.im2rec import main as im2rec

SHAPES = ("circle", "square", "triangle")
SIZE = 32                              # pixels of what the network sees


def draw_shapes(folder: Path, count: int) -> None:
    """So many images of each shape, of random colours, sizes and places, on noise."""
    rng = np.random.default_rng(0)
    for name in SHAPES:
        (folder / name).mkdir()
        for number in range(count):
            height, width = rng.integers(48, 80, 2)
            image = Image.fromarray(rng.integers(0, 110, (height, width, 3), dtype="uint8"))
            radius = rng.uniform(12, 18)
            x, y = rng.uniform(radius, [width - radius, height - radius])
            sides = {"circle": 40, "square": 4, "triangle": 3}[name]
            ImageDraw.Draw(image).regular_polygon(
                (x, y, radius), sides, rotation=int(rng.integers(0, 360)),
                fill=tuple(rng.integers(140, 256, 3).tolist()))
            image.save(folder / name / f"{number}.jpg", quality=90)


def pack(images: Path, prefix: Path) -> None:
    """Lists of the images, nine tenths to train with, and a .rec and .idx for each."""
    im2rec([str(prefix), str(images), "--list", "--recursive", "--train-ratio", "0.9", "--quiet"])
    im2rec([str(prefix), str(images), "--resize", "40", "--quiet"])


def network(classes: int) -> nn.HybridSequential:
    """(N, 3, 32, 32) -> (N, classes)."""
    net = nn.HybridSequential()
    for channels in (16, 32, 64):
        net.add(nn.Conv2D(channels, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"),
                nn.MaxPool2D(2))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(classes))
    return net


def batches(prefix: Path, part: str, **augmentation: object) -> mx.io.ImageRecordIter:
    """Batches of 32, normalised, decoded by all cores."""
    return mx.io.ImageRecordIter(
        path_imgrec=f"{prefix}_{part}.rec", path_imgidx=f"{prefix}_{part}.idx",
        data_shape=(3, SIZE, SIZE), batch_size=32, mean_r=90, mean_g=90, mean_b=90, std_r=60,
        std_g=60, std_b=60, **augmentation)


def train(net: nn.HybridSequential, data: mx.io.ImageRecordIter, epochs: int) -> None:
    """Train with Adam."""
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.003})
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    for epoch in range(1, epochs + 1):
        metric = mx.metric.Accuracy()
        bar = tqdm(data, desc=f"epoch {epoch}/{epochs}", unit="batch", leave=epoch == epochs)
        for batch in bar:
            with autograd.record():
                output = net(batch.data[0])
                loss = loss_fn(output, batch.label[0])
            loss.backward()
            trainer.step(len(output))
            metric.update(batch.label[0], output)
            bar.set_postfix(accuracy=f"{metric.get()[1]:.3f}", refresh=False)
        data.reset()


def accuracy(net: nn.HybridSequential, data: mx.io.ImageRecordIter) -> float:
    """The share that the network gets right; what fills up the last batch does not count."""
    metric = mx.metric.Accuracy()
    for batch in data:
        count = data.batch_size - batch.pad
        metric.update(batch.label[0][:count], net(batch.data[0])[:count])
    return float(metric.get()[1])


def main(arguments: list[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path)
    parser.add_argument("--count", type=int, default=600, help="images of a shape to draw")
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args(arguments)
    mx.random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        images, prefix = options.images, Path(folder, "shapes")
        if images is None:
            images = Path(folder, "images")
            images.mkdir()
            draw_shapes(images, options.count)
        pack(images, prefix)
        classes = sum(path.is_dir() for path in images.iterdir())
        net = network(classes)
        net.initialize(mx.init.Xavier())
        train(net, batches(prefix, "train", shuffle=True, rand_crop=True, rand_mirror=True,
                           max_rotate_angle=20, fill_value=60, brightness=0.2), options.epochs)
        right = accuracy(net, batches(prefix, "val"))
    print(f"{right:.1%} of the images that were kept back are recognised")
    return right


if __name__ == "__main__":
    main()
