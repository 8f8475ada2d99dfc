"""Records what MXNet 1.9.1 reads from small files of many formats and modes; run it with MXNet's
Python, with OpenCV (cv2) for unpack_img and im2rec.

    python tools/record_mxnet_formats.py tests/images/recorded/formats.npz

For each file NAME: NAME.file, its bytes; NAME.imdecode.FLAG of mx.image.imdecode(flag=FLAG);
NAME.unpack.FLAG of mx.recordio.unpack_img(iscolor=FLAG), which is what im2rec reads with --color
FLAG, too; NAME.iter.CHANNELS of mx.io.ImageRecordIter. An answer that is an error is left out.
"""

import io
import os
import struct
import sys
import tempfile
import zlib

import cv2
import mxnet as mx
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 5, 7
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6         # PNG's types of colour
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
COLOURS = bytes(range(7, 103, 2))                             # 16 of a palette
ORIENTATION = 0x0112


def samples(channels, most, seed=0):
    """Integers from 0 to most, (HEIGHT, WIDTH, channels)."""
    return np.random.RandomState(seed).randint(0, most + 1, (HEIGHT, WIDTH, channels))


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png(colour, depth, *chunks, values=None, frames=b"", interlaced=False):
    """A PNG without filters; chunks: (kind, data) before the pixels."""
    if values is None:
        values = samples(CHANNELS[colour], 2 ** depth - 1)
    rows = []
    for picked in (adam7(values) if interlaced else [values]):
        for row in picked.reshape(len(picked), -1):
            bits = "".join(f"{value:0{depth}b}" for value in row)
            bits += "0" * (-len(bits) % 8)
            rows.append(b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big"))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + b"".join(chunk(*one) for one in chunks)
            + chunk(b"IDAT", zlib.compress(b"".join(rows))) + frames + chunk(b"IEND", b""))


def adam7(values):
    starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
              (1, 0, 2, 1)]
    passes = [values[top::down, left::right] for top, left, down, right in starts]
    return [one for one in passes if one.size]


def pngs():
    gamma, srgb = (b"gAMA", struct.pack(">I", 45455)), (b"sRGB", b"\0")
    odd_gamma = (b"gAMA", struct.pack(">I", 100000))
    palette = (b"PLTE", COLOURS)
    alphas = (b"tRNS", bytes(range(0, 256, 17)))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    turned = (b"eXIf", exif.tobytes()[6:])
    for depth in (1, 2, 4, 8, 16):
        yield f"png-gray{depth}", png(GRAY, depth)
    for depth in (1, 2, 4):
        most = 2 ** depth
        yield f"png-palette{depth}", png(PALETTE, depth, (b"PLTE", COLOURS[:3 * most]))
    yield "png-palette8", png(PALETTE, 8, palette, values=samples(1, 15))
    yield "png-palette-alpha", png(PALETTE, 8, palette, alphas, values=samples(1, 15))
    yield "png-palette4-alpha", png(PALETTE, 4, palette, alphas)
    for depth in (8, 16):
        yield f"png-rgb{depth}", png(RGB, depth)
        yield f"png-gray-alpha{depth}", png(GRAY_ALPHA, depth)
        yield f"png-rgba{depth}", png(RGBA, depth)
        yield f"png-rgba{depth}-interlaced", png(RGBA, depth, interlaced=True)
        yield f"png-rgb{depth}-gamma", png(RGB, depth, gamma)
        yield f"png-rgb{depth}-odd-gamma", png(RGB, depth, odd_gamma)
        yield f"png-rgb{depth}-srgb", png(RGB, depth, gamma, srgb)
        yield f"png-gray{depth}-gamma", png(GRAY, depth, odd_gamma)
        yield f"png-rgba{depth}-gamma", png(RGBA, depth, odd_gamma)
        yield f"png-palette{depth}-gamma", png(PALETTE, 8, odd_gamma, palette,
                                               values=samples(1, 15))
        colour = samples(3, 2 ** depth - 1)[0, 0]
        yield f"png-rgb{depth}-transparent", png(RGB, depth, (b"tRNS", struct.pack(">3H", *colour)))
        yield f"png-gray{depth}-transparent", png(
            GRAY, depth, (b"tRNS", struct.pack(">H", samples(1, 2 ** depth - 1)[0, 0, 0])))
        yield f"png-rgb{depth}-turned", png(RGB, depth, turned)
        yield f"png-gray{depth}-turned", png(GRAY, depth, turned)
        yield f"png-rgba{depth}-turned", png(RGBA, depth, turned)
    yield "png-gray16-interlaced", png(GRAY, 16, interlaced=True)
    yield "png-rgb16-interlaced", png(RGB, 16, interlaced=True)
    yield "png-gray-alpha16-interlaced", png(GRAY_ALPHA, 16, interlaced=True)
    yield "png-gray2-transparent", png(GRAY, 2, (b"tRNS", struct.pack(">H", 2)))
    yield "png-rgb8-palette", png(RGB, 8, palette)
    yield "png-rgb8-significant", png(RGB, 8, (b"sBIT", b"\5\6\5"))
    red = np.zeros((HEIGHT, WIDTH, 3), int) + [255, 0, 0]
    yield "png-red", png(RGB, 8, values=red)
    yield "png-red-gamma", png(RGB, 8, gamma, values=red)
    yield "png-red-srgb", png(RGB, 8, gamma, srgb, values=red)
    yield "png-animated", animated_png()


def animated_png():
    control = (b"acTL", struct.pack(">II", 2, 0))
    frame = struct.pack(">IIIIHHBB", WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0)
    rows = b"".join(b"\0" + bytes(row) for row in
                    samples(3, 255, 1).astype("uint8").reshape(HEIGHT, -1))
    second = (chunk(b"fcTL", struct.pack(">I", 1) + frame)
              + chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(rows)))
    return png(RGB, 8, control, (b"fcTL", struct.pack(">I", 0) + frame), frames=second)


def tiffs():
    shapes = {"gray8": (1, 255), "rgb8": (3, 255), "rgba8": (4, 255), "gray16": (1, 65535),
              "rgb16": (3, 65535), "rgba16": (4, 65535), "cmyk8": (4, 255)}
    for name, (channels, most) in shapes.items():
        for order in "<>":
            way = "" if order == "<" else "-big"
            for packing in (1, 8):
                packed = "" if packing == 1 else "-deflate"
                yield f"tiff-{name}{way}{packed}", tiff(
                    samples(channels, most), 8 if most == 255 else 16, order, packing,
                    photometric=5 if name == "cmyk8" else 1 if channels == 1 else 2)
    yield "tiff-gray16-white", tiff(samples(1, 65535), 16, "<", 1, photometric=0)
    yield "tiff-gray8-white", tiff(samples(1, 255), 8, "<", 1, photometric=0)
    yield "tiff-gray-alpha8", tiff(samples(2, 255), 8, "<", 1, photometric=1)
    yield "tiff-gray-alpha16", tiff(samples(2, 65535), 16, "<", 1, photometric=1)
    for orientation in (3, 6):
        yield f"tiff-rgb8-turned{orientation}", tiff(samples(3, 255), 8, "<", 1, 2, orientation)
        yield f"tiff-gray16-turned{orientation}", tiff(samples(1, 65535), 16, "<", 1, 1,
                                                       orientation)
    yield "tiff-bits", encoded(Image.fromarray(samples(1, 1)[:, :, 0] > 0), "TIFF")
    yield "tiff-palette", encoded(paletted(), "TIFF")
    yield "tiff-lzw", encoded(coloured(), "TIFF", compression="tiff_lzw")
    yield "tiff-jpeg", encoded(coloured(), "TIFF", compression="jpeg")
    yield "tiff-group4", encoded(Image.fromarray(samples(1, 1)[:, :, 0] > 0), "TIFF",
                                 compression="group4")
    yield "tiff-float", encoded(Image.fromarray(samples(1, 255)[:, :, 0].astype("float32")), "TIFF")
    yield "tiff-int32", encoded(Image.fromarray(samples(1, 65535)[:, :, 0].astype("int32")), "TIFF")


def tiff(values, bits, order, packing, photometric, orientation=1):
    """A TIFF of one strip; packing: 1 for none, 8 for deflate."""
    channels = values.shape[2]
    pixels = values.astype(f"{order}u{bits // 8}").tobytes()
    pixels = zlib.compress(pixels) if packing == 8 else pixels
    start = 8 + len(pixels) + len(pixels) % 2
    fields = [(256, 4, [WIDTH]), (257, 4, [HEIGHT]), (258, 3, [bits] * channels),
              (259, 3, [packing]), (262, 3, [photometric]), (273, 4, [8]),
              (ORIENTATION, 3, [orientation]), (277, 3, [channels]), (278, 4, [HEIGHT]),
              (279, 4, [len(pixels)]), (284, 3, [1])]
    colours = {5: 4, 2: 3}.get(photometric, 1)
    if channels > colours:
        fields.append((338, 3, [2]))
    after = start + 2 + 12 * len(fields) + 4
    directory, extra = struct.pack(f"{order}H", len(fields)), b""
    for tag, kind, numbers in fields:
        data = struct.pack(f"{order}{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        directory += struct.pack(f"{order}HHI", tag, kind, len(numbers))
        if len(data) > 4:
            directory += struct.pack(f"{order}I", after + len(extra))
            extra += data
        else:
            directory += data.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    return (head + pixels).ljust(start, b"\0") + directory + bytes(4) + extra


def others():
    gray = Image.fromarray(samples(1, 255)[:, :, 0].astype("uint8"))
    rgba = Image.fromarray(samples(4, 255).astype("uint8"))
    bits = Image.fromarray(samples(1, 1)[:, :, 0] > 0)
    second = Image.fromarray(samples(3, 255, 1).astype("uint8"))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    yield "bmp-bits", encoded(bits, "BMP")
    yield "bmp-gray", encoded(gray, "BMP")
    yield "bmp-palette", encoded(paletted(), "BMP")
    yield "bmp-rgb", encoded(coloured(), "BMP")
    yield "bmp-rgba", encoded(rgba, "BMP")
    yield "pbm", encoded(bits, "PPM")
    yield "pgm", encoded(gray, "PPM")
    size = f"{WIDTH} {HEIGHT} 65535\n".encode()
    yield "pgm16", b"P5 " + size + samples(1, 65535).astype(">u2").tobytes()
    yield "ppm", encoded(coloured(), "PPM")
    yield "ppm16", b"P6 " + size + samples(3, 65535).astype(">u2").tobytes()
    yield "gif", encoded(paletted(), "GIF")
    yield "gif-transparent", encoded(paletted(), "GIF", transparency=3)
    yield "gif-animated", encoded(coloured(), "GIF", save_all=True, append_images=[second])
    yield "webp-rgb", encoded(coloured(), "WEBP", lossless=True)
    yield "webp-rgba", encoded(rgba, "WEBP", lossless=True, exact=True)
    yield "webp-turned", encoded(coloured(), "WEBP", lossless=True, exif=exif)
    yield "webp-animated", encoded(coloured(), "WEBP", lossless=True, save_all=True,
                                   append_images=[second])
    yield "jp2-rgb", encoded(coloured(), "JPEG2000")
    yield "jp2-gray", encoded(gray, "JPEG2000")
    yield "jp2-rgba", encoded(rgba, "JPEG2000")
    yield "jpeg-turned", encoded(coloured(), "JPEG", quality=100, exif=exif)
    yield "jpeg-gray-turned", encoded(gray, "JPEG", quality=100, exif=exif)


def coloured():
    return Image.fromarray(samples(3, 255).astype("uint8"))


def paletted():
    image = Image.fromarray(samples(1, 15)[:, :, 0].astype("uint8"), "P")
    image.putpalette(COLOURS)
    return image


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def iterated(folder, data, channels, shape):
    path = os.path.join(folder, "one.rec")
    record = mx.recordio.MXRecordIO(path, "w")
    record.write(mx.recordio.pack(mx.recordio.IRHeader(0, 1.0, 1, 0), data))
    record.close()
    batches = mx.io.ImageRecordIter(path_imgrec=path, data_shape=(channels, *shape), batch_size=1,
                                    preprocess_threads=1, prefetch_buffer=1)
    return next(batches).data[0].asnumpy()[0].astype("uint8").transpose(1, 2, 0)


def answers(name, data, folder):
    """(what was asked, the array that came) of a file."""
    for flag in (0, 1):
        try:
            yield f"imdecode.{flag}", mx.image.imdecode(data, flag=flag).asnumpy()
        except mx.MXNetError:
            continue
    packed = mx.recordio.pack(mx.recordio.IRHeader(0, 1.0, 1, 0), data)
    unpacked = {flag: mx.recordio.unpack_img(packed, flag)[1] for flag in (-1, 0, 1)}
    for flag, image in unpacked.items():
        if image is not None:
            yield f"unpack.{flag}", image
    path = os.path.join(folder, "one.image")
    with open(path, "wb") as file:
        file.write(data)
    for flag, image in unpacked.items():              # im2rec reads files, not memory
        assert np.array_equal(cv2.imread(path, flag), image), (name, flag)


def iterable(recorded, name, folder):
    """What ImageRecordIter reads; it ends the process where OpenCV reads nothing."""
    if f"{name}.imdecode.1" not in recorded:
        return
    data = recorded[f"{name}.file"].tobytes()
    shape = recorded[f"{name}.imdecode.1"].shape[:2]
    turned = "turned" in name and recorded[f"{name}.unpack.1"].shape[:2] != shape
    for channels in (1, 3):
        yield channels, iterated(folder, data, channels, shape[::-1] if turned else shape)
    if recorded[f"{name}.unpack.-1"].ndim == 3 and recorded[f"{name}.unpack.-1"].shape[2] == 4:
        yield 4, iterated(folder, data, 4, shape)


def main(path):
    recorded = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in [*pngs(), *tiffs(), *others()]:
            recorded[f"{name}.file"] = np.frombuffer(data, "uint8")
            for asked, image in answers(name, data, folder):
                recorded[f"{name}.{asked}"] = image
            for channels, image in iterable(recorded, name, folder):
                recorded[f"{name}.iter.{channels}"] = image
    np.savez_compressed(path, **recorded)


if __name__ == "__main__":
    main(sys.argv[1])
