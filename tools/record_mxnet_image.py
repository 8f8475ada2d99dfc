"""Records what MXNet 1.9.1 makes of small images; run it with MXNet's Python.

    python tools/record_mxnet_image.py tests/images/recorded/image.npz

Sources are cut from one image of noise over a ramp. The keys say what was done:
resize.<dtype>.<case>.<interp>, pad.<dtype>.<mode>, rotate.<degrees>.<interp>, round_trip.
"""

import io
import os
import sys
import tempfile

import mxnet as mx
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 48, 64
# (height, width, channels) of the source, (height, width) of the result
SIZES = {
    "larger": ((23, 31, 3), (40, 52)),
    "smaller": ((37, 50, 3), (17, 29)),
    "half": ((24, 36, 3), (12, 18)),
    "third": ((24, 36, 1), (8, 12)),
    "quarter": ((40, 24, 2), (20, 12)),
    "mixed": ((30, 40, 4), (45, 13)),
    "pixel": ((1, 1, 3), (4, 5)),
    "column": ((9, 1, 1), (3, 7)),
    "row": ((1, 19, 4), (3, 4)),
    "gray": ((33, 47, 1), (20, 61)),
}
FLOATS = ("smaller", "half", "third", "row", "gray")
DEGREES = (7, 90, 200)
FILL = 9


def noise():
    y, x, c = np.mgrid[0:HEIGHT, 0:WIDTH, 0:4]
    random = np.random.default_rng(3).integers(0, 120, (HEIGHT, WIDTH, 4))
    return ((y * 3 + x * 2 + c * 40) % 200 + random).clip(0, 255).astype("uint8")


def cut(image, shape, dtype):
    return np.ascontiguousarray(image[: shape[0], : shape[1], : shape[2]], dtype)


def resized(image, dtype, names):
    for name in names:
        shape, (height, width) = SIZES[name]
        source = mx.nd.array(cut(image, shape, dtype), dtype=dtype)
        for interp in range(5):
            result = mx.image.imresize(source, width, height, interp=interp)
            yield f"resize.{dtype}.{name}.{interp}", result.asnumpy()


def padded(image, dtype):
    source = mx.nd.array(cut(image, (5, 4, 3), dtype), dtype=dtype)
    for mode in range(5):
        result = mx.image.copyMakeBorder(source, 9, 7, 3, 11, type=mode, values=(7, 300, 33.5))
        yield f"pad.{dtype}.{mode}", result.asnumpy()


def augmented(image, **options):
    """The image through an ImageRecordUInt8Iter."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "one.rec")
        png = io.BytesIO()
        Image.fromarray(image).save(png, "PNG")
        record = mx.recordio.MXRecordIO(path, "w")
        record.write(mx.recordio.pack(mx.recordio.IRHeader(0, 0.0, 0, 0), png.getvalue()))
        record.close()
        shape = (3, *image.shape[:2])
        batches = mx.io.ImageRecordUInt8Iter(
            path_imgrec=path, data_shape=shape, batch_size=1, preprocess_threads=1, **options)
        return next(batches).data[0].asnumpy()[0].transpose(1, 2, 0)


def main(path):
    image = noise()
    recorded = {"image": image}
    recorded.update(resized(image, "uint8", SIZES))
    recorded.update(resized(image, "float32", FLOATS))
    for dtype in ("uint8", "float32"):
        recorded.update(padded(image, dtype))
    colours = cut(image, (29, 36, 3), "uint8")
    for degrees in DEGREES:
        for interp in range(1, 5):           # the iterator does not take 0
            recorded[f"rotate.{degrees}.{interp}"] = augmented(
                colours, rotate=degrees, inter_method=interp, fill_value=FILL)
    # random_h=1 turns the hue by less than a step: to HLS and back
    recorded["round_trip"] = augmented(cut(image, (HEIGHT, WIDTH, 3), "uint8"), random_h=1)
    np.savez_compressed(path, **recorded)


if __name__ == "__main__":
    main(sys.argv[1])
