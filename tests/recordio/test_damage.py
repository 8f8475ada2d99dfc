"""Damaged files: an error or the right records, but for what the format cannot show."""

import io

import pytest
from recordio.oracle import MAGIC, encode, encode_record, offsets

from mxlite.recordio import MXIndexedRecordIO, MXRecordIO, RecordError

# Of one size, so that a wrong size can end where another record begins; and of several parts.
RECORDS = [bytes([65 + number]) * 14 for number in range(6)]
RECORDS += [b"abcd" + MAGIC + b"efghijkl" + MAGIC + b"mno", b"", b"x", MAGIC, bytes(12)]
RECORDS += [b"\xff" * 24]
WHOLE = encode(RECORDS)
STARTS = offsets(RECORDS)
LARGE = [bytes([65 + number]) * (65_536 - 8) for number in range(5)]


class Stream(io.BytesIO):
    """A file object that is read in order, and gives few bytes at a time."""

    def seekable(self):
        return False

    def read(self, size=-1):
        return super().read(min(size, 37))


def read_all(data, tmp_path, kind="file", on_error="raise"):
    """(records, error or None, the reader) of a file with these bytes."""
    if kind == "file":
        path = tmp_path / "damaged.rec"
        path.write_bytes(data)
        file = MXRecordIO(path, "r", on_error=on_error)
    else:
        make = Stream if kind == "stream" else io.BytesIO
        file = MXRecordIO("a.rec", "r", on_error=on_error, opener=lambda uri, mode: make(data))
    records = []
    try:
        for record in file:
            records.append(record)
            assert len(records) <= len(RECORDS)
    except RecordError as error:
        return records, error, file
    return records, None, file


def words_of(records):
    """Where the words with flag and size are, and where the payloads: sets of offsets in bytes."""
    sizes, payload, at = set(), set(), 0
    data = encode(records)
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "little") & 0x1FFFFFFF
        sizes.add(at + 4)
        payload |= set(range(at + 8, at + 8 + size))
        at += 8 + -(-size // 4) * 4
    return sizes, payload


SIZES, PAYLOAD = words_of(RECORDS)


def flipped(position):
    """The file with the byte changed, in ways that cover each bit and each small size."""
    for change in {1, 2, 3, 4, 8, 16, 20, 24, 32, 48, 64, 96, 128, 255, WHOLE[position]} - {0}:
        yield WHOLE[:position] + bytes([WHOLE[position] ^ change]) + WHOLE[position + 1:]


def is_undetectable(position, records, expected):
    """Without a checksum: a byte of the payload is another; or the size is, but not that to which
    it is rounded up, so that zeros come or go at the end."""
    if position in PAYLOAD:
        return len(records) == len(expected) and sum(map(int.__ne__, records, expected)) == 1
    return (position in SIZES and -(-len(records) // 4) == -(-len(expected) // 4)
            and records.rstrip(b"\0") == expected.rstrip(b"\0"))


@pytest.mark.parametrize("kind", ["file", "object"])
@pytest.mark.parametrize("position", range(len(WHOLE)))
def test_a_wrong_byte_is_an_error_or_does_not_matter(position, kind, tmp_path):
    for data in flipped(position):
        records, error, _ = read_all(data, tmp_path, kind)
        wrong = [pair for pair in zip(records, RECORDS, strict=False) if pair[0] != pair[1]]
        assert not wrong or (len(wrong) == 1 and is_undetectable(position, *wrong[0]))
        assert error or len(records) == len(RECORDS)
        assert position in PAYLOAD | SIZES or error


@pytest.mark.parametrize("position", range(len(WHOLE)))
def test_a_wrong_byte_in_a_stream_is_an_error_by_the_next_record(position, tmp_path):
    for data in flipped(position):
        records, error, _ = read_all(data, tmp_path, "stream")
        sure = records[:-1] if error else records
        wrong = [pair for pair in zip(sure, RECORDS, strict=False) if pair[0] != pair[1]]
        assert not wrong or (len(wrong) == 1 and is_undetectable(position, *wrong[0]))
        assert error or len(records) == len(RECORDS)


@pytest.mark.parametrize("kind", ["file", "stream"])
@pytest.mark.parametrize("position", range(len(WHOLE)))
def test_skipping_loses_the_damaged_record_and_counts(position, kind, tmp_path):
    for data in flipped(position):
        records, error, file = read_all(data, tmp_path, kind, "skip")
        assert error is None
        lost = [record for record in RECORDS if record not in records]
        new = [record for record in records if record not in RECORDS]
        assert bool(file.skipped) == bool(file.skipped_bytes)
        if kind == "file":
            assert len(lost) <= 2 and len(new) <= 1
            assert not new or is_undetectable(position, new[0], lost[0])
            assert file.skipped or len(records) == len(RECORDS)
        if position not in PAYLOAD | {start + byte for start in SIZES for byte in range(4)}:
            assert len(lost) == 1 and file.skipped == 1


@pytest.mark.parametrize("kind", ["file", "object", "stream"])
@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_file_cut_short(length, kind, tmp_path):
    records, error, _ = read_all(WHOLE[:length], tmp_path, kind)
    assert records == RECORDS[:len(records)]
    assert len(records) == sum(start <= length for start in STARTS[1:])
    assert (error is None) == (length in STARTS)         # between two records nothing shows
    found_again, error, file = read_all(WHOLE[:length], tmp_path, kind, "skip")
    assert error is None and found_again == records
    assert file.skipped == (length not in STARTS)
    assert file.skipped_bytes == length - STARTS[len(records)]


@pytest.mark.parametrize("length", [*STARTS[:-1], STARTS[3] + 5])
def test_an_index_shows_what_is_cut_off(length, tmp_path):
    (tmp_path / "a.rec").write_bytes(WHOLE[:length])
    (tmp_path / "a.idx").write_text("".join(f"{key}\t{at}\n" for key, at in enumerate(STARTS[:-1])))
    for on_error in ("raise", "skip"):
        file = MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "r", on_error=on_error)
        for key, record in enumerate(RECORDS):
            if STARTS[key + 1] <= length:
                assert file.read_idx(key) == record
            else:
                with pytest.raises(RecordError, match="the end of the file at byte"):
                    file.read_idx(key)


@pytest.mark.parametrize("offset", range(0, len(WHOLE), 4))
def test_reading_at_a_wrong_offset(offset, tmp_path):
    (tmp_path / "a.rec").write_bytes(WHOLE)
    (tmp_path / "a.idx").write_text(f"0\t{offset}\n")
    file = MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "r")
    if offset in STARTS:
        assert file.read_idx(0) == RECORDS[STARTS.index(offset)]
    else:
        with pytest.raises(RecordError, match=rf"a\.rec: damaged record at byte {offset}: "):
            file.read_idx(0)


@pytest.mark.parametrize("position", range(8))
def test_a_wrong_header_of_a_large_record(position, tmp_path):
    data, at = encode(LARGE), 65_536 + position
    for value in range(256):
        if value != data[at]:
            changed = data[:at] + bytes([value]) + data[at + 1:]
            records, error, _ = read_all(changed, tmp_path)
            flag = value >> 5 if position == 7 else 0      # it puts a neighbour in doubt, too
            before = [] if flag in (2, 3) else LARGE[:1]
            assert error and records == before
            records, error, file = read_all(changed, tmp_path, on_error="skip")
            after = LARGE[3 if (position, value) == (7, 1 << 5) else 2:]
            assert records == before + after and file.skipped == 1


@pytest.mark.parametrize("junk", [b"junk", bytes(100), MAGIC[:2], encode_record(b"tail")[:-1]])
def test_junk_behind_the_last_record(junk, tmp_path):
    records, error, _ = read_all(WHOLE + junk, tmp_path)
    assert error and records in (RECORDS, RECORDS[:-1])


def test_junk_before_and_between_is_skipped(tmp_path):
    data = b"junk" * 100_000 + WHOLE[:STARTS[3]] + b"junk" * 100_000 + WHOLE[STARTS[3]:]
    records, _, file = read_all(data, tmp_path, on_error="skip")
    assert records == RECORDS[:2] + RECORDS[3:]            # the third does not end at a header
    assert file.skipped == 2
    assert file.skipped_bytes == 800_000 + STARTS[3] - STARTS[2]
