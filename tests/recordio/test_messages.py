"""What the errors of damaged files say: file, offset, what was expected, and what is there."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from recordio.oracle import MAGIC, encode, part_of

from mxlite.recordio import MXIndexedRecordIO, MXRecordIO, RecordError

ROOT = Path(__file__).parent.parent.parent
ONE = part_of(0, b"one.")                               # 12 bytes, so that the damage is at byte 12


def size_word(size, flag=0):
    return struct.pack("<I", flag << 29 | size)


@pytest.mark.parametrize("damaged, offset, message", [
    (b"\x0b" + ONE[1:], 12, "expected the magic 0xced7230a at byte 12, found 0xced7230b"),
    (ONE[:5], 12, "expected the record to reach byte 20, found the end of the file at byte 17"),
    (ONE[:-1], 12, "expected the record to reach byte 24, found the end of the file at byte 23"),
    (part_of(1, b"abcd"), 12, "expected the record to reach byte 32, found the end of the file at "
                              "byte 24"),
    (part_of(5, b"abcd"), 12, "expected the flag of a whole record (0) or of a first part (1) at "
                              "byte 12, found 5"),
    (part_of(1, b"abcd") + ONE, 12, "expected the flag of a middle part (2) or of the last (3) at "
                                    "byte 24, found 0"),
    (part_of(1, b"abc") + part_of(3, b""), 12, "expected the part at byte 12, which is not the "
                                               "last, to have a multiple of 4 bytes, found 3"),
    (MAGIC + size_word(16) + b"abcd" + ONE, 12, "expected 16 bytes of payload, found the magic of "
                                                "another record among them, at byte 24"),
    (MAGIC + size_word(1) + b"a\0bc", 12, "expected zeros behind the payload, at byte 21, found "
                                          "0x636200"),
    (part_of(0, b"abcd") + b"abcd", 12, "expected it to end at byte 24, found neither the magic "
                                        "0xced7230a nor the end of the file there"),
    (part_of(3, b"abcd"), 0, "expected it to end at byte 12, found a part there that goes on (flag "
                             "3)"),
])
@pytest.mark.parametrize("by_key", [False, True])
def test_damage(damaged, offset, message, by_key, tmp_path):
    path, index = tmp_path / "a.rec", tmp_path / "a.idx"
    path.write_bytes(ONE + damaged)
    index.write_text(f"0\t{offset}\n")
    file = MXIndexedRecordIO(index, path, "r")
    with pytest.raises(RecordError) as caught:
        file.read_idx(0) if by_key else list(file)
    assert str(caught.value) == f"{path}: damaged record at byte {offset}: {message}"
    assert (caught.value.path, caught.value.offset) == (str(path), offset)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(RecordError, match="damaged record"):       # the position has not moved
        file.read()


def test_an_offset_that_is_none(tmp_path):
    (tmp_path / "a.rec").write_bytes(ONE * 2)
    file = MXRecordIO(tmp_path / "a.rec", "r")
    file.handle.seek(5)
    with pytest.raises(RecordError, match="byte 5: expected an offset that is a multiple of 4, f"):
        file.read()


MEMORY = """
import resource, sys
from mxlite.recordio import MXRecordIO
file = MXRecordIO(sys.argv[1], "r")
resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
try:
    file.read()
except MemoryError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux" or "asan" in os.environ.get("LD_PRELOAD", ""),
                    reason="the limit of memory is Linux's, and AddressSanitizer needs more")
@pytest.mark.parametrize("flag", [0, 1])
def test_no_memory(flag, tmp_path):
    path, size = tmp_path / "a.rec", 400 << 20
    with path.open("wb") as file:
        file.write(MAGIC + size_word(size, flag))
        file.truncate(8 + size)                         # no block of the disk is used
    process = subprocess.run([sys.executable, "-c", MEMORY, str(path)], cwd=ROOT, text=True,
                             capture_output=True, check=True)
    assert process.stdout.startswith(f"{path}: no memory for ")
    assert process.stdout.endswith("bytes of the record at byte 0\n")


def test_a_wrong_size_does_not_take_the_memory_it_names(tmp_path):
    (tmp_path / "a.rec").write_bytes(encode([b"abcd"]) + MAGIC + size_word(2 ** 29 - 1) + b"abcd")
    file = MXRecordIO(tmp_path / "a.rec", "r")
    file.read()
    with pytest.raises(RecordError, match="reach byte 536870932, found the end of the file at"):
        file.read()
