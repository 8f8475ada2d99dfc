"""Images from a RecordIO file: mxlite beside MXNet 1.9.1 and PyTorch's DataLoader with Pillow.

    python benchmarks/bench_images.py --photos DIR [--rounds 5] [--images 2000] [--mnist DIR]

The photos are packed into one .rec of so many records, again and again. Numbers are images a
second, medians; each library has a process of its own, and they take turns. PyTorch reads the same
files from the folder, with two worker processes. mnist: the four idx files, plain.
"""

import argparse
import glob
import io
import os
import sys
import tempfile
import time
from pathlib import Path

import side_by_side

BATCH, SHAPE = 64, (3, 224, 224)
AHEAD = 6                            # batches; both libraries make 4 ahead
THREADS = (1, 2)
CASES = {
    "resize 256, random crop, mirror": {"resize": 256, "rand_crop": True, "rand_mirror": True},
    "random crop": {"rand_crop": True},
}
TARGETS = {"resize 256, random crop, mirror, 2 threads": 3, "random crop, 2 threads": 2.5,
           "MNISTIter": 2}


def rate(iterator):
    """Images a second of an epoch, but for the batches that were made ahead of it."""
    iterator.reset()
    count = 0
    for number, batch in enumerate(iterator):
        batch.data[0].wait_to_read()
        if number == AHEAD:
            start = time.perf_counter()
        elif number > AHEAD:
            count += iterator.batch_size
    return count / (time.perf_counter() - start)


def image_case(mx, path, threads, settings):
    iterators = []

    def run():
        if not iterators:
            iterators.append(mx.io.ImageRecordIter(
                path_imgrec=f"{path}.rec", path_imgidx=f"{path}.idx", shuffle=True,
                batch_size=BATCH, data_shape=SHAPE, preprocess_threads=threads, verbose=False,
                **settings))
        return rate(iterators[0])

    return run


def mnist_case(mx, folder):
    iterators = []

    def run():
        if not iterators:
            iterators.append(mx.io.MNISTIter(
                image=f"{folder}/train-images-idx3-ubyte",
                label=f"{folder}/train-labels-idx1-ubyte", batch_size=128, shuffle=True,
                silent=True))
        return rate(iterators[0])

    return run


def serve_mx(library, path, mnist):
    import importlib

    mx = importlib.import_module(library)
    cases = {f"{name}, {threads} thread{'s' * (threads > 1)}":
             image_case(mx, path, threads, settings)
             for name, settings in CASES.items() for threads in THREADS}
    if mnist:
        cases["MNISTIter"] = mnist_case(mx, mnist)
    side_by_side.serve(cases)


class Photos:
    """PyTorch's usual data set of files: Pillow, then crop and mirror in NumPy."""

    def __init__(self, files, count, resize):
        self.files, self.count, self.resize = files, count, resize

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        import random

        import numpy as np
        import torch
        from PIL import Image

        image = Image.open(self.files[index % len(self.files)]).convert("RGB")
        if self.resize:
            factor = self.resize / min(image.size)
            size = [max(round(length * factor), self.resize) for length in image.size]
            image = image.resize(size, Image.BILINEAR)
        left = random.randint(0, image.width - SHAPE[2])
        top = random.randint(0, image.height - SHAPE[1])
        pixels = np.asarray(image.crop((left, top, left + SHAPE[2], top + SHAPE[1])))
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).float()


def serve_torch(photos, count):
    import torch

    files = sorted(glob.glob(f"{photos}/*.jpg"))
    loaders = {name: torch.utils.data.DataLoader(
        Photos(files, count, settings.get("resize")), BATCH, shuffle=True, num_workers=2,
        persistent_workers=True) for name, settings in CASES.items()}

    def run(loader):
        start = time.perf_counter()
        for _ in loader:
            pass
        return count / (time.perf_counter() - start)

    side_by_side.serve({f"{name}, 2 threads": lambda loader=loader: run(loader)
                        for name, loader in loaders.items()})


def pack(photos, path, count):
    """The files of a folder, again and again, as records."""
    sys.path.insert(0, str(side_by_side.ROOT))
    from mxlite import recordio

    files = [Path(name).read_bytes() for name in sorted(glob.glob(f"{photos}/*.jpg"))]
    with recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w") as out:
        for i in range(count):
            header = recordio.IRHeader(0, float(i), i, 0)
            out.write_idx(i, recordio.pack(header, files[i % len(files)]))


def report(all_rates):
    """A line a case, with ratios; and how mxlite scales from one thread to two."""
    print(f"{'images/s':44}{'mxlite':>9}{'mxnet':>9}{'torch':>9}{'x mxnet':>9}{'x torch':>9}")
    for case, rates in all_rates.items():
        ours, text = rates["mxlite"], io.StringIO()
        for name in ("mxlite", "mxnet", "torch"):
            text.write(f"{rates[name]:9.0f}" if name in rates else f"{'-':>9}")
        for name in ("mxnet", "torch"):
            text.write(f"{ours / rates[name]:9.2f}" if name in rates else f"{'-':>9}")
        target = TARGETS.get(case)
        is_met = target and "mxnet" in rates and ours >= target * rates["mxnet"]
        verdict = f"  target {target} {'met' if is_met else 'missed'}" if target else ""
        print(f"{case:44}{text.getvalue()}{verdict}")
    for name in CASES:
        one, two = (all_rates[f"{name}, {text}"]["mxlite"] for text in ("1 thread", "2 threads"))
        print(f"{name}: from 1 thread to 2: {two / one:.2f}, target 1.8 "
              f"{'met' if two >= 1.8 * one else 'missed'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", required=True)
    parser.add_argument("--mnist")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker == "torch":
        serve_torch(options.photos, options.images)
    elif options.worker:
        serve_mx(options.worker, options.path, options.mnist)
    else:
        compare(options)


def compare(options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "photos")
        pack(options.photos, path, options.images)
        arguments = ["--photos", options.photos, "--path", path, "--images", options.images]
        arguments += ["--mnist", options.mnist] if options.mnist else []
        workers = {library: side_by_side.Worker(__file__, library, *arguments)
                   for library in side_by_side.available(("mxlite", "mxnet", "torch"))}
        cases = [f"{name}, {text}" for name in CASES for text in ("1 thread", "2 threads")]
        report(side_by_side.take_turns(workers, cases + ["MNISTIter"] * bool(options.mnist),
                                       options.rounds))


if __name__ == "__main__":
    main()
