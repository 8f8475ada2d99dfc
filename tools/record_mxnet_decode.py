"""Records what MXNet 1.9.1 decodes from small files made here; run it with MXNet's Python.

    python tools/record_mxnet_decode.py tests/images/recorded/decode.npz

The files are noise-free ramps, encoded by Pillow with several chroma samplings and modes.
"""

import io
import sys

import mxnet as mx
import numpy as np
from PIL import Image


def ramps(height, width):
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([x * 5 + y, y * 7 % 256, (x * y) % 256], -1)
    return Image.fromarray(waves.astype("uint8"))


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def main(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = ramps(37, 50)
    files = {
        "444": encoded(image, "JPEG", quality=90, subsampling=0),
        "422": encoded(image, "JPEG", quality=75, subsampling=1),
        "420": encoded(image, "JPEG", quality=60, subsampling=2),
        "progressive": encoded(image, "JPEG", quality=80, progressive=True),
        "gray": encoded(image.convert("L"), "JPEG", quality=80),
        "cmyk": encoded(image.convert("CMYK"), "JPEG", quality=80),
        "turned": encoded(image, "JPEG", quality=80, exif=exif),
        "png": encoded(image, "PNG"),
        "alpha": encoded(image.convert("RGBA"), "PNG"),
        "palette": encoded(image.convert("P"), "PNG"),
        "bmp": encoded(image, "BMP"),
    }
    recorded = {}
    for name, data in files.items():
        recorded[f"{name}.file"] = np.frombuffer(data, "uint8")
        for flag in (1, 0):
            recorded[f"{name}.{flag}"] = mx.image.imdecode(data, flag=flag).asnumpy()
    np.savez_compressed(path, **recorded)


if __name__ == "__main__":
    main(sys.argv[1])
