"""`.params` files: those of MXNet 1.9.1, older versions packed by hand, damaged ones."""

import io
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import sparse_calls

import mxlite as mx
from mxlite.ndarray import serialization

FOLDER = Path(__file__).parent.parent / "recordings/params"
COUNTING = np.arange(6).reshape(2, 3)
DTYPES = ["float32", "float64", "float16", "uint8", "int8", "int32", "int64"]


def test_reads_every_dtype_of_mxnet():
    loaded = mx.nd.load(str(FOLDER / "named.params"))
    assert set(loaded) == {f"arg:{dtype}" for dtype in DTYPES} | {"aux:bool"}
    for dtype in DTYPES:
        assert loaded[f"arg:{dtype}"].dtype == np.dtype(dtype)
        np.testing.assert_array_equal(loaded[f"arg:{dtype}"].asnumpy(), COUNTING)
    assert loaded["aux:bool"].dtype == np.bool_
    np.testing.assert_array_equal(loaded["aux:bool"].asnumpy(), COUNTING % 2 == 1)


def test_reads_lists_and_single_arrays_of_mxnet():
    one, ones = mx.nd.load(FOLDER / "list.params")
    assert one.asscalar() == 1.5 and ones.shape == (2, 1, 3)
    single, = mx.nd.load(FOLDER / "single.params")
    np.testing.assert_array_equal(single.asnumpy(), [[1, 2], [3, 4]])


def test_reads_np_shape_files_of_mxnet():
    ones, empty = mx.nd.load(FOLDER / "np_shape.params")
    assert ones.shape == (2,) and empty.shape == (0, 3)


def test_reads_numbers_of_np_shape_files_of_mxnet():
    loaded = mx.nd.load(FOLDER / "np_scalar.params")
    assert {name: array.shape for name, array in loaded.items()} == {
        "scalar": (), "empty": (2, 0), "row": (2,)}
    assert loaded["scalar"].asscalar() == 5


@pytest.mark.parametrize("name", ["named", "list", "single", "np_scalar"])
def test_writes_what_mxnet_writes(name, tmp_path):
    path = FOLDER / f"{name}.params"
    mx.nd.save(str(tmp_path / "again"), mx.nd.load(path))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_writes_what_mxnet_writes_in_np_shape(tmp_path):
    path = FOLDER / "np_shape.params"
    with mx.np_shape():
        mx.nd.save(str(tmp_path / "again"), mx.nd.load(path))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    mx.nd.save(str(tmp_path / "again"), mx.nd.load(path))
    assert (tmp_path / "again").read_bytes() != path.read_bytes()


@pytest.mark.parametrize("name", ["sparse.params", "sparse_rows.params"])
def test_sparse_arrays_are_read_and_written(tmp_path, name):
    path = FOLDER / name
    arrays = mx.nd.load(str(path))
    assert "csr" in {array.stype for array in arrays.values()}
    for array in arrays.values():
        if array.stype != "default":
            array.check_format()
    mx.nd.save(str(tmp_path / "again"), arrays)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_sparse_values_of_a_file_of_mxnet():
    arrays = mx.nd.load(str(FOLDER / "sparse_rows.params"))
    assert {name: array.stype for name, array in arrays.items()} == {
        "rows": "row_sparse", "csr": "csr", "dense": "default", "no rows": "row_sparse",
        "empty": "csr"}
    for i, (name, shape) in enumerate([("rows", (5, 2)), ("csr", (4, 3)), ("dense", (3,))]):
        assert (arrays[name].asnumpy() == sparse_calls.values(i, shape)).all()
    assert arrays["no rows"].dtype == np.float64 and arrays["empty"].dtype == np.int32


@pytest.mark.parametrize("stype", ["csr", "row_sparse"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "int64"])
def test_sparse_round_trip(tmp_path, stype, dtype):
    for values in (np.eye(4, 3) * 5, np.zeros((2, 3))):
        array = mx.nd.array(values, dtype=dtype).tostype(stype)
        mx.nd.save(str(tmp_path / "file"), [array])
        again, = mx.nd.load(str(tmp_path / "file"))
        assert (again.stype, again.dtype) == (stype, array.dtype)
        assert (again.asnumpy() == values).all()


def test_sparse_parts_that_do_not_fit(tmp_path):
    array = mx.nd.sparse.csr_matrix(([1, 2], [0, 1], [0, 1, 2]), shape=(2, 3))
    content = mx.ndarray.serialization.dumps([array])
    broken = content.replace(struct.pack("<qqq", 0, 1, 2), struct.pack("<qqq", 0, 1, 9))
    assert broken != content
    with pytest.raises(ValueError, match=r"a csr array of shape .2, 3. was expected; found one "
                                         "in which indptr must go from 0 to 2"):
        mx.nd.load_frombuffer(broken)


@pytest.mark.parametrize("stored, message", [
    ((2, 3), "a row_sparse array of shape .2, 2. was expected; found one in which the values have"),
    ((0, 2 ** 62), "lengths that can be"), ((), "the values have shape"),
])
def test_sparse_values_of_another_shape(stored, message):
    shapes = [struct.pack(f"<i{len(each)}q", len(each), *each) for each in (stored, (2, 2))]
    count = stored[0] if stored else 1
    content = packed(b"".join([
        struct.pack("<Ii", 0xF993FAC9, 1), *shapes, struct.pack("<iii", 1, 0, 0),
        struct.pack("<iiq", 6, 1, count), bytes(4 * (6 if count == 2 else count)),
        np.arange(count).tobytes()]))
    with pytest.raises(ValueError, match=message):
        mx.nd.load_frombuffer(content)


def test_sparse_and_no_dimensions():
    with mx.np_shape(), pytest.raises(ValueError, match="sparse arrays cannot stand in a file of"):
        mx.ndarray.serialization.dumps([mx.nd.zeros((2, 2), stype="csr")])


def packed(array, names=b""):
    return struct.pack("<QQQ", 0x112, 0, 1) + array + (names or struct.pack("<Q", 0))


@pytest.mark.parametrize("head", [
    struct.pack("<III", 2, 2, 3),                                     # 0.8
    struct.pack("<IIqq", 0xF993FAC8, 2, 2, 3),                        # 0.11
    struct.pack("<Iiiqq", 0xF993FAC9, 0, 2, 2, 3),                    # 1.0
    struct.pack("<Iiiqq", 0xF993FACA, 0, 2, 2, 3),                    # 1.6, NumPy shapes
], ids=["V0", "V1", "V2", "V3"])
def test_reads_every_version(head):
    values = COUNTING.astype("float32")
    content = packed(head + struct.pack("<iii", 2, 1, 0) + values.tobytes(),
                     struct.pack("<QQ", 1, 5) + b"arg:w")
    loaded = mx.nd.load_frombuffer(content)
    assert list(loaded) == ["arg:w"]
    np.testing.assert_array_equal(loaded["arg:w"].asnumpy(), values)


def test_bfloat16_goes_there_and_back(tmp_path):
    x = mx.nd.array([1.5, -2.0, 3.25]).astype("bfloat16")
    mx.nd.save(str(tmp_path / "b"), [x])
    assert (tmp_path / "b").read_bytes()[24 + 4 + 4 + 4 + 8 + 8:][:4] == struct.pack("<i", 12)
    back, = mx.nd.load(str(tmp_path / "b"))
    np.testing.assert_array_equal(back.astype("float32").asnumpy(), [1.5, -2.0, 3.25])


SMALL = serialization.dumps({"w": mx.nd.array([[1, 2, 3]]), "b": mx.nd.array([1], dtype="int8")})


def test_every_truncation_is_an_error():
    for length in range(len(SMALL)):
        with pytest.raises(mx.MXNetError, match=r"<bytes>: at byte \d+ .* expected; found"):
            mx.nd.load_frombuffer(SMALL[:length])


def test_a_file_that_gets_shorter_while_it_is_read():
    reader = serialization.Reader(io.BytesIO(SMALL[:-10]), len(SMALL), "f")
    with pytest.raises(ValueError, match=r"f: at byte \d+ .* expected; found \d+ bytes"):
        serialization._read_all(reader)


def test_a_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(SMALL,))
    writer.start()
    assert mx.nd.load(str(path))["w"].asnumpy().tolist() == [[1, 2, 3]]
    writer.join()


def test_more_bytes_are_an_error():
    with pytest.raises(ValueError, match="the end of the file was expected; found 1 bytes more"):
        mx.nd.load_frombuffer(SMALL + b"\0")


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_every_flipped_byte_is_an_error_or_loads(flip):
    for position in range(len(SMALL)):
        damaged = bytearray(SMALL)
        damaged[position] ^= flip
        try:
            loaded = mx.nd.load_frombuffer(bytes(damaged))
        except mx.MXNetError as error:
            assert "<bytes>" in str(error)
        else:
            assert len(loaded) in (1, 2)


def test_the_error_names_file_offset_and_both_sides(tmp_path):
    path = tmp_path / "text.params"
    path.write_bytes(b"not at all a file of arrays")
    with pytest.raises(ValueError, match=r"text.params: at byte 0 the magic 0x112 of a list of "
                                         r"arrays was expected; found 0x"):
        mx.nd.load(str(path))


def test_shapes_that_cannot_be_are_errors():
    huge = struct.pack("<Iiiqqiii", 0xF993FAC9, 0, 2, 2 ** 62, 2 ** 62, 1, 0, 0)
    with pytest.raises(ValueError, match="values of shape"):
        mx.nd.load_frombuffer(packed(huge))
    empty = struct.pack("<Iiiqqqiii", 0xF993FAC9, 0, 3, 0, 2 ** 62, 2 ** 62, 1, 0, 0)
    with pytest.raises(ValueError, match="lengths that can be was expected"):
        mx.nd.load_frombuffer(packed(empty))


def test_save_refuses_what_is_no_array(tmp_path):
    with pytest.raises(TypeError, match="save: data must be an NDArray, or a list or dict"):
        mx.nd.save(str(tmp_path / "x"), 3)
    with pytest.raises(TypeError, match="save: b must be an NDArray; got list"):
        mx.nd.save(str(tmp_path / "x"), {"a": mx.nd.ones(1), "b": [1]})
    with pytest.raises(TypeError, match="save: names must be strings; got 3"):
        mx.nd.save(str(tmp_path / "x"), {3: mx.nd.ones(1)})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "w.params"
    mx.nd.save(str(path), [mx.nd.ones(2)])
    before = path.read_bytes()

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        mx.nd.save(str(path), [mx.nd.zeros(2)])
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
