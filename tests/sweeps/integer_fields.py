"""Every integer in a file is set to what integers are at their limits, and the file is read.

    python tests/sweeps/integer_fields.py [--only NAME]

A reader must raise an MXNetError of its own, or give what the file has: records, arrays or pixels
of the original, or an image of the size that the file now says. It must not take more than MEMORY
beyond what Python and mxlite take: in this process, the system gives it no more.
"""

import argparse
import gzip
import os
import pickletools
import re
import resource
import struct
import sys
import tempfile
import time
import warnings
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np

import mxlite as mx
from mxlite import nd, recordio
from mxlite._dataio import codec
from mxlite.io.idx import read_idx

MEMORY = 1 << 30
SECONDS = 60                # one file may take, on a machine that is busy
VALUES = [0, 1, -1, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
PIXELS = np.arange(9 * 14 * 3, dtype=np.uint8).reshape(9, 14, 3)


def numbers_at(data, fields):
    """(what was set, the file) for all VALUES of the fields: (name, offset, code of struct)."""
    for name, offset, code in fields:
        for value in VALUES:
            changed, size = bytearray(data), struct.calcsize(code)
            changed[offset:offset + size] = (value % (1 << 8 * size)).to_bytes(
                size, "big" if code[0] == ">" else "little")
            yield f"{name} = {value}", bytes(changed)


def numbers_in_text(text):
    """The same for all numbers of a text."""
    for match in re.finditer(rb"\d+", text):
        for value in VALUES:
            yield (f"number at byte {match.start()} = {value}",
                   text[:match.start()] + str(value).encode() + text[match.end():])


# ---------------------------------------------------------------- RecordIO

def record_files(folder):
    with recordio.MXIndexedRecordIO(f"{folder}/valid.idx", f"{folder}/valid.rec", "w") as file:
        for key in range(3):
            header = recordio.IRHeader(0, float(key), key, 0)
            file.write_idx(key, recordio.pack_img(header, PIXELS + key, img_fmt=".png"))
    return [Path(folder, f"valid.{end}").read_bytes() for end in ("rec", "idx")]


def record_fields(data):
    offset, fields = 0, []
    while offset < len(data):
        for name, place, code in (("magic", 0, "<I"), ("size", 4, "<I"), ("flag", 8, "<I"),
                                  ("id", 16, "<Q"), ("id2", 24, "<Q")):
            fields.append((f"{name} of the record at {offset}", offset + place, code))
        size = struct.unpack_from("<I", data, offset + 4)[0]
        offset += 8 + (size + 3) // 4 * 4
    return fields


def read_records(path, on_error):
    """The images of the records, encoded; of several labels, behind those."""
    with recordio.MXRecordIO(path, "r", on_error=on_error) as file:
        return [recordio.unpack(record)[1] for record in file]


def read_batches(path, index=None):
    batches = mx.io.ImageRecordIter(path, (3, 9, 14), 1, path_imgidx=index, preprocess_threads=1,
                                    verbose=False)
    try:
        return [batch.data[0].asnumpy().tobytes() for batch in batches]
    finally:
        batches.close()


def read_keys(path, index):
    with recordio.MXIndexedRecordIO(index, path, "r") as file:
        return [recordio.unpack(file.read_idx(key))[1] for key in file.keys]


def all_of(original, result):
    """All that was read is the end of something in the original."""
    return all(any(item.endswith(one) for item in original) for one in result)


# ---------------------------------------------------------------- arrays and states

def params_file(folder):
    arrays = {"weight": nd.array(np.arange(6.0).reshape(2, 3)),
              "bias": nd.array([1, 2], dtype="int8")}
    nd.save(f"{folder}/valid.params", arrays)
    return Path(folder, "valid.params").read_bytes()


def params_fields(data):
    fields, offset = [("magic", 0, "<Q"), ("reserved", 8, "<Q"), ("count", 16, "<Q")], 24
    for name, ndim, size in (("weight", 2, 24), ("bias", 1, 2)):
        for what, code in (("magic", "<I"), ("storage", "<i"), ("dimensions", "<i"),
                           *((f"axis {axis}", "<q") for axis in range(ndim)), ("device", "<i"),
                           ("device number", "<i"), ("type", "<i")):
            fields.append((f"{what} of {name}", offset, code))
            offset += struct.calcsize(code)
        offset += size
    fields.append(("names", offset, "<Q"))
    offset += 8
    for name in ("weight", "bias"):
        fields.append((f"length of {name}", offset, "<Q"))
        offset += 8 + len(name)
    assert offset == len(data)
    return fields


def read_params(path):
    return {name: array.asnumpy().tobytes() for name, array in nd.load(path).items()}


def states_file():
    optimizer = mx.optimizer.create("adam")
    updater = mx.optimizer.get_updater(optimizer)
    updater(0, nd.ones((2, 3)), nd.ones((2, 3)))
    return updater.get_states(dump_optimizer=False)


def states_fields(data):
    """The lengths and integers in a pickle."""
    codes = {"uint4": "<I", "uint8": "<Q", "int4": "<i", "uint1": "<B", "uint2": "<H",
             "bytes8": "<Q", "bytes4": "<I", "bytes1": "<B", "unicodestring4": "<I",
             "string1": "<B", "unicodestring1": "<B", "unicodestring8": "<Q", "long1": "<B"}
    for code, argument, place in pickletools.genops(data):
        kind = code.arg and code.arg.name
        if kind in codes:
            yield f"{code.name} {argument!r:.20} at {place}", place + 1, codes[kind]


def read_states(path):
    updater = mx.optimizer.get_updater(mx.optimizer.create("adam"))
    updater.set_states(Path(path).read_bytes())
    return {key: [state.asnumpy().tobytes() for state in states]
            for key, states in updater.states.items()}


# ---------------------------------------------------------------- images

def image_files():
    """(name, file, its fields, how the check sums are set right)."""
    png, bmp, jpeg, gif, tiff, webp = [
        codec.encode(PIXELS, kind) for kind in (".png", ".bmp", ".jpg", ".gif", ".tif", ".webp")]
    yield "png", png, [("chunk", 8, ">I"), ("width", 16, ">I"), ("height", 20, ">I"),
                       ("bits", 24, ">B"), ("colours", 25, ">B"), ("chunk 2", 33, ">I")]
    yield "bmp", bmp, [
        ("size", 2, "<I"), ("offset", 10, "<I"), ("header", 14, "<I"), ("width", 18, "<i"),
        ("height", 22, "<i"), ("planes", 26, "<H"), ("bits", 28, "<H"), ("packing", 30, "<I"),
        ("bytes", 34, "<I"), ("palette", 46, "<I"), ("colours", 50, "<I")]
    frame = re.search(rb"\xff[\xc0\xc2]", jpeg).start()
    yield "jpeg", jpeg, [("length", frame + 2, ">H"), ("height", frame + 5, ">H"),
                         ("width", frame + 7, ">H"), ("channels", frame + 9, ">B")]
    yield "gif", gif, [("screen width", 6, "<H"), ("screen height", 8, "<H")]
    yield "webp", webp, [("size", 4, "<I"), ("chunk", 16, "<I")]
    start, = struct.unpack_from("<I", tiff, 4)
    count, = struct.unpack_from("<H", tiff, start)
    fields = [("directory", 4, "<I"), ("entries", start, "<H")]
    for number in range(count):
        at = start + 2 + 12 * number
        fields += [(f"{what} of entry {number}", at + place, code) for what, place, code in (
            ("tag", 0, "<H"), ("kind", 2, "<H"), ("length", 4, "<I"), ("value", 8, "<I"))]
    yield "tiff", tiff, fields


SIDES = {"png": ("width", "height"), "bmp": ("width", "height"), "jpeg": ("height", "width"),
         "gif": ("screen width", "screen height"), "tiff": ("value of entry 0", "value of entry 1")}


def of_large_sides(name, data, fields):
    """The same for both sides at once, of images with less than 2^30 pixels."""
    sides = [field for field in fields if field[0] in SIDES.get(name, ())]
    for side in (9000, 20000, 32000) if sides else ():
        changed = bytearray(data)
        for _, offset, code in sides:
            struct.pack_into(code, changed, offset, side)
        yield f"both sides = {side}", bytes(changed)


def with_check_sum(png):
    """The PNG whose first chunk has the right check sum."""
    return png[:29] + struct.pack(">I", zlib.crc32(png[12:29])) + png[33:]


def read_image(path):
    data, images = Path(path).read_bytes(), []
    for flag in (codec.COLOUR, codec.GRAY, codec.UNCHANGED):
        with suppress(mx.MXNetError):
            images.append(codec.decode(data, flag, caller="decode"))
    if not images:
        codec.decode(data, codec.COLOUR, caller="decode")
    return images


def of_one_size(original, result):
    """All are images of the same height and width, and not of very many pixels."""
    return len({image.shape[:2] for image in result}) == 1 and (
        result[0].shape[0] * result[0].shape[1] <= codec.pillow.MANY_PIXELS)


def same(original, result):
    return original == result


def same_arrays(original, result):
    """States have the numbers of their weights, which may be any."""
    return list(original.values()) == list(result.values())


# ---------------------------------------------------------------- all of them

def targets(folder):
    """(name, file, changed files, reader, how a result is checked against the original's)."""
    rec, index = record_files(folder)
    valid = f"{folder}/valid.rec"
    changed = list(numbers_at(rec, record_fields(rec)))
    for on_error in ("raise", "skip"):
        yield (f"records, {on_error}", rec, changed,
               lambda path, on_error=on_error: read_records(path, on_error), all_of)
    yield "ImageRecordIter", rec, changed, read_batches, all_of
    for name, read in (("index", read_keys), ("index of ImageRecordIter", read_batches)):
        yield (name, index, numbers_in_text(index),
               lambda path, read=read: read(valid, path), all_of)
    params = params_file(folder)
    yield "params", params, numbers_at(params, params_fields(params)), read_params, same
    states = states_file()
    yield "states", states, numbers_at(states, states_fields(states)), read_states, same_arrays
    digits = struct.pack(">IIII", 2051, 3, 4, 5) + bytes(range(60))
    fields = [("magic", 0, ">I"), *((f"axis {axis}", 4 + 4 * axis, ">I") for axis in range(3))]
    changed = list(numbers_at(digits, fields))
    yield "idx-ubyte", digits, changed, lambda path: read_idx(path, 3).tobytes(), same
    yield ("idx-ubyte.gz", gzip.compress(digits), [(text, gzip.compress(data))
                                                   for text, data in changed],
           lambda path: read_idx(path, 3).tobytes(), same)
    for name, data, fields in image_files():
        changed = [*numbers_at(data, fields), *of_large_sides(name, data, fields)]
        yield name, data, changed, read_image, of_one_size
        if name == "png":
            yield (f"{name}, right check sum", data,
                   [(text, with_check_sum(file)) for text, file in changed], read_image,
                   of_one_size)


def problem_of(read, check, original, path):
    """What is wrong with how a file is read; an empty text if nothing is."""
    start = time.monotonic()
    try:
        result = read(path)
        problem = "" if check(original, result) else f"gives {result!r:.200}"
    except mx.base.MXNetMemoryError as error:
        problem = f"takes too much memory: {error}"
    except mx.MXNetError:
        problem = ""
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    return problem or ("takes too long" if time.monotonic() - start > SECONDS else "")


def limit_memory():
    """MEMORY from here on."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    warnings.simplefilter("ignore")                # of images with missing bytes
    count, failures = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, valid, changed, read, check in targets(folder):
            if options.only not in name:
                continue
            path = Path(folder, f"file{'.gz' if name.endswith('.gz') else ''}")
            path.write_bytes(valid)
            original = read(str(path))
            assert check(original, original), name
            if not count:
                limit_memory()
            for text, data in changed:
                path.write_bytes(data)
                problem = problem_of(read, check, original, str(path))
                count, failures = count + 1, failures + bool(problem)
                if problem:
                    print(f"{name}: {text}: {problem}", flush=True)
    print(f"{count} files, {failures} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
