# cython: language_level=3, boundscheck=False, wraparound=False
"""What readers and writers of data files share: errors, file objects, one thread at a time."""

import io
import os

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.pythread cimport (
    WAIT_LOCK, PyThread_acquire_lock, PyThread_allocate_lock, PyThread_free_lock,
    PyThread_release_lock,
)
from libc.errno cimport EIO
from libc.stdint cimport int64_t

from .mx_recordio cimport (
    MX_REC_CUT, MX_REC_INNER_MAGIC, MX_REC_IO, MX_REC_MEMORY, MX_REC_NO_CONTINUATION,
    MX_REC_NO_END, MX_REC_NO_MAGIC, MX_REC_NO_START, MX_REC_PADDING, MX_REC_PART_SIZE,
    MX_REC_STRAY, MX_REC_TOO_LONG, MX_REC_UNALIGNED, mx_rec_error,
)

from ..base import MXNetError, MXNetMemoryError, MXNetValueError
from .errors import DataFileError, RecordError

cdef extern from "Python.h":
    object PyMemoryView_FromMemory(char *memory, Py_ssize_t size, int flags)
    enum:
        PyBUF_WRITE

cdef dict DAMAGE = {
    MX_REC_NO_MAGIC: "expected the magic {expected:#010x} at byte {at}, found {found:#010x}",
    MX_REC_CUT: "expected the record to reach byte {expected}, found the end of the file at byte "
                "{found}",
    MX_REC_NO_START: "expected the flag of a whole record (0) or of a first part (1) at byte {at}, "
                     "found {found}",
    MX_REC_NO_CONTINUATION: "expected the flag of a middle part (2) or of the last (3) at byte "
                            "{at}, found {found}",
    MX_REC_PART_SIZE: "expected the part at byte {at}, which is not the last, to have a multiple "
                      "of 4 bytes, found {found}",
    MX_REC_INNER_MAGIC: "expected {expected} bytes of payload, found the magic of another record "
                        "among them, at byte {at}",
    MX_REC_PADDING: "expected zeros behind the payload, at byte {at}, found {found:#x}",
    MX_REC_NO_END: "expected it to end at byte {at}, found neither the magic {expected:#010x} nor "
                   "the end of the file there",
    MX_REC_STRAY: "expected it to end at byte {at}, found a part there that goes on (flag {found})",
    MX_REC_UNALIGNED: "expected an offset that is a multiple of {expected}, found {found}",
}


cdef bint is_damage(int status):
    """Whether the file is to blame."""
    return status in DAMAGE


cdef object error_of(str path, str doing, int status, const mx_rec_error *error):
    """The exception for a status that is not MX_REC_OK."""
    if status in DAMAGE:
        what = DAMAGE[status].format(at=error.at, expected=error.expected, found=error.found)
        return RecordError(f"{path}: damaged record at byte {error.record}: {what}", path,
                           error.record)
    if status == MX_REC_MEMORY:
        return MXNetMemoryError(f"{path}: no memory for {error.expected} bytes of the record at "
                                f"byte {error.record}")
    if status == MX_REC_TOO_LONG:
        return MXNetValueError(f"{path}: a record must have less than {error.expected} bytes; "
                               f"got {error.found}")
    return system_error(path, f"{doing} at byte {error.at}", error.found)


cdef object system_error(str path, str doing, int64_t reason):
    return DataFileError(f"{path}: {doing} failed: {os.strerror(reason)}", reason)


# ---------------------------------------------------------------- Python's file objects

cdef class PythonFile:
    """A file object as a source or a sink. An exception is kept for who called the C."""

    def __init__(self, file, bint is_source):
        self.file = file
        self.size = -1
        if is_source and file.seekable():
            self.size = file.seek(0, 2)
            self.position = self.size

    cdef int64_t read(self, void *buffer, int64_t size, int64_t offset) except -1:
        cdef int64_t done = 0
        view = PyMemoryView_FromMemory(<char *>buffer, size, PyBUF_WRITE)
        if self.size >= 0 and offset != self.position:
            self.file.seek(offset)
        while done < size:
            data = self.file.read(size - done)
            if not data:
                break
            view[done:done + len(data)] = data
            done += len(data)
            if self.size < 0:
                break
        self.position = offset + done
        return done

    cdef int write(self, const void *data, int64_t size) except -1:
        """Write all, in as many pieces as the file takes. A raw file (io.RawIOBase) says None where
        it took nothing; None of another, which says nothing, stands for all."""
        rest = PyBytes_FromStringAndSize(<const char *>data, size)
        while rest:
            count = self.file.write(rest)
            if count is None and not isinstance(self.file, io.RawIOBase):
                break
            if not isinstance(count, int) or not 0 < count <= len(rest):
                raise OSError(f"write() must return how many of {len(rest)} bytes it took, at least"
                              f" 1; got {count!r}")
            rest = rest[count:]
        return 0


cdef int64_t read_python(void *context, void *buffer, int64_t size,
                         int64_t offset) noexcept with gil:
    cdef PythonFile file = <PythonFile>context
    try:
        return file.read(buffer, size, offset)
    except BaseException as error:
        file.failure = error
        return -EIO


cdef int64_t size_python(void *context) noexcept with gil:
    return (<PythonFile>context).size


cdef int write_python(void *context, const void *head, int64_t head_size, const void *body,
                      int64_t body_size) noexcept with gil:
    cdef PythonFile file = <PythonFile>context
    try:
        file.write(head, head_size)
        file.write(body, body_size)
    except BaseException as error:
        file.failure = error
        return EIO
    return 0


# ---------------------------------------------------------------- what both have

cdef class RecordFile:
    """A path or a file object, open; one thread at a time is let in."""

    def __cinit__(self):
        self.closed = True
        self.lock = PyThread_allocate_lock()
        if self.lock is NULL:
            raise MemoryError

    def __dealloc__(self):
        if self.lock is not NULL:
            PyThread_free_lock(self.lock)

    cdef int enter(self) except -1:
        """Wait until no thread reads or writes the file; only the GIL keeps others out then."""
        while self.busy:
            with nogil:
                PyThread_acquire_lock(self.lock, WAIT_LOCK)
                PyThread_release_lock(self.lock)       # before the GIL: who has that may want this
        if self.closed:
            raise MXNetError(f"{self.path}: the file is closed")
        return 0

    cdef void begin(self) noexcept:
        """Before the GIL is let go."""
        PyThread_acquire_lock(self.lock, WAIT_LOCK)        # free, or about to be
        self.busy = True

    cdef void end(self) noexcept:
        self.busy = False
        PyThread_release_lock(self.lock)

    cdef object failure(self, str doing, int status, const mx_rec_error *error):
        if status == MX_REC_IO and self.python is not None and self.python.failure is not None:
            cause, self.python.failure = self.python.failure, None
            if not isinstance(cause, Exception):
                return cause
            made = DataFileError(f"{self.path}: {doing} at byte {error.at} failed: "
                                 f"{type(cause).__name__}: {cause}", getattr(cause, "errno", None))
            made.__cause__ = cause
            return made
        return error_of(self.path, doing, status, error)
