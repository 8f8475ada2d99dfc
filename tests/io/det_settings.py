"""Settings of ImageDetRecordIter chosen at random, of those that draw nothing."""

import random
import zlib

import numpy as np

COUNT = 80
STEP = 97               # one of so many pixels is kept where they are no integers


def random_settings(number):
    """The settings with this number, but for the files."""
    draw = random.Random(number)
    # sides above half of any image's: for less, a JPEG would be decoded smaller
    chosen = {"data_shape": (draw.choice([1, 3, 3]), draw.randint(41, 75), draw.randint(41, 75)),
              "batch_size": draw.choice([1, 2, 4, 6]), "preprocess_threads": draw.randint(1, 3)}
    options = [
        {"resize": draw.randint(42, 90)},
        {"inter_method": draw.choice([0, 1, 2, 3, 4, 9])},
        {"resize_mode": draw.choice(["force", "fit", "shrink"])},
        {"rand_mirror_prob": 1},
        {f"mean_{draw.choice('rgb')}": round(draw.uniform(1, 200), 2),
         f"std_{draw.choice('rgb')}": round(draw.uniform(0.5, 90), 2)},
        {"scale": draw.choice([0.5, 2, 1 / 255])},
        {"label_pad_width": draw.choice([-1, 0, 17, 30]), "label_pad_value": draw.randint(-5, 5)},
        {"rand_crop_prob": 1, "num_crop_sampler": 0},
        {"rand_crop_prob": 1, "max_crop_trials": 0},
        {"rand_pad_prob": 1, "max_pad_scale": draw.choice([1, 1.03]), "fill_value": 9},
        {f"random_{what}_prob": 1 for what in ("hue", "saturation", "illumination", "contrast")},
    ]
    for option in draw.sample(options, draw.randint(2, 6)):
        chosen |= option
    return chosen


def epoch_of(batches, is_exact):
    """What is recorded of an epoch: {name: array}. Integers are kept as a check sum."""
    parts = [(batch.data[0].asnumpy(), batch.label[0].asnumpy(), [batch.pad], batch.index)
             for batch in batches]
    data, labels, pads, index = (np.concatenate(part) for part in zip(*parts))     # noqa: B905
    kept = np.array(zlib.crc32(data.astype("uint8").tobytes())) if is_exact else (
        data.reshape(-1)[::STEP])
    return {"shape": np.array(data.shape), "data": kept, "labels": labels, "pads": pads,
            "index": index}


def is_exact(chosen):
    """Whether the pixels stay integers."""
    return not any(name.startswith(("mean", "std", "scale")) for name in chosen)
