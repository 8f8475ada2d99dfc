"""The pipelines that ImageRecordIter is measured beside, for bench_images.py: records to batches.

Each is a function of the path of a .rec (without its suffix), the number of images, the settings of
a case and of threads, and gives a function that runs an epoch and returns images a second.
"""

import random
import struct
import time
from concurrent.futures import ThreadPoolExecutor

BATCH, SHAPE = 64, (3, 224, 224)


def timed(epoch, count):
    start = time.perf_counter()
    epoch()
    return count / (time.perf_counter() - start)


def records(path):
    """The bytes of the pictures of a RecordIO file: what is behind the header of each record."""
    pictures = []
    with open(f"{path}.rec", "rb") as file:
        while head := file.read(8):
            length = struct.unpack("<II", head)[1] & (1 << 29) - 1
            pictures.append(file.read(length)[24:])
            file.read(-length % 4)
    return pictures


def corner(height, width):
    return random.randint(0, height - SHAPE[1]), random.randint(0, width - SHAPE[2])


def torch_loader(path, count, settings, threads):
    """PyTorch's DataLoader with processes, Pillow, then crop and mirror in NumPy."""
    import torch

    data = Pictures(path, settings)
    loader = torch.utils.data.DataLoader(data, BATCH, shuffle=True, num_workers=threads,
                                         persistent_workers=True)
    return lambda: timed(lambda: [None for _ in loader], count)


class Pictures:
    """The pictures of a file, as PyTorch wants a data set."""

    def __init__(self, path, settings):
        self.pictures, self.settings = records(path), settings

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        import io

        import numpy as np
        import torch
        from PIL import Image

        image = Image.open(io.BytesIO(self.pictures[index])).convert("RGB")
        if shorter := self.settings.get("resize"):
            factor = shorter / min(image.size)
            size = [max(round(length * factor), shorter) for length in image.size]
            image = image.resize(size, Image.BILINEAR)
        top, left = corner(image.height, image.width)
        pixels = np.asarray(image.crop((left, top, left + SHAPE[2], top + SHAPE[1])))
        if self.settings.get("rand_mirror") and random.getrandbits(1):
            pixels = pixels[:, ::-1]
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).float()


def opencv_threads(path, count, settings, threads):
    """simplejpeg, which decodes to eighths of the size, and OpenCV in threads."""
    import cv2
    import numpy as np
    import simplejpeg

    cv2.setNumThreads(1)
    pictures, shorter = records(path), settings.get("resize")

    def fill(place, picture):
        least = {"min_height": shorter, "min_width": shorter} if shorter else {}
        image = simplejpeg.decode_jpeg(picture, "RGB", **least)
        if shorter:
            factor = shorter / min(image.shape[:2])
            size = [max(round(length * factor), shorter) for length in image.shape[1::-1]]
            image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        top, left = corner(*image.shape[:2])
        pixels = image[top:top + SHAPE[1], left:left + SHAPE[2]]
        if settings.get("rand_mirror") and random.getrandbits(1):
            pixels = pixels[:, ::-1]
        for channel in range(3):
            place[channel] = pixels[:, :, channel]

    def epoch():
        order = random.sample(pictures, len(pictures))
        with ThreadPoolExecutor(threads) as pool:
            for first in range(0, count, BATCH):
                batch = np.empty((BATCH, *SHAPE), np.float32)
                list(pool.map(fill, batch, order[first:first + BATCH]))

    return lambda: timed(epoch, count)


def dali(path, count, settings, threads):
    """DALI's reader of RecordIO files and its operators for CPUs."""
    from nvidia.dali import fn, pipeline_def, types

    @pipeline_def(batch_size=BATCH, num_threads=threads, device_id=None, prefetch_queue_depth=2)
    def pipeline():
        picture, _ = fn.readers.mxnet(path=[f"{path}.rec"], index_path=[f"{path}.idx"],
                                      random_shuffle=True)
        place = {"crop_pos_x": fn.random.uniform(range=(0.0, 1.0)),
                 "crop_pos_y": fn.random.uniform(range=(0.0, 1.0)), "crop": SHAPE[1:]}
        shorter = settings.get("resize")
        if shorter:
            image = fn.resize(fn.decoders.image(picture, device="cpu"), resize_shorter=shorter,
                              interp_type=types.INTERP_LINEAR, antialias=False)
        else:
            image, place = fn.decoders.image_crop(picture, device="cpu", **place), {}
        mirror = fn.random.coin_flip() if settings.get("rand_mirror") else 0
        return fn.crop_mirror_normalize(image, **place, mirror=mirror, dtype=types.FLOAT,
                                        output_layout="CHW")

    made = pipeline()
    made.build()

    def epoch():
        for _ in range(count // BATCH):
            made.run()

    return lambda: timed(epoch, count // BATCH * BATCH)


PIPELINES = {"torch": torch_loader, "loader": opencv_threads, "dali": dali}
