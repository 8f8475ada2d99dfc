# cython: language_level=3, boundscheck=False, wraparound=False
"""RecordIO files, read and written by the C of io/recordio; no NumPy, no other part of mxlite."""

import os

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport int64_t
from posix.unistd cimport getpid

from .buffer cimport Buffer, buffer_of
from .file cimport (
    PythonFile, RecordFile, is_damage, read_python, size_python, system_error, write_python,
)
from .mx_recordio cimport (
    MX_REC_CUT, MX_REC_END, MX_REC_OK, mx_rec_allocate, mx_rec_error, mx_rec_flush,
    mx_rec_is_loaded, mx_rec_is_stream, mx_rec_next, mx_rec_reader, mx_rec_reader_free,
    mx_rec_reader_new, mx_rec_resync, mx_rec_seek, mx_rec_sink, mx_rec_sink_close, mx_rec_sink_open,
    mx_rec_source, mx_rec_source_close, mx_rec_source_open, mx_rec_tell, mx_rec_write,
    mx_rec_writer, mx_rec_writer_free, mx_rec_writer_has_room, mx_rec_writer_new,
    mx_rec_writer_tell, mx_record,
)

from ..base import MXNetError, MXNetTypeError


# ---------------------------------------------------------------- reading

cdef int64_t LIMIT = <int64_t>1 << 62          # of offsets: no file is that long

cdef void *allocate_bytes(void *context, int64_t size) noexcept with gil:
    cdef Reader reader = <Reader>context
    try:
        reader.large = PyBytes_FromStringAndSize(NULL, size)
    except MemoryError:
        return NULL
    return PyBytes_AS_STRING(reader.large)


cdef class Reader(RecordFile):
    """Reads the records of a path, or of a file object where one is given.

    skip: pass over damage instead of raising RecordError. skipped: how often that happened.
    skipped_bytes: bytes passed over.
    """
    cdef mx_rec_source source
    cdef mx_rec_reader *reader
    cdef bytes large
    cdef bint skip
    cdef readonly int64_t skipped, skipped_bytes

    def __init__(self, path, file=None, skip=False):
        cdef int reason
        self.path, self.skip, self.pid = path, skip, getpid()
        if file is None:
            reason = mx_rec_source_open(&self.source, os.fsencode(path))
            if reason:
                raise system_error(self.path, "opening", reason)
        else:
            self.python = PythonFile(file, True)
            self.source = mx_rec_source(<void *>self.python, read_python, size_python)
        self.closed = False
        self.reader = mx_rec_reader_new(&self.source)
        if self.reader is NULL:
            raise MemoryError

    def __dealloc__(self):
        mx_rec_reader_free(self.reader)
        if not self.closed and self.python is None:
            mx_rec_source_close(&self.source)

    def close(self):
        """Close the file; a second time does nothing."""
        if self.closed:
            return
        if self.pid == getpid():         # after a fork, the lock may belong to a thread of before
            self.enter()
        self.closed = True
        if self.python is not None:
            self.python.file.close()
        else:
            mx_rec_source_close(&self.source)

    cdef object take(self, bint skip, bint want_data):
        """The record at the position, or its offset; None at the end."""
        cdef mx_record record
        cdef mx_rec_error error
        cdef int status
        cdef int64_t passed
        cdef mx_rec_allocate allocate = allocate_bytes if want_data else <mx_rec_allocate>NULL
        while True:
            if mx_rec_is_loaded(self.reader):
                status = mx_rec_next(self.reader, NULL, NULL, &record, &error)
            else:
                self.begin()
                with nogil:
                    status = mx_rec_next(self.reader, allocate, <void *>self, &record, &error)
                self.end()
            large, self.large = self.large, None
            if status == MX_REC_OK:
                if not want_data:
                    return record.offset
                if large is not None and record.data == <void *>PyBytes_AS_STRING(large):
                    return large
                return PyBytes_FromStringAndSize(<const char *>record.data, record.size)
            if status == MX_REC_END:
                return None
            if not (skip and is_damage(status)):
                raise self.failure("reading", status, &error)
            self.begin()
            with nogil:
                status = mx_rec_resync(self.reader, &passed, &error)
            self.end()
            if status != MX_REC_OK:
                raise self.failure("reading", status, &error)
            self.skipped += 1
            self.skipped_bytes += passed

    def read(self):
        """The next record as bytes; None at the end of the file."""
        self.enter()
        return self.take(self.skip, True)

    def read_at(self, int64_t offset):
        """The record that begins `offset` bytes from the start of the file; reading goes on behind
        it. Damage raises, since there is no other record to give."""
        cdef mx_rec_error end
        self.enter()
        self.move(offset)
        record = self.take(False, True)
        if record is None:
            end = mx_rec_error(offset, offset, offset + 8 if offset < LIMIT else offset,
                               self.source.size(self.source.context))
            raise self.failure("reading", MX_REC_CUT, &end)
        return record

    cdef int move(self, int64_t offset) except -1:
        if mx_rec_is_stream(self.reader):
            raise MXNetError(f"{self.path}: a stream has no random access")
        mx_rec_seek(self.reader, offset)
        return 0

    def seek(self, int64_t offset):
        """Go on reading at `offset` bytes from the start of the file."""
        self.enter()
        self.move(offset)

    def tell(self):
        """Where the next record begins, in bytes from the start of the file."""
        self.enter()
        return mx_rec_tell(self.reader)

    def offsets(self):
        """Where the records from the position on begin, in bytes; all of them are read."""
        self.enter()
        found, offset = [], self.take(self.skip, False)
        while offset is not None:
            found.append(offset)
            self.enter()
            offset = self.take(self.skip, False)
        return found


# ---------------------------------------------------------------- writing

cdef class Writer(RecordFile):
    """Writes records to a path, which it empties first, or to a file object where one is given."""
    cdef mx_rec_sink sink
    cdef mx_rec_writer *writer

    def __init__(self, path, file=None):
        cdef int reason
        self.path, self.pid = path, getpid()
        if file is None:
            reason = mx_rec_sink_open(&self.sink, os.fsencode(path))
            if reason:
                raise system_error(self.path, "opening", reason)
        else:
            self.python = PythonFile(file, False)
            self.sink = mx_rec_sink(<void *>self.python, write_python)
        self.closed = False
        self.writer = mx_rec_writer_new(&self.sink)
        if self.writer is NULL:
            raise MemoryError

    def __dealloc__(self):
        mx_rec_writer_free(self.writer)
        if not self.closed and self.python is None:
            mx_rec_sink_close(&self.sink)

    def write(self, data):
        """Write bytes, or another object with a contiguous buffer, as a record."""
        cdef Buffer memory
        if isinstance(data, bytes):
            self.put(PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))
            return
        try:
            memory = buffer_of(data, None, -1)
        except MXNetTypeError:
            raise MXNetTypeError(f"{self.path}: a record must be bytes, or contiguous memory; got "
                                 f"{type(data).__name__}") from None
        self.put(memory.data(), memory.view.len)

    cdef int put(self, const void *data, int64_t size) except -1:
        cdef mx_rec_error error
        cdef int status
        self.enter()
        if mx_rec_writer_has_room(self.writer, size):
            status = mx_rec_write(self.writer, data, size, &error)
        else:
            self.begin()
            with nogil:
                status = mx_rec_write(self.writer, data, size, &error)
            self.end()
        if status != MX_REC_OK:
            raise self.failure("writing", status, &error)
        return 0

    def tell(self):
        """Where the next record will begin, in bytes from the start of the file."""
        self.enter()
        return mx_rec_writer_tell(self.writer)

    def flush(self):
        """Hand all records written so far to the system."""
        cdef mx_rec_error error
        cdef int status
        self.enter()
        self.begin()
        with nogil:
            status = mx_rec_flush(self.writer, &error)
        self.end()
        if status != MX_REC_OK:
            raise self.failure("writing", status, &error)
        if self.python is not None and hasattr(self.python.file, "flush"):
            self.python.file.flush()

    def close(self):
        """Flush and close the file; a second time does nothing.

        In a child of the process that opened it, what was not flushed is left to the parent.
        """
        cdef int reason = 0
        if self.closed:
            return
        is_ours = self.pid == getpid()
        try:
            if is_ours:
                self.flush()
        finally:
            self.closed = True
            if self.python is None:
                reason = mx_rec_sink_close(&self.sink)
            elif is_ours:
                self.python.file.close()
        if reason:
            raise system_error(self.path, "closing", reason)
