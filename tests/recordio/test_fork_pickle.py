"""Open files in other processes: pickled, and forked."""

import os
import pickle
import threading

import pytest

from mxlite.base import MXNetError
from mxlite.recordio import DataFileError, MXIndexedRecordIO, MXRecordIO, RecordError

RECORDS = [b"record %d" % number for number in range(50)]


@pytest.fixture
def paths(tmp_path):
    with MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "w") as file:
        for key, record in enumerate(RECORDS):
            file.write_idx(key, record)
    return str(tmp_path / "a.idx"), str(tmp_path / "a.rec")


def in_child(function):
    """What the function returns, or the text of what it raises, in a forked process."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            result = function()
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        os.write(send, pickle.dumps(result))
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as file:
        result = pickle.loads(file.read())
    assert os.waitpid(child, 0)[1] == 0
    return result


# Python 3.12 warns of a fork while threads run; ours sleep.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def test_a_pickled_reader_starts_anew_and_leaves_the_first_alone(paths):
    file = MXRecordIO(paths[1], "r", on_error="skip")
    assert file.read() == RECORDS[0]
    copy = pickle.loads(pickle.dumps(file))
    assert (copy.uri, copy.flag, copy.on_error, copy.is_open) == (paths[1], "r", "skip", True)
    assert copy.read() == RECORDS[0]
    assert file.read() == RECORDS[1]


def test_a_pickled_index_is_read_again(paths):
    file = MXIndexedRecordIO(*paths, "r")
    state = pickle.dumps(file)
    assert len(state) < 600
    copy = pickle.loads(state)
    assert copy.keys == file.keys and copy.idx == file.idx
    assert copy.read_idx(7) == RECORDS[7]


def test_a_scanned_index_is_pickled(paths):
    file = MXIndexedRecordIO(None, paths[1], "r", str)
    copy = pickle.loads(pickle.dumps(file))
    assert copy.keys == [str(number) for number in range(50)]
    assert copy.read_idx("7") == RECORDS[7]


def test_a_closed_file_stays_closed(paths):
    file = MXIndexedRecordIO(*paths, "r")
    file.close()
    copy = pickle.loads(pickle.dumps(file))
    assert not copy.is_open and copy.keys == file.keys
    with pytest.raises(MXNetError, match=r"a\.rec: the file is closed"):
        copy.read()
    copy.reset()
    assert copy.read() == RECORDS[0]


def test_an_open_writer_is_not_pickled(tmp_path):
    with (MXRecordIO(tmp_path / "a.rec", "w") as file,
          pytest.raises(MXNetError, match="close the file before it is pickled")):
        pickle.dumps(file)


def test_errors_are_pickled():
    error = pickle.loads(pickle.dumps(RecordError("what", "a.rec", 12)))
    assert (str(error), error.path, error.offset) == ("what", "a.rec", 12)
    error = pickle.loads(pickle.dumps(DataFileError("what", 2)))
    assert (str(error), error.errno) == ("what", 2)


def test_a_child_must_not_go_on_reading(paths):
    file = MXRecordIO(paths[1], "r")
    file.read()
    message = in_child(file.read)
    assert "MXNetError" in message and "call reset() to open it again" in message
    assert in_child(lambda: (file.reset(), file.read())) == (None, RECORDS[0])
    assert in_child(file.close) is None
    assert file.read() == RECORDS[1]


def test_a_child_reads_by_key(paths):
    file = MXIndexedRecordIO(*paths, "r")
    file.seek(3)
    assert in_child(lambda: (file.read_idx(7), file.read())) == (RECORDS[7], RECORDS[8])
    assert in_child(lambda: (file.seek(9), file.read())) == (None, RECORDS[9])
    os.remove(paths[0])                                  # a child has the index already
    assert in_child(lambda: file.read_idx(7)) == RECORDS[7]
    assert file.read() == RECORDS[3]


def test_a_child_does_not_write_what_the_parent_has_gathered(tmp_path):
    file = MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "w")
    file.write_idx(0, b"one")
    assert "call reset() to open it again" in in_child(lambda: file.write_idx(1, b"two"))
    assert in_child(file.close) is None
    assert in_child(file.__del__) is None
    assert (tmp_path / "a.rec").stat().st_size == (tmp_path / "a.idx").stat().st_size == 0
    file.write_idx(1, b"two")
    file.close()
    file = MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "r")
    assert [file.read_idx(key) for key in file.keys] == [b"one", b"two"]


def test_threads_share_a_reader(paths, tmp_path):
    large = [bytes([number]) * 50_000 for number in range(64)]
    with MXRecordIO(tmp_path / "large.rec", "w") as file:
        for record in large:
            file.write(record)
    file = MXIndexedRecordIO(None, tmp_path / "large.rec", "r")
    wrong = []

    def read(start):
        for turn in range(400):
            key = (start + 7 * turn) % 64
            if file.read_idx(key) != large[key]:
                wrong.append(key)

    threads = [threading.Thread(target=read, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
