"""Images from a RecordIO file: mxlite beside MXNet 1.9.1 and the pipelines of image_rivals.py.

    python benchmarks/bench_images.py --photos DIR [--rounds 5] [--images 2000] [--mnist DIR]

The photos are packed into one .rec of so many records, again and again. Numbers are images a
second, medians; each library has a process of its own, and they take turns. torch: PyTorch's
DataLoader with Pillow, its threads being processes; loader: simplejpeg and OpenCV in threads; dali:
NVIDIA DALI on the CPU. mnist: the four idx files, plain.
"""

import argparse
import functools
import glob
import os
import sys
import tempfile
import time
from pathlib import Path

import image_rivals
import side_by_side
from image_rivals import BATCH, SHAPE

AHEAD = 6                            # batches; both libraries make 4 ahead
THREADS = (1, 2)
CASES = {
    "resize 256, random crop, mirror": {"resize": 256, "rand_crop": True, "rand_mirror": True},
    "random crop": {"rand_crop": True},
}
OTHERS = ("mxnet", "torch", "loader", "dali")
TARGETS = {"resize 256, random crop, mirror, 2 threads": {"mxnet": 3, "loader": 2, "dali": 2},
           "random crop, 2 threads": {"mxnet": 2.5, "loader": 1.8, "dali": 1.8},
           "MNISTIter": {"mxnet": 2}}


def case_name(name, threads):
    return f"{name}, {threads} thread{'s' * (threads > 1)}"


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
    cases = {case_name(name, threads): image_case(mx, path, threads, settings)
             for name, settings in CASES.items() for threads in THREADS}
    if mnist:
        cases["MNISTIter"] = mnist_case(mx, mnist)
    side_by_side.serve(cases)


def serve_rival(library, path, count):
    pipeline = image_rivals.PIPELINES[library]
    made = {}

    def run(name, threads):
        if (name, threads) not in made:
            made[name, threads] = pipeline(path, count, CASES[name], threads)
        return made[name, threads]()

    side_by_side.serve({case_name(name, threads): functools.partial(run, name, threads)
                        for name in CASES for threads in THREADS})


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
    print(f"{'images/s':44}{'mxlite':>9}" + "".join(f"{name:>9}{'x':>6}" for name in OTHERS))
    for case, rates in all_rates.items():
        ours = rates["mxlite"]
        text = "".join(f"{rates[name]:9.0f}{ours / rates[name]:6.2f}" if name in rates
                       else f"{'-':>9}{'':6}" for name in OTHERS)
        print(f"{case:44}{ours:9.0f}{text}" + "".join(
            f"  {factor} x {name}: {'met' if ours >= factor * rates[name] else 'missed'}"
            for name, factor in TARGETS.get(case, {}).items() if name in rates))
    for name in CASES:
        one, two = (all_rates[case_name(name, threads)]["mxlite"] for threads in THREADS)
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
    if options.worker in image_rivals.PIPELINES:
        serve_rival(options.worker, options.path, options.images)
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
                   for library in side_by_side.available(("mxlite", *OTHERS))}
        cases = [case_name(name, threads) for name in CASES for threads in THREADS]
        report(side_by_side.take_turns(workers, cases + ["MNISTIter"] * bool(options.mnist),
                                       options.rounds))


if __name__ == "__main__":
    main()
