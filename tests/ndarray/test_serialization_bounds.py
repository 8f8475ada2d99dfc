"""Numbers in `.params` files that no file can mean: each is an error that says where it stands."""

import struct

import numpy as np
import pytest

import mxlite as mx
from mxlite.ndarray import serialization

# How an array begins: {n} stands for the number of lengths, {q} for the lengths.
HEADS = {"V0": ("<I{n}I", ()), "V1": ("<II{n}q", (0xF993FAC8,)),
         "V2": ("<Iii{n}q", (0xF993FAC9, 0)), "V3": ("<Iii{n}q", (0xF993FACA, 0))}
DEVICE_AND_FLOAT32 = struct.pack("<iii", 1, 0, 0)


def file_of(array, count=1, names=bytes(8)):
    return struct.pack("<QQQ", 0x112, 0, count) + array + names


def head(version, shape, count=None):
    """The first bytes of an array up to its shape, whose number of lengths may be told wrong."""
    layout, before = HEADS[version]
    return struct.pack(layout.format(n=len(shape)), *before,
                       len(shape) if count is None else count, *shape)


def refused(content, message):
    with pytest.raises(mx.MXNetError, match=message):
        mx.nd.load_frombuffer(content)


# Products that int64 holds, that wrap round to 0, to 4, to a negative number, and beyond 2^64.
@pytest.mark.parametrize("shape", [
    (2 ** 62,), (2 ** 61, 2), (2 ** 62, 4), (2 ** 32, 2 ** 32), (2 ** 63 - 1, 2 ** 63 - 1),
    (2 ** 62 + 1, 4), (3, 2 ** 62 // 3 * 2), (2 ** 31,) * 4, (2 ** 63 - 1,) * 32])
@pytest.mark.parametrize("version", ["V1", "V2", "V3"])
def test_more_values_than_a_file_holds(version, shape):
    array = head(version, shape) + DEVICE_AND_FLOAT32
    refused(file_of(array), r"<bytes>: at byte \d+ float32 values of shape .* was expected; found")
    refused(file_of(array + bytes(64)), "float32 values of shape")


@pytest.mark.parametrize("shape", [(2 ** 32 - 1,), (2 ** 31, 2 ** 31), (2 ** 32 - 1,) * 32])
def test_more_values_than_a_file_of_the_first_version_holds(shape):
    refused(file_of(head("V0", shape) + DEVICE_AND_FLOAT32 + bytes(64)), "float32 values of shape")


@pytest.mark.parametrize("shape", [
    (0, 2 ** 62), (2 ** 62, 0, 4), (0, 2 ** 32, 2 ** 32), (0, 2 ** 31, 2 ** 31), (0,) + (3,) * 31])
@pytest.mark.parametrize("version", ["V1", "V2", "V3"])
def test_no_values_of_a_shape_whose_strides_would_not_fit(version, shape):
    """NumPy keeps strides in int64: a shape fits if its lengths but the zeros do."""
    content = file_of(head(version, shape) + DEVICE_AND_FLOAT32)
    size = 4
    for length in shape:
        size *= length or 1
    if size < 2 ** 63:
        array, = mx.nd.load_frombuffer(content)
        assert array.shape == shape and array.asnumpy().shape == shape
    else:
        refused(content, r"lengths that can be was expected; found \(")


@pytest.mark.parametrize("shape", [(-1,), (2, -3), (-2 ** 63, -2 ** 63), (0, -1), (-1, -4)])
@pytest.mark.parametrize("version", ["V1", "V2", "V3"])
def test_negative_lengths(version, shape):
    content = file_of(head(version, shape) + DEVICE_AND_FLOAT32 + bytes(64))
    refused(content, r"at byte \d+ lengths of at least 0 was expected; found \(")


@pytest.mark.parametrize("count", [33, 1000, 2 ** 31 - 1])
@pytest.mark.parametrize("version", ["V0", "V1", "V2", "V3"])
def test_more_axes_than_an_array_may_have(version, count):
    content = file_of(head(version, (1,) * 33, count) + DEVICE_AND_FLOAT32 + bytes(64))
    refused(content, f"at most 32 dimensions was expected; found {count}")


@pytest.mark.parametrize("version", ["V2", "V3"])
def test_a_negative_number_of_axes(version):
    refused(file_of(head(version, (1,), -1)), "at most 32 dimensions was expected; found -1")


def test_thirty_two_axes_are_read():
    for version in HEADS:
        content = file_of(head(version, (1,) * 32) + DEVICE_AND_FLOAT32 + struct.pack("<f", 2.5))
        array, = mx.nd.load_frombuffer(content)
        assert array.shape == (1,) * 32 and array.asscalar() == 2.5


@pytest.mark.parametrize("storage", [1, 2])
@pytest.mark.parametrize("shape", [(2 ** 62, 4), (-1, 4)])
def test_shapes_of_sparse_arrays(storage, shape):
    array = struct.pack("<Iii2qi2q", 0xF993FAC9, storage, 2, *shape, 2, 4, 4) + DEVICE_AND_FLOAT32
    rest = struct.pack("<iiq", 6, 1, 2 ** 62) * storage
    refused(file_of(array + rest + bytes(64)), "<bytes>: at byte .* was expected; found")


ONE = head("V2", (1,)) + DEVICE_AND_FLOAT32 + struct.pack("<f", 2.5)


@pytest.mark.parametrize("count", [1000, 2 ** 31, 2 ** 63, 2 ** 64 - 1])
def test_more_arrays_than_a_file_holds(count):
    refused(file_of(ONE, count=count), "a number of arrays that fits the file was expected; found "
            f"{count}")


@pytest.mark.parametrize("count", [2, 2 ** 31, 2 ** 63, 2 ** 64 - 1])
def test_another_number_of_names_than_of_arrays(count):
    content = file_of(ONE, names=struct.pack("<Q", count))
    refused(content, f"0 or 1 names was expected; found {count}")


@pytest.mark.parametrize("length", [3, 2 ** 31, 2 ** 63, 2 ** 64 - 1])
def test_names_longer_than_the_file(length):
    names = struct.pack("<QQ", 1, length) + b"ab"
    refused(file_of(ONE, names=names), rf"a name \({length} bytes\) was expected; found 2 bytes")


@pytest.mark.parametrize("shape", [(2 ** 62, 4), (-1,), (0, 2 ** 62, 2 ** 62)])
def test_a_single_array(shape):
    """As the states of optimizers hold them."""
    with pytest.raises(ValueError, match="<bytes>: at byte"):
        serialization.load_array(head("V2", shape) + DEVICE_AND_FLOAT32)


def test_what_is_read_is_what_is_there():
    array, = mx.nd.load_frombuffer(file_of(ONE))
    np.testing.assert_array_equal(array.asnumpy(), [2.5])
