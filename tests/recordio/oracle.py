"""The format once more, in plain Python, and the records that MXNet wrote into data/."""

import random
import struct

MAGIC = struct.pack("<I", 0xCED7230A)


def payloads():
    """Records of many kinds; tools/record_mxnet_recordio.py had MXNet write them."""
    source = random.Random(7)
    sizes = [0, 1, 2, 3, 4, 5, 8, 100, 255, 256, 257, 1000]
    plain = [source.randbytes(size) for size in sizes]
    tricky = [MAGIC, MAGIC * 2, MAGIC * 3 + b"x", b"abcd" + MAGIC, b"abcd" + MAGIC + b"xy",
              b"a" + MAGIC, b"ab" + MAGIC + b"cd", b"abc" + MAGIC * 2, MAGIC[:3], MAGIC[1:],
              b"abcd" + MAGIC + b"efgh" + MAGIC, bytes(4) + MAGIC + bytes(300) + MAGIC + b"1"]
    return plain + tricky


def encode(records):
    """The bytes of a file with these records."""
    return b"".join(map(encode_record, records))


def encode_record(record):
    parts, begin = [], 0
    for at in range(0, len(record) - 3, 4):
        if record[at:at + 4] == MAGIC:
            parts.append(record[begin:at])
            begin = at + 4
    parts.append(record[begin:])
    flags = [0] if len(parts) == 1 else [1] + [2] * (len(parts) - 2) + [3]
    return b"".join(part_of(flag, part) for flag, part in zip(flags, parts, strict=True))


def part_of(flag, payload):
    """Magic, flag and size, payload, zeros."""
    return MAGIC + struct.pack("<I", flag << 29 | len(payload)) + payload + bytes(-len(payload) % 4)


def offsets(records):
    """Where each record begins, and where the last one ends."""
    starts = [0]
    for record in records:
        starts.append(starts[-1] + len(encode_record(record)))
    return starts
