"""LibSVMIter: forms of a file, parts, errors. Batches recorded from MXNet: test_csv_recorded.py."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mxlite as mx
from mxlite.io import LibSVMIter

PAIRS = "1 0:1 2:3\n-2.5 1:5.5\n3\n4 2:-7e1 0:0.125\n5 2:9\n"
DENSE = [[1, 0, 3], [0, 5.5, 0], [0, 0, 0], [0.125, 0, -70], [0, 0, 9]]
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("d.txt", PAIRS)
    return tmp_path


def write(name, text):
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def make(text=None, **more):
    name = "d.txt" if text is None else write("x.txt", text)
    return LibSVMIter(**{"data_libsvm": name, "data_shape": (3,), "batch_size": 1, **more})


def rows(iterator):
    """[label, *values] of one epoch."""
    return [[label, *row] for batch in iterator
            for label, row in zip(batch.label[0].asnumpy().tolist(),
                                  batch.data[0].asnumpy().tolist(), strict=True)]


def test_descriptions():
    it = make(batch_size=2, data_name="x", label_name="y")
    assert it.provide_data == [("x", (2, 3))] and it.provide_label == [("y", (2,))]
    batch = next(it)
    assert batch.data[0].dtype is batch.label[0].dtype is np.float32
    assert batch.index.dtype == np.uint64 and batch.data[0].stype == "csr"
    write("l.txt", "0 0:2\n1\n2 1:3\n3\n4\n")
    it = make(batch_size=5, label_libsvm="l.txt", label_shape=2)
    assert it.provide_label == [("softmax_label", (5, 2))]
    assert next(it).label[0].asnumpy().tolist() == [[2, 0], [0, 0], [0, 3], [0, 0], [0, 0]]


@pytest.mark.parametrize("dtype", ["float64", "int32", "int64"])
def test_dtypes(dtype):
    """MXNet's takes float32 only."""
    batch = next(make(f"-3 0:7 2:{2**31 - 1}\n", dtype=dtype))
    assert batch.data[0].dtype is batch.label[0].dtype is np.dtype(dtype).type
    assert batch.data[0].asnumpy().tolist() == [[7, 0, 2**31 - 1]]
    assert batch.label[0].asnumpy().tolist() == [-3]


@pytest.mark.parametrize("text, expected", [
    ("1 0:2 1:3", [[1, 2, 3, 0]]),
    ("# c\n\n 1\t0:2   1:3 \r\n#\n  # c\n2#c\n", [[1, 2, 3, 0], [2, 0, 0, 0]]),
    ("1 2:5 # 0:9\r2 0:+1e0\r", [[1, 0, 0, 5], [2, 1, 0, 0]]),
    ("1:0.5 qid:3 1:4\n", [[1, 0, 4, 0]]),
    ("1 2:5 0:1 2:6\n", [[1, 1, 0, 6]]),
    ("\ufeff1 00:1 1:-.5\n", [[1, 1, -0.5, 0]]),
    ("1 # caf\u00e9 \u20ac\n", [[1, 0, 0, 0]]),
])
def test_forms_of_a_file(text, expected):
    """MXNet makes another row of a line that is only a comment, unless it is the first."""
    assert rows(make(text)) == expected


def test_without_round_batch():
    """MXNet's refuses it; here it is that of CSVIter."""
    it = make(batch_size=3, round_batch=False)
    for _ in range(2):
        batches = list(it)
        assert [batch.pad for batch in batches] == [0, 1]
        assert batches[1].data[0].asnumpy().tolist() == [DENSE[3], DENSE[4], DENSE[2]]
        assert batches[1].label[0].asnumpy().tolist() == [4, 5, 3]
        it.reset()


@pytest.mark.parametrize("num_parts", [2, 3, 4, 7])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_parts_are_all_rows(num_parts, ending):
    lines = [f"{i} 0:{i}{' 1:2' * (i % 5)}" for i in range(60)]
    write("a", ending.join(lines[:25]))
    write("b", ending.join([*lines[25:], ""]))
    all_rows = rows(make(data_libsvm="a;b"))
    parts = [rows(make(data_libsvm="a;b", num_parts=num_parts, part_index=i))
             for i in range(num_parts)]
    assert [row for part in parts for row in part] == all_rows
    assert all(len(part) > 60 / num_parts / 2 for part in parts)


def test_an_error_in_a_part_counts_the_lines_of_the_file():
    text = "1 0:1\n" * 20 + "2 0:x\n" + "1 0:1\n" * 9
    it = make(text, num_parts=2, part_index=1)
    with pytest.raises(ValueError, match=r"x.txt, line 21: must have pairs"):
        list(it)


@pytest.mark.parametrize("text, dtype, message", [
    ("1 0:1\n2 3:1\n", None, r"line 2: an index must be below 3, as data_shape=\(3,\) takes; "
     r"got '3:1' in place 2"),
    (f"1 {10**40}:1\n", None, "an index must be below 3"),
    ("1 -1:1\n", None, r"line 1: must have pairs index:value, .* got '-1:1' in place 2"),
    ("1 0:1 x:1\n", None, "got 'x:1' in place 3"),
    ("1 0:1 1\n", None, "got '1' in place 3"),
    ("1 0: 1\n", None, "got '0:' in place 2"),
    ("1 0:1:2\n", None, "got '0:1:2'"),
    ("1 0:1 qid:3\n", None, "got 'qid:3'"),
    ("1 0:1.5\n", "int32", "values of dtype int32; got '0:1.5'"),
    ("x 0:1\n", None, "line 1: must begin with a label, a number; got 'x'"),
    ("1,2 0:1\n", None, "must begin with a label, a number; got '1,2'"),
    ("1:x 0:1\n", None, "must begin with a label, a number; got '1:x'"),
    ("# only this\n\n", None, "data_libsvm x.txt has no rows"),
    (b"1 0:1\xff\n", None, "data_libsvm x.txt cannot be read: 'utf-8' codec"),
    ("1 \0:1\n", None, r"got '\\x00:1'"),
])
def test_bad_rows_are_named(text, dtype, message):
    """MXNet drops some of these, takes numbers from the next pair for others, or crashes."""
    with pytest.raises(mx.MXNetError, match=message):
        make(text, dtype=dtype, batch_size=2)


@pytest.mark.parametrize("arguments, message", [
    ({"data_libsvm": "none"}, "LibSVMIter: data_libsvm none does not exist"),
    ({"batch_size": None}, "LibSVMIter: batch_size must be given"),
    ({"data_shape": (3, 1)}, r"data_shape must have one dimension; got \(3, 1\)"),
    ({"label_shape": 2}, r"label_shape must be \(1,\) without label_libsvm, and more with it"),
    ({"label_libsvm": "d.txt"}, r"label_shape must be \(1,\) without label_libsvm, and more"),
    ({"label_libsvm": "d.txt", "label_shape": 3, "num_parts": 2},
     "num_parts must be 1 with label_libsvm, as parts are cut by bytes, not by rows; got 2"),
    ({"num_parts": 2, "part_index": 2}, "part_index must be below num_parts=2; got 2"),
    ({"num_parts": 99, "part_index": 98}, "data_libsvm d.txt has no rows for part 98 of 99"),
    ({"dtype": "float16"}, "dtype must be 'float32', 'float64', 'int32' or 'int64'"),
])
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)
    with pytest.raises(TypeError, match="unknown argument 'data_libsm'; did you mean"):
        make(data_libsm="d.txt")


def test_rows_of_any_width():
    """A dense batch would take 8 * 10^15 bytes."""
    it = make(f"1 {10**12}:2 0:1\n2 5:3\n3\n", data_shape=10**12 + 1, batch_size=3,
              dtype="float64")
    data = next(it).data[0]
    assert data.shape == (3, 10**12 + 1) and data.data.tolist() == [1, 2, 3]
    assert data.indices.tolist() == [0, 10**12, 5] and data.indptr.tolist() == [0, 2, 3, 3]
    data.check_format()
    with pytest.raises(ValueError, match=r"an index must be below 9223372036854775807, .*'9{19}"):
        make("1 9999999999999999999:2\n", data_shape=2**63 - 1)


def test_zeros_of_a_file_are_stored():
    data = next(make("1 2:0 0:-0.0\n")).data[0]        # as in MXNet
    assert data.indices.tolist() == [0, 2] and data.data.tolist() == [0, 0]


def test_many_pairs_in_any_order():
    columns = np.random.RandomState(0).permutation(5000)
    values = np.arange(5000) + 1
    pairs = " ".join(f"{c}:{v}" for c, v in zip(columns, values, strict=True))
    again = " ".join(f"{c}:-1" for c in columns[:100])
    it = make(f"0\n1 {pairs} {again}\n2 3:4\n", data_shape=5000, batch_size=3, dtype="int64")
    expected = np.zeros((3, 5000), np.int64)
    expected[1, columns] = values
    expected[1, columns[:100]] = -1
    expected[2, 3] = 4
    assert (next(it).data[0].asnumpy() == expected).all()


def test_batches_without_pairs():
    data = next(make("1\n2\n", batch_size=2)).data[0]
    assert data.stype == "csr" and data.asnumpy().tolist() == [[0, 0, 0], [0, 0, 0]]


@settings(max_examples=60, **COMMON)
@given(st.lists(st.tuples(
    st.floats(width=32, allow_nan=False),
    st.dictionaries(st.integers(0, 2), st.floats(width=32, allow_nan=False))), min_size=1))
def test_any_rows(table):
    lines = [" ".join([repr(label), *(f"{i}:{value!r}" for i, value in pairs.items())])
             for label, pairs in table]
    expected = [[label, *(pairs.get(i, 0) for i in range(3))] for label, pairs in table]
    assert rows(make("\n".join(lines))) == expected


@settings(max_examples=200, **COMMON)
@given(st.lists(st.sampled_from(["1", "0:", ":", " ", "\n", "#", "qid:", "2:3", "-", "\r", "\0",
                                 "9" * 30, "e", "nan", "\xff", "1 1:1\n"])))
def test_any_text_is_rows_or_an_error(pieces):
    try:
        values = rows(make("".join(pieces).encode("latin-1")))
    except ValueError as error:
        assert "x.txt" in str(error)
    else:
        assert all(len(row) == 4 for row in values)
