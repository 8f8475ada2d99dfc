"""Text files: mxlite's CSVIter and LibSVMIter beside MXNet 1.9.1's, and NumPy's loadtxt.

    python benchmarks/bench_csv.py [--rounds 5]

Numbers are rows a second, medians; each library has a process of its own, and they take turns. The
files are in the page cache. The wide table is of pixels, the others of numbers with 7 to 19 digits.
"""

import argparse
import importlib
import os
import random
import sys
import tempfile
import time

import side_by_side

BATCH = 128
TABLES = {                                  # rows, columns, format of a number
    "28 columns, %.7g": (200_000, 28, "%.7g"),
    "28 columns, %.18e": (50_000, 28, "%.18e"),
    "784 columns, pixels": (10_000, 784, "%d"),
}
side_by_side.PYTHONS["numpy"] = sys.executable
SPARSE = "LibSVM, 20 of 1000 columns"
SPARSE_ROWS = 390 * BATCH                   # whole batches, so that every epoch is alike
TARGET = 2


def file_of(folder, name):
    return os.path.join(folder, f"{list(TABLES).index(name) if name in TABLES else 'sparse'}.txt")


def write_files(folder):
    draw = random.Random(1)
    for name, (rows, columns, form) in TABLES.items():
        with open(file_of(folder, name), "w") as file:
            for _ in range(rows):
                values = ([draw.randrange(256) for _ in range(columns)] if form == "%d"
                          else [draw.gauss(0, 1) for _ in range(columns)])
                file.write(",".join(form % value for value in values) + "\n")
    with open(file_of(folder, SPARSE), "w") as file:
        for _ in range(SPARSE_ROWS):
            pairs = (f"{i}:{draw.random():.6g}" for i in sorted(draw.sample(range(1000), 20)))
            file.write(f"{draw.randrange(2)} {' '.join(pairs)}\n")


def epoch(iterator, rows):
    """Rows a second of one epoch."""
    iterator.reset()
    start = time.perf_counter()
    for batch in iterator:
        batch.data[0].wait_to_read()
    return rows / (time.perf_counter() - start)


def epochs_case(make, rows):
    iterators = []

    def run():
        if not iterators:
            iterators.append(make())
        return epoch(iterators[0], rows)

    return run


def serve_mx(library, folder):
    mx = importlib.import_module(library)

    def csv(name, columns):
        return lambda: mx.io.CSVIter(data_csv=file_of(folder, name), data_shape=(columns,),
                                     batch_size=BATCH, round_batch=False)

    def sparse():
        return mx.io.LibSVMIter(data_libsvm=file_of(folder, SPARSE), data_shape=(1000,),
                                batch_size=BATCH)

    cases = {name: epochs_case(csv(name, columns), rows)
             for name, (rows, columns, _) in TABLES.items()}
    side_by_side.serve(cases | {SPARSE: epochs_case(sparse, SPARSE_ROWS)})


def serve_numpy(folder):
    import numpy as np

    def run(name, rows):
        start = time.perf_counter()
        np.loadtxt(file_of(folder, name), np.float32, delimiter=",")
        return rows / (time.perf_counter() - start)

    side_by_side.serve({name: lambda name=name, rows=rows: run(name, rows)
                        for name, (rows, *_) in TABLES.items()})


def report(all_rates):
    print(f"{'rows/s':30}" + "".join(f"{head:>10}" for head in (
        "mxlite", "mxnet", "loadtxt", "x mxnet", "x loadtxt")))
    for name, rates in all_rates.items():
        ours, others = rates["mxlite"], [rates.get("mxnet"), rates.get("numpy")]
        line = "".join(f"{rate:10.0f}" if rate else f"{'-':>10}" for rate in [ours, *others])
        line += "".join(f"{ours / rate:10.2f}" if rate else f"{'-':>10}" for rate in others)
        if others[0]:
            line += f"  target {TARGET} {'met' if ours >= TARGET * others[0] else 'missed'}"
        print(f"{name:30}{line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker == "numpy":
        serve_numpy(options.folder)
    elif options.worker:
        serve_mx(options.worker, options.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            write_files(folder)
            workers = {library: side_by_side.Worker(__file__, library, "--folder", folder)
                       for library in side_by_side.available(("mxlite", "mxnet", "numpy"))}
            report(side_by_side.take_turns(workers, [*TABLES, SPARSE], options.rounds))


if __name__ == "__main__":
    main()
