"""Cut the MNIST sample of examples/data/mnist out of the four original files.

    python tools/cut_mnist_sample.py FOLDER_OF_MNIST examples/data/mnist

Takes the first 10,000 training and the first 2,000 test digits; the result is always the same.
"""

from __future__ import annotations

import argparse
import os

from mxlite.io.idx import read_idx, write_idx

COUNTS = {"train": 10_000, "t10k": 2_000}
KINDS = {"images-idx3-ubyte": 3, "labels-idx1-ubyte": 1}


def cut(source: str, target: str) -> None:
    """Write the first digits of every file in `source` to `target`, under the same names."""
    os.makedirs(target, exist_ok=True)
    for part, count in COUNTS.items():
        for kind, ndim in KINDS.items():
            name = f"{part}-{kind}.gz"
            values = read_idx(os.path.join(source, name), ndim)
            write_idx(os.path.join(target, name), values[:count])
            print(f"{name}: {count} of {len(values)}")


def main() -> None:
    """Read the two folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="folder of the original .gz files")
    parser.add_argument("target", help="folder to write to")
    arguments = parser.parse_args()
    cut(arguments.source, arguments.target)


if __name__ == "__main__":
    main()
