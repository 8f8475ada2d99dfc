"""mx.image.ImageIter beside MXNet 1.9.1's, over photos packed into one .rec.

    python benchmarks/bench_image_iter.py --photos DIR [--rounds 5] [--images 340]

Numbers are images a second of an epoch, medians; each library has a process of its own, and they
take turns. Both decode and augment in the calling thread. "own augmenter" has one that is written
in Python, on NDArrays, as a user's is.
"""

import argparse
import importlib
import tempfile
import time
from pathlib import Path

import side_by_side
from bench_images import pack

BATCH, SHAPE = 32, (3, 224, 224)
CASES = {
    "resize 256, random crop, mirror, normalize": {
        "resize": 256, "rand_crop": True, "rand_mirror": True, "mean": True, "std": True},
    "random crop": {"rand_crop": True},
    "random sized crop, all colours": {
        "rand_crop": True, "rand_resize": True, "rand_mirror": True, "mean": True, "std": True,
        "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1, "pca_noise": 0.1},
    "random crop, own augmenter": {"rand_crop": True},
}


def serve(library, path):
    mx = importlib.import_module(library)

    class Half(mx.image.Augmenter):
        def __call__(self, src):
            return src * 0.5

    def run(name):
        augmenters = mx.image.CreateAugmenter(SHAPE, **CASES[name])
        if "own" in name:
            augmenters.append(Half())
        iterator = mx.image.ImageIter(BATCH, SHAPE, path_imgrec=f"{path}.rec",
                                      path_imgidx=f"{path}.idx", aug_list=augmenters,
                                      last_batch_handle="discard")
        count, start = 0, time.perf_counter()
        for batch in iterator:
            batch.data[0].wait_to_read()
            count += BATCH
        return count / (time.perf_counter() - start)

    side_by_side.serve({name: lambda name=name: run(name) for name in CASES})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos")
    parser.add_argument("--images", type=int, default=340)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return serve(options.worker, options.path)
    if not options.photos:
        parser.error("--photos is needed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photos"
        pack(options.photos, path, options.images)
        workers = {library: side_by_side.Worker(__file__, library, "--path", path)
                   for library in side_by_side.available(("mxlite", "mxnet"))}
        rates = side_by_side.take_turns(workers, CASES, options.rounds)
    side_by_side.print_ratios("images/s", rates)


if __name__ == "__main__":
    main()
