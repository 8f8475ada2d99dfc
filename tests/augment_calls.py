"""Calls of mx.image's functions and augmenters, and files of images for its iterators.

NumPy only: tools/record_mxnet_augment.py runs them under MXNet, the tests under mxlite.
"""

import struct
import zlib

import numpy as np

SEEDS = (1, 2, 3)
LABEL = [[1, 0.1, 0.2, 0.5, 0.6], [0, 0.4, 0.3, 0.9, 0.95], [2, 0.05, 0.55, 0.3, 0.7]]
EIGVEC = [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]]
ALL = {"rand_crop": True, "rand_resize": True, "rand_mirror": True, "mean": True, "std": True,
       "brightness": 0.3, "contrast": 0.2, "saturation": 0.4, "hue": 0.1, "pca_noise": 0.1,
       "rand_gray": 0.5}
ALL_DET = {**ALL, "rand_crop": 0.7, "rand_pad": 0.7, "resize": 40, "area_range": (0.2, 2.5)}
del ALL_DET["rand_resize"]


def smooth(height, width, seed):
    """A uint8 image (height, width, 3) with edges and shades, somewhat like a photo."""
    rng = np.random.RandomState(seed)
    y, x = np.mgrid[:height, :width] / 9.0
    waves = [np.sin(x * a + y * b) + (x * a > 2) for a, b in rng.uniform(0.2, 1.5, (3, 2))]
    return (np.stack(waves, 2) * 60 + 90 + rng.randint(-8, 9, (height, width, 3))).clip(
        0, 255).astype("uint8")


def images():
    """name -> image: uint8, and float32 (`real`)."""
    wide, tall = smooth(31, 47, 1), smooth(52, 33, 2)
    return {"wide": wide, "tall": tall, "gray": wide[:, :, :1].copy(),
            "real": smooth(14, 18, 3).astype("float32") * np.float32(0.9) - 3}


FUNCTIONS = [                                  # name, image, arguments behind it
    *[("imresize", image, (15, 11, interp)) for interp in range(5) for image in ("wide", "real")],
    ("imresize", "gray", (60, 70)),
    *[("resize_short", image, (24, interp)) for interp in (2, 9) for image in ("wide", "tall")],
    ("resize_short", "tall", (40, 9)),
    ("fixed_crop", "wide", (3, 4, 20, 10)),
    ("fixed_crop", "wide", (40, 20, 20, 30)),
    ("fixed_crop", "wide", (3, 4, 20, 10, (15, 15), 1)),
    ("center_crop", "tall", ((20, 15),)),
    ("center_crop", "tall", ((40, 20), 1)),
    *[("copyMakeBorder", "wide", (2, 3, 4, 5, type)) for type in (0, 1, 2, 3, 4, 17)],
    ("copyMakeBorder", "wide", (2, 0, 4, 1, 0, 0, (300, -4, 2.5))),
    ("copyMakeBorder", "real", (0, 15, 20, 1, 2)),
]
ROTATIONS = [(angle, zoom_in, zoom_out) for angle in (0, 30, -75, 200)
             for zoom_in, zoom_out in ((False, False), (True, False), (False, True))]
RANDOM_FUNCTIONS = [
    ("random_crop", "wide", ((20, 15),)),
    ("random_crop", "tall", ((40, 20), 1)),
    ("random_size_crop", "wide", ((20, 20), 0.08, (0.75, 4 / 3), 1)),
    ("random_size_crop", "tall", ((20, 10), (0.5, 1.0), (0.5, 2.0), 1)),
    ("random_size_crop", "wide", ((9, 9), (0.9, 1.0), (0.1, 0.2), 1)),
]
AUGMENTERS = [                                 # name, image, arguments of the constructor
    ("ResizeAug", "wide", (20, 1)),
    ("ForceResizeAug", "wide", ((20, 30), 9)),
    ("RandomCropAug", "wide", ((20, 15),)),
    ("RandomSizedCropAug", "tall", ((20, 10), 0.2, (0.5, 2.0), 1)),
    ("CenterCropAug", "wide", ((20, 15),)),
    ("BrightnessJitterAug", "real", (0.5,)),
    ("ContrastJitterAug", "real", (0.5,)),
    ("SaturationJitterAug", "real", (0.5,)),
    ("HueJitterAug", "real", (0.5,)),
    ("ColorJitterAug", "real", (0.5, 0.3, 0.4)),
    ("LightingAug", "real", (0.2, np.array([55.46, 4.794, 1.148]), np.array(EIGVEC))),
    ("ColorNormalizeAug", "real", (np.array([120.0, 110, 100]), np.array([58.0, 57, 56]))),
    ("ColorNormalizeAug", "real", (np.array([120.0]), None)),
    ("RandomGrayAug", "real", (0.5,)),
    ("HorizontalFlipAug", "wide", (0.5,)),
    ("CastAug", "wide", ()),
    ("CastAug", "real", ("uint8",)),
]
DET_AUGMENTERS = [
    ("DetHorizontalFlipAug", (0.5,)),
    ("DetRandomCropAug", ()),
    ("DetRandomCropAug", (0.8, (0.5, 2.0), (0.1, 0.9), 0.5, 20)),
    ("DetRandomCropAug", (0.1, 1.0, (0.3, 3.0), 0.1, 3)),
    ("DetRandomPadAug", ()),
    ("DetRandomPadAug", ((0.3, 3.0), (1.0, 1.5), 5, (1, 2, 3))),
]
EPOCHS = [(handle, count, size) for handle in ("pad", "discard", "roll_over")
          for count, size in ((7, 3), (6, 3), (5, 4))]


def name_of(*call):
    return " ".join(str(part.tolist() if isinstance(part, np.ndarray) else part) for part in call
                    ).replace("\n", "")


def png(image):
    """A file of a uint8 image (H, W, 3), without a library, so that all decode the same pixels."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    height, width = image.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_records(recordio, path, labels, size=(31, 47)):
    """path.rec and path.idx, with an image for each label."""
    file = recordio.MXIndexedRecordIO(f"{path}.idx", f"{path}.rec", "w")
    for key, label in enumerate(labels):
        header = recordio.IRHeader(0, label, key, 0)
        file.write_idx(key, recordio.pack(header, png(smooth(*size, key))))
    file.close()


def det_label(count):
    """Header of 4 numbers, objects of 5."""
    return np.array([4, 5, 47, 31, *np.ravel(LABEL[:count])], "float32")
