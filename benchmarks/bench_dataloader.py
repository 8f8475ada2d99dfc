"""DataLoader: mxlite and PyTorch, each in its own process, over the same NumPy arrays.

    python benchmarks/bench_dataloader.py [--rounds 7] [--torch PYTHON] [--mxnet PYTHON]

An epoch over samples (float32 image (3, 32, 32), int64 label), or over those after a step of NumPy
for each, batches of 64, with none and two workers. PyTorch's and MXNet's workers are processes that
are kept for all epochs, as mxlite's are. The libraries take turns, an epoch each; the table has
medians of microseconds for a batch, and how many times mxlite's the others take.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path.home() / ".cache/mxlite-reference"
SAMPLES, BATCH = 4096, 64
WORKERS = {"0 workers": {}, "2 threads": {"num_workers": 2, "threads": True},
           "2 processes": {"num_workers": 2, "threads": False}}
DATASETS = ("arrays", "samples", "light step", "heavy step")
CASES = [f"{dataset}, {workers}" for dataset in DATASETS for workers in WORKERS]


def arrays():
    rng = np.random.default_rng(1)
    return (rng.random((SAMPLES, 3, 32, 32), dtype=np.float32), np.arange(SAMPLES))


class Samples:
    """Samples that know no whole batches; `steps` times some work of NumPy for each."""

    def __init__(self, steps):
        self.steps = steps
        self.images, self.labels = arrays()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, idx):
        image = self.images[idx]
        for _ in range(self.steps):
            image = np.sqrt(image[:, :, ::-1] * 0.5 + 0.25)
        return image, self.labels[idx]


# ---------------------------------------------------------------- in the process of a library

def loader_of(library, dataset, workers):
    """The loader, or None where the library has none alike."""
    options = dict(WORKERS[workers])
    threads = options.pop("threads", None)
    samples = Samples({"light step": 1, "heavy step": 30}.get(dataset, 0))
    if library == "torch":
        import torch
        from torch.utils.data import DataLoader, TensorDataset

        if threads:
            return None
        if dataset == "arrays":
            samples = TensorDataset(*map(torch.from_numpy, arrays()))
        return DataLoader(samples, BATCH, persistent_workers=threads is False, **options)
    if library == "mxlite":
        from mxlite.gluon.data import ArrayDataset, DataLoader
    else:
        from mxnet.gluon.data import ArrayDataset, DataLoader
    if threads is not None:
        options["thread_pool"] = threads
    if dataset == "arrays":
        samples = ArrayDataset(*arrays())
    return DataLoader(samples, BATCH, **options)


def work(library):
    """Measure what standard input asks for, an epoch at a time."""
    if library == "mxlite":
        sys.path.insert(0, str(ROOT))
    warnings.simplefilter("ignore")
    loaders = {}
    for line in sys.stdin:
        case = line.strip()
        if case not in loaders:
            loaders.clear()
            loaders[case] = loader_of(library, *case.split(", "))
        print(json.dumps(epoch(loaders[case])), flush=True)


def epoch(loader):
    """Seconds of an epoch."""
    if loader is None:
        return None
    start, count = time.perf_counter(), 0
    for _, label in loader:
        count += len(label)
    assert count == SAMPLES
    return time.perf_counter() - start


# ---------------------------------------------------------------- in the process that asks

class Library:
    def __init__(self, name, python):
        self.process = subprocess.Popen(
            [python, __file__, "--worker", name], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def measure(self, case):
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--torch", default=str(CACHE / "torch/bin/python"))
    parser.add_argument("--mxnet", default=str(CACHE / "mxnet/bin/python"))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker)
        return
    libraries = {"mxlite": Library("mxlite", sys.executable)}
    for name in ("torch", "mxnet"):
        if Path(getattr(options, name)).exists():
            libraries[name] = Library(name, getattr(options, name))
    others = list(libraries)[1:]
    print(f"{'us/batch':26}" + "".join(f"{name:>10}" for name in libraries)
          + "".join(f"{'x ' + name:>10}" for name in others))
    for case in CASES:
        taken = {name: [library.measure(case) for _ in range(1)]     # the first warms up
                 for name, library in libraries.items()}
        for _ in range(options.rounds):
            for name, library in libraries.items():
                taken[name].append(library.measure(case))
        report(case, {name: None if times[0] is None else statistics.median(times[1:])
                      for name, times in taken.items()}, others)


def report(case, middle, others):
    batches = SAMPLES // BATCH
    columns = [f"{'-':>10}" if seconds is None else f"{seconds / batches * 1e6:10.0f}"
               for seconds in middle.values()]
    against = [f"{'-':>10}" if middle[name] is None else f"{middle[name] / middle['mxlite']:10.2f}"
               for name in others]
    print(f"{case:26}{''.join(columns)}{''.join(against)}", flush=True)


if __name__ == "__main__":
    main()
