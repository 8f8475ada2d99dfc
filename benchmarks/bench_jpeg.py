"""JPEG decoders, alone and inside ImageRecordIter; those that are not installed are left out.

    python benchmarks/bench_jpeg.py --photos DIR [--rounds 5]

Images a second, medians. "direct" is what mxlite uses, libjpeg-turbo called without the GIL; the
others are called back from its threads, with the GIL for the call. "alone" decodes whole images in
one thread, "part" the 224 x 224 pixels in the middle; "iterator" makes batches of random crops.
"""

import argparse
import glob
import io
import os
import tempfile
import time
from pathlib import Path

import bench_images
import side_by_side

DECODERS = ("direct", "simplejpeg", "imagecodecs", "pillow")
CASES = ("alone", "part", "iterator, 1 thread", "iterator, 2 threads")
SIDE = 224


def whole_image(decoder):
    """A function from bytes to RGB pixels (height, width, 3)."""
    import numpy as np

    if decoder == "direct":
        from mxlite._dataio import codec
        return codec.decode
    if decoder == "simplejpeg":
        import simplejpeg
        return simplejpeg.decode_jpeg
    if decoder == "imagecodecs":
        import imagecodecs
        return imagecodecs.jpeg8_decode
    from PIL import Image
    return lambda data: np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def middle(data):
    """The middle of an image, without decoding the rest."""
    import numpy as np

    from mxlite._dataio import jpeg

    height, width, _, _ = jpeg.info(data)
    part = ((height - SIDE) // 2, (width - SIDE) // 2, SIDE, SIDE)
    return jpeg.decode(data, 3, lambda h, w: np.empty((h, w, 3), "uint8"), None, part)


def rate(decode, files):
    start = time.perf_counter()
    for data in files:
        decode(data)
    return len(files) / (time.perf_counter() - start)


def serve(decoder, photos, path):
    try:
        decode = whole_image(decoder)
    except ImportError:
        side_by_side.serve({})
        return
    import mxlite as mx

    if decoder != "direct":
        from mxlite.io import image_record_iter
        image_record_iter.decode_upright = lambda data, channels: decode(bytes(data))
    files = [Path(name).read_bytes() for name in sorted(glob.glob(f"{photos}/*.jpg"))]
    cases = {"alone": lambda: rate(decode, files)}
    if decoder == "direct":
        cases["part"] = lambda: rate(middle, files)
    for threads in (1, 2):
        text = f"iterator, {threads} thread{'s' * (threads > 1)}"
        cases[text] = bench_images.image_case(mx, path, threads, {"rand_crop": True})
    side_by_side.serve(cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--decoder", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        if options.decoder != "direct":
            os.environ["MXLITE_LIBJPEG"] = ""
        serve(options.decoder, options.photos, options.path)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "photos")
        bench_images.pack(options.photos, path, 1200)
        workers = {decoder: side_by_side.Worker(__file__, "mxlite", "--photos", options.photos,
                                                "--path", path, "--decoder", decoder)
                   for decoder in DECODERS}
        all_rates = side_by_side.take_turns(workers, CASES, options.rounds)
    print(f"{'images/s':22}" + "".join(f"{name:>13}" for name in DECODERS))
    for case, rates in all_rates.items():
        print(f"{case:22}" + "".join(
            f"{rates[name]:13.0f}" if name in rates else f"{'-':>13}" for name in DECODERS))


if __name__ == "__main__":
    main()
