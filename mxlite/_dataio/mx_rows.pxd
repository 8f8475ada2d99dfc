from libc.stdint cimport int64_t, uint8_t

from .mx_crew cimport mx_crew_work


cdef extern from "mx_rows.h" nogil:
    ctypedef struct mx_rows:
        const uint8_t *values
        const float *labels
        int64_t width
        float scale
    ctypedef struct mx_rows_batch:
        const int64_t *samples
        int64_t count
        float *data
        float *labels

    int64_t mx_rows_tasks(int64_t count, int64_t width)
    mx_crew_work mx_rows_work(const mx_rows *rows)
