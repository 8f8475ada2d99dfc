"""Train a residual network on images in RecordIO files, on one device or several machines.

    python examples/image_classification.py                     shapes that are drawn here
    python examples/image_classification.py --data-train train.rec --data-val val.rec \\
        --num-classes 1000 --image-shape 3,224,224 --network resnet50_v1 --gpus 0,1
    mpiexec -n 4 python examples/image_classification.py --kv-store dist_sync ...

With --model-prefix it writes a checkpoint after each epoch; --load-epoch 3 goes on from the third,
and ends where a run without a break ends. A bar shows the batches of an epoch, the log the speed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from image_records import SHAPES, draw_shapes, pack
from training import add_options, fit, parse, start_logging

import mxlite as mx
from mxlite.gluon.model_zoo import vision


def network(options: argparse.Namespace) -> mx.sym.Symbol:
    """A network of the model zoo, with a softmax that trains it. Small images keep their size in
    the first layer."""
    shape = [int(length) for length in options.image_shape.split(",")]
    settings = {"thumbnail": True} if shape[1] < 64 and "resnet" in options.network else {}
    net = vision.get_model(options.network, classes=options.num_classes, **settings)
    return mx.sym.SoftmaxOutput(net(mx.sym.var("data")), name="softmax")


def batches(path: str, store: Any, options: argparse.Namespace, **augmentation: Any,
            ) -> mx.io.ImageRecordIter:
    """Batches of this worker's part of a RecordIO file."""
    shape = tuple(int(length) for length in options.image_shape.split(","))
    mean, std = [[float(value) for value in text.split(",")]
                 for text in (options.rgb_mean, options.rgb_std)]
    return mx.io.ImageRecordIter(
        path_imgrec=path, data_shape=shape, batch_size=options.batch_size, resize=options.resize,
        mean_r=mean[0], mean_g=mean[1], mean_b=mean[2], std_r=std[0], std_g=std[1], std_b=std[2],
        num_parts=store.num_workers, part_index=store.rank, seed=options.seed,
        round_batch=False, **augmentation)


def sample(folder: Path, count: int) -> tuple[str, str]:
    """RecordIO files of shapes that are drawn: (to train with, to validate)."""
    images = folder / "images"
    images.mkdir()
    draw_shapes(images, count)
    pack(images, folder / "shapes")
    return str(folder / "shapes_train.rec"), str(folder / "shapes_val.rec")


def arguments(given: list[str] | None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-train", help="a RecordIO file (default: shapes are drawn)")
    parser.add_argument("--data-val", help="one to validate with")
    parser.add_argument("--count", type=int, default=200, help="images of a shape to draw")
    parser.add_argument("--network", default="resnet18_v1", help="of the model zoo")
    parser.add_argument("--num-classes", type=int, default=len(SHAPES))
    parser.add_argument("--image-shape", default="3,32,32")
    parser.add_argument("--resize", type=int, default=-1, help="shorter edge before the crop")
    parser.add_argument("--rgb-mean", default="123.68,116.779,103.939")
    parser.add_argument("--rgb-std", default="58.4,57.1,57.4")
    add_options(parser, num_epochs=8, batch_size=30, lr=0.01)
    options = parse(parser, given)
    if bool(options.data_train) != bool(options.data_val):
        parser.error("--data-train and --data-val go together")
    return options


def main(given: list[str] | None = None) -> None:
    """Train, validate after each epoch."""
    options = arguments(given)
    store = mx.kv.create(options.kv_store)
    start_logging(store)
    mx.random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        files = options.data_train, options.data_val
        if not options.data_train:
            files = sample(Path(folder), options.count)
        train = batches(files[0], store, options, shuffle=True, rand_crop=True, rand_mirror=True)
        validation = batches(files[1], store, options)
        history = fit(network(options), train, validation, store, options)
    if store.rank == 0:
        print(f"validation accuracy: {history.epochs[-1]['validation']['accuracy']:.4f}")


if __name__ == "__main__":
    main()
