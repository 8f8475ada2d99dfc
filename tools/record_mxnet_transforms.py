"""Record MXNet 1.9.1's image operators, transforms and decoders. Run it with MXNet's Python.

    python tools/record_mxnet_transforms.py

writes tests/ops/recorded/image.npz and tests/gluon/vision/recorded/{transforms,decoded}.npz.
"""

import sys
from pathlib import Path

import mxnet as mx
import numpy as np
from mxnet.gluon.data import vision

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from image_calls import GRADIENTS, OPERATORS, TRANSFORMS, images, name_of  # noqa: E402

IMAGES = {name: mx.nd.array(value, dtype=value.dtype) for name, value in images().items()}


def operator(call):
    name, image, params = call
    return getattr(mx.nd.image, name)(IMAGES[image], **params).asnumpy()


def gradient(call):
    """The gradient of the sum of the squares."""
    name, image, params = call
    x = IMAGES[image].copy()
    x.attach_grad()
    with mx.autograd.record():
        (getattr(mx.nd.image, name)(x, **params) ** 2).sum().backward()
    return x.grad.asnumpy()


def transform(call):
    name, image, params = call
    return getattr(vision.transforms, name)(*params)(IMAGES[image]).asnumpy()


def decoded():
    """What ImageRecordDataset makes of the images of tests/recordio/data, in both flags."""
    images = {}
    for flag in (0, 1):
        dataset = vision.ImageRecordDataset(str(ROOT / "tests/recordio/data/images.rec"), flag)
        for i in range(len(dataset)):
            image, label = dataset[i]
            assert label == 1
            images[f"{flag} {i}"] = image.asnumpy()
    return images


def write(path, values):
    path = ROOT / "tests" / path
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **values)
    print(f"{path.name}: {len(values)} arrays, {path.stat().st_size} bytes")


if __name__ == "__main__":
    write("ops/recorded/image.npz", {
        **{name_of(call): operator(call) for call in OPERATORS},
        **{"gradient " + name_of(call): gradient(call) for call in GRADIENTS}})
    write("gluon/vision/recorded/transforms.npz",
          {name_of(call): transform(call) for call in TRANSFORMS})
    write("gluon/vision/recorded/decoded.npz", decoded())
