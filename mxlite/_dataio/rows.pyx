# cython: language_level=3, boundscheck=False, wraparound=False
"""Batches of floats from rows of bytes, made by threads of C; no NumPy."""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t

from .crew cimport Batch, Crew
from .mx_rows cimport mx_rows, mx_rows_batch, mx_rows_tasks, mx_rows_work


cdef class RowBatch(Batch):
    """Rows to take, and the memory for them, which is held until the batch is dropped.

    samples: int64 (N,). data: float32 (N, width). labels: float32 (N,).
    """
    cdef mx_rows_batch batch
    cdef Py_buffer buffers[3]
    cdef int held

    def __init__(self, samples, data, labels, int64_t width, tag=None):
        for i, array in enumerate((samples, data, labels)):
            PyObject_GetBuffer(array, &self.buffers[i], PyBUF_SIMPLE)
            self.held += 1
        self.batch.count = len(samples)
        self.batch.samples = <const int64_t *>self.buffers[0].buf
        self.batch.data = <float *>self.buffers[1].buf
        self.batch.labels = <float *>self.buffers[2].buf
        self.data, self.tag = &self.batch, tag
        self.tasks = mx_rows_tasks(self.batch.count, width)

    def __dealloc__(self):
        for i in range(self.held):
            PyBuffer_Release(&self.buffers[i])


@cython.no_gc_clear                      # threads use what it holds until they have ended
cdef class Rows(Crew):
    """Takes rows of values, uint8 (rows, width), times `scale`, and labels, float32 (rows,)."""
    cdef mx_rows rows
    cdef const unsigned char[:, ::1] values
    cdef const float[::1] labels

    def __init__(self, values, labels, float scale, int threads, int capacity):
        self.values, self.labels = values, labels
        self.rows.values, self.rows.labels = &self.values[0, 0], &self.labels[0]
        self.rows.width, self.rows.scale = self.values.shape[1], scale
        self.work = mx_rows_work(&self.rows)
        Crew.__init__(self, threads, capacity)

    def __dealloc__(self):
        self.stop()
