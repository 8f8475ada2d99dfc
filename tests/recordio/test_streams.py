"""Pipes, file objects and addresses."""

import errno
import io
import os
import pickle
import sys
import threading

import fsspec
import pytest
from recordio.oracle import encode, payloads

from mxlite.base import MXNetError
from mxlite.recordio import DataFileError, MXIndexedRecordIO, MXRecordIO

RECORDS = payloads()


class Upload(io.BytesIO):
    """A file that is in the store once it is closed."""

    def __init__(self, store, uri):
        super().__init__()
        self.store, self.uri = store, uri

    def close(self):
        if not self.closed:
            self.store[self.uri] = self.getvalue()
        super().close()


class Store(dict):
    """Files by address, and an opener for them."""

    def __call__(self, uri, mode):
        if mode == "wb":
            return Upload(self, uri)
        if uri not in self:
            raise FileNotFoundError(errno.ENOENT, "nothing there", uri)
        return io.BytesIO(self[uri])


def test_a_pipe():
    receive, send = os.pipe()
    data = encode(RECORDS * 50)

    def feed():
        with os.fdopen(send, "wb") as file:
            file.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    file = MXIndexedRecordIO.__new__(MXIndexedRecordIO)
    with pytest.raises(MXNetError, match="a stream has no random access"):
        file.__init__(None, f"/dev/fd/{receive}", "r")
    thread.join()
    os.close(receive)


def test_a_pipe_is_read_in_order():
    receive, send = os.pipe()
    os.write(send, encode(RECORDS))
    file = MXRecordIO(f"/dev/fd/{receive}", "r")
    assert [file.read() for _ in RECORDS] == RECORDS     # without waiting for what comes next
    os.write(send, encode([b"more"]))
    assert file.read() == b"more"
    os.close(send)
    assert file.read() is None
    os.close(receive)


def test_remote_files():
    store = Store()
    names = "s3://bucket/a.idx", "s3://bucket/a.rec"
    with MXIndexedRecordIO(*names, "w", opener=store) as file:
        for key, record in enumerate(RECORDS):
            file.write_idx(key, record)
    assert store["s3://bucket/a.rec"] == encode(RECORDS)
    file = MXIndexedRecordIO(*names, "r", opener=store)
    assert [file.read_idx(key) for key in reversed(file.keys)] == RECORDS[::-1]
    del store["s3://bucket/a.idx"]
    with pytest.warns(UserWarning, match=r"s3://bucket/a\.idx is missing"):
        assert MXIndexedRecordIO(*names, "r", opener=store).read_idx(4) == RECORDS[4]


def test_fsspec_opens_addresses(monkeypatch):
    names = "memory://recordio/a.idx", "memory://recordio/a.rec"
    with MXIndexedRecordIO(*names, "w") as file:
        for key, record in enumerate(RECORDS):
            file.write_idx(key, record)
    with fsspec.open(names[1]) as file:
        assert file.read() == encode(RECORDS)
    assert list(MXRecordIO(names[1], "r")) == RECORDS
    file = pickle.loads(pickle.dumps(MXIndexedRecordIO(*names, "r")))
    assert [file.read_idx(key) for key in reversed(file.keys)] == RECORDS[::-1]
    with pytest.raises(DataFileError, match=r"memory://b\.rec: opening failed: FileNotFoundError"):
        MXRecordIO("memory://b.rec", "r")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MXNetError, match="install fsspec to open an address, or give an opener"):
        MXRecordIO("memory://a.rec", "r")


def test_a_file_object_that_fails():
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionError("gone")

        def write(self, data):
            raise ConnectionError("gone")

    with pytest.raises(DataFileError, match=r"x: reading at byte 0 failed: ConnectionError: gone"):
        MXRecordIO("x", "r", opener=lambda *_: Broken(encode(RECORDS))).read()
    file = MXRecordIO("x", "w", opener=lambda *_: Broken())
    with pytest.raises(DataFileError, match="x: writing at byte 0 failed: ConnectionError: gone"):
        file.write(bytes(40_000))
    with pytest.raises(DataFileError, match=r"x: writing at byte .* failed: Input/output error"):
        file.close()


class Slow(io.RawIOBase):
    """A raw file that takes so many bytes at once, or answers something else."""

    def __init__(self, answer):
        self.answer, self.taken = answer, b""

    def writable(self):
        return True

    def write(self, data):
        if not isinstance(self.answer, int) or not 0 < self.answer <= len(data):
            return self.answer
        self.taken += data[:self.answer]
        return self.answer


def test_a_raw_file_takes_what_it_can():
    slow = Slow(4)
    file = MXRecordIO("x", "w", opener=lambda *_: slow)
    slow.close = lambda: None
    for record in RECORDS:
        file.write(record)
    file.close()
    assert slow.taken == encode(RECORDS)


@pytest.mark.parametrize("answer", [None, 0, -1, 10 ** 9, "all"])
def test_a_raw_file_that_takes_nothing(answer):
    """None: it would have to wait. Neither are the records lost, nor are they tried for ever."""
    file = MXRecordIO("x", "w", opener=lambda *_: Slow(answer))
    message = rf"x: writing at byte 0 failed: OSError: write\(\) must return .*; got {answer!r}"
    with pytest.raises(DataFileError, match=message):
        file.write(bytes(40_000))
    with pytest.raises(DataFileError, match=r"x: writing at byte .* failed"):
        file.close()


def test_a_file_object_that_does_not_count():
    class Silent(io.BytesIO):
        def write(self, data):
            super().write(data)

    silent = Silent()
    silent.close = lambda: None
    file = MXRecordIO("x", "w", opener=lambda *_: silent)
    file.write(RECORDS[0])
    file.close()
    assert silent.getvalue() == encode(RECORDS[:1])
