"""Images with boxes, and settings of ImageDetRecordIter that draw nothing; and coloured ones."""

import io
from pathlib import Path

import numpy as np
from image_cases import SIZES
from PIL import Image

FILES = Path(__file__).parent / "recorded" / "image_record_iter.npz"
SHAPE = (3, 32, 32)
LABELS = [
    [2, 5, 0, .1, .2, .5, .6],
    [2, 5, 1, .3, .3, .9, .8, 2, 0, 0, .5, .5],
    [4, 6, 7, 8, 3, .25, .25, .75, 1, .5],                     # more in the header and the object
    [2, 5, 1, .1, .1, .2, .2, 0, .5, .5, .4, .9, 2, .3, .1, .4, .3],       # one without an area
    [2.5, 5.5, 1, 0, 0, 1, 1],
    [2, 5, -1, -.1, .2, 1.2, .9],
]
NORMAL = {"mean_r": 123, "mean_b": 104, "std_r": 58, "std_g": 57.5, "scale": 0.5}
CASES = {           # to more than half of the size: for less, a JPEG would be decoded smaller
    "plain": {},
    "larger": {"data_shape": (3, 50, 66)},
    "nearest": {"inter_method": 0},
    "bicubic": {"inter_method": 2},
    "area": {"inter_method": 3},
    "lanczos": {"inter_method": 4},
    "by size": {"inter_method": 9},
    "by size, larger": {"inter_method": 9, "data_shape": (3, 42, 59)},
    "resize": {"resize": 45},
    "fit": {"resize_mode": "fit", "data_shape": (3, 36, 36)},
    "fit, larger": {"resize_mode": "fit", "data_shape": (3, 42, 59), "inter_method": 2},
    "shrink": {"resize_mode": "shrink", "data_shape": (3, 50, 40)},
    "mirror": {"rand_mirror_prob": 1},
    "mirror, fit": {"rand_mirror_prob": 1, "resize_mode": "fit", "resize": 40},
    "normal": NORMAL,
    "normal, fit": {**NORMAL, "resize_mode": "fit", "data_shape": (3, 36, 36)},
    "gray": {"data_shape": (1, 32, 32)},
    "pad value": {"label_pad_width": 20, "label_pad_value": 7},
    "no sampler": {"rand_crop_prob": 1, "num_crop_sampler": 0},
    "no trial": {"rand_crop_prob": 1, "max_crop_trials": 0},
    "impossible": {"rand_crop_prob": 1, "min_crop_overlaps": .99, "max_crop_scales": .3},
    "too little": {"rand_pad_prob": 1, "max_pad_scale": 1.04},
}
COLOURS = np.array([(230, 30, 30), (30, 230, 30), (30, 30, 230), (230, 230, 30), (230, 30, 230)])


def write_boxes(recordio, path, labels=None, images=None):
    """A .rec of the images, as they were recorded or as given; record i has the id 100 + i."""
    if images is None:
        with np.load(FILES) as recorded:
            images = [recorded[f"file {i}"].tobytes() for i in range(len(SIZES))]
    file = recordio.MXRecordIO(f"{path}.rec", "w")
    for i, (label, data) in enumerate(zip(LABELS if labels is None else labels, images,
                                          strict=True)):
        label = np.asarray(label, "float32") if isinstance(label, list) else label
        file.write(recordio.pack(recordio.IRHeader(0, label, 100 + i, 0), data))
    file.close()
    return f"{path}.rec"


def write_list(path, labels):
    """A list of the images with these labels, in reverse order."""
    lines = [f"{100 + i}\t" + "\t".join(map(str, label)) + f"\t{i}.png\n"
             for i, label in enumerate(labels)]
    with open(path, "w") as file:
        file.writelines(lines[::-1])
    return str(path)


def rectangles(rng, count, height, width):
    """(PNG, labels): gray, with up to five rectangles apart in COLOURS, whose numbers they have."""
    pixels = np.full((height, width, 3), 90, "uint8")
    labels = [2, 5]
    for i in rng.permutation(5)[:count]:
        left, right = np.sort(rng.choice(np.arange(width // 5 - 2) + 2, 2, replace=False))
        top, bottom = np.sort(rng.choice(np.arange(height), 2, replace=False))
        right, bottom = max(right, left + 8), max(bottom, min(top + 12, height))
        left, right = left + i * width // 5, min(right + i * width // 5, (i + 1) * width // 5)
        pixels[top:bottom, left:right] = COLOURS[i]
        labels += [float(i), left / width, top / height, right / width, bottom / height]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue(), labels


def objects_of(row):
    """(n, object_width): the objects of a row of labels that the iterator gave."""
    row = np.asarray(row)
    return row[4 + int(row[4]):4 + int(row[3])].reshape(-1, int(row[5]))
