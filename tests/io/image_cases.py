"""Images, and settings of ImageRecordIter that draw nothing, recorded from MXNet 1.9.1."""

import io

import numpy as np
from PIL import Image

SIZES = [(48, 64), (64, 48), (40, 40), (33, 57), (80, 60), (56, 72)]      # (height, width)
SHAPE = (3, 32, 32)
CASES = {
    "plain": {},
    "resize": {"resize": 36},
    "nearest": {"resize": 36, "inter_method": 0},
    "bicubic": {"resize": 36, "inter_method": 2},
    "area": {"resize": 36, "inter_method": 3},
    "lanczos": {"resize": 36, "inter_method": 4},
    "by size, smaller": {"resize": 33, "inter_method": 9},
    "by size, larger": {"resize": 100, "inter_method": 9},
    "too small": {"resize": 20},
    "rotate": {"rotate": 30},
    "rotate more": {"rotate": 200, "fill_value": 7, "inter_method": 2},
    "larger": {"min_random_scale": 1.3, "max_random_scale": 1.3},
    "smaller": {"min_random_scale": 0.77, "max_random_scale": 0.77},
    "aspect": {"min_aspect_ratio": 1.25, "max_aspect_ratio": 1.25},
    "limited": {"min_aspect_ratio": 1.25, "max_aspect_ratio": 1.25, "max_img_size": 41},
    "at least": {"min_img_size": 70},
    "pad": {"pad": 9, "fill_value": 100},
    "square crop": {"min_crop_size": 30, "max_crop_size": 30},
    "all": {"rotate": 17, "min_random_scale": 0.9, "max_random_scale": 0.9, "resize": 44,
            "min_aspect_ratio": 0.9, "max_aspect_ratio": 0.9, "pad": 3, "fill_value": 9},
    "normal": {"resize": 36, "mean_r": 123, "mean_g": 117, "mean_b": 104, "std_r": 58,
               "std_g": 57.5, "std_b": 57, "scale": 0.5, "mirror": True},
    "gray": {"data_shape": (1, 32, 32)},
    "wide": {"data_shape": (3, 24, 60)},
}


def pixels(number):
    """Image `number`: waves of other lengths in each channel, uint8 (height, width, 3)."""
    height, width = SIZES[number]
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / (3 + number)) + np.cos(y / 4), np.sin(x * y / 200 + number),
             np.cos((x - y) / (5 + number)) + np.sin(x / 9)]
    return np.clip(np.stack(waves, -1) * 60 + 128, 0, 255).astype("uint8")


def encoded(number):
    """JPEG for even numbers, PNG for odd ones, and a turned JPEG for the last but one."""
    file, exif = io.BytesIO(), Image.Exif()
    image = Image.fromarray(pixels(number))
    if number == 4:
        exif[0x0112] = 6
    if number % 2:
        image.save(file, "PNG")
    else:
        image.save(file, "JPEG", quality=90, exif=exif)
    return file.getvalue()


def write_records(recordio, path, images=None, labels=None):
    """A .rec and .idx of the images; record i has the label 10 * i or labels[i], the id 100 + i."""
    images = [encoded(i) for i in range(len(SIZES))] if images is None else images
    file = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w")
    for i, data in enumerate(images):
        label = 10.0 * i if labels is None else labels[i]
        file.write_idx(i, recordio.pack(recordio.IRHeader(0, label, i + 100, 0), data))
    file.close()
    return f"{path}.rec"
