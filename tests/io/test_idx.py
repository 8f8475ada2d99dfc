"""The idx format, written and read; tests/gluon/test_mnist.py has broken files."""

import numpy as np
import pytest

from mxlite.base import MXNetValueError
from mxlite.io.idx import read_idx, write_idx


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4), (0, 3)])
def test_written_and_read(tmp_path, shape, ending):
    values = np.arange(np.prod(shape), dtype="uint8").reshape(shape)
    path = str(tmp_path / f"x{ending}")
    write_idx(path, values)
    content = read_idx(path, len(shape))
    assert content.dtype == np.uint8 and content.shape == shape and (content == values).all()


def test_the_compressed_file_serves_where_the_plain_one_is_missing(tmp_path):
    path = str(tmp_path / "x")
    write_idx(f"{path}.gz", np.arange(3, dtype="uint8"))
    assert read_idx(path, 1).tolist() == [0, 1, 2]
    write_idx(path, np.arange(2, dtype="uint8"))
    assert read_idx(path, 1).tolist() == [0, 1]
    with pytest.raises(MXNetValueError, match=r"none: cannot be read: .*No such file"):
        read_idx(str(tmp_path / "none"), 1)


def test_compressed_files_are_always_alike(tmp_path):
    paths = [tmp_path / name for name in ("a.gz", "b.gz")]
    for path in paths:
        write_idx(str(path), np.arange(9, dtype="uint8"))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_every_byte_of_a_compressed_file_changed(tmp_path):
    """gzip tells of it in three ways; what it does not check are its own flags and the name."""
    path = tmp_path / "a.gz"
    values = np.arange(60, dtype="uint8").reshape(3, 4, 5)
    write_idx(str(path), values)
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x21]) + content[at + 1:])
        try:
            np.testing.assert_array_equal(read_idx(str(path), 3), values)
        except MXNetValueError as error:
            assert "a.gz: " in str(error)
