# cython: language_level=3, boundscheck=False, wraparound=False
"""Batches of floats from rows of bytes, made by threads of C; no NumPy."""

cimport cython
from libc.stdint cimport int64_t

from .buffer cimport Buffer, buffer_of
from .crew cimport Batch, Crew
from .mx_rows cimport mx_rows, mx_rows_batch, mx_rows_tasks, mx_rows_work


cdef class RowBatch(Batch):
    """Rows to take, and the memory for them, which is held until the batch is dropped.

    samples: int64 (N,). data: float32, N rows of width. labels: float32 (N,).
    """
    cdef mx_rows_batch batch
    cdef tuple held

    def __init__(self, samples, data, labels, int64_t width, tag=None):
        cdef Buffer numbers = buffer_of(samples, "int64", 1)
        cdef Buffer values = buffer_of(data, "float32", -1, True)
        cdef Buffer targets = buffer_of(labels, "float32", 1, True)
        self.held = numbers, values, targets
        self.batch.count = numbers.length(0)
        self.batch.samples = <const int64_t *>numbers.data()
        self.batch.data, self.batch.labels = <float *>values.data(), <float *>targets.data()
        self.data, self.tag = &self.batch, tag
        self.tasks = mx_rows_tasks(self.batch.count, width)


@cython.no_gc_clear                      # threads use what it holds until they have ended
cdef class Rows(Crew):
    """Takes rows of values, uint8 (rows, width), times `scale`, and labels, float32 (rows,)."""
    cdef mx_rows rows
    cdef Buffer values, labels

    def __init__(self, values, labels, float scale, int threads, int capacity):
        self.values, self.labels = buffer_of(values, "uint8", 2), buffer_of(labels, "float32", 1)
        self.rows.values = <const unsigned char *>self.values.data()
        self.rows.labels = <const float *>self.labels.data()
        self.rows.width, self.rows.scale = self.values.length(1), scale
        self.work = mx_rows_work(&self.rows)
        Crew.__init__(self, threads, capacity)

    def __dealloc__(self):
        self.stop()
