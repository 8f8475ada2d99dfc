"""Train on handwritten digits in several processes, with checkpoints from which it goes on.

    mpiexec -n 4 python examples/train_mnist_dist.py --kv-store dist_sync
    python tools/launch.py -n 4 --launcher local python examples/train_mnist_dist.py
    python examples/train_mnist_dist.py --checkpoint runs/mnist       one process, with checkpoints

Started again with the same folder, it goes on from the last checkpoint: order and random numbers
depend on the seed and the step alone, so it ends where a run without a break ends, to the bit.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn
from mxlite.gluon.data import DataLoader
from mxlite.gluon.data.vision import MNIST

SAMPLE = Path(__file__).parent / "data" / "mnist"


def network(name: str) -> nn.HybridSequential:
    """(N, 1, 28, 28) -> (N, 10): "mlp", two dense layers, or "lenet"."""
    net = nn.HybridSequential(prefix=f"{name}_")
    with net.name_scope():
        if name == "lenet":
            net.add(nn.Conv2D(20, kernel_size=5, in_channels=1, activation="relu"),
                    nn.MaxPool2D(pool_size=2, strides=2),
                    nn.Conv2D(50, kernel_size=5, in_channels=20, activation="relu"),
                    nn.MaxPool2D(pool_size=2, strides=2),
                    nn.Dense(500, activation="relu", in_units=800))
        else:
            net.add(nn.Dense(500, activation="relu", in_units=784))
        net.add(nn.Dropout(0.3), nn.Dense(10, in_units=500))
    return net


def digits(folder: str, is_training: bool, limit: int | None) -> tuple[Any, Any]:
    """Images (N, 1, 28, 28) from 0 to 1, and labels (N,), of NumPy."""
    chosen = MNIST(folder, train=is_training).take(limit)
    images, labels = next(iter(DataLoader(chosen, len(chosen))))
    return (images.asnumpy().reshape(-1, 1, 28, 28).astype("float32") / 255,
            np.asarray(labels, "float32"))


class Checkpoints:
    """The state of a training in a folder: parameters, the optimizer, and the number of steps.

    `latest.json` names the files, and is replaced at last, so it always names whole ones.
    """

    def __init__(self, folder: Path | None, net: nn.HybridSequential, trainer: gluon.Trainer,
                 ) -> None:
        self.folder, self.net, self.trainer = folder, net, trainer

    def load(self) -> int:
        """Read the last one, in every worker; returns how many steps were done."""
        if self.folder is None or not (self.folder / "latest.json").exists():
            return 0
        step: int = json.loads((self.folder / "latest.json").read_text())["step"]
        self.net.load_parameters(str(self.folder / f"{step}.params"))
        self.trainer.load_states(str(self.folder / f"{step}.states"))
        return step

    def save(self, step: int) -> None:
        """Write one, in worker 0; those before it go."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.net.save_parameters(str(self.folder / f"{step}.params"))
        self.trainer.save_states(str(self.folder / f"{step}.states"))
        new = self.folder / "latest.json.part"
        new.write_text(json.dumps({"step": step}))
        os.replace(new, self.folder / "latest.json")
        for path in self.folder.glob("*.*"):
            if path.suffix in (".params", ".states") and path.stem != str(step):
                path.unlink()


def train(net: nn.HybridSequential, store: Any, options: argparse.Namespace) -> None:
    """Train for all epochs, from the last checkpoint on."""
    images, labels = digits(options.data, True, options.train_limit)
    share = options.batch_size // store.num_workers
    steps = len(images) // options.batch_size           # an epoch; what is left over waits
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": options.lr},
                            kvstore=store)
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    checkpoints = Checkpoints(options.checkpoint, net, trainer)
    start, num_steps = checkpoints.load(), options.num_epochs * steps
    if store.rank == 0 and start:
        print(f"goes on from step {start} of {num_steps}", flush=True)
    began = time.perf_counter()
    for step in range(start, num_steps):
        epoch, place = divmod(step, steps)
        order = np.random.default_rng((options.seed, epoch)).permutation(len(images))
        first = place * options.batch_size + store.rank * share
        chosen = order[first:first + share]             # of the global batch, this worker's part
        mx.random.seed((options.seed * 1000 + store.rank) * 1000003 + step)
        with autograd.record():
            loss = loss_fn(net(mx.nd.array(images[chosen])), mx.nd.array(labels[chosen]))
        loss.backward()
        trainer.step(options.batch_size)
        if store.rank == 0 and ((step + 1) % options.checkpoint_every == 0
                                or step + 1 == num_steps):
            checkpoints.save(step + 1)
        if store.rank == 0 and place + 1 == steps:
            done = (step + 1 - start) * options.batch_size
            print(f"epoch {epoch + 1}/{options.num_epochs}: loss {loss.mean().asscalar():.4f}, "
                  f"{done / (time.perf_counter() - began):.0f} digits/s", flush=True)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kv-store", default="dist_sync", help="dist_sync (default)")
    parser.add_argument("--network", choices=["mlp", "lenet"], default="mlp")
    parser.add_argument("--data", default=str(SAMPLE),
                        help="folder of MNIST's idx files (default: a sample)")
    parser.add_argument("--num-epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64, help="of all workers together")
    parser.add_argument("--lr", type=float, default=0.001)
    parser.add_argument("--train-limit", type=int, help="use only so many training digits")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkpoint", type=Path, help="folder of checkpoints, to go on from")
    parser.add_argument("--checkpoint-every", type=int, default=50, help="steps")
    return parser.parse_args()


def main() -> None:
    """Train in all workers; worker 0 tests."""
    options = arguments()
    store = mx.kv.create(options.kv_store)
    if options.batch_size % store.num_workers:
        raise SystemExit(f"--batch-size {options.batch_size} must be a multiple of the number of "
                         f"workers, {store.num_workers}")
    mx.random.seed(options.seed)
    net = network(options.network)
    net.initialize(mx.init.Xavier())
    net.hybridize()
    train(net, store, options)
    if store.rank == 0:
        images, labels = digits(options.data, False, None)
        outputs = [net(mx.nd.array(images[at:at + 500])).argmax(axis=1).asnumpy()
                   for at in range(0, len(images), 500)]
        print(f"{store.num_workers} workers, test accuracy: "
              f"{float((np.concatenate(outputs) == labels).mean()):.4f}")


if __name__ == "__main__":
    main()
