"""gluon.data.vision.transforms beside MXNet 1.9.1's, an image at a time, as DataLoader calls them.

    python benchmarks/bench_transforms.py [--rounds 5] [--size 224]

Numbers are images a second, medians; each library has a process of its own, with one thread, and
they take turns.
"""

import argparse
import importlib
import os
import time

import numpy as np
import side_by_side

SECONDS = 0.3
BYTES = {
    "ToTensor": lambda T: T.ToTensor(),
    "Resize 256": lambda T: T.Resize(256),
    "CenterCrop 192": lambda T: T.CenterCrop(192),
    "RandomResizedCrop 192": lambda T: T.RandomResizedCrop(192),
    "RandomFlipLeftRight": lambda T: T.RandomFlipLeftRight(),
    "RandomFlipTopBottom": lambda T: T.RandomFlipTopBottom(),
    "RandomBrightness": lambda T: T.RandomBrightness(0.4),
    "RandomContrast": lambda T: T.RandomContrast(0.4),
    "RandomSaturation": lambda T: T.RandomSaturation(0.4),
    "RandomHue": lambda T: T.RandomHue(0.1),
    "RandomColorJitter": lambda T: T.RandomColorJitter(0.4, 0.4, 0.4, 0.1),
    "RandomLighting": lambda T: T.RandomLighting(0.1),
}
FLOATS = {
    "Normalize": lambda T: T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "Rotate 30": lambda T: T.Rotate(30),
}
WHOLE = "crop, mirror, jitter, lighting, tensor, normalize"


def serve(library, size):
    mx = importlib.import_module(library)
    transforms = mx.gluon.data.vision.transforms
    rng = np.random.default_rng(0)
    # smooth, as a photo is: neighbours are alike
    coarse = rng.integers(0, 256, (8, 8, 3))
    image = np.kron(coarse, np.ones((-(-size // 8),) * 2 + (1,)))[:size, :size]
    image = mx.nd.array(np.clip(image + rng.normal(0, 4, image.shape), 0, 255), dtype="uint8")
    tensor = mx.nd.array(rng.random((3, size, size)), dtype="float32")
    cases = {name: (make(transforms), image) for name, make in BYTES.items()}
    cases |= {name: (make(transforms), tensor) for name, make in FLOATS.items()}
    cases[WHOLE] = (transforms.Compose([
        make(transforms) for make in (
            BYTES["RandomResizedCrop 192"], BYTES["RandomFlipLeftRight"],
            BYTES["RandomColorJitter"], BYTES["RandomLighting"], BYTES["ToTensor"],
            FLOATS["Normalize"])]), image)

    def rate(transform, data):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            transform(data).wait_to_read()
            count += 1
        return count / (time.perf_counter() - start)

    side_by_side.serve({name: lambda case=case: rate(*case) for name, case in cases.items()})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return serve(options.worker, options.size)
    os.environ["OMP_NUM_THREADS"] = "1"
    workers = {library: side_by_side.Worker(__file__, library, "--size", options.size)
               for library in side_by_side.available(("mxlite", "mxnet"))}
    rates = side_by_side.take_turns(workers, [*BYTES, *FLOATS, WHOLE], options.rounds)
    side_by_side.print_ratios("images/s", rates)


if __name__ == "__main__":
    main()
