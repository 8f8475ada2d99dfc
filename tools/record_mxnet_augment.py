"""Record MXNet 1.9.1's mx.image: functions, augmenters with their draws, iterators.

    python tools/record_mxnet_augment.py          with MXNet's Python

writes tests/images/recorded/augment.npz. "NAME" is a result, "NAME draws" the random numbers that
went into it, as JSON: calls of NumPy's Generator that mxlite makes in place of Python's `random`.
"""

import json
import random
import sys
import tempfile
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import augment_calls as calls  # noqa: E402

IMAGES = calls.images()
MADE = {}
DRAWS = []
FIRST = {}             # id of a list: it, and its first order, from which mxlite always starts


def spy():
    """Note all that is drawn."""
    def note(holder, name, entry):
        original = getattr(holder, name)

        def wrapper(*args, **kwargs):
            before = list(args[0]) if name == "shuffle" else None
            value = original(*args, **kwargs)
            DRAWS.append(entry(value, *args, before=before, **kwargs))
            return value
        setattr(holder, name, wrapper)

    def order(value, items, before):
        _, first = FIRST.setdefault(id(items), (items, before))
        return ["permutation", len(items), [next(i for i, old in enumerate(first) if old is item)
                                            for item in items]]

    note(random, "uniform", lambda v, low, high, before: ["uniform", low, high, v])
    note(random, "randint", lambda v, low, high, before: ["integers", low, high + 1, v])
    note(random, "random", lambda v, before: ["random", v])
    note(random, "shuffle", order)
    note(np.random, "normal", lambda v, mean, std, size, before: ["normal", mean, std, v.tolist()])
    note(np.random, "uniform", lambda v, low, high, before, size=None: [
        "uniform", low, high, np.asarray(v).tolist()])


def array(value):
    """A copy, since some augmenters change their image in place."""
    return mx.nd.array(value, dtype=value.dtype)


def record(name, function, *args, seed=None):
    """Note what function(*args) gives, and, with a seed, what it draws."""
    DRAWS.clear()
    if seed is not None:
        random.seed(seed)
        np.random.seed(seed)
    results = function(*args)
    for number, result in enumerate(results if isinstance(results, (tuple, list)) else [results]):
        value = result.asnumpy() if isinstance(result, mx.nd.NDArray) else np.asarray(result)
        MADE[f"{name} {number}"] = value.astype("float32") if value.dtype == "float64" else value
    if seed is not None:
        MADE[f"{name} draws"] = np.array(json.dumps(DRAWS))


def functions():
    for call in calls.FUNCTIONS:
        name, image, args = call
        record(calls.name_of(*call), getattr(mx.image, name), array(IMAGES[image]), *args)
    chw = np.ascontiguousarray(IMAGES["real"].transpose(2, 0, 1))
    for call in calls.ROTATIONS:
        record(calls.name_of("imrotate", *call), mx.image.imrotate, array(chw), *call)
    batch = mx.nd.stack(array(chw), array(chw))
    record("random_rotate", mx.image.random_rotate, batch, (-40, 40), seed=1)
    for call in calls.RANDOM_FUNCTIONS:
        name, image, args = call
        for seed in calls.SEEDS:
            record(calls.name_of(*call, seed), getattr(mx.image, name), array(IMAGES[image]),
                   *args, seed=seed)


def augmenters():
    for call in calls.AUGMENTERS:
        name, image, args = call
        MADE[calls.name_of(*call, "dumps")] = np.array(
            json.dumps(getattr(mx.image, name)(*args).dumps()))
        for seed in calls.SEEDS:
            augmenter = getattr(mx.image, name)(*args)
            record(calls.name_of(*call, seed), augmenter, array(IMAGES[image]), seed=seed)
    label = np.array(calls.LABEL, "float32")
    for call in calls.DET_AUGMENTERS:
        name, args = call
        for seed in calls.SEEDS:
            augmenter = getattr(mx.image, name)(*args)
            record(calls.name_of(*call, seed), augmenter, array(IMAGES["wide"]), label.copy(),
                   seed=seed)
    for create, given in (("CreateAugmenter", calls.ALL), ("CreateDetAugmenter", calls.ALL_DET)):
        created = getattr(mx.image, create)((3, 24, 20), resize=40, **{
            key: value for key, value in given.items() if key != "resize"})
        MADE[create] = np.array(json.dumps([augmenter.dumps() for augmenter in created]))


def epochs(folder):
    """labels and pad of each batch, three epochs."""
    for handle, count, size in calls.EPOCHS:
        calls.write_records(mx.recordio, folder / "a", [float(i) for i in range(count)], (6, 5))
        iterator = mx.image.ImageIter(size, (3, 4, 4), path_imgrec=str(folder / "a.rec"),
                                      path_imgidx=str(folder / "a.idx"), last_batch_handle=handle)
        batches = []
        for _ in range(3):
            batches.append([[batch.label[0].asnumpy().tolist(), batch.pad] for batch in iterator])
            iterator.reset()
        MADE[calls.name_of("epochs", handle, count, size)] = np.array(json.dumps(batches))


def first_batch(iterator):
    batch = next(iterator)
    return batch.data[0], batch.label[0]


def pipelines(folder):
    """A batch of each iterator with all augmentations."""
    calls.write_records(mx.recordio, folder / "a", [3.0, 1.0])
    for seed in calls.SEEDS:
        iterator = mx.image.ImageIter(2, (3, 24, 20), path_imgrec=str(folder / "a.rec"),
                                      **calls.ALL)
        record(f"ImageIter {seed}", first_batch, iterator, seed=seed)
    calls.write_records(mx.recordio, folder / "d", [calls.det_label(3), calls.det_label(1)])
    for seed in calls.SEEDS:
        iterator = mx.image.ImageDetIter(2, (3, 24, 20), path_imgrec=str(folder / "d.rec"),
                                         **calls.ALL_DET)
        record(f"ImageDetIter {seed}", first_batch, iterator, seed=seed)


if __name__ == "__main__":
    spy()
    functions()
    augmenters()
    with tempfile.TemporaryDirectory() as folder:
        epochs(Path(folder))
        pipelines(Path(folder))
    path = ROOT / "tests/images/recorded/augment.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **MADE)
    print(f"{path.name}: {len(MADE)} arrays, {path.stat().st_size} bytes")
