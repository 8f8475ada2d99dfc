"""Files are those of MXNet 1.9.1, byte for byte; tools/record_mxnet_recordio.py made data/."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordio.oracle import MAGIC, encode, offsets, payloads

from mxlite import recordio

DATA = Path(__file__).parent / "data"
IMAGES = ["gray.png", "color.png", "alpha.png", "color.jpg", "gray.jpg"]


def test_mxnets_file_is_read():
    assert list(recordio.MXRecordIO(DATA / "plain.rec", "r")) == payloads()


def test_mxnets_index_is_read():
    file = recordio.MXIndexedRecordIO(DATA / "plain.idx", DATA / "plain.rec", "r")
    assert file.keys == list(range(len(payloads())))
    assert [file.read_idx(key) for key in reversed(file.keys)] == payloads()[::-1]


def test_the_same_bytes_are_written(tmp_path):
    file = recordio.MXIndexedRecordIO(tmp_path / "plain.idx", tmp_path / "plain.rec", "w")
    for key, record in enumerate(payloads()):
        file.write_idx(key, record)
    file.close()
    for name in ("plain.rec", "plain.idx"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_the_oracle_writes_the_same_bytes():
    assert encode(payloads()) == (DATA / "plain.rec").read_bytes()


@pytest.mark.parametrize("number, label", list(enumerate([3, 2.5, [1.0, 2.0, 3.0], [7.0]])))
def test_headers(number, label):
    record = list(recordio.MXRecordIO(DATA / "labels.rec", "r"))[number]
    assert recordio.pack((9, label, 2 ** 40 + number, number), b"data") == record
    header, data = recordio.unpack(record)
    assert data == b"data"
    assert header[2:] == (2 ** 40 + number, number)
    assert header.flag == (len(label) if isinstance(label, list) else 0)
    np.testing.assert_array_equal(header.label, label)
    assert not isinstance(label, list) or header.label.dtype == np.float32


@pytest.mark.parametrize("iscolor", [-1, 0, 1])
@pytest.mark.parametrize("number, name", list(enumerate(IMAGES)))
def test_images_are_decoded_as_opencv_does(number, name, iscolor):
    record = list(recordio.MXRecordIO(DATA / "images.rec", "r"))[number]
    header, image = recordio.unpack_img(record, iscolor)
    with np.load(DATA / "images.npz") as expected:
        want = expected[f"{name} {iscolor}"]
    assert header == (0, 1.0, 2, 3)
    assert image.dtype == want.dtype and image.shape == want.shape
    assert image.flags.c_contiguous and image.flags.writeable
    np.testing.assert_array_less(np.abs(image.astype(int) - want), 2)     # two JPEG libraries


# Pieces of the magic in all positions: whole, cut, and not at multiples of 4.
PIECES = st.sampled_from([MAGIC, MAGIC[:1], MAGIC[1:], MAGIC[:3], b"a", b"abcd", bytes(4), b""])
RECORDS = st.lists(st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=600),
                   max_size=8)


@settings(deadline=None)               # the machine may be busy
@given(records=RECORDS)
def test_round_trip(records, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "round_trip.rec"
    with recordio.MXRecordIO(path, "w") as file:
        for record in records:
            file.write(record)
    assert path.read_bytes() == encode(records)
    file = recordio.MXIndexedRecordIO(None, path, "r")
    assert list(file) == records
    assert list(file.idx.values()) == offsets(records)[:-1]
    assert [file.read_idx(key) for key in reversed(file.keys)] == records[::-1]


# Around the sizes at which records go past the buffers of the reader and the writer.
@pytest.mark.parametrize("size", [32_767, 32_768, 32_769, 262_100, 262_136, 262_144, 300_001])
@pytest.mark.parametrize("between", [0, 1, 40_000])
def test_large_records(size, between, tmp_path, rng):
    large = [rng.bytes(size) for _ in range(3)]
    records = [part for record in large for part in (record, rng.bytes(between), MAGIC + record)]
    with recordio.MXRecordIO(tmp_path / "a.rec", "w") as file:
        for record in records:
            file.write(record)
    assert (tmp_path / "a.rec").read_bytes() == encode(records)
    assert list(recordio.MXRecordIO(tmp_path / "a.rec", "r")) == records
    indexed = recordio.MXIndexedRecordIO(None, tmp_path / "a.rec", "r")
    for key in rng.permutation(len(records)):
        assert indexed.read_idx(key) == records[key]
