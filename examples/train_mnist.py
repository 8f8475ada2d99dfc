"""Train on handwritten digits with Module.fit, on one device or several that share a batch.

    python examples/train_mnist.py                          the sample of this repository
    python examples/train_mnist.py --gpus 0,1 --network lenet
    python examples/train_mnist.py --cpus 2                 two contexts of the CPU
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training import add_options, fit, parse, start_logging

import mxlite as mx

SAMPLE = Path(__file__).parent / "data" / "mnist"


def network(name: str) -> mx.sym.Symbol:
    """(N, 1, 28, 28) -> (N, 10): "mlp", three dense layers, or "lenet"."""
    x = mx.sym.var("data")
    if name == "lenet":
        for number, filters in enumerate((20, 50)):
            x = mx.sym.Convolution(x, kernel=(5, 5), num_filter=filters, name=f"conv{number}")
            x = mx.sym.Activation(x, act_type="tanh")
            x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max")
        x = mx.sym.Activation(mx.sym.FullyConnected(x, num_hidden=500, name="fc0"),
                              act_type="tanh")
    else:
        for number, units in enumerate((128, 64)):
            x = mx.sym.FullyConnected(x, num_hidden=units, name=f"fc{number}")
            x = mx.sym.Activation(x, act_type="relu")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=10, name="digit"),
                                name="softmax")


def digits(folder: Path, part: str, store: Any, options: argparse.Namespace) -> mx.io.DataIter:
    """Batches of this worker's digits to train with, part "train", or of all of "t10k"."""
    image, label = [next(folder.glob(f"{part}-{kind}-ubyte*")) for kind in
                    ("images-idx3", "labels-idx1")]
    sharing = {"num_parts": store.num_workers, "part_index": store.rank, "shuffle": True}
    return mx.io.MNISTIter(image=str(image), label=str(label), batch_size=options.batch_size,
                           seed=options.seed, **sharing if part == "train" else {"shuffle": False})


def main(given: list[str] | None = None) -> None:
    """Train, validate after each epoch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of MNIST's idx files")
    parser.add_argument("--network", choices=["mlp", "lenet"], default="mlp")
    add_options(parser, num_epochs=5)
    options = parse(parser, given)
    store = mx.kv.create(options.kv_store)
    start_logging(store)
    mx.random.seed(options.seed)
    history = fit(network(options.network), digits(options.data, "train", store, options),
                  digits(options.data, "t10k", store, options), store, options)
    if store.rank == 0:
        print(f"validation accuracy: {history.epochs[-1]['validation']['accuracy']:.4f}")


if __name__ == "__main__":
    main()
