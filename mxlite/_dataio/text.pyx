# cython: language_level=3, boundscheck=False, wraparound=False
"""Batches of the numbers in text files, made by threads of C; no NumPy."""

import os

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from libc.stdint cimport INT64_MAX, int64_t, uint64_t
from libc.stdlib cimport calloc, free
from posix.unistd cimport getpid

from .buffer cimport Buffer, buffer_of
from .crew cimport Batch, Crew
from .mx_crew cimport mx_crew_error
from .mx_text cimport (
    MX_TEXT_COUNT, MX_TEXT_CSV, MX_TEXT_F32, MX_TEXT_F64, MX_TEXT_FIELD, MX_TEXT_I32, MX_TEXT_I64,
    MX_TEXT_INDEX, MX_TEXT_IO, MX_TEXT_LABEL, MX_TEXT_LIBSVM, MX_TEXT_LONG, MX_TEXT_MEMORY,
    MX_TEXT_NO_ROWS, MX_TEXT_PAIR, MX_TEXT_UNEVEN, mx_text, mx_text_batch, mx_text_file,
    mx_text_free, mx_text_new, mx_text_pairs, mx_text_pairs_free, mx_text_seek, mx_text_settings,
    mx_text_state, mx_text_work,
)

from ..base import MXNetMemoryError

cdef dict DTYPES = {"float32": MX_TEXT_F32, "float64": MX_TEXT_F64, "int32": MX_TEXT_I32,
                    "int64": MX_TEXT_I64}
cdef dict FORMATS = {"csv": MX_TEXT_CSV, "libsvm": MX_TEXT_LIBSVM}
cdef dict REASONS = {
    MX_TEXT_FIELD: "field", MX_TEXT_COUNT: "count", MX_TEXT_LABEL: "label", MX_TEXT_PAIR: "pair",
    MX_TEXT_INDEX: "index", MX_TEXT_LONG: "long", MX_TEXT_IO: "io", MX_TEXT_MEMORY: "memory",
    MX_TEXT_NO_ROWS: "no rows", MX_TEXT_UNEVEN: "uneven"}

cdef int64_t MARK = 3                    # bytes of UTF-8's, which one block has to hold


cdef class TextBatch(Batch):
    """Memory for a batch, which is held until the batch is dropped.

    data: (N, ...), labels: (N, ...), of the dtype of the rows. index: uint64 (N,). For rows of
    LibSVM, what has columns is None: `pairs` has it then.
    """
    cdef mx_text_batch batch
    cdef tuple held

    def __init__(self, data, labels, index, tag=None):
        cdef Buffer numbers = buffer_of(index, "uint64", 1, True)
        cdef Buffer memory
        self.batch.size = numbers.length(0)
        self.batch.index = <uint64_t *>numbers.data()
        held = [numbers]
        for i, given in enumerate((data, labels)):
            if given is None:
                memory = buffer_of(bytearray(8 * (self.batch.size + 1)), None, -1, True)
                self.batch.pairs[i].starts = <int64_t *>memory.data()
            else:
                memory = buffer_of(given, None, -1, True)
                if i == 0:
                    self.batch.data = memory.data()
                else:
                    self.batch.labels = memory.data()
            held.append(memory)
        self.held = tuple(held)
        self.data, self.tasks, self.tag = &self.batch, 1, tag

    def __dealloc__(self):
        for i in range(2):
            mx_text_pairs_free(&self.batch.pairs[i])

    cdef void forget(self) noexcept:
        """Leave the pairs as they are: a thread of the process that forked was at work on them."""
        for i in range(2):
            self.batch.pairs[i].columns, self.batch.pairs[i].values = NULL, NULL
            self.batch.pairs[i].count = self.batch.pairs[i].room = 0

    def pairs(self, int table, int item):
        """The csr matrix of table 0 or 1, values of `item` bytes: bytearrays of the values, of the
        columns and of where the rows begin, int64."""
        cdef mx_text_pairs *pairs = &self.batch.pairs[table]
        cdef int64_t count = pairs.count
        return (PyByteArray_FromStringAndSize(<char *>pairs.values, count * item),
                PyByteArray_FromStringAndSize(<char *>pairs.columns, count * 8),
                PyByteArray_FromStringAndSize(<char *>pairs.starts, (self.batch.size + 1) * 8))

    @property
    def rows(self):
        """How many rows of this pass it has: 0 at the end of a pass."""
        return self.batch.rows

    @property
    def pad(self):
        """How many rows at its end only fill it up; if there are any, a pass ends behind it."""
        return self.batch.pad


@cython.no_gc_clear                      # threads use what it holds until they have ended
cdef class TextRows(Crew):
    """Takes the rows of text files, of data and perhaps of labels, as long as batches are wanted.

    format: "csv" or "libsvm". tables: for data, and for labels if they have files, a list of files
    (path, begin, end or None) and how many numbers a row has. explain: explain(reason, numbers,
    text) is the exception for an error, see mx_text.h. block, longest: bytes to read at once, and
    of a line at most.
    """
    cdef mx_text_settings settings
    cdef mx_text *text
    cdef int text_pid                    # of the process whose threads use it
    cdef mx_text_state after             # the last batch that was taken
    cdef bint is_first                   # there was none
    cdef int64_t submitted
    cdef mx_text_file *files[2]
    cdef object paths, explain

    def __init__(self, str format, tables, dtype, bint round_batch, explain, int threads,
                 int capacity, int64_t block, int64_t longest):
        cdef mx_text_settings *settings = &self.settings
        settings.format, settings.dtype = FORMATS[format], DTYPES[dtype]
        settings.is_round, settings.longest = round_batch, longest
        settings.block = max(block, MARK)
        self.paths, self.explain = [], explain
        for i, (files, columns) in enumerate(tables):
            self.set_table(i, files, columns)
        self.is_first = True
        Crew.__init__(self, threads, capacity)

    cdef int set_table(self, int i, files, int64_t columns) except -1:
        cdef mx_text_file *made = <mx_text_file *>calloc(len(files), sizeof(mx_text_file))
        if made is NULL:
            raise MXNetMemoryError(f"no memory for the names of {len(files)} files")
        self.files[i] = made
        for j, (path, begin, end) in enumerate(files):
            name = os.fsencode(path)
            self.paths.append(name)
            made[j] = mx_text_file(name, begin, INT64_MAX if end is None else end)
        self.settings.tables[i].files = made
        self.settings.tables[i].num_files, self.settings.tables[i].columns = len(files), columns
        return 0

    def __dealloc__(self):
        self.stop()
        if self.text_pid == getpid():    # else a thread of the parent's may be at work in it
            mx_text_free(self.text)
        for i in range(2):
            free(self.files[i])

    cdef int start(self) except -1:
        """Threads, and what they share, of this process; it goes on behind the last batch taken."""
        if self.text is NULL or self.text_pid != getpid():
            self.check_open()
            self.text = mx_text_new(&self.settings)
            if self.text is NULL:
                raise MXNetMemoryError("no memory for a reader of text files")
            self.text_pid = getpid()
            self.work = mx_text_work(self.text)
            mx_text_seek(self.text, NULL if self.is_first else &self.after)
            self.submitted = 0
            for batch in self.waiting:
                (<TextBatch>batch).forget()
                self.number(batch)
        return Crew.start(self)

    cdef void number(self, TextBatch batch):
        batch.batch.text, batch.batch.number = self.text, self.submitted
        self.submitted += 1

    def submit(self, Batch batch not None):
        """Hand in a TextBatch to fill."""
        self.start()
        self.number(<TextBatch?>batch)
        Crew.submit(self, batch)

    def take(self):
        """The oldest batch, when it is full."""
        cdef TextBatch batch = Crew.take(self)
        self.after, self.is_first = batch.batch.after, False
        return batch

    def rewind(self):
        """Drop what was submitted; the next batch begins with the first row."""
        self.start()
        self.cancel()
        self.is_first, self.submitted = True, 0
        mx_text_seek(self.text, NULL)

    cdef object failure(self, Batch batch, const mx_crew_error *error):
        numbers = [error.numbers[i] for i in range(3)]
        reason = REASONS[error.status]
        has_text = error.status <= MX_TEXT_INDEX
        return self.explain(reason, numbers, error.message[:error.numbers[3]] if has_text else b"")
